"""Boundaries of group-sequential designs of every kind, and the drift that gives the power, compiled."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from equipoise.design.normal import upper_quantile
from equipoise.design.recursion import Region, Rules, crossing, lay_region, spend_alpha, spend_beta
from equipoise.design.spending import increments

Floats = NDArray[np.float64]

WANG_TSIATIS = 4
"""Form of bounds c * t**(parameter - 1/2): O'Brien-Fleming for 0, Pocock for 1/2 (Wang & Tsiatis 1987)."""
USER = 5
NO_FUTILITY = -1


@njit(cache=True, nogil=True)
def total(values: Floats) -> float:
    """Sum of a short vector."""
    answer = 0.0
    for value in values:
        answer += value
    return answer


@njit(cache=True, nogil=True)
def wang_tsiatis(t: Floats, alpha: float, symmetric: bool, delta: float, rules: Rules, upper: Floats) -> Region:
    """Fill `upper` with c * t**(delta - 1/2), c such that alpha is crossed above in all (secant in log alpha)."""
    none, down = np.full(t.size, -np.inf), np.empty(t.size)
    up = np.empty(t.size)
    region = lay_region(t, none, np.full(t.size, 1.0), 0.0, 0.0, rules)
    c0 = c1 = f0 = 0.0
    c = upper_quantile(alpha) * 1.05
    for turn in range(60):
        for k in range(t.size):
            upper[k] = c * t[k] ** (delta - 0.5)
        lower = -upper if symmetric else none
        region = lay_region(t, lower, upper, 0.0, 8.0, rules)
        crossing(t, none, upper, 0.0, region, up, down)
        f = math.log(total(up) / alpha)
        if abs(f) < 1e-13 or (turn > 1 and abs(c - c1) < 1e-13):
            break
        c0, c1, new = c1, c, c * 1.02
        if turn > 0 and f != f0:
            new = c - f * (c - c0) / (f - f0)
        f0, c = f, max(0.5 * c, min(2.0 * c, new))
    return region


@njit(cache=True, nogil=True)
def drift_for(t: Floats, lower: Floats, upper: Floats, power: float, start: float, region: Region) -> float:
    """theta = E(Z_K) under which the bounds are crossed above with probability `power` (secant in the probit)."""
    up, down = np.empty(t.size), np.empty(t.size)
    goal = upper_quantile(1.0 - power)
    theta, theta0, f0 = start, 0.0, 0.0
    for turn in range(60):
        crossing(t, lower, upper, theta, region, up, down)
        f = upper_quantile(min(max(1.0 - total(up), 1e-15), 1.0 - 1e-15)) - goal
        if abs(f) < 1e-12:
            break
        new = theta - f
        if turn > 0 and f != f0:
            new = theta - f * (theta - theta0) / (f - f0)
        theta0, f0 = theta, f
        theta = max(new, 0.0)
        if abs(theta - theta0) < 1e-13:
            break
    return theta


@njit(cache=True, nogil=True)
def solve(
    t: Floats,
    error: float,
    symmetric: bool,
    power: float,
    form: int,
    parameter: float,
    futility: int,
    futility_parameter: float,
    binding: bool,
    alpha: Floats,
    beta: Floats,
    rules: Rules,
    lower: Floats,
    upper: Floats,
) -> float:
    """Fill the bounds of one design and the errors spent at each look; returns the drift that gives the power.

    `error` is the one-sided type I error. For form USER `alpha` holds the increments on entry; for futility USER so does
    `beta`. Wang-Tsiatis forms fill `alpha` from their bounds. Without futility `lower` is -inf before the last look.
    """
    if form == WANG_TSIATIS:
        region = wang_tsiatis(t, error, symmetric, parameter, rules, upper)
        crossing(t, np.full(t.size, -np.inf), upper, 0.0, region, alpha, lower)
    else:
        if form != USER:
            increments(t, error, form, parameter, alpha)
        region = spend_alpha(t, alpha, symmetric, rules, upper)
    start = upper_quantile(error) + upper_quantile(1.0 - power)
    lower[:] = -np.inf
    lower[-1] = upper[-1]
    if futility == NO_FUTILITY:
        return drift_for(t, lower, upper, power, start, region)
    if futility != USER:
        increments(t, 1.0 - power, futility, futility_parameter, beta)
    return _with_futility(t, power, start, binding, alpha, beta, rules, lower, upper)


@njit(cache=True, nogil=True)
def _with_futility(
    t: Floats, power: float, start: float, binding: bool, alpha: Floats, beta: Floats, rules: Rules, lower: Floats,
    upper: Floats,
) -> float:  # fmt: skip
    """Bounds and drift solved together: the drift at which spending beta leaves the type II error in all at 1 - power."""
    theta, theta0, f0 = start * 1.03, 0.0, 0.0
    goal = upper_quantile(1.0 - power)
    for turn in range(60):
        missed = spend_beta(t, alpha, beta, theta, binding, rules, lower, upper)
        f = upper_quantile(min(max(missed, 1e-15), 1.0 - 1e-15)) - goal
        if abs(f) < 1e-12:
            break
        new = theta - f
        if turn > 0 and f != f0:
            new = theta - f * (theta - theta0) / (f - f0)
        theta0, f0 = theta, f
        theta = max(new, 0.01)
        if abs(theta - theta0) < 1e-13:
            break
    return theta
