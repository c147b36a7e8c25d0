"""The schedule of activities: order, windows, consent before everything, and what a trial cannot do without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from equipoise.protocol.checks.reading import Reading
from equipoise.protocol.checks.report import Finding
from equipoise.protocol.checks.rules.finding import found, part, section
from equipoise.protocol.checks.stated import MONTH
from equipoise.protocol.parts import Activity, Visit

CONSENT = re.compile(r"consent|知情同意", re.IGNORECASE)
RANDOMISATION = re.compile(r"random|随机", re.IGNORECASE)
SAFETY = re.compile(r"adverse|safety|不良事件|安全性", re.IGNORECASE)


def planned_visits(reading: Reading) -> list[Visit]:
    """The visits with a day, in the schedule's order."""
    return [visit for visit in reading.protocol.schedule.visits if visit.day is not None]


def activities(reading: Reading, words: re.Pattern[str]) -> list[Activity]:
    """The activities whose label has these words."""
    return [a for a in reading.protocol.schedule.activities if words.search(f"{a.label.en} {a.label.zh}")]


def windows(reading: Reading) -> Iterator[Finding]:
    """Visits come in the order of their days, and the windows of two visits do not overlap."""
    for first, second in pairwise(planned_visits(reading)):
        places = (part("visits", second.id, second.label), part("visits", first.id, first.label))
        if (second.day or 0) < (first.day or 0):
            yield found(
                "visits-out-of-order", "contradiction",
                f"Visit {second.id} (day {second.day}) stands after visit {first.id} (day {first.day}).",
                f"访视{second.id}（第{second.day}天）排在访视{first.id}（第{first.day}天）之后。", *places, items=("18",),
            )  # fmt: skip
        elif (second.day or 0) - second.before <= (first.day or 0) + first.after and first.day != second.day:
            yield found(
                "windows-overlap", "contradiction",
                f"The windows of visits {first.id} and {second.id} overlap (days {(second.day or 0) - second.before} to {(first.day or 0) + first.after}).",
                f"访视{first.id}与{second.id}的时间窗重叠（第{(second.day or 0) - second.before}至{(first.day or 0) + first.after}天）。",
                *places, items=("18",),
            )  # fmt: skip


def consent_first(reading: Reading) -> Iterator[Finding]:
    """Consent is an activity, and nothing is done before it."""
    schedule = reading.protocol.schedule
    if not schedule.visits:
        return
    order = {visit.id: place for place, visit in enumerate(schedule.visits)}
    consents = {a.id for a in activities(reading, CONSENT)}
    at = [order[cell.visit] for cell in schedule.cells if cell.activity in consents]
    if not at:
        yield found(
            "no-consent-activity",
            "gap",
            "The schedule has no informed consent.",
            "活动时间表中没有知情同意。",
            section("1.3"),
            items=("32a", "18"),
        )
        return
    for cell in schedule.cells:
        if order[cell.visit] < min(at):
            yield found(
                "before-consent", "contradiction",
                f"Activity {cell.activity} is done at visit {cell.visit}, before consent (visit {schedule.visits[min(at)].id}).",
                f"活动{cell.activity}在访视{cell.visit}进行，早于知情同意（访视{schedule.visits[min(at)].id}）。",
                part("activities", cell.activity), part("visits", cell.visit), items=("32a", "18"),
            )  # fmt: skip


def empty_rows(reading: Reading) -> Iterator[Finding]:
    """Every activity is done at some visit, and something is done at every visit."""
    schedule = reading.protocol.schedule
    done, used = {cell.activity for cell in schedule.cells}, {cell.visit for cell in schedule.cells}
    for activity in schedule.activities:
        if activity.id not in done:
            yield found(
                "activity-never-done", "gap", f"Activity {activity.id} is done at no visit.", f"活动{activity.id}未安排在任何访视。",
                part("activities", activity.id, activity.label), items=("18",),
            )  # fmt: skip
    for visit in schedule.visits:
        if visit.id not in used and schedule.cells:
            yield found(
                "visit-empty", "gap", f"Nothing is done at visit {visit.id}.", f"访视{visit.id}没有任何活动。",
                part("visits", visit.id, visit.label), items=("18",),
            )  # fmt: skip


def safety_watched(reading: Reading) -> Iterator[Finding]:
    """Adverse events are asked for at some visit after randomisation."""
    schedule = reading.protocol.schedule
    watched = {a.id for a in activities(reading, SAFETY)}
    later = {visit.id for visit in planned_visits(reading) if (visit.day or 0) > 0}
    if (
        reading.protocol.kind == "randomised"
        and later
        and not any(c.activity in watched and c.visit in later for c in schedule.cells)
    ):
        yield found(
            "safety-not-scheduled", "gap", "Adverse events are asked for at no visit after randomisation.",
            "随机化后没有任何访视收集不良事件。", section("1.3"), items=("17", "18"),
        )  # fmt: skip


def within_follow_up(reading: Reading) -> Iterator[Finding]:
    """The last planned visit is not earlier than the follow-up that the design counts on."""
    visits, months = planned_visits(reading), reading.facts.get("follow_up_months")
    if not visits or months is None or not months.number or reading.protocol.kind != "randomised":
        return
    last = max(visits, key=lambda visit: visit.day or 0)
    needed = months.number * MONTH
    if (last.day or 0) + last.after < needed - max(7.0, 0.04 * needed):
        yield found(
            "follow-up-too-short", "contradiction",
            f"The last visit is on day {last.day}, but the design follows participants for {months.en} months.",
            f"最后一次访视为第{last.day}天，而设计的随访时间为{months.zh}个月。",
            part("visits", last.id, last.label), part("source", "follow_up_months"), items=("18", "19"),
        )  # fmt: skip
