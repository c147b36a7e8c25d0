"""Short ways to say what a rule finds and where."""

from __future__ import annotations

from equipoise.protocol.checks.report import Finding, Level, Place
from equipoise.protocol.words import Words


def part(kind: str, name: str = "", said: Words | str = "") -> Place:
    """A part as a place; `said` is what stands there."""
    return Place(part=kind, id=name, quote=said if isinstance(said, str) else said.said("en")[:200])


def section(number: str) -> Place:
    """A section as a place, whether or not anything is written there."""
    return Place(section=number)


def found(code: str, level: Level, en: str, zh: str, *places: Place, items: tuple[str, ...] = ()) -> Finding:
    """A finding."""
    return Finding(code=code, level=level, text=Words(en=en, zh=zh), places=places, items=items)
