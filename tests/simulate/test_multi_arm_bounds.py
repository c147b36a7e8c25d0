"""Boundaries for several arms: against published values, multivariate normals of scipy, and one arm's exact bounds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from equipoise.design import GroupSequential
from equipoise.errors import InputError, NoSolutionError
from equipoise.simulate import Boundaries, dunnett_distribution, multi_arm_boundaries, multi_arm_rejection

TRIANGULAR = {"shape": "triangular", "futility": "triangular"}


@pytest.mark.parametrize(
    ("alpha", "critical"),
    [
        (0.05, (1.64, 1.92, 2.06, 2.16, 2.23, 2.29, 2.34, 2.38, 2.42)),
        (0.01, (2.33, 2.56, 2.68, 2.77, 2.84, 2.89, 2.93, 2.97, 3.00)),
    ],
)
def test_one_look_is_dunnetts_published_table(alpha, critical):
    """Dunnett 1955, JASA 50:1096-1121, tables 1a and 1b, infinite degrees of freedom, 1 to 9 treatments."""
    for arms, z in enumerate(critical, start=1):
        own = multi_arm_boundaries(arms, [50], [50], alpha).efficacy[0]
        assert own == pytest.approx(z, abs=0.0051)
        assert dunnett_distribution(arms, 1.0, np.array([own]))[0] == pytest.approx(1 - alpha, abs=1e-9)


@pytest.mark.parametrize(
    ("treatment", "control", "options", "upper", "lower"),
    [
        # R package MAMS, Jaki, Pallmann & Magirr 2019, J Stat Softw 88(4), sections 3.1 to 3.3 and 5:
        # mams(K=3, J=1, alpha=0.05, r=1, r0=1)
        ((1,), (1,), {}, (2.062,), ()),
        # mams(K=3, J=2, alpha=0.05, r=1:2, r0=c(2, 4), ushape="triangular", lshape="triangular")
        ((38, 76), (76, 152), TRIANGULAR, (2.359, 2.225), (0.786, 2.225)),
        # mams(K=3, J=3, alpha=0.05, r=1:3, r0=1:3, ushape=function(x) x:1, lshape="fixed", lfix=0)
        ((1, 2, 3), (1, 2, 3), {"shape": (3, 2, 1), "futility": (0, 0)}, (6.125, 4.084, 2.042), (0, 0, 2.042)),
        # tite.mams(hr=1.5, hr0=1.1, K=3, J=2, alpha=0.05, r=1:2, r0=1:2, ushape="triangular", lshape="triangular")
        ((1, 2), (1, 2), TRIANGULAR, (2.330, 2.197), (0.777, 2.197)),
    ],
)
def test_agrees_with_the_published_boundaries_of_mams(treatment, control, options, upper, lower):
    own = multi_arm_boundaries(3, treatment, control, 0.05, **options)
    assert own.efficacy == pytest.approx(upper, rel=1e-3)
    assert own.futility == pytest.approx(lower, rel=2e-3, abs=1e-9)


@pytest.mark.parametrize("shape", ["pocock", "obrien-fleming"])
@pytest.mark.parametrize("control", [(10, 20, 30), (5, 10, 15)])
def test_one_arm_has_the_group_sequential_boundaries(shape, control):
    own = multi_arm_boundaries(1, (10, 20, 30), control, 0.025, shape=shape)
    exact = GroupSequential(information=(1 / 3, 2 / 3, 1), alpha=0.025, sided=1, spending=shape)
    assert own.efficacy == pytest.approx(exact.solution.critical, abs=2e-6)


def by_scipy(upper, lower, treatment, control, effects):
    """1 - P(no arm rejects), summed over where each arm was dropped, by scipy's multivariate normal distribution."""
    looks, arms = len(upper), len(effects)
    n, n0 = np.array(treatment, float), np.array(control, float)
    spread = np.sqrt(1 / n + 1 / n0)
    mean = np.array([[e / s for s in spread] for e in effects])
    cov = np.empty((arms, looks, arms, looks))
    for a in range(arms):
        for b in range(arms):
            for i in range(looks):
                for j in range(looks):
                    shared = 1 / max(n0[i], n0[j]) + (a == b) / max(n[i], n[j])
                    cov[a, i, b, j] = shared / spread[i] / spread[j]
    none = 0.0
    for drop in np.ndindex(*[looks] * arms):
        low, high, used = [], [], []
        for a, at in enumerate(drop):
            for j in range(at + 1):
                dropped = j == at and at < looks - 1
                used.append((a, j))
                low.append(-np.inf if dropped or j == looks - 1 else lower[j])
                high.append(lower[j] if dropped else upper[j])
        place = [a * looks + j for a, j in used]
        sub = cov.reshape(arms * looks, -1)[np.ix_(place, place)]
        low, high = np.maximum(low, -9), np.array(high)
        centre = np.array([mean[a, j] for a, j in used])
        none += stats.multivariate_normal.cdf(
            high, centre, sub, lower_limit=low + np.minimum(centre, 0), maxpts=200_000, abseps=1e-7, releps=1e-7,
            rng=np.random.default_rng(1),
        )  # fmt: skip
    return 1 - none


@pytest.mark.parametrize(
    ("treatment", "control", "effects", "lower"),
    [((20,), (30,), (0.0, 0.2, 0.4), ()), ((20, 50), (40, 60), (0.0, 0.3), (0.2,)), ((10, 20), (5, 15), (0, 0), (-9,))],
)
def test_the_chance_of_a_rejection_agrees_with_scipy(treatment, control, effects, lower):
    upper = (2.6, 2.1)[-len(treatment) :]
    own = multi_arm_rejection(Boundaries(efficacy=upper, futility=lower), treatment, control, effects)
    assert own == pytest.approx(by_scipy(upper, lower, treatment, control, effects), abs=2e-6)


def slow_peaks(arms, n, n0, keep, lower, trials, rng):
    """The final z of the best arm that is left, by drawing every arm."""
    looks = len(n)
    x = rng.standard_normal((trials, looks, arms)) * np.sqrt(np.diff(n, prepend=0))[:, None]
    c = rng.standard_normal((trials, looks)) * np.sqrt(np.diff(n0, prepend=0))
    z = x.cumsum(1) / np.array(n)[:, None] - (c.cumsum(1) / n0)[:, :, None]
    z /= np.sqrt(1 / np.array(n) + 1 / np.array(n0))[:, None]
    going = np.ones((trials, arms), bool)
    for j in range(looks - 1):
        going &= z[:, j] > lower[j]
        going &= (np.where(going, -z[:, j], np.inf).argsort(1).argsort(1)) < keep[j]
    return np.where(going, z[:, -1], -np.inf).max(axis=1)


def test_dropping_losers_keeps_the_error():
    n, n0, rng = (10, 20, 40), (20, 30, 60), np.random.default_rng(1)
    own = multi_arm_boundaries(4, n, n0, 0.025, shape=(None, None, 1), futility=(-0.5, 0.0), keep=(2, 1))
    trials, hit = 200_000, 0
    for _ in range(5):
        hit += (slow_peaks(4, n, n0, (2, 1), (-0.5, 0.0), trials, rng) >= own.efficacy[-1]).sum()
    assert abs(hit / 1e6 - 0.025) < 4 * math.sqrt(0.025 * 0.975 / 1e6)
    assert own.efficacy[:2] == (None, None)


def test_picking_the_winner_needs_the_critical_value_of_thall_simon_and_ellenberg():
    """Two looks, the best of four: the survivor's final mean has the distribution of a sum, done here by quadrature."""
    own = multi_arm_boundaries(4, (1, 2), (1, 2), 0.05, shape=(None, 1), keep=(1,)).efficacy[-1]
    s = np.linspace(-8, 8, 1601)
    best = 4 * stats.norm.pdf(s) * stats.norm.cdf(s) ** 3
    # the best arm's sum is s plus a normal; its mean over 2, less control's, has that distribution
    exceed = stats.norm.sf((own - s / 2) / math.sqrt(1 / 4 + 1 / 2))
    assert np.trapezoid(best * exceed, s) == pytest.approx(0.05, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(
    arms=st.integers(1, 6),
    looks=st.integers(1, 2),
    ratio=st.floats(0.3, 3),
    alpha=st.floats(0.005, 0.2),
    shape=st.sampled_from(["pocock", "obrien-fleming", "triangular"]),
)
def test_boundaries_spend_alpha_and_more_arms_need_more(arms, looks, ratio, alpha, shape):
    n0 = [10 * (k + 1) for k in range(looks)]
    n = [ratio * x for x in n0]
    own = multi_arm_boundaries(arms, n, n0, alpha, shape=shape)
    assert multi_arm_rejection(own, n, n0, [0.0] * arms) == pytest.approx(alpha, abs=1e-8)
    assert multi_arm_boundaries(arms + 1, n, n0, alpha, shape=shape).efficacy > own.efficacy
    assert multi_arm_rejection(own, n, n0, [-0.1] * arms) < alpha


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"arms": 0}, "arms"),
        ({"alpha": 1.0}, "alpha"),
        ({"patients_treatment": (20, 10)}, "patients_treatment"),
        ({"patients_control": (10,)}, "patients_control"),
        ({"patients_treatment": range(1, 8)}, "patients_treatment"),
        ({"shape": "wang"}, "shape"),
        ({"shape": (1.0, None)}, "shape"),
        ({"futility": "some"}, "futility"),
        ({"futility": (0, 0)}, "futility"),
        ({"keep": (4,)}, "keep"),
        ({"keep": (2, 1)}, "keep"),
    ],
)
def test_bad_input_is_refused(change, field):
    given = {"arms": 3, "patients_treatment": (10, 20), "patients_control": (10, 20), "alpha": 0.05} | change
    with pytest.raises(InputError) as error:
        multi_arm_boundaries(**given)
    assert error.value.field == field


def test_an_error_out_of_reach_has_no_boundaries():
    with pytest.raises(NoSolutionError):
        multi_arm_boundaries(2, (10, 20), (10, 20), 0.9, futility=(1.0,))
