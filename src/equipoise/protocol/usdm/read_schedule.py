"""The schedule of activities out of a USDM design."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from equipoise.protocol.parts import Activity, Epoch, Planned, Schedule, Visit
from equipoise.protocol.usdm.codes import CONTACTS, EPOCHS, SETTINGS, TIMINGS
from equipoise.protocol.usdm.index import Index, extensions, own_words, term
from equipoise.protocol.usdm.names import Names
from equipoise.protocol.usdm.objects import Object
from equipoise.protocol.words import Words

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def schedule(design: Object, version: Object, index: Index, names: Names) -> Schedule:
    """Epochs, visits in the order of the main timeline, those of timelines beside it, activities, and what is done when."""
    reader = _Reader(design, version, index, names)
    epochs = tuple(reader.epoch(each) for each in design["epochs"])
    activities, groups = reader.activities()
    visits = reader.visits()
    return Schedule(
        epochs=epochs, visits=tuple(visits), activities=activities, cells=tuple(reader.cells(groups)),
        notes=own_words(reader.main, "notes"),
    )  # fmt: skip


def days(duration: str | None) -> int | None:
    """The whole days of an ISO 8601 duration; None for one in months or years, or for none."""
    match = _DURATION.fullmatch(duration or "")
    if match is None:
        return None
    weeks, single, hours, minutes, _ = (int(part or 0) for part in match.groups())
    return 7 * weeks + single + (60 * hours + minutes) // 1440


class _Reader:
    def __init__(self, design: Object, version: Object, index: Index, names: Names) -> None:
        self.design, self.version, self.index, self.names = design, version, index, names
        timelines: list[Object] = design.get("scheduleTimelines") or []
        self.main = next((each for each in timelines if each["mainTimeline"]), {})
        used = {each.get("timelineId") for _, each in _instances_and_activities(design)}
        self.beside = [each for each in timelines if not each["mainTimeline"] and each["id"] not in used]
        self.shown: list[tuple[str, Object]] = []
        """Visits by name with their scheduled instances, of which one may have several."""

    def epoch(self, found: Object) -> Epoch:
        kind: Any = term(EPOCHS, found["type"])
        given = None if "kind" in extensions(found) else kind
        return Epoch(id=self.names.name(found), label=self.index.words(found, "label", "name"), kind=given)

    def activities(self) -> tuple[tuple[Activity, ...], set[str]]:
        """The activities, and the identities of those objects that only group others."""
        scheduled = {
            name for each, _ in _instances_and_activities(self.design) for name in each.get("activityIds") or []
        }
        listed: list[Object] = self.design.get("activities") or []
        groups = {each["id"]: each for each in listed if each.get("childIds") and each["id"] not in scheduled}
        above = {child: self.index.words(one, "label", "name") for one in groups.values() for child in one["childIds"]}
        for count, one in enumerate(groups.values(), 1):
            self.names.keep(f"group-{count}", one)
        skipped = set(groups) | {each["id"] for each in listed if "made" in extensions(each)}
        found = [
            (extensions(each).get("place"), self._activity(each, above.get(each["id"], Words())))
            for each in listed
            if each["id"] not in skipped
        ]
        if found and all(place for place, _ in found):
            found.sort(key=lambda pair: int(pair[0] or 0))
        return tuple(activity for _, activity in found), skipped

    def _activity(self, found: Object, group: Words) -> Activity:
        return Activity(id=self.names.name(found), label=self.index.words(found, "label", "name"), group=group)

    def visits(self) -> Iterator[Visit]:
        """One visit for each encounter of the main timeline (or instance without one), then those of timelines beside it."""
        if not self.design["epochs"]:
            return
        if self.main:
            self.names.keep("main", self.main)
            self.names.keep("main", self.main.get("plannedDuration"))
        timings = {each["relativeFromScheduledInstanceId"]: each for each in reversed(self.main.get("timings") or [])}
        seen: dict[str, str] = {}
        for instance in self._in_order():
            part = self.index.objects.get(instance.get("encounterId") or "", instance)
            if part["id"] in seen:
                self.shown.append((seen[part["id"]], instance))
                continue
            name = seen[part["id"]] = self.names.name(part)
            self.shown.append((name, instance))
            self.names.keep(name, instance)
            self.names.keep(name, timings.get(instance["id"]))
            yield self._visit(name, part, instance, timings)
        for timeline in self.beside:
            instances = [each for each in timeline.get("instances") or [] if "activityIds" in each]
            if instances:
                name = self.names.name(instances[0])
                self.names.keep(name, timeline)
                self.shown += [(name, each) for each in instances]
                yield self._beside(name, timeline, instances[0])

    def _in_order(self) -> list[Object]:
        """The activity instances of the main timeline along their default conditions, then any that those do not reach."""
        by_id = {each["id"]: each for each in self.main.get("instances") or []}
        ordered: list[Object] = []
        at = by_id.get(self.main.get("entryId") or "")
        while at is not None and at not in ordered:
            ordered.append(at)
            at = by_id.get(at.get("defaultConditionId") or "")
        ordered += [each for each in by_id.values() if each not in ordered]
        return [each for each in ordered if each["instanceType"] == "ScheduledActivityInstance"]

    def _visit(self, name: str, part: Object, instance: Object, timings: dict[str, Object]) -> Visit:
        own = extensions(part)
        timing = timings.get(instance["id"], {})
        window = (own.get("window") or "").split() or [days(timing.get("windowLower")), days(timing.get("windowUpper"))]
        return Visit(
            id=name, epoch=self._epoch(instance), label=self.index.words(part, "label", "name"),
            day=self._day(instance["id"], timings, set()), before=int(window[0] or 0), after=int(window[1] or 0),
            place=_place(part),
        )  # fmt: skip

    def _beside(self, name: str, timeline: Object, instance: Object) -> Visit:
        own: Any = extensions(instance).get("visit")
        label = self.index.words(instance, "label", "name") if own else self.index.words(timeline, "label", "name")
        return Visit(id=name, epoch=self._epoch(instance), label=label, place=own or "site")

    def _epoch(self, instance: Object) -> str:
        return self.names.name(self.index.objects.get(instance.get("epochId") or "") or self.design["epochs"][0])

    def _day(self, instance: str, timings: dict[str, Object], seen: set[str]) -> int | None:
        """Days from the anchor, along the timings that lead to it."""
        timing = timings.get(instance)
        if timing is None or instance in seen:
            return None
        kind = term(TIMINGS, timing["type"])
        if kind == "fixed":
            encounter = self.index.objects.get(self.index.objects[instance].get("encounterId") or "", {})
            own = extensions(encounter).get("day", "0")
            return None if own == "None" else int(own)
        start = self._day(timing.get("relativeToScheduledInstanceId") or "", timings, seen | {instance})
        gap = days(timing["value"])
        return None if start is None or gap is None else start + (-gap if kind == "before" else gap)

    def cells(self, groups: set[str]) -> Iterator[Planned]:
        """What is done at each visit, with the condition that applies there."""
        done: set[tuple[str, str]] = set()
        for visit, instance in self.shown:
            for name in instance.get("activityIds") or []:
                activity = self.names.name(self.index.objects[name])
                if name not in groups and (activity, visit) not in done:
                    done.add((activity, visit))
                    yield Planned(
                        activity=activity, visit=visit, condition=self._condition(instance["id"], name, visit)
                    )

    def _condition(self, instance: str, activity: str, visit: str) -> Words:
        for each in self.version.get("conditions") or []:
            if instance in each.get("contextIds", []) and activity in each.get("appliesToIds", []):
                if len(each["contextIds"]) == len(each["appliesToIds"]) == 1:
                    self.names.keep(f"{self.names.name(self.index.objects[activity])}-{visit}", each)
                return self.index.words(each, "text")
        return Words()


def _instances_and_activities(design: Object) -> Iterator[tuple[Object, Object]]:
    for timeline in design.get("scheduleTimelines") or []:
        yield from ((each, each) for each in timeline.get("instances") or [])
    yield from (({}, each) for each in design.get("activities") or [])


def _place(encounter: Object) -> Any:
    for contact in encounter.get("contactModes") or []:
        mode = term({name: CONTACTS[name] for name in ("telephone", "remote")}, contact)
        if mode:
            return mode
    settings = [term(SETTINGS, each) for each in encounter.get("environmentalSettings") or []]
    return "home" if "home" in settings else "site"
