"""Kernels that draw patients' follow-up and put them in order.

Each patient costs 64 random bits: one 32-bit exponential for the time to event or dropout, whichever is first (their
hazards add), and one 32-bit uniform for which of the two it was, and for whether the patient is cured. The loops have no
branches and their logarithm is plain arithmetic, so that the compiler works on several patients at once.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Floats, Wholes = NDArray[np.float64], NDArray[np.int64]
_MANTISSA = np.int64(52)
_ROOT_HALF = np.int64(0x3FE6A09E667F3BCD)  # the bits of sqrt(1/2)
_LOG_2 = 0.6931471805599453
_TO_UNIT = 2.0**-32
CELLS = 64
"""Pieces of the straight-line distribution function by which patients are put in buckets."""


class Truth(NamedTuple):
    """What is true of follow-up, as the kernels take it; made by `truth_of`.

    Rows of `total` (all hazards) and `chance` (that what ends a follow-up is the event) are control, treatment, and the
    cured of each; columns are pieces. Where there is one piece and nobody is cured (`simple`), `mean` and `bound` hold each
    patient's mean follow-up and 2^32 times the chance. `most` is the longest follow-up. By `centre` c and `guide`, the
    patients expected to be followed for less than t at CELLS + 1 even points of t / (t + c), they are put in order: how
    fast depends on it, the order does not.
    """

    arm: Wholes
    simple: bool
    mean: Floats
    bound: Wholes
    breaks: Floats
    total: Floats
    chance: Floats
    cured: Floats
    most: float
    centre: float
    guide: Floats


class Patients(NamedTuple):
    """A trial's patients: month of arrival, months followed, the sum of both, and whether an event ended it (uint8)."""

    arrivals: Floats
    follow: Floats
    leave: Floats
    event: NDArray[np.uint8]


class Ordered(NamedTuple):
    """The same patients in the order of months followed: these, the calendar month of leaving, arm + 2 event, and who."""

    follow: Floats
    leave: Floats
    kind: Wholes
    who: NDArray[np.int32]
    bucket: NDArray[np.int32]
    starts: NDArray[np.int32]


def truth_of(arm: Wholes, breaks: Floats, hazards: Floats, dropout: Floats, cured: Floats, most: float) -> Truth:
    """The truth from hazards (2, pieces), control first, dropout hazards (2,) and shares of cured (2,)."""
    event = np.vstack([hazards, np.zeros_like(hazards)])
    total = event + np.tile(dropout, 2)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = 1.0 / total[arm, 0]
        chance = np.where(total > 0, event / total, 0.0)
    bound = np.minimum(np.rint(chance[arm, 0] * 2.0**32), 2.0**32).astype(np.int64)
    simple = len(breaks) == 1 and not cured.any()
    shares = np.bincount(arm, minlength=2) / len(arm)
    centre, guide = _guide(breaks, total, np.concatenate([shares * (1.0 - cured), shares * cured]))
    return Truth(arm, simple, mean, bound, breaks, total, chance, cured, most, centre, guide * len(arm))


def _guide(breaks: Floats, total: Floats, weights: Floats) -> tuple[float, Floats]:
    """The median of what follow-ups end, and their distribution function at the points of the guide."""
    reached = np.hstack([np.zeros((4, 1)), np.cumsum(total[:, :-1] * np.diff(breaks), axis=1)])

    def followed(t: Floats) -> Floats:
        piece = np.searchsorted(breaks, t, side="right") - 1
        return weights @ -np.expm1(-(reached[:, piece] + total[:, piece] * (t - breaks[piece])))

    months = np.geomspace(1e-6, 1e6, 4801)
    by = followed(months)
    centre = float(months[np.searchsorted(by, 0.5 * by[-1])])
    part = np.arange(CELLS) / CELLS
    return centre, followed(np.append(centre * part / (1.0 - part), 1e12))


@numba.njit(nogil=True, error_model="numpy", inline="always")
def minus_log(v: float) -> float:
    """-log(v) for a normal number v, to 3 units in the last place, by additions, multiplications and one division.

    v = 2^k m with sqrt(1/2) <= m < sqrt(2), and log m = 2 artanh((m - 1) / (m + 1)) by its series (Abramowitz & Stegun
    1964, 4.1.27), whose terms after s^21 are below 1e-18. The same bits on every machine.
    """
    bits = np.float64(v).view(np.int64)
    power = (bits - _ROOT_HALF) >> _MANTISSA
    m = np.int64(bits - (power << _MANTISSA)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    series = 1.0 / 21.0
    for odd in (19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0):
        series = series * z + 1.0 / odd
    return -(power * _LOG_2 + (2.0 * s + 2.0 * s * z * series))


@numba.njit(cache=True, nogil=True)
def new_patients(n: int) -> tuple[Patients, Ordered]:
    """Room for a trial's patients."""
    patients = Patients(np.empty(n), np.empty(n), np.empty(n), np.empty(n, np.uint8))
    whole, starts = np.empty(n, np.int64), np.empty(n + 1, np.int32)
    return patients, Ordered(np.empty(n), np.empty(n), whole, np.empty(n, np.int32), np.empty(n, np.int32), starts)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def follow_up(words: np.ndarray, truth: Truth, patients: Patients) -> None:
    """Draw what follows arrival: each patient's months to the event, to dropping out or to `most`, and which it was.

    `words` holds at least 2 n words: patient i's are i and len(words) / 2 + i.
    """
    half = len(words) // 2
    arrivals, follow, leave, event = patients
    if truth.simple:
        _one_piece(words[:half], words[half:], truth.mean, truth.bound, follow, event)
    else:
        _pieces(words[:half], words[half:], truth, follow, event)
    if truth.most < inf:
        for i in range(len(follow)):
            if follow[i] > truth.most:
                follow[i], event[i] = truth.most, False
    for i in range(len(follow)):
        leave[i] = arrivals[i] + follow[i]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _one_piece(times, causes, mean, bound, follow, event):  # type: ignore[no-untyped-def]
    for i in range(len(follow)):
        follow[i] = minus_log((np.float64(np.int64(times[i])) + 0.5) * _TO_UNIT) * mean[i]
    for i in range(len(follow)):
        event[i] = np.int64(causes[i]) < bound[i]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _pieces(times, causes, truth, follow, event):  # type: ignore[no-untyped-def]
    breaks, total = truth.breaks, truth.total
    for i in range(len(follow)):
        left = minus_log((np.float64(np.int64(times[i])) + 0.5) * _TO_UNIT)
        cause, row, piece = (np.float64(np.int64(causes[i])) + 0.5) * _TO_UNIT, truth.arm[i], 0
        share = truth.cured[row]
        if cause < share:
            row, cause = row + 2, cause / share
        else:
            cause = (cause - share) / (1.0 - share)
        while piece + 1 < len(breaks):
            used = total[row, piece] * (breaks[piece + 1] - breaks[piece])
            if left < used:
                break
            left -= used
            piece += 1
        rate = total[row, piece]
        follow[i] = breaks[piece] + left / rate if rate > 0.0 else inf
        event[i] = cause < truth.chance[row, piece]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def put_in_order(truth: Truth, patients: Patients, ordered: Ordered) -> None:
    """Sort patients by months followed: in buckets by the guide, then by insertion.

    Linear in the patients where the guide is good (Cormen et al. 2009, section 8.4); equal times stay in order of patients.
    """
    _choose_buckets(patients.follow, truth.centre, truth.guide, ordered.bucket, ordered.starts)
    _fill_buckets(patients.follow, ordered.bucket, ordered.starts, ordered.follow, ordered.who)
    _insert(ordered.follow, ordered.who)
    for at in range(len(ordered.who)):
        patient = ordered.who[at]
        ordered.leave[at] = patients.leave[patient]
        ordered.kind[at] = truth.arm[patient] + 2 * patients.event[patient]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _choose_buckets(follow, centre, guide, bucket, starts):  # type: ignore[no-untyped-def]
    n = len(follow)
    for i in range(n):
        place = (1.0 - centre / (centre + follow[i])) * CELLS
        cell = min(np.int64(place), CELLS - 1)
        low = guide[cell]
        bucket[i] = min(np.int64(low + (guide[cell + 1] - low) * (place - cell)), n - 1)
    starts[:] = 0
    for i in range(n):
        starts[bucket[i] + 1] += 1
    for b in range(1, n):
        starts[b] += starts[b - 1]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _fill_buckets(follow, bucket, starts, months, who):  # type: ignore[no-untyped-def]
    for i in range(len(follow)):
        at = starts[bucket[i]]
        starts[bucket[i]] = at + 1
        months[at], who[at] = follow[i], i


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _insert(months, who):  # type: ignore[no-untyped-def]
    for at in range(1, len(months)):
        month = months[at]
        if months[at - 1] > month:
            patient, to = who[at], at
            while to > 0 and months[to - 1] > month:
                months[to], who[to] = months[to - 1], who[to - 1]
                to -= 1
            months[to], who[to] = month, patient
