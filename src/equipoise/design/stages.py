"""Cumulative statistics at each look from the data of each stage alone."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.design.wald import as_floats
from equipoise.errors import InputError

Floats = NDArray[np.float64]


def two_arm_means(
    n_treatment: ArrayLike, n_control: ArrayLike, mean_treatment: ArrayLike, mean_control: ArrayLike,
    sd_treatment: ArrayLike, sd_control: ArrayLike,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Cumulative Z and standard error of the difference in means from the data of each stage alone, shape (K,) each.

    The standard deviation is pooled over both arms, within each arm over its stages with their means (the sum of squares of
    all its patients). Raises InputError.
    """
    given = {
        "n_treatment": n_treatment, "mean_treatment": mean_treatment, "sd_treatment": sd_treatment,
        "n_control": n_control, "mean_control": mean_control, "sd_control": sd_control,
    }  # fmt: skip
    parts = {name: as_floats(name, value) for name, value in given.items()}
    _check_stages(parts)
    arms = [
        _cumulative_arm(*(parts[f"{part}_{arm}"] for part in ("n", "mean", "sd"))) for arm in ("treatment", "control")
    ]
    (n1, mean1, squares1), (n2, mean2, squares2) = arms
    pooled = np.sqrt((squares1 + squares2) / (n1 + n2 - 2))
    error = pooled * np.sqrt(1 / n1 + 1 / n2)
    return (mean1 - mean2) / error, error


def _check_stages(parts: dict[str, Floats]) -> None:
    shape = parts["n_treatment"].shape
    for name, part in parts.items():
        least = {"n": 2.0, "sd": 0.0, "mean": -math.inf}[name.split("_", maxsplit=1)[0]]
        if part.ndim != 1 or part.shape != shape or not part.size or not (part >= least).all():
            raise InputError(name, part.tolist(), f"a number from {least:g} for each stage, as many in both arms")
    if not parts["sd_treatment"].any() and not parts["sd_control"].any():
        raise InputError("sd_treatment", parts["sd_treatment"].tolist(), "numbers above 0 in one stage at least")


def _cumulative_arm(n: Floats, mean: Floats, sd: Floats) -> tuple[Floats, Floats, Floats]:
    """Cumulative size, mean and sum of squares about it."""
    total = n.cumsum()
    overall = (n * mean).cumsum() / total
    return total, overall, ((n - 1) * sd**2 + n * mean**2).cumsum() - total * overall**2
