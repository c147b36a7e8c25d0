"""The tail of the largest of correlated normals, and the joint null distribution of MaxCombo over looks."""

import math

import numpy as np
import pytest
from scipy import stats

from equipoise.simulate import Boundaries, MaxCombo, SurvivalTrial, max_combo_boundaries
from equipoise.simulate.survival_max_combo import equivalent_z, largest_tail
from equipoise.simulate.survival_max_combo_bounds import score_variances

SURVIVAL = np.linspace(0.0005, 0.9995, 1000)


def correlation(weights):
    """Of the scores with nobody censored."""
    w = np.array([SURVIVAL**rho * (1 - SURVIVAL) ** gamma for rho, gamma in weights])
    spread = np.sqrt(np.diag(w @ w.T))
    return w @ w.T / spread[:, None] / spread


SETS = [
    [(0, 0)],
    [(0, 0), (0, 1)],
    [(0, 1), (1, 0)],
    [(0, 0), (0, 0.5), (0.5, 0.5)],
    [(0, 0), (0, 1), (1, 0), (1, 1)],
    [(1, 1), (1, 0), (0, 1), (0, 0), (0, 0)],
]


@pytest.mark.parametrize("weights", SETS)
@pytest.mark.parametrize("z", [-1.0, 0.0, 1.0, 2.2, 2.8])
def test_the_tail_is_that_of_the_normal_integral(weights, z):
    given = correlation(weights)
    exact = 1 - stats.multivariate_normal.cdf(
        np.full(len(weights), z), cov=given, allow_singular=True, abseps=1e-6, maxpts=2_000_000, rng=1
    )
    assert largest_tail(z, given) == pytest.approx(exact, rel=1e-3, abs=3e-6)


@pytest.mark.parametrize("z", [2.0, 3.5, 5.0])
def test_two_tests_far_out_agree_with_one_integral(z):
    rho = 0.866
    y = np.linspace(z, z + 12, 200_001)
    beyond = stats.norm.pdf(y) * stats.norm.cdf((z - rho * y) / math.sqrt(1 - rho**2))
    exact = stats.norm.sf(z) + np.trapezoid(beyond, y)
    assert largest_tail(z, np.array([[1, rho], [rho, 1]])) == pytest.approx(exact, rel=1e-6)


def test_what_is_not_computed_lies_on_the_same_side_of_the_boundaries():
    given = correlation(SETS[4])
    for z in np.linspace(-1, 5, 61):
        exact = -stats.norm.ppf(largest_tail(z, given))
        for upper, lower in ((1.96, -math.inf), (3.0, 0.5), (math.inf, -0.2), (2.2, 2.2)):
            own = equivalent_z(z, given, upper, lower)
            assert (own >= upper, own <= lower) == (exact >= upper, exact <= lower)


TRIAL = SurvivalTrial(
    boundaries=Boundaries(efficacy=(3.0, 3.0)),
    test=MaxCombo(scale="maximum"),
    patients=500,
    events=(200, 350),
    breaks=(0, 4),
    hazard_treatment=(0.06, 0.04),
    hazard_control=(0.06, 0.06),
    accrual_months=24,
    dropout_hazard=0.002,
)


def test_score_variances_are_a_quarter_of_the_events_weighted():
    first, second = score_variances(TRIAL)
    assert first[0, 0] == pytest.approx(50, rel=0.01)
    assert second[0, 0] == pytest.approx(350 / 4, rel=0.01)
    assert second[0, 1] + second[0, 2] == pytest.approx(second[0, 0])  # weights S and 1 - S sum to 1
    assert (np.linalg.eigvalsh(second - first) > -1e-9).all()


def test_boundaries_spend_what_the_joint_normal_distribution_says():
    spent = (0.005, 0.025)
    found = max_combo_boundaries(TRIAL, spent).efficacy
    first, second = score_variances(TRIAL)
    spread = np.sqrt(np.diag(first)), np.sqrt(np.diag(second))
    assert largest_tail(found[0], first / spread[0][:, None] / spread[0]) == pytest.approx(spent[0], rel=0.005)
    rng = np.random.default_rng(4)
    scores = rng.multivariate_normal(np.zeros(4), first, 400_000, method="eigh")
    z = (scores / spread[0]).max(axis=1)
    scores += rng.multivariate_normal(np.zeros(4), second - first, 400_000, method="eigh")
    z2 = (scores / spread[1]).max(axis=1)
    share = ((z >= found[0]) | (z2 >= found[1])).mean()
    assert abs(share - 0.025) < 4 * math.sqrt(0.025 / 4e5) + 1e-4
