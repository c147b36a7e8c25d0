"""Posterior probabilities that one arm is better than another, or the best of several, inside compiled code.

Arms are independent a posteriori. An arm's posterior is a row of numbers by `kind`: NORMAL (mean, sd), BETA (a, b) of a
probability, RATE (shape, time) of a gamma-distributed hazard, of which the lower is better, and STUDENT (location, scale,
degrees of freedom).
"""

from __future__ import annotations

from math import erfc, exp, inf, lgamma, log, log1p, sqrt

import numba
import numpy as np

from equipoise.simulate.student import incomplete_beta

NORMAL, BETA, RATE, STUDENT = 0, 1, 2, 3
WIDTH = 3
"""Numbers of a posterior, at most."""
TIE = 1e-9
"""A probability so little below a threshold counts as reaching it, so that no decision hangs on rounding."""
_NODES = 8
_AT, _WEIGHTS = np.polynomial.legendre.leggauss(_NODES)
_UP_TO = np.array(
    [
        [
            np.polynomial.Polynomial.fromroots(np.delete(_AT, j)).integ(lbnd=-1.0)(x)
            / np.prod(_AT[j] - np.delete(_AT, j))
            for j in range(_NODES)
        ]
        for x in _AT
    ]
)
"""The integral from -1 to node i of the polynomial that is 1 at node j and 0 at the others."""
_EDGES = np.array([0.8, 1.6, 2.5, 3.5, 5.0, 7.0, 10.0, 14.0, 20.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0])
_NEGLIGIBLE = -42.0


@numba.njit(cache=True, nogil=True)
def beta_exceeds(a: float, b: float, c: float, d: float) -> float:
    """P(X > Y) of independent X ~ Beta(a, b) and Y ~ Beta(c, d); absolute error below 1e-11.

    Where a - c and b - d are whole numbers (arms with the same prior), Cook 2003, "Numerical computation of stochastic
    inequality probabilities", section 2: steps from P = 1/2 at equal parameters, one patient at a time. Otherwise by
    quadrature, to 1e-9.
    """
    up, along = a - c, b - d
    if abs(up - np.rint(up)) > 1e-9 or abs(along - np.rint(along)) > 1e-9:
        two = np.array([[a, b, 0.0], [c, d, 0.0]])
        chance = np.empty(2)
        best_probabilities(BETA, two, 2, chance)
        return chance[0]
    p, q, value = c, d, 0.5
    h = exp(_log_beta(2.0 * c, 2.0 * d) - 2.0 * _log_beta(c, d))
    for _ in range(int(np.rint(abs(up)))):
        if up > 0.0:
            value += h / p
            h *= (p + c) * (p + q) / ((p + q + c + d) * p)
            p += 1.0
        else:
            p -= 1.0
            h *= (p + q + c + d) * p / ((p + c) * (p + q))
            value -= h / p
    for _ in range(int(np.rint(abs(along)))):
        if along > 0.0:
            value -= h / q
            h *= (q + d) * (p + q) / ((p + q + c + d) * q)
            q += 1.0
        else:
            q -= 1.0
            h *= (p + q + c + d) * q / ((q + d) * (p + q))
            value += h / q
    return min(max(value, 0.0), 1.0)


@numba.njit(cache=True, nogil=True, inline="always")
def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


@numba.njit(cache=True, nogil=True)
def better(kind: int, one: np.ndarray, other: np.ndarray) -> float:
    """The posterior probability that arm `one` is better than arm `other`.

    NORMAL and RATE in closed form (the ratio of gammas is a beta: the regularised incomplete beta function), BETA as
    `beta_exceeds`, STUDENT (Behrens-Fisher) by quadrature, to 1e-7 from 4 degrees of freedom.
    """
    if kind == NORMAL:
        return 0.5 * erfc((other[0] - one[0]) / sqrt(2.0 * (one[1] * one[1] + other[1] * other[1])))
    if kind == BETA:
        return beta_exceeds(one[0], one[1], other[0], other[1])
    if kind == RATE:
        total = one[1] + other[1]
        return incomplete_beta(one[0], other[0], one[1] / total, other[1] / total)
    two, chance = np.empty((2, WIDTH)), np.empty(2)
    two[0], two[1] = one, other
    best_probabilities(kind, two, 2, chance)
    return chance[0]


@numba.njit(cache=True, nogil=True)
def best_probabilities(kind: int, posterior: np.ndarray, arms: int, out: np.ndarray) -> None:
    """The posterior probability that each of the first `arms` arms is the best of them; they add to 1.

    Integrates density times the others' distribution functions over a line on which the posteriors are nearly normal
    (logits, minus log hazards), by 8-point Gauss-Legendre on panels whose edges follow every arm's centre and spread; the
    distribution functions are integrals on the same nodes. Absolute error below 1e-9 (STUDENT: 1e-7 from 4 degrees of
    freedom, 1e-5 from 2).
    """
    edges = np.empty(arms * (2 * len(_EDGES) + 1))
    count, peak, least = 0, np.empty(arms), inf
    for k in range(arms):
        centre, spread = _centre(kind, posterior[k])
        least = min(least, spread)
        peak[k] = _log_density(kind, posterior[k], centre)
        edges[count] = centre
        count += 1
        for side in (-1.0, 1.0):
            for step in _EDGES:
                edge = centre + side * step * spread
                edges[count] = edge
                count += 1
                if _log_density(kind, posterior[k], edge) - peak[k] < _NEGLIGIBLE:
                    break
    points = np.sort(edges[:count])
    count = _spaced(points, 0.8 * least)
    density, below = np.empty((arms, _NODES)), np.empty((arms, _NODES))
    so_far = np.zeros(arms)
    out[:arms] = 0.0
    for panel in range(count - 1):
        half = 0.5 * (points[panel + 1] - points[panel])
        if half > 0.0:
            middle = points[panel] + half
            _one_panel(kind, posterior, arms, peak, middle, half, density, below, so_far, out)
    total = 0.0
    for k in range(arms):
        total += out[k]
    for k in range(arms):
        out[k] /= total


@numba.njit(cache=True, nogil=True)
def _spaced(points, least):  # type: ignore[no-untyped-def]
    """Keep, at the front of the sorted `points`, the ends and those at least so far from the one kept before; how many."""
    kept, last = 1, len(points) - 1
    for i in range(1, last):
        if points[i] - points[kept - 1] >= least:
            points[kept] = points[i]
            kept += 1
    points[kept] = points[last]
    return kept + 1


@numba.njit(cache=True, nogil=True)
def _one_panel(kind, posterior, arms, peak, middle, half, density, below, so_far, out):  # type: ignore[no-untyped-def]
    for k in range(arms):
        for i in range(_NODES):
            height = _log_density(kind, posterior[k], middle + half * _AT[i]) - peak[k]
            density[k, i] = exp(height) if height > _NEGLIGIBLE else 0.0
        for i in range(_NODES):
            part = 0.0
            for j in range(_NODES):
                part += _UP_TO[i, j] * density[k, j]
            below[k, i] = so_far[k] + half * part
    for k in range(arms):
        add = whole = 0.0
        for i in range(_NODES):
            others = half * _WEIGHTS[i] * density[k, i]
            whole += others
            for j in range(arms):
                if j != k:
                    others *= below[j, i]
            add += others
        out[k] += add
        so_far[k] += whole


@numba.njit(cache=True, nogil=True)
def _centre(kind, row):  # type: ignore[no-untyped-def]
    """Mode and spread on the line of integration."""
    if kind == BETA:
        return log(row[0] / row[1]), sqrt(1.0 / row[0] + 1.0 / row[1])
    if kind == RATE:
        return log(row[1] / row[0]), 1.0 / sqrt(row[0])
    return row[0], row[1]


@numba.njit(cache=True, nogil=True)
def _log_density(kind, row, y):  # type: ignore[no-untyped-def]
    """Up to a constant, on the line of integration: the logit for BETA, minus the log hazard for RATE."""
    if kind == BETA:
        softplus = y + log1p(exp(-y)) if y > 0.0 else log1p(exp(y))
        return row[0] * y - (row[0] + row[1]) * softplus
    if kind == RATE:
        return -row[0] * y - row[1] * exp(-y)
    z = (y - row[0]) / row[1]
    if kind == NORMAL:
        return -0.5 * z * z
    return -0.5 * (row[2] + 1.0) * log1p(z * z / row[2])
