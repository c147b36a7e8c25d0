"""Boundaries and chances: every row of the peer, published constants, and slow versions without the likelihood ratio."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from equipoise.design import GroupSequential, crossing_along, crossing_probabilities, drifts_for
from equipoise.errors import InputError
from equipoise.validation import validate_files
from equipoise.validation.report import shipped_files

CHOICES = [
    {},
    {"spending": "pocock-type"},
    {"spending": "hwang-shih-decani", "parameter": -4.0, "futility": "hwang-shih-decani", "futility_parameter": -2.0},
    {"spending": "kim-demets", "parameter": 2.0, "futility": "pocock-type", "binding": True},
    {"spending": "wang-tsiatis", "parameter": 0.25},
]


def riemann(t, lower, upper, theta, points=6001):
    """Chances of leaving above at each look under theta, the density carried on a fine grid by Simpson's rule."""
    up, grid, mass = [], None, None
    for k in range(len(t)):
        step = t[k] - (t[k - 1] if k else 0.0)
        if k == 0:
            up.append(norm.sf(upper[0] - theta * np.sqrt(t[0])))
        else:
            up.append(mass @ norm.sf((upper[k] * np.sqrt(t[k]) - grid - theta * step) / np.sqrt(step)))
        if k + 1 == len(t):
            return np.array(up)
        low, high = max(lower[k], theta * np.sqrt(t[k]) - 9), min(upper[k], theta * np.sqrt(t[k]) + 9)
        z = np.linspace(low, high, points) * np.sqrt(t[k])
        weights = np.full(points, 2.0)
        weights[1::2], weights[0], weights[-1] = 4.0, 1.0, 1.0
        weights *= (z[1] - z[0]) / 3
        if k == 0:
            density = norm.pdf(z, theta * t[0], np.sqrt(t[0]))
        else:
            density = np.array([mass @ norm.pdf(b, grid + theta * step, np.sqrt(step)) for b in z])
        grid, mass = z, weights * density
    raise AssertionError


def test_every_row_of_the_peer():
    report = validate_files([path for path in shipped_files() if path.name == "group_sequential.csv"])
    assert report.ok
    assert {column.rows for column in report.tables} == {222, 84}


@pytest.mark.parametrize(
    ("spending", "looks", "constant", "inflation"),
    [  # Jennison & Turnbull 2000, tables 2.1 to 2.4: two-sided alpha 0.05, power 0.9
        ("pocock", 2, 2.178, 1.100), ("pocock", 5, 2.413, 1.207), ("pocock", 10, 2.555, 1.271),
        ("obrien-fleming", 2, 1.977, 1.007), ("obrien-fleming", 5, 2.040, 1.026), ("obrien-fleming", 10, 2.087, 1.037),
    ],
)  # fmt: skip
def test_published_constants(spending, looks, constant, inflation):
    bounds = GroupSequential.even(looks, alpha=0.05, sided=2, power=0.9, spending=spending).solution
    assert bounds.critical[-1] == pytest.approx(constant, abs=6e-4)
    assert bounds.inflation == pytest.approx(inflation, abs=6e-4)


@pytest.mark.parametrize("choices", CHOICES)
@pytest.mark.parametrize("information", [(0.3, 0.7, 1.0), (0.01, 0.5, 0.52, 1.0)])
def test_chances_by_a_plain_recursion_under_the_truth_itself(choices, information):
    bounds = GroupSequential.read({"information": information, **choices}).solution
    t, lower, upper = np.array(bounds.information), bounds.lower, np.array(bounds.critical)
    for theta in (0.0, bounds.drift, -1.0):
        slow = riemann(t, lower, upper, theta)
        assert bounds.crossing(theta).up[0] == pytest.approx(slow, abs=1e-9)
        assert crossing_along(bounds, theta * np.sqrt(t))[0] == pytest.approx(slow, abs=1e-9)


def test_chances_by_the_multivariate_normal_distribution():
    bounds = GroupSequential.even(4).solution
    t, theta = np.array(bounds.information), 2.5
    covariance = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    below = multivariate_normal.cdf(bounds.critical, theta * np.sqrt(t), covariance, abseps=1e-8, maxpts=10**7)
    assert bounds.crossing(theta).power[0] == pytest.approx(1 - below, abs=1e-6)


def test_twenty_uneven_looks_spend_what_they_should():
    information = np.sort(np.random.default_rng(4).uniform(0.02, 0.98, 19)).tolist()
    bounds = GroupSequential.read({"information": [*information, 1.0], "spending": "pocock-type"}).solution
    up, _, error = crossing_probabilities(bounds, [0.0])
    assert error == pytest.approx(0.025, abs=1e-10)
    assert up[0].cumsum() == pytest.approx(bounds.alpha_spent, abs=1e-10)


@given(st.lists(st.floats(0.02, 0.98), min_size=0, max_size=6), st.sampled_from(CHOICES), st.floats(0, 6))
def test_properties(fractions, choices, theta):
    information = [*sorted({round(fraction, 2) for fraction in fractions}), 1.0]
    design = GroupSequential.read({"information": information, **choices})
    bounds = design.solution
    assert bounds.crossing(bounds.drift).power[0] == pytest.approx(design.power, abs=1e-9)
    binding = design.binding or design.futility == "none"
    assert crossing_probabilities(bounds, [0.0])[2] <= design.alpha + 1e-9
    assert not binding or crossing_probabilities(bounds, [0.0])[2] == pytest.approx(design.alpha, abs=1e-9)
    outcome = bounds.crossing([theta, theta + 0.5])
    assert outcome.power[0] <= outcome.power[1] + 1e-12
    assert (outcome.up + outcome.down).sum(axis=1) == pytest.approx(1.0, abs=1e-9)
    assert drifts_for(bounds, [0.95]) > bounds.drift
    assert GroupSequential.model_validate_json(design.model_dump_json(by_alias=True)) == design


def test_error_spent_as_one_chooses():
    chosen = GroupSequential.read(
        {
            "information": [0.5, 1.0],
            "spending": "user",
            "alpha_spent": [0.01, 0.025],
            "futility": "user",
            "beta_spent": [0.05, 0.1],
        }
    ).solution
    assert chosen.critical[0] == pytest.approx(norm.isf(0.01))
    assert chosen.crossing(chosen.drift).down[0, 0] == pytest.approx(0.05, abs=1e-9)


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"information": [0.5, 0.9]}, "information"), ({"information": [0.5, 0.5, 1.0]}, "information"),
        ({"information": []}, "information"), ({"information": [k / 21 for k in range(1, 22)]}, "information"),
        ({"information": [1.0], "alpha": 0.5}, "alpha"), ({"information": [1.0], "power": 1.0}, "power"),
        ({"information": [1.0], "power": 0.02}, "power"), ({"information": [1.0], "power": 0.0}, "power"),
        ({"information": [1.0], "spending": "kim-demets"}, "parameter"),
        ({"information": [1.0], "spending": "kim-demets", "parameter": -1.0}, "parameter"),
        ({"information": [1.0], "parameter": 1.0}, "parameter"),
        ({"information": [1.0], "spending": "wang-tsiatis", "parameter": 3.0}, "parameter"),
        ({"information": [1.0], "spending": "user"}, "alpha_spent"),
        ({"information": [0.5, 1.0], "spending": "user", "alpha_spent": [0.02, 0.01]}, "alpha_spent"),
        ({"information": [1.0], "futility": "hwang-shih-decani"}, "futility_parameter"),
        ({"information": [1.0], "colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(choices, field):
    with pytest.raises(InputError) as caught:
        GroupSequential.read(choices)
    assert caught.value.field == field
