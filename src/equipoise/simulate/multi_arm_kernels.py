"""Kernels for several arms against one control: each look adds one draw of each arm's sufficient statistic."""

from __future__ import annotations

from math import inf, sqrt

import numba
import numpy as np

from equipoise.simulate.streams import chi_square, new_stream, normal, open_trial, uniform
from equipoise.simulate.trial import FIRST_COLUMN, FUTILE, REJECTED, UNDECIDED

IN, REFUTED, DROPPED = 0, 1, 2
"""An arm is in the trial, has left it with its null rejected, or was dropped."""


@numba.njit(cache=True, nogil=True)
def arm_mean_trials(
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
    keep: np.ndarray,
    stop_at_first: bool,
    effects: np.ndarray,
    scale: float,
    t_test: bool,
) -> None:
    """Record trials `first` to `end`; sizes are cumulative, `effects` in standard deviations, boundaries by look and,
    for the t test, by degrees of freedom (for the z test there is one column).

    The t test pools all data up to the look, of the arms that have left too (see sufficient.mean_trials).
    """
    looks, arms = len(treatment), len(effects)
    stream = new_stream(seed, design, scenario)
    state, size = np.empty(arms, np.int64), np.empty(arms, np.int64)
    mean, z = np.empty(arms), np.empty(arms)
    for trial in range(first, end):
        open_trial(stream, trial)
        state[:], size[:], mean[:], z[:] = IN, 0, 0.0, -inf
        n0, k, mean0, squares = 0, 0, 0.0, 0.0
        for k in range(looks):
            m0 = control[k] - n0
            shift = normal(stream) / sqrt(m0) - mean0
            if t_test:
                squares += chi_square(stream, m0 - 1) + shift * shift * n0 * m0 / (n0 + m0)
            n0 = control[k]
            mean0 += shift * m0 / n0
            degrees = n0 - 1
            for a in range(arms):
                if state[a] == IN:
                    m = treatment[k] - size[a]
                    shift = effects[a] + normal(stream) / sqrt(m) - mean[a]
                    if t_test:
                        squares += chi_square(stream, m - 1) + shift * shift * size[a] * m / (size[a] + m)
                    size[a] = treatment[k]
                    mean[a] += shift * m / size[a]
                degrees += size[a] - 1
            spread = sqrt(1.0 / treatment[k] + 1.0 / n0)
            column = 0
            if t_test:
                spread *= sqrt(squares / degrees)
                column = degrees
            for a in range(arms):
                if state[a] == IN:
                    z[a] = (mean[a] - mean0) / spread
            if decide(z, state, upper[k, column], lower[k, column], keep[k], stop_at_first):
                break
        record = records[trial - first]
        best = _end(record, k, z, state, size, treatment[k])
        record[FIRST_COLUMN] = n0 + size.sum()
        record[FIRST_COLUMN + 3] = (mean[best] - mean0) * scale


@numba.njit(cache=True, nogil=True)
def arm_proportion_trials(
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
    keep: np.ndarray,
    stop_at_first: bool,
    control_cdf: np.ndarray,
    treatment_cdf: np.ndarray,
) -> None:
    """Record trials `first` to `end`; `treatment_cdf` is (arms, looks, count), of each stage's binomial count."""
    looks, arms = len(treatment), len(treatment_cdf)
    stream = new_stream(seed, design, scenario)
    state, size, count = np.empty(arms, np.int64), np.empty(arms, np.int64), np.empty(arms, np.int64)
    z = np.empty(arms)
    for trial in range(first, end):
        open_trial(stream, trial)
        state[:], size[:], count[:], z[:] = IN, 0, 0, -inf
        n0 = x0 = k = 0
        for k in range(looks):
            x0 += np.searchsorted(control_cdf[k], uniform(stream), side="left")
            n, n0 = treatment[k], control[k]
            for a in range(arms):
                if state[a] == IN:
                    count[a] += np.searchsorted(treatment_cdf[a, k], uniform(stream), side="left")
                    size[a] = n
                    z[a] = pooled_z(count[a], n, x0, n0)
            if decide(z, state, upper[k, 0], lower[k, 0], keep[k], stop_at_first):
                break
        record = records[trial - first]
        best = _end(record, k, z, state, size, treatment[k])
        record[FIRST_COLUMN] = n0 + size.sum()
        record[FIRST_COLUMN + 3] = count[best] / size[best] - x0 / n0


@numba.njit(cache=True, nogil=True, inline="always")
def pooled_z(x1, n1, x0, n0):  # type: ignore[no-untyped-def]
    """The z statistic for two proportions with the pooled variance; 0 where that is 0."""
    pooled = (x1 + x0) / (n1 + n0)
    variance = pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n0)
    return (x1 / n1 - x0 / n0) / sqrt(variance) if variance > 0.0 else 0.0


@numba.njit(cache=True, nogil=True)
def decide(z, state, upper, lower, keep, stop_at_first):  # type: ignore[no-untyped-def]
    """Judge the arms that are in; whether the trial ends. Of those that go on, only the `keep` best do."""
    going, rejected = 0, False
    for a in range(len(z)):
        if state[a] == IN:
            if z[a] >= upper:
                state[a], rejected = REFUTED, True
            elif z[a] <= lower:
                state[a] = DROPPED
            else:
                going += 1
    if rejected and stop_at_first:
        return True
    while going > keep:
        worst = -1
        for a in range(len(z)):
            if state[a] == IN and (worst < 0 or z[a] <= z[worst]):
                worst = a
        state[worst] = DROPPED
        going -= 1
    return going == 0


@numba.njit(cache=True, nogil=True)
def _end(record, look, z, state, size, last_size):  # type: ignore[no-untyped-def]
    """Fill in all but patients and estimate; the best arm: of those rejected, or else of those at the last look."""
    arms, best, rejected, dropped, going = len(z), -1, False, 0, 0
    for a in range(arms):
        refuted = state[a] == REFUTED
        rejected |= refuted
        dropped += state[a] == DROPPED
        going += state[a] == IN
        record[FIRST_COLUMN + 4 + a] = refuted
    for a in range(arms):
        eligible = state[a] == REFUTED if rejected else size[a] == last_size
        if eligible and (best < 0 or z[a] > z[best]):
            best = a
        record[FIRST_COLUMN + 4 + arms + a] = 0
    record[0] = look + 1
    record[1] = REJECTED if rejected else (UNDECIDED if going else FUTILE)
    record[FIRST_COLUMN + 1], record[FIRST_COLUMN + 2] = best + 1, dropped
    record[FIRST_COLUMN + 4 + arms + best] = rejected
    return best
