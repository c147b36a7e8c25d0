"""Analysis of a running or stopped trial: rpact's rows are in the validation; here, virtual trials and slow versions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from equipoise.design import (
    GroupSequential,
    Interim,
    conditional_power,
    conditional_rejection,
    median_unbiased_estimate,
    predictive_power,
    repeated_confidence_interval,
    repeated_p_value,
    spend_at_observed,
    stagewise_confidence_interval,
    stagewise_p_value,
    two_arm_means,
)
from equipoise.errors import InputError, NoSolutionError
from equipoise.validation import validate_files
from equipoise.validation.report import shipped_files

DESIGN = GroupSequential.even(3, alpha=0.025, spending="pocock-type")


def virtual_trials(effect, trials=400, seed=7):
    """Statistics of trials with information 1, 2 and 3 (standard errors 1, 1/sqrt 2, 1/sqrt 3)."""
    steps = np.random.default_rng(seed).normal(effect, 1.0, (trials, 3))
    k = np.arange(1, 4)
    return steps.cumsum(axis=1) / np.sqrt(k), 1 / np.sqrt(k)


def stopped(z, errors):
    """The analysis when the trial stops."""
    bounds = DESIGN.solution.critical
    looks = next((k + 1 for k in range(3) if z[k] >= bounds[k]), 3)
    return Interim(design=DESIGN, z=tuple(z[:looks].tolist()), standard_error=tuple(errors[:looks].tolist()))


def test_every_row_of_the_peer():
    report = validate_files([path for path in shipped_files() if path.name == "interim_analysis.csv"])
    assert report.ok
    assert max(column.largest_absolute for column in report.tables) < 1e-6


def test_intervals_cover_and_the_estimate_is_median_unbiased():
    effect, (z, errors) = 1.0, virtual_trials(1.0)
    analyses = [stopped(row, errors) for row in z]
    limits = np.array([stagewise_confidence_interval(one) for one in analyses])
    repeated = np.array([repeated_confidence_interval(one) for one in analyses])
    middle = np.array([median_unbiased_estimate(one) for one in analyses])
    within = 4 * math.sqrt(0.05 * 0.95 / len(z))
    assert np.mean((limits[:, 0] <= effect) & (effect <= limits[:, 1])) == pytest.approx(0.95, abs=within)
    assert np.mean((repeated[:, 0] <= effect) & (effect <= repeated[:, 1])) >= 0.95 - within
    assert np.mean(middle <= effect) == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(len(z)))


def test_the_p_value_is_uniform_under_no_effect():
    z, errors = virtual_trials(0.0, trials=1000, seed=3)
    p = np.sort([stagewise_p_value(stopped(row, errors)) for row in z])
    assert np.abs(p - (np.arange(1000) + 0.5) / 1000).max() < 1.95 / math.sqrt(1000)


def test_the_p_value_by_the_multivariate_normal_distribution():
    one = Interim(design=DESIGN, z=(0.5, 2.6), standard_error=(1.0, math.sqrt(0.5)))
    c1 = DESIGN.solution.critical[0]
    correlation = [[1, math.sqrt(0.5)], [math.sqrt(0.5), 1]]
    slow = norm.sf(c1) + norm.cdf(c1) - multivariate_normal.cdf([c1, 2.6], [0, 0], correlation, abseps=1e-10)
    assert stagewise_p_value(one) == pytest.approx(slow, abs=1e-8)
    assert stagewise_p_value(one) < 0.025


@given(st.floats(-30, 3), st.floats(-30, 30))
def test_the_p_value_is_a_chance(last, effect):
    one = Interim(design=DESIGN, z=(-2.0, -3.0, last), standard_error=(1.0, 0.7, 0.6))
    assert 0.0 <= stagewise_p_value(one, effect=effect) <= 1.0


def test_conditional_chances_are_those_of_virtual_ends():
    now = Interim(design=DESIGN, z=(1.2,), standard_error=(1.0,))
    steps = np.random.default_rng(1).normal(0.8, 1.0, (400_000, 2))
    sums = 1.2 + steps.cumsum(axis=1)
    above = sums / np.sqrt([2, 3]) >= np.array(DESIGN.solution.critical[1:])
    chances = conditional_power(now, effect=0.8, later_errors=1 / np.sqrt([1, 2]))
    assert chances == pytest.approx([above[:, 0].mean(), above.any(axis=1).mean()], abs=0.004)
    null = conditional_power(now, effect=0.0, later_errors=[1.0, 1.0])
    assert conditional_rejection(now) == pytest.approx(null[-1], abs=1e-12)


def test_predictive_power_averages_over_the_posterior():
    now = Interim(design=DESIGN, z=(1.2,), standard_error=(1.0,))
    later = 1 / np.sqrt([1, 2])
    effects = np.random.default_rng(2).normal(1.2, 1.0, 4000)
    slow = np.mean([conditional_power(now, effect=effect, later_errors=later) for effect in effects], axis=0)
    assert predictive_power(now, later_errors=later) == pytest.approx(slow, abs=0.03)
    sure = predictive_power(now, later_errors=later, prior_mean=0.8, prior_sd=1e-6)
    assert sure == pytest.approx(conditional_power(now, effect=0.8, later_errors=later), abs=1e-5)


@given(st.floats(-3, 6), st.floats(-3, 6))
def test_a_repeated_p_value_rejects_when_its_look_does(first, second):
    now = Interim(design=DESIGN, z=(first, second), standard_error=(1.0, 0.7))
    for k in (1, 2):
        rejected = now.z[k - 1] >= DESIGN.solution.critical[k - 1]
        assert (repeated_p_value(now, k) <= 0.025 + 1e-9) == rejected or abs(now.z[k - 1] - 2.4) < 0.5
        low, _ = repeated_confidence_interval(now, k)
        assert (low >= -1e-12) == rejected


def test_spending_at_the_information_observed():
    same = spend_at_observed(DESIGN, [1 / 3, 2 / 3, 1.0])
    assert same.solution.critical == pytest.approx(DESIGN.solution.critical, abs=1e-9)
    moved = spend_at_observed(DESIGN, [40, 75, 110], planned=100)
    assert moved.solution.alpha_spent[-1] == pytest.approx(0.025)
    assert moved.solution.alpha_spent[0] == pytest.approx(0.025 * math.log(1 + (math.e - 1) * 0.4))
    assert moved.solution.crossing(0.0).power[0] == pytest.approx(0.025, abs=1e-9)


def test_cumulative_means_are_those_of_all_patients():
    random = np.random.default_rng(5)
    stages = [(random.normal(1, 2, 30), random.normal(0, 2, 25)), (random.normal(1, 2, 20), random.normal(0, 2, 40))]
    facts = [[len(a), len(b), a.mean(), b.mean(), a.std(ddof=1), b.std(ddof=1)] for a, b in stages]
    z, errors = two_arm_means(*np.array(facts).T)
    a, b = (np.concatenate([stage[arm] for stage in stages]) for arm in (0, 1))
    pooled = math.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / (len(a) + len(b) - 2))
    assert errors[1] == pytest.approx(pooled * math.sqrt(1 / len(a) + 1 / len(b)))
    assert z[1] == pytest.approx((a.mean() - b.mean()) / errors[1])


def test_what_cannot_be_said_is_refused():
    going = Interim(design=DESIGN, z=(0.1,), standard_error=(1.0,))
    with pytest.raises(NoSolutionError, match="goes on"):
        stagewise_p_value(going)
    ended = Interim(design=DESIGN, z=(0.1, 0.2, 0.3), standard_error=(1.0, 0.8, 0.7))
    with pytest.raises(NoSolutionError, match="no look"):
        conditional_rejection(ended)
    with pytest.raises(InputError, match="later_errors"):
        conditional_power(going, effect=1.0, later_errors=[1.0])
    for wrong in ("a", [1.0, 1.1], [0.0, 0.0]):
        with pytest.raises(InputError, match="later_errors"):
            conditional_power(going, effect=1.0, later_errors=wrong)
    with pytest.raises(InputError, match="effect"):
        conditional_power(going, effect="x", later_errors=[1.0, 1.0])
    with pytest.raises(InputError, match="n_treatment"):
        two_arm_means(["a"], [3], [1.0], [0.0], [1.0], [1.0])
    with pytest.raises(InputError, match="look"):
        repeated_p_value(going, "x")
    with pytest.raises(InputError, match="look"):
        repeated_p_value(going, 2)
    with pytest.raises(InputError, match="prior_sd"):
        predictive_power(going, later_errors=[1.0, 1.0], prior_sd=0.0)
    with pytest.raises(InputError, match="spending"):
        spend_at_observed(GroupSequential.even(2, spending="pocock"), [0.5, 1.0])
    for bad in ({"z": []}, {"standard_error": [1.0, 1.0]}, {"standard_error": [0.0]}):
        with pytest.raises(InputError):
            Interim.read({"design": DESIGN.model_dump(by_alias=True), "z": [1.0], "standard_error": [1.0]} | bad)
