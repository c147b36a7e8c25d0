"""Response-adaptive trials: every course of small designs enumerated, plain versions written out, and calibration."""

import functools
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from equipoise.errors import InputError, NoSolutionError
from equipoise.simulate import (
    AdaptiveMeanTrial,
    AdaptiveProportionTrial,
    AdaptiveSurvivalTrial,
    PredictiveTwoArmTrial,
    calibrated_success,
    predictive_endings,
    simulate,
)
from equipoise.simulate.adaptive_kernels import bound_shares
from equipoise.simulate.posterior import NORMAL, RATE, STUDENT, better

TRIALS = 100_000
X, W = np.polynomial.legendre.leggauss(40)
X, W = (X + 1) / 2, W / 2


def within(own, exact, reference_error=0.0):
    return abs(own.mean - exact) < 4 * math.hypot(own.standard_error, reference_error)


@functools.cache
def best(counts, prior):
    """The chance that each arm is the best; densities are polynomials here, so that 40 nodes are exact."""
    posterior = [(prior[0] + s, prior[1] + n - s) for n, s in counts]
    pdf = np.array([X ** (a - 1) * (1 - X) ** (b - 1) / special.beta(a, b) for a, b in posterior])
    cdf = np.array([special.betainc(a, b, X) for a, b in posterior])
    return [float(W @ (pdf[k] * np.delete(cdf, k, axis=0).prod(axis=0))) for k in range(len(counts))]


def shares_of(trial, counts, going, enrolled):
    """The allocation rules from their definitions, control first; floor and cap by solving for the scale."""
    power = enrolled / (2 * trial.patients) if trial.power is None else trial.power
    inside = [0, *(k for k in range(1, len(counts)) if going[k])]
    raw = np.zeros(len(counts))
    if trial.allocation == "best":
        raw[inside] = np.array(best(tuple(counts[k] for k in inside), trial.prior)) ** power
    elif trial.allocation == "control-protected":
        arms = inside[1:]
        raw[arms] = [best((counts[k], counts[0]), trial.prior)[0] ** power for k in arms]
        raw[arms] /= raw[arms].sum()
        ahead = max(counts[k][0] for k in arms) - counts[0][0]
        raw[0] = math.exp(trial.control_power * enrolled / trial.patients * ahead) / len(arms)
    else:
        raw[inside] = 1
    raw /= raw.sum()
    low, high = 1e-9, 1e9
    for _ in range(100):
        scale = math.sqrt(low * high)
        if np.clip(scale * raw[inside], trial.floor, trial.cap).sum() < 1:
            low = scale
        else:
            high = scale
    out = np.zeros(len(counts))
    out[inside] = np.clip(scale * raw[inside], trial.floor, trial.cap)
    return out / out.sum()


def enumerate_courses(trial):
    """Exact (endings by look, mean of each arm's patients, rejection of each arm) over every course of a trial with cohorts of 1."""
    rates, arms = [trial.rate_control, *trial.rates_treatment], trial.arms + 1
    schedule = [*range(trial.burn_in * arms, trial.patients, trial.cohort), trial.patients]
    endings, patients, rejected = np.zeros((len(schedule), 3)), np.zeros(arms), np.zeros(arms)
    states = {(((0, 0),) * arms, (True,) * arms): 1.0}
    for look, until in enumerate(schedule):
        before = schedule[look - 1] if look else 0
        for i in range(before, until):
            after = {}
            for (counts, going), chance in states.items():
                shares = np.eye(arms)[i % arms] if i < trial.burn_in * arms else shares_of(trial, counts, going, before)
                for a, success in itertools.product(np.flatnonzero(shares), (0, 1)):
                    n, s = counts[a]
                    new = (*counts[:a], (n + 1, s + success), *counts[a + 1 :])
                    p = chance * shares[a] * (rates[a] if success else 1 - rates[a])
                    after[new, going] = after.get((new, going), 0) + p
            states = after
        kept, final = {}, until == trial.patients
        for (counts, going), chance in states.items():
            superior = [0.0, *(best((counts[k], counts[0]), trial.prior)[0] for k in range(1, arms))]
            wins = [going[k] and superior[k] >= trial.success - 1e-9 for k in range(arms)]
            left = tuple(k == 0 or (going[k] and superior[k] >= trial.drop - 1e-9) for k in range(arms))
            ending = 2 if any(wins) and (final or trial.stop_for_success) else 0 if not any(left[1:]) else 1
            if final or ending != 1:
                endings[look, ending] += chance
                patients += chance * np.array([n for n, _ in counts])
                rejected += chance * np.array(wins) * (ending == 2)
            else:
                kept[counts, left] = kept.get((counts, left), 0) + chance
        states = kept
    return endings, patients, rejected


SMALL = {"rate_control": 0.3, "burn_in": 2, "cohort": 1, "success": 0.93, "drop": 0.2}
ENUMERATED = [
    AdaptiveProportionTrial(**SMALL, rates_treatment=(0.7,), patients=9),
    AdaptiveProportionTrial(**SMALL, rates_treatment=(0.7,), patients=9, power=1, floor=0.2, cap=0.7),
    AdaptiveProportionTrial(**SMALL, rates_treatment=(0.7,), patients=8, allocation="control-protected", power=0.5),
    AdaptiveProportionTrial(
        **SMALL, rates_treatment=(0.7,), patients=8, allocation="equal", stop_for_success=False, prior=(2, 1)
    ),
    AdaptiveProportionTrial(**SMALL | {"burn_in": 1}, rates_treatment=(0.2, 0.8), patients=7, power=1),
    AdaptiveProportionTrial(
        **SMALL | {"burn_in": 1}, rates_treatment=(0.2, 0.8), patients=7, allocation="control-protected",
        control_power=1, floor=0.1,
    ),
]  # fmt: skip


@pytest.mark.parametrize("trial", ENUMERATED, ids=lambda t: f"{t.allocation}-{t.arms}-{t.patients}-{t.floor}")
def test_small_designs_agree_with_every_course_enumerated(trial):
    endings, patients, rejected = enumerate_courses(trial)
    assert endings.sum() == pytest.approx(1, abs=1e-12)
    own = simulate(trial, trials=TRIALS, seed=1)
    z = (np.array(own.endings) - TRIALS * endings) / np.sqrt(np.maximum(TRIALS * endings * (1 - endings), 1e-9))
    assert np.abs(z).max() < 4.5
    for k in range(trial.arms + 1):
        assert within(own.mean(f"patients_{k}" if k else "patients_control"), patients[k])
        if k:
            assert within(own.mean(f"rejected_{k}"), rejected[k])


def test_one_analysis_is_the_exact_fixed_design():
    """All patients in the burn-in: the two-arm design whose endings are known exactly."""
    trial = AdaptiveProportionTrial(
        patients=60, burn_in=30, cohort=1, rates_treatment=(0.5,), rate_control=0.3, success=0.95, response_months=5
    )
    fixed = PredictiveTwoArmTrial(
        patients_treatment=(30,), patients_control=(30,), rate_treatment=0.5, rate_control=0.3, success=0.95
    )
    own = simulate(trial, trials=TRIALS, seed=2)
    assert within(own.reject, predictive_endings(fixed)[:, 2].sum())
    assert own.mean("months").mean == pytest.approx(65)
    assert within(own.mean("successes"), 24)


def test_outcomes_that_come_too_late_change_nothing_before_the_end():
    trial = AdaptiveProportionTrial(
        patients=40, burn_in=5, cohort=5, rates_treatment=(0.9,), rate_control=0.1, response_months=1000, drop=0.4
    )
    own = simulate(trial, trials=20_000, seed=3)
    assert own.stop_early.mean == 0
    assert within(own.mean("patients_1"), 20)
    at_once = simulate(trial.model_copy(update={"response_months": 0.0}), trials=20_000, seed=3)
    assert at_once.expected_patients.mean < 30


def slow_trial(trial, rng):
    """Two arms, patients one by one, posteriors by the textbook; (patients, months, estimate, arm 1's, rejected)."""
    survival = isinstance(trial, AdaptiveSurvivalTrial)
    schedule = [*range(trial.burn_in * 2, trial.patients, trial.cohort), trial.patients]
    arrival, arm, value, share = [], [], [], 0.5
    for until in schedule:
        for i in range(len(arm), until):
            gap = 1 / trial.patients_per_month
            gap = rng.exponential(gap) if trial.recruitment == "poisson" else gap
            arrival.append((arrival[-1] if arrival else 0) + gap)
            arm.append(i % 2 if i < 2 * trial.burn_in else int(rng.random() < share))
            if survival:
                hazard = (trial.hazard_control, trial.hazards_treatment[0])[arm[-1]]
                value.append(rng.exponential(1 / hazard))
            else:
                mean = (trial.mean_control, trial.means_treatment[0])[arm[-1]]
                value.append(mean + trial.sd * rng.standard_normal())
        final, now = until == trial.patients, arrival[-1]
        if final:
            now += trial.follow_up_months if survival else trial.response_months
        posterior = []
        for g in (0, 1):
            y = np.array([v for v, a in zip(value, arm, strict=True) if a == g])
            t = np.array([v for v, a in zip(arrival, arm, strict=True) if a == g])
            if survival:
                events, months = (t + y <= now).sum(), np.minimum(y, now - t).sum()
                posterior.append((trial.prior[0] + events, trial.prior[1] + months, 0.0))
                continue
            y = y[t + trial.response_months <= now]
            n, m0 = len(y), trial.prior[0]
            if trial.known_sd:
                precision = 1 / trial.prior[1] ** 2 + n / trial.sd**2
                centre = (m0 / trial.prior[1] ** 2 + y.sum() / trial.sd**2) / precision
                posterior.append((centre, 1 / math.sqrt(precision), 0.0))
            else:
                _, weight, shape, scale = trial.prior
                mean = y.mean() if n else m0
                shape, scale = shape + n / 2, scale + 0.5 * ((y - mean) ** 2).sum()
                scale += 0.5 * weight * n / (weight + n) * (mean - m0) ** 2
                centre = (weight * m0 + y.sum()) / (weight + n)
                posterior.append((centre, math.sqrt(scale / shape / (weight + n)), 2 * shape))
        kind = RATE if survival else NORMAL if trial.known_sd else STUDENT
        superior = better(kind, np.array(posterior[1]), np.array(posterior[0]))
        wins = superior >= trial.success
        if final or wins or superior < trial.drop:
            break
        power = until / 2 / trial.patients
        share = superior**power / (superior**power + (1 - superior) ** power)
    if survival:
        (a0, b0, _), (a1, b1, _) = posterior
        estimate = math.log(a0 / b0) - math.log(a1 / b1)
    else:
        estimate = posterior[1][0] - posterior[0][0]
    return [until, now, estimate, sum(arm), wins]


SHARED = {"patients": 60, "burn_in": 8, "cohort": 9, "success": 0.96, "drop": 0.1, "patients_per_month": 3.0}
SLOW = [
    AdaptiveMeanTrial(
        **SHARED, means_treatment=(1.5,), mean_control=1.0, sd=1.2, prior=(0.5, 2.0), response_months=2.0,
        recruitment="poisson",
    ),
    AdaptiveMeanTrial(
        **SHARED, means_treatment=(1.5,), mean_control=1.0, sd=1.2, known_sd=False, prior=(0.5, 0.5, 2.0, 1.5),
        response_months=2.0,
    ),
    AdaptiveSurvivalTrial(
        **SHARED, hazards_treatment=(0.06,), hazard_control=0.12, prior=(1.0, 10.0), follow_up_months=6.0,
        recruitment="poisson",
    ),
]  # fmt: skip


@pytest.mark.parametrize("trial", SLOW, ids=["normal", "unknown variance", "time to event"])
def test_other_outcomes_agree_with_patients_one_by_one(trial):
    rng, trials = np.random.default_rng(4), 1_000
    rows = np.array([slow_trial(trial, rng) for _ in range(trials)], float)
    own = simulate(trial, trials=10_000, seed=4)
    for place, name in enumerate(("patients", "months", "estimate", "patients_1", "rejected_1")):
        error = rows[:, place].std() / math.sqrt(trials)
        assert within(own.mean(name), rows[:, place].mean(), error), name
    early = (rows[:, 0] < trial.patients).mean()
    assert within(own.stop_early, early, math.sqrt(early * (1 - early) / trials))


def test_a_flat_prior_and_no_adaptation_give_the_z_test():
    trial = AdaptiveMeanTrial(
        patients=50, burn_in=25, cohort=1, means_treatment=(0.5,), mean_control=0.0, prior=(0.0, 1e6), success=0.975
    )
    exact = stats.norm.sf(stats.norm.isf(0.025) - 0.5 / math.sqrt(2 / 25))
    assert within(simulate(trial, trials=TRIALS, seed=5).reject, exact)


NULL = AdaptiveProportionTrial(patients=60, burn_in=10, cohort=10, rates_treatment=(0.3,), rate_control=0.3, drop=0.05)


def at(rate, trial=NULL):
    return trial.model_copy(update={"rates_treatment": (rate,) * trial.arms, "rate_control": rate})


def test_the_calibrated_threshold_has_its_error_at_every_null():
    nulls = [at(0.2), at(0.4), at(0.6)]
    found = calibrated_success(nulls, 0.05, trials=40_000, seed=6)
    assert 0.95 < found.success < 1
    assert 0 < found.standard_error < 0.01
    for null, error in zip(nulls, found.type_one_errors, strict=True):
        assert error.mean <= 0.05
        held = null.model_copy(update={"success": found.success})
        assert simulate(held, trials=40_000, seed=6).reject == error  # the same trials, the same rejections
        again = simulate(held, trials=40_000, seed=7).reject
        assert within(again, error.mean, error.standard_error)
    lower = max(error.mean for error in found.type_one_errors)
    assert lower > 0.04  # discrete, but not far below


def test_a_continuous_outcome_spends_the_error_to_within_its_monte_carlo_error():
    null = AdaptiveMeanTrial(**SHARED, means_treatment=(1.0,), mean_control=1.0, sd=1.2)
    found = calibrated_success([null], 0.05, trials=20_000, seed=8)
    again = simulate(null.model_copy(update={"success": found.success}), trials=20_000, seed=9).reject
    assert within(again, 0.05, math.sqrt(0.05 * 0.95 / 20_000))
    more = calibrated_success([null], 0.05, trials=20_000, seed=10, threads=1)
    assert abs(more.success - found.success) < 4 * math.hypot(more.standard_error, found.standard_error)
    assert calibrated_success([null], 0.05, trials=20_000, seed=10, threads=3) == more


def test_the_family_wise_error_of_several_arms_is_calibrated():
    null = at(0.3, NULL.model_copy(update={"rates_treatment": (0.3, 0.3, 0.3), "allocation": "control-protected"}))
    found = calibrated_success([null], 0.05, trials=20_000, seed=11)
    again = simulate(null.model_copy(update={"success": found.success}), trials=20_000, seed=12).reject
    assert within(again, found.type_one_errors[0].mean, found.type_one_errors[0].standard_error)


@pytest.mark.parametrize(
    ("change", "field"), [({"nulls": []}, "nulls"), ({"alpha": 0}, "alpha"), ({"trials": 100}, "trials")]
)
def test_calibration_refuses_what_makes_no_sense(change, field):
    with pytest.raises(InputError) as error:
        calibrated_success(**({"nulls": [NULL], "alpha": 0.05, "trials": 10_000, "seed": 1} | change))
    assert error.value.field == field


def test_a_threshold_out_of_reach_is_reported():
    sure = AdaptiveMeanTrial(
        patients=20, burn_in=10, cohort=1, means_treatment=(100.0,), mean_control=0.0, prior=(0.0, 1e3)
    )
    with pytest.raises(NoSolutionError):
        calibrated_success([sure], 0.05, trials=1_000, seed=1)


@settings(max_examples=100, deadline=None)
@given(
    weights=st.lists(st.floats(1e-6, 1.0), min_size=2, max_size=8),
    out=st.integers(0, 6),
    floor=st.floats(0, 0.12),
    cap=st.floats(0.5, 1),
)
def test_shares_add_to_one_within_their_bounds_and_keep_their_order(weights, out, floor, cap):
    share = np.array(weights)
    going = np.ones(len(share), bool)
    going[: min(out, len(share) - 2)] = False
    bound_shares(share, going, floor, cap)
    assert share.sum() == pytest.approx(1, abs=1e-12)
    assert (share[~going] == 0).all()
    assert (share[going] >= floor - 1e-9).all()
    assert (share[going] <= cap + 1e-9).all()
    order = np.argsort(np.array(weights)[going], kind="stable")
    assert (np.diff(share[going][order]) >= -1e-12).all()


@pytest.mark.parametrize("trial", [ENUMERATED[4], *SLOW], ids=["beta", "normal", "student", "rate"])
def test_any_split_gives_the_same_bytes(trial):
    whole = simulate(trial, trials=1_500, seed=13, design=2, scenario=3, threads=1)
    name = {"seed": 13, "design": 2, "scenario": 3}
    assert simulate(trial, trials=1_500, **name, threads=3).model_dump_json() == whole.model_dump_json()
    assert simulate(trial, trials=400, **name) + simulate(trial, trials=1_100, first_trial=400, **name) == whole
    assert type(trial).model_validate_json(trial.model_dump_json()) == trial


@pytest.mark.parametrize(
    ("trial", "change", "field"),
    [
        (NULL, {"patients": 19}, "patients"),
        (NULL, {"burn_in": 0}, "burn_in"),
        (NULL, {"cohort": 0}, "cohort"),
        (NULL, {"floor": 0.6}, "floor"),
        (NULL, {"cap": 0.4}, "cap"),
        (NULL, {"allocation": "thompson"}, "allocation"),
        (NULL, {"rates_treatment": (1.5,)}, "rates_treatment.1"),
        (NULL, {"rate_control": -1}, "rate_control"),
        (NULL, {"prior": (0, 1)}, "prior.1"),
        (NULL, {"response_months": -1}, "response_months"),
        (NULL, {"success": 0}, "success"),
        (SLOW[0], {"prior": (0, 1, 1, 1)}, "prior"),
        (SLOW[1], {"prior": (0, 1)}, "prior"),
        (SLOW[1], {"prior": (0, 1, 0, 1)}, "prior"),
        (SLOW[2], {"hazard_control": 0}, "hazard_control"),
        (SLOW[2], {"hazards_treatment": ()}, "hazards_treatment"),
        (SLOW[2], {"follow_up_months": -1}, "follow_up_months"),
    ],
)
def test_designs_that_make_no_sense_are_refused(trial, change, field):
    with pytest.raises(InputError) as error:
        type(trial).read({**trial.model_dump(), **change})
    assert error.value.field == field
