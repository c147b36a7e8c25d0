"""Which design to recommend, why, and how far the scenarios' weights may move before another one wins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.search.describe import identity
from equipoise.search.preferences import scores
from equipoise.search.question import Question
from equipoise.search.result import Candidate, Reason, Robustness
from equipoise.search.tally import TILTS, Kept, Tally

Floats = NDArray[np.float64]

FIGURES = ("expected_patients", "max_patients", "expected_months", "expected_cost")
NAMES = {
    "expected_patients": "expected patients",
    "max_patients": "maximum patients",
    "expected_months": "expected duration",
    "expected_cost": "expected cost",
}


def robustness(question: Question, tally: Tally, families: list[str], best: Kept) -> tuple[Robustness, ...]:
    """For each scenario, the weight up to which the best design's kind (its block: all but size and sites) goes on winning."""
    kept = list(tally.kept.values())
    mine = np.array([other.block == best.block for other in kept])
    if mine.all():
        return tuple(Robustness(scenario=s.name, weight_now=float(w), weight_limit=None, then=None)
                     for s, w in zip(question.scenarios, tally.weights, strict=True))  # fmt: skip
    parts = np.stack([other.summary for other in kept])
    complexity = np.array([other.complexity for other in kept])

    def lead(weights: Floats) -> tuple[float, int]:
        """By how much the best of other kinds leads, and which it is."""
        assert tally.yardstick is not None
        score = scores(question, parts @ weights, tally.yardstick.objectives(weights), complexity)
        rival = int(np.argmax(np.where(mine, -np.inf, score)))
        return float(score[rival] - score[mine].max()), rival

    answer: list[Robustness] = []
    for place, scenario in enumerate(question.scenarios):
        corner = np.eye(tally.weights.size)[place]

        def at(tilt: float, corner: Floats = corner) -> Floats:
            return (1 - tilt) * tally.weights + tilt * corner

        losing = next((tilt for tilt in TILTS if lead(at(tilt))[0] > 0), None)
        limit, then = None, None
        if losing is not None:
            low, high = losing - TILTS[0], losing
            for _ in range(40):
                middle = 0.5 * (low + high)
                low, high = (low, middle) if lead(at(middle))[0] > 0 else (middle, high)
            rival = kept[lead(at(high))[1]]
            limit, then = float(at(high)[place]), identity(families[rival.block], rival.number)
        now = float(tally.weights[place])
        answer.append(Robustness(scenario=scenario.name, weight_now=now, weight_limit=limit, then=then))
    return tuple(answer)


def reasons(
    question: Question, best: Candidate, fixed: Candidate, rival: Candidate | None, limits: tuple[Robustness, ...],
    feasible: int,
) -> tuple[Reason, ...]:  # fmt: skip
    """Why this one, in plain words: against the plain design, against its nearest rival, and how firmly."""
    found = [_best_score(question, best, feasible)]
    if fixed.id != best.id:
        found += _against("saves-against-fixed", "costs-against-fixed", best, fixed, _plain_name(fixed))
    if rival is not None:
        found += _against("gains-over-next", "gives-up-to-next", best, rival, f"its nearest rival ({rival.id})")
    found.append(_power_by_scenario(best))
    early = best.scenarios[question.primary].stop_early
    if best.design["looks"] > 1:
        text = f"If all is as in “{question.scenarios[question.primary].name}”, it stops early with a chance of {early:.0%}."
        found.append(Reason(code="stops-early", values={"chance": early}, text=text))
    return (*found, _firmness(limits))


def nothing_feasible(question: Question, tally: Tally) -> tuple[Reason, ...]:
    """Why nothing can be recommended: which limits stand in the way."""
    binding = {name: count for name, count in tally.binding.items() if count}
    if binding:
        parts = ", ".join(f"limits.{name} rules out {count:,}" for name, count in binding.items())
        text = f"None of {tally.evaluated:,} designs fits: of those with the target power, {parts}."
    else:
        text = f"None of {tally.evaluated:,} designs reaches the target power and all of its looks in every scenario."
    return (Reason(code="nothing-feasible", values={"evaluated": tally.evaluated, **binding}, text=text),)


def _best_score(question: Question, best: Candidate, feasible: int) -> Reason:
    target = question.endpoint.power
    text = (
        f"Of {feasible:,} designs with at least {target:.0%} power in “{question.scenarios[question.primary].name}” and "
        "within the limits, it has the best balance of the preferences stated."
    )
    return Reason(code="best-score", values={"feasible": feasible, "power": target}, text=text)


def _plain_name(fixed: Candidate) -> str:
    return "the plain fixed design" if fixed.family == "fixed" else f"the plain {fixed.family} design"


def _against(better_code: str, worse_code: str, best: Candidate, other: Candidate, name: str) -> list[Reason]:
    """What it gains and what it gives up, where a figure differs by half a per cent or more."""
    better, worse = {}, {}
    for figure in FIGURES:
        mine, theirs = getattr(best, figure), getattr(other, figure)
        if theirs > 0 and abs(mine / theirs - 1) >= 0.005:
            (better if mine < theirs else worse)[figure] = abs(1 - mine / theirs)
    gap = best.assurance - other.assurance
    if abs(gap) >= 0.0005:
        (better if gap > 0 else worse)["assurance"] = abs(gap)
    found: list[Reason] = []
    if better:
        values: dict[str, Any] = {"other": other.id, **better}
        found.append(
            Reason(code=better_code, values=values, text=f"Against {name} it gains: {_list(better, less=True)}.")
        )
    if worse:
        values = {"other": other.id, **worse}
        found.append(
            Reason(code=worse_code, values=values, text=f"Against {name} it gives up: {_list(worse, less=False)}.")
        )
    return found


def _list(figures: dict[str, float], *, less: bool) -> str:
    word = {True: "less", False: "more"}[less]
    points = {True: "more", False: "less"}[less]
    return ", ".join(
        f"{100 * value:.1f} points {points} assurance" if name == "assurance" else f"{value:.1%} {word} {NAMES[name]}"
        for name, value in figures.items()
    )


def _power_by_scenario(best: Candidate) -> Reason:
    lowest = min(best.scenarios, key=lambda scenario: scenario.power)
    highest = max(best.scenarios, key=lambda scenario: scenario.power)
    values = {
        "lowest": lowest.power, "lowest_scenario": lowest.name, "highest": highest.power,
        "highest_scenario": highest.name, "assurance": best.assurance,
    }  # fmt: skip
    text = (
        f"Its power runs from {lowest.power:.1%} (“{lowest.name}”) to {highest.power:.1%} (“{highest.name}”); "
        f"averaged over the scenarios' weights, the assurance, it is {best.assurance:.1%}."
    )
    return Reason(code="power-by-scenario", values=values, text=text)


def _firmness(limits: tuple[Robustness, ...]) -> Reason:
    moved = [limit for limit in limits if limit.weight_limit is not None]
    if not moved:
        text = "No other kind of design wins, whichever scenario is given more weight."
        return Reason(code="robust", text=text)
    nearest = min(moved, key=lambda limit: (limit.weight_limit or 0) - limit.weight_now)
    values = {
        "scenario": nearest.scenario, "weight_now": nearest.weight_now, "weight_limit": nearest.weight_limit,
        "then": nearest.then,
    }  # fmt: skip
    text = (
        f"It stays the best until “{nearest.scenario}” weighs more than {nearest.weight_limit:.0%} "
        f"(now {nearest.weight_now:.0%}); then {nearest.then} wins."
    )
    return Reason(code="fragile", values=values, text=text)
