"""Makes the objects of a USDM document, each with an identity that stays the same while its part does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from equipoise.protocol.usdm.codes import Term
from equipoise.protocol.usdm.markup import paragraphs, plain
from equipoise.protocol.words import Words

Object = dict[str, Any]
EXTENSION = "urn:equipoise:usdm:"
"""Extension attributes of ours: `zh:text` is the attribute `text` in Chinese, `exact:text` its letters where the form of
the standard would lose some, `said:text` its bookkeeping (which language was translated from which words)."""


class Objects:
    """`known` are the identities of parts that came from a document, by "Class:key"."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known
        self._names: set[tuple[str, str]] = set()

    def id(self, kind: str, key: str) -> str:
        """The identity of a part: the document's own, else one made of its class and key."""
        return self.known.get(f"{kind}:{key}") or f"{kind}_{re.sub(r'[^A-Za-z0-9.-]', '-', key)}"

    def make(self, kind: str, key: str, **fields: object) -> Object:
        """An object; attributes that are None are left out."""
        said = {name: value for name, value in fields.items() if value is not None}
        return {"id": self.id(kind, key), **said, "instanceType": kind}

    def name(self, kind: str, wanted: str) -> str:
        """A name that no other object of the class has: the standard wants them to be unique."""
        name, count = wanted, 1
        while (kind, name) in self._names:
            count += 1
            name = f"{wanted} ({count})"
        self._names.add((kind, name))
        return name

    def code(self, key: str, term: Term) -> Object:
        """A code; `key` says whose it is."""
        return self.make(
            "Code", key, code=term.code, codeSystem=term.system, codeSystemVersion=term.version, decode=term.decode
        )

    def alias(self, key: str, term: Term) -> Object:
        """A code where the standard wants room for its synonyms."""
        return self.make("AliasCode", key, standardCode=self.code(f"{key}-standard", term))

    def quantity(self, key: str, value: float, unit: Term | None = None) -> Object:
        """A number with its unit, if it has one."""
        made = self.make("Quantity", key, value=value)
        made["unit"] = self.alias(f"{key}-unit", unit) if unit else None
        return made

    def extension(self, key: str, name: str, value: str) -> Object:
        """An attribute of ours that the standard has no room for."""
        return self.make("ExtensionAttribute", f"{key}-{name}", url=EXTENSION + name, valueString=value)

    def say(self, made: Object, attribute: str, words: Words, *, html: bool = False) -> None:
        """Write words into an object: English, else Chinese, as the attribute; the rest as extensions."""
        text = words.said("en")
        made[attribute] = paragraphs(text) if html else text
        extras: dict[str, str] = {}
        if words.zh:
            extras["zh"] = words.zh
        if html and plain(made[attribute]) != text:
            extras["exact"] = text
        if words.translation or (words.zh and not words.en):
            extras["said"] = json.dumps(
                {"en": bool(words.en), "translation": words.translation and words.translation.model_dump()}
            )
        self.extend(made, {f"{name}:{attribute}": value for name, value in extras.items()})

    def extend(self, made: Object, values: Mapping[str, str]) -> None:
        """Add what the standard has no room for; what says nothing is left out."""
        new = [self.extension(made["id"], name, value) for name, value in values.items() if value]
        if new:
            made["extensionAttributes"] = [*made.get("extensionAttributes", []), *new]

    def words(self, made: Object, fields: Mapping[str, Words]) -> None:
        """Add words that the standard has no attribute for, as extensions of their own names."""
        self.extend(
            made, {f"words:{name}": words.model_dump_json() for name, words in fields.items() if words != Words()}
        )


def chain(objects: Iterable[Object]) -> list[Object]:
    """Objects in order, each knowing which stands before and after it."""
    found = list(objects)
    for each in found:
        each["previousId"] = each["nextId"] = None
    for first, second in pairwise(found):
        first["nextId"], second["previousId"] = second["id"], first["id"]
    return found
