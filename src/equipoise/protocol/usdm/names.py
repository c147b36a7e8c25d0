"""Identities of a document's objects made names of a protocol's parts, and kept so that the way back is known."""

from __future__ import annotations

import re

from equipoise.protocol.usdm.objects import Object, Objects

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")


class Names:
    """`ids` gives an object's identity in the document by its class and key here, where the two differ."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._plain = Objects({})

    def keep(self, key: str, found: Object | None) -> None:
        """Remember which object of the document stands for this key."""
        if found and found.get("id"):
            kind = found["instanceType"]
            if self._plain.id(kind, key) != found["id"]:
                self.ids[f"{kind}:{key}"] = found["id"]

    def name(self, found: Object) -> str:
        """A name for the part that an object becomes; the same object always has the same."""
        known = self._names.get(found["id"])
        if known is not None:
            return known
        name = self._new(found)
        self._names[found["id"]] = name
        self.keep(name, found)
        return name

    def _new(self, found: Object) -> str:
        kind = found["instanceType"]
        taken = set(self._names.values())
        short = found["id"].removeprefix(f"{kind}_")
        for wanted in (short, re.sub(r"[^A-Za-z0-9-]+", "-", found["id"])):
            if _NAME.fullmatch(wanted) and (wanted == short or wanted not in taken):
                return wanted
        return f"{kind}-{len(self._names) + 1}"[:40]
