"""Interim analyses of two-arm means, against rpact's getAnalysisResults(normalApproximation = TRUE)."""

from __future__ import annotations

import math

import numpy as np

from equipoise.design import (
    GroupSequential,
    Interim,
    conditional_power,
    conditional_rejection,
    median_unbiased_estimate,
    repeated_confidence_interval,
    repeated_p_value,
    stagewise_confidence_interval,
    stagewise_p_value,
    two_arm_means,
)
from equipoise.validation.group_sequential import EFFICACY, LARGEST_ALPHA, MOST_LOOKS
from equipoise.validation.table import Figures, Layout, Row

TOLERANCE = 1e-6
BISECTED = 1.2e-5
"""rpact's tolerance in the root of a repeated p-value, and a little of its root function's own."""
LEAST_SPENT = 1e-12
"""rpact cannot tell a tail below this from 0 and puts its bound at infinity."""


def recompute(row: Row) -> Figures:
    """Every figure of a row. Conditional power is at the effect and standard deviation observed, with equal later arms."""
    looks = row.whole("K", 1, MOST_LOOKS)
    design = GroupSequential.even(
        looks, alpha=row.number("alpha", above=0, below=LARGEST_ALPHA), spending=row.choice("type", EFFICACY),
        parameter=row.optional("parameter"),
    )  # fmt: skip
    parts = _stages(row, looks)
    z, errors = two_arm_means(*parts)
    n1, n2 = np.cumsum(parts[0]), np.cumsum(parts[1])
    now = Interim.read({"design": design.model_dump(by_alias=True), "z": z.tolist(), "standard_error": errors.tolist()})
    stages = range(1, now.look + 1)
    intervals = [repeated_confidence_interval(now, k) for k in stages]
    power = [math.nan] * now.look
    if now.look < looks:
        sd = errors[-1] / math.sqrt(1 / n1[-1] + 1 / n2[-1])
        later = sd * np.sqrt(4 / np.cumsum(_planned(row, looks - now.look)))
        power += [float(chance) for chance in conditional_power(now, effect=now.estimate, later_errors=later)]
    figures = {
        "repeated_ci_lower": [low for low, _ in intervals],
        "repeated_ci_upper": [high for _, high in intervals],
        "repeated_p": [repeated_p_value(now, k) for k in stages],
        "conditional_power": power,
        "conditional_rejection": [conditional_rejection(now, k) for k in stages if k < looks],
    }
    return figures | _after_stop(now, looks)


def _stages(row: Row, looks: int) -> list[list[float]]:
    """The stages held, as many numbers in each column as `stage` says."""
    held = row.whole("stage", 1, looks)
    columns = ("n1", "n2", "mean1", "mean2", "sd1", "sd2")
    parts = [row.numbers(name) for name in columns]
    for name, part in zip(columns, parts, strict=True):
        if len(part) != held:
            raise row.wrong(name, f"{held} numbers, as `stage` says")
    return parts


def _planned(row: Row, later: int) -> list[float]:
    planned = row.figures("planned")
    if len(planned) != later or not all(0 < part < math.inf for part in planned):
        raise row.wrong("planned", f"{later} numbers above 0, the patients of each later stage")
    return planned


def _after_stop(now: Interim, looks: int) -> dict[str, list[float]]:
    """The stage-wise figures, in the cell of the stopping stage."""
    names = ("final_p", "final_ci_lower", "final_ci_upper", "median_unbiased")
    columns: dict[str, list[float]] = {name: [math.nan] * looks for name in names}
    stop = now.stopped_at
    if stop is None:
        return columns | {"final_stage": [math.nan]}
    found = (stagewise_p_value(now), *stagewise_confidence_interval(now), median_unbiased_estimate(now))
    for name, value in zip(names, found, strict=True):
        columns[name][stop - 1] = value
    return columns | {"final_stage": [float(stop)]}


def peer_error(row: Row, column: str, given: list[float], figures: Figures) -> str | None:
    """rpact's repeated p-values come from bisection to 1e-5, and its bounds of next to nothing lie at infinity."""
    pairs = list(zip(given, figures[column], strict=False))
    if column == "repeated_p":
        furthest = max(abs(theirs - ours) for theirs, ours in pairs if not math.isnan(theirs))
        if furthest <= BISECTED:
            return f"rpact looks for a repeated p-value by bisection from 1e-5 to 0.5, until it is right to 1e-5; {furthest:.1e} off"
    if column in ("repeated_ci_lower", "repeated_ci_upper") and _at_infinity(row, pairs):
        return "rpact puts a bound that spends next to nothing at infinity, and so the limit"
    return None


def _at_infinity(row: Row, pairs: list[tuple[float, float]]) -> bool:
    """Whether the figures differ only where the peer's are infinite and the bound spends less than rpact can tell from 0."""
    looks = row.whole("K", 1, MOST_LOOKS)
    design = GroupSequential.even(
        looks, alpha=row.number("alpha"), spending=row.choice("type", EFFICACY), parameter=row.optional("parameter")
    )
    spent = design.solution.alpha_spent
    return all(
        spent[k] < LEAST_SPENT if math.isinf(theirs) else abs(theirs - ours) <= TOLERANCE * max(1.0, abs(theirs))
        for k, (theirs, ours) in enumerate(pairs)
    )


LAYOUT = Layout(
    "interim-analysis",
    ("type", "K", "alpha", "stage", "n1", "n2", "mean1", "mean2", "sd1", "sd2", "planned"),
    dict.fromkeys(
        (
            "repeated_ci_lower", "repeated_ci_upper", "repeated_p", "conditional_power", "conditional_rejection",
            "final_stage", "final_p", "final_ci_lower", "final_ci_upper", "median_unbiased",
        ),
        TOLERANCE,
    ),
    recompute,
    peer_error,
    names={
        "looks": "K", "spending": "type", "later_errors": "planned", "solution": "n1", "n_treatment": "n1",
        "n_control": "n2", "mean_treatment": "mean1", "mean_control": "mean2", "sd_treatment": "sd1",
        "sd_control": "sd2", "z": "mean1", "standard_error": "sd1",
    },
    also=("parameter",),
)  # fmt: skip
