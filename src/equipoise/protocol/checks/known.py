"""What the design and the typed parts say of a quantity, and how a match in the text becomes a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import gcd

from equipoise.protocol.checks.reading import Reading
from equipoise.protocol.checks.report import Place
from equipoise.protocol.checks.stated import MONTH, fact, share

_RANGE = r"\s*(?:to|-|–|and|至|到|~)\s*"
AGES: dict[str, tuple[str, ...]] = {
    "en": (
        rf"\b(?:aged?|ages|between)\s*(?:from |between )?(?P<low>\d+){_RANGE}(?P<high>\d+)(?: years)?",
        r"\b(?:aged?|age of)\s*(?:at least|≥|>=|over)?\s*(?P<low>\d+)\s*(?:years?)?\s*(?:or older|or above|or over|and older|and over)",
        r"\b(?:aged?|age)\s*(?:of )?(?:at least|≥|>=)\s*(?P<low>\d+)",
        r"(?P<low>\d+) years of age (?:or older|or above|and older)",
        r"\b(?:aged?|age)\s*(?:of )?(?:at most|≤|<=|up to|no older than)\s*(?P<high>\d+)",
    ),
    "zh": (
        rf"(?P<low>\d+)\s*(?:周?岁)?{_RANGE}(?P<high>\d+)\s*周?岁",
        r"(?:年满|≥|>=|不小于|大于等于|至少)\s*(?P<low>\d+)\s*周?岁",
        r"(?<![至到~\-–\d])(?P<low>\d+)\s*周?岁(?:及)?以上",
        r"(?:≤|<=|不超过|不大于|小于等于)\s*(?P<high>\d+)\s*周?岁",
    ),
}


def patients(reading: Reading) -> list[tuple[float, Place]]:
    return fact(reading, "patients", "max_patients")


def level_of(match: re.Match[str], sentence: str) -> tuple[float, int]:
    """A significance level with its sidedness, 0 where the sentence does not say."""
    value = share(match, sentence)
    near_by = sentence[max(0, match.start() - 60) : match.end() + 40]
    two = re.search(r"two-(?:sided|tailed)|双侧", near_by, re.IGNORECASE)
    one = re.search(r"one-(?:sided|tailed)|单侧", near_by, re.IGNORECASE)
    return value, 2 if two and not one else 1 if one and not two else 0


def same_level(a: tuple[float, int], b: tuple[float, int]) -> bool:
    """Equal as one-sided levels, under any reading of a side that is not said."""
    return any(abs(a[0] / s - b[0] / t) < 1e-6 for s in _sides(a) for t in _sides(b))


def _sides(level: tuple[float, int]) -> tuple[int, ...]:
    return (level[1],) if level[1] else (1, 2)


def alpha(reading: Reading) -> list[tuple[tuple[float, int], Place]]:
    sided = int(reading.facts["sided"].number) if "sided" in reading.facts else 0
    return [((value, sided), place) for value, place in fact(reading, "alpha")]


def show_level(level: tuple[float, int], language: str) -> str:
    sides = {0: ("", ""), 1: ("one-sided ", "单侧"), 2: ("two-sided ", "双侧")}[level[1]]
    return f"{sides[0] if language == 'en' else sides[1]}{level[0]:g}"


def arms(reading: Reading) -> list[tuple[float, Place]]:
    arms = reading.protocol.arms
    return (
        [(float(len(arms)), Place(part="arms", quote=", ".join(arm.label.said("en") for arm in arms)))] if arms else []
    )


def shares(reading: Reading) -> list[tuple[tuple[int, ...], Place]]:
    """The arms' shares in lowest whole terms, smallest first."""
    shares = [arm.share for arm in reading.protocol.arms]
    if len(shares) < 2:
        return []
    terms = [round(1000 * share / min(shares)) for share in shares]
    least = gcd(*terms)
    return [
        (tuple(sorted(term // least for term in terms)), Place(part="arms", quote=":".join(f"{s:g}" for s in shares)))
    ]


def sites(reading: Reading) -> list[tuple[float, Place]]:
    sites = reading.protocol.sites
    named = [(float(len(sites)), Place(part="sites"))] if sites else []
    return named or fact(reading, "sites")


def interims(match: re.Match[str], sentence: str) -> float:
    return float(match["count"]) if match["count"] else 0.0


def follow_up(reading: Reading) -> list[tuple[float, Place]]:
    """The last planned visit; where no visit is planned, the design's follow-up."""
    planned = [visit for visit in reading.protocol.schedule.visits if visit.day is not None]
    if planned:
        last = max(planned, key=lambda visit: visit.day or 0)
        return [(float(last.day or 0), Place(part="visits", id=last.id, quote=last.label.said("en")))]
    return [(value * MONTH, place) for value, place in fact(reading, "follow_up_months")]


def months(reading: Reading) -> list[tuple[float, Place]]:
    return [(value * MONTH, place) for value, place in fact(reading, "final_month", "max_months", "expected_months")]


def same_follow_up(a: float, b: float) -> bool:
    return abs(a - b) <= max(7.0, 0.04 * max(a, b))


def ages(bound: int) -> Callable[[re.Match[str], str], float | None]:
    """The lower (0) or upper (1) of two ages."""

    def read(match: re.Match[str], _: str) -> float | None:
        found = match.groupdict().get("low" if bound == 0 else "high")
        return float(found) if found else None

    return read


def criteria_ages(
    quantity_patterns: dict[str, tuple[str, ...]], bound: int
) -> Callable[[Reading], list[tuple[float, Place]]]:
    """The ages in the inclusion criteria."""

    def read(reading: Reading) -> list[tuple[float, Place]]:
        return [
            (value, Place(part="criteria", id=criterion.id, quote=text))
            for criterion in reading.protocol.criteria
            if criterion.kind == "inclusion"
            for text, patterns in (
                (criterion.text.en, quantity_patterns["en"]),
                (criterion.text.zh, quantity_patterns["zh"]),
            )
            for pattern in patterns
            for match in re.finditer(pattern, text, re.IGNORECASE)
            if (value := ages(bound)(match, text)) is not None
        ]

    return read


def bounds(reading: Reading) -> list[tuple[float, Place]]:
    """Every boundary of the design, for benefit and for futility."""
    names = [name for name in reading.facts if re.fullmatch(r"look_\d+_(?:critical|futility)", name)]
    return fact(reading, *names)


def margin(reading: Reading) -> list[tuple[float, Place]]:
    return fact(reading, "margin")
