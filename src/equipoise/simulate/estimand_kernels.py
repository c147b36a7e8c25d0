"""Kernels of trials with missing data and intercurrent events: patients followed over visits, the analyses, and the truth.

Outcomes are (patients, visits + 1), the baseline first. A patient's last visit on treatment (`on`) and in the study (`seen`)
are the last visit's place where the patient never stopped.
"""

from __future__ import annotations

from math import exp, sqrt

import numba
import numpy as np

from equipoise.simulate.estimand_regression import ancova, imputed_ancova
from equipoise.simulate.streams import new_stream, normal, open_trial, uniform
from equipoise.simulate.student import student_normal

TREATMENT_POLICY, HYPOTHETICAL, WHILE_ON_TREATMENT, COMPOSITE, PRINCIPAL_STRATUM = range(5)
COMPLETE_CASE, ANCOVA, IMPUTATION, JUMP_TO_REFERENCE, RESPONDER = range(5)


@numba.njit(cache=True, nogil=True)
def longitudinal_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    arms: np.ndarray,
    means: np.ndarray,
    root: np.ndarray,
    stops: np.ndarray,
    leaves: np.ndarray,
    leave_with_stop: float,
    threshold: float,
    strategy: int,
    analysis: int,
    imputations: int,
    truth: float,
    critical: float,
) -> None:
    """Record trials `first` to `end`.

    `arms` has each patient's arm (1 treatment); `means` (2, 2, visits + 1) the means by arm, on and off treatment; `root` the
    covariance's Cholesky factor; `stops` and `leaves` (3,) the log odds in control and treatment and by unit of the last value.
    """
    n, visits = len(arms), means.shape[2] - 1
    stream = new_stream(seed, design, scenario)
    values, residual = np.empty((n, visits + 1)), np.empty(visits + 1)
    on, known = np.empty(n, np.int64), np.empty(n, np.int64)
    for trial in range(first, end):
        open_trial(stream, trial)
        for i in range(n):
            _residuals(stream, root, residual)
            on[i], seen = _follow(stream, arms[i], means, stops, leaves, leave_with_stop, residual, values[i])
            known[i] = _known(strategy, on[i], seen, values[i])
        if analysis == RESPONDER:
            estimate, error, degrees = _responders(values, on, known, arms, threshold)
        elif analysis == COMPLETE_CASE:
            estimate, error, degrees = _complete_cases(values, known, arms)
        elif analysis == ANCOVA:
            estimate, error, degrees = ancova(values, known, arms)
        else:
            jump = analysis == JUMP_TO_REFERENCE
            estimate, error, degrees = imputed_ancova(stream, values, known, arms, imputations, jump)
        record = records[trial - first]
        record[0], record[1], record[2] = 1, 0, n
        record[3], record[4] = estimate, 0.0
        if error > 0.0 and degrees > 0.0:
            record[1] = 1 if student_normal(estimate / error, degrees) >= critical else 0
            record[4] = abs(student_normal((estimate - truth) / error, degrees)) <= critical


@numba.njit(cache=True, nogil=True)
def true_sums(first, end, seed, means, root, stops, threshold):  # type: ignore[no-untyped-def]
    """Sums over patients, each under both arms with the same residuals, of treatment minus control and of its square.

    A row for treatment policy, while on treatment, composite, and the principal stratum, with how many are in it.
    """
    visits = means.shape[2] - 1
    sums = np.zeros((4, 3))
    never = np.array([-np.inf, -np.inf, 0.0])
    rows, residual = np.empty((2, visits + 1)), np.empty(visits + 1)
    on = np.empty(2, np.int64)
    stream = new_stream(seed, 0, 0)
    for patient in range(first, end):
        open_trial(stream, patient)
        _residuals(stream, root, residual)
        for arm in range(2):
            on[arm], _ = _follow(stream, arm, means, stops, never, 0.0, residual, rows[arm])
        _add(sums[0], rows[1, visits] - rows[0, visits])
        _add(sums[1], rows[1, on[1]] - rows[0, on[0]])
        response1 = on[1] == visits and rows[1, visits] - residual[0] >= threshold
        response0 = on[0] == visits and rows[0, visits] - residual[0] >= threshold
        _add(sums[2], (1.0 if response1 else 0.0) - (1.0 if response0 else 0.0))
        if on[0] == visits and on[1] == visits:
            _add(sums[3], rows[1, visits] - rows[0, visits])
    return sums


@numba.njit(cache=True, nogil=True)
def _add(sums, value):  # type: ignore[no-untyped-def]
    sums[0] += 1
    sums[1] += value
    sums[2] += value * value


@numba.njit(cache=True, nogil=True)
def _residuals(stream, root, residual):  # type: ignore[no-untyped-def]
    for j in range(len(residual)):
        residual[j] = normal(stream)
    for j in range(len(residual) - 1, -1, -1):  # from the last, since each needs those before it
        total = 0.0
        for k in range(j + 1):
            total += root[j, k] * residual[k]
        residual[j] = total


@numba.njit(cache=True, nogil=True)
def _follow(stream, arm, means, stops, leaves, leave_with_stop, residual, row):  # type: ignore[no-untyped-def]
    """One patient's outcomes, all of them; the last visits on treatment and in the study."""
    visits = len(row) - 1
    on = seen = visits
    off = gone = 0
    row[0] = residual[0]
    for v in range(visits):
        if off == 0 and _happens(stream, stops, arm, row[v]):
            on, off = v, 1
            if gone == 0 and uniform(stream) < leave_with_stop:
                seen, gone = v, 1
        if gone == 0 and _happens(stream, leaves, arm, row[v]):
            seen, gone = v, 1
        row[v + 1] = means[arm, off, v + 1] + residual[v + 1]
    return on, seen


@numba.njit(cache=True, nogil=True)
def _happens(stream, odds, arm, value):  # type: ignore[no-untyped-def]
    if odds[arm] == -np.inf:
        return False
    return uniform(stream) * (1.0 + exp(-odds[arm] - odds[2] * value)) < 1.0


@numba.njit(cache=True, nogil=True)
def _known(strategy, on, seen, row):  # type: ignore[no-untyped-def]
    """The last visit whose outcome the strategy uses and the study has.

    While on treatment the last outcome on treatment becomes that of the last visit, known if it was seen.
    """
    visits = len(row) - 1
    if strategy == WHILE_ON_TREATMENT:
        row[visits] = row[on]
        return visits if seen >= on else seen
    return seen if strategy in (TREATMENT_POLICY, COMPOSITE) else min(on, seen)


@numba.njit(cache=True, nogil=True)
def _complete_cases(values, known, arms):  # type: ignore[no-untyped-def]
    """Difference of mean changes from baseline among those with the last visit, its standard error and degrees of freedom."""
    last = values.shape[1] - 1
    count, total, squares = np.zeros(2), np.zeros(2), 0.0
    for i in range(len(arms)):
        if known[i] == last:
            count[arms[i]] += 1
            total[arms[i]] += values[i, last] - values[i, 0]
    degrees = count[0] + count[1] - 2.0
    if count.min() < 1 or degrees < 1:
        return 0.0, 0.0, 0.0
    mean = total / count
    for i in range(len(arms)):
        if known[i] == last:
            squares += (values[i, last] - values[i, 0] - mean[arms[i]]) ** 2
    return mean[1] - mean[0], sqrt(squares / degrees * (1.0 / count[0] + 1.0 / count[1])), degrees


@numba.njit(cache=True, nogil=True)
def _responders(values, on, known, arms, threshold):  # type: ignore[no-untyped-def]
    """Difference in the share that responds on treatment with its outcome seen, by Wald (infinite degrees of freedom)."""
    last = values.shape[1] - 1
    count, events = np.zeros(2), np.zeros(2)
    for i in range(len(arms)):
        count[arms[i]] += 1
        if on[i] == last and known[i] == last and values[i, last] - values[i, 0] >= threshold:
            events[arms[i]] += 1
    share = events / count
    variance = share[0] * (1.0 - share[0]) / count[0] + share[1] * (1.0 - share[1]) / count[1]
    return share[1] - share[0], sqrt(variance), 1e12
