"""Parallel cluster trials against R's clusterPower, published formulas, and simulated cluster means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equipoise.design.cluster import cluster_count, cluster_effect, cluster_power, design_effect
from equipoise.errors import InputError, NoSolutionError

MEAN = {"size": 20, "icc": 0.05, "size_cv": 0.5, "difference": 0.4, "sd": 1.0}


def test_design_effects_are_the_published_formulas():
    assert design_effect(size=20, icc=0.05) == pytest.approx(1.95)
    assert design_effect(size=20, icc=0.05, size_cv=0.5) == pytest.approx(1 + (1.25 * 20 - 1) * 0.05)
    share = 20 * 0.05 / 1.95
    assert design_effect(size=20, icc=0.05, size_cv=0.5, method="mixed-model") == pytest.approx(
        1.95 / (1 - 0.25 * share * (1 - share))
    )


def test_mixed_model_design_effect_is_near_the_exact_one():
    """Inverse-variance weights over gamma sizes: 1 / E[m / (1 + (m - 1) icc)] x E[m], to second order in
    cv."""
    rng = np.random.default_rng(3)
    for icc, cv in [(0.02, 0.3), (0.05, 0.5), (0.2, 0.5)]:
        sizes = rng.gamma(1 / cv**2, 30 * cv**2, 200_000)
        exact = 30 / np.mean(sizes / (1 + (sizes - 1) * icc))
        approximate = design_effect(size=30, icc=icc, size_cv=cv, method="mixed-model")
        assert approximate == pytest.approx(exact, rel=0.03)
        assert design_effect(size=30, icc=icc, size_cv=cv) >= exact


@pytest.mark.parametrize(
    ("clusters", "plan", "expected"),
    [  # clusterPower 0.7.0 (cpa.normal by both methods, cpa.binary), run on R 4.2.2; it counts one tail
        (15, MEAN | {"size_method": "mixed-model", "better": "higher"}, 0.9063018825),
        (15, MEAN | {"better": "higher"}, 0.8902219315),
        (
            15,
            {"endpoint": "proportion", "size": 40, "icc": 0.02, "size_cv": 0.4}
            | {"control": 0.3, "treatment": 0.2, "better": "lower"},
            0.8034721793,
        ),
    ],
)
def test_power_is_that_of_clusterpower(clusters, plan, expected):
    assert cluster_power(clusters, clusters, **plan) == pytest.approx(expected, abs=2e-9)


def test_count_is_that_of_clusterpower():
    count = cluster_count(power=0.8, better="higher", **MEAN)
    assert count.unrounded_treatment == pytest.approx(11.83405027, abs=1e-3)
    assert (count.treatment, count.control) == (12, 12)


def test_rates_with_a_between_cluster_variation_follow_hayes_and_bennett():
    """Their equation for clusters in each arm, 1 + (z + z)^2 [(r0 + r1)/y + k^2 (r0^2 + r1^2)] / (r0 - r1)^2,
    without its added 1, which stands in for the t distribution."""
    r0, r1, y, k = 0.010, 0.007, 1000.0, 0.25
    z = stats.norm.isf(0.025) + stats.norm.isf(0.2)
    expected = z**2 * ((r0 + r1) / y + k**2 * (r0**2 + r1**2)) / (r0 - r1) ** 2
    plan = {"endpoint": "count", "size": 500, "exposure": 2.0, "control": r0, "treatment": r1}
    count = cluster_count(power=0.8, between_cv=k, test="z", better="lower", **plan)
    assert count.unrounded_control == pytest.approx(expected, rel=1e-6)


def test_survival_inflates_the_events_by_the_design_effect():
    """Unclustered and one to one, a log hazard ratio has variance 4 / events; clustering divides the events."""
    p0, p1, clusters, size = 0.4, 0.3, 20, 30
    hazard_ratio = np.log(1 - p1) / np.log(1 - p0)
    deff = 1 + (size - 1) * 0.03
    se = np.sqrt(deff * 4 / (clusters * size * (p0 + p1)))
    expected = stats.norm.sf(stats.norm.isf(0.025) + np.log(hazard_ratio) / se)
    plan = {"endpoint": "survival", "size": size, "icc": 0.03, "control": p0, "treatment": p1}
    power = cluster_power(clusters, clusters, test="z", better="lower", **plan)
    assert power == pytest.approx(expected, abs=1e-10)
    del plan["treatment"]
    least = cluster_effect(clusters, clusters, test="z", better="lower", power=power, **plan)
    assert least == pytest.approx(hazard_ratio, rel=1e-6)


@pytest.mark.parametrize("sided", [1, 2])
def test_simulated_t_test_of_cluster_means_has_this_power(sided):
    rng = np.random.default_rng(11)
    kt, kc, m, icc, delta, trials = 6, 9, 12, 0.1, 0.45, 40_000
    spread = np.sqrt(icc + (1 - icc) / m)
    t = stats.ttest_ind(
        delta + spread * rng.standard_normal((trials, kt)), spread * rng.standard_normal((trials, kc)), axis=1
    ).statistic
    rejected = np.mean(t > stats.t.isf(0.05 / sided, kt + kc - 2))
    power = cluster_power(kt, kc, size=m, icc=icc, difference=delta, sd=1, sided=sided, better="higher")
    assert rejected == pytest.approx(power, abs=4 * np.sqrt(power * (1 - power) / trials))


@pytest.mark.parametrize(("clusters", "margin", "delta"), [(4, 0.9, 0.1), (10, 0.5, 0.0), (10, 0.5, 0.2), (2, 1.5, 0)])
def test_simulated_equivalence_has_this_power(clusters, margin, delta):
    rng = np.random.default_rng(12)
    trials, df, m, icc = 400_000, 2 * clusters - 2, 12, 0.1
    se = np.sqrt(2 * (icc + (1 - icc) / m) / clusters)
    estimate = delta + se * rng.standard_normal(trials)
    half = stats.t.isf(0.05, df) * se * np.sqrt(rng.chisquare(df, trials) / df)
    shown = np.mean(np.abs(estimate) + half < margin)
    plan = {"size": m, "icc": icc, "difference": delta, "sd": 1, "margin": margin, "sided": 1}
    power = cluster_power(clusters, clusters, objective="equivalence", **plan)
    assert power == pytest.approx(shown, abs=4 * np.sqrt(shown * (1 - shown) / trials))


def test_equivalence_by_z_is_the_normal_probability():
    plan = {"size": 12, "icc": 0.1, "difference": 0.1, "sd": 1, "sided": 1, "objective": "equivalence"}
    se, z = np.sqrt(2 * (0.1 + 0.9 / 12) / 20), stats.norm.isf(0.05)
    expected = stats.norm.cdf(0.3 / se - z) + stats.norm.cdf(0.5 / se - z) - 1
    assert cluster_power(20, 20, test="z", margin=0.4, **plan) == pytest.approx(expected, abs=1e-12)
    se = np.sqrt(2 * (0.1 + 0.9 / 12) / 2e5)
    expected = stats.norm.cdf(0.004 / se - z)
    assert cluster_power(2e5, 2e5, margin=0.104, **plan) == pytest.approx(expected, abs=1e-5)


def test_simulated_covariance_adjustment_has_the_variance_left_after_baseline():
    rng = np.random.default_rng(13)
    m, icc, cac, iac, k, trials = 10, 0.1, 0.8, 0.3, 40, 20_000
    variance, together = icc + (1 - icc) / m, icc * cac + (1 - icc) * iac / m
    both = rng.multivariate_normal([0, 0], [[variance, together], [together, variance]], (trials, 2 * k))
    slope = together / variance
    adjusted = both[..., 1] - slope * both[..., 0]
    observed = np.var(adjusted[:, :k].mean(axis=1) - adjusted[:, k:].mean(axis=1))
    plan = {"size": m, "icc": icc, "baseline_size": m, "cac": cac, "iac": iac, "difference": 0.1, "sd": 1}
    power = cluster_power(k, k, test="z", better="higher", **plan)
    implied = (0.1 / (stats.norm.ppf(power) + stats.norm.isf(0.025))) ** 2
    assert observed == pytest.approx(implied, rel=4 * np.sqrt(2 / trials))


def test_size_under_no_effect_is_alpha():
    plan = {"size": 10, "icc": 0.05, "difference": 0.0, "sd": 1}
    assert cluster_power(5, 6, **plan) == pytest.approx(0.05, abs=1e-10)
    assert cluster_power(5, 6, better="lower", **plan) == pytest.approx(0.025, abs=1e-10)
    plan |= {"difference": -0.3, "margin": 0.3, "better": "higher", "objective": "non-inferiority"}
    assert cluster_power(5, 6, sided=1, **plan) == pytest.approx(0.05, abs=1e-10)


def test_too_few_clusters_have_no_power():
    power = cluster_power([1, 2], 1, size=10, icc=0.05, difference=5.0, sd=1.0)
    assert power[0] == 0
    assert power[1] > 0


@given(st.integers(2, 40), st.integers(2, 40), st.floats(0, 0.4), st.floats(0, 1), st.floats(0.05, 1))
def test_power_rises_with_clusters_and_falls_with_icc_and_cv(kt, kc, icc, cv, difference):
    plan = {"size": 15, "difference": difference, "sd": 1.0, "better": "higher"}
    base = cluster_power(kt, kc, icc=icc, size_cv=cv, **plan)
    slack = 1e-9
    assert cluster_power(kt + 1, kc, icc=icc, size_cv=cv, **plan) >= base - slack
    assert cluster_power(kt, kc + 1, icc=icc, size_cv=cv, **plan) >= base - slack
    assert cluster_power(kt, kc, icc=icc + 0.05, size_cv=cv, **plan) <= base + slack
    assert cluster_power(kt, kc, icc=icc, size_cv=cv + 0.2, **plan) <= base + slack
    assert cluster_power(kc, kt, icc=icc, size_cv=cv, **plan) == pytest.approx(base, abs=1e-9)


@given(st.sampled_from(["mean", "proportion", "count", "survival"]), st.sampled_from(["higher", "lower"]))
def test_detectable_effect_has_the_power(endpoint, better):
    plan = {"endpoint": endpoint, "size": 25, "icc": 0.02, "better": better}
    plan |= {"sd": 2.0} if endpoint == "mean" else {"control": np.array([0.3, 0.5])}
    least = cluster_effect([10, 14], 12, power=0.85, **plan)
    assert np.all((least > (1 if endpoint == "survival" else 0)) == (better == "higher"))
    if endpoint == "survival":
        given_back = {"treatment": 1 - (1 - plan["control"]) ** least}
    elif endpoint == "mean":
        given_back = {"difference": least}
    else:
        given_back = {"treatment": plan["control"] + least}
    np.testing.assert_allclose(cluster_power([10, 14], 12, **plan, **given_back), 0.85, atol=1e-7)


@given(st.floats(0.55, 0.95), st.sampled_from([0.5, 1.0, 2.0]), st.floats(0.1, 0.6), st.booleans())
def test_count_is_the_least_that_gives_the_power(power, allocation, difference, baseline):
    plan = {"size": 12, "icc": 0.05, "difference": difference, "sd": 1.0, "better": "higher"}
    plan |= {"baseline_size": 8, "cac": 0.8} if baseline else {}
    count = cluster_count(power=power, allocation=allocation, **plan)
    reached = cluster_power(count.unrounded_treatment, count.unrounded_control, **plan)
    assert reached == pytest.approx(power, abs=1e-7)
    assert cluster_power(count.treatment, count.control, **plan) >= power - 1e-8
    assert count.unrounded_treatment == pytest.approx(allocation * count.unrounded_control)


def test_plans_broadcast():
    plan = {"size": np.array([[10.0], [30.0]]), "icc": np.array([0.01, 0.05, 0.1]), "sd": 1.0}
    assert cluster_power(10, 12, difference=0.3, **plan).shape == (2, 3)
    assert cluster_count(difference=0.3, **plan).treatment.shape == (2, 3)
    assert cluster_effect(10, 12, **plan).shape == (2, 3)
    assert isinstance(cluster_power(10, 12, size=10, icc=0.1, difference=0.3, sd=1.0), float)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"icc": 1.2}, "icc"),
        ({"icc": None}, "icc"),
        ({"icc": "high"}, "icc"),
        ({"size": 0}, "size"),
        ({"size_cv": -1}, "size_cv"),
        ({"size_method": "other"}, "method"),
        ({"sd": 0}, "sd"),
        ({"difference": float("nan")}, "difference"),
        ({"endpoint": "ordinal"}, "endpoint"),
        ({"control": 0.2}, "control"),
        ({"endpoint": "count", "control": 0.2, "treatment": 0.1}, "difference"),
        ({"between_cv": 0.3}, "between_cv"),
        ({"iac": 0.3}, "iac"),
        ({"baseline_size": 5, "iac": 0.3}, "baseline_size"),
        ({"objective": "non-inferiority", "margin": 0.2}, "better"),
        ({"objective": "equivalence"}, "margin"),
        ({"margin": 0.2}, "margin"),
        ({"alpha": 1}, "alpha"),
        ({"better": "up"}, "better"),
    ],
)
def test_bad_input_is_refused_by_name(change, field):
    plan = {"size": 10, "icc": 0.05, "difference": 0.3, "sd": 1}
    with pytest.raises(InputError) as refused:
        cluster_power(5, 5, **(plan | change))
    assert refused.value.field == field


@pytest.mark.parametrize(("values", "field"), [((1.2, 0.5), "control"), ((0.2, None), "treatment")])
def test_bad_proportions_are_refused_by_name(values, field):
    with pytest.raises(InputError) as refused:
        cluster_power(5, 5, size=10, icc=0.05, endpoint="proportion", control=values[0], treatment=values[1])
    assert refused.value.field == field


@pytest.mark.parametrize("better", ["higher", "lower"])
@pytest.mark.parametrize("endpoint", ["mean", "proportion", "count", "survival"])
def test_the_worst_effect_that_is_not_inferior(endpoint, better):
    plan = {"endpoint": endpoint, "size": 25, "icc": 0.02, "better": better, "objective": "non-inferiority"}
    plan |= {"sd": 2.0, "margin": 0.9} if endpoint == "mean" else {"control": np.array([0.3, 0.5]), "margin": 0.2}
    plan |= {"margin": 1.6} if endpoint == "survival" else {}
    worst = cluster_effect([30, 40], 30, power=0.85, **plan)
    if endpoint == "survival":
        given_back = {"treatment": 1 - (1 - plan["control"]) ** worst}
    else:
        given_back = {"difference": worst} if endpoint == "mean" else {"treatment": plan["control"] + worst}
    np.testing.assert_allclose(cluster_power([30, 40], 30, **plan, **given_back), 0.85, atol=1e-7)


def test_the_worst_mean_that_is_not_inferior_is_the_closed_form():
    plan = {"size": 20, "icc": 0.05, "sd": 1.0, "test": "z", "objective": "non-inferiority", "margin": 0.5}
    error = np.sqrt(2 / 15 * 1.95 / 20)
    worst = cluster_effect(15, 15, power=0.9, better="lower", **plan)
    assert worst == pytest.approx(0.5 - (stats.norm.isf(0.025) + stats.norm.isf(0.1)) * error, rel=1e-9)
    with pytest.raises(NoSolutionError, match="every"):
        cluster_effect(
            50, 50, endpoint="proportion", size=50, icc=0.01, control=0.1, objective="non-inferiority", margin=0.3
        )
    with pytest.raises(InputError, match="objective"):
        cluster_effect(15, 15, **plan | {"objective": "equivalence"})


def test_keywords_are_named_when_missing_or_misspelt():
    with pytest.raises(InputError, match=r"^size: "):
        cluster_power(5, 5, icc=0.05, difference=0.3, sd=1)
    with pytest.raises(InputError, match=r"^siz: .*spelling"):
        cluster_power(5, 5, siz=10, icc=0.05, difference=0.3, sd=1)


def test_what_cannot_be_reached_says_so():
    with pytest.raises(NoSolutionError):
        cluster_count(size=10, icc=0.05, difference=0.0, sd=1)
    with pytest.raises(NoSolutionError):
        cluster_count(size=10, icc=0.05, difference=-0.3, sd=1, better="higher")
    with pytest.raises(NoSolutionError):
        cluster_effect(2, 2, endpoint="proportion", size=2, icc=0.9, control=0.5)
