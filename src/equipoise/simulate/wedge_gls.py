"""Generalised least squares of cluster-period means, and its variance components by restricted maximum likelihood.

The model: a fixed effect of each period, one of treatment, and in the cluster-period means of a cluster the covariance
s2 (b R + p / m J + diag(c + 1 / m)), where s2 is the variance of people in a cluster and period, m their number there, b, c
and p the variances of clusters, of clusters' periods and of people who return, relative to it. R has 1 for all pairs of
periods, or r^|j - k| with decay. What varies between people within a cluster and period enters through its sum of squares,
so that this is the REML of the linear mixed model of all people (Patterson & Thompson 1971), at the cost of the means.
"""

from __future__ import annotations

from math import expm1, inf, log, log1p, sin, sqrt

import numba
import numpy as np

EXCHANGEABLE, NESTED, DECAY = range(3)
"""Models: b alone (Hussey & Hughes 2007); b and c (Hooper et al. 2016); b and r (Kasza et al. 2019)."""
_MOST_RATIO = 1e3
_CLOSE = 1e-3
_GOLDEN = 0.5 * (sqrt(5.0) - 1.0)
_FLAT = 1e-8
"""Twice the log-likelihood, within which a search has arrived: parameters to 1e-4 of their standard errors."""
_MOST_STEPS = 200


@numba.njit(cache=True, nogil=True)
def new_sums(
    classes: int, periods: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sums over the clusters of a class, which are measured in the same periods and of the same size, all 0.

    (classes, 2): clusters and size; (classes, periods): treatment, means; (classes, periods, periods): the products of
    treatment with itself, of treatment with means, and of means with themselves.
    """
    rows, square = (classes, periods), (classes, periods, periods)
    return np.zeros((classes, 2)), np.zeros(rows), np.zeros(rows), np.zeros(square), np.zeros(square), np.zeros(square)


@numba.njit(cache=True, nogil=True)
def clear(sums):  # type: ignore[no-untyped-def]
    """Make them 0 again, for the next trial."""
    count, treated, total, crossed, mixed, products = sums
    for rows in (count, treated, total):
        rows[:] = 0.0
    for squares in (crossed, mixed, products):
        squares[:] = 0.0


@numba.njit(cache=True, nogil=True)
def add_cluster(sums, which, size, x, y):  # type: ignore[no-untyped-def]
    """Add a cluster's treatment and means by period (0 where not measured) to the sums of its class."""
    count, treated, total, crossed, mixed, products = sums
    count[which, 0] += 1.0
    count[which, 1] = size
    for j in range(len(x)):
        treated[which, j] += x[j]
        total[which, j] += y[j]
        for i in range(len(x)):
            crossed[which, j, i] += x[j] * x[i]
            mixed[which, j, i] += x[j] * y[i]
            products[which, j, i] += y[j] * y[i]


@numba.njit(cache=True, nogil=True)
def gls(sums, seen, components, work):  # type: ignore[no-untyped-def]
    """Treatment's effect, its information, the residual sum of squares and the log determinants, all for s2 = 1.

    `sums` as in new_sums; `seen` whether measured (classes, periods), every period in some class; `components` b, r, c, p,
    where r = 1 is exchangeable; `work` has room for (2 periods + 2, periods). The log determinants are those of REML: of
    the covariances and of the information.
    """
    count, treated, total, crossed, mixed, products = sums
    classes, periods = seen.shape
    inverse, normal, across, right = work[:periods], work[periods : 2 * periods], work[-2], work[-1]
    normal[:] = 0.0
    across[:] = 0.0
    right[:] = 0.0
    of_treatment = with_treatment = squares = determinant = 0.0
    for g in range(classes):
        k = count[g, 0]
        determinant += k * _invert(seen[g], count[g, 1], components, inverse)
        for j in range(periods):
            for i in range(periods):
                w = inverse[j, i]
                normal[j, i] += k * w
                across[j] += w * treated[g, i]
                right[j] += w * total[g, i]
                of_treatment += w * crossed[g, j, i]
                with_treatment += w * mixed[g, j, i]
                squares += w * products[g, j, i]
    determinant += _cholesky(normal)
    _forward(normal, across)
    _forward(normal, right)
    for j in range(periods):
        of_treatment -= across[j] * across[j]
        with_treatment -= across[j] * right[j]
        squares -= right[j] * right[j]
    effect = with_treatment / of_treatment
    return effect, of_treatment, squares - effect * with_treatment, determinant + log(of_treatment)


@numba.njit(cache=True, nogil=True)
def _invert(seen, size, components, inverse):  # type: ignore[no-untyped-def]
    """The inverse of the covariance of one cluster's means, 0 where nothing is measured; its log determinant."""
    b, r, c, p = components
    periods, own = len(seen), c + 1.0 / size
    if r == 1.0:  # Sherman & Morrison
        shared, number = b + p / size, seen.sum()
        part = shared / (own + number * shared)
        for j in range(periods):
            for i in range(periods):
                inverse[j, i] = ((i == j) - part) / own if seen[i] and seen[j] else 0.0
        return number * log(own) + log1p(number * shared / own)
    for j in range(periods):
        for i in range(periods):
            both = seen[i] and seen[j]
            inverse[j, i] = b * r ** abs(i - j) + p / size + own * (i == j) if both else 1.0 * (i == j)
    determinant = _cholesky(inverse)
    _inverse_from_cholesky(inverse)
    for j in range(periods):
        if not seen[j]:
            inverse[j, j] = 0.0
    return determinant


@numba.njit(cache=True, nogil=True)
def _cholesky(matrix):  # type: ignore[no-untyped-def]
    """Put the lower Cholesky factor in the matrix's lower half; the log determinant."""
    determinant = 0.0
    for j in range(len(matrix)):
        for i in range(j, len(matrix)):
            held = matrix[i, j]
            for k in range(j):
                held -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = sqrt(held) if i == j else held / matrix[j, j]
        determinant += 2.0 * log(matrix[j, j])
    return determinant


@numba.njit(cache=True, nogil=True)
def _forward(factor, right):  # type: ignore[no-untyped-def]
    """Solve with the lower factor, in place."""
    for j in range(len(right)):
        for k in range(j):
            right[j] -= factor[j, k] * right[k]
        right[j] /= factor[j, j]


@numba.njit(cache=True, nogil=True)
def _inverse_from_cholesky(factor):  # type: ignore[no-untyped-def]
    """The whole inverse from the lower factor, in its place: first the factor's inverse, then its square."""
    n = len(factor)
    for j in range(n):
        factor[j, j] = 1.0 / factor[j, j]
        for i in range(j + 1, n):
            held = 0.0
            for k in range(j, i):
                held -= factor[i, k] * factor[k, j]
            factor[i, j] = held / factor[i, i]
    for j in range(n):
        for i in range(j, n):
            held = 0.0
            for k in range(i, n):
                held += factor[k, i] * factor[k, j]
            factor[j, i] = held
    for j in range(n):
        for i in range(j):
            factor[j, i] = factor[i, j]


@numba.njit(cache=True, nogil=True)
def reml_criterion(data, model, first, second, spare, within, work):  # type: ignore[no-untyped-def]
    """Minus twice the restricted log-likelihood at its best s2, to a constant; effect, variance, s2.

    `spare` is all people less the fixed effects, `within` the sum of squares within clusters and periods.
    """
    sums, seen = data
    c = second if model == NESTED else 0.0
    r = second if model == DECAY else 1.0
    effect, information, squares, determinants = gls(sums, seen, (first, r, c, 0.0), work)
    s2 = (within + max(squares, 0.0)) / spare
    if s2 <= 0.0:
        return -inf, effect, 0.0, 0.0
    return spare * log(s2) + determinants, effect, s2 / information, s2


@numba.njit(cache=True, nogil=True)
def estimate_components(data, model, mean_size, spare, within, work):  # type: ignore[no-untyped-def]
    """b and the model's second parameter (c or r; 0 and 1 where it has none) by restricted maximum likelihood."""
    if model == EXCHANGEABLE:
        return _golden(data, mean_size, spare, within, work), 0.0
    return _simplex(data, model, mean_size, spare, within, work)


@numba.njit(cache=True, nogil=True)
def _golden(data, mean_size, spare, within, work):  # type: ignore[no-untyped-def]
    """Golden-section search on log(1 + m b), which is 0 at no clustering."""
    low, high = 0.0, log1p(mean_size * _MOST_RATIO)
    a, b = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    fa = reml_criterion(data, EXCHANGEABLE, expm1(a) / mean_size, 0.0, spare, within, work)[0]
    fb = reml_criterion(data, EXCHANGEABLE, expm1(b) / mean_size, 0.0, spare, within, work)[0]
    while high - low > _CLOSE:
        if fa <= fb:
            high, b, fb = b, a, fa
            a = high - _GOLDEN * (high - low)
            fa = reml_criterion(data, EXCHANGEABLE, expm1(a) / mean_size, 0.0, spare, within, work)[0]
        else:
            low, a, fa = a, b, fb
            b = low + _GOLDEN * (high - low)
            fb = reml_criterion(data, EXCHANGEABLE, expm1(b) / mean_size, 0.0, spare, within, work)[0]
    return 0.0 if low == 0.0 else expm1(0.5 * (low + high)) / mean_size


@numba.njit(cache=True, nogil=True)
def _parameters(model, point, mean_size):  # type: ignore[no-untyped-def]
    """From the plane to b >= 0 and c >= 0 or 0 <= r <= 1; smooth, so that a minimum on an edge is one of the plane."""
    first = min(point[0] ** 2 / mean_size, _MOST_RATIO)
    if model == NESTED:
        return first, min(point[1] ** 2 / mean_size, _MOST_RATIO)
    return first, sin(point[1]) ** 2


@numba.njit(cache=True, nogil=True)
def _at(data, model, point, mean_size, spare, within, work):  # type: ignore[no-untyped-def]
    first, second = _parameters(model, point, mean_size)
    return reml_criterion(data, model, first, second, spare, within, work)[0]


@numba.njit(cache=True, nogil=True)
def _simplex(data, model, mean_size, spare, within, work):  # type: ignore[no-untyped-def]
    """Nelder & Mead 1965 in two dimensions, begun twice."""
    corners, values = np.empty((3, 2)), np.empty(3)
    centre, tried, further = np.empty(2), np.empty(2), np.empty(2)
    best0, best1 = 0.8, 0.4 if model == NESTED else 0.9
    for step in (0.5, 0.15):
        for i in range(3):
            corners[i, 0] = best0 + (step if i == 1 else 0.0)
            corners[i, 1] = best1 + (step if i == 2 else 0.0)
            values[i] = _at(data, model, corners[i], mean_size, spare, within, work)
        for _ in range(_MOST_STEPS):
            order = np.argsort(values)
            best, middle, worst = order[0], order[1], order[2]
            if values[worst] - values[best] < _FLAT:
                break
            for d in range(2):
                centre[d] = 0.5 * (corners[best, d] + corners[middle, d])
                tried[d] = 2.0 * centre[d] - corners[worst, d]
            value = _at(data, model, tried, mean_size, spare, within, work)
            if value < values[best]:
                further[:] = 3.0 * centre - 2.0 * corners[worst]
                beyond = _at(data, model, further, mean_size, spare, within, work)
                if beyond < value:
                    tried[:], value = further, beyond
            elif value >= values[middle]:
                outside = value < values[worst]
                further[:] = 0.5 * (centre + (tried if outside else corners[worst]))
                nearer = _at(data, model, further, mean_size, spare, within, work)
                if nearer >= min(value, values[worst]):
                    for i in (middle, worst):
                        corners[i] = 0.5 * (corners[best] + corners[i])
                        values[i] = _at(data, model, corners[i], mean_size, spare, within, work)
                    continue
                tried[:], value = further, nearer
            corners[worst], values[worst] = tried, value
        best = np.argmin(values)
        best0, best1 = corners[best, 0], corners[best, 1]
    return _parameters(model, np.array([best0, best1]), mean_size)
