"""Statistics of two proportions inside compiled code; each is positive where treatment lies above its limit.

The limit is a difference, a ratio or an odds ratio, treatment against control; without effect 0, 1 and 1.
"""

from __future__ import annotations

from math import acos, copysign, cos, log, pi, sqrt

import numba

POOLED, UNPOOLED, SCORE = 0, 1, 2
"""Tests: the null's pooled variance; Wald's, of the difference or of a logarithm; the score test at the limit."""
DIFFERENCE, RATIO, ODDS_RATIO = 0, 1, 2
_FARTHEST = 37.0


@numba.njit(cache=True, nogil=True)
def proportion_z(x1: int, n1: int, x0: int, n0: int, test: int, measure: int, limit: float) -> float:
    """The statistic of x1 of n1 against x0 of n0.

    Where its variance is estimated as 0 it is 0, or 37 in size if the data lie off the limit all the same.
    """
    if test == POOLED:
        share = (x1 + x0) / (n1 + n0)
        return _standardised(x1 / n1 - x0 / n0, share * (1.0 - share) * (1.0 / n1 + 1.0 / n0))
    if test == UNPOOLED:
        if measure == DIFFERENCE:
            p1, p0 = x1 / n1, x0 / n0
            return _standardised(p1 - p0 - limit, p1 * (1.0 - p1) / n1 + p0 * (1.0 - p0) / n0)
        gap = proportion_estimate(x1, n1, x0, n0, measure) - log(limit)
        return _standardised(gap, _log_variance(x1, n1, measure) + _log_variance(x0, n0, measure))
    if measure == DIFFERENCE:
        return _score_difference(x1 / n1, n1, x0 / n0, n0, limit)
    if measure == RATIO:
        return _score_ratio(x1 / n1, n1, x0 / n0, n0, limit)
    return _score_odds_ratio(x1, n1, x0, n0, limit)


@numba.njit(cache=True, nogil=True)
def proportion_estimate(x1: int, n1: int, x0: int, n0: int, measure: int) -> float:
    """The difference, or the logarithm of the ratio or odds ratio with half an event added to each cell.

    Half an event keeps logarithms finite (Walter 1975, Biometrika 62:371; Haldane 1956 for the odds ratio).
    """
    if measure == DIFFERENCE:
        return x1 / n1 - x0 / n0
    if measure == RATIO:
        return log((x1 + 0.5) / (n1 + 0.5)) - log((x0 + 0.5) / (n0 + 0.5))
    return log((x1 + 0.5) / (n1 - x1 + 0.5)) - log((x0 + 0.5) / (n0 - x0 + 0.5))


@numba.njit(cache=True, nogil=True, inline="always")
def _log_variance(x: int, n: int, measure: int) -> float:
    """Of an arm's log proportion or log odds, with the same half events."""
    if measure == RATIO:
        return 1.0 / (x + 0.5) - 1.0 / (n + 0.5)
    return 1.0 / (x + 0.5) + 1.0 / (n - x + 0.5)


@numba.njit(cache=True, nogil=True, inline="always")
def _standardised(value: float, variance: float) -> float:
    if variance > 1e-300:
        return value / sqrt(variance)
    return copysign(_FARTHEST, value) if abs(value) > 1e-12 else 0.0


@numba.njit(cache=True, nogil=True)
def _score_difference(p1: float, n1: int, p0: float, n0: int, limit: float) -> float:
    """Farrington & Manning 1990, Stat Med 9:1447, third method: restricted estimates from the cubic of appendix 1."""
    theta = n0 / n1
    a = 1.0 + theta
    b = -(1.0 + theta + p1 + theta * p0 + limit * (theta + 2.0))
    c = limit * limit + limit * (2.0 * p1 + theta + 1.0) + p1 + theta * p0
    d = -p1 * limit * (1.0 + limit)
    shift = b / (3.0 * a)
    v = shift**3 - b * c / (6.0 * a * a) + d / (2.0 * a)
    u = copysign(sqrt(max(shift * shift - c / (3.0 * a), 0.0)), v)
    cosine = v / u**3 if u != 0.0 else 1.0
    q1 = 2.0 * u * cos((pi + acos(min(max(cosine, -1.0), 1.0))) / 3.0) - shift
    q1 = min(max(q1, limit, 0.0), 1.0 + limit, 1.0)
    q0 = min(max(q1 - limit, 0.0), 1.0)
    return _standardised(p1 - p0 - limit, q1 * (1.0 - q1) / n1 + q0 * (1.0 - q0) / n0)


@numba.njit(cache=True, nogil=True)
def _score_ratio(p1: float, n1: int, p0: float, n0: int, limit: float) -> float:
    """Farrington & Manning 1990, third method: restricted estimates from the quadratic of appendix 2."""
    theta = n0 / n1
    b = limit * (1.0 + theta * p0) + theta + p1
    c = limit * (p1 + theta * p0)
    q1 = 2.0 * c / (b + sqrt(max(b * b - 4.0 * (1.0 + theta) * c, 0.0)))
    q1 = min(q1, 1.0, limit)
    q0 = q1 / limit
    return _standardised(p1 - limit * p0, q1 * (1.0 - q1) / n1 + limit * limit * q0 * (1.0 - q0) / n0)


@numba.njit(cache=True, nogil=True)
def _score_odds_ratio(x1: int, n1: int, x0: int, n0: int, limit: float) -> float:
    """Miettinen & Nurminen 1985, Stat Med 4:213, without their factor N / (N - 1).

    The restricted estimates keep the events' total and have odds ratio `limit`: the control's is the root of
    n0 (limit - 1) q^2 + (n1 limit + n0 - x (limit - 1)) q - x = 0, in the form that does not cancel.
    """
    events = x1 + x0
    a, b = n0 * (limit - 1.0), n1 * limit + n0 - events * (limit - 1.0)
    q0 = min(2.0 * events / (b + sqrt(max(b * b + 4.0 * a * events, 0.0))), 1.0) if events > 0 else 0.0
    q1 = limit * q0 / (1.0 + q0 * (limit - 1.0))
    v1, v0 = n1 * q1 * (1.0 - q1), n0 * q0 * (1.0 - q0)
    if v1 <= 1e-12 or v0 <= 1e-12:
        return 0.0
    return (x1 - n1 * q1) * sqrt(1.0 / v1 + 1.0 / v0)
