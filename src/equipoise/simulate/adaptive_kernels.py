"""The kernel of response-adaptive trials: patients one by one, posteriors and allocation at every analysis."""

from __future__ import annotations

from math import exp, log

import numba
import numpy as np

from equipoise.simulate.posterior import BETA, NORMAL, RATE, TIE, WIDTH, best_probabilities, better
from equipoise.simulate.streams import exponential, new_stream, normal, open_trial, uniform
from equipoise.simulate.trial import FIRST_COLUMN, FUTILE, REJECTED, UNDECIDED

EQUAL, BEST, PROTECTED = 0, 1, 2
_BEFORE_ARMS = 7
"""Columns of every family, before those of each arm."""


@numba.njit(cache=True, nogil=True)
def adaptive_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    kind: int,
    truth: np.ndarray,
    prior: np.ndarray,
    schedule: np.ndarray,
    burn_in: int,
    timing: tuple[float, bool, float, float],
    allocation: tuple[int, float, float, float, float],
    decision: tuple[float, bool, float],
) -> None:
    """Record trials `first` to `end`; row 0 of `truth` and `prior` is control.

    `schedule` has the patients enrolled at each analysis; `timing` is (months between patients, whether they vary, months
    until an outcome is known, months from the last patient to the final analysis); `allocation` (rule, power or -1 for
    n / 2N, control's power, floor, cap); `decision` (probability that rejects, whether it stops, probability that drops).
    """
    arms, most, looks = len(truth), schedule[-1], len(schedule)
    stream = new_stream(seed, design, scenario)
    arm, arrival, value = np.empty(most, np.int64), np.empty(most), np.empty(most)
    posterior, chance, share = np.empty((arms, WIDTH)), np.empty(arms), np.empty(arms)
    going, size = np.empty(arms, np.bool_), np.empty(arms, np.int64)
    data = np.empty((arms, 3))
    success, stops, drop = decision[0] - TIE, decision[1], decision[2] - TIE
    for trial in range(first, end):
        open_trial(stream, trial)
        going[:], size[:], share[:] = True, 0, 1.0 / arms
        enrolled, now, peak, outcome, look = 0, 0.0, 0.0, UNDECIDED, 0
        for look in range(looks):
            now = _enrol(
                stream, kind, truth, schedule[look], enrolled, burn_in, timing, share, arm, arrival, value, size
            )
            enrolled, final = schedule[look], look == looks - 1
            if final:
                now += timing[3]
            _observe(kind, now, enrolled, timing[2], arm, arrival, value, data)
            for a in range(arms):
                _update(kind, prior[a], data[a], posterior[a])
            highest = 0.0
            for a in range(1, arms):
                chance[a] = better(kind, posterior[a], posterior[0])
                if going[a]:
                    highest = max(highest, chance[a])
            if final or stops:
                peak = max(peak, highest)
                if highest >= success:
                    outcome = REJECTED
                    break
            left = 0
            for a in range(1, arms):
                going[a] = going[a] and chance[a] >= drop
                left += going[a]
            if left == 0:
                outcome = FUTILE
                break
            if not final:
                _allocate(kind, posterior, chance, going, size, enrolled, most, allocation, share)
        record = records[trial - first]
        record[0], record[1], record[FIRST_COLUMN], record[FIRST_COLUMN + 1] = look + 1, outcome, enrolled, now
        record[FIRST_COLUMN + 3] = peak
        _describe(
            record, kind, posterior, chance, going, outcome == REJECTED, success, size, data, arm, value, enrolled
        )


@numba.njit(cache=True, nogil=True)
def _enrol(stream, kind, truth, until, enrolled, burn_in, timing, share, arm, arrival, value, size):  # type: ignore[no-untyped-def]
    """Patients up to `until`: arms in turn during burn-in, then by chance; the month of the last arrival."""
    arms = len(truth)
    for i in range(enrolled, until):
        gap = timing[0] * exponential(stream) if timing[1] else timing[0]
        arrival[i] = gap + (arrival[i - 1] if i else 0.0)
        a = i % arms
        if i >= burn_in * arms:
            u, a = uniform(stream), 0
            while a < arms - 1 and (u >= share[a] or share[a] == 0.0):
                u -= share[a]
                a += 1
            while share[a] == 0.0:  # the shares add to 1 only up to rounding
                a -= 1
        if kind == BETA:
            value[i] = 1.0 if uniform(stream) < truth[a, 0] else 0.0
        elif kind == RATE:
            value[i] = exponential(stream) / truth[a, 0]
        else:
            value[i] = truth[a, 0] + truth[a, 1] * normal(stream)
        arm[i] = a
        size[a] += 1
    return arrival[until - 1]


@numba.njit(cache=True, nogil=True)
def _observe(kind, now, enrolled, delay, arm, arrival, value, data):  # type: ignore[no-untyped-def]
    """What is known by month `now`: in each arm patients, sum and sum of squares about the mean; or events and months."""
    data[:] = 0.0
    for i in range(enrolled):
        d = data[arm[i]]
        if kind == RATE:
            follow = now - arrival[i]
            d[0] += value[i] <= follow
            d[1] += min(value[i], follow)
        elif arrival[i] + delay <= now:
            before = d[1] / d[0] if d[0] > 0.0 else 0.0
            d[0] += 1.0
            d[1] += value[i]
            d[2] += (value[i] - before) * (value[i] - d[1] / d[0])


@numba.njit(cache=True, nogil=True)
def _update(kind, prior, data, posterior):  # type: ignore[no-untyped-def]
    """The conjugate posterior: Gelman et al. 2013, Bayesian Data Analysis, sections 2.4 to 2.6 and 3.3."""
    n, total = data[0], data[1]
    if kind == BETA:
        posterior[0], posterior[1] = prior[0] + total, prior[1] + n - total
    elif kind == RATE:
        posterior[0], posterior[1] = prior[0] + n, prior[1] + total
    elif kind == NORMAL:
        precision = prior[1] ** -2 + n * prior[2] ** -2
        posterior[0] = (prior[0] * prior[1] ** -2 + total * prior[2] ** -2) / precision
        posterior[1] = precision**-0.5
    else:
        weight, shape, scale = prior[1] + n, prior[2] + 0.5 * n, prior[3] + 0.5 * data[2]
        if n > 0.0:
            scale += 0.5 * prior[1] * n / weight * (total / n - prior[0]) ** 2
        posterior[0] = (prior[1] * prior[0] + total) / weight
        posterior[1], posterior[2] = (scale / (shape * weight)) ** 0.5, 2.0 * shape


@numba.njit(cache=True, nogil=True)
def _allocate(kind, posterior, chance, going, size, enrolled, most, allocation, share):  # type: ignore[no-untyped-def]
    """The chance of each arm for the next patients; `chance` is of being better than control."""
    rule, power, control_power, floor, cap = allocation
    arms = len(share)
    if power < 0.0:
        power = 0.5 * enrolled / most
    if rule == BEST:
        row, left, last = np.empty((arms, WIDTH)), 0, 0
        best = np.empty(arms)
        for a in range(arms):
            if going[a]:
                row[left] = posterior[a]
                left += 1
                last = a
        if left == 2:
            best[0], best[1] = 1.0 - chance[last], chance[last]
        else:
            best_probabilities(kind, row, left, best)
        left = 0
        for a in range(arms):
            share[a] = 0.0
            if going[a]:
                share[a] = max(best[left], 0.0) ** power
                left += 1
    elif rule == PROTECTED:
        total, largest, left = 0.0, 0, 0
        for a in range(1, arms):
            share[a] = chance[a] ** power if going[a] else 0.0
            total += share[a]
            left += going[a]
            largest = max(largest, size[a] if going[a] else 0)
        for a in range(1, arms):
            share[a] = share[a] / total if total > 0.0 else going[a] / left
        share[0] = exp(min(control_power * enrolled / most * (largest - size[0]), 50.0)) / left
    else:
        for a in range(arms):
            share[a] = going[a]
    bound_shares(share, going, floor, cap)


@numba.njit(cache=True, nogil=True)
def bound_shares(share, going, floor, cap):  # type: ignore[no-untyped-def]
    """Scale the shares of the arms that are in to 1 and keep each within `floor` and `cap`, in place.

    The shares become min(max(t x, floor), cap) with the t at which they add to 1, found by bisection.
    """
    low, high, total = 0.0, 1.0, 0.0
    for a in range(len(share)):
        total += share[a] if going[a] else 0.0
    for a in range(len(share)):
        share[a] = max(share[a] / total, 1e-12) if going[a] else 0.0
    high = 1e13 if floor > 0.0 or cap < 1.0 else 1.0
    low = 0.0
    scale = 1.0
    if high > 1.0:
        low, high = log(1e-13), log(high)
        for _ in range(60):
            middle = 0.5 * (low + high)
            scale = exp(middle)
            total = 0.0
            for a in range(len(share)):
                total += min(max(scale * share[a], floor), cap) if going[a] else 0.0
            if total < 1.0:
                low = middle
            else:
                high = middle
    total = 0.0
    for a in range(len(share)):
        share[a] = min(max(scale * share[a], floor), cap) if going[a] else 0.0
        total += share[a]
    for a in range(len(share)):
        share[a] /= total


@numba.njit(cache=True, nogil=True)
def _describe(record, kind, posterior, chance, going, rejected, success, size, data, arm, value, enrolled):  # type: ignore[no-untyped-def]
    arms, best = len(size), 1
    for a in range(2, arms):
        ahead = going[a] and not going[best]
        if ahead or (going[a] == going[best] and chance[a] > chance[best]):
            best = a
    if kind == RATE:
        estimate = log(posterior[0, 0] / posterior[0, 1]) - log(posterior[best, 0] / posterior[best, 1])
    elif kind == BETA:
        estimate = posterior[best, 0] / (posterior[best, 0] + posterior[best, 1])
        estimate -= posterior[0, 0] / (posterior[0, 0] + posterior[0, 1])
    else:
        estimate = posterior[best, 0] - posterior[0, 0]
    counted, dropped = 0.0, 0
    for a in range(arms):
        dropped += not going[a]
        counted += data[a, 0] if kind == RATE else 0.0
        record[FIRST_COLUMN + _BEFORE_ARMS + a] = size[a]
        if a:
            refuted = rejected and going[a] and chance[a] >= success
            record[FIRST_COLUMN + _BEFORE_ARMS + arms + a - 1] = refuted
    for i in range(enrolled):
        counted += value[i] if kind == BETA else 0.0
    record[FIRST_COLUMN + 2], record[FIRST_COLUMN + 4] = estimate, best
    record[FIRST_COLUMN + 5], record[FIRST_COLUMN + 6] = dropped, counted
