"""Quantities that sections state in words: found in English and Chinese, and compared with each other and with the design."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import gcd
from typing import Any

from equipoise.protocol.checks.reading import Reading, Sentence
from equipoise.protocol.checks.report import Finding, Place
from equipoise.protocol.labels import PARTS
from equipoise.protocol.words import Language, Words

Value = Any
MONTH = 30.4375
DAYS = {"day": 1.0, "week": 7.0, "month": MONTH, "year": 365.25}
"""The Gregorian mean month and year, in days."""
TIME = r"(?P<n>\d+(?:\.\d+)?)[ -]?(?P<unit>days?|weeks?|months?|years?|天|日|周|个月|月|年)(?![\d岁])"
_UNIT = {"天": "day", "日": "day", "周": "week", "个月": "month", "月": "month", "年": "year"}


@dataclass(frozen=True)
class Quantity:
    """Something that sections state: how to find it, what to pass over, and what counts as the same."""

    code: str
    name: Words
    patterns: dict[Language, tuple[str, ...]]
    value: Callable[[re.Match[str], str], Value]
    same: Callable[[Value, Value], bool]
    known: Callable[[Reading], list[tuple[Value, Place]]] = lambda _: []
    """What the design or the typed parts say, before any text."""
    skip: str = r"(?!)"
    """Sentences with this say something else, such as a number to be screened."""
    sections: tuple[str, ...] = ()
    """Where to read; everywhere but the introduction and the references if empty."""
    items: tuple[str, ...] = ()
    show: Callable[[Value, Language], str] = lambda value, _: f"{value:g}"


@dataclass(frozen=True)
class Stated:
    """A value, and where it is said."""

    value: Value
    place: Place


def stated(reading: Reading, quantity: Quantity) -> list[Stated]:
    """Every statement of a quantity in the text, in order."""
    found: list[Stated] = []
    where = reading.within(*quantity.sections) if quantity.sections else reading.of_this_trial
    for sentence in where:
        if re.search(quantity.skip, sentence.text, re.IGNORECASE):
            continue
        found += [Stated(value, sentence.place) for value in _values(quantity, sentence)]
    return found


def _values(quantity: Quantity, sentence: Sentence) -> Iterable[Value]:
    """What one sentence states, each value once."""
    seen: list[Value] = []
    for pattern in quantity.patterns[sentence.language]:
        for match in re.finditer(pattern, sentence.text, re.IGNORECASE):
            value = quantity.value(match, sentence.text)
            if value is not None and not any(quantity.same(value, other) for other in seen):
                seen.append(value)
                yield value


def disagreements(reading: Reading, quantity: Quantity) -> list[Finding]:
    """Statements that disagree with the design or the typed parts, else with what most of the text says."""
    said = stated(reading, quantity)
    known = quantity.known(reading)
    if not known:
        known = _most_said(said, quantity.same)
    if not known:
        return []
    return [
        _finding(quantity, each, *known[0])
        for each in said
        if not any(quantity.same(each.value, value) for value, _ in known)
    ]


def _most_said(said: list[Stated], same: Callable[[Value, Value], bool]) -> list[tuple[Value, Place]]:
    """The value that most statements agree on; of several, the first."""
    if not said:
        return []
    counts = [sum(same(each.value, other.value) for other in said) for each in said]
    best = said[counts.index(max(counts))]
    return [(best.value, best.place)]


def _finding(quantity: Quantity, each: Stated, known: Value, there: Place) -> Finding:
    where, show = each.place, quantity.show
    return Finding(
        code=quantity.code,
        level="contradiction",
        text=Words(
            en=f"{quantity.name.en}: section {where.section} says {show(each.value, 'en')}, but {_source(there, 'en')} {show(known, 'en')}.",
            zh=f"{quantity.name.zh}：{where.section}节为{show(each.value, 'zh')}，而{_source(there, 'zh')}{show(known, 'zh')}。",
        ),
        places=(where, there),
        items=quantity.items,
    )


def _source(place: Place, language: Language) -> str:
    """Who says otherwise, as the middle of a sentence."""
    en = language == "en"
    if place.section:
        return f"section {place.section} says" if en else f"{place.section}节为"
    if place.part == "source":
        return "the design has" if en else "设计为"
    called = PARTS[place.part].only(language)
    name = f" {place.id}" if place.id else ""
    return f"{called.lower()}{name} has" if en else f"{called}{name}为"


def fact(reading: Reading, *names: str) -> list[tuple[Value, Place]]:
    """The design's figures of these names, as far as it has them."""
    return [
        (reading.facts[name].number, Place(part="source", id=name, quote=reading.facts[name].en))
        for name in names
        if name in reading.facts and reading.facts[name].number is not None
    ]


def number(match: re.Match[str], _: str) -> float:
    """The figure found."""
    return float(next(group for group in match.groups() if group))


def share(match: re.Match[str], _: str) -> float:
    """A figure in per cent, or a share, as a share."""
    found = next(group for group in match.groups() if group).replace(" ", "")
    return float(found.rstrip("%")) / 100 if found.endswith("%") else float(found)


def days(match: re.Match[str], _: str = "") -> float:
    """A length of time in days."""
    unit = match["unit"].lower()
    return float(match["n"]) * DAYS[_UNIT.get(unit, unit.rstrip("s"))]


def close(tolerance: float) -> Callable[[float, float], bool]:
    """The same but for rounding, by this much."""
    return lambda a, b: abs(a - b) <= tolerance + 1e-9


def near(part: float) -> Callable[[float, float], bool]:
    """The same within this part of the larger."""
    return lambda a, b: abs(a - b) <= part * max(abs(a), abs(b))


def ratio_of(match: re.Match[str], _: str) -> tuple[int, ...]:
    """An allocation ratio in lowest terms, smallest first: a sentence need not name the arms in the protocol's order."""
    terms = [int(term) for term in re.findall(r"\d+", match["ratio"])]
    least = gcd(*terms)
    return tuple(sorted(term // least for term in terms))


def in_time(value: float, language: Language) -> str:
    """Days as a reader counts them."""
    for en, zh, length in (("year", "年", 365.25), ("month", "个月", MONTH), ("week", "周", 7.0)):
        count = round(value / length)
        if count and abs(value / length - count) < 0.02:
            return _counted(count, en, zh, language)
    return _counted(round(value), "day", "天", language)


def _counted(count: int, en: str, zh: str, language: Language) -> str:
    return f"{count}{zh}" if language == "zh" else f"{count} {en}{'' if count == 1 else 's'}"


def in_per_cent(value: float, _: Language) -> str:
    """A share in per cent."""
    return f"{100 * value:.4g}%"
