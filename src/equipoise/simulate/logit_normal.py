"""The logit-normal distribution with a given mean and intracluster correlation."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import optimize, special

from equipoise.errors import NoSolutionError

_NODES = np.linspace(-9.0, 9.0, 2401)
_DENSITY = np.exp(-0.5 * _NODES**2)
_WEIGHTS = _DENSITY / _DENSITY.sum()  # the trapezoidal rule, exact to rounding for smooth functions of a normal
_MOST_SPREAD = 60.0


def proportion_moments(location: float, spread: float) -> tuple[float, float]:
    """Mean and variance of 1 / (1 + exp(-x)) for x normal with that mean and standard deviation."""
    p = special.expit(location + spread * _NODES)
    mean = float(_WEIGHTS @ p)
    return mean, float(_WEIGHTS @ (p - mean) ** 2)


def location_for(mean: float, spread: float) -> float:
    """The mean of the logit with which the mean proportion is `mean`, to 1e-12."""
    wide = abs(special.logit(mean)) * (1.0 + spread) + 10.0 * (1.0 + spread)

    def short(location: float) -> float:
        return proportion_moments(location, spread)[0] - mean

    return float(optimize.root_scalar(short, bracket=(-wide, wide), xtol=1e-13).root)


@lru_cache(maxsize=1024)
def logit_normal(mean: float, icc: float) -> tuple[float, float]:
    """Mean and standard deviation of the logit, so that proportions have this mean and the variance icc mean (1 - mean).

    `mean` is above 0 and below 1, `icc` from 0. Raises NoSolutionError if no spread of logits gives so high an icc.
    """
    if icc <= 0.0:
        return float(special.logit(mean)), 0.0

    def short(spread: float) -> float:
        return proportion_moments(location_for(mean, spread), spread)[1] - icc * mean * (1.0 - mean)

    if short(_MOST_SPREAD) < 0.0:
        raise NoSolutionError(f"no logit-normal distribution of proportions has an icc of {icc}; take less")
    spread = float(optimize.root_scalar(short, bracket=(0.0, _MOST_SPREAD), xtol=1e-10).root)
    return location_for(mean, spread), spread
