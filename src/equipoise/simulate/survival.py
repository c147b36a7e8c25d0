"""The log-rank kernel: two arms followed in calendar time, analysed at given numbers of events.

Each patient costs 64 random bits: one 32-bit exponential for the time to event or dropout, whichever is first (their
hazards add), and one 32-bit uniform for which of the two it was. Within an arm that time is increasing in the first
draw, so patients are put in order by a bucket sort of uniforms (linear on average) and the two arms are merged.
"""

from __future__ import annotations

from math import inf, log, sqrt

import numba
import numpy as np

from equipoise.simulate.streams import new_stream, open_trial, uniform32, words
from equipoise.simulate.sufficient import verdict
from equipoise.simulate.trial import UNDECIDED


@numba.njit(cache=True, nogil=True)
def survival_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    upper: np.ndarray,
    lower: np.ndarray,
    events: np.ndarray,
    arrivals: np.ndarray,
    arm: np.ndarray,
    breaks: np.ndarray,
    hazards: np.ndarray,
    dropout: float,
) -> None:
    """Record trials `first` to `end`; `hazards` is (2, pieces), arm 1 is treatment, arrivals increase."""
    n, looks = len(arrivals), len(events)
    stream = new_stream(seed, design, scenario)
    keys, event = np.empty(n), np.empty(n, np.bool_)
    follow, leave, calendar = np.empty(n), np.empty(n), np.empty(n)
    order, scratch = np.empty(n, np.int64), np.empty(n, np.int64)
    starts = np.empty(n + 2, np.int64)
    for trial in range(first, end):
        open_trial(stream, trial)
        _follow_up(stream, arm, breaks, hazards, dropout, keys, follow, event)
        _sort_by_follow_up(keys, follow, arm, order, scratch, starts)
        had, short = 0, False
        for i in range(n):
            leave[i] = arrivals[i] + follow[i]
            if event[i]:
                calendar[had] = leave[i]
                had += 1
        known, enrolled, now, k, outcome = 0, n, inf, 0, 0
        for k in range(looks):
            now, short = inf, events[k] > had
            if not short:
                now = _select(calendar, known, had, events[k] - 1)
                known = events[k]
            enrolled = n if short else np.searchsorted(arrivals, now, side="right")
            z = log_rank(now, enrolled, order, arrivals, follow, leave, event, arm)
            outcome = verdict(z, upper[k], lower[k])
            if short or outcome != UNDECIDED:
                break
        if short:
            now = _last_event(calendar, had, arrivals)
        record = records[trial - first]
        record[0], record[1], record[2] = k + 1, outcome, enrolled
        record[3], record[4] = min(events[k], had), now


@numba.njit(cache=True, nogil=True)
def _last_event(calendar, had, arrivals):  # type: ignore[no-untyped-def]
    """When all that can happen has happened: the last event, or the last arrival if that is later."""
    month = arrivals[-1]
    for i in range(had):
        month = max(month, calendar[i])
    return month


@numba.njit(cache=True, nogil=True)
def _follow_up(stream, arm, breaks, hazards, dropout, keys, follow, event):  # type: ignore[no-untyped-def]
    n = len(arm)
    for i in range(0, n, 2):
        w0, w1, w2, w3 = words(stream)
        _one_patient(i, w0, w1, arm, breaks, hazards, dropout, keys, follow, event)
        if i + 1 < n:
            _one_patient(i + 1, w2, w3, arm, breaks, hazards, dropout, keys, follow, event)


@numba.njit(cache=True, nogil=True, inline="always")
def _one_patient(i, time_word, cause_word, arm, breaks, hazards, dropout, keys, follow, event):  # type: ignore[no-untyped-def]
    u = uniform32(time_word)
    keys[i] = u
    left, a, piece = -log(1.0 - u), arm[i], 0
    while piece + 1 < len(breaks):
        used = (hazards[a, piece] + dropout) * (breaks[piece + 1] - breaks[piece])
        if left < used:
            break
        left -= used
        piece += 1
    total = hazards[a, piece] + dropout
    follow[i] = breaks[piece] + left / total if total > 0.0 else inf
    event[i] = uniform32(cause_word) * total < hazards[a, piece]


@numba.njit(cache=True, nogil=True)
def _sort_by_follow_up(keys, follow, arm, order, scratch, starts):  # type: ignore[no-untyped-def]
    n = len(keys)
    middle = _bucket_sort(keys, arm, 0, scratch, 0, starts)
    _bucket_sort(keys, arm, 1, scratch, middle, starts)
    i, j = 0, middle
    for at in range(n):
        if j >= n or (i < middle and follow[scratch[i]] <= follow[scratch[j]]):
            order[at] = scratch[i]
            i += 1
        else:
            order[at] = scratch[j]
            j += 1


@numba.njit(cache=True, nogil=True)
def _bucket_sort(keys, arm, which, out, offset, starts):  # type: ignore[no-untyped-def]
    """Put one arm's patients into `out` from `offset`, by key; where the next arm starts."""
    n = len(keys)
    starts[:] = 0
    for i in range(n):
        if arm[i] == which:
            starts[int(keys[i] * n) + 1] += 1
    starts[0] = offset
    for b in range(1, n + 1):
        starts[b] += starts[b - 1]
    end = starts[n]
    for i in range(n):
        if arm[i] == which:
            b = int(keys[i] * n)
            out[starts[b]] = i
            starts[b] += 1
    for at in range(offset + 1, end):  # buckets are in order; finish within them
        patient, key, to = out[at], keys[out[at]], at
        while to > offset and keys[out[to - 1]] > key:
            out[to] = out[to - 1]
            to -= 1
        out[to] = patient
    return end


@numba.njit(cache=True, nogil=True)
def _select(x, low, high, rank):  # type: ignore[no-untyped-def]
    """The value of `rank` in order, where x[:low] are known to be smaller; partitions x[low:high] around it.

    Hoare's quickselect with the median of three.
    """
    high -= 1
    while low < high:
        a, b, c = x[low], x[(low + high) // 2], x[high]
        pivot = max(min(a, b), min(max(a, b), c))
        i, j = low, high
        while i <= j:
            while x[i] < pivot:
                i += 1
            while x[j] > pivot:
                j -= 1
            if i <= j:
                x[i], x[j] = x[j], x[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    return x[rank]


@numba.njit(cache=True, nogil=True)
def log_rank(now, enrolled, order, arrivals, follow, leave, event, arm):  # type: ignore[no-untyped-def]
    """The log-rank z at calendar time `now`; positive when treatment (arm 1) has fewer events than expected.

    Mantel 1966. `order` sorts all patients by `follow`; those still followed are censored at `now` minus arrival,
    which falls in the order of arrival, so one pass over both orders does. Tied times are taken one by one.
    """
    at_risk = treated = 0
    for i in range(enrolled):
        at_risk += 1
        treated += arm[i]
    last = enrolled - 1
    excess = variance = 0.0
    for i in order:
        if leave[i] > now:
            continue
        time = follow[i]
        while last >= 0 and now - arrivals[last] < time:
            if leave[last] > now:
                at_risk -= 1
                treated -= arm[last]
            last -= 1
        if event[i]:
            share = treated / at_risk
            excess += share - arm[i]
            variance += share * (1.0 - share)
        at_risk -= 1
        treated -= arm[i]
    return excess / sqrt(variance) if variance > 0.0 else 0.0
