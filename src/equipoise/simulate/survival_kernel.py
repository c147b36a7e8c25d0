"""The kernel of survival trials: patients arrive, are followed in calendar time, and are compared at each look.

A trial of n patients costs time linear in n: draws, two bucket sorts, and a pass over all for each look that is held.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

from equipoise.simulate.arrivals import fill_arrivals
from equipoise.simulate.streams import fill_words, new_stream, open_trial
from equipoise.simulate.sufficient import verdict
from equipoise.simulate.survival_looks import (
    Looks,
    count_followed,
    life_table,
    month_of_look,
    months_followed,
    new_looks,
    spread_events,
)
from equipoise.simulate.survival_max_combo import equivalent_z, weighted_tests
from equipoise.simulate.survival_patients import Floats, Truth, follow_up, new_patients, put_in_order
from equipoise.simulate.survival_statistics import fleming_harrington, log_rank, milestone, restricted_mean
from equipoise.simulate.trial import UNDECIDED

LOG_RANK, FLEMING_HARRINGTON, MAX_COMBO, MAX_COMBO_P, RESTRICTED_MEAN, MILESTONE = range(6)
PATH = 5
"""Figures of each look of a trial: see `survival_trial`."""


class Test(NamedTuple):
    """Which of the tests named above, its weights (tests, 2) as rho and gamma, and its months."""

    kind: int
    weights: Floats
    tau: float


@numba.njit(cache=True, nogil=True, error_model="numpy")
def survival_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    upper: np.ndarray,
    lower: np.ndarray,
    arrival_kind: int,
    arrival_table: np.ndarray,
    truth: Truth,
    looks: Looks,
    test: Test,
) -> None:
    """Record trials `first` to `end`; arrivals are as `fill_arrivals` takes them."""
    stream = new_stream(seed, design, scenario)
    room, path = new_room(len(truth.arm), len(test.weights)), np.empty((len(upper), PATH))
    for trial in range(first, end):
        open_trial(stream, trial)
        held, outcome = survival_trial(
            stream, upper, lower, arrival_kind, arrival_table, truth, looks, test, room, path
        )
        now, enrolled = path[held - 1, 0], int(path[held - 1, 1])
        record = records[trial - first]
        record[0], record[1], record[2], record[3], record[4] = held, outcome, enrolled, path[held - 1, 2], now
        record[5], record[6] = months_followed(now, enrolled, room[1]), path[held - 1, 4]


@numba.njit(cache=True, nogil=True)
def new_room(n: int, tests: int) -> tuple[Any, ...]:
    """Room for a trial of n patients: words, patients, the same in order, events, life table, and scratch for the tests."""
    patients, ordered = new_patients(n)
    events, table, scratch = new_looks(n)
    words, reciprocal = np.empty(4 * ((n + 1) // 2), np.uint32), 1.0 / np.maximum(np.arange(n + 1), 1)
    return words, patients, ordered, events, table, scratch, reciprocal, np.empty(tests), np.empty((tests, tests))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def survival_trial(
    stream: np.ndarray,
    upper: np.ndarray,
    lower: np.ndarray,
    arrival_kind: int,
    arrival_table: np.ndarray,
    truth: Truth,
    looks: Looks,
    test: Test,
    room: tuple[Any, ...],
    path: np.ndarray,
) -> tuple[int, int]:
    """One trial from its stream: how many looks were held, and the outcome; each look held fills its row of `path`.

    A row has the month, the patients enrolled, the events, the statistic and the estimate. The patients stay in `room`.
    """
    words, patients, ordered, events, table, scratch, reciprocal, z_by_test, correlation = room
    fill_words(stream, words)
    fill_arrivals(stream, arrival_kind, arrival_table, patients.arrivals)
    follow_up(words, truth, patients)
    put_in_order(truth, patients, ordered)
    had = spread_events(patients, looks.per_month, events)
    k = outcome = 0
    for k in range(len(upper)):
        now, is_last = month_of_look(k, looks, had, events, patients.arrivals)
        enrolled = int(np.searchsorted(patients.arrivals, now, side="right"))
        rows = life_table(now, enrolled, truth.arm, patients, ordered, table, scratch)
        if test.kind < RESTRICTED_MEAN:
            z, estimate = _hazards(rows, table, reciprocal, test, upper[k], lower[k], z_by_test, correlation)
        else:
            followed = count_followed(now, enrolled, truth.arm, patients, test.tau)
            if test.kind == RESTRICTED_MEAN:
                z, estimate = restricted_mean(rows, table, test.tau, followed)
            else:
                z, estimate = milestone(rows, table, test.tau, followed)
        path[k, 0], path[k, 1], path[k, 2], path[k, 3], path[k, 4] = now, enrolled, rows, z, estimate
        outcome = verdict(z, upper[k], lower[k])
        if is_last or outcome != UNDECIDED:
            break
    return k + 1, outcome


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _hazards(rows, table, reciprocal, test, upper, lower, z_by_test, correlation):  # type: ignore[no-untyped-def]
    """z and the estimate of a test that compares hazards."""
    if test.kind == FLEMING_HARRINGTON:
        return fleming_harrington(rows, table, reciprocal, test.weights[0, 0], test.weights[0, 1])
    z, estimate = log_rank(rows, table, reciprocal)
    if test.kind != LOG_RANK:
        z = weighted_tests(rows, table, reciprocal, test.weights, z_by_test, correlation)
        if test.kind == MAX_COMBO_P:
            z = equivalent_z(z, correlation, upper, lower)
    return z, estimate
