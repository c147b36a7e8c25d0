"""Recruitment by sites: against the Poisson-gamma model's closed forms, and a simulation site by site."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from equipoise.design import Accrual
from equipoise.errors import InputError
from equipoise.simulate import RecruitmentTrial, SiteRecruitment, simulate
from equipoise.simulate.arrivals import FROM_SITES, fill_arrivals
from equipoise.simulate.sites import NO_COUNTS, fill_from_sites
from equipoise.simulate.streams import new_stream, open_trial

TRIALS = 40_000


def z_of(estimate, exact):
    return (estimate.mean - exact) / estimate.standard_error


def trial_of(patients, close=1200.0, **sites):
    return RecruitmentTrial(recruitment=SiteRecruitment(**sites), patients=patients, close_months=close)


@njit
def arrivals_of(table, patients, trials, close, counts):
    stream, out = new_stream(np.uint64(5), np.uint64(0), np.uint64(0)), np.empty((trials, patients))
    for trial in range(trials):
        open_trial(stream, trial)
        fill_from_sites(stream, table, close, out[trial], counts)
    return out


def slow(rng, trials, patients, close, sites, mean, cv, cap, opening):
    """Site by site: a Poisson process for each, cut at its cap, all merged."""
    record = np.empty((trials, 4))
    for trial in range(trials):
        rates = mean * (rng.gamma(1 / cv**2, cv**2, sites) if cv else np.ones(sites))
        opens = opening(rng)
        gaps = rng.exponential(size=(sites, cap)) / rates[:, None]
        times = opens[:, None] + gaps.cumsum(axis=1)
        last = min(np.sort(times, axis=None)[patients - 1], close)
        counts = (times <= last).sum(axis=1)
        record[trial] = counts.sum(), last, (counts == 0).sum(), counts.max()
    return record


@pytest.mark.parametrize(("sites", "cv", "patients"), [(20, 1 / math.sqrt(1.2), 100), (8, 0.4, 30), (50, 0.9, 400)])
def test_the_time_to_n_patients_is_a_ratio_of_gammas(sites, cv, patients):
    """With all sites open: T = Gamma(n) / Lambda, Lambda gamma with shape S alpha (Anisimov & Fedorov 2007, section 3)."""
    law = stats.betaprime(patients, sites / cv**2, scale=1 / (0.5 * cv**2))
    trial = trial_of(patients, sites=sites, patients_per_site_month=0.5, rate_cv=cv)
    own = simulate(trial, trials=TRIALS, seed=1).mean("months")
    assert abs(z_of(own, law.mean())) < 4
    spread = own.standard_error * math.sqrt(TRIALS)
    kurtosis = float(law.stats("k"))
    assert abs(spread**2 / law.var() - 1) < 4 * math.sqrt((kurtosis + 2) / TRIALS)
    times = arrivals_of(trial.recruitment.table(), patients, 20_000, np.inf, NO_COUNTS)
    assert stats.kstest(times[:, -1], law.cdf).pvalue > 1e-4
    assert (np.diff(times, axis=1) > 0).all()


def test_patients_by_a_month_are_negative_binomial():
    """All sites together: mean S m t and shape S alpha (Anisimov 2011, section 2)."""
    trial = trial_of(1000, close=6.0, sites=12, patients_per_site_month=0.7, rate_cv=0.8)
    law = stats.nbinom(12 / 0.64, 1 / (1 + 0.7 * 0.64 * 6))
    own = simulate(trial, trials=TRIALS, seed=2).mean("patients")
    assert abs(z_of(own, law.mean())) < 4
    assert own.standard_error * math.sqrt(TRIALS) == pytest.approx(law.std(), rel=0.02)
    for fewer in (30, 50, 70):
        result = simulate(trial.model_copy(update={"patients": fewer}), trials=TRIALS, seed=3).mean("all_enrolled")
        assert abs(z_of(result, law.sf(fewer - 1))) < 4


def test_empty_sites_are_those_of_a_polya_urn():
    """Given n patients their sites are Dirichlet-multinomial: a site is empty by a beta-binomial chance of nought."""
    sites, alpha, n = 25, 1.2, 60
    trial = trial_of(n, sites=sites, patients_per_site_month=1.0, rate_cv=1 / math.sqrt(alpha))
    own = simulate(trial, trials=TRIALS, seed=4)
    exact = sites * stats.betabinom(n, alpha, (sites - 1) * alpha).pmf(0)
    assert abs(z_of(own.mean("empty_sites"), exact)) < 4
    urn = np.random.default_rng(1)
    shares = urn.dirichlet(np.full(sites, alpha), 20_000)
    largest = urn.multinomial(n, shares).max(axis=1)
    error = math.hypot(own.mean("largest_site").standard_error, largest.std() / math.sqrt(20_000))
    assert abs(own.mean("largest_site").mean - largest.mean()) < 4 * error


def test_equal_sites_opening_evenly_follow_the_planned_accrual():
    """The n-th patient comes when a unit Poisson process, run through the planned accrual, has its n-th event."""
    plan = Accrual.of_sites(30, 0.8, 10.0)
    trial = trial_of(150, sites=30, patients_per_site_month=0.8, opening_months=10.0)
    nodes = stats.gamma(150).ppf((np.arange(20_000) + 0.5) / 20_000)
    assert abs(z_of(simulate(trial, trials=TRIALS, seed=5).mean("months"), plan.time_of(nodes).mean())) < 4
    many = trial_of(20_000, sites=200, patients_per_site_month=3.0, opening_months=10.0)
    own = simulate(many, trials=100, seed=6).mean("months")
    assert own.mean == pytest.approx(float(Accrual.of_sites(200, 3.0, 10.0).time_of(20_000)), rel=3e-3)


CASES = {
    "uniform": (
        {"opening_months": 9.0, "opening": "uniform", "rate_cv": 0.7, "site_cap": 12},
        lambda rng: rng.uniform(0, 9, 10),
    ),
    "late": (
        {"opening_months": 4.5, "delay_months": 3.0},
        lambda rng: np.linspace(0, 4.5, 10) + rng.exponential(3, 10),
    ),
    "given": (
        {"opens": (8, 0, 1, 2, 3, 4, 5, 6, 7, 9), "site_cap": 7, "rate_cv": 0.5},
        lambda rng: np.arange(10.0),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_sites_simulated_one_by_one(name):
    options, opening = CASES[name]
    trial = trial_of(60, close=16.0, sites=10, patients_per_site_month=0.6, **options)
    cap = options.get("site_cap", 70)
    trials = 20_000
    theirs = slow(np.random.default_rng(9), trials, 60, 16.0, 10, 0.6, options.get("rate_cv", 0.0), cap, opening)
    own = simulate(trial, trials=TRIALS, seed=7)
    for place, column in enumerate(("patients", "months", "empty_sites", "largest_site")):
        mine = own.mean(column)
        error = math.hypot(mine.standard_error, theirs[:, place].std() / math.sqrt(trials))
        assert abs(mine.mean - theirs[:, place].mean()) < 4 * error, column
    assert own.endings == ((0, TRIALS, 0),)


def test_every_family_gets_these_arrivals_and_drawing_the_sites_changes_no_law():
    sites = SiteRecruitment(sites=5, patients_per_site_month=1, rate_cv=0.5, opening_months=4, opening="uniform")
    kind, table = sites.arrivals(20)
    assert kind == FROM_SITES
    bare = arrivals_of(table, 20, 20_000, np.inf, NO_COUNTS)
    placed = arrivals_of(table, 20, 20_000, np.inf, np.zeros(5, np.int64))
    months, stream = np.empty(20), new_stream(np.uint64(5), np.uint64(0), np.uint64(0))
    open_trial(stream, 7)
    fill_arrivals(stream, kind, table, months)
    assert (months == bare[7]).all()
    assert stats.ks_2samp(bare[:, -1], placed[:, -1]).pvalue > 1e-4


@settings(max_examples=30, deadline=None)
@given(
    sites=st.integers(1, 30), patients=st.integers(1, 200), cv=st.floats(0, 5), cap=st.none() | st.integers(1, 40),
    opening=st.floats(0, 20), delay=st.floats(0, 5), how=st.sampled_from(["even", "uniform"]),
)  # fmt: skip
def test_every_record_adds_up(sites, patients, cv, cap, opening, delay, how):
    trial = trial_of(
        patients, close=30.0, sites=sites, patients_per_site_month=2.0, rate_cv=cv, site_cap=cap,
        opening_months=opening, delay_months=delay, opening=how,
    )  # fmt: skip
    kernel, arguments = trial.kernel()
    rows = np.zeros((50, 7))
    kernel(0, 50, rows, np.uint64(1), np.uint64(2), np.uint64(3), *arguments)
    enrolled, months, full, empty, largest = rows[:, 2:].T
    assert np.isfinite(rows).all()
    assert ((enrolled == patients) == (full == 1)).all()
    assert (months <= 30).all()
    assert (months[full == 0] == 30).all()
    assert (enrolled <= largest * (sites - empty)).all()
    assert (largest <= (cap or patients)).all()
    assert (enrolled >= largest + (sites - empty - 1)).all()


def test_any_split_gives_the_same_bytes():
    trial = trial_of(60, sites=10, patients_per_site_month=0.6, rate_cv=1, opening_months=9, opening="uniform")
    whole = simulate(trial, trials=3_000, seed=2**40 + 1, design=5, scenario=6, threads=1)
    for threads in (2, 3):
        again = simulate(trial, trials=3_000, seed=2**40 + 1, design=5, scenario=6, threads=threads)
        assert again.model_dump_json() == whole.model_dump_json()
    one = {"seed": 2**40 + 1, "design": 5, "scenario": 6}
    assert simulate(trial, trials=999, **one) + simulate(trial, trials=2_001, first_trial=999, **one) == whole
    assert RecruitmentTrial.model_validate_json(trial.model_dump_json()) == trial


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sites": 0}, "sites"),
        ({"patients_per_site_month": 0}, "patients_per_site_month"),
        ({"rate_cv": -1}, "rate_cv"),
        ({"opens": (1.0, 2.0)}, "opens"),
        ({"opens": (0.0,) * 10, "opening_months": 3}, "opening_months"),
        ({"site_cap": 0}, "site_cap"),
        ({"opening": "late"}, "opening"),
    ],
)
def test_sites_that_make_no_sense_are_refused(change, field):
    with pytest.raises(InputError) as error:
        SiteRecruitment.read({"sites": 10, "patients_per_site_month": 1, **change})
    assert error.value.field == field


@pytest.mark.parametrize(
    ("sites", "field"),
    [
        ({"site_cap": 9}, "site_cap"),
        ({"site_cap": 10, "rate_cv": 1}, "rate_cv"),
        ({"rate_cv": 2}, "rate_cv"),
    ],
)
def test_a_family_never_waits_forever(sites, field):
    with pytest.raises(InputError) as error:
        SiteRecruitment(sites=10, patients_per_site_month=1, **sites).arrivals(100)
    assert error.value.field == field
