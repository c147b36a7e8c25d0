"""Survival trials: exact designs, patients followed one by one, type I error, when looks are held, what is refused."""

import math

import numpy as np
import pytest
from slow_survival import arm_mean, arm_milestone, difference_test, observed, weighted_test

from equipoise.simulate import (
    Boundaries,
    FlemingHarrington,
    LogRank,
    MaxCombo,
    Milestone,
    RestrictedMean,
    SurvivalTrial,
    simulate,
)

TRIALS = 100_000
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
    assert np.abs(compare(SMALL.model_copy(update={"test": test}), 400)).max() < 4


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
    assert np.abs(compare(EVERYTHING.model_copy(update={"test": test}), 600)).max() < 4
