"""Missing data and intercurrent events: analyses against numpy, truths against closed forms, bias and coverage of each pairing."""

import math

import numpy as np
import pytest
from numba import njit
from scipy import special, stats

from equipoise.errors import InputError
from equipoise.simulate import BinaryEstimandTrial, LongitudinalTrial, simulate, streams
from equipoise.simulate.estimand_regression import ancova, imputed_ancova

VISITS = 3
COVARIANCE = tuple(tuple(100 * 0.7 ** abs(i - j) for j in range(VISITS + 1)) for i in range(VISITS + 1))
COVARIANCE_ROOT = np.linalg.cholesky(np.array(COVARIANCE))
TRIAL = LongitudinalTrial(
    patients_treatment=60, patients_control=50, changes_treatment=(3, 5, 6), changes_control=(1, 1.5, 2),
    covariance=COVARIANCE, strategy="hypothetical", analysis="ancova",
)  # fmt: skip
STOPS = {"discontinuation_treatment": 0.12, "discontinuation_control": 0.06}


def changed(**change):
    return LongitudinalTrial.read(TRIAL.model_dump() | change)


def data_set(seed, n=80, missing=True):
    rng = np.random.default_rng(seed)
    arms = np.repeat([1, 0], n // 2)
    values = rng.standard_normal((n, VISITS + 1)) @ COVARIANCE_ROOT.T
    values[:, 1:] += np.where(arms[:, None] == 1, [3, 5, 6], [1, 1.5, 2])
    known = rng.choice([0, 1, 2, VISITS], n, p=[0.05, 0.1, 0.15, 0.7]) if missing else np.full(n, VISITS)
    return values, known, arms


def slow_ancova(values, known, arms):
    keep = known == VISITS
    x = np.column_stack([np.ones(keep.sum()), arms[keep], values[keep, 0]])
    y = values[keep, VISITS]
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    degrees = len(y) - 3
    variance = ((y - x @ beta) ** 2).sum() / degrees * np.linalg.inv(x.T @ x)[1, 1]
    return beta[1], math.sqrt(variance), degrees


@pytest.mark.parametrize("seed", range(3))
def test_ancova_is_least_squares(seed):
    assert ancova(*data_set(seed)) == pytest.approx(slow_ancova(*data_set(seed)))


def test_ancova_without_an_arm_gives_nothing():
    values, known, arms = data_set(1)
    assert ancova(values, np.where(arms == 1, 0, known), arms) == (0, 0, 0)


@njit
def imputed(values, known, arms, imputations, jump):
    stream = streams.new_stream(np.uint64(3), np.uint64(1), np.uint64(0))
    streams.open_trial(stream, 0)
    return imputed_ancova(stream, values, known, arms, imputations, jump)


def slow_imputed(values, known, arms, imputations, jump, rng):
    """Rubin's rules over imputations with matrices; estimate, and variances within and between."""
    estimates, variances = [], []
    for _ in range(imputations):
        full, centre, drawn = values.copy(), np.zeros((2, VISITS + 1)), {}
        centre[:, 0] = values[:, 0].mean()
        for v in range(1, VISITS + 1):
            keep = known >= v
            x = np.column_stack([np.ones(keep.sum()), arms[keep], values[keep, :v]])
            inverse = np.linalg.inv(x.T @ x)
            beta = inverse @ x.T @ values[keep, v]
            rss = ((values[keep, v] - x @ beta) ** 2).sum()
            sd = math.sqrt(rss / rng.chisquare(keep.sum() - x.shape[1]))
            beta = rng.multivariate_normal(beta, sd**2 * inverse)
            drawn[v] = beta, sd
            for arm in range(2):
                centre[arm, v] = beta[0] + arm * beta[1] + beta[2:] @ centre[arm, :v]
        for i in np.flatnonzero(known < VISITS):
            means = centre[arms[i]].copy()
            if jump:
                means[known[i] + 1 :] = centre[0, known[i] + 1 :]
            for v in range(known[i] + 1, VISITS + 1):
                beta, sd = drawn[v]
                full[i, v] = means[v] + beta[2:] @ (full[i, :v] - means[:v]) + sd * rng.standard_normal()
        estimate, error, _ = slow_ancova(full, np.full(len(arms), VISITS), arms)
        estimates.append(estimate)
        variances.append(error**2)
    return np.array(estimates), np.array(variances)


@pytest.mark.parametrize("jump", [False, True])
def test_imputation_agrees_with_matrices(jump):
    values, known, arms = data_set(7)
    estimates, variances = slow_imputed(values, known, arms, 800, jump, np.random.default_rng(1))
    estimate, error, degrees = imputed(values, known, arms, 20_000, jump)
    assert abs(estimate - estimates.mean()) < 4 * estimates.std() / math.sqrt(800)
    within, between = variances.mean(), estimates.var(ddof=1)
    assert error**2 == pytest.approx(within + between, rel=4 * math.sqrt(2 / 800) * between / (within + between) + 0.02)
    assert 10 < degrees < len(arms)


def test_imputation_of_nothing_is_ancova():
    values, known, arms = data_set(2, missing=False)
    estimate, error, degrees = imputed(values, known, arms, 5, True)
    assert (estimate, error) == pytest.approx(slow_ancova(values, known, arms)[:2])
    assert degrees == pytest.approx(77 * 78 / 80)


def stays(trial, arm):
    return (1 - getattr(trial, f"discontinuation_{arm}")) ** VISITS


def test_truths_are_the_closed_forms_where_events_do_not_depend_on_values():
    on, off = changed(**STOPS), {}
    assert on.truth().mean == 4.0
    for strategy, after in (
        ("treatment-policy", "reference"),
        ("treatment-policy", "baseline"),
        ("while-on-treatment", "same"),
    ):
        off[strategy, after] = changed(**STOPS, strategy=strategy, after_discontinuation=after).truth()
    assert (
        abs(off["treatment-policy", "reference"].mean - 4 * stays(on, "treatment"))
        < 4 * off["treatment-policy", "reference"].standard_error
    )
    found = off["treatment-policy", "baseline"]
    assert abs(found.mean - (6 * stays(on, "treatment") - 2 * stays(on, "control"))) < 4 * found.standard_error
    expected = 0.0
    for sign, p, changes in ((1, 0.12, (0, 3, 5, 6)), (-1, 0.06, (0, 1, 1.5, 2))):
        chances = [p, (1 - p) * p, (1 - p) ** 2 * p, (1 - p) ** 3]
        expected += sign * np.dot(chances, changes)
    found = off["while-on-treatment", "same"]
    assert abs(found.mean - expected) < 4 * found.standard_error
    found = changed(**STOPS, strategy="composite", analysis="responder", response=4).truth()
    sd = math.sqrt(200 * (1 - 0.7**3))
    chance = [stays(on, arm) * stats.norm.sf((4 - change) / sd) for arm, change in (("treatment", 6), ("control", 2))]
    assert abs(found.mean - (chance[0] - chance[1])) < 4 * found.standard_error
    assert changed(**STOPS, strategy="principal-stratum").truth().mean == pytest.approx(4.0)


SLOPES = {"discontinuation_slope": -0.06, "dropout_treatment": 0.08, "dropout_control": 0.04, "dropout_slope": -0.05}


def slow_patients(trial, arm, n, rng):
    """Outcomes, last visits on treatment and in the study, drawn for many patients at once."""
    on_means = np.array([0.0, *(trial.changes_treatment if arm == "treatment" else trial.changes_control)])
    off_means = np.array([0.0, *trial.changes_control])
    residuals = rng.standard_normal((n, VISITS + 1)) @ COVARIANCE_ROOT.T
    on, seen = np.full(n, VISITS), np.full(n, VISITS)
    stopped, gone = np.zeros(n, bool), np.zeros(n, bool)
    values = residuals.copy()
    for v in range(VISITS):
        p = special.expit(
            special.logit(getattr(trial, f"discontinuation_{arm}")) + trial.discontinuation_slope * values[:, v]
        )
        stops = ~stopped & (rng.random(n) < p)
        on[stops] = v
        leaves = stops & (rng.random(n) < trial.leaves_on_discontinuation)
        p = special.expit(special.logit(getattr(trial, f"dropout_{arm}")) + trial.dropout_slope * values[:, v])
        leaves |= rng.random(n) < p
        seen[leaves & ~gone] = v
        stopped, gone = stopped | stops, gone | leaves
        values[:, v + 1] += np.where(stopped, off_means[v + 1], on_means[v + 1])
    return values, on, seen


@pytest.mark.parametrize("strategy", ["treatment-policy", "hypothetical", "while-on-treatment", "composite"])
def test_patients_are_followed_as_described(strategy):
    analysis = "responder" if strategy == "composite" else "complete-case"
    big = {"patients_treatment": 2_000, "patients_control": 2_000, "leaves_on_discontinuation": 0.4, "response": 4.0}
    trial = changed(**STOPS, **SLOPES, **big, strategy=strategy, analysis=analysis)
    rng, means, errors = np.random.default_rng(5), {}, []
    for arm in ("treatment", "control"):
        values, on, seen = slow_patients(trial, arm, 300_000, rng)
        last, known = values[:, VISITS], seen == VISITS
        if strategy == "hypothetical":
            known &= on == VISITS
        elif strategy == "while-on-treatment":
            last, known = values[np.arange(len(on)), on], seen >= on
        figures = (last - values[:, 0])[known]
        if strategy == "composite":
            figures = ((last - values[:, 0] >= 4) & known & (on == VISITS)).astype(float)
        means[arm] = figures.mean()
        errors.append(figures.std() / math.sqrt(len(figures)))
    own = simulate(trial, trials=150, seed=3).mean("estimate")
    expected = means["treatment"] - means["control"]
    assert abs(own.mean - expected) < 4 * math.hypot(own.standard_error, *errors)


PAIRINGS = [
    # strategy, analysis, what else holds, and whether the pairing is free of bias
    ("hypothetical", "imputation", STOPS | SLOPES, True),
    ("hypothetical", "complete-case", STOPS | SLOPES, False),
    ("hypothetical", "jump-to-reference", STOPS | SLOPES, False),
    ("treatment-policy", "ancova", STOPS | {"discontinuation_slope": -0.06}, True),
    ("treatment-policy", "jump-to-reference", STOPS | {"discontinuation_slope": -0.06, "leaves_on_discontinuation": 1.0}, True),
    ("treatment-policy", "imputation", STOPS | {"leaves_on_discontinuation": 1.0}, False),
    ("while-on-treatment", "ancova", STOPS | {"leaves_on_discontinuation": 1.0}, True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("strategy", "analysis", "also", "unbiased"), PAIRINGS, ids=lambda x: x if isinstance(x, str) else ""
)
def test_bias_and_coverage_of_pairings_are_as_theory_says(strategy, analysis, also, unbiased):
    trial = changed(**also, strategy=strategy, analysis=analysis, imputations=10)
    own = simulate(trial, trials=2_500, seed=11)
    estimate, truth = own.mean("estimate"), trial.truth()
    bias, error = estimate.mean - truth.mean, math.hypot(estimate.standard_error, truth.standard_error)
    covered = own.mean("covered")
    if not unbiased:
        assert abs(bias) > 4 * error
        return
    assert abs(bias) < 4 * error
    assert covered.mean > 0.95 - 4 * covered.standard_error
    if analysis == "jump-to-reference":
        assert covered.mean > 0.98  # Rubin's variance is that of an effect with as much information as the data hold
    else:
        assert covered.mean < 0.95 + 4 * covered.standard_error


@pytest.mark.parametrize("analysis", ["complete-case", "ancova", "imputation"])
def test_no_effect_is_claimed_at_the_level(analysis):
    same = {"discontinuation_treatment": 0.08, "discontinuation_control": 0.08, "changes_treatment": (1, 1.5, 2)}
    trial = changed(
        **same, dropout_treatment=0.05, dropout_control=0.05, dropout_slope=-0.05, analysis=analysis, imputations=10
    )
    own = simulate(trial, trials=4_000, seed=12).reject
    assert abs(own.mean - 0.025) < 4 * math.sqrt(0.025 * 0.975 / 4_000)


BINARY = BinaryEstimandTrial(
    patients_treatment=150, patients_control=100, rate_treatment=0.6, rate_control=0.4, event_treatment=0.25,
    event_control=0.1, rate_after_treatment=0.35, rate_after_control=0.3, missing_without_event=0.1, missing_after_event=0.5,
    strategy="treatment-policy", analysis="complete-case",
)  # fmt: skip


@pytest.mark.parametrize("strategy", ["treatment-policy", "hypothetical", "composite"])
@pytest.mark.parametrize("analysis", ["complete-case", "non-responder"])
def test_binary_trials_agree_with_patients_drawn_one_by_one(strategy, analysis):
    trial = BINARY.model_copy(update={"strategy": strategy, "analysis": analysis})
    rng, trials = np.random.default_rng(3), 10_000
    shares, spreads = [], []
    for n, rate, event, after in ((150, 0.6, 0.25, 0.35), (100, 0.4, 0.1, 0.3)):
        had = rng.random((trials, n)) < event
        response = rng.random((trials, n)) < np.where(had, after, rate)
        known = rng.random((trials, n)) >= np.where(had, 0.5, 0.1)
        if strategy == "composite":
            response, known = response & ~had, known | had
        elif strategy == "hypothetical":
            known &= ~had
        used = known.sum(axis=1) if analysis == "complete-case" else n
        shares.append((response & known).sum(axis=1) / used)
        spreads.append(shares[-1] * (1 - shares[-1]) / used)
    estimates, errors = shares[0] - shares[1], np.sqrt(sum(spreads))
    own = simulate(trial, trials=100_000, seed=4)
    critical = stats.norm.isf(0.025)
    covered, rejected = abs(estimates - trial.truth()) <= critical * errors, estimates >= critical * errors
    for found, figures in ((own.mean("estimate"), estimates), (own.mean("covered"), covered), (own.reject, rejected)):
        assert abs(found.mean - figures.mean()) < 4 * math.hypot(
            found.standard_error, figures.std() / math.sqrt(trials)
        )


def test_binary_truths_are_what_the_strategies_say():
    truth = {
        s: BINARY.model_copy(update={"strategy": s}).truth() for s in ("treatment-policy", "hypothetical", "composite")
    }
    assert truth["hypothetical"] == pytest.approx(0.2)
    assert truth["composite"] == pytest.approx(0.75 * 0.6 - 0.9 * 0.4)
    assert truth["treatment-policy"] == pytest.approx(0.75 * 0.6 + 0.25 * 0.35 - 0.9 * 0.4 - 0.1 * 0.3)


@pytest.mark.parametrize(
    "trial", [changed(**STOPS, **SLOPES, analysis="imputation", imputations=3), BINARY], ids=["longitudinal", "binary"]
)
def test_any_split_gives_the_same_bytes(trial):
    whole = simulate(trial, trials=300, seed=5, threads=1)
    assert simulate(trial, trials=300, seed=5, threads=3) == whole
    assert simulate(trial, trials=100, seed=5) + simulate(trial, trials=200, seed=5, first_trial=100) == whole
    assert type(trial).model_validate_json(trial.model_dump_json()) == trial
    assert 0 < sum(whole.rejections) < 300


@pytest.mark.parametrize(
    ("trial", "change", "field"),
    [
        (TRIAL, {"changes_control": (1, 2)}, "changes_control"),
        (TRIAL, {"covariance": ((1, 0), (0, 1))}, "covariance"),
        (TRIAL, {"covariance": ((1, 2, 0, 0), (2, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))}, "covariance"),
        (TRIAL, {"analysis": "responder"}, "analysis"),
        (TRIAL, {"strategy": "composite"}, "analysis"),
        (TRIAL, {"strategy": "while-on-treatment", "analysis": "imputation"}, "analysis"),
        (TRIAL, {"discontinuation_control": 1.0}, "discontinuation_control"),
        (TRIAL, {"imputations": 1}, "imputations"),
        (TRIAL, {"patients_control": 1}, "patients_treatment"),
        (BINARY, {"event_control": 1.1}, "event_control"),
        (BINARY, {"strategy": "while-on-treatment"}, "strategy"),
    ],
)
def test_trials_that_make_no_sense_are_refused(trial, change, field):
    with pytest.raises(InputError) as error:
        type(trial).read(trial.model_dump() | change)
    assert error.value.field == field


def test_a_principal_stratum_of_almost_nobody_has_no_truth():
    trial = changed(discontinuation_treatment=0.99, discontinuation_control=0.9, strategy="principal-stratum")
    with pytest.raises(InputError) as error:
        trial.truth()
    assert error.value.field == "strategy"
