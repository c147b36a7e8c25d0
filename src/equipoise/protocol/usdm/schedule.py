"""The schedule of activities as USDM objects: encounters, activities, timelines of scheduled instances, timings, conditions."""

from __future__ import annotations

from collections.abc import Iterable

from equipoise.protocol.document import Protocol
from equipoise.protocol.parts import Visit
from equipoise.protocol.usdm.codes import CONTACTS, ONE, SETTINGS, TIMINGS, Term
from equipoise.protocol.usdm.objects import Object, Objects, chain
from equipoise.protocol.words import Words

GIVEN = Term("18629005", "Administration of drug or medicament", "SNOMED", "2024-09-01")
DONE = Term("71388002", "Procedure", "SNOMED", "2024-09-01")


def anchor(protocol: Protocol) -> Visit | None:
    """The visit that the others are timed from: the one on day 0, else the one nearest to it, else the first."""
    visits = protocol.schedule.visits
    return min(visits, key=lambda visit: float("inf") if visit.day is None else abs(visit.day), default=None)


def planned(protocol: Protocol) -> list[Visit]:
    """The visits of the main timeline: those whose day is planned, or all if none is."""
    visits = protocol.schedule.visits
    return [visit for visit in visits if visit.day is not None] or list(visits)


def encounters(protocol: Protocol, make: Objects) -> list[Object]:
    """One encounter for each visit of the main timeline; the standard has none beside it."""
    fixed = anchor(protocol)
    return chain(_encounter(visit, fixed, make) for visit in planned(protocol))


def _encounter(visit: Visit, fixed: Visit | None, make: Objects) -> Object:
    key = visit.id
    timed = visit is fixed or visit.day is not None
    made = make.make(
        "Encounter", key, name=make.name("Encounter", key), type=make.code(f"visit-{key}-type", ONE["visit"]),
        scheduledAtId=make.id("Timing", key) if timed else None,
        contactModes=[make.code(f"visit-{key}-contact", CONTACTS[visit.place])], environmentalSettings=[],
    )  # fmt: skip
    if visit.place in SETTINGS:
        made["environmentalSettings"] = [make.code(f"visit-{key}-setting", SETTINGS[visit.place])]
    make.say(made, "label", visit.label)
    if visit is fixed:  # an anchor of the standard is at no day and has no window
        window = f"{visit.before} {visit.after}" if visit.before or visit.after else ""
        make.extend(made, {"day": "" if visit.day == 0 else str(visit.day), "window": window})
    return made


def activities(protocol: Protocol, make: Objects) -> list[Object]:
    """The activities in order, under their groups, and the giving of the interventions, which the standard asks for."""
    found: list[Object] = []
    groups: dict[Words, Object] = {}
    listed = protocol.schedule.activities
    order = [activity.group for activity in listed]
    ordered = sorted(
        listed,
        key=lambda activity: order.index(activity.group) if activity.group != Words() else listed.index(activity),
    )
    for activity in ordered:
        made = make.make(
            "Activity", activity.id, name=make.name("Activity", activity.id),
            bcSurrogateIds=[make.id("BiomedicalConceptSurrogate", activity.id)],
        )  # fmt: skip
        make.say(made, "label", activity.label)
        make.extend(made, {"place": "" if list(listed) == ordered else str(listed.index(activity))})
        if activity.group != Words() and activity.group not in groups:
            key = f"group-{len(groups) + 1}"
            groups[activity.group] = make.make("Activity", key, name=make.name("Activity", key), childIds=[])
            make.say(groups[activity.group], "label", activity.group)
            found.append(groups[activity.group])
        if activity.group != Words():
            groups[activity.group]["childIds"].append(made["id"])
        found.append(made)
    if protocol.kind == "randomised" and protocol.arms:
        found.append(_giving(protocol, make))
    return chain(found)


def _giving(protocol: Protocol, make: Objects) -> Object:
    """The activity in which participants get what their arm gets."""
    made = make.make(
        "Activity", "interventions", name=make.name("Activity", "Study interventions"), label="Study interventions",
        definedProcedures=[],
    )  # fmt: skip
    for arm in protocol.arms:
        drug = arm.kind in ("drug", "biologic", "vaccine")
        made["definedProcedures"].append(
            make.make(
                "Procedure", arm.id, name=make.name("Procedure", arm.id), procedureType="Study intervention",
                label=arm.label.said("en"), code=make.code(f"procedure-{arm.id}", GIVEN if drug else DONE),
                studyInterventionId=make.id("StudyIntervention", arm.id),
            )
        )  # fmt: skip
    make.extend(made, {"made": "for the interventions"})
    return made


def surrogates(protocol: Protocol, make: Objects) -> list[Object]:
    """What each activity measures, until somebody chooses a biomedical concept for it."""
    return [
        make.make(
            "BiomedicalConceptSurrogate", activity.id, name=make.name("BiomedicalConceptSurrogate", activity.id),
            label=activity.label.said("en"),
        )
        for activity in protocol.schedule.activities
    ]  # fmt: skip


def timelines(protocol: Protocol, make: Objects) -> list[Object]:
    """The main timeline, and one for each visit whose day is not planned."""
    visits = planned(protocol)
    if not visits:
        return []
    main = _timeline("main", visits, protocol, make)
    main["entryCondition"] = "The participant consents"
    main["plannedDuration"] = _duration(visits, make)
    make.words(main, {"notes": protocol.schedule.notes})
    others = [visit for visit in protocol.schedule.visits if visit not in visits]
    return [main, *(_timeline(visit.id, [visit], protocol, make) for visit in others)]


def _timeline(key: str, visits: list[Visit], protocol: Protocol, make: Objects) -> Object:
    exit_ = make.make("ScheduleTimelineExit", key)
    label = "Main timeline" if key == "main" else visits[0].label.said("en")
    fixed = anchor(protocol) if key == "main" else visits[0]
    assert fixed is not None
    return make.make(
        "ScheduleTimeline", key, name=make.name("ScheduleTimeline", key), label=label, mainTimeline=key == "main",
        entryCondition=label, entryId=make.id("ScheduledActivityInstance", visits[0].id), exits=[exit_],
        instances=_instances(visits, exit_["id"], key == "main", protocol, make),
        timings=[_timing(visit, fixed, make) for visit in visits if visit is fixed or visit.day is not None],
    )  # fmt: skip


def _instances(visits: list[Visit], exit_: str, main: bool, protocol: Protocol, make: Objects) -> list[Object]:
    found: list[Object] = []
    kind = "ScheduledActivityInstance"
    for place, visit in enumerate(visits):
        done = [cell.activity for cell in protocol.schedule.cells if cell.visit == visit.id]
        last = place == len(visits) - 1
        found.append(
            make.make(
                kind, visit.id, name=make.name(kind, visit.id), label=visit.label.said("en"),
                defaultConditionId=None if last else make.id(kind, visits[place + 1].id),
                timelineExitId=exit_ if last else None, epochId=make.id("StudyEpoch", visit.epoch),
                encounterId=make.id("Encounter", visit.id) if main else None, activityIds=[make.id("Activity", name) for name in done],
            )
        )  # fmt: skip
        if not main:
            make.say(found[-1], "label", visit.label)
            make.extend(found[-1], {"visit": visit.place})
    return found


def _timing(visit: Visit, fixed: Visit, make: Objects) -> Object:
    gap = 0 if visit is fixed else (visit.day or 0) - (fixed.day or 0)
    kind = "fixed" if visit is fixed else "before" if gap < 0 else "after"
    made = make.make(
        "Timing", visit.id, name=make.name("Timing", visit.id), label=visit.label.said("en"),
        type=make.code(f"timing-{visit.id}-type", TIMINGS[kind]), value=f"P{abs(gap)}D",
        valueLabel=f"{abs(gap)} days", relativeToFrom=make.code(f"timing-{visit.id}-from", ONE["start"]),
        relativeFromScheduledInstanceId=make.id("ScheduledActivityInstance", visit.id),
        relativeToScheduledInstanceId=make.id("ScheduledActivityInstance", fixed.id),
    )  # fmt: skip
    if visit is not fixed and (visit.before or visit.after):
        made["windowLower"], made["windowUpper"] = f"P{visit.before}D", f"P{visit.after}D"
        made["windowLabel"] = f"-{visit.before}..{visit.after} days"
    return made


def _duration(visits: Iterable[Visit], make: Objects) -> Object:
    """From the first planned day to the last."""
    days = [visit.day for visit in visits if visit.day is not None]
    if not days:
        return make.make("Duration", "main", text="Not planned", durationWillVary=False)
    length = make.quantity("main-duration", max(days) - min(days), ONE["day"])
    return make.make("Duration", "main", quantity=length, durationWillVary=False)


def conditions(protocol: Protocol, make: Objects) -> list[Object]:
    """The conditions under which an activity is done at a visit."""
    found: list[Object] = []
    for cell in protocol.schedule.cells:
        if cell.condition == Words():
            continue
        key = f"{cell.activity}-{cell.visit}"
        made = make.make(
            "Condition", key, name=make.name("Condition", key), text="",
            contextIds=[make.id("ScheduledActivityInstance", cell.visit)],
            appliesToIds=[make.id("Activity", cell.activity)],
        )  # fmt: skip
        make.say(made, "text", cell.condition, html=True)
        found.append(made)
    return found
