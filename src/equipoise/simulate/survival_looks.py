"""Kernels for a look at a trial in calendar time: when it is, and the life table of what is known then."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from equipoise.simulate.survival_patients import Floats, Ordered, Patients, Wholes


class Looks(NamedTuple):
    """When looks are: by events, by calendar month, and when so many patients have been in for `window` months.

    The latest of those counts; 0 is no rule. `last_month` ends the trial. Events are sought in even buckets of calendar
    time, of 1 / `per_month` months.
    """

    events: Wholes
    months: Floats
    patients: Wholes
    window: float
    last_month: float
    per_month: float


class Events(NamedTuple):
    """The calendar months of a trial's events, the bucket of each, how many each has, and scratch."""

    calendar: Floats
    bucket: NDArray[np.int32]
    counts: NDArray[np.int32]
    few: Floats


class LifeTable(NamedTuple):
    """A look's life table, with a row for each event in the order of months since enrolment; tied events have a row each.

    The month, whether it happened on treatment, and who was at risk, in both arms and on treatment.
    """

    months: Floats
    treated: Wholes
    at_risk: Wholes
    treated_at_risk: Wholes


class Scratch(NamedTuple):
    """Who was followed to the end by a look, and who is still followed: months, and what `Ordered.kind` or arm says."""

    seen: Floats
    seen_kind: Wholes
    staying: Floats
    staying_arm: Wholes


@numba.njit(cache=True, nogil=True)
def new_looks(n: int) -> tuple[Events, LifeTable, Scratch]:
    """Room for the looks at a trial of n patients; a place more, for what is written before it is counted."""
    room, size = n + 1, n // 2 + 1
    events = Events(np.empty(room), np.empty(n, np.int32), np.empty(size, np.int32), np.empty(room))
    whole, at_risk, on_treatment = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    scratch = Scratch(np.empty(room), np.empty(room, np.int64), np.empty(room), np.empty(room, np.int64))
    return events, LifeTable(np.empty(room), whole, at_risk, on_treatment), scratch


@numba.njit(cache=True, nogil=True, error_model="numpy")
def spread_events(patients: Patients, per_month: float, events: Events) -> int:
    """Collect the calendar months of all events that ever happen, and count them in buckets; how many."""
    leave, event, calendar, bucket, counts = (
        patients.leave,
        patients.event,
        events.calendar,
        events.bucket,
        events.counts,
    )
    had, top = 0, len(counts) - 1
    for i in range(len(leave)):
        calendar[had] = leave[i]
        had += event[i]
    counts[:] = 0
    for i in range(had):
        b = min(np.int64(calendar[i] * per_month), top)
        bucket[i] = b
        counts[b] += 1
    return had


@numba.njit(cache=True, nogil=True)
def month_of_event(rank: int, had: int, events: Events) -> float:
    """The calendar month of the `rank`-th event (from 1); inf if there are fewer. Only its bucket is searched."""
    if rank > had:
        return inf
    below = found = b = 0
    while below + events.counts[b] < rank:
        below += events.counts[b]
        b += 1
    for i in range(had):
        events.few[found] = events.calendar[i]
        found += events.bucket[i] == b
    return _select(events.few, found, rank - below - 1)


@numba.njit(cache=True, nogil=True)
def month_of_look(look: int, looks: Looks, had: int, events: Events, arrivals: np.ndarray) -> tuple[float, bool]:
    """The calendar month of a look (from 0), and whether it must be the last.

    It must at `last_month`; and where it waits for events that never happen, it is held when all have, or at the last
    arrival if that is later.
    """
    now = looks.months[look]
    if looks.events[look] > 0:
        now = max(now, month_of_event(looks.events[look], had, events))
    if looks.patients[look] > 0:
        now = max(now, arrivals[looks.patients[look] - 1] + looks.window)
    if now >= looks.last_month:
        if looks.last_month < inf:
            return looks.last_month, True
        now = arrivals[-1]
        for i in range(had):
            now = max(now, events.calendar[i])
        return now, True
    return now, False


@numba.njit(cache=True, nogil=True)
def _select(x, size, rank):  # type: ignore[no-untyped-def]
    """The value of `rank` (from 0) among x[:size], which is put in another order.

    Hoare's quickselect with the median of three.
    """
    low, high = 0, size - 1
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


@numba.njit(cache=True, nogil=True, error_model="numpy")
def life_table(
    now: float, enrolled: int, arm: np.ndarray, patients: Patients, ordered: Ordered, table: LifeTable, scratch: Scratch
) -> int:
    """Fill the life table of what is known at calendar month `now`; how many rows it has.

    Who is still followed is censored at `now` minus arrival, which falls in the order of arrival, so one pass over both
    orders does. Whoever is censored at the time of an event is at risk of it.
    """
    seen, seen_kind, staying, staying_arm = scratch
    left = _who_left(now, ordered.leave, ordered.follow, ordered.kind, seen, seen_kind)
    stay = _who_stays(now, enrolled, patients.leave, patients.arrivals, arm, staying, staying_arm)
    treated = 0
    for i in range(enrolled):
        treated += arm[i]
    return _merge(enrolled, treated, left, stay, table, scratch)


# Few arguments keep these loops in registers.


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _who_left(now, leave, follow, kind, seen, seen_kind):  # type: ignore[no-untyped-def]
    left = 0
    for at in range(len(leave)):
        seen[left], seen_kind[left] = follow[at], kind[at]
        left += leave[at] <= now
    return left


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _who_stays(now, enrolled, leave, arrivals, arm, staying, staying_arm):  # type: ignore[no-untyped-def]
    stay = 0
    for i in range(enrolled):
        staying[stay], staying_arm[stay] = now - arrivals[i], arm[i]
        stay += leave[i] > now
    return stay


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _merge(risk, on_treatment, left, stay, table, scratch):  # type: ignore[no-untyped-def]
    seen, seen_kind, staying, staying_arm = scratch
    months, treated, at_risk, treated_at_risk = table
    rows, last = 0, stay - 1
    for at in range(left):
        month, kind = seen[at], seen_kind[at]
        while last >= 0 and staying[last] < month:
            risk -= 1
            on_treatment -= staying_arm[last]
            last -= 1
        months[rows], treated[rows] = month, kind & 1
        at_risk[rows], treated_at_risk[rows] = risk, on_treatment
        rows += kind >> 1
        risk -= 1
        on_treatment -= kind & 1
    return rows


@numba.njit(cache=True, nogil=True, error_model="numpy")
def count_followed(now: float, enrolled: int, arm: np.ndarray, patients: Patients, tau: float) -> tuple[int, int]:
    """How many of control and of treatment have been followed for `tau` months by calendar month `now`."""
    both = treated = 0
    for i in range(enrolled):
        long = min(patients.follow[i], now - patients.arrivals[i]) >= tau
        both += long
        treated += long & (arm[i] == 1)
    return both - treated, treated


@numba.njit(cache=True, nogil=True, error_model="numpy")
def months_followed(now: float, enrolled: int, patients: Patients) -> float:
    """Patient-months followed by calendar month `now`."""
    total = 0.0
    for i in range(enrolled):
        total += min(patients.follow[i], now - patients.arrivals[i])
    return total
