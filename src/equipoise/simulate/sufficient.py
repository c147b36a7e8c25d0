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
    looks = len(upper)
    v1, v0 = sd_treatment * sd_treatment, sd_control * sd_control
    only_the_sum = test == POOLED_T and v1 == v0
    stream = new_stream(seed, design, scenario)
    for trial in range(first, end):
        open_trial(stream, trial)
        n1 = n0 = k = outcome = 0
        mean1 = mean0 = squares1 = squares0 = 0.0
        for k in range(looks):
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
            outcome = verdict(z, upper[k], lower[k])
            if outcome != UNDECIDED:
                break
        record = records[trial - first]
        record[0], record[1], record[2], record[3] = k + 1, outcome, n1 + n0, mean1 - mean0


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
    looks = len(upper)
    stream = new_stream(seed, design, scenario)
    for trial in range(first, end):
        open_trial(stream, trial)
        n1 = n0 = x1 = x0 = k = outcome = 0
        for k in range(looks):
            x1 += int(np.searchsorted(treatment_cdf[k], uniform(stream), side="left"))
            x0 += int(np.searchsorted(control_cdf[k], uniform(stream), side="left"))
            n1, n0 = treatment[k], control[k]
            outcome = verdict(sign * proportion_z(x1, n1, x0, n0, test, measure, limit), upper[k], lower[k])
            if outcome != UNDECIDED:
                break
        record = records[trial - first]
        record[0], record[1], record[2] = k + 1, outcome, n1 + n0
        record[3] = proportion_estimate(x1, n1, x0, n0, measure)
