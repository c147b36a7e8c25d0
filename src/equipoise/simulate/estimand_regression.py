"""Regressions inside compiled code: analysis of covariance, and multiple imputation of monotone missing visits."""

from __future__ import annotations

from math import sqrt

import numba
import numpy as np

from equipoise.simulate.streams import chi_square, normal


@numba.njit(cache=True, nogil=True)
def ancova(values, known, arms):  # type: ignore[no-untyped-def]
    """Effect of arm on the last visit given the baseline, among those with the last visit: estimate, error, degrees."""
    last = values.shape[1] - 1
    coefficients, root, rss, n = _fit(values, known, arms, last, 1)
    degrees = n - 3.0
    if degrees < 1.0:
        return 0.0, 0.0, 0.0
    unit = np.zeros(3)
    unit[1] = 1.0
    _forward(root, unit)
    return coefficients[1], sqrt(rss / degrees * (unit * unit).sum()), degrees


@numba.njit(cache=True, nogil=True)
def imputed_ancova(stream, values, known, arms, imputations, jump):  # type: ignore[no-untyped-def]
    """The same on completed data, averaged over multiple imputations (Rubin 1987; degrees by Barnard & Rubin 1999).

    Visits are missing from some visit on, so the likelihood factorises into regressions of each visit on arm and all before,
    whose parameters are drawn from their posterior under the usual flat prior (Rubin 1987, section 5.4). Missing visits follow the
    patient's arm, or with `jump` the control arm's means from the first missing visit on, given how far the patient was from
    the own arm's means before (jump to reference; Carpenter, Roger & Kenward 2013, J Biopharm Stat 23:1352).
    """
    n, visits = len(arms), values.shape[1] - 1
    slopes, roots = np.zeros((visits + 1, visits + 2)), np.zeros((visits + 1, visits + 2, visits + 2))
    rss, freedom = np.zeros(visits + 1), np.zeros(visits + 1, np.int64)
    for v in range(1, visits + 1):
        width = v + 2
        fitted, root, squares, used = _fit(values, known, arms, v, v)
        if used - width < 1:
            return 0.0, 0.0, 0.0
        slopes[v, :width], roots[v, :width, :width] = fitted, root
        rss[v], freedom[v] = squares, used - width
    whole = np.full(n, visits)
    full = values.copy()
    average = within = spread = 0.0
    drawn, sd, centre = np.zeros(slopes.shape), np.zeros(visits + 1), np.zeros((2, visits + 1))
    for m in range(imputations):
        for v in range(1, visits + 1):
            sd[v] = sqrt(rss[v] / chi_square(stream, freedom[v]))
            _draw(stream, slopes[v, : v + 2], roots[v, : v + 2, : v + 2], sd[v], drawn[v, : v + 2])
        _centres(values, drawn, centre)
        _complete(stream, values, known, arms, drawn, sd, centre, jump, full)
        estimate, error, _ = ancova(full, whole, arms)
        shift = estimate - average
        average += shift / (m + 1)
        spread += shift * (estimate - average)
        within += error * error / imputations
    between = (1.0 + 1.0 / imputations) * spread / (imputations - 1)
    total = within + between
    complete = n - 3.0
    share = between / total
    observed = (complete + 1.0) / (complete + 3.0) * complete * (1.0 - share)
    degrees = 1.0 / (share * share / (imputations - 1) + 1.0 / observed) if share < 1.0 else 0.0
    return average, sqrt(total), degrees


@numba.njit(cache=True, nogil=True)
def _fit(values, known, arms, v, before):  # type: ignore[no-untyped-def]
    """Least squares of visit `v` on 1, arm and the first `before` outcomes, among those who have it.

    Coefficients, the Cholesky factor of the cross products, the residual sum of squares, and how many patients.
    """
    width = before + 2
    cross, right, x = np.zeros((width, width)), np.zeros(width), np.empty(width)
    total, used = 0.0, 0
    for i in range(len(arms)):
        if known[i] < v:
            continue
        used += 1
        x[0], x[1] = 1.0, arms[i]
        x[2:] = values[i, :before]
        y = values[i, v]
        total += y * y
        for a in range(width):
            right[a] += x[a] * y
            for b in range(a + 1):
                cross[a, b] += x[a] * x[b]
    if not _cholesky(cross):
        return right, cross, 0.0, 0
    _forward(cross, right)
    rss = max(total - (right * right).sum(), 0.0)
    _backward(cross, right)
    return right, cross, rss, used


@numba.njit(cache=True, nogil=True)
def _cholesky(a):  # type: ignore[no-untyped-def]
    """The lower factor, in place; False where the matrix is singular, as with an arm that nobody is left in."""
    for i in range(len(a)):
        for j in range(i + 1):
            total = a[i, j]
            for k in range(j):
                total -= a[i, k] * a[j, k]
            if i == j:
                if total <= 1e-10 * abs(a[i, i]):
                    return False
                a[i, i] = sqrt(total)
            else:
                a[i, j] = total / a[j, j]
    return True


@numba.njit(cache=True, nogil=True)
def _forward(root, x):  # type: ignore[no-untyped-def]
    for i in range(len(x)):
        for k in range(i):
            x[i] -= root[i, k] * x[k]
        x[i] /= root[i, i]


@numba.njit(cache=True, nogil=True)
def _backward(root, x):  # type: ignore[no-untyped-def]
    for i in range(len(x) - 1, -1, -1):
        for k in range(i + 1, len(x)):
            x[i] -= root[k, i] * x[k]
        x[i] /= root[i, i]


@numba.njit(cache=True, nogil=True)
def _draw(stream, fitted, root, sd, out):  # type: ignore[no-untyped-def]
    """Coefficients from their posterior given the residual standard deviation."""
    for a in range(len(out)):
        out[a] = sd * normal(stream)
    _backward(root, out)
    for a in range(len(out)):
        out[a] += fitted[a]


@numba.njit(cache=True, nogil=True)
def _centres(values, drawn, centre):  # type: ignore[no-untyped-def]
    """Each arm's means at every visit under the drawn parameters, from the mean baseline of all patients."""
    centre[0, 0] = centre[1, 0] = values[:, 0].mean()
    for arm in range(2):
        for v in range(1, centre.shape[1]):
            total = drawn[v, 0] + arm * drawn[v, 1]
            for j in range(v):
                total += drawn[v, 2 + j] * centre[arm, j]
            centre[arm, v] = total


@numba.njit(cache=True, nogil=True)
def _complete(stream, values, known, arms, drawn, sd, centre, jump, full):  # type: ignore[no-untyped-def]
    visits = values.shape[1] - 1
    for i in range(len(arms)):
        if known[i] == visits:
            continue
        own = arms[i]
        later = 0 if jump else own
        for v in range(known[i] + 1, visits + 1):
            total = centre[later, v] + sd[v] * normal(stream)
            for j in range(v):
                total += drawn[v, 2 + j] * (full[i, j] - centre[own if j <= known[i] else later, j])
            full[i, v] = total
