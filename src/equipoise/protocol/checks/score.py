"""How ready a protocol is, and the next three things to do."""

from __future__ import annotations

from equipoise.protocol.checks.report import Finding, Item, Place, Status, Step
from equipoise.protocol.words import Words

POINTS: dict[Status, float] = {"met": 1.0, "not-applicable": 1.0, "partly": 0.5, "contradictory": 0.25, "missing": 0.0}
"""What an item earns."""
WEIGHTS = {"contradiction": 3.0, "gap": 1.0, "advice": 0.3}
"""What a finding weighs."""
FOR_ITEMS = 70.0
HALF = 10.0
"""Findings of this weight cost half of the points that are not for items."""


def points(items: tuple[Item, ...], findings: tuple[Finding, ...]) -> float:
    """70 points for the share of items met (half for partly, a quarter for contradictory), 30 / (1 + weight of findings / 10).

    Monotone: an item that rises in `POINTS` or a finding that goes away never lowers it; what is written anew can.
    """
    earned = sum(POINTS[item.status] for item in items) / len(items) if items else 1.0
    weight = sum(WEIGHTS[finding.level] for finding in findings)
    return FOR_ITEMS * earned + (100 - FOR_ITEMS) / (1 + weight / HALF)


def readiness(items: tuple[Item, ...], findings: tuple[Finding, ...]) -> int:
    """The points, rounded down, so that 100 means that nothing is left."""
    return int(points(items, findings) + 1e-9)


def next_steps(items: tuple[Item, ...], findings: tuple[Finding, ...], count: int = 3) -> tuple[Step, ...]:
    """Contradictions first, since both sides cannot stand; then what is missing, by the points it brings."""
    now = points(items, findings)
    steps = [(_rank(finding), _finding_step(finding, items, findings, now)) for finding in findings]
    steps += [
        (_missing_rank(item), _item_step(item, items, findings, now))
        for item in items
        if item.status in ("missing", "partly")
    ]
    return tuple(step for _, step in sorted(steps, key=lambda each: (each[0], -each[1].gain))[:count])


def _rank(finding: Finding) -> int:
    return {"contradiction": 0, "gap": 2, "advice": 4}[finding.level]


def _missing_rank(item: Item) -> int:
    return 1 if item.status == "missing" else 3


def _finding_step(finding: Finding, items: tuple[Item, ...], findings: tuple[Finding, ...], now: float) -> Step:
    left = tuple(each for each in findings if each is not finding)
    then = tuple(_without(item, finding, left) for item in items)
    return Step(text=finding.text, place=finding.here, gain=round(points(then, left) - now, 2), code=finding.code)


def _without(item: Item, finding: Finding, left: tuple[Finding, ...]) -> Item:
    """An item once this finding is gone: no longer contradictory unless another says so."""
    still = any(item.number in each.items and each.level == "contradiction" for each in left)
    if item.status != "contradictory" or item.number not in finding.items or still:
        return item
    return item.model_copy(update={"status": "partly" if item.lacks.en else "met"})


def _item_step(item: Item, items: tuple[Item, ...], findings: tuple[Finding, ...], now: float) -> Step:
    then = tuple(each.model_copy(update={"status": "met"}) if each is item else each for each in items)
    wanted_en = f": {item.lacks.en}" if item.lacks.en else ""
    wanted_zh = f"：{item.lacks.zh}" if item.lacks.zh else ""
    text = Words(
        en=f"{item.number} {item.title.en} is {item.status}{wanted_en}",
        zh=f"{item.number} {item.title.zh}{'缺失' if item.status == 'missing' else '不完整'}{wanted_zh}",
    )
    place: Place | None = item.places[0] if item.places else None
    return Step(text=text, place=place, gain=round(points(then, findings) - now, 2), code=item.number)
