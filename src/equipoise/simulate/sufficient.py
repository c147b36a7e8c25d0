"""Kernels for means and proportions: each look adds one draw of the sufficient statistics, however many patients."""

from __future__ import annotations

from math import sqrt

import numba
import numpy as np

from equipoise.simulate.proportion_statistics import proportion_estimate, proportion_z
from equipoise.simulate.streams import chi_square, new_stream, normal, open_trial, uniform
from equipoise.simulate.student import student_normal
from equipoise.simulate.trial import FUTILE, REJECTED, UNDECIDED

KNOWN, POOLED_T, WELCH = 0, 1, 2
"""Tests of means: with known standard deviations, with one that is pooled over the arms, and with one for each arm."""
PATH = 5
"""Figures of each look of a trial: see `mean_trial`."""


@numba.njit(cache=True, nogil=True, inline="always")
def verdict(z: float, upper: float, lower: float) -> int:
    """What a look says: REJECTED, FUTILE, or UNDECIDED, which is to go on."""
    if z >= upper:
        return REJECTED
    return FUTILE if z <= lower else UNDECIDED


@numba.njit(cache=True, nogil=True)
def mean_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    upper: np.ndarray,
    lower: np.ndarray,
    treatment: np.ndarray,
    control: np.ndarray,
    difference: float,
    margin: float,
    sd_treatment: float,
    sd_control: float,
    test: int,
) -> None:
    """Record trials `first` to `end`; sizes are cumulative, critical values are t's for POOLED and z's otherwise.

    Tests with an estimated variance use all data up to the look: an arm's sum of squares grows by a chi-square within the
    stage and by the distance between the stage's mean and the mean so far (Chan, Golub & LeVeque 1983).
    """
    stream = new_stream(seed, design, scenario)
    path = np.empty((len(upper), PATH))
    for trial in range(first, end):
        open_trial(stream, trial)
        held, outcome = mean_trial(
            stream, upper, lower, treatment, control, difference, margin, sd_treatment, sd_control, test, path
        )
        record, at = records[trial - first], held - 1
        record[0], record[1] = held, outcome
        record[2], record[3] = path[at, 1] + path[at, 0], path[at, 3] - path[at, 2]


@numba.njit(cache=True, nogil=True, inline="always")
def mean_trial(
    stream: np.ndarray,
    upper: np.ndarray,
    lower: np.ndarray,
    treatment: np.ndarray,
    control: np.ndarray,
    difference: float,
    margin: float,
    sd_treatment: float,
    sd_control: float,
    test: int,
    path: np.ndarray,
) -> tuple[int, int]:
    """One trial from its stream: how many looks were held, and the outcome; each look held fills its row of `path`.

    A row has the patients of control and of treatment, their means, and the statistic.
    """
    v1, v0 = sd_treatment * sd_treatment, sd_control * sd_control
    only_the_sum = test == POOLED_T and v1 == v0
    n1 = n0 = k = outcome = 0
    mean1 = mean0 = squares1 = squares0 = 0.0
    for k in range(len(upper)):
        m1, m0 = treatment[k] - n1, control[k] - n0
        shift1 = difference + sd_treatment * normal(stream) / sqrt(m1) - mean1
        shift0 = sd_control * normal(stream) / sqrt(m0) - mean0
        if test != KNOWN:
            squares1 += shift1 * shift1 * n1 * m1 / (n1 + m1)
            squares0 += shift0 * shift0 * n0 * m0 / (n0 + m0)
            if only_the_sum:
                squares1 += v1 * chi_square(stream, m1 + m0 - 2)
            else:
                squares1 += v1 * chi_square(stream, m1 - 1)
                squares0 += v0 * chi_square(stream, m0 - 1)
        n1, n0 = treatment[k], control[k]
        mean1 += shift1 * m1 / n1
        mean0 += shift0 * m0 / n0
        gap = mean1 - mean0 + margin
        if test == KNOWN:
            z = gap / sqrt(v1 / n1 + v0 / n0)
        elif test == POOLED_T:
            z = gap / sqrt((squares1 + squares0) / (n1 + n0 - 2) * (1.0 / n1 + 1.0 / n0))
        else:
            z = welch_normal(gap, squares1, n1, squares0, n0)
        path[k, 0], path[k, 1], path[k, 2], path[k, 3], path[k, 4] = n0, n1, mean0, mean1, z
        outcome = verdict(z, upper[k], lower[k])
        if outcome != UNDECIDED:
            break
    return k + 1, outcome


@numba.njit(cache=True, nogil=True)
def welch_normal(gap: float, squares1: float, n1: int, squares0: float, n0: int) -> float:
    """The normal deviate with the tail of Welch's t, with Satterthwaite's degrees of freedom, from sums of squares."""
    part1, part0 = squares1 / (n1 - 1) / n1, squares0 / (n0 - 1) / n0
    degrees = (part1 + part0) ** 2 / (part1 * part1 / (n1 - 1) + part0 * part0 / (n0 - 1))
    return student_normal(gap / sqrt(part1 + part0), degrees)


@numba.njit(cache=True, nogil=True)
def proportion_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    upper: np.ndarray,
    lower: np.ndarray,
    treatment: np.ndarray,
    control: np.ndarray,
    treatment_cdf: np.ndarray,
    control_cdf: np.ndarray,
    test: int,
    measure: int,
    limit: float,
    sign: float,
) -> None:
    """Record trials `first` to `end`; row k of each table is the binomial distribution function of stage k's count."""
    stream = new_stream(seed, design, scenario)
    path = np.empty((len(upper), PATH))
    for trial in range(first, end):
        open_trial(stream, trial)
        held, outcome = proportion_trial(
            stream, upper, lower, treatment, control, treatment_cdf, control_cdf, test, measure, limit, sign, path
        )
        record, at = records[trial - first], held - 1
        n1, n0, x1, x0 = int(path[at, 1]), int(path[at, 0]), int(path[at, 3]), int(path[at, 2])
        record[0], record[1], record[2] = held, outcome, n1 + n0
        record[3] = proportion_estimate(x1, n1, x0, n0, measure)


@numba.njit(cache=True, nogil=True, inline="always")
def proportion_trial(
    stream: np.ndarray,
    upper: np.ndarray,
    lower: np.ndarray,
    treatment: np.ndarray,
    control: np.ndarray,
    treatment_cdf: np.ndarray,
    control_cdf: np.ndarray,
    test: int,
    measure: int,
    limit: float,
    sign: float,
    path: np.ndarray,
) -> tuple[int, int]:
    """One trial as in `mean_trial`; a row of `path` has the events of control and of treatment in place of their means."""
    n1 = n0 = x1 = x0 = k = outcome = 0
    for k in range(len(upper)):
        x1 += int(np.searchsorted(treatment_cdf[k], uniform(stream), side="left"))
        x0 += int(np.searchsorted(control_cdf[k], uniform(stream), side="left"))
        n1, n0 = treatment[k], control[k]
        z = sign * proportion_z(x1, n1, x0, n0, test, measure, limit)
        path[k, 0], path[k, 1], path[k, 2], path[k, 3], path[k, 4] = n0, n1, x0, x1, z
        outcome = verdict(z, upper[k], lower[k])
        if outcome != UNDECIDED:
            break
    return k + 1, outcome


@numba.njit(cache=True, nogil=True)
def mean_stage(stream: np.ndarray, patients: int, mean: float, sd: float) -> tuple[float, float]:
    """The mean of an arm's patients in a stage, and their sum of squares about it; zeros for nobody."""
    if patients == 0:
        return 0.0, 0.0
    return mean + sd * normal(stream) / sqrt(patients), sd * sd * chi_square(stream, patients - 1)


@numba.njit(cache=True, nogil=True)
def merged(n: int, mean: float, squares: float, m: int, other_mean: float, other_squares: float) -> tuple[float, float]:
    """The mean and sum of squares of two groups together (Chan, Golub & LeVeque 1983); one may be empty, not both."""
    shift = other_mean - mean
    return mean + shift * m / (n + m), squares + other_squares + shift * shift * n * m / (n + m)


@numba.njit(cache=True, nogil=True)
def mean_normal(
    gap: float, squares1: float, n1: int, squares0: float, n0: int, test: int, v1: float, v0: float
) -> float:
    """The normal deviate of a difference of means by any test: 0 where the t test has no degrees of freedom."""
    if test == KNOWN:
        return gap / sqrt(v1 / n1 + v0 / n0)
    if test == WELCH:
        return welch_normal(gap, squares1, n1, squares0, n0) if min(n1, n0) > 1 else 0.0
    degrees = n1 + n0 - 2
    if degrees <= 0:
        return 0.0
    return student_normal(gap / sqrt((squares1 + squares0) / degrees * (1.0 / n1 + 1.0 / n0)), degrees)
