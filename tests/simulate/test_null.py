"""The worst type I error over nuisance parameters: against enumeration, and without the bias of a maximum."""

import math

import pytest
from scipy import stats

from equipoise.errors import InputError
from equipoise.simulate import Arms, BlindedMeanTrial, Boundaries, ProportionTrial, worst_type_one_error
from equipoise.simulate.null import upper_limit

RATES = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99]
BOUNDARY = stats.norm.isf(0.025)


def proportions(rate, treatment=30, control=60):
    return ProportionTrial(
        boundaries=Boundaries(efficacy=(BOUNDARY,)), patients_treatment=(treatment,), patients_control=(control,),
        rate_treatment=rate, rate_control=rate,
    )  # fmt: skip


def enumerated(rate, treatment=30, control=60):
    total = 0.0
    for a in range(treatment + 1):
        for b in range(control + 1):
            p = (a + b) / (treatment + control)
            spread = math.sqrt(p * (1 - p) * (1 / treatment + 1 / control))
            if spread > 0 and (a / treatment - b / control) / spread >= BOUNDARY:
                total += stats.binom.pmf(a, treatment, rate) * stats.binom.pmf(b, control, rate)
    return total


def test_the_pooled_test_of_unequal_arms_is_worst_at_small_rates():
    found = worst_type_one_error(proportions, RATES, trials=550_000, fresh_trials=200_000, seed=1)
    exact = {rate: enumerated(rate) for rate in RATES}
    assert [point.nuisance for point in found.points] == [(rate,) for rate in RATES]
    for point in found.points:
        assert abs(point.error.mean - exact[point.nuisance[0]]) < 4 * max(point.error.standard_error, 1e-4)
    (rate,) = found.worst.nuisance
    assert rate == max(exact, key=exact.__getitem__)
    assert exact[rate] > 0.03  # what one point, such as a rate of 0.5, would not have shown
    assert abs(found.worst.error.mean - exact[rate]) < 4 * found.worst.error.standard_error
    assert found.worst.error.mean < found.upper_bound < found.worst.error.mean + 3 * found.worst.error.standard_error


def test_the_worst_is_measured_anew_without_the_bias_of_a_maximum():
    """Many points with the same error: the largest of their estimates lies above it, the fresh one around it."""
    found = worst_type_one_error(
        lambda rate, _: proportions(rate), [0.5], range(100), trials=100_000, fresh_trials=400_000, seed=2
    )
    exact = enumerated(0.5)
    assert max(point.error.mean for point in found.points) > exact + 0.008
    assert abs(found.worst.error.mean - exact) < 4 * found.worst.error.standard_error


def test_blinded_reestimation_keeps_its_level_whatever_the_standard_deviation():
    def trial(sd):
        return BlindedMeanTrial(
            interim=Arms(treatment=20, control=20), planned=Arms(treatment=40, control=40),
            maximum=Arms(treatment=160, control=160), difference=0.0, sd=sd, assumed_difference=0.5,
        )  # fmt: skip

    found = worst_type_one_error(trial, [0.5, 0.7, 0.9, 1.1, 1.5], trials=500_000, fresh_trials=400_000, seed=3)
    assert found.upper_bound < 0.0265
    assert abs(found.worst.error.mean - 0.025) < 0.001


def test_the_same_whatever_the_threads():
    options = {"trials": 9_000, "fresh_trials": 5_000, "seed": 4}
    one, three = (worst_type_one_error(proportions, [0.1, 0.5], **options, threads=n) for n in (1, 3))
    assert one == three


def test_the_upper_limit_is_clopper_and_pearsons():
    assert upper_limit(0, 100) == pytest.approx(1 - 0.025 ** (1 / 100))
    assert upper_limit(7, 7) == 1
    assert stats.binom.cdf(30, 1000, upper_limit(30, 1000)) == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("grids", "options", "field"),
    [
        ((), {}, "grids"),
        (([],), {}, "grids"),
        (([0.1, 0.2],), {"trials": 1}, "trials"),
        (([0.1, 0.2],), {"fresh_trials": 0}, "fresh_trials"),
        (([0.1],), {"rejects": "rejected_full"}, "column"),
    ],
)
def test_what_cannot_be_searched_is_refused(grids, options, field):
    with pytest.raises(InputError) as error:
        worst_type_one_error(proportions, *grids, **{"trials": 100, "fresh_trials": 10, "seed": 1, **options})
    assert error.value.field == field
