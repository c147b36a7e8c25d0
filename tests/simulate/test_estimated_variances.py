"""Tests of means and proportions with estimated variances, margins and ratios: against scipy, enumeration and rpact."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from equipoise.errors import InputError
from equipoise.simulate import Boundaries, MeanTrial, ProportionTrial, simulate
from equipoise.simulate.proportion_statistics import proportion_z
from equipoise.simulate.student import student_normal, student_tail

TRIALS = 200_000
CRITICAL = (2.96258804273, 1.96859564632)
LOOKS = Boundaries(efficacy=CRITICAL)
TESTS, MEASURES = ("pooled", "unpooled", "score"), ("difference", "ratio", "odds-ratio")


def share_z(count, trials, share, others):
    pooled = (count + share * others) / (trials + others)
    return (count / trials - share) / math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / others))


@given(st.floats(1e-3, 30), st.floats(0.5, 5000))
def test_student_tails_are_scipys(t, degrees):
    assert student_tail(t, degrees) == pytest.approx(stats.t.sf(t, degrees), rel=1e-9)
    if stats.t.sf(t, degrees) > 1e-290:
        assert student_normal(-t, degrees) == pytest.approx(-stats.norm.isf(stats.t.sf(t, degrees)), rel=1e-9)


def test_student_is_normal_with_many_degrees_and_bounded_far_out():
    assert student_normal(2.0, 2e6) == pytest.approx(stats.norm.isf(stats.t.sf(2.0, 2e6)), rel=1e-9)
    assert student_normal(1e200, 50) == 37
    assert student_normal(1.0, 0) == student_normal(0.0, 5) == 0


def patient_level(sizes, difference, sds, margin, test, trials=60_000):
    """How many trials reject at each look, with patients drawn one by one and scipy's t tests."""
    rng = np.random.default_rng(4)
    x = difference + margin + sds[0] * rng.standard_normal((trials, sizes[0][-1]))
    y = sds[1] * rng.standard_normal((trials, sizes[1][-1]))
    open_, counts = np.ones(trials, bool), []
    for a, b, critical in zip(*sizes, CRITICAL, strict=True):
        p = stats.ttest_ind(x[:, :a], y[:, :b], axis=1, equal_var=test == "t", alternative="greater").pvalue
        rejects = open_ & (p <= stats.norm.sf(critical))
        counts.append(rejects.sum() / trials)
        open_ &= ~rejects
    return counts, trials


@pytest.mark.parametrize("test", ["t", "welch"])
@pytest.mark.parametrize(("difference", "sds", "margin"), [(0.0, (1.0, 3.0), 0.0), (0.5, (2.0, 1.0), 0.7)])
def test_t_tests_with_two_standard_deviations_agree_with_patients_drawn_one_by_one(test, difference, sds, margin):
    sizes = (6, 15), (4, 20)
    shares, others = patient_level(sizes, difference, sds, margin, test)
    trial = MeanTrial(
        boundaries=LOOKS, patients_treatment=sizes[0], patients_control=sizes[1], difference=difference, sd=sds[0],
        sd_control=sds[1], margin=margin, test=test,
    )  # fmt: skip
    own = simulate(trial, trials=TRIALS, seed=9)
    assert max(abs(share_z(c, TRIALS, s, others)) for c, s in zip(own.rejections, shares, strict=True)) < 4


def test_the_estimate_is_the_difference_of_means_at_the_end():
    trial = MeanTrial(
        boundaries=Boundaries(efficacy=(None, 1.96)), patients_treatment=(5, 30), patients_control=(5, 20), difference=-40,
        sd=30, sd_control=10, test="welch",
    )  # fmt: skip
    own = simulate(trial, trials=TRIALS, seed=9).mean("estimate")
    assert abs(own.mean + 40) < 4 * own.standard_error
    assert own.standard_error * math.sqrt(TRIALS) == pytest.approx(math.sqrt(900 / 30 + 100 / 20), rel=0.01)


def test_a_margin_of_means_agrees_with_exact_power():
    trial = MeanTrial(
        boundaries=Boundaries(efficacy=(1.96,)), patients_treatment=(107,), patients_control=(53,), difference=0.1,
        margin=0.2,
    )  # fmt: skip
    own = simulate(trial, trials=TRIALS, seed=3).reject
    exact = stats.norm.sf(1.96 - 0.3 / math.sqrt(1 / 107 + 1 / 53))
    assert abs(own.mean - exact) < 4 * own.standard_error


def slow_score(x1, n1, x0, n0, measure, limit):
    """The score test with restricted estimates found by maximising the likelihood numerically."""

    def partner(q0):
        if measure == "difference":
            return q0 + limit
        return q0 * limit if measure == "ratio" else limit * q0 / (1 + q0 * (limit - 1))

    def minus_log_likelihood(q0):
        q1 = partner(q0)
        return -stats.binom.logpmf(x1, n1, q1) - stats.binom.logpmf(x0, n0, q0)

    low, high = 0.0, 1.0
    if measure == "difference":
        low, high = max(0.0, -limit), min(1.0, 1.0 - limit)
    elif measure == "ratio":
        high = min(1.0, 1 / limit)
    q0 = optimize.minimize_scalar(
        minus_log_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
    ).x
    q1 = partner(q0)
    v1, v0 = q1 * (1 - q1) / n1, q0 * (1 - q0) / n0
    if measure == "difference":
        return (x1 / n1 - x0 / n0 - limit) / math.sqrt(v1 + v0)
    if measure == "ratio":
        return (x1 / n1 - limit * x0 / n0) / math.sqrt(v1 + limit**2 * v0)
    return (x1 - n1 * q1) * math.sqrt(1 / (n1 * q1 * (1 - q1)) + 1 / (n0 * q0 * (1 - q0)))


@given(
    st.integers(5, 60), st.integers(5, 60), st.floats(0.1, 0.9), st.floats(0.1, 0.9),
    st.sampled_from([*(("difference", x) for x in (-0.3, -0.1, 0.2)), *((m, x) for m in MEASURES[1:] for x in (0.5, 0.8, 1.7))]),
)  # fmt: skip
def test_score_statistics_maximise_the_likelihood_under_the_limit(n1, n0, p1, p0, case):
    measure, limit = case
    x1, x0 = min(max(round(n1 * p1), 1), n1 - 1), min(max(round(n0 * p0), 1), n0 - 1)
    own = proportion_z(x1, n1, x0, n0, 2, MEASURES.index(measure), limit)
    assert own == pytest.approx(slow_score(x1, n1, x0, n0, measure, limit), rel=1e-4, abs=1e-4)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_without_a_margin_every_score_test_is_the_pooled_test(n1, n0, data):
    x1, x0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    pooled = proportion_z(x1, n1, x0, n0, 0, 0, 0.0)
    for measure in range(3):
        assert proportion_z(x1, n1, x0, n0, 2, measure, 1.0 if measure else 0.0) == pytest.approx(pooled, abs=1e-6)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_statistics_are_never_undefined_and_swap_with_their_arms(n1, n0, data):
    x1, x0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    for test in range(3):
        for measure in range(3):
            limit = data.draw(st.floats(-0.9, 0.9) if measure == 0 else st.floats(0.1, 10))
            z = proportion_z(x1, n1, x0, n0, test, measure, limit)
            swapped = proportion_z(x0, n0, x1, n1, test, measure, -limit if measure == 0 else 1 / limit)
            assert not math.isnan(z)
            assert z == pytest.approx(-swapped, rel=1e-5, abs=1e-5) or test == 0


@pytest.mark.parametrize(
    ("test", "measure", "margin", "better"),
    [
        ("unpooled", "difference", 0.15, "higher"), ("unpooled", "ratio", 1.4, "lower"),
        ("unpooled", "odds-ratio", 0.7, "higher"), ("score", "difference", 0.15, "lower"), ("score", "ratio", 0.7, "higher"),
        ("score", "odds-ratio", 1.5, "lower"), ("pooled", "difference", None, "lower"),
    ],
)  # fmt: skip
def test_one_look_has_the_enumerated_power(test, measure, margin, better):
    trial = ProportionTrial(
        boundaries=Boundaries(efficacy=(1.7,)), patients_treatment=(25,), patients_control=(15,), rate_treatment=0.45,
        rate_control=0.5, test=test, measure=measure, margin=margin, better=better,
    )  # fmt: skip
    sign = 1 if better == "higher" else -1
    limit = (0.0 if margin is None else -sign * margin) if measure == "difference" else margin
    exact = 0.0
    for a in range(26):
        for b in range(16):
            if sign * proportion_z(a, 25, b, 15, TESTS.index(test), MEASURES.index(measure), limit) >= 1.7:
                exact += stats.binom.pmf(a, 25, 0.45) * stats.binom.pmf(b, 15, 0.5)
    own = simulate(trial, trials=TRIALS, seed=6).reject
    assert abs(own.mean - exact) < 4 * own.standard_error


# rpact 3.3.4: d as above, getSimulationRates(d, maxNumberOfIterations=200000, seed=11, ...) with the options given here
RPACT_RATES = [
    (
        "pi1=.45, pi2=.5, thetaH0=-.15, riskRatio=FALSE, plannedSubjects=c(100,200), directionUpper=TRUE",
        ((50, 100), (50, 100)),
        {"rate_treatment": 0.45, "rate_control": 0.5, "margin": 0.15},
        0.31232,
        (0.02454, 0.28778),
    ),
    (
        "pi1=.45, pi2=.5, thetaH0=.75, riskRatio=TRUE, plannedSubjects=c(120,240), directionUpper=TRUE",
        ((60, 120), (60, 120)),
        {"rate_treatment": 0.45, "rate_control": 0.5, "margin": 0.75, "measure": "ratio"},
        0.2672,
        (0.023735, 0.243465),
    ),
    (
        "pi1=.25, pi2=.4, plannedSubjects=c(120,240), directionUpper=FALSE, allocationRatioPlanned=2",
        ((80, 160), (40, 80)),
        {"rate_treatment": 0.25, "rate_control": 0.4, "better": "lower"},
        0.660325,
        (0.106405, 0.55392),
    ),
    (
        "pi1=.3, pi2=.3, thetaH0=1.6, riskRatio=TRUE, plannedSubjects=c(120,240), directionUpper=FALSE, allocationRatioPlanned=2",
        ((80, 160), (40, 80)),
        {"rate_treatment": 0.3, "rate_control": 0.3, "margin": 1.6, "measure": "ratio", "better": "lower"},
        0.5806,
        (0.103285, 0.477315),
    ),
]


@pytest.mark.parametrize(("call", "sizes", "truth", "overall", "stages"), RPACT_RATES, ids=lambda x: str(x)[:40])
def test_margins_of_proportions_agree_with_rpact(call, sizes, truth, overall, stages):
    trial = ProportionTrial(
        boundaries=LOOKS, patients_treatment=sizes[0], patients_control=sizes[1], test="score", **truth
    )
    own = simulate(trial, trials=TRIALS, seed=8)
    assert abs(share_z(sum(own.rejections), TRIALS, overall, 200_000)) < 4
    assert max(abs(share_z(c, TRIALS, s, 200_000)) for c, s in zip(own.rejections, stages, strict=True)) < 4


GOOD = {"boundaries": {"efficacy": (1.96,)}, "patients_treatment": (20,), "patients_control": (20,)}
RATES = {"rate_treatment": 0.4, "rate_control": 0.5}


@pytest.mark.parametrize(
    ("family", "change", "field"),
    [
        (MeanTrial, {"difference": 0, "margin": -1}, "margin"),
        (MeanTrial, {"difference": 0, "sd_control": 0}, "sd_control"),
        (MeanTrial, {"difference": 0, "test": "f"}, "test"),
        (MeanTrial, {"difference": 0, "test": "welch", "patients_control": (1,)}, "patients_treatment"),
        (ProportionTrial, RATES | {"margin": 0.1}, "test"),
        (ProportionTrial, RATES | {"margin": 1.0, "test": "score"}, "margin"),
        (ProportionTrial, RATES | {"margin": 1.1, "test": "score", "measure": "ratio"}, "margin"),
        (ProportionTrial, RATES | {"margin": 0.9, "test": "score", "measure": "ratio", "better": "lower"}, "margin"),
        (ProportionTrial, RATES | {"rate_control": 1.1}, "rate_control"),
        (ProportionTrial, RATES | {"measure": "log"}, "measure"),
    ],
)
def test_trials_that_make_no_sense_are_refused(family, change, field):
    with pytest.raises(InputError) as error:
        family.read(GOOD | change)
    assert error.value.field == field
