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
from equipoise.validation.group_sequential import EFFICACY
from equipoise.validation.table import Figures, Layout, Row


def recompute(row: Row) -> Figures:
    """Every figure of a row. Conditional power is at the effect and standard deviation observed, with equal later arms."""
    looks = int(row.number("K"))
    design = GroupSequential.even(looks, alpha=row.number("alpha"), spending=row.choice("type", EFFICACY))
    parts = [row.numbers(name) for name in ("n1", "n2", "mean1", "mean2", "sd1", "sd2")]
    z, errors = two_arm_means(*parts)
    n1, n2 = np.cumsum(parts[0]), np.cumsum(parts[1])
    now = Interim.read(
        {"design": design.model_dump(by_alias=True), "z": z.tolist(), "standard_error": errors.tolist()},
        where=f"{row.file} row {row.line}",
    )
    stages = range(1, now.look + 1)
    intervals = [repeated_confidence_interval(now, k) for k in stages]
    power = [math.nan] * now.look
    if now.look < looks:
        sd = errors[-1] / math.sqrt(1 / n1[-1] + 1 / n2[-1])
        later = sd * np.sqrt(4 / np.cumsum(row.numbers("planned")))
        power += [float(chance) for chance in conditional_power(now, effect=now.estimate, later_errors=later)]
    figures = {
        "repeated_ci_lower": [low for low, _ in intervals],
        "repeated_ci_upper": [high for _, high in intervals],
        "repeated_p": [repeated_p_value(now, k) for k in stages],
        "conditional_power": power,
        "conditional_rejection": [conditional_rejection(now, k) for k in stages if k < looks],
    }
    return figures | _after_stop(now, looks)


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


LAYOUT = Layout(
    "interim-analysis",
    ("type", "K", "alpha", "stage", "n1", "n2", "mean1", "mean2", "sd1", "sd2", "planned"),
    dict.fromkeys(
        (
            "repeated_ci_lower", "repeated_ci_upper", "repeated_p", "conditional_power", "conditional_rejection",
            "final_stage", "final_p", "final_ci_lower", "final_ci_upper", "median_unbiased",
        ),
        1e-6,
    ),
    recompute,
)  # fmt: skip
