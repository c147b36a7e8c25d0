"""References inside a text, `{{kind:id}}`: what each stands for, where it leads, and which lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from typing import Protocol as Shape

from equipoise.protocol.document import Protocol
from equipoise.protocol.render.blocks import Span
from equipoise.protocol.render.labels import label
from equipoise.protocol.render.places import criteria_place, section_titles
from equipoise.protocol.words import LANGUAGES, Language, Words

REFERENCE = re.compile(r"\{\{\s*([a-z]+)\s*:\s*([^{}]*?)\s*\}\}")
"""`{{kind:id}}`, with blanks allowed about its two parts; `{{todo:what is asked}}` is a gap (gaps.py)."""


class Fact(Shape):
    """A figure of the design in words, such as facts.py gives."""

    @property
    def en(self) -> str: ...
    @property
    def zh(self) -> str: ...


Facts = Mapping[str, Fact]


@dataclass(frozen=True)
class Unknown:
    """A reference that leads nowhere, as it was written, and the section or part it stands in."""

    where: str
    reference: str


@dataclass(frozen=True)
class Target:
    """What a reference is shown as, and the anchor that it leads to, "" for none."""

    words: Words
    anchor: str = ""


Targets = Mapping[str, Target]
"""By "kind:id"."""


def targets(protocol: Protocol, facts: Facts | None = None) -> dict[str, Target]:
    """All that a text of this protocol can refer to: sections and criteria by number, parts by label, facts by figure."""
    schedule = protocol.schedule
    labelled = {
        "arm": protocol.arms, "visit": schedule.visits, "epoch": schedule.epochs, "activity": schedule.activities,
        "role": protocol.roles,
    }  # fmt: skip
    found = {f"section:{number}": Target(_same(number), f"section-{number}") for number in section_titles(protocol)}
    for kind, parts in labelled.items():
        found |= {f"{kind}:{part.id}": Target(part.label, f"{kind}-{part.id}") for part in parts}
    for kind, parts in {"endpoint": protocol.endpoints, "objective": protocol.objectives}.items():
        found |= {f"{kind}:{part.id}": Target(part.text, f"{kind}-{part.id}") for part in parts}
    found |= {f"site:{site.id}": Target(site.name, f"site-{site.id}") for site in protocol.sites}
    found |= {
        f"estimand:{estimand.id}": Target(_same(estimand.id), f"estimand-{estimand.id}")
        for estimand in protocol.estimands
    }
    found |= _criteria(protocol)
    return found | {f"fact:{name}": Target(Words(en=fact.en, zh=fact.zh)) for name, fact in (facts or {}).items()}


def shown(match: re.Match[str], known: Targets, language: Language) -> Span:
    """A reference as it is shown; a gap, and one that leads nowhere, are shown as they were written, and marked."""
    if match[1] == "todo":
        return Span(label("gap", language).format(asked=match[2]), flag=True)
    name = f"{match[1]}:{match[2]}"
    target = known.get(name)
    if target is None or not target.words.said(language):
        return Span(f"[? {name}]", flag=True)
    return Span(target.words.said(language), to=target.anchor)


def unknown_references(protocol: Protocol, facts: Facts | None = None) -> tuple[Unknown, ...]:
    """The references that lead nowhere, in the order of the document, each once for each place."""
    known = targets(protocol, facts)
    found = {
        Unknown(where, match[0]): None
        for where, text in _texts(protocol)
        for match in REFERENCE.finditer(text)
        if match[1] != "todo" and f"{match[1]}:{match[2]}" not in known
    }
    return tuple(found)


def _same(text: str) -> Words:
    return Words(en=text, zh=text)


def _criteria(protocol: Protocol) -> dict[str, Target]:
    """Criteria are called by their section and place in it, such as 5.2(3)."""
    found: dict[str, Target] = {}
    for kind in ("inclusion", "exclusion"):
        chosen = [criterion for criterion in protocol.criteria if criterion.kind == kind]
        section = criteria_place(protocol.kind, kind)
        for place, criterion in enumerate(chosen, 1):
            found[f"criterion:{criterion.id}"] = Target(_same(f"{section}({place})"), f"criterion-{criterion.id}")
    return found


def _texts(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Every text that may refer to something, with where it stands."""
    for section in protocol.sections:
        for passage in section.passages:
            yield from ((section.number, passage.text.only(language)) for language in LANGUAGES)
    typed = protocol.model_dump(include={"objectives", "endpoints", "estimands", "criteria", "arms", "roles"})
    for kind, parts in typed.items():
        for part in parts:
            yield from ((f"{kind} {part['id']}", text) for text in _strings(part))
    yield from (("schedule", text) for text in _strings(protocol.schedule.model_dump()))


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _strings(value)
