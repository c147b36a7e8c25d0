"""Tests of two arms of clusters by their summaries, and the variance components behind them, compiled.

Arrays are (2, clusters): row 0 control, row 1 treatment; a cluster's weight is its size, or its person-time.
"""

from __future__ import annotations

from math import copysign, inf, sqrt

import numba
import numpy as np

from equipoise.simulate.streams import normal_quantile, uniform
from equipoise.simulate.student import student_normal

_FARTHEST = 37.0
"""The deviate of data that vary only between the arms."""
_SURE = 1.0 - 1e-12
"""What stands for a p value of 1, so that its deviate is finite."""


@numba.njit(cache=True, nogil=True)
def variance_components(
    y: np.ndarray, weight: np.ndarray, n1: int, n0: int, within: float, people: int, counts: bool
) -> tuple[float, float, float]:
    """Variance within clusters (of one person, or in one unit of time), between them (may be negative), and overall mean.

    By analysis of variance within arms (Donner & Klar 2000, section 6.3). `within` is the sum of squares within clusters;
    with `counts` all events, whose variance in a unit of time is the rate.
    """
    number, total, unequal, squares, level = n1 + n0, 0.0, 0.0, 0.0, 0.0
    for arm in range(2):
        n = n1 if arm else n0
        held = weighted = own_squares = 0.0
        for i in range(n):
            held += weight[arm, i]
            weighted += weight[arm, i] * y[arm, i]
            own_squares += weight[arm, i] ** 2
        centre = weighted / held
        for i in range(n):
            squares += weight[arm, i] * (y[arm, i] - centre) ** 2
        total += held
        level += weighted
        unequal += own_squares / held
    spare = people - number
    msw = within / total if counts else (within / spare if spare > 0 else 0.0)
    typical = (total - unequal) / (number - 2)
    between = (squares / (number - 2) - msw) / typical if typical > 0.0 else 0.0
    return msw, between, level / total


@numba.njit(cache=True, nogil=True)
def compare(y: np.ndarray, weight: np.ndarray, n1: int, n0: int, ratio: float, sign: float) -> tuple[float, float]:
    """Treatment minus control, and the normal deviate with the tail of its t, on clusters - 2 degrees of freedom.

    Clusters weigh w / (1 + w ratio), the inverse of their variance where `ratio` is the variance between clusters over
    that within (Donner & Klar 2000, section 6.2); an infinite ratio makes all alike. `sign` -1 is for lower is better.
    """
    mean1, held1, squares1 = _weighted(y[1], weight[1], n1, ratio)
    mean0, held0, squares0 = _weighted(y[0], weight[0], n0, ratio)
    degrees = n1 + n0 - 2
    variance = (squares1 + squares0) / degrees * (1.0 / held1 + 1.0 / held0)
    gap = mean1 - mean0
    if variance <= 0.0:
        return gap, 0.0 if gap == 0.0 else copysign(_FARTHEST, gap * sign)
    return gap, student_normal(sign * gap / sqrt(variance), degrees)


@numba.njit(cache=True, nogil=True)
def _weighted(y, weight, n, ratio):  # type: ignore[no-untyped-def]
    held = total = squares = 0.0
    for i in range(n):
        w = 1.0 if ratio == inf else weight[i] / (1.0 + weight[i] * ratio)
        held += w
        total += w * y[i]
    mean = total / held
    for i in range(n):
        w = 1.0 if ratio == inf else weight[i] / (1.0 + weight[i] * ratio)
        squares += w * (y[i] - mean) ** 2
    return mean, held, squares


@numba.njit(cache=True, nogil=True)
def permutation_z(
    stream: np.ndarray,
    y: np.ndarray,
    n1: int,
    n0: int,
    sign: float,
    assignments: np.ndarray,
    permutations: int,
    pool: np.ndarray,
) -> float:
    """The normal deviate of the one-sided p value of treatment's mean among all ways to allot the clusters.

    Each row of `assignments` names the clusters on treatment, controls counted first; all ways must be there. Without
    rows it is the share, the trial itself included, of so many random `permutations` (Phipson & Smyth 2010, equation 2).
    `pool` has room for all clusters.
    """
    number = n1 + n0
    spread = 0.0
    for i in range(number):
        pool[i] = sign * (y[0, i] if i < n0 else y[1, i - n0])
        spread += abs(pool[i])
    reached = pool[n0:number].sum() - 1e-12 * spread  # ties count, whatever the order of adding
    as_large = 0
    if len(assignments) > 0:
        for row in range(len(assignments)):
            total = 0.0
            for i in range(n1):
                total += pool[assignments[row, i]]
            as_large += total >= reached
        return -normal_quantile(min(as_large / len(assignments), _SURE))
    for _ in range(permutations):
        total = 0.0
        for i in range(n1):
            j = i + int(uniform(stream) * (number - i))
            pool[i], pool[j] = pool[j], pool[i]
            total += pool[i]
        as_large += total >= reached
    return -normal_quantile(min((as_large + 1.0) / (permutations + 1.0), _SURE))
