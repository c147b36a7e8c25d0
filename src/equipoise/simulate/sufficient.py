"""Kernels for means and proportions: each look adds one draw of the sufficient statistics, however many patients."""

from __future__ import annotations

from math import sqrt

import numba
import numpy as np

from equipoise.simulate.streams import chi_square, new_stream, normal, open_trial, uniform
from equipoise.simulate.trial import FUTILE, REJECTED, UNDECIDED


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
    effect: float,
    t_test: bool,
) -> None:
    """Record trials `first` to `end`; sizes are cumulative, `effect` is in standard deviations.

    The t test pools all data up to the look: the sum of squares within arms grows by a chi-square within the stage
    and, in each arm, by the distance between the stage's mean and the mean so far (Chan, Golub & LeVeque 1983).
    """
    looks = len(upper)
    stream = new_stream(seed, design, scenario)
    for trial in range(first, end):
        open_trial(stream, trial)
        n1 = n0 = k = outcome = 0
        mean1 = mean0 = squares = 0.0
        for k in range(looks):
            m1, m0 = treatment[k] - n1, control[k] - n0
            shift1 = effect + normal(stream) / sqrt(m1) - mean1
            shift0 = normal(stream) / sqrt(m0) - mean0
            if t_test:
                squares += chi_square(stream, m1 + m0 - 2)
                squares += shift1 * shift1 * n1 * m1 / (n1 + m1) + shift0 * shift0 * n0 * m0 / (n0 + m0)
            n1, n0 = treatment[k], control[k]
            mean1 += shift1 * m1 / n1
            mean0 += shift0 * m0 / n0
            z = (mean1 - mean0) / sqrt(1.0 / n1 + 1.0 / n0)
            if t_test:
                z /= sqrt(squares / (n1 + n0 - 2))
            outcome = verdict(z, upper[k], lower[k])
            if outcome != UNDECIDED:
                break
        record = records[trial - first]
        record[0], record[1], record[2] = k + 1, outcome, n1 + n0


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
) -> None:
    """Record trials `first` to `end`; row k of each table is the binomial distribution function of stage k's count."""
    looks = len(upper)
    stream = new_stream(seed, design, scenario)
    for trial in range(first, end):
        open_trial(stream, trial)
        n1 = n0 = x1 = x0 = k = outcome = 0
        for k in range(looks):
            x1 += np.searchsorted(treatment_cdf[k], uniform(stream), side="left")
            x0 += np.searchsorted(control_cdf[k], uniform(stream), side="left")
            n1, n0 = treatment[k], control[k]
            pooled = (x1 + x0) / (n1 + n0)
            variance = pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n0)
            z = (x1 / n1 - x0 / n0) / sqrt(variance) if variance > 0.0 else 0.0
            outcome = verdict(z, upper[k], lower[k])
            if outcome != UNDECIDED:
                break
        record = records[trial - first]
        record[0], record[1], record[2] = k + 1, outcome, n1 + n0
