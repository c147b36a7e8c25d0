"""Survival trials: exact designs, patients followed one by one, type I error, when looks are held, what is refused."""

import math

import numpy as np
import pytest
from slow_survival import arm_mean, arm_milestone, difference_test, observed, weighted_test

from equipoise.design import (
    Accrual,
    GroupSequential,
    Hazard,
    TwoArms,
    crossing_along,
    logrank_noncentrality,
    survival_power,
    time_of_events,
)
from equipoise.errors import InputError
from equipoise.simulate import (
    Boundaries,
    FlemingHarrington,
    LogRank,
    MaxCombo,
    Milestone,
    RateRecruitment,
    RestrictedMean,
    SiteRecruitment,
    SurvivalTrial,
    max_combo_boundaries,
    simulate,
)

TRIALS = 30_000
AT_5_PER_CENT = Boundaries(efficacy=(1.959963984540054,))
MEDIAN_12 = math.log(2) / 12
SMALL = SurvivalTrial(
    boundaries=Boundaries(efficacy=(2.5, 2.0), futility=(0.0,)),
    patients=101,
    events=(20, 60),
    breaks=(0, 6),
    hazard_treatment=(0.1, 0.02),
    hazard_control=(0.1, 0.08),
    accrual_months=10,
    dropout_hazard=0.01,
    treatment_share=2 / 3,
)
TESTS = {
    "log-rank": LogRank(),
    "late": FlemingHarrington(gamma=1),
    "middle": FlemingHarrington(rho=0.5, gamma=0.5),
    "maximum": MaxCombo(scale="maximum"),
    "mean": RestrictedMean(months=12),
    "milestone": Milestone(months=9),
}


def live(trial, boundaries=None, **options):
    """Simulate a trial, with other boundaries if some are given."""
    return simulate(trial if boundaries is None else trial.model_copy(update={"boundaries": boundaries}), **options)


def share_z(count, trials, share, reference_trials):
    pooled = (count + share * reference_trials) / (trials + reference_trials)
    return (count / trials - share) / math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / reference_trials))


def slow_z(test, seen):
    if isinstance(test, RestrictedMean):
        return difference_test(arm_mean, *seen, test.months)
    if isinstance(test, Milestone):
        return difference_test(arm_milestone, *seen, test.months)
    if isinstance(test, FlemingHarrington):
        return weighted_test(*seen, test.rho, test.gamma)
    z, estimate = weighted_test(*seen)
    if isinstance(test, MaxCombo):
        z = max(weighted_test(*seen, *pair)[0] for pair in test.weights)
    return z, estimate


def slow_months(hazards, breaks, size, rng):
    """Times to event by stepping through the pieces."""
    months, alive = np.full(size, math.inf), np.ones(size, bool)
    for i, (start, hazard) in enumerate(zip(breaks, hazards, strict=True)):
        end = breaks[i + 1] if i + 1 < len(breaks) else math.inf
        wait = rng.exponential(1 / hazard, size) if hazard else np.full(size, math.inf)
        now = alive & (start + wait < end)
        months[now], alive = start + wait[now], alive & ~now
    return months


def slow_trial(trial, rng):
    """One trial from one-line draws: look, outcome and the columns of its record."""
    n = trial.patients
    k = np.arange(1, n + 1)
    arm = np.diff(np.floor(k * trial.treatment_share + 0.5), prepend=0).astype(int)
    arrivals = trial.accrual_months * k / n
    event_at = np.where(
        arm == 1,
        slow_months(trial.hazard_treatment, trial.breaks, n, rng),
        slow_months(trial.hazard_control, trial.breaks, n, rng),
    )
    event_at[rng.random(n) < np.where(arm == 1, trial.cured_treatment, trial.cured_control)] = math.inf
    dropouts = trial.dropout_hazard, trial.dropout_hazard_treatment or trial.dropout_hazard
    drop_at = np.minimum(rng.exponential(1 / np.array(dropouts)[arm]), trial.max_follow_up or math.inf)
    follow, event = np.minimum(event_at, drop_at), event_at <= drop_at
    ends = np.sort((arrivals + follow)[event])
    upper, lower = trial.boundaries.as_arrays()
    for look in range(trial.looks):
        now = max(
            (trial.events and (ends[trial.events[look] - 1] if trial.events[look] <= len(ends) else math.inf)) or 0,
            (trial.months and trial.months[look]) or 0,
            (trial.patients_followed and arrivals[trial.patients_followed[look] - 1] + trial.window) or 0,
        )
        last = now >= (trial.max_months or math.inf)
        now = min(now, trial.max_months or math.inf)
        seen = observed(now, arrivals, follow, event, arm)
        z, estimate = slow_z(trial.test, seen)
        outcome = 1 if z >= upper[look] else -1 if z <= lower[look] else 0
        if last or outcome:
            break
    return look + 1, outcome, len(seen[0]), seen[1].sum(), now, seen[0].sum(), estimate


def compare(trial, trials, seed=3):
    """Everything a record holds, against the slow trials, in joint standard errors."""
    slow = np.array([slow_trial(trial, np.random.default_rng([8, i])) for i in range(trials)])
    own = simulate(trial, trials=TRIALS, seed=seed)
    z = []
    for look in range(trial.looks):
        for place, outcome in enumerate((-1, 0, 1)):
            share = ((slow[:, 0] == look + 1) & (slow[:, 1] == outcome)).mean()
            count = own.endings[look][place]
            if count or share:
                z.append(share_z(count, TRIALS, share, trials))
    for place, column in enumerate(trial.columns):
        figures, mine = slow[:, 2 + place], own.mean(column.name)
        error = math.hypot(figures.std() / math.sqrt(trials), mine.standard_error)
        z.append((mine.mean - figures.mean()) / error if error else mine.mean - figures.mean())
    return np.array(z)


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
def test_agrees_with_patients_followed_one_by_one(test):
    assert np.abs(compare(SMALL.model_copy(update={"test": test}), 250)).max() < 4


EVERYTHING = SMALL.model_copy(
    update={
        "cured_treatment": 0.3,
        "cured_control": 0.1,
        "dropout_hazard_treatment": 0.03,
        "max_follow_up": 15.0,
        "max_months": 20.0,
        "months": (9.0, 16.0),
        "patients_followed": (30, 90),
        "follow_up_months": 7.0,
    }
)


@pytest.mark.parametrize("test", [TESTS["log-rank"], TESTS["milestone"]], ids=["log-rank", "milestone"])
def test_cures_dropout_by_arm_and_all_rules_for_looks_agree_with_patients_followed_one_by_one(test):
    assert np.abs(compare(EVERYTHING.model_copy(update={"test": test}), 350)).max() < 4


def drifts(trial, accrual_rate, *, hazard_treatment):
    """The expected log-rank z at each look, by the exact design, and the boundaries as that has them."""
    arms = TwoArms(treatment=hazard_treatment, control=Hazard(rates=(trial.hazard_control[0],)))
    given = {"accrual": Accrual(rates=(accrual_rate,)), "patients": trial.patients, "arms": arms}
    found = logrank_noncentrality(time_of_events(np.array(trial.events), **given), **given)
    return found.drift, found.information / found.information[-1]


@pytest.mark.parametrize(
    "truth", [Hazard(rates=(0.88 * MEDIAN_12,)), Hazard(rates=(MEDIAN_12, 0.8 * MEDIAN_12), breaks=(0.0, 4.0))]
)
def test_log_rank_has_the_power_of_the_exact_design(truth):
    """Proportional hazards and a delayed effect; many patients, as the exact design is the limit for many."""
    breaks = truth.breaks
    trial = SurvivalTrial(
        boundaries=Boundaries(efficacy=(2.6, 2.0), futility=(0.3,)),
        patients=4000,
        events=(1400, 2800),
        breaks=breaks,
        hazard_treatment=truth.rates,
        hazard_control=(MEDIAN_12,) * len(breaks),
        accrual_months=24,
    )
    mean, information = drifts(trial, 4000 / 24, hazard_treatment=truth)
    solution = GroupSequential(information=tuple(information)).solution
    bounds = solution.model_copy(update={"critical": (2.6, 2.0), "futility": (0.3,)})
    up, down = crossing_along(bounds, mean)
    own = simulate(trial, trials=6_000, seed=5)
    for exact, estimate in zip([*up, down[0]], [*own.reject_by_look, own.futility_by_look[0]], strict=True):
        assert abs(estimate.mean - exact) < 4 * estimate.standard_error


def test_one_log_rank_test_has_schoenfelds_power():
    trial = SurvivalTrial(
        boundaries=AT_5_PER_CENT, patients=2000, events=(1200,), accrual_months=24,
        hazard_treatment=(0.85 * MEDIAN_12,), hazard_control=(MEDIAN_12,),
    )  # fmt: skip
    own = simulate(trial, trials=12_000, seed=5)
    exact = survival_power(1200, hazard_ratio=0.85, alpha=0.025)
    assert abs(own.reject.mean - exact) < 4 * own.reject.standard_error
    assert own.mean("estimate").mean == pytest.approx(math.log(0.85), abs=0.01)
    assert own.mean("events").mean == 1200


NULL_TESTS = TESTS | {"p-value": MaxCombo()}
NUISANCES = {
    "quick": {"hazard_control": (0.15, 0.15), "hazard_treatment": (0.15, 0.15), "dropout_hazard": 0.01},
    "cured": {
        "hazard_control": (0.02, 0.2),
        "hazard_treatment": (0.02, 0.2),
        "cured_treatment": 0.3,
        "cured_control": 0.3,
    },
}


@pytest.mark.parametrize("test", NULL_TESTS)
@pytest.mark.parametrize("nuisance", NUISANCES)
def test_the_null_is_rejected_at_the_level(test, nuisance):
    """At one look; small-sample departures of the normal approximation (Greenwood's more than others') are allowed 0.003."""
    trial = SurvivalTrial(
        boundaries=AT_5_PER_CENT, patients=400, months=(24,), breaks=(0, 5), accrual_months=10, test=NULL_TESTS[test],
        **NUISANCES[nuisance],
    )  # fmt: skip
    if test == "maximum":
        trial = trial.model_copy(update={"boundaries": max_combo_boundaries(trial, (0.025,))})
    own = simulate(trial, trials=20_000, seed=6).reject
    assert abs(own.mean - 0.025) < 0.003 + 3 * own.standard_error


def test_max_combo_spends_its_error_over_looks():
    trial = SMALL.model_copy(
        update={
            "test": MaxCombo(scale="maximum"), "patients": 600, "events": (150, 300, 450), "accrual_months": 24.0,
            "hazard_treatment": (0.1, 0.08), "treatment_share": 0.5, "boundaries": Boundaries(efficacy=(3.0, 3.0, 3.0)),
        }
    )  # fmt: skip
    spent = (0.002, 0.01, 0.025)
    own = live(trial, max_combo_boundaries(trial, spent), trials=30_000, seed=2)
    for estimate, error in zip(own.reject_by_look, np.diff(spent, prepend=0), strict=True):
        assert abs(estimate.mean - error) < 4 * estimate.standard_error + 0.0005


@pytest.mark.parametrize("test", [*NULL_TESTS, "sites"])
def test_any_split_gives_the_same_bytes(test):
    sites = SiteRecruitment(sites=8, patients_per_site_month=2.0, rate_cv=0.5)
    change = {"recruitment": sites, "accrual_months": None} if test == "sites" else {"test": NULL_TESTS[test]}
    trial = SMALL.model_copy(update=change)
    whole = simulate(trial, trials=2_000, seed=9, threads=1)
    for threads in (2, 3):
        assert simulate(trial, trials=2_000, seed=9, threads=threads).model_dump_json() == whole.model_dump_json()
    assert simulate(trial, trials=700, seed=9) + simulate(trial, trials=1_300, seed=9, first_trial=700) == whole
    assert sum(whole.rejections) > 0


def test_a_look_that_runs_short_of_events_is_the_last():
    cured = SMALL.model_copy(update={"hazard_treatment": (0.01, 0.0), "hazard_control": (0.01, 0.0)})
    own = live(cured, Boundaries(efficacy=(-100, -100)), trials=1_000, seed=1)
    assert own.rejections[0] == 1_000
    own = live(cured, Boundaries(efficacy=(100, -100)), trials=1_000, seed=1)
    assert own.rejections[1] < 1_000
    assert own.expected_patients.mean == 101
    ended = live(cured.model_copy(update={"max_months": 12.0}), Boundaries(efficacy=(100, 100)), trials=1_000, seed=1)
    assert ended.mean("months", look=1).mean == 12


def test_looks_by_date_and_by_follow_up_are_held_then():
    change = {"events": (), "patients_followed": (51, 101), "test": RestrictedMean(months=12)}
    by_follow_up = live(SMALL.model_copy(update=change), Boundaries(efficacy=(100, 100)), trials=500, seed=1)
    assert by_follow_up.mean("months").mean == pytest.approx(22)
    dated = SMALL.model_copy(update={"events": (), "months": (3, 14)})
    own = live(dated, Boundaries(efficacy=(-100, 100)), trials=500, seed=1)
    assert own.mean("months").mean == 3
    assert own.expected_patients.mean == 30


def test_random_arrivals_are_like_their_expectation():
    accrual = Accrual(rates=(5.0, 20.0), breaks=(0.0, 6.0))
    months = []
    for random in (False, True):
        recruitment = RateRecruitment(accrual=accrual, random=random)
        trial = SMALL.model_copy(
            update={"recruitment": recruitment, "accrual_months": None, "events": (), "months": (4, 8)}
        )
        own = live(trial, Boundaries(efficacy=(100, 100)), trials=4_000, seed=1)
        months.append(own.mean("patients"))
    assert months[0].mean == 70
    assert abs(months[1].mean - 70) < 4 * months[1].standard_error
    assert months[1].standard_error * math.sqrt(4_000) == pytest.approx(math.sqrt(70), rel=0.1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"events": (60, 20)}, "events"),
        ({"events": (20, 102)}, "events"),
        ({"events": ()}, "events"),
        ({"months": (3,)}, "months"),
        ({"patients_followed": (5, 90)}, "follow_up_months"),
        ({"patients_followed": (5, 102), "follow_up_months": 3}, "patients_followed"),
        ({"breaks": (1, 6)}, "breaks"),
        ({"breaks": (0, 0)}, "breaks"),
        ({"hazard_control": (0.1,)}, "hazard_control"),
        ({"hazard_treatment": (0.1, -0.1)}, "hazard_treatment.2"),
        ({"treatment_share": 1}, "treatment_share"),
        ({"cured_control": 1}, "cured_control"),
        ({"accrual_months": None}, "accrual_months"),
        ({"recruitment": {"kind": "rate", "accrual": {"rates": (3.0,)}}}, "accrual_months"),
        (
            {
                "accrual_months": None,
                "recruitment": {"kind": "rate", "accrual": {"rates": (3.0, 0.0), "breaks": (0.0, 9.0)}},
            },
            "recruitment.rate.accrual.rates",
        ),
        ({"test": {"kind": "milestone", "months": 0}}, "test.milestone.months"),
        ({"test": {"kind": "milestone", "months": 12}, "max_follow_up": 10}, "test.months"),
        ({"test": {"kind": "maxcombo", "weights": ()}}, "test.maxcombo.weights"),
        ({"test": {"kind": "maxcombo", "weights": ((0, 0), (0, 0.5), (0.5, 0), (0.5, 0.5))}}, "test.maxcombo.weights"),
        ({"test": {"kind": "fleming-harrington", "rho": -1}}, "test.fleming-harrington.rho"),
    ],
)
def test_trials_that_make_no_sense_are_refused(change, field):
    with pytest.raises(InputError) as error:
        SurvivalTrial.read({**SMALL.model_dump(), **change})
    assert error.value.field == field


@pytest.mark.parametrize(
    ("test", "spent"), [("log-rank", (0.01, 0.025)), ("p-value", (0.01, 0.025)), ("maximum", (0.02,))]
)
def test_max_combo_boundaries_are_for_the_maximum_at_each_look(test, spent):
    with pytest.raises(InputError):
        max_combo_boundaries(SMALL.model_copy(update={"test": NULL_TESTS[test]}), spent)


def test_trials_go_through_json_and_back():
    for test in NULL_TESTS.values():
        trial = EVERYTHING.model_copy(update={"test": test})
        assert SurvivalTrial.model_validate_json(trial.model_dump_json()) == trial
