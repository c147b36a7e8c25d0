"""Posterior probabilities of being better or best: against scipy's quadrature and distributions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from equipoise.simulate.posterior import BETA, NORMAL, RATE, STUDENT, best_probabilities, beta_exceeds, better


def distribution(kind, row):
    """On a scale on which higher is better."""
    if kind == NORMAL:
        return stats.norm(row[0], row[1])
    if kind == BETA:
        return stats.beta(row[0], row[1])
    return stats.t(row[2], row[0], row[1])


def by_quadrature(kind, rows, k):
    """P(arm k is the best), integrating over the quantiles of its own posterior."""
    if kind == RATE:
        parts = [stats.gamma(a, scale=1 / b) for a, b, _ in rows]
        others = [d.sf for j, d in enumerate(parts) if j != k]
    else:
        parts = [distribution(kind, row) for row in rows]
        others = [d.cdf for j, d in enumerate(parts) if j != k]
    x, w = np.polynomial.legendre.leggauss(40)
    edges = stats.norm.cdf(np.linspace(-8, 8, 65))
    u = np.concatenate([(b - a) / 2 * x + (a + b) / 2 for a, b in itertools.pairwise(edges)])
    weight = np.concatenate([(b - a) / 2 * w for a, b in itertools.pairwise(edges)])
    at = parts[k].ppf(u)
    return float(weight @ np.prod([other(at) for other in others], axis=0))


def best(kind, rows):
    rows, out = np.array(rows, float), np.empty(len(rows))
    best_probabilities(kind, rows, len(rows), out)
    return out


sizes = st.integers(0, 300)


@settings(max_examples=25, deadline=None)
@given(a=sizes, b=sizes, c=sizes, d=sizes, prior=st.sampled_from([(1.0, 1.0), (0.5, 0.5), (0.2, 0.8), (3.7, 2.1)]))
@example(a=0, b=300, c=300, d=0, prior=(0.2, 0.8))
@example(a=300, b=0, c=0, d=300, prior=(0.2, 0.8))
def test_betas_agree_with_quadrature(a, b, c, d, prior):
    p, q = (a + prior[0], b + prior[1]), (c + prior[0], d + prior[1])
    own = beta_exceeds(*p, *q)
    assert own == pytest.approx(by_quadrature(BETA, [(*p, 0), (*q, 0)], 0), abs=1e-9)
    assert own + beta_exceeds(*q, *p) == pytest.approx(1, abs=1e-11)
    assert best(BETA, [(*p, 0), (*q, 0)])[0] == pytest.approx(own, abs=1e-9)


def test_betas_agree_with_scipys_adaptive_quadrature_to_its_last_digits():
    for a, b, c, d in [(3, 8, 5, 6), (30, 70, 45, 55), (1, 1, 1, 12), (140, 60, 150, 50)]:
        exact = integrate.quad(
            lambda x, a=a, b=b, c=c, d=d: stats.beta.pdf(x, a, b) * stats.beta.cdf(x, c, d),
            0,
            1,
            epsabs=1e-13,
            limit=200,
        )[0]
        assert beta_exceeds(a, b, c, d) == pytest.approx(exact, abs=1e-12)


def test_a_known_probability_of_two_betas():
    """P(Beta(2, 1) > Beta(1, 1)) is the mean of the first, 2/3; by symmetry equals are a half."""
    assert beta_exceeds(2, 1, 1, 1) == pytest.approx(2 / 3, abs=1e-15)
    assert beta_exceeds(17.3, 2.2, 17.3, 2.2) == 0.5


@settings(max_examples=40, deadline=None)
@given(a=st.floats(0.3, 200), b=st.floats(0.3, 200), c=st.floats(0.3, 200), d=st.floats(0.3, 200))
def test_betas_of_different_priors_agree_with_quadrature(a, b, c, d):
    assert beta_exceeds(a, b, c, d) == pytest.approx(by_quadrature(BETA, [(a, b, 0), (c, d, 0)], 0), abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(a=st.floats(0.2, 200), b=st.floats(0.5, 2000), c=st.floats(0.2, 200), d=st.floats(0.5, 2000))
def test_hazards_agree_with_the_f_distribution(a, b, c, d):
    """(X b / a) / (Y d / c) of gammas has an F distribution."""
    exact = stats.f.cdf(c * b / (a * d), 2 * a, 2 * c)
    assert better(RATE, np.array([a, b, 0.0]), np.array([c, d, 0.0])) == pytest.approx(exact, abs=1e-10)
    assert best(RATE, [(a, b, 0), (c, d, 0)])[0] == pytest.approx(exact, abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(
    shift=st.floats(-3, 3), spread=st.floats(0.05, 20), one=st.floats(4, 300), other=st.floats(4, 300)
)  # fmt: skip
def test_behrens_fisher_agrees_with_quadrature(shift, spread, one, other):
    rows = [(0.0, 1.0, one), (shift, spread, other)]
    own = better(STUDENT, np.array(rows[0]), np.array(rows[1]))
    assert own == pytest.approx(by_quadrature(STUDENT, rows, 0), abs=3e-7)


def test_normals_are_exact():
    own = better(NORMAL, np.array([0.3, 0.4, 0.0]), np.array([0.1, 0.3, 0.0]))
    assert own == pytest.approx(stats.norm.cdf(0.2 / 0.5), abs=1e-15)
    assert best(NORMAL, [(0.3, 0.4, 0), (0.1, 0.3, 0)])[0] == pytest.approx(own, abs=1e-11)


@pytest.mark.parametrize(
    ("kind", "rows", "accuracy"),
    [
        (NORMAL, [(0, 1, 0), (0.3, 0.1, 0), (1, 2, 0), (-3, 0.01, 0)], 1e-9),
        (BETA, [(0.3, 1, 0), (50, 80, 0), (4, 3, 0)], 1e-9),
        (BETA, [(30, 71, 0), (38, 61, 0), (34, 64, 0), (29, 73, 0), (41, 59, 0)], 1e-9),
        (RATE, [(5, 60, 0), (0.5, 10, 0), (20, 300, 0)], 1e-9),
        (STUDENT, [(0, 1, 4), (0.5, 0.3, 6), (0.2, 0.7, 40)], 1e-7),
        (STUDENT, [(0, 1, 2), (0.5, 0.3, 2), (0.2, 0.7, 40)], 1e-5),
    ],
)
def test_the_best_of_several_agrees_with_quadrature(kind, rows, accuracy):
    own = best(kind, rows)
    assert own.sum() == pytest.approx(1, abs=1e-14)
    assert own == pytest.approx([by_quadrature(kind, rows, k) for k in range(len(rows))], abs=accuracy)


@settings(max_examples=30, deadline=None)
@given(arms=st.integers(2, 8), a=st.floats(0.2, 50), b=st.floats(0.2, 50))
def test_equal_arms_share_equally_and_one_far_ahead_is_the_best(arms, a, b):
    assert best(BETA, [(a, b, 0)] * arms) == pytest.approx([1 / arms] * arms, abs=1e-10)
    ahead = best(NORMAL, [(a, 1, 0), (a + 50, 2, 0), *[(a, 1, 0)] * (arms - 2)])
    assert ahead[1] == pytest.approx(1, abs=1e-11)
    assert math.isclose(ahead.sum(), 1)
