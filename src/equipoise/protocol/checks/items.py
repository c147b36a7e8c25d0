"""The checklists: SPIRIT 2025 and TARGET 2025, each item with what this protocol has of it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from equipoise.protocol.checks.reading import Reading
from equipoise.protocol.checks.report import Finding, Item, Place, Status
from equipoise.protocol.checks.typed import PARTS
from equipoise.protocol.words import Words
from equipoise.value import Value

_NOT_APPLICABLE = re.compile(r"^\W*(?:not applicable|does not apply|none (?:is|are) planned|不适用)", re.IGNORECASE)
LATER = Words(en="It belongs to the report, not to the protocol.", zh="属于报告而非方案的内容。")
OPEN = Words(en="The trial is open.", zh="本试验为开放试验。")
CARE_KNOWN = Words(en="Those who treat participants know the allocation.", zh="治疗者知晓分配。")


class Want(Value):
    """Something that an item's sections must say."""

    what: Words
    pattern: str


class Spec(Value):
    """What an item asks, and how its presence is judged."""

    number: str
    title: Words
    asks: Words
    sections: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    wants: tuple[Want, ...] = ()
    wants_anywhere: tuple[Want, ...] = ()
    """Found in the typed parts or anywhere in the text."""
    not_applicable: str = ""
    later: bool = False


@cache
def spirit() -> tuple[Spec, ...]:
    """SPIRIT 2025 (Chan et al., BMJ 2025;389:e081477): 34 items in 53 parts."""
    return tuple(_spec(item) for item in _read("spirit.toml")["item"])


@cache
def target() -> tuple[Spec, ...]:
    """TARGET 2025 (Cashin et al., BMJ 2025, doi:10.1136/bmj-2025-087179): 21 items, of which 6 and 7 have eight components."""
    data = _read("target.toml")
    items = [_spec(item) for item in data["item"]]
    components = [_component(number, each) for number in ("6", "7") for each in data["component"]]
    first_result = next(place for place, item in enumerate(items) if item.number == "8")
    return tuple(items[:first_result] + components + items[first_result:])


def judged(reading: Reading, spec: Spec, found: list[Finding]) -> Item:
    """One item of the checklist in this protocol."""
    touching = [finding for finding in found if spec.number in finding.items]
    why_not = _why_not_applicable(reading, spec)
    places, lacks = _has(reading, spec)
    status: Status
    if any(finding.level == "contradiction" for finding in touching):
        status = "contradictory"
    elif why_not is not None:
        status, lacks = "not-applicable", [why_not]
    elif not places:
        status = "missing"
    else:
        status = "partly" if lacks or any(finding.level == "gap" for finding in touching) else "met"
    return Item(
        number=spec.number, title=spec.title, asks=spec.asks, status=status, places=tuple(places),
        lacks=_joined(lacks), findings=tuple(dict.fromkeys(finding.code for finding in touching)),
    )  # fmt: skip


def _has(reading: Reading, spec: Spec) -> tuple[list[Place], list[Words]]:
    """Where an item is met, and what it lacks."""
    places, lacks = [], []
    for name in spec.parts:
        place = PARTS[name].where(reading.protocol)
        if place is None:
            lacks.append(PARTS[name].what)
        else:
            places.append(place)
    passages = reading.passages(*spec.sections) if spec.sections else []
    places += passages
    if spec.wants and not passages:
        return places, [*lacks, *(want.what for want in spec.wants)]
    said = reading.said(*spec.sections) if spec.sections else ""
    lacks += [want.what for want in spec.wants if not re.search(want.pattern, said, re.IGNORECASE)]
    lacks += [
        want.what for want in spec.wants_anywhere if not re.search(want.pattern, reading.everything, re.IGNORECASE)
    ]
    if spec.wants:
        lacks += [Words(en=f"“{asked}”", zh=f"“{asked}”") for _, asked in reading.gaps(*spec.sections)]
    return places, lacks


def _why_not_applicable(reading: Reading, spec: Spec) -> Words | None:
    """Why an item asks for nothing here; None where it does."""
    blinding = reading.protocol.identity.blinding
    if spec.later:
        return LATER
    if spec.not_applicable == "open" and blinding == "open":
        return OPEN
    if spec.not_applicable == "unblinded-care" and blinding in ("open", "outcome-assessor"):
        return CARE_KNOWN
    said = [sentence for sentence in reading.within(*spec.sections) if spec.sections]
    if said and all(
        any(_NOT_APPLICABLE.search(s.text) for s in said if s.place.passage == each.place.passage) for each in said
    ):
        return Words(
            en=next((s.text for s in said if s.language == "en"), ""),
            zh=next((s.text for s in said if s.language == "zh"), ""),
        )
    return None


def _joined(lacks: list[Words]) -> Words:
    unique = list(dict.fromkeys(lacks))
    return Words(en="; ".join(words.en for words in unique), zh="；".join(words.zh for words in unique))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("equipoise.protocol.checks").joinpath(name).read_text("utf-8"))


def _spec(item: dict[str, Any]) -> Spec:
    plain = {key: item[key] for key in ("number", "sections", "parts", "not_applicable", "later") if key in item}
    wants = {key: [_want(*each) for each in item[key]] for key in ("wants", "wants_anywhere") if key in item}
    return Spec.read(plain | wants | {"title": _pair(*item["title"]), "asks": _pair(*item["asks"])})


def _component(number: str, component: dict[str, Any]) -> Spec:
    """A component of the target trial (item 6) or of its emulation (item 7)."""
    en, zh = component["title"]
    whose = {"6": ("Target trial", "目标试验"), "7": ("Emulation", "模拟")}[number]
    chapter = {"6": "5", "7": "6"}[number]
    return Spec(
        number=f"{number}{component['letter']}",
        title=_pair(f"{whose[0]}: {en}", f"{whose[1]}：{zh}"),
        asks=_pair(f"The {en} of the {whose[0].lower()}", f"{whose[1]}的{zh}"),
        sections=(f"{chapter}.{component['place']}",),
        wants=(_want(*component["wants"]),),
    )


def _want(en: str, zh: str, pattern: str) -> Want:
    return Want(what=_pair(en, zh), pattern=pattern)


def _pair(en: str, zh: str) -> Words:
    return Words(en=en, zh=zh)
