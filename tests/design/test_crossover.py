"""Crossovers: against published bioequivalence sizes, and virtual trials of the two-period model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equipoise.design import crossover_effect, crossover_power, crossover_size
from equipoise.design.mean import mean_size
from equipoise.errors import InputError


@pytest.mark.parametrize(("cv", "n", "power"), [(0.2, 20, 0.834680), (0.25, 28, 0.807439), (0.3, 40, 0.815845)])
def test_bioequivalence_powers_are_those_published_with_powertost(cv, n, power):
    """Ratio 0.95 within 0.8 to 1.25, alpha 5 %, target 80 %: PowerTOST's sampleN.TOST by Owen's Q."""
    case = {
        "difference": np.log(0.95),
        "sd": np.sqrt(np.log(1 + cv**2)),
        "correlation": 0.0,
        "margin": np.log(1.25),
        "objective": "equivalence",
        "alpha": 0.05,
        "sided": 1,
    }
    assert crossover_power(n, **case) == pytest.approx(power, abs=1e-6)
    assert n - 2 < crossover_size(power=0.8, **case) <= n


def test_power_agrees_with_virtual_trials():
    """Patients of both sequences with a period effect; the t test compares the sequences' period differences."""
    rng = np.random.default_rng(11)
    trials, half, sd, correlation, difference = 40_000, 6, 2.0, 0.6, 1.5
    both = np.array([[1, correlation], [correlation, 1]]) * sd**2
    ab = rng.multivariate_normal([difference, 0.7], both, (trials, half))
    ba = rng.multivariate_normal([0.0, difference + 0.7], both, (trials, half))
    p = stats.ttest_ind(ab[..., 0] - ab[..., 1], ba[..., 0] - ba[..., 1], axis=1, alternative="greater").pvalue
    power = crossover_power(2 * half, difference=difference, sd=sd, correlation=correlation, alpha=0.05)
    assert power == pytest.approx(np.mean(p < 0.025), abs=0.008)


@given(correlation=st.floats(-0.5, 0.95), difference=st.floats(0.1, 2), power=st.floats(0.5, 0.95))
def test_the_size_gives_the_power_and_correlation_saves_patients(correlation, difference, power):
    case = {"difference": difference, "sd": 3, "alpha": 0.05}
    n = crossover_size(power=power, correlation=correlation, **case)
    assert n == 3 or crossover_power(n, correlation=correlation, **case) == pytest.approx(power, abs=1e-9)
    assert n <= crossover_size(power=power, correlation=correlation - 0.1, **case)


def test_normal_sizes_are_a_share_of_those_of_parallel_arms():
    """By the normal approximation a crossover needs (1 - correlation) / 2 of the parallel total."""
    case = {"power": 0.9, "difference": 1, "sd": 3, "alpha": 0.05, "test": "z"}
    assert crossover_size(correlation=0.4, **case) == pytest.approx(0.3 * mean_size(**case).total)


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_the_detectable_effect(better):
    case = {"sd": 3.0, "correlation": 0.4, "alpha": 0.05, "better": better}
    sign = 1 if better == "higher" else -1
    error = np.sqrt(2 * 9 * 0.6 / 40)
    z = stats.norm.isf(0.025) + stats.norm.isf(0.2)
    least = crossover_effect(40, power=0.8, test="z", **case)
    assert least == pytest.approx(sign * z * error, rel=1e-9)
    worst = crossover_effect(40, power=0.8, test="z", objective="non-inferiority", margin=2.0, **case)
    assert worst == pytest.approx(sign * (z * error - 2.0), rel=1e-9)
    exact = crossover_effect([20, 40], power=0.8, **case)
    assert crossover_power([20, 40], difference=exact, **case) == pytest.approx([0.8, 0.8], abs=1e-8)


@pytest.mark.parametrize(("field", "wrong"), [("n", 0), ("correlation", 1), ("sd", -1), ("alpha", 2)])
def test_wrong_input_is_named(field, wrong):
    right = {"n": 20, "difference": 1, "sd": 1, "correlation": 0.5, "alpha": 0.05}
    with pytest.raises(InputError) as error:
        crossover_power(**{**right, field: wrong})
    assert error.value.field == field
