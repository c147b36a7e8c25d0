"""The MaxCombo test: the largest of several weighted log-rank tests, at a level that knows how they go together.

Karrison 2016, "Versatile tests for comparing survival curves based on weighted log-rank statistics", Stata Journal 16:678;
Lin et al. 2020, "Alternative analysis methods for time to event endpoints under nonproportional hazards", Statistics in
Biopharmaceutical Research 12:187.
"""

from __future__ import annotations

from math import cos, erfc, inf, pi, sin, sqrt

import numba
import numpy as np

from equipoise.simulate.streams import normal_quantile
from equipoise.simulate.survival_statistics import weight_of

ANGLES = 128
"""Directions over which the tail of the largest of correlated normals is averaged."""
_ROOT_2 = sqrt(2.0)
_SAME = 1e-9  # a share of variance below which a test adds nothing
_TURNS = np.array([[cos(2.0 * pi * (i + 0.5) / ANGLES), sin(2.0 * pi * (i + 0.5) / ANGLES)] for i in range(ANGLES)])


@numba.njit(cache=True, nogil=True, error_model="numpy")
def weighted_tests(rows, table, reciprocal, weights, z, correlation):  # type: ignore[no-untyped-def]
    """Fill the z of each of `weights` (tests, 2) and their estimated null correlations; the largest z."""
    tests = len(weights)
    weight = np.empty(tests)
    z[:] = 0.0
    correlation[:] = 0.0
    survival = 1.0
    for row in range(rows):
        inverse = reciprocal[table.at_risk[row]]
        share = table.treated_at_risk[row] * inverse
        excess, variance = share - table.treated[row], share * (1.0 - share)
        for a in range(tests):
            weight[a] = weight_of(survival, weights[a, 0], weights[a, 1])
            z[a] += weight[a] * excess
            for b in range(a + 1):
                correlation[a, b] += weight[a] * weight[b] * variance
        survival *= 1.0 - inverse
    largest = -inf
    for a in range(tests):
        if correlation[a, a] <= 0.0:
            return 0.0
        z[a] /= sqrt(correlation[a, a])
        largest = max(largest, z[a])
    for a in range(tests):
        for b in range(a):
            correlation[a, b] /= sqrt(correlation[a, a] * correlation[b, b])
            correlation[b, a] = correlation[a, b]
    for a in range(tests):
        correlation[a, a] = 1.0
    return largest


@numba.njit(cache=True, nogil=True, error_model="numpy")
def largest_tail(largest, correlation):  # type: ignore[no-untyped-def]
    """The chance that some of several correlated standard normal z, which span three dimensions at most, reaches `largest`.

    The sum over tests a of the chance that z_a is the largest and reaches m. Across z_a lie two dimensions in which x is
    normal too: at distance r in direction w, z_a is the largest where r < t(w) z_a. Over the distance and over z_a > m > 0
    that integrates to Q(m) - v Q(m / v), with Q the normal tail and v = (1 + t^2)^(-1/2); for m < 0, v (1/2 - Q(-m / v)) is
    added, where z_a is the largest of all negative z beyond r = t(w) |z_a|. Averaged over ANGLES directions w; error below
    0.0005 of the tail. Correlations may be singular.
    """
    axes = _axes(correlation)
    tests = len(axes)
    high = max(largest, 0.0)
    upper_tail = 0.5 * erfc(high / _ROOT_2)
    total = 0.0
    for a in range(tests):
        if _repeats(axes, a):
            continue
        across, along = _plane(axes[a])
        for angle in range(ANGLES):
            inside, outside = inf, 0.0
            for b in range(tests):
                apart = 1.0 - (axes[a, 0] * axes[b, 0] + axes[a, 1] * axes[b, 1] + axes[a, 2] * axes[b, 2])
                if apart < _SAME:
                    continue
                reach = 0.0
                for c in range(3):
                    reach += axes[b, c] * (_TURNS[angle, 0] * across[c] + _TURNS[angle, 1] * along[c])
                if reach > 0.0:
                    inside, outside = min(inside, apart / reach), inf
                else:
                    outside = max(outside, apart / max(-reach, 1e-300))
            v = 1.0 / sqrt(1.0 + inside * inside)
            total += upper_tail - (v * 0.5 * erfc(high / (v * _ROOT_2)) if v > 0.0 else 0.0)
            if largest < 0.0 and outside < inf:
                v = 1.0 / sqrt(1.0 + outside * outside)
                total += v * (0.5 - 0.5 * erfc(-largest / (v * _ROOT_2)))
    return total / ANGLES


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _axes(correlation):  # type: ignore[no-untyped-def]
    """Unit vectors in three dimensions with these cosines: Cholesky, without a dimension for a combination of tests before."""
    tests = len(correlation)
    axes = np.zeros((tests, 3))
    pivots = np.zeros(3, np.int64)
    used = 0
    for a in range(tests):
        rest = correlation[a, a]
        for c in range(used):
            pivot = pivots[c]
            entry = correlation[a, pivot]
            for d in range(c):
                entry -= axes[a, d] * axes[pivot, d]
            axes[a, c] = entry / axes[pivot, c]
            rest -= axes[a, c] ** 2
        if rest > _SAME and used < 3:
            axes[a, used] = sqrt(rest)
            pivots[used] = a
            used += 1
    return axes


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _repeats(axes, a):  # type: ignore[no-untyped-def]
    """Whether a test before `a` is the same."""
    for b in range(a):
        if 1.0 - (axes[a, 0] * axes[b, 0] + axes[a, 1] * axes[b, 1] + axes[a, 2] * axes[b, 2]) < _SAME:
            return True
    return False


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _plane(axis):  # type: ignore[no-untyped-def]
    """Two unit vectors at right angles to `axis` and to each other."""
    x, y, z = axis[0], axis[1], axis[2]
    if abs(z) < 0.9:
        scale = 1.0 / sqrt(x * x + y * y)
        across = (-y * scale, x * scale, 0.0)
    else:
        scale = 1.0 / sqrt(y * y + z * z)
        across = (0.0, -z * scale, y * scale)
    along = (
        y * across[2] - z * across[1],
        z * across[0] - x * across[2],
        x * across[1] - y * across[0],
    )
    return across, along


@numba.njit(cache=True, nogil=True, error_model="numpy")
def equivalent_z(largest, correlation, upper, lower):  # type: ignore[no-untyped-def]
    """The normal quantile of the p-value, or where it surely lies on one side of both boundaries, a number on that side.

    The p-value lies between that of one test and that of as many tests by Bonferroni.
    """
    one = 0.5 * erfc(largest / _ROOT_2)
    least = _quantile(len(correlation) * one)
    if largest < upper and (least > lower or largest <= lower):
        return largest
    if least >= upper:
        return least
    return _quantile(largest_tail(largest, correlation))


@numba.njit(cache=True, nogil=True)
def _quantile(tail):  # type: ignore[no-untyped-def]
    return -normal_quantile(max(tail, 1e-300)) if tail < 1.0 else -inf
