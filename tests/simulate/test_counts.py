"""Trials of recurrent events: against patients drawn one by one, scipy's likelihood and the exact design's power."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from equipoise.design import count_power
from equipoise.errors import InputError
from equipoise.simulate import Boundaries, CountTrial, simulate
from equipoise.simulate.count_kernels import ml_dispersion
from equipoise.simulate.counts import count_hazards

TRIALS = 100_000
CRITICAL = (2.5, 2.0)
TRIAL = CountTrial(
    boundaries=Boundaries(efficacy=CRITICAL), patients_treatment=(15, 30), patients_control=(10, 25), rate_treatment=0.06,
    rate_control=0.11, dispersion=0.8,
)  # fmt: skip


def table(counts, size):
    return np.bincount(counts, minlength=size)


def slow_dispersion(x, y):
    """Maximise the joint likelihood in both means and the dispersion."""

    def minus_log_likelihood(logs):
        shape = np.exp(-logs[2])
        return -sum(
            stats.nbinom.logpmf(counts, shape, shape / (shape + np.exp(m))).sum()
            for counts, m in ((x, logs[0]), (y, logs[1]))
        )

    start = [math.log(x.mean()), math.log(y.mean()), -1.0]
    found = optimize.minimize(
        minus_log_likelihood, start, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10}
    )
    return math.exp(found.x[2])


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.floats(0.2, 2.0), st.floats(0.5, 8.0))
def test_the_dispersion_maximises_the_likelihood(seed, k, mean):
    rng = np.random.default_rng(seed)
    x, y = (rng.negative_binomial(1 / k, 1 / (1 + k * m), n) for n, m in ((60, mean), (80, 2 * mean)))
    size = max(x.max(), y.max()) + 2
    own = ml_dispersion(table(x, size), 60, int(x.sum()), table(y, size), 80, int(y.sum()))
    if own > 0.01:
        assert own == pytest.approx(slow_dispersion(x, y), rel=1e-3)


def test_counts_that_vary_less_than_poissons_have_no_dispersion():
    x = np.array([1, 1, 1, 2])
    assert ml_dispersion(table(x, 5), 4, 5, table(x, 5), 4, 5) == 0
    assert ml_dispersion(table(x * 0, 5), 4, 0, table(x * 0, 5), 4, 0) == 0


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.lists(st.integers(0, 4), min_size=1, max_size=6))
def test_the_dispersion_of_few_patients_is_found_too(first, second):
    """Also where the likelihood is flat at no dispersion: two patients with no events and two."""
    for x, y in ((np.array(first), np.array(second)), (np.array([0, 2]), np.array([0, 2]))):
        own = ml_dispersion(table(x, 6), len(x), int(x.sum()), table(y, 6), len(y), int(y.sum()))
        excess = sum((c * (c - 1)).sum() - len(c) * c.mean() ** 2 for c in (x, y))
        assert own < 1e-6 if excess < -1e-9 else own >= 0
        assert own > 0 or excess < 1e-6


def wald(x, y, k, limit=1.0):
    gap = math.log(max(x.sum(), 0.5) / len(x)) - math.log(max(y.sum(), 0.5) / len(y)) - math.log(limit)
    return gap / math.sqrt(1 / max(x.sum(), 0.5) + 1 / max(y.sum(), 0.5) + k * (1 / len(x) + 1 / len(y)))


@pytest.mark.parametrize("how", ["known", "estimated"])
def test_agrees_with_patients_drawn_one_by_one(how):
    rng, trials = np.random.default_rng(2), 6_000
    rejected, events, estimates = np.zeros(2), [], []
    for _ in range(trials):
        patients = [rng.negative_binomial(1 / 0.8, 1 / (1 + 0.8 * 12 * r), n) for r, n in ((0.06, 30), (0.11, 25))]
        for look, (a, b) in enumerate(((15, 10), (30, 25))):
            x, y = patients[0][:a], patients[1][:b]
            k, size = 0.8, max(x.max(), y.max()) + 2
            if how == "estimated":
                k = ml_dispersion(table(x, size), a, int(x.sum()), table(y, size), b, int(y.sum()))
            if -wald(x, y, k) >= CRITICAL[look]:
                rejected[look] += 1
                break
        events.append(x.sum() + y.sum())
        estimates.append(math.log(max(x.sum(), 0.5) / len(x)) - math.log(max(y.sum(), 0.5) / len(y)))
    own = simulate(TRIAL.model_copy(update={"dispersion_in_test": how}), trials=TRIALS, seed=1)
    for count, theirs in zip(own.rejections, rejected, strict=True):
        p = (count + theirs) / (TRIALS + trials)
        assert abs(count / TRIALS - theirs / trials) < 4 * math.sqrt(p * (1 - p) * (1 / trials + 1 / TRIALS))
    for column, values in (("events", events), ("estimate", estimates)):
        mean = own.mean(column)
        assert abs(mean.mean - np.mean(values)) < 4 * math.hypot(
            mean.standard_error, np.std(values) / math.sqrt(trials)
        )


def test_large_trials_have_the_exact_designs_power():
    sizes, truth = (900, 1100), {"dispersion": 0.6}
    trial = CountTrial(
        boundaries=Boundaries(efficacy=(stats.norm.isf(0.025),)), patients_treatment=sizes[:1], patients_control=sizes[1:],
        rate_treatment=0.072, rate_control=0.08, margin=1.05, dispersion_in_test="known", **truth,
    )  # fmt: skip
    own = simulate(trial, trials=TRIALS, seed=2).reject
    exact = count_power(
        *sizes, control_rate=0.08, rate_ratio=0.9, exposure_treatment=12, exposure_control=12, alpha=0.025, sided=1,
        margin=1.05, objective="non-inferiority", **truth,
    )  # fmt: skip
    assert abs(own.mean - exact) < 4 * own.standard_error + 0.004


def test_more_events_can_be_better():
    trials = 30_000
    swapped = TRIAL.model_copy(update={
        "rate_treatment": 0.11, "rate_control": 0.06, "better": "higher", "patients_treatment": (10, 25),
        "patients_control": (15, 30),
    })  # fmt: skip
    a, b = (simulate(trial, trials=trials, seed=3).reject for trial in (TRIAL, swapped))
    assert abs(a.mean - b.mean) < 4 * math.hypot(a.standard_error, b.standard_error)


@pytest.mark.parametrize("dispersion", [0.0, 0.4, 20.0])
def test_hazards_give_back_the_law_of_counts(dispersion):
    hazards = count_hazards((0.3, 25.0), dispersion)
    left = np.cumprod(1 - hazards, axis=1)
    law = stats.poisson(25.0) if dispersion == 0 else stats.nbinom(1 / dispersion, 1 / (1 + dispersion * 25.0))
    assert np.allclose(left[1], law.sf(np.arange(hazards.shape[1])), atol=1e-10)
    assert (hazards[:, -1] == 1).all()


def test_any_split_gives_the_same_bytes():
    whole = simulate(TRIAL, trials=3_000, seed=5, threads=1)
    assert simulate(TRIAL, trials=3_000, seed=5, threads=3) == whole
    assert simulate(TRIAL, trials=1_000, seed=5) + simulate(TRIAL, trials=2_000, seed=5, first_trial=1_000) == whole


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate_control": 0}, "rate_control"),
        ({"rate_treatment": 1e5}, "rate_treatment"),
        ({"dispersion": -1}, "dispersion"),
        ({"margin": 0.9}, "margin"),
        ({"exposure_months": 0}, "exposure_months"),
        ({"patients_control": (10,)}, "patients_control"),
    ],
)
def test_trials_that_make_no_sense_are_refused(change, field):
    with pytest.raises(InputError) as error:
        CountTrial.read(TRIAL.model_dump() | change)
    assert error.value.field == field
