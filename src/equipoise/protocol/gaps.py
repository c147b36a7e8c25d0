"""Gaps: marks in a protocol's text for what no design knows and an investigator must fill in."""

from __future__ import annotations

import re

from equipoise.protocol.words import Words

_GAP = re.compile(r"\{\{todo:\s*([^{}]*?)\s*\}\}")


def gap(asked: str) -> str:
    """The mark for a gap that asks for this."""
    return f"{{{{todo:{asked}}}}}"


def gaps(text: str) -> list[str]:
    """What the gaps of a text ask for, in order."""
    return _GAP.findall(text)


def gap_words(asked: Words) -> Words:
    """The mark in both languages."""
    return Words(en=gap(asked.en), zh=gap(asked.zh))
