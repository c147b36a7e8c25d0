"""Kernels for counts: an arm's events at once, or how many patients have how many where the dispersion is estimated."""

from __future__ import annotations

from math import exp, log, log1p, sqrt

import numba
import numpy as np

from equipoise.simulate.draws import binomial, negative_binomial, poisson
from equipoise.simulate.streams import new_stream, open_trial
from equipoise.simulate.sufficient import verdict
from equipoise.simulate.trial import UNDECIDED

_LEAST, _MOST = 1e-8, 1e4
"""Between which a dispersion is looked for; below counts as none."""
_MOST_STEPS, _CLOSE = 100, 1e-9


@numba.njit(cache=True, nogil=True)
def count_trials(
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
    mean_treatment: float,
    mean_control: float,
    dispersion: float,
    hazards: np.ndarray,
    estimated: bool,
    limit: float,
    sign: float,
) -> None:
    """Record trials `first` to `end`; sizes are cumulative, means are events per patient, hazards treatment's then control's."""
    looks = len(upper)
    stream = new_stream(seed, design, scenario)
    tables = np.zeros(hazards.shape, np.int64)
    for trial in range(first, end):
        open_trial(stream, trial)
        tables[:] = 0
        n1 = n0 = y1 = y0 = k = outcome = 0
        for k in range(looks):
            m1, m0 = treatment[k] - n1, control[k] - n0
            n1, n0 = treatment[k], control[k]
            used = dispersion
            if estimated:
                y1 += add_patients(stream, m1, hazards[0], tables[0])
                y0 += add_patients(stream, m0, hazards[1], tables[1])
                used = ml_dispersion(tables[0], n1, y1, tables[1], n0, y0)
            else:
                y1 += events_of(stream, m1, mean_treatment, dispersion)
                y0 += events_of(stream, m0, mean_control, dispersion)
            z = sign * log_rate_z(y1, n1, y0, n0, used, limit)
            outcome = verdict(z, upper[k], lower[k])
            if outcome != UNDECIDED:
                break
        record = records[trial - first]
        record[0], record[1], record[2] = k + 1, outcome, n1 + n0
        record[3], record[4] = y1 + y0, log_rate_ratio(y1, n1, y0, n0)


@numba.njit(cache=True, nogil=True)
def events_of(stream: np.ndarray, patients: int, mean: float, dispersion: float) -> int:
    """Events of all patients together: their sum is negative binomial with `patients` times the shape."""
    if dispersion == 0.0:
        return poisson(stream, patients * mean)
    return negative_binomial(stream, patients * mean, patients / dispersion)


@numba.njit(cache=True, nogil=True)
def add_patients(stream: np.ndarray, patients: int, hazards: np.ndarray, table: np.ndarray) -> int:
    """Add patients to `table` (how many have how many events), a multinomial drawn cell by cell; their events."""
    events, count = 0, 0
    while patients > 0:
        have = binomial(stream, patients, hazards[count]) if hazards[count] < 1.0 else patients
        table[count] += have
        events += have * count
        patients -= have
        count += 1
    return events


@numba.njit(cache=True, nogil=True)
def log_rate_ratio(y1: int, n1: int, y0: int, n0: int) -> float:
    """Treatment against control, with an equal exposure of each patient; no events count as half an event."""
    return log(max(y1, 0.5) / n1) - log(max(y0, 0.5) / n0)


@numba.njit(cache=True, nogil=True)
def log_rate_z(y1: int, n1: int, y0: int, n0: int, dispersion: float, limit: float) -> float:
    """Wald's statistic of the log rate ratio against log(limit), positive above it."""
    variance = 1.0 / max(y1, 0.5) + 1.0 / max(y0, 0.5) + dispersion * (1.0 / n1 + 1.0 / n0)
    return (log_rate_ratio(y1, n1, y0, n0) - log(limit)) / sqrt(variance)


@numba.njit(cache=True, nogil=True)
def ml_dispersion(table1: np.ndarray, n1: int, y1: int, table0: np.ndarray, n0: int, y0: int) -> float:
    """The maximum likelihood estimate of a dispersion common to two arms, each with its own mean; 0 if not above Poisson.

    With equal exposures each arm's fitted mean is its sample mean whatever the dispersion, so one equation is left
    (Lawless 1987, Can J Stat 15:209, section 2), which the Illinois
    method solves on the log scale (Dowell & Jarratt 1971, BIT 11:168).
    """
    low = high = log(0.5)
    at_low = at_high = _score(0.5, table1, n1, y1, table0, n0, y0)
    while at_low <= 0.0:
        if low < log(_LEAST):
            return 0.0
        high, at_high = low, at_low
        low -= 1.5
        at_low = _score(exp(low), table1, n1, y1, table0, n0, y0)
    while at_high > 0.0:
        if high >= log(_MOST):
            return _MOST
        low, at_low = high, at_high
        high += 1.5
        at_high = _score(exp(high), table1, n1, y1, table0, n0, y0)
    for _ in range(_MOST_STEPS):
        middle = high - at_high * (high - low) / (at_high - at_low)
        found = _score(exp(middle), table1, n1, y1, table0, n0, y0)
        if found * at_high < 0.0:
            low, at_low = high, at_high
        else:
            at_low *= 0.5  # the end that stays counts half, so that both close in
        closing = abs(middle - high)
        high, at_high = middle, found
        if closing < _CLOSE or found == 0.0:
            break
    return exp(high)


@numba.njit(cache=True, nogil=True)
def _score(k, table1, n1, y1, table0, n0, y0):  # type: ignore[no-untyped-def]
    """The derivative of the log likelihood in the dispersion k, times k.

    A patient with y events adds sum over j < y of j k / (1 + j k) - the log-likelihood's part - and an arm with mean m
    adds n (log(1 + k m) / k - m).
    """
    total = 0.0
    left1, left0 = n1, n0
    for j in range(len(table1) - 1):
        left1 -= table1[j]
        left0 -= table0[j]
        if left1 + left0 == 0:
            break
        total += (left1 + left0) * j * k / (1.0 + j * k)
    m1, m0 = y1 / n1, y0 / n0
    return total + n1 * (log1p(k * m1) / k - m1) + n0 * (log1p(k * m0) / k - m0)
