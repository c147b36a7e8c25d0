"""The statistics of survival trials, on random data, against their definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_survival import arm_mean, arm_milestone, difference_test, observed, weighted_parts, weighted_test

from equipoise.simulate import survival_statistics
from equipoise.simulate.survival_looks import (
    count_followed,
    life_table,
    month_of_event,
    months_followed,
    new_looks,
    spread_events,
)
from equipoise.simulate.survival_max_combo import weighted_tests
from equipoise.simulate.survival_patients import CELLS, follow_up, minus_log, new_patients, put_in_order, truth_of

PAIRS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 2.0))


def in_order(arrivals, follow, event, arm):
    """Patients as the kernels hold them, put in order by a guide that does not suit them."""
    n = len(follow)
    patients, ordered = new_patients(n)
    patients.arrivals[:], patients.follow[:], patients.event[:] = arrivals, follow, event
    patients.leave[:] = arrivals + follow
    none = np.zeros(2)
    truth = truth_of(arm.astype(np.int64), np.zeros(1), np.full((2, 1), 0.1), none, none, math.inf)
    put_in_order(truth, patients, ordered)
    return patients, ordered


class Look:
    """Random patients of a trial, what is known of them at `now`, and the compiled life table."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(2, 80))
        self.arrivals = np.sort(rng.uniform(0, 24, n))
        self.follow, self.event = rng.exponential(10, n), rng.random(n) < 0.8
        self.arm, self.rng = rng.integers(0, 2, n), rng
        self.reciprocal = 1 / np.maximum(np.arange(n + 1), 1)
        self.patients, self.ordered = in_order(self.arrivals, self.follow, self.event, self.arm)

    def table(self, now):
        self.enrolled = np.searchsorted(self.arrivals, now, side="right")
        _, table, scratch = new_looks(len(self.follow))
        return life_table(now, self.enrolled, self.arm, self.patients, self.ordered, table, scratch), table

    def seen(self, now):
        return observed(now, self.arrivals, self.follow, self.event, self.arm)

    def moments(self):
        return [0.0, 3.0, 12.0, 30.0, 1e9, *self.rng.choice((self.arrivals + self.follow), 5)]


@pytest.mark.parametrize("seed", range(40))
def test_weighted_log_rank_tests_are_as_defined(seed):
    look = Look(seed)
    for now in look.moments():
        rows, table = look.table(now)
        seen = look.seen(now)
        own = survival_statistics.log_rank(rows, table, look.reciprocal)
        assert own == pytest.approx(weighted_test(*seen), abs=1e-9)
        for rho, gamma in PAIRS:
            own = survival_statistics.fleming_harrington(rows, table, look.reciprocal, rho, gamma)
            assert own == pytest.approx(weighted_test(*seen, rho, gamma), abs=1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_restricted_means_and_milestones_are_as_defined_and_unknown_beyond_follow_up(seed):
    look = Look(seed)
    unknown = 0
    for now in look.moments():
        rows, table = look.table(now)
        seen = look.seen(now)
        for tau in (2.0, 6.0, 18.0):
            followed = count_followed(now, look.enrolled, look.arm, look.patients, tau)
            for own, slow in (
                (survival_statistics.restricted_mean(rows, table, tau, followed), arm_mean),
                (survival_statistics.milestone(rows, table, tau, followed), arm_milestone),
            ):
                assert own == pytest.approx(difference_test(slow, *seen, tau), abs=1e-9, nan_ok=True)
                unknown += math.isnan(own[0])
    assert unknown > 0


@pytest.mark.parametrize("seed", range(10))
def test_max_combo_is_the_largest_test_with_the_correlations_of_the_scores(seed):
    look = Look(seed)
    weights = np.array(PAIRS)
    z, correlation = np.empty(5), np.empty((5, 5))
    rows, table = look.table(1e9)
    largest = weighted_tests(rows, table, look.reciprocal, weights, z, correlation)
    seen = look.seen(1e9)
    slow = np.array([weighted_test(*seen, *pair)[0] for pair in PAIRS])
    if not all(weighted_parts(*seen, *pair)[1] for pair in PAIRS):
        assert largest == 0
        return
    assert z == pytest.approx(slow, abs=1e-9)
    assert largest == slow.max() or largest == pytest.approx(slow.max())
    middle = [[weighted_parts(*seen, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2)[1] for b in PAIRS] for a in PAIRS]
    spread = np.sqrt(np.diag(middle))  # the covariance of scores with weights u and v is the variance with sqrt(u v)
    assert correlation == pytest.approx(middle / spread[:, None] / spread, abs=1e-9)


def test_patient_months_are_summed():
    look = Look(3)
    for now in look.moments():
        look.table(now)
        own = months_followed(now, look.enrolled, look.patients)
        assert own == pytest.approx(look.seen(now)[0].sum())


@settings(deadline=None, max_examples=200)
@given(st.lists(st.floats(0, 1e300) | st.sampled_from([0.0, 1.0, 7.0, math.inf]), min_size=1, max_size=60))
def test_patients_are_put_in_order_whatever_the_guide(follow):
    n, follow = len(follow), np.array(follow)
    _, ordered = in_order(np.arange(n), follow, np.ones(n, bool), np.zeros(n, int))
    assert (ordered.who == np.argsort(follow, kind="stable")).all()
    assert (ordered.follow == np.sort(follow)).all()


@settings(deadline=None, max_examples=200)
@given(st.lists(st.floats(0, 100) | st.integers(0, 9).map(float), min_size=1, max_size=60), st.floats(0.01, 10))
def test_the_month_of_an_event_is_its_order_statistic(leave, per_month):
    n = len(leave)
    event = np.arange(n) % 3 > 0
    patients, _ = in_order(np.zeros(n), np.array(leave), event, np.zeros(n, int))
    events, _, _ = new_looks(n)
    had = spread_events(patients, per_month, events)
    ends = np.sort(np.array(leave)[event])
    assert had == len(ends)
    for rank, month in enumerate([*ends, math.inf], start=1):
        assert month_of_event(rank, had, events) == month


def test_the_logarithm_is_right_to_the_last_places():
    words = np.concatenate([np.random.default_rng(1).integers(0, 2**32, 100_000), [0, 1, 2**31, 2**32 - 2, 2**32 - 1]])
    unit = (words + 0.5) / 2**32
    for u in unit[-2000:]:
        assert minus_log(u) == pytest.approx(-math.log(u), rel=1e-15)


BREAKS, HAZARDS = np.array([0.0, 3.0, 9.0]), np.array([[0.1, 0.0, 0.2], [0.02, 0.3, 0.05]])


@pytest.mark.parametrize("cured", [(0.0, 0.0), (0.2, 0.5)])
def test_follow_up_has_the_distribution_of_its_hazards(cured):
    """By cause and month: the integral of survival times hazard, on a fine grid."""
    n, dropout = 400_000, np.array([0.01, 0.03])
    arm = np.arange(n) % 2
    words = np.random.default_rng(3).integers(0, 2**32, 2 * n, dtype=np.uint32)
    patients, _ = new_patients(n)
    patients.arrivals[:] = 0
    follow_up(words, truth_of(arm, BREAKS, HAZARDS, dropout, np.array(cured), 30.0), patients)
    follow, event = patients.follow, patients.event
    assert (follow == patients.leave).all()
    grid = np.arange(0, 30, 0.001) + 0.0005
    for g in (0, 1):
        hazard = HAZARDS[g][np.searchsorted(BREAKS, grid, side="right") - 1]
        event_free = cured[g] + (1 - cured[g]) * np.exp(-np.cumsum(hazard) * 0.001)
        density = -np.diff(event_free, prepend=1.0) * np.exp(-dropout[g] * grid)
        drop = event_free * dropout[g] * np.exp(-dropout[g] * grid) * 0.001
        for month in (1.0, 3.0, 5.0, 10.0, 29.0):
            for cause, by in ((1, density), (0, drop)):
                p = by[grid < month].sum()
                mine = ((follow < month) & (event == cause))[arm == g].mean()
                assert abs(mine - p) < 4 * math.sqrt(p * (1 - p) / (n / 2)) + 1e-4
        assert ((follow == 30.0) & (event == 0))[arm == g].mean() == pytest.approx(
            event_free[-1] * math.exp(-dropout[g] * 30), abs=0.004
        )


def test_the_guide_is_the_distribution_of_follow_up():
    arm = np.arange(1000) % 2
    guide = truth_of(arm, BREAKS, HAZARDS, np.array([0.01, 0.03]), np.array([0.2, 0.5]), math.inf).guide
    assert guide[0] == 0
    assert (np.diff(guide) >= 0).all()
    assert guide[-1] == pytest.approx(1000)
    assert guide[CELLS // 2] == pytest.approx(500, abs=5)
