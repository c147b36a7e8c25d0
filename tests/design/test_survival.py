"""Expected events over calendar time, and the sizes and times that follow from them."""

import csv
import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from equipoise.design.accrual import Accrual
from equipoise.design.group_sequential import GroupSequential
from equipoise.design.hazard import Hazard
from equipoise.design.survival import (
    NO_HAZARD,
    TwoArms,
    event_probability,
    expected_events,
    survival_size,
    time_of_events,
    trial_events,
)
from equipoise.design.survival_power import events_required
from equipoise.errors import InputError, NoSolutionError

DATA = Path(__file__).parent / "data"
ACCRUAL = Accrual(breaks=(0, 3, 8), rates=(4, 10, 25))
HAZARD = Hazard(breaks=(0, 5, 14), rates=(0.06, 0.02, 0.035))
DROPOUT = Hazard(breaks=(0, 9), rates=(0.01, 0.003))
ARMS = TwoArms(
    treatment=HAZARD.scaled(0.6, after=4), control=HAZARD, treatment_dropout=DROPOUT, control_dropout=DROPOUT, ratio=2.0
)


def read(name):
    with (DATA / name).open() as file:
        return list(csv.DictReader(file))


def floats(cell):
    return [float(part) for part in cell.split(";")]


def rpact_arms(row):
    if "inputs" in row:
        row = row | dict(part.split("=") for part in row["inputs"].split(";"))
    control = Hazard.constant(float(row["lambda2_per_month"]))
    dropout = Hazard.from_risk(0.02, 12)
    return TwoArms(
        treatment=control.scaled(float(row["hazard_ratio"])),
        control=control,
        treatment_dropout=dropout,
        control_dropout=dropout,
        ratio=float(row.get("ratio", 1)),
    )


def slow_probability(u, hazard, dropout, cap):
    """Quadrature over the density of an observed event."""
    u = min(u, cap)
    if u <= 0:
        return 0.0
    knots = sorted({b for b in (*hazard.breaks, *dropout.breaks) if 0 < b < u} | {0.0, u})
    total = 0.0
    for a, b in itertools.pairwise(knots):
        rate = float(np.array(hazard.rates)[np.searchsorted(hazard.breaks, a, side="right") - 1])
        total += integrate.quad(
            lambda v, rate=rate: rate * math.exp(-float(hazard.cumulative(v) + dropout.cumulative(v))),
            a, b, epsabs=1e-14, epsrel=1e-13,
        )[0]  # fmt: skip
    return total


def slow_events(t, accrual, patients, hazard, dropout, cap):
    """Quadrature over the patients' arrivals."""
    stop = min(t, float(accrual.time_of(patients)))
    kinks = {t - b for b in (*hazard.breaks, *dropout.breaks, cap)} | set(accrual.breaks)
    knots = sorted({k for k in kinks if 0 < k < stop} | {0.0, stop})
    total = 0.0
    for a, b in itertools.pairwise(knots):
        rate = accrual.rates[int(np.searchsorted(accrual.breaks, a, side="right")) - 1]
        total += (
            rate
            * integrate.quad(lambda s: slow_probability(t - s, hazard, dropout, cap), a, b, epsabs=1e-11, epsrel=1e-11)[
                0
            ]
        )
    return total


@st.composite
def hazards(draw):
    waits = draw(st.lists(st.floats(0.5, 20), max_size=3))
    rates = draw(st.lists(st.floats(1e-5, 0.5), min_size=len(waits) + 1, max_size=len(waits) + 1))
    return Hazard(breaks=(0, *np.cumsum(waits).tolist()), rates=tuple(rates))


@st.composite
def trials(draw):
    arms = TwoArms(
        treatment=draw(hazards()),
        control=draw(hazards()),
        treatment_dropout=draw(hazards()),
        control_dropout=draw(st.one_of(st.just(NO_HAZARD), hazards())),
        ratio=draw(st.floats(0.2, 5)),
        max_follow_up=draw(st.one_of(st.none(), st.floats(1, 60))),
    )
    accrual = Accrual.of_sites(draw(st.integers(1, 12)), draw(st.floats(0.1, 5)), draw(st.floats(0, 36)))
    return {"accrual": accrual, "patients": draw(st.floats(5, 2000)), "arms": arms}


@pytest.mark.parametrize("cap", [None, 12.0, 9.0])
def test_events_agree_with_quadrature(cap):
    most = math.inf if cap is None else cap
    for t in (0.5, 3.0, 7.7, 11.0, 19.0, 60.0):
        fast = event_probability(t, HAZARD, DROPOUT, cap)
        assert fast == pytest.approx(slow_probability(t, HAZARD, DROPOUT, most), rel=1e-12)
        fast = expected_events(
            t, accrual=ACCRUAL, patients=140, hazard=HAZARD, dropout_hazard=DROPOUT, max_follow_up=cap
        )
        assert fast == pytest.approx(slow_events(t, ACCRUAL, 140, HAZARD, DROPOUT, most), rel=1e-9)


@pytest.mark.parametrize("rate", [1e-9, 1e-4, 0.02, 0.0999, 0.1001, 3.0])
def test_slow_and_fast_hazards_keep_their_accuracy(rate):
    t, hazard = 1.0, Hazard.constant(rate)
    one = expected_events(t, accrual=Accrual(rates=(1.0,)), patients=10, hazard=hazard)
    series = -sum((-rate) ** k / math.factorial(k + 1) for k in range(1, 60))
    assert one == pytest.approx(series, rel=1e-12)


def test_events_agree_with_a_simulation():
    rng = np.random.default_rng(7)
    n, t = 1_000_000, 20.0

    def draw(hazard):
        return np.interp(rng.exponential(size=n), hazard.cumulative(np.arange(0, 500, 0.5)), np.arange(0, 500, 0.5))

    arrival = ACCRUAL.time_of(rng.uniform(0, 140, n))
    event, gone = draw(HAZARD), draw(DROPOUT)
    seen = (event <= gone) & (event <= 15) & (arrival + event <= t)
    expected = expected_events(
        t, accrual=ACCRUAL, patients=140, hazard=HAZARD, dropout_hazard=DROPOUT, max_follow_up=15
    )
    assert expected / 140 == pytest.approx(seen.mean(), abs=4 * math.sqrt(0.25 / n))


def test_event_probabilities_agree_with_rpact():
    # getEventProbabilities(time=c(5,13,29,44,70), accrualTime=c(0,6,20), accrualIntensity=c(10,20),
    #   piecewiseSurvivalTime=c(0,7,16), lambda2=c(.03,.01,.05), lambda1=c(.02,.02,.01), dropoutRate1=.1, dropoutRate2=.04,
    #   dropoutTime=12, allocationRatioPlanned=2), whose accrual at absolute rates ends after 20 months
    arms = TwoArms(
        treatment=Hazard(breaks=(0, 7, 16), rates=(0.02, 0.02, 0.01)),
        control=Hazard(breaks=(0, 7, 16), rates=(0.03, 0.01, 0.05)),
        treatment_dropout=Hazard.from_risk(0.1, 12),
        control_dropout=Hazard.from_risk(0.04, 12),
        ratio=2.0,
    )
    accrual = Accrual(breaks=(0, 6), rates=(10, 20))
    events = trial_events([5, 13, 29, 44, 70], accrual=accrual, patients=340, arms=arms)
    treatment = [
        0.00701257626265157,
        0.05753669961532146,
        0.25580260688384543,
        0.34596388713463211,
        0.44117699792815696,
    ]
    control = [0.0104402105548782, 0.0771792128659492, 0.3364031405064574, 0.6320959520596078, 0.8416080952415390]
    assert events.treatment / (340 * 2 / 3) == pytest.approx(treatment, rel=1e-12)
    assert events.control / (340 / 3) == pytest.approx(control, rel=1e-12)


def test_sizes_agree_with_rpact():
    rows = read("rpact_survival_fixed.csv")
    assert len(rows) > 40
    for row in rows:
        size = survival_size(
            float(row["events"]), accrual=Accrual(rates=(1.0,)), accrual_months=24, follow_up=18, arms=rpact_arms(row)
        )
        assert size.patients == pytest.approx(float(row["n"]), rel=1e-10)
        assert size.treatment_patients == pytest.approx(float(row["n1"]), rel=1e-10)
        assert size.control_patients == pytest.approx(float(row["n2"]), rel=1e-10)


def test_sizes_with_pieces_of_everything_agree_with_rpact():
    rows = read("rpact_survival_piecewise.csv")
    assert len(rows) >= 10
    for row in rows:
        chosen = {name: float(row[name]) for name in ("hazard_ratio", "alpha", "power", "ratio")}
        events = float(events_required(**chosen))
        assert events == pytest.approx(float(row["events"]), rel=1e-12)
        control = Hazard(breaks=tuple(floats(row["breaks"])), rates=tuple(floats(row["control_rates"])))
        arms = TwoArms(
            treatment=control.scaled(chosen["hazard_ratio"]),
            control=control,
            treatment_dropout=Hazard.from_risk(float(row["dropout_treatment"]), 12),
            control_dropout=Hazard.from_risk(float(row["dropout_control"]), 12),
            ratio=chosen["ratio"],
        )
        absolute = row["kind"] == "absolute"
        rates = floats(row["accrual_intensity"])
        accrual = Accrual(breaks=tuple(floats(row["accrual_times"])[: len(rates)]), rates=tuple(rates))
        months = None if absolute else float(row["accrual_months"])
        size = survival_size(
            events, accrual=accrual, follow_up=float(row["follow_up"]), arms=arms, accrual_months=months
        )
        # with absolute rates rpact itself searches for the accrual time, to about 1e-8
        near = 1e-6 if absolute else 1e-10
        assert size.patients == pytest.approx(float(row["patients"]), rel=near)
        assert size.treatment_patients == pytest.approx(float(row["patients_treatment"]), rel=near)
        assert size.accrual_months == pytest.approx(float(row["accrual_months"]), rel=near)


def test_group_sequential_timing_agrees_with_rpact():
    rows = read("rpact_survival_group_sequential.csv")
    assert len(rows) > 20
    for row in rows:
        looks, arms = int(row["K"]), rpact_arms(row)
        spending = {"asOF": "obrien-fleming-type", "asP": "pocock-type"}[row["spending"]]
        bounds = GroupSequential.even(
            looks, alpha=float(row["alpha"]), power=float(row["power"]), spending=spending
        ).solution
        fixed = events_required(
            hazard_ratio=float(row["hazard_ratio"]), power=float(row["power"]), alpha=float(row["alpha"])
        )
        most = float(row["max_events"])
        assert fixed * bounds.inflation == pytest.approx(most, rel=1e-6)
        times = floats(row["accrual_times"])
        rates = floats(row["accrual_intensity"].removesuffix(" (relative)")) if row["accrual_intensity"] else [1.0]
        # rpact's relative intensities are rates up to a factor
        shape = Accrual(breaks=tuple(times[:-1]), rates=tuple(rates))
        size = survival_size(most, accrual=shape, accrual_months=24, follow_up=18, arms=arms)
        assert size.patients == pytest.approx(float(row["max_patients"]), rel=1e-9)
        factor = size.patients / shape.enrolled(24)
        accrual = Accrual(breaks=shape.breaks, rates=tuple(rate * factor for rate in rates))
        at = time_of_events(most * np.arange(1, looks + 1) / looks, accrual=accrual, patients=size.patients, arms=arms)
        assert at == pytest.approx(floats(row["analysis_times"]), rel=5e-8)  # rpact's own root is good to about 1e-8
        by_look = np.minimum(accrual.enrolled(at), size.patients)
        assert by_look == pytest.approx(floats(row["patients_by_look"]), rel=1e-7)
        outcome = bounds.crossing(bounds.drift)
        stops = (outcome.up + outcome.down)[0]
        assert most * outcome.expected_information[0] == pytest.approx(float(row["expected_events_h1"]), rel=1e-6)
        assert stops @ by_look == pytest.approx(float(row["expected_patients_h1"]), rel=1e-6)
        assert stops @ at == pytest.approx(float(row["study_duration_h1"]), rel=1e-6)


@given(trials(), st.floats(0, 200), st.floats(0, 200))
def test_events_only_grow_and_never_exceed_the_patients(trial, one, other):
    first, last, ever = trial_events(np.array([*sorted((one, other)), np.inf]), **trial).total
    assert first <= last * (1 + 1e-10)
    assert last <= ever * (1 + 1e-10) <= trial["patients"] * (1 + 1e-9)


@given(trials(), st.floats(0.001, 0.999))
def test_time_of_events_inverts_the_expected_events(trial, share):
    ever = float(trial_events(np.inf, **trial).total)
    at = time_of_events(share * ever, **trial)
    assert np.isfinite(at)
    assert trial_events(at, **trial).total == pytest.approx(share * ever, rel=1e-9)


@given(trials())
def test_more_events_than_ever_expected_are_never_reached(trial):
    ever = float(trial_events(np.inf, **trial).total)
    times = time_of_events([0.0, ever * 1.000001, trial["patients"] * 2], **trial)
    assert times.tolist() == [0, np.inf, np.inf]


@given(trials(), st.floats(0.01, 0.9), st.floats(1, 36))
def test_a_size_gives_its_events_by_its_end(trial, share, follow_up):
    accrual, arms = trial["accrual"], trial["arms"]
    events = share * float(trial_events(np.inf, **trial).total)
    size = survival_size(events, accrual=accrual, follow_up=follow_up, arms=arms)
    by_arm = trial_events(size.study_months, accrual=accrual, patients=size.patients, arms=arms)
    assert by_arm.total == pytest.approx(events, rel=1e-8)
    assert size.treatment_events + size.control_events == pytest.approx(events, rel=1e-8)
    relative = survival_size(
        events, accrual=accrual, follow_up=follow_up, arms=arms, accrual_months=size.accrual_months
    )
    assert relative.patients == pytest.approx(size.patients, rel=1e-8)


def test_the_last_event_of_a_capped_follow_up_is_reached_when_it_ends():
    arms = ARMS.model_copy(update={"max_follow_up": 12.0})
    ever = trial_events(np.inf, accrual=ACCRUAL, patients=140, arms=arms).total
    at = time_of_events(ever, accrual=ACCRUAL, patients=140, arms=arms)
    assert at == pytest.approx(ACCRUAL.time_of(140) + 12, rel=1e-5)


def test_times_broadcast_and_wait_out_a_delay():
    late = TwoArms(treatment=Hazard(breaks=(0, 6), rates=(0, 0.1)), control=Hazard(breaks=(0, 6), rates=(0, 0.1)))
    times = time_of_events([[1e-6], [20]], accrual=ACCRUAL, patients=[50, 140, 400], arms=late)
    assert times.shape == (2, 3)
    assert np.all(times > 6)
    assert np.all(times[0] < 6.01)
    scalar = time_of_events(20, accrual=ACCRUAL, patients=140, arms=late)
    assert scalar == times[1, 1]
    assert np.ndim(scalar) == 0


def test_recruitment_that_ends_early_limits_the_events():
    ending = Accrual(breaks=(0, 10), rates=(5, 0))
    few = trial_events(np.array([15.0, np.inf]), accrual=ending, patients=50, arms=ARMS).total
    assert trial_events(np.array([15.0, np.inf]), accrual=ending, patients=80, arms=ARMS).total == pytest.approx(few)
    with pytest.raises(NoSolutionError):
        survival_size(60, accrual=ending, follow_up=12, arms=ARMS)


def test_what_has_no_events_has_no_size():
    healthy = TwoArms(treatment=NO_HAZARD, control=NO_HAZARD)
    with pytest.raises(NoSolutionError):
        survival_size(10, accrual=ACCRUAL, follow_up=12, arms=healthy)
    with pytest.raises(NoSolutionError):
        survival_size(10, accrual=ACCRUAL, follow_up=12, arms=healthy, accrual_months=20)


def test_a_changed_copy_has_its_own_curves():
    before = ARMS.curves[1]
    changed = ARMS.model_copy(update={"treatment": HAZARD.scaled(0.1)})
    assert changed.curves[1].tolist() != before.tolist()


def test_two_arms_go_through_json_and_back():
    assert TwoArms.read(json.loads(ARMS.model_dump_json())) == ARMS


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda: event_probability(-1, HAZARD), "follow_up"),
        (lambda: event_probability(1, HAZARD, max_follow_up=0), "max_follow_up"),
        (lambda: expected_events(math.nan, accrual=ACCRUAL, patients=10, hazard=HAZARD), "t"),
        (lambda: expected_events(1, accrual=ACCRUAL, patients=-1, hazard=HAZARD), "patients"),
        (lambda: time_of_events("many", accrual=ACCRUAL, patients=10, arms=ARMS), "events"),
        (lambda: survival_size(0, accrual=ACCRUAL, follow_up=12, arms=ARMS), "events"),
        (lambda: survival_size(9, accrual=ACCRUAL, follow_up=-1, arms=ARMS), "follow_up"),
        (lambda: survival_size(9, accrual=ACCRUAL, follow_up=1, arms=ARMS, accrual_months=0), "accrual_months"),
        (lambda: TwoArms.read({"treatment": {"rates": [1]}, "control": {"rates": [1]}, "ratio": 0}), "ratio"),
    ],
)
def test_what_makes_no_sense_is_refused(ask, field):
    with pytest.raises(InputError) as refused:
        ask()
    assert refused.value.field == field
