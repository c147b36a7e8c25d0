"""The expected log-rank Z under any hazards, against quadrature and virtual trials."""

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from equipoise.design.accrual import Accrual
from equipoise.design.group_sequential import GroupSequential, crossing_along
from equipoise.design.hazard import Hazard
from equipoise.design.survival import TwoArms, logrank_noncentrality, time_of_events, trial_events
from equipoise.errors import InputError

ACCRUAL = Accrual(breaks=(0, 3, 8), rates=(20, 50, 125))
CONTROL = Hazard(breaks=(0, 5, 14), rates=(0.06, 0.02, 0.035))
DROPOUT = Hazard(breaks=(0, 9), rates=(0.01, 0.003))
DELAYED = TwoArms(
    treatment=CONTROL.scaled(0.6, after=4),
    control=CONTROL,
    treatment_dropout=DROPOUT.scaled(2),
    control_dropout=DROPOUT,
    ratio=1.5,
)


def rate(hazard, u):
    return hazard.rates[int(np.searchsorted(hazard.breaks, u, side="right")) - 1]


def slow_score(t, accrual, patients, arms, margin):
    """Quadrature over follow-up, straight from the definition."""
    cap = math.inf if arms.max_follow_up is None else arms.max_follow_up
    stop = float(accrual.time_of(patients))
    kinks = {*arms.treatment.breaks, *arms.control.breaks, *arms.treatment_dropout.breaks, *arms.control_dropout.breaks}
    kinks |= {t - b for b in (*accrual.breaks, stop)}
    knots = sorted({k for k in kinks if 0 < k < min(t, cap)} | {0.0, min(t, cap)})

    def parts(u, start):
        enrolled = float(accrual.enrolled(min(t - u, stop)))
        y_1 = enrolled * arms.share * float(arms.treatment.survival(u) * arms.treatment_dropout.survival(u))
        y_2 = enrolled * (1 - arms.share) * float(arms.control.survival(u) * arms.control_dropout.survival(u))
        if y_1 + y_2 == 0:
            return 0.0, 0.0
        d_1, d_2 = y_1 * rate(arms.treatment, start), y_2 * rate(arms.control, start)
        expected = margin * y_1 / (margin * y_1 + y_2)
        return expected * (d_1 + d_2) - d_1, expected * (1 - expected) * (d_1 + d_2)

    return [
        sum(
            integrate.quad(lambda u, a=a, k=k: parts(u, a)[k], a, b, epsabs=1e-10, epsrel=1e-11)[0]
            for a, b in itertools.pairwise(knots)
        )
        for k in (0, 1)
    ]


def simulate(t, patients, arms, trials, rng):
    """Scores and their variances of the log-rank test in virtual trials, one row for each trial."""
    size_1 = round(patients * arms.share)
    in_1 = np.arange(patients) < size_1
    grid = np.arange(0, 2000, 0.5)
    results = []
    for _ in range(trials):
        arrival = np.asarray(ACCRUAL.time_of(rng.uniform(0, patients, patients)))

        def draw(first, second):
            clock = rng.exponential(size=patients)
            return np.where(
                in_1, np.interp(clock, first.cumulative(grid), grid), np.interp(clock, second.cumulative(grid), grid)
            )

        event = draw(arms.treatment, arms.control)
        gone = np.minimum(draw(arms.treatment_dropout, arms.control_dropout), t - arrival)
        if arms.max_follow_up is not None:
            gone = np.minimum(gone, arms.max_follow_up)
        here = gone > 0
        time, seen, first = np.minimum(event, gone)[here], (event <= gone)[here], in_1[here]
        order = np.argsort(time)
        seen, first = seen[order], first[order]
        share = np.cumsum(first[::-1])[::-1] / np.arange(first.size, 0, -1)
        results.append((np.sum((share - first)[seen]), np.sum((share * (1 - share))[seen]), seen.sum()))
    return np.array(results).T


@pytest.mark.parametrize("margin", [1.0, 1.3])
@pytest.mark.parametrize("cap", [None, 10.0])
def test_the_drift_agrees_with_quadrature(margin, cap):
    arms = DELAYED.model_copy(update={"max_follow_up": cap})
    for t in (1.5, 6.0, 13.0, 30.0, 90.0):
        found = logrank_noncentrality(t, accrual=ACCRUAL, patients=700, arms=arms, margin=margin)
        score, variance = slow_score(t, ACCRUAL, 700, arms, margin)
        assert found.information == pytest.approx(variance, rel=1e-9)
        assert found.drift == pytest.approx(score / math.sqrt(variance), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(("delay", "cap"), [(0.0, None), (4.0, None), (4.0, 15.0)])
def test_the_drift_agrees_with_virtual_trials(delay, cap):
    arms = DELAYED.model_copy(update={"treatment": CONTROL.scaled(0.7, after=delay), "max_follow_up": cap})
    score, variance, events = simulate(24.0, 800, arms, 4000, np.random.default_rng(11))
    found = logrank_noncentrality(24.0, accrual=ACCRUAL, patients=800, arms=arms)
    z = score / np.sqrt(variance)
    assert found.drift == pytest.approx(z.mean(), abs=0.05)  # a standard error of 0.016
    assert found.information == pytest.approx(variance.mean(), rel=0.01)
    assert found.events.total == pytest.approx(events.mean(), rel=0.01)
    assert found.drift * math.sqrt(found.information) == pytest.approx(score.mean(), rel=0.03)


def test_a_small_proportional_effect_is_schoenfelds():
    arms = DELAYED.model_copy(update={"treatment": CONTROL.scaled(0.98), "treatment_dropout": DROPOUT, "ratio": 1.0})
    found = logrank_noncentrality(30.0, accrual=ACCRUAL, patients=700, arms=arms)
    assert found.drift == pytest.approx(-math.log(0.98) * math.sqrt(found.events.total / 4), rel=1e-3)


def test_a_delayed_effect_has_no_drift_before_it_begins():
    found = logrank_noncentrality([0.0, 3.9, 20.0], accrual=ACCRUAL, patients=700, arms=DELAYED)
    assert found.drift[:2] == pytest.approx(0, abs=1e-12)
    assert found.drift[2] > 1
    assert found.drift[0] == found.information[0] == 0


def test_the_margin_moves_the_null():
    arms = DELAYED.model_copy(update={"treatment": CONTROL.scaled(1.3)})
    found = logrank_noncentrality(30.0, accrual=ACCRUAL, patients=700, arms=arms, margin=1.3)
    assert found.drift == pytest.approx(0, abs=1e-12)


def test_power_by_look_agrees_with_rpacts_virtual_trials():
    with (Path(__file__).parent / "data/rpact_survival_simulated.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3
    for row in rows:
        dropout = Hazard.from_risk(float(row["dropout_12_months"]), 12)
        breaks = tuple(float(part) for part in row["breaks"].split(";"))
        treatment, control = (
            Hazard(breaks=breaks, rates=tuple(float(part) for part in row[f"hazard_{arm}"].split(";")))
            for arm in ("treatment", "control")
        )
        arms = TwoArms(treatment=treatment, control=control, treatment_dropout=dropout, control_dropout=dropout)
        patients = float(row["patients"])
        trial = {"accrual": Accrual(rates=(patients / 24,)), "patients": patients, "arms": arms}
        at = time_of_events([float(part) for part in row["events"].split(";")], **trial)
        found = logrank_noncentrality(at, **trial)
        information = tuple(float(part) for part in row["information"].split(";"))
        bounds = GroupSequential(information=information).solution
        up, down = crossing_along(bounds, found.drift)
        by_stage = [float(part) for part in row["reject_per_stage"].split(";")]
        assert up == pytest.approx(by_stage, abs=0.006)  # a standard error of 0.002
        assert up.sum() == pytest.approx(float(row["overall_reject"]), abs=0.004)
        recruited = np.minimum(trial["accrual"].enrolled(at), patients)
        # an analysis comes at random while recruitment may still go on: its mean is a little below that at the mean time
        assert (up + down) @ recruited == pytest.approx(float(row["expected_patients"]), rel=0.0005)


@given(st.floats(0.01, 5), st.floats(0, 20), st.floats(0.1, 500), st.floats(0.1, 10))
def test_any_trial_has_a_finite_drift_and_consistent_events(hazard_ratio, delay, t, ratio):
    arms = DELAYED.model_copy(update={"treatment": CONTROL.scaled(hazard_ratio, after=delay), "ratio": ratio})
    found = logrank_noncentrality(t, accrual=ACCRUAL, patients=400, arms=arms)
    assert np.isfinite(found.drift)
    assert found.drift * (1 - hazard_ratio) >= -1e-12
    assert 0 <= found.information <= found.events.total / 4 * (1 + 1e-9)
    assert found.events == trial_events(t, accrual=ACCRUAL, patients=400, arms=arms)


def test_an_analysis_that_never_comes_has_no_drift():
    found = logrank_noncentrality([10.0, np.inf], accrual=ACCRUAL, patients=700, arms=DELAYED)
    assert np.isnan(found.drift).tolist() == [False, True]


def test_a_margin_must_be_a_hazard_ratio():
    with pytest.raises(InputError) as refused:
        logrank_noncentrality(1, accrual=ACCRUAL, patients=10, arms=DELAYED, margin=0)
    assert refused.value.field == "margin"
