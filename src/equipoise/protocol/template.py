"""The headings a protocol has: ICH M11 for randomised trials, the target trial and its emulation for observational data."""

from __future__ import annotations

from importlib import resources
from typing import Literal

from equipoise.protocol.words import Words
from equipoise.value import Value

Kind = Literal["randomised", "emulation"]


class Heading(Value):
    """A numbered heading with its title and, in a line, what belongs under it; `optional` ones may be left out."""

    number: str
    title: Words
    guidance: Words
    optional: bool = False

    @property
    def level(self) -> int:
        """1 for a chapter, 2 for its sections, and so on."""
        return self.number.count(".") + 1

    @property
    def order(self) -> tuple[int, ...]:
        """What sorts headings as they stand in the document."""
        return section_order(self.number)


def section_order(number: str) -> tuple[int, ...]:
    """A section's number as integers, so that 10.9 stands before 10.11."""
    return tuple(int(part) for part in number.split("."))


def _read(name: str) -> tuple[Heading, ...]:
    """A template's file: number | o if optional | title | Chinese title | guidance | Chinese guidance, one heading a line."""
    text = resources.files("equipoise.protocol").joinpath("templates", name).read_text("utf-8")
    return tuple(_heading(*line.split("|")) for line in text.splitlines())


def _heading(number: str, mark: str, en: str, zh: str, guide_en: str, guide_zh: str) -> Heading:
    return Heading(
        number=number, title=Words(en=en, zh=zh), guidance=Words(en=guide_en, zh=guide_zh), optional=mark == "o"
    )


TEMPLATE: tuple[Heading, ...] = _read("m11.psv")
"""Numbers and titles of ICH M11, Clinical Electronic Structured Harmonised Protocol, template, Step 4 (19 November 2025);
those that the template puts in braces are optional. The guidance is our own."""
EMULATION: tuple[Heading, ...] = _read("emulation.psv")
"""The components of a target trial specified (chapter 5) and emulated (chapter 6), as TARGET 2025 asks
(Cashin et al., JAMA and BMJ 2025, doi:10.1136/bmj-2025-087179); chapters around them follow M11."""


def headings(kind: Kind) -> tuple[Heading, ...]:
    """The headings of this kind of protocol, in order."""
    return TEMPLATE if kind == "randomised" else EMULATION


def heading(kind: Kind, number: str) -> Heading | None:
    """The template's heading with this number, None if the template has none (further objectives, own sections)."""
    return next((each for each in headings(kind) if each.number == number), None)
