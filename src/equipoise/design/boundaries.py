"""Boundaries of group-sequential designs of every kind, and the drift that gives the power, compiled.

A root that is not found, and bounds that leave nothing to look at, answer UNSOLVED and MEETING, which `check_drift` raises.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from equipoise.design.normal import density, upper_quantile
from equipoise.design.recursion import (
    FARTHEST_TILT,
    HIGHEST,
    Region,
    Rules,
    crossing,
    crossing_path,
    lay_region,
    spend_alpha,
    spend_beta,
)
from equipoise.design.roots import MOST_TURNS, next_guess
from equipoise.design.spending import increments
from equipoise.design.wedge import spend_wedge, wedge_path
from equipoise.errors import NoSolutionError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WANG_TSIATIS = 4
"""Form of bounds c * t**(parameter - 1/2): O'Brien-Fleming for 0, Pocock for 1/2 (Wang & Tsiatis 1987)."""
USER = 5
NO_FUTILITY = -1
UNSOLVED, MEETING = -1.0, -2.0
"""Answers in place of a drift, which is never negative."""
_LAID_TO = 8.0
"""The region of Wang-Tsiatis bounds serves truths up to here; a higher one is carried by itself."""
_LOOSEST = 1e-10
"""The error in probability that a root may have."""


def check_drift(drift: float, which: str = "these bounds") -> float:
    """The drift that `solve` found; raise NoSolutionError, saying why, where it found none."""
    if drift == MEETING:
        raise NoSolutionError(
            f"{which}: the bounds meet before the last look, so that the errors cannot be spent as asked; spend less of the "
            "type II error early, or look earlier"
        )
    if not drift >= 0:
        raise NoSolutionError(f"{which}: no drift was found that gives the power")
    return drift


@njit(cache=True, nogil=True)
def total(values: Floats) -> float:
    """Sum of a short vector."""
    answer = 0.0
    for value in values:
        answer += value
    return answer


@njit(cache=True, nogil=True)
def probit(missed: float) -> float:
    """The quantile above which `missed` lies, kept finite."""
    return upper_quantile(min(max(missed, 1e-15), 1.0 - 1e-15))


@njit(cache=True, nogil=True)
def wang_tsiatis(t: Floats, alpha: float, symmetric: bool, delta: float, rules: Rules, upper: Floats) -> Region:
    """Fill `upper` with c * t**(delta - 1/2), c such that alpha is crossed above in all (secant in log alpha).

    Fills it with NaN where no such c is found.
    """
    none, down = np.full(t.size, -np.inf), np.empty(t.size)
    up = np.empty(t.size)
    region = lay_region(t, none, np.full(t.size, 1.0), 0.0, 0.0, rules)
    c0 = f0 = low = 0.0
    high = np.inf
    c = upper_quantile(alpha) * 1.05
    for turn in range(MOST_TURNS):
        for k in range(t.size):
            upper[k] = c * t[k] ** (delta - 0.5)
        lower = -upper if symmetric else none
        region = lay_region(t, lower, upper, 0.0, _LAID_TO, rules)
        crossing(t, none, upper, 0.0, region, up, down)
        f = math.log(alpha / total(up))
        if abs(f) < 1e-13 or (turn > 1 and abs(c - c0) < 1e-13 * max(1.0, c) and abs(f) < 1e-9):
            return region
        if f < 0.0:
            low = c
        else:
            high = c
        new = next_guess(turn, c, f, c0, f0, 1.0 / (c + 0.3), low, high)
        c0, f0, c = c, f, new
    upper[:] = np.nan
    return region


@njit(cache=True, nogil=True)
def drift_for(
    t: Floats, lower: Floats, upper: Floats, wedge: bool, power: float, start: float, region: Region, laid_to: float,
    rules: Rules,
) -> float:  # fmt: skip
    """theta = E(Z_K) under which the bounds are crossed above with probability `power` (secant in the probit).

    `region` is laid for the bounds and truths from 0 to `laid_to`; for a `wedge`, whose inner bounds are `lower`, it is not
    used. 0 where even no effect has the power.
    """
    up, down, inside, roots = np.empty(t.size), np.empty(t.size), np.empty(t.size), np.sqrt(t)
    none = np.full(t.size, -np.inf)
    goal = upper_quantile(1.0 - power)
    close = _LOOSEST / density(goal)
    theta, theta0, f0, low, high = start, 0.0, 0.0, -1e-300, np.inf
    for turn in range(MOST_TURNS):
        if wedge:
            wedge_path(t, lower, upper, theta * roots, rules, up, down, inside)
        elif theta > laid_to:
            crossing_path(t, lower, upper, theta * roots, rules, up, down)
        else:
            crossing(t, none, upper, theta, region, up, down)
        f = probit(1.0 - total(up)) - goal
        if abs(f) < 1e-12 or (theta == 0.0 and f > 0.0):
            return theta
        if f < 0.0:
            low = theta
        else:
            high = theta
        new = next_guess(turn, theta, f, theta0, f0, 1.0, low, high)
        if low < 0.0 and new < 0.01 and new < 0.1 * theta:
            new = 0.0
        if abs(new - theta) < 1e-13 * max(1.0, theta) and abs(f) < close:
            return new
        theta0, f0, theta = theta, f, new
    return UNSOLVED


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
    `beta`. Wang-Tsiatis forms fill `alpha` from their bounds. Without futility `lower` is -inf before the last look; for
    symmetric bounds with futility it holds the half-widths of the stops around 0, 0 for none. UNSOLVED or MEETING where
    there is no such design.
    """
    laid_to = FARTHEST_TILT
    if form == WANG_TSIATIS:
        laid_to = _LAID_TO
        region = wang_tsiatis(t, error, symmetric, parameter, rules, upper)
        if np.isnan(upper[0]):
            return UNSOLVED
        crossing(t, np.full(t.size, -np.inf), upper, 0.0, region, alpha, lower)
    else:
        if form != USER:
            increments(t, error, form, parameter, alpha)
        region = spend_alpha(t, alpha, symmetric, rules, upper)
    start = upper_quantile(error) + upper_quantile(1.0 - power)
    lower[:] = -np.inf
    lower[-1] = upper[-1]
    if futility == NO_FUTILITY:
        return drift_for(t, -upper if symmetric else lower, upper, False, power, start, region, laid_to, rules)
    if futility != USER:
        increments(t, 1.0 - power, futility, futility_parameter, beta)
    spent, open_ = np.empty(t.size), np.empty(t.size, np.bool_)
    if not symmetric:
        return _with_futility(t, False, power, start, binding, alpha, beta, spent, open_, rules, lower, upper)
    single = upper.copy()
    if form != WANG_TSIATIS:
        spend_alpha(t, alpha, False, rules, single)
    drift = _with_futility(t, False, power, start, binding, alpha, beta, spent, open_, rules, lower, single)
    if drift < 0.0:
        return drift
    _plan_wedge(lower, beta, spent, open_)
    drift = _with_futility(t, True, power, drift / 1.03, binding, alpha, beta, spent, open_, rules, lower, upper)
    return drift if drift < 0.0 else drift_for(t, lower, upper, True, power, drift, region, laid_to, rules)


@njit(cache=True, nogil=True)
def _with_futility(
    t: Floats, wedge: bool, power: float, start: float, binding: bool, alpha: Floats, beta: Floats, spent: Floats,
    open_: Flags, rules: Rules, lower: Floats, upper: Floats,
) -> float:  # fmt: skip
    """Bounds and drift solved together: the drift at which spending beta leaves the type II error in all at 1 - power.

    That error rises as the drift falls, so the root is bracketed. `spent` and `open_` are a wedge's, `beta` a single bound's.
    """
    theta, theta0, f0, low, high = start * 1.03, 0.0, 0.0, 0.0, np.inf
    goal = upper_quantile(1.0 - power)
    close = _LOOSEST / density(goal)
    for turn in range(MOST_TURNS):
        if wedge:
            missed = spend_wedge(t, alpha, spent, open_, theta, binding, rules, lower, upper)
        else:
            missed = spend_beta(t, alpha, beta, theta, binding, rules, lower, upper)
        f = probit(missed) - goal
        if abs(f) < 1e-12:
            return _unless_meeting(theta, alpha, lower, upper)
        if f < 0.0:
            low = theta
        else:
            high = theta
        new = next_guess(turn, theta, f, theta0, f0, 1.0, low, high)
        if new > FARTHEST_TILT:
            if theta == FARTHEST_TILT:
                return UNSOLVED
            new = FARTHEST_TILT
        if abs(new - theta) < 1e-13 * max(1.0, theta):
            return _unless_meeting(theta, alpha, lower, upper) if abs(f) < close else UNSOLVED
        theta0, f0, theta = theta, f, new
    return UNSOLVED


@njit(cache=True, nogil=True)
def _unless_meeting(theta: float, alpha: Floats, lower: Floats, upper: Floats) -> float:
    """The drift, or MEETING where a look before the last leaves too little to go on with for the errors to be spent."""
    for k in range(upper.size - 1):
        if lower[k] >= upper[k]:
            return MEETING
    for k in range(upper.size):  # a bound as low as is looked for: it rejects all there is, and that is not enough
        if upper[k] < 1.0 - HIGHEST and alpha[k] > 1e-30:
            return MEETING
    return theta


@njit(cache=True, nogil=True)
def _plan_wedge(one_sided: Floats, beta: Floats, spent: Floats, open_: Flags) -> None:
    """Fill which looks stop for futility around 0, and the type II error spent by each (both as rpact).

    A look whose one-sided bound is below 0 has no such stop; the error is rescaled to begin after the looks at the start
    that have none.
    """
    last, first, running, before = beta.size - 1, 0, 0.0, 0.0
    while first < last and not one_sided[first] > 0.0:
        first += 1
    for k in range(beta.size):
        open_[k] = k < last and one_sided[k] >= 0.0
        running += beta[k]
        spent[k] = running
        if k + 1 == first < last:
            before = running
    for k in range(beta.size):
        spent[k] = max(spent[k] - before, 0.0) / (running - before) * running
