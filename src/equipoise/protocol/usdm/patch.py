"""What changed between two documents of ours, carried into a third that says more than they do."""

from __future__ import annotations

import copy
from typing import Any

from equipoise.protocol.usdm.index import ids, walk
from equipoise.protocol.usdm.objects import Object

TIMED = (
    "type", "value", "valueLabel", "relativeToFrom", "relativeFromScheduledInstanceId", "relativeToScheduledInstanceId",
)  # fmt: skip
"""The attributes of a timing that only mean something together."""


def patched(base: Object, before: Object, after: Object) -> Object:
    """`base` with what differs between `before` and `after`, object by object: both name base's objects as base does.

    Where the two say the same, base stays as it was, down to what neither says. What goes takes references to it along;
    what comes brings what it refers to.
    """
    if before == after:
        return copy.deepcopy(base)
    return _Patch(copy.deepcopy(base), before, after).done()


class _Patch:
    def __init__(self, base: Object, before: Object, after: Object) -> None:
        self.base, self.before, self.after = base, _by_id(before), _by_id(after)
        self.there = _by_id(base)
        timings = [one for one in self.after.values() if one["instanceType"] == "Timing"]
        self.moved = any(self.before.get(one["id"], one)["value"] != one["value"] for one in timings)

    def done(self) -> Object:
        for name, new in self.after.items():
            if name in self.there and name in self.before:
                self._object(self.there[name], self.before[name], new)
        gone = set(self.before) - set(self.after)
        _forget(self.base, gone & set(self.there))
        self._bring()
        return self.base

    def _object(self, target: Object, old: Object, new: Object) -> None:
        for field in dict.fromkeys([*old, *new]):
            self._field(target, field, old.get(field), new.get(field))
        to = "relativeToScheduledInstanceId"
        timed = self.moved and new["instanceType"] == "Timing"
        if timed and (new["value"] != old["value"] or target.get(to) != new[to]):
            target.update({field: copy.deepcopy(new[field]) for field in TIMED})

    def _field(self, target: Object, field: str, old: Any, new: Any) -> None:
        if old == new or (self._is_object(old) and self._is_object(new)):
            return
        if isinstance(old or new, list) and _kind(old, new) == "objects":
            self._members(target, field, old or [], new or [])
        elif isinstance(old or new, list) and _kind(old, new) == "names":
            target[field] = _listed(target.get(field) or [], old or [], new or [])
        else:
            target[field] = copy.deepcopy(new)

    def _is_object(self, value: Any) -> bool:
        """Whether this is an object that base has: what changed in it is told by itself."""
        return isinstance(value, dict) and value.get("id") in self.there

    def _members(self, target: Object, field: str, old: list[Object], new: list[Object]) -> None:
        """Codes and the like, which base has under other identities, are replaced as a whole; parts one by one."""
        before, after = [one["id"] for one in old], [one["id"] for one in new]
        listed: list[Object] = target.setdefault(field, [])
        if not any(one["id"] in before for one in listed) and all(one["instanceType"] == "Code" for one in old + new):
            if old != new:
                target[field] = copy.deepcopy(new)
            return
        listed[:] = [one for one in listed if not (one["id"] in before and one["id"] not in after)]
        places = {one["id"]: one for one in listed}
        for place, one in enumerate(new):
            if one["id"] in places or one in old:
                continue
            at = next(
                (listed.index(places[name]) + 1 for name in reversed(after[:place]) if name in places), len(listed)
            )
            places[one["id"]] = copy.deepcopy(one)
            listed.insert(at, places[one["id"]])

    def _bring(self) -> None:
        """What is referred to and base has not: the object of that name, put where it stands in `after`."""
        parents = {
            one["id"]: (found["id"], field)
            for found in self.after.values()
            for field, value in found.items()
            if isinstance(value, list)
            for one in value
            if isinstance(one, dict)
        }
        while missing := {name for _, one in walk(self.base["study"], "") for _, name in ids(one)} - set(
            _by_id(self.base)
        ):
            known = [name for name in missing if name in parents and parents[name][0] in _by_id(self.base)]
            if not known:
                _forget(self.base, missing)
                return
            for name in known:
                parent, field = parents[name]
                _by_id(self.base)[parent].setdefault(field, []).append(copy.deepcopy(self.after[name]))


def _by_id(document: Object) -> dict[str, Object]:
    return {one["id"]: one for _, one in walk(document["study"], "") if one.get("id")}


def _kind(old: Any, new: Any) -> str:
    members = [*(old or []), *(new or [])]
    return "objects" if all(isinstance(one, dict) for one in members) else "names"


def _listed(there: list[str], old: list[str], new: list[str]) -> list[str]:
    """A list of names with those taken out that went, and those put in that came, after what they follow."""
    kept = [name for name in there if name not in old or name in new]
    for place, name in enumerate(new):
        if name not in kept and name not in old:
            at = next((kept.index(one) + 1 for one in reversed(new[:place]) if one in kept), 0)
            kept.insert(at, name)
    return kept


def _forget(document: Object, gone: set[str]) -> None:
    """Take out every reference to what went."""
    for _, one in walk(document["study"], ""):
        for field, value in one.items():
            if field.endswith("Id") and value in gone:
                one[field] = None
            elif field.endswith("Ids") and isinstance(value, list):
                one[field] = [name for name in value if name not in gone]
