"""Where the typed parts stand in each kind of protocol, and which headings a document shows."""

from __future__ import annotations

from typing import Literal

from equipoise.protocol.document import Protocol
from equipoise.protocol.template import Kind, heading, headings, section_order
from equipoise.protocol.words import Words

Part = Literal[
    "schema", "schedule", "overview", "primary", "secondary", "exploratory", "inclusion", "exclusion", "arms", "sites",
    "roles", "amendments",
]  # fmt: skip
PLACES: dict[Kind, dict[Part, str]] = {
    "randomised": {
        "schema": "1.2", "schedule": "1.3", "overview": "3", "primary": "3.1", "secondary": "3.2", "exploratory": "3.3",
        "inclusion": "5.2", "exclusion": "5.3", "arms": "6.1", "sites": "11.2", "roles": "11.2", "amendments": "12.3",
    },
    "emulation": {
        "schema": "1.3", "schedule": "5.4", "overview": "3", "primary": "3.1", "secondary": "3.2", "exploratory": "3.2",
        "inclusion": "5.1", "exclusion": "5.1", "arms": "5.2", "sites": "9.1", "roles": "9.1", "amendments": "10.2",
    },
}  # fmt: skip


def criteria_place(kind: Kind, criteria: Literal["inclusion", "exclusion"]) -> str:
    """The section that lists these criteria."""
    return PLACES[kind][criteria]


def objective_places(protocol: Protocol) -> dict[str, str]:
    """The section of each objective, by its id: M11 gives each one of its own, 3.1.1, 3.1.2, ...; an emulation does not."""
    found: dict[str, str] = {}
    for level in ("primary", "secondary", "exploratory"):
        chosen = [objective.id for objective in protocol.objectives if objective.level == level]
        place = PLACES[protocol.kind][level]
        own = heading(protocol.kind, f"{place}.1") is not None
        found |= {name: f"{place}.{count}" if own else place for count, name in enumerate(chosen, 1)}
    return found


def section_titles(protocol: Protocol) -> dict[str, Words]:
    """The title of every section by its number, in order: the template's, those of further objectives, and own ones."""
    titles = {each.number: each.title for each in headings(protocol.kind)}
    for number in objective_places(protocol).values():
        if number not in titles:
            parent, count = number.rsplit(".", 1)
            first = titles[f"{parent}.1"]
            titles[number] = Words(en=f"{first.en} {count}", zh=f"{first.zh}{count}")
    for section in protocol.sections:
        if section.title.en or section.title.zh or section.number not in titles:
            titles[section.number] = section.title
    for number in list(titles):
        while "." in number:
            number = number.rsplit(".", 1)[0]
            titles.setdefault(number, Words())
    return {number: titles[number] for number in sorted(titles, key=section_order)}


def shown_sections(protocol: Protocol, filled: set[str]) -> list[str]:
    """The numbers of the headings to show.

    What the template leaves optional is shown only where something stands under it, or under a later one beside it: a
    number is never skipped.
    """
    optional = {each.number for each in headings(protocol.kind) if each.optional}
    shown: list[str] = []
    above: set[str] = set()
    """Sections of which a part is shown already."""
    for number in reversed(section_titles(protocol)):
        parent = number.rpartition(".")[0]
        if number in filled or number in above or parent in above - {""} or number not in optional:
            shown.append(number)
            above.add(parent)
    return shown[::-1]
