"""Predictive-probability designs: the published example of Lee & Liu, enumeration, and simulation against both."""

import itertools

import numpy as np
import pytest
from scipy import special, stats

from equipoise.errors import InputError
from equipoise.simulate import PredictiveSingleArmTrial, PredictiveTwoArmTrial, predictive_endings, simulate

TRIALS = 200_000
LEE_LIU = PredictiveSingleArmTrial(
    patients=tuple(range(10, 37)), rate=0.2, rate_null=0.2, prior=(0.2, 0.8), success=0.9, futility=0.001
)
TWO = PredictiveTwoArmTrial(
    patients_treatment=(6, 12, 15), patients_control=(5, 10, 16), rate_treatment=0.6, rate_control=0.3,
    prior_treatment=(1, 1), prior_control=(2, 2), success=0.95, futility=0.1, efficacy=0.98,
)  # fmt: skip


def test_lee_and_lius_published_design():
    """Lee & Liu 2008, table 2 and section "Results": stop at 0/10, 1/17, ..., 9/35; error 0.088, power 0.906,

    86 % stopped early and 27.67 patients expected under the null.
    """
    verdicts = LEE_LIU.kernel()[1][4][:, :, 0]
    most = {10: 0, 17: 1, 21: 2, 24: 3, 27: 4, 29: 5, 31: 6, 33: 7, 34: 8, 35: 9}
    for n, row in zip(range(10, 36), verdicts, strict=False):
        stops = max(most[k] for k in most if k <= n)
        assert [int(v) for v in row[: n + 1]] == [-1] * (stops + 1) + [0] * (n - stops)
    assert [int(v) for v in verdicts[-1]] == [0] * 11 + [1] * 26
    exact = predictive_endings(LEE_LIU)
    assert exact[:, 2].sum() == pytest.approx(0.088, abs=5e-4)
    assert exact[:-1, 0].sum() == pytest.approx(0.86, abs=0.005)
    assert exact.sum(axis=1) @ LEE_LIU.patients == pytest.approx(27.67, abs=0.005)
    better = LEE_LIU.model_copy(update={"rate": 0.4})
    assert predictive_endings(better)[:, 2].sum() == pytest.approx(0.906, abs=5e-4)


def test_lee_and_lius_published_predictive_probability():
    """Lee & Liu 2008, p. 97: 16 of 23 responses, 40 at most, prior beta(0.6, 0.4), rate 0.6, threshold 0.9: PP = 0.5656."""
    trial = PredictiveSingleArmTrial(patients=(23, 40), rate=0.6, rate_null=0.6, prior=(0.6, 0.4), success=0.9)
    assert trial.predictive_probabilities()[0, 16, 0] == pytest.approx(0.5656, abs=5e-5)


X, W = np.polynomial.legendre.leggauss(60)
X, W = (X + 1) / 2, W / 2


def exceed(a, b, c, d):
    """By 60 Gauss-Legendre nodes, exact for these polynomials."""
    return W @ (X ** (a - 1) * (1 - X) ** (b - 1) * special.betainc(c, d, X)) / special.beta(a, b)


def test_two_arm_predictive_probabilities_agree_with_a_sum_over_futures():
    table = TWO.predictive_probabilities()
    for x, y in [(0, 0), (4, 1), (5, 2), (6, 0), (3, 3)]:
        total = 0.0
        for more, more0 in itertools.product(range(10), range(12)):
            chance = (
                special.comb(9, more) * special.beta(1 + x + more, 1 + 6 - x + 9 - more) / special.beta(1 + x, 7 - x)
            )
            chance *= special.comb(11, more0) * special.beta(2 + y + more0, 2 + 5 - y + 11 - more0)
            chance /= special.beta(2 + y, 7 - y)
            p, q = (1 + x + more, 16 - x - more), (2 + y + more0, 18 - y - more0)
            sure = abs(p[0] / sum(p) - q[0] / sum(q)) > 0.6
            total += chance * ((p[0] / sum(p) > q[0] / sum(q)) if sure else exceed(*p, *q) >= 0.95)
        assert table[0, x, y] == pytest.approx(total, abs=1e-9)
    assert np.isnan(table[0, 7, 0])


def by_enumeration(trial):
    """Every course of the two arms, one look at a time."""
    table, endings = trial.predictive_probabilities(), np.zeros((trial.looks, 3))
    n, n0 = trial.patients_treatment, trial.patients_control

    def go_on(look, x, y, chance):
        m, m0 = n[look] - (n[look - 1] if look else 0), n0[look] - (n0[look - 1] if look else 0)
        for a, b in itertools.product(range(m + 1), range(m0 + 1)):
            p = chance * stats.binom.pmf(a, m, trial.rate_treatment) * stats.binom.pmf(b, m0, trial.rate_control)
            predicted = table[look, x + a, y + b]
            if look == trial.looks - 1:
                endings[look, 2 if predicted == 1 else 1] += p
            elif predicted > trial.efficacy:
                endings[look, 2] += p
            elif predicted < trial.futility:
                endings[look, 0] += p
            else:
                seen[look + 1][x + a, y + b] = seen[look + 1].get((x + a, y + b), 0) + p

    seen = [{(0, 0): 1.0}, {}, {}]
    for look in range(trial.looks):
        for (x, y), chance in seen[look].items():
            go_on(look, x, y, chance)
    return endings


def test_exact_endings_agree_with_enumeration():
    assert predictive_endings(TWO) == pytest.approx(by_enumeration(TWO), abs=1e-12)


@pytest.mark.parametrize("trial", [LEE_LIU, LEE_LIU.model_copy(update={"rate": 0.4, "efficacy": 0.95}), TWO])
def test_simulation_agrees_with_the_exact_endings(trial):
    own, exact = simulate(trial, trials=TRIALS, seed=1), predictive_endings(trial)
    assert exact.sum() == pytest.approx(1, abs=1e-12)
    z = (np.array(own.endings) - TRIALS * exact) / np.sqrt(np.maximum(TRIALS * exact * (1 - exact), 1e-9))
    assert np.abs(z).max() < 4.5
    if isinstance(trial, PredictiveTwoArmTrial):
        patients = np.add(trial.patients_treatment, trial.patients_control)
    else:
        patients = np.array(trial.patients)
    expected = own.expected_patients
    assert abs(expected.mean - exact.sum(axis=1) @ patients) < 4 * expected.standard_error


def test_the_estimate_and_successes_are_those_of_the_data():
    one = simulate(
        PredictiveSingleArmTrial(patients=(20,), rate=0.35, rate_null=0.2, success=0.9), trials=TRIALS, seed=2
    )
    assert abs(one.mean("estimate").mean - 0.15) < 4 * one.mean("estimate").standard_error
    assert abs(one.mean("successes").mean - 7) < 4 * one.mean("successes").standard_error
    trial = TWO.model_copy(update={"futility": 0.0, "efficacy": 1.0})
    two = simulate(trial, trials=TRIALS, seed=2)
    assert abs(two.mean("estimate").mean - 0.3) < 4 * two.mean("estimate").standard_error


def test_any_split_gives_the_same_bytes():
    whole = simulate(TWO, trials=5_000, seed=9, threads=1)
    assert simulate(TWO, trials=5_000, seed=9, threads=3).model_dump_json() == whole.model_dump_json()
    assert simulate(TWO, trials=1_000, seed=9) + simulate(TWO, trials=4_000, first_trial=1_000, seed=9) == whole
    assert PredictiveTwoArmTrial.model_validate_json(TWO.model_dump_json()) == TWO


@pytest.mark.parametrize(
    ("trial", "change", "field"),
    [
        (LEE_LIU, {"patients": (10, 10)}, "patients"),
        (LEE_LIU, {"rate": 1.5}, "rate"),
        (LEE_LIU, {"rate_null": 0}, "rate_null"),
        (LEE_LIU, {"success": 0}, "success"),
        (LEE_LIU, {"prior": (0, 1)}, "prior.1"),
        (TWO, {"patients_control": (5, 10)}, "patients_control"),
        (TWO, {"patients_treatment": (6, 5, 15)}, "patients_treatment"),
        (TWO, {"efficacy": 1.1}, "efficacy"),
    ],
)
def test_designs_that_make_no_sense_are_refused(trial, change, field):
    with pytest.raises(InputError) as error:
        type(trial).read({**trial.model_dump(), **change})
    assert error.value.field == field
