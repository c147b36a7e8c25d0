"""Rules that choose a trial's final size, by themselves: against the exact designs, numpy and their definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equipoise.design import count_size, mean_size, proportion_size
from equipoise.simulate import reestimation_rules as rules


@given(st.floats(-3, 2.5), st.floats(0.05, 1), st.floats(0.0, 0.8), st.floats(0.5, 0.95))
def test_the_second_stage_has_the_target_conditional_power_unless_a_limit_binds(z1, drift, least_power, power):
    first, planned, least, most = 15.0, 15.0, 10.0, 60.0
    needed = rules.conditional_critical(z1, 1.97, first / (first + planned))
    chosen = rules.promising_information(needed, drift, planned, least, most, least_power, stats.norm.ppf(power))
    at_plan = rules.conditional_power_at(needed, drift, planned)
    reached = rules.conditional_power_at(needed, drift, chosen)
    if at_plan < least_power:
        assert chosen == planned
    elif chosen == most:
        assert reached <= power + 1e-9
    elif chosen == least:
        assert reached >= power - 1e-9
    else:
        assert reached == pytest.approx(power, abs=1e-9)


def test_conditional_power_is_the_chance_that_the_weighted_sum_passes():
    z1, fraction, information, drift = 1.1, 0.4, 20.0, 0.3
    z2 = np.random.default_rng(1).standard_normal(400_000) + drift * math.sqrt(information)
    share = (math.sqrt(fraction) * z1 + math.sqrt(1 - fraction) * z2 >= 2.0).mean()
    own = rules.conditional_power_at(rules.conditional_critical(z1, 2.0, fraction), drift, information)
    assert abs(own - share) < 4 * math.sqrt(own * (1 - own) / 400_000)


def test_with_the_planned_size_both_combinations_need_the_same():
    assert rules.unweighted_critical(0.7, 2.0, 12.0, 30.0) == pytest.approx(
        rules.conditional_critical(0.7, 2.0, 12 / 42)
    )


@given(st.integers(2, 20), st.integers(2, 20), st.integers(0, 1000))
def test_the_blinded_variance_is_the_one_sample_variance(n1, n0, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(1, 2, n1), rng.normal(0, 2, n0)
    squares, gap = x.var() * n1 + y.var() * n0, x.mean() - y.mean()
    assert rules.blinded_variance(squares, gap, n1, n0, 0.0) == pytest.approx(np.var([*x, *y], ddof=1))


def test_the_adjusted_blinded_variance_has_no_bias():
    rng = np.random.default_rng(3)
    x, y = rng.normal(1.0, 1, (20_000, 15)), rng.normal(0, 1, (20_000, 25))
    squares, gaps = x.var(axis=1) * 15 + y.var(axis=1) * 25, x.mean(axis=1) - y.mean(axis=1)
    both = [[rules.blinded_variance(s, g, 15, 25, a) for s, g in zip(squares, gaps, strict=True)] for a in (0.0, 1.0)]
    assert np.mean(both[0]) > 1.2
    assert abs(np.mean(both[1]) - 1) < 4 * np.std(both[1]) / math.sqrt(20_000)


def test_blinded_sizes_are_those_of_the_exact_design_at_what_was_seen():
    plan = {"share": 0.6, "alpha": 0.025, "power": 0.9}
    exact = {"power": 0.9, "alpha": 0.025, "sided": 1, "ratio": 1.5}
    unit = rules.blinded_mean_unit(difference=0.4, margin=0.1, **plan)
    assert unit * 1.7**2 == pytest.approx(mean_size(difference=0.5, sd=1.7, test="z", **exact).total)
    sizes = rules.blinded_proportion_sizes(100, difference=-0.2, margin=None, better="lower", **plan)
    split = {"treatment": 0.45 - 0.4 * 0.2, "control": 0.45 + 0.6 * 0.2}
    assert sizes[45] == pytest.approx(proportion_size(better="lower", **split, **exact).total)
    assert len(sizes) == 101
    assert np.isfinite(sizes).all()
    slope, base = rules.blinded_count_line(ratio=0.7, margin=None, better="lower", dispersion=0.5, **plan)
    overall = 0.6 * 0.7 + 0.4
    size = count_size(control_rate=2.2 / overall, rate_ratio=0.7, dispersion=0.5, **exact).total
    assert slope / 2.2 + base == pytest.approx(size)


@given(st.floats(-0.5, 0.5).filter(lambda d: abs(d) > 0.02), st.integers(10, 200), st.floats(0.2, 0.8))
def test_blinded_sizes_of_proportions_exist_whatever_is_seen(difference, seen, share):
    better = "higher" if difference > 0 else "lower"
    sizes = rules.blinded_proportion_sizes(
        seen, difference=difference, margin=None, better=better, share=share, alpha=0.025, power=0.8
    )
    assert (np.isfinite(sizes) & (sizes > 0)).all()


@given(st.floats(0, 1e6), st.floats(0.01, 0.99), st.integers(0, 50), st.integers(50, 500))
def test_arms_have_whole_patients_within_their_limits(total, share, least, most):
    size = rules.arm_size(total, share, least, most)
    assert least <= size <= most
    if least < size < most:
        assert size - 1 <= total * share + 1e-6 <= size + 1e-6
