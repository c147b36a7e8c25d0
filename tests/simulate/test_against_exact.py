"""Random group-sequential designs: simulated minus exact, in Monte-Carlo standard errors, is standard normal.

The stated test: Kolmogorov and Smirnov's against N(0, 1) at the level 0.001, and the sum of squares against its chi-square in
both tails at 0.0005, with fixed seeds.
"""

import math

import numpy as np
import pytest
from scipy import stats

from equipoise.design import GroupSequential
from equipoise.simulate import Boundaries, CountTrial, MeanTrial, ProportionTrial, simulate

LEVEL = 0.001
SPENDING = [
    {"spending": "obrien-fleming-type"}, {"spending": "pocock-type"}, {"spending": "wang-tsiatis", "parameter": 0.25},
    {"spending": "hwang-shih-decani", "parameter": -2.0}, {"spending": "kim-demets", "parameter": 2.0},
]  # fmt: skip
FUTILITY = [
    {}, {"futility": "pocock-type", "binding": True}, {"futility": "hwang-shih-decani", "futility_parameter": -3.0},
]  # fmt: skip


def random_design(rng, smallest):
    """A design at the information of random sizes of both arms, and a random drift; all one-sided."""
    looks = int(rng.integers(1, 6))
    treatment, control = (np.cumsum(rng.integers(smallest, 2 * smallest, looks)) for _ in range(2))
    information = treatment * control / (treatment + control)
    choices = SPENDING[rng.integers(5)] | (FUTILITY[rng.integers(3)] if looks > 1 else {})
    design = GroupSequential.read(
        {
            "information": [*information[:-1] / information[-1], 1.0],
            "alpha": float(rng.choice([0.01, 0.025, 0.05])),
            **choices,
        }
    )
    return design.solution, treatment, control, information[-1], float(rng.uniform(0.0, 4.0))


def given(bounds, treatment, control):
    return {
        "boundaries": Boundaries(efficacy=bounds.critical, futility=bounds.futility),
        "patients_treatment": tuple(map(int, treatment)),
        "patients_control": tuple(map(int, control)),
    }


def mean_trial(rng, test, smallest):
    bounds, treatment, control, information, drift = random_design(rng, smallest)
    sd = float(rng.uniform(0.5, 20))
    trial = MeanTrial(
        **given(bounds, treatment, control), difference=drift * sd / math.sqrt(information), sd=sd, test=test
    )
    return trial, bounds, drift


def proportion_trial(rng):
    bounds, treatment, control, information, drift = random_design(rng, 8_000)
    rate = float(rng.uniform(0.2, 0.7))
    gap = drift * math.sqrt(rate * (1 - rate) / information)
    share = treatment[-1] / (treatment[-1] + control[-1])
    rates = {"rate_treatment": rate + (1 - share) * gap, "rate_control": rate - share * gap}
    test = ("pooled", "unpooled", "score")[rng.integers(3)]
    return ProportionTrial(**given(bounds, treatment, control), **rates, test=test), bounds, drift


def count_trial(rng):
    bounds, treatment, control, information, drift = random_design(rng, 5_000)
    mean, k = float(rng.uniform(0.5, 2.0)), float(rng.uniform(0.0, 1.0))
    log_ratio = -drift * math.sqrt((1 / mean + k) / information)
    share = treatment[-1] / (treatment[-1] + control[-1])
    rates = {
        "rate_treatment": mean * math.exp((1 - share) * log_ratio), "rate_control": mean * math.exp(-share * log_ratio)
    }  # fmt: skip
    options = {"dispersion": k, "exposure_months": 1.0, "dispersion_in_test": "known"}
    return CountTrial(**given(bounds, treatment, control), **rates, **options), bounds, drift


def z_scores(make, designs, trials, seed):
    """Of the chance of rejection, and of the mean number of patients where the design may stop early."""
    rng = np.random.default_rng(seed)
    reject, patients = [], []
    for place in range(designs):
        trial, bounds, drift = make(rng)
        exact = bounds.crossing(drift)
        p = exact.power.item()
        own = simulate(trial, trials=trials, seed=seed, design=place)
        reject.append((own.reject.mean - p) / math.sqrt(p * (1 - p) / trials))
        if trial.looks > 1:
            sizes = np.array(trial.patients_treatment) + np.array(trial.patients_control)
            ends = exact.stopping[0]
            mean = ends @ sizes
            spread = math.sqrt(ends @ (sizes - mean) ** 2 / trials)
            if spread > 0.01:
                patients.append((own.expected_patients.mean - mean) / spread)
    return np.array(reject), np.array(patients)


def is_standard_normal(z):
    squares = stats.chi2(len(z)).cdf((z**2).sum())
    return stats.kstest(z, stats.norm.cdf).pvalue > LEVEL and LEVEL / 2 < squares < 1 - LEVEL / 2


def test_the_stated_test_sees_a_small_bias_or_a_wrong_spread():
    z = np.random.default_rng(1).standard_normal(200)
    assert is_standard_normal(z)
    assert not is_standard_normal(z + 0.4)
    assert not is_standard_normal(1.3 * z)
    assert not is_standard_normal(0.75 * z)


def test_200_designs_of_means_with_known_variance_where_the_exact_result_is_exact():
    reject, patients = z_scores(lambda rng: mean_trial(rng, "z", 3), 200, 20_000, 20261125)
    assert len(reject) == 200
    assert is_standard_normal(reject)
    assert len(patients) > 120
    # drifts near the ends of their range leave some designs with few stops, whose means are not quite normal
    assert stats.kstest(patients, stats.norm.cdf).pvalue > LEVEL


@pytest.mark.parametrize(
    ("make", "designs", "trials"),
    [
        (lambda rng: mean_trial(rng, ("t", "welch")[rng.integers(2)], 1_000), 60, 8_000),
        (proportion_trial, 100, 10_000),
        (count_trial, 100, 8_000),
    ],
    ids=["means with estimated variances", "proportions", "counts"],
)
def test_designs_of_large_trials_where_the_exact_result_is_a_limit(make, designs, trials):
    reject, patients = z_scores(make, designs, trials, 20261126)
    assert is_standard_normal(reject)
    assert stats.kstest(patients, stats.norm.cdf).pvalue > LEVEL
