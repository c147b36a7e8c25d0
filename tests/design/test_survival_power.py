"""Events, power and detectable hazard ratio of the log-rank test."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equipoise.design.survival_power import events_required, survival_effect, survival_power
from equipoise.errors import InputError, NoSolutionError

with (Path(__file__).parent / "data/rpact_survival_fixed.csv").open() as file:
    FIXED = list(csv.DictReader(file))


def design(row):
    inputs = dict(part.split("=") for part in row["inputs"].split(";")[:2])
    return float(inputs["hazard_ratio"]), {
        "alpha": float(row["alpha"]),
        "sided": int(row["sided"]),
        "ratio": float(row["ratio"]),
        "method": row["kind"].removeprefix("survival_").lower(),
    }


def test_events_power_and_effect_agree_with_rpact():
    assert len(FIXED) > 40
    for row in FIXED:
        hazard_ratio, chosen = design(row)
        events, power = float(row["events"]), float(row["power"])
        assert events_required(hazard_ratio=hazard_ratio, power=power, **chosen) == pytest.approx(events, rel=1e-12)
        assert survival_power(events, hazard_ratio=hazard_ratio, **chosen) == pytest.approx(power, rel=1e-12)
        assert survival_effect(events, power=power, **chosen) == pytest.approx(hazard_ratio, rel=1e-12)


def test_non_inferiority_agrees_with_rpact():
    # getSampleSizeSurvival(alpha=.025, beta=.2, hazardRatio=1, thetaH0=1.3, allocationRatioPlanned=2)
    chosen = {"alpha": 0.025, "ratio": 2.0, "margin": 1.3, "objective": "non-inferiority"}
    assert events_required(hazard_ratio=1, power=0.8, **chosen) == pytest.approx(513.110410030945, rel=1e-12)
    # where events are good the margin lies below 1, and nothing else changes
    chosen["margin"] = 1 / 1.3
    assert events_required(hazard_ratio=1, power=0.8, **chosen) == pytest.approx(513.110410030945, rel=1e-12)


def test_superiority_beyond_a_bound_is_the_distance_to_it():
    # by hand: information needed ((1.95996 + 1.28155) / log(0.7 / 0.4))^2, four events a unit of it with equal arms
    chosen = {"alpha": 0.025, "margin": 0.7}
    events = events_required(hazard_ratio=0.4, power=0.9, **chosen)
    assert events == pytest.approx(4 * ((1.959963985 + 1.281551566) / math.log(0.7 / 0.4)) ** 2, rel=1e-9)
    assert survival_power(events, hazard_ratio=0.4, **chosen) == pytest.approx(0.9)
    assert survival_power(events, hazard_ratio=0.7, **chosen) == pytest.approx(0.025)
    assert survival_power(events, hazard_ratio=1.0, **chosen) < 0.025
    assert survival_effect(events, power=0.9, **chosen) == pytest.approx(0.4)
    # events that are good: the mirror image
    good = {"alpha": 0.025, "margin": 1 / 0.7}
    assert survival_power(events, hazard_ratio=2.5, **good) == pytest.approx(0.9)
    assert survival_effect(events, power=0.9, better="higher", **good) == pytest.approx(2.5)
    with pytest.raises(NoSolutionError):
        events_required(hazard_ratio=0.8, power=0.9, **chosen)


def test_power_at_the_margin_is_the_level():
    chosen = {"alpha": 0.05, "margin": 1.25}
    assert survival_power(400, hazard_ratio=1.25, objective="non-inferiority", **chosen) == pytest.approx(0.05)
    assert survival_power(4000, hazard_ratio=1.25, objective="equivalence", **chosen) == pytest.approx(0.05)
    assert survival_power(300, hazard_ratio=1, alpha=0.05, sided=2) == pytest.approx(0.025)


def test_equivalence_is_the_chance_that_both_tests_reject():
    rng = np.random.default_rng(5)
    events, hazard_ratio, z = 500, 1.04, stats.norm.isf(0.05)
    root = math.sqrt(events / 4)
    estimates = rng.normal(math.log(hazard_ratio), 1 / root, 1_000_000)
    limit = math.log(1.3) - z / root
    simulated = np.mean(np.abs(estimates) < limit)
    power = survival_power(events, hazard_ratio=hazard_ratio, alpha=0.05, margin=1.3, objective="equivalence")
    assert power == pytest.approx(simulated, abs=0.002)


@given(
    st.sampled_from(["superiority", "non-inferiority", "equivalence"]),
    st.floats(0.55, 0.99),
    st.floats(0.2, 5),
    st.floats(1.1, 1.8),
    st.sampled_from([0.01, 0.025, 0.05]),
)
def test_the_three_questions_agree(objective, power, ratio, margin, alpha):
    hazard_ratio = 0.7 if objective == "superiority" else 1.04
    chosen = {
        "alpha": alpha,
        "ratio": ratio,
        "objective": objective,
        "margin": 1 if objective == "superiority" else margin,
    }
    events = events_required(hazard_ratio=hazard_ratio, power=power, **chosen)
    assert survival_power(events, hazard_ratio=hazard_ratio, **chosen) == pytest.approx(power, abs=1e-9)
    assert survival_effect(events, power=power, **chosen) == pytest.approx(hazard_ratio, rel=1e-9)


@pytest.mark.parametrize("method", ["schoenfeld", "freedman"])
def test_harm_is_detected_on_the_side_that_is_asked(method):
    chosen = {"alpha": 0.025, "method": method, "ratio": 1.5}
    events = events_required(hazard_ratio=1.4, power=0.9, **chosen)
    assert survival_effect(events, power=0.9, better="higher", **chosen) == pytest.approx(1.4, rel=1e-12)


def test_arguments_broadcast():
    power = survival_power(np.array([100, 200, 300]), hazard_ratio=np.array([[0.7], [0.8]]), alpha=0.025)
    assert power.shape == (2, 3)
    assert np.all(np.diff(power, axis=1) > 0)


def test_what_no_number_of_events_shows_has_no_solution():
    with pytest.raises(NoSolutionError):
        events_required(hazard_ratio=1, power=0.8, alpha=0.025)
    with pytest.raises(NoSolutionError):
        events_required(hazard_ratio=1.4, power=0.8, alpha=0.025, margin=1.3, objective="non-inferiority")
    with pytest.raises(NoSolutionError):
        survival_effect(20, power=0.8, alpha=0.05, margin=1.2, objective="equivalence")
    with pytest.raises(NoSolutionError):
        survival_effect(4, power=0.9, alpha=0.025, method="freedman")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hazard_ratio": 0}, "hazard_ratio"),
        ({"alpha": 1}, "alpha"),
        ({"power": 1}, "power"),
        ({"power": 0.01}, "power"),
        ({"sided": 3}, "sided"),
        ({"ratio": 0}, "ratio"),
        ({"margin": 1.2, "method": "freedman"}, "method"),
        ({"objective": "non-inferiority"}, "margin"),
        ({"objective": "equivalence", "margin": 1.2, "method": "freedman"}, "method"),
        ({"objective": "better"}, "objective"),
        ({"method": "exact"}, "method"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, field):
    with pytest.raises(InputError) as refused:
        events_required(**{"hazard_ratio": 0.7, "power": 0.8, "alpha": 0.025, **wrong})
    assert refused.value.field == field
