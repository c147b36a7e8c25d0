"""The search against slow versions written another way: the calendar patient by patient, the front pair by pair,
robustness by searching again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from equipoise.design import proportion_power
from equipoise.search import Question, run_search
from equipoise.search.front import Front, cells
from equipoise.search.recruitment import accrual, calendar
from tests.search.questions import data, question


def arrivals(sites, per_month, opening, patients):
    """Expected arrival month of each patient when sites open at even steps, by a fine sum over days."""
    months = np.linspace(0, 400, 400_001)
    opens = np.linspace(0, opening, sites) if sites > 1 else np.zeros(1)
    enrolled = np.cumsum((months[:, None] >= opens).sum(axis=1) * per_month) * (months[1] - months[0])
    return np.interp(np.arange(1, patients + 1), enrolled, months)


@pytest.mark.parametrize("sites", [1, 5, 24, 60])
def test_the_calendar_is_that_of_sites_opening_one_by_one(sites):
    asked = question("mean", recruitment={"sites": sites, "patients_per_site_month": 0.8, "opening_months": 9.0})
    come = arrivals(sites, 0.8, 9.0, 300)
    dates = calendar(asked, sites, 1.0)
    assert dates.time_of(np.arange(1, 301)) == pytest.approx(come, abs=0.2 if sites == 60 else 0.01)
    for month in (3.0, 10.0, 40.0):
        followed = np.clip(month - come[come <= month], 0, 6.0).sum()
        assert dates.patient_months(month, 300.0, 6.0) == pytest.approx(followed, rel=0.02, abs=6)
    assert accrual(asked, sites, 0.5).rates[-1] == pytest.approx(sites * 0.4)


def test_a_group_sequential_candidate_by_the_multivariate_normal_distribution():
    asked = question("proportion")
    result = run_search(asked)
    best = next(c for c in result.candidates if c.design["looks"] == 3 and c.design["futility_spending"] == "none")
    facts, scenario = best.design, asked.scenarios[1]
    alpha = asked.endpoint.one_sided_alpha
    arms = facts["patients_treatment"] * 0.95, facts["patients_control"] * 0.95
    power = proportion_power(
        *arms, control=scenario.control, treatment=scenario.treatment, objective="superiority", better="lower",
        alpha=alpha, sided=1,
    )  # fmt: skip
    drift = norm.isf(alpha) + norm.ppf(power)
    t = np.array(facts["information"])
    covariance = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    upto = [
        multivariate_normal.cdf(
            facts["critical"][: k + 1], drift * np.sqrt(t[: k + 1]), covariance[: k + 1, : k + 1], abseps=1e-9
        )
        for k in range(3)
    ]
    stop = -np.diff([1.0, *upto])
    shown = best.scenarios[1]
    assert shown.stop_efficacy == pytest.approx(stop, abs=1e-6)
    months = np.interp(0, [0, 1], [0, 1]) + np.array(shown.months)
    assert shown.expected_months == pytest.approx(stop[:2] @ months[:2] + upto[1] * months[2], abs=1e-4)
    assert shown.expected_patients == pytest.approx(
        stop[:2] @ np.array(shown.patients[:2]) + upto[1] * shown.patients[2], abs=1e-3
    )
    last = calendar(asked, facts["sites"], scenario.recruitment).time_of(float(facts["patients"])) + 6.0
    assert shown.months[-1] == pytest.approx(float(last))
    cost = (
        10000 * facts["sites"] + 2000 * np.array(shown.patients) + 20000 * np.arange(1, 4)
        + 50 * calendar(asked, facts["sites"], scenario.recruitment).patient_months(months, facts["patients"], 6.0)
    )  # fmt: skip
    assert shown.expected_cost == pytest.approx(stop[:2] @ cost[:2] + upto[1] * cost[2], rel=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 5))
def test_the_front_is_that_of_all_pairs_in_whatever_chunks(seed, count, objectives):
    points = np.random.default_rng(seed).integers(1, 6, (count, objectives))
    front = Front(objectives)
    for start in range(0, count, 7):
        front.add(points[start : start + 7])
    pairs = points[:, None, :] - points[None, :, :]
    dominated = ((pairs >= 0).all(axis=2) & (pairs > 0).any(axis=2)).any(axis=1)
    assert (front.holds(points) == ~dominated).all()
    assert {tuple(point) for point in front.points} == {tuple(point) for point in points[~dominated]}


def test_cells_are_half_a_per_cent_wide():
    assert len(np.unique(cells(np.geomspace(100, 200, 100_000)[:, None]))) == pytest.approx(np.log(2) / 0.005, rel=0.02)
    assert cells(np.array([[0.0]]))[0, 0] < cells(np.array([[1e-9]]))[0, 0]


def test_robustness_is_what_searching_again_with_other_weights_finds():
    base = data("survival")
    result = run_search(Question.read(base))
    best = result.candidate(result.recommended)
    weights = np.array([scenario["weight"] for scenario in base["scenarios"]])
    weights = weights / weights.sum()
    moved = [limit for limit in result.robustness if limit.weight_limit is not None]
    assert moved
    for limit in moved:
        place = [scenario["name"] for scenario in base["scenarios"]].index(limit.scenario)
        for weight, same in ((limit.weight_limit - 0.005, True), (limit.weight_limit + 0.005, False)):
            tilt = (weight - weights[place]) / (1 - weights[place])
            if not 0 < tilt < 1:
                continue
            tilted = (1 - tilt) * weights + tilt * np.eye(3)[place]
            again = data("survival")
            for scenario, value in zip(again["scenarios"], tilted, strict=True):
                scenario["weight"] = float(value)
            again["scenarios"][0]["primary"] = True
            winner = run_search(Question.read(again)).candidates[0]
            kind = {name: winner.design[name] == best.design[name] for name in ("information", "critical", "futility")}
            assert all(kind.values()) == same
