"""Stepped-wedge virtual trials: against the exact design, and REML of all people with their covariance matrix written out."""

import math

import numpy as np
import pytest
from numba import njit
from scipy import optimize, stats

from equipoise.design import (
    crossover_cluster_layout,
    parallel_layout,
    parallel_with_baseline_layout,
    stepped_wedge_layout,
    stepped_wedge_power,
    stepped_wedge_variance,
)
from equipoise.errors import InputError
from equipoise.simulate import Boundaries, SteppedWedgeMeanTrial, SteppedWedgeProportionTrial, simulate
from equipoise.simulate.wedge_gls import add_cluster, estimate_components, gls, new_sums, reml_criterion

ONE_LOOK = Boundaries(efficacy=(float(stats.norm.isf(0.025)),))
WEDGE = {"boundaries": ONE_LOOK, "layout": stepped_wedge_layout(4), "clusters": (3,) * 4, "size": 15, "icc": 0.06}
MEAN = SteppedWedgeMeanTrial(**WEDGE, difference=0.3, cac=0.8)
PROPORTION = SteppedWedgeProportionTrial(**WEDGE, rate_control=0.3, rate_treatment=0.45, cac=0.8)
INCOMPLETE = np.array([[0, np.nan, 1, 1, 1], [0, 0, np.nan, 1, 1], [np.nan, 0, 0, 0.5, 1], [0, 0, np.nan, 0, 1]])
LAYOUTS = [
    stepped_wedge_layout(3),
    stepped_wedge_layout(5),
    stepped_wedge_layout(4, transition_periods=1, step_periods=2),
    INCOMPLETE,
    crossover_cluster_layout(),
    crossover_cluster_layout(periods=4),
    parallel_layout(periods=2),
    parallel_with_baseline_layout(baseline_periods=2, follow_up_periods=2),
]


def changed(trial, **fields):
    return type(trial).read({**trial.model_dump(), **fields})


def z_of(estimate, exact):
    return (estimate.mean - exact) / estimate.standard_error


def test_known_variances_have_the_exact_power_over_random_designs():
    """z scores of the differences from the exact power are standard normal; the information is equal."""
    rng, z, trials = np.random.default_rng(1), [], 4_000
    for number in range(60):
        layout = LAYOUTS[number % len(LAYOUTS)]
        clusters = rng.integers(1, 4, len(layout))
        correlation = {
            "icc": float(rng.uniform(0, 0.3)), "cac": float(rng.uniform(0.2, 1)), "decay": bool(rng.integers(2)),
            "iac": float(rng.choice([0, 0.4])), "size": int(rng.integers(1, 60)),
        }  # fmt: skip
        sd = float(rng.uniform(0.5, 3))
        variance = stepped_wedge_variance(layout=layout, sequence_weights=clusters, sd=sd, **correlation)
        difference = float(rng.uniform(0, 4) * math.sqrt(variance))
        trial = SteppedWedgeMeanTrial(
            boundaries=ONE_LOOK, layout=layout, clusters=clusters.tolist(), difference=difference, sd=sd, model="known",
            **correlation,
        )  # fmt: skip
        own = simulate(trial, trials=trials, seed=2, design=number)
        exact = stepped_wedge_power(
            layout=layout, clusters_per_sequence=1, sequence_weights=clusters, difference=difference, sd=sd, test="z",
            better="higher", **correlation,
        )  # fmt: skip
        z.append((own.reject.mean - exact) / math.sqrt(exact * (1 - exact) / trials))
        assert own.mean("standard_error").mean == pytest.approx(math.sqrt(variance), abs=1e-6)
        assert own.mean("estimate").standard_error * math.sqrt(trials / variance) == pytest.approx(1, abs=0.06)
        assert abs(z_of(own.mean("estimate"), difference)) < 4
    assert stats.kstest(z, "norm").pvalue > 1e-3
    assert np.abs(z).max() < 4


@njit
def sums_of(y, x, seen, size, which, classes):
    sums, of_class = new_sums(classes, y.shape[1]), np.zeros((classes, y.shape[1]), np.bool_)
    for i in range(len(y)):
        add_cluster(sums, which[i], size[i], x[i], y[i])
        of_class[which[i]] = seen[i]
    return sums, of_class


def people_of(rng, layout, clusters, sizes, b, c, r):
    """Everybody of a trial: outcome, cluster, period, treatment; the residual variance is 1."""
    rows, periods = [], layout.shape[1]
    for number, sequence in enumerate(np.repeat(np.arange(len(layout)), clusters)):
        apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
        level = rng.multivariate_normal(np.zeros(periods), b * float(r) ** apart) + math.sqrt(c) * rng.normal(
            size=periods
        )
        for j in range(periods):
            if not np.isnan(layout[sequence, j]):
                outcome = 0.3 * j + 0.4 * layout[sequence, j] + level[j] + rng.normal(size=sizes[number])
                rows += [(value, number, j, layout[sequence, j]) for value in outcome]
    return np.array(rows)


def dense(people, model, start):
    """REML of the linear mixed model by the book: the covariance matrix of all people, and a general minimiser."""
    y, cluster, period, treatment = people.T
    x = np.column_stack([*(period == j for j in np.unique(period)), treatment]).astype(float)
    same = cluster[:, None] == cluster
    apart = np.abs(period[:, None] - period)

    def covariance(parameters):
        b, second = parameters
        if model == 2:
            return b * same * float(second) ** apart + np.eye(len(y))
        return b * same + (second if model == 1 else 0.0) * (same & (apart == 0)) + np.eye(len(y))

    def fit(parameters):
        inverse = np.linalg.inv(covariance(parameters))
        information = x.T @ inverse @ x
        beta = np.linalg.solve(information, x.T @ inverse @ y)
        spare = len(y) - x.shape[1]
        s2 = (y - x @ beta) @ inverse @ (y - x @ beta) / spare
        minus = spare * math.log(s2) - np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(information)[1]
        return minus, beta[-1], s2 * np.linalg.inv(information)[-1, -1]

    bounds = [(0, 50), (0, 1 if model == 2 else 50)]
    found = optimize.minimize(lambda p: fit(p)[0], start, bounds=bounds, method="L-BFGS-B")
    return fit, found


@pytest.mark.parametrize("model", [0, 1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_reml_of_everybody(model, seed):
    rng = np.random.default_rng(seed)
    layout = LAYOUTS[[0, 3, 5, 7][seed]]
    clusters = np.full(len(layout), 2 if len(layout) > 2 else 4)
    alike = seed % 2 == 0
    sizes = np.full(clusters.sum(), 3) if alike else rng.integers(2, 5, clusters.sum())
    b, c, r = [(0.3, 0.0, 1.0), (0.3, 0.2, 1.0), (0.4, 0.0, 0.6)][model]
    people = people_of(rng, layout, clusters, sizes, b, c, r)

    periods, number = layout.shape[1], clusters.sum()
    y, x = np.zeros((number, periods)), np.zeros((number, periods))
    seen = np.zeros((number, periods), bool)
    within = 0.0
    for i in range(number):
        for j in range(periods):
            held = people[(people[:, 1] == i) & (people[:, 2] == j)]
            if len(held):
                y[i, j], x[i, j], seen[i, j] = held[:, 0].mean(), held[0, 3], True
                within += ((held[:, 0] - y[i, j]) ** 2).sum()
    which = np.unique(seen, axis=0, return_inverse=True)[1].reshape(-1) if alike else np.arange(number)
    data = sums_of(y, x, seen, sizes.astype(float), which, which.max() + 1)
    work, spare = np.empty((2 * periods + 2, periods)), float(len(people) - periods - 1)
    mean_size = len(people) / seen.sum()
    first, second = estimate_components(data, model, mean_size, spare, within, work)
    value, estimate, variance, _ = reml_criterion(data, model, first, second, spare, within, work)

    fit, found = dense(people, model, (0.2, 0.5))
    theirs = fit(found.x)
    offset = fit((first, second))[0] - value  # the criteria differ by a constant
    for point in ((0.1, 0.3), (2.0, 0.9)):
        minus, effect, squared = fit(point)
        own = reml_criterion(data, model, *point, spare, within, work)
        assert own[:3] == pytest.approx((minus - offset, effect, squared), rel=1e-8)
    assert value + offset <= theirs[0] + 1e-5  # ours is at least as good a minimum
    if value + offset > theirs[0] - 1e-4:  # theirs is as good: so must the answer be
        assert estimate == pytest.approx(theirs[1], abs=2e-3 * math.sqrt(variance))
        assert math.sqrt(variance) == pytest.approx(math.sqrt(theirs[2]), rel=5e-3)


def test_a_cohort_agrees_with_the_covariance_written_out():
    m, b, c, p = 7, 0.3, 0.1, 0.5
    rng, periods = np.random.default_rng(4), 5
    x, seen = np.nan_to_num(INCOMPLETE), ~np.isnan(INCOMPLETE)
    y = np.where(seen, rng.normal(size=(4, periods)), 0.0)
    for r in (1.0, 0.7):
        sums = sums_of(y, x, seen, np.full(4, float(m)), np.arange(4), 4)
        own = gls(*sums, (b, r, c, p), np.empty((12, 5)))
        apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
        each = b * r**apart + p / m + (c + 1 / m) * np.eye(periods)
        keep = seen.reshape(-1)
        inverse = np.linalg.inv(np.kron(np.eye(4), each)[np.ix_(keep, keep)])
        design = np.column_stack([np.tile(np.eye(periods), (4, 1)), x.reshape(-1)])[keep]
        information = design.T @ inverse @ design
        beta = np.linalg.solve(information, design.T @ inverse @ y.reshape(-1)[keep])
        assert own[0] == pytest.approx(beta[-1])
        assert own[1] == pytest.approx(1 / np.linalg.inv(information)[-1, -1])


@pytest.mark.parametrize(
    ("truth", "model"),
    [
        ({"cac": 1.0}, "exchangeable"),
        ({"cac": 1.0, "size_cv": 0.6}, "exchangeable"),
        ({"cac": 0.7}, "nested"),
        ({"cac": 0.7, "decay": True}, "decay"),
        ({"cac": 0.7, "layout": INCOMPLETE}, "nested"),
        ({"cac": 0.7, "icc": 0.3}, "nested"),
        ({"icc": 0.0}, "nested"),
        ({"cac": 0.7, "layout": crossover_cluster_layout(), "clusters": (5, 5)}, "nested"),
    ],
)
def test_few_clusters_with_estimated_variances_keep_the_level(truth, model):
    """With t on clusters - 2 degrees of freedom the right model stays at or below 0.025 (+ 0.006), and above half of it."""
    own = simulate(changed(MEAN, difference=0.0, model=model, **truth), trials=5_000, seed=3).reject
    assert 0.01 - 4 * own.standard_error < own.mean < 0.031 + 4 * own.standard_error


def test_a_model_without_the_periods_of_clusters_claims_too_much():
    """Why cac matters: Hussey & Hughes's model under cac 0.5 rejects a true null more than twice as often as it says."""
    truth = {"difference": 0.0, "cac": 0.5, "icc": 0.15, "size": 60}
    wrong = simulate(changed(MEAN, model="exchangeable", **truth), trials=4_000, seed=4).reject
    right = simulate(changed(MEAN, model="nested", **truth), trials=4_000, seed=4).reject
    assert wrong.mean > 0.06
    assert right.mean < 0.031 + 4 * right.standard_error


def test_estimated_variances_come_near_the_power_of_the_design():
    """24 clusters: within 0.03 of the exact design's t test; the standard error is near the exact one."""
    plan = {"icc": 0.06, "cac": 0.8, "size": 15}
    trial = changed(MEAN, clusters=(6,) * 4, difference=0.2)
    exact = stepped_wedge_power(sequences=4, clusters_per_sequence=6, difference=0.2, sd=1.0, better="higher", **plan)
    own = simulate(trial, trials=6_000, seed=5)
    assert abs(own.reject.mean - exact) < 0.03
    se = math.sqrt(stepped_wedge_variance(layout=stepped_wedge_layout(4), clusters_per_sequence=6, **plan))
    assert own.mean("standard_error").mean == pytest.approx(se, rel=0.03)
    assert own.mean("icc").mean == pytest.approx(0.06, abs=0.005)
    normal = simulate(changed(trial, reference="normal"), trials=6_000, seed=5).reject
    assert normal.mean > own.reject.mean


def test_unequal_sizes_have_about_the_information_of_the_design():
    plan = {"icc": 0.06, "cac": 0.8, "size": 40, "size_cv": 0.5}
    trial = changed(MEAN, model="known", clusters=(10,) * 4, size=40, size_cv=0.5)
    own = simulate(trial, trials=4_000, seed=6)
    exact = stepped_wedge_variance(layout=stepped_wedge_layout(4), clusters_per_sequence=10, **plan)
    assert own.mean("standard_error").mean == pytest.approx(math.sqrt(exact), rel=0.01)
    assert abs(z_of(own.mean("estimate"), 0.3)) < 4


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_proportions_come_near_the_linear_design(better):
    """Hussey & Hughes's power for proportions, within 0.03; a trend between periods changes it little."""
    trial = changed(PROPORTION, model="known", better=better, rate_treatment=0.42 if better == "higher" else 0.19)
    plan = {"control": 0.3, "treatment": trial.rate_treatment, "icc": 0.06, "cac": 0.8, "size": 15}
    exact = stepped_wedge_power(sequences=4, clusters_per_sequence=3, test="z", better=better, **plan)
    own = simulate(trial, trials=20_000, seed=7)
    assert abs(own.reject.mean - exact) < 0.03
    assert own.mean("estimate").mean == pytest.approx(trial.rate_treatment - 0.3, abs=0.004)


def test_proportions_keep_the_level_with_a_trend():
    for model in ("nested", "decay"):
        trial = changed(PROPORTION, rate_treatment=0.3, model=model, period_logit=0.3, period_months=3)
        own = simulate(trial, trials=4_000, seed=8)
        assert own.reject.mean < 0.031 + 4 * own.reject.standard_error
        assert abs(z_of(own.mean("estimate"), 0.0)) < 4
        assert own.mean("months").mean == 15
    assert own.mean("patients").mean == 12 * 5 * 15


def test_people_who_return_are_counted_once():
    cohort = changed(MEAN, model="known", iac=0.5)
    assert simulate(cohort, trials=5, seed=1).mean("patients").mean == 12 * 15
    skipping = changed(MEAN, layout=INCOMPLETE, model="known")
    assert simulate(skipping, trials=5, seed=1).mean("patients").mean == 3 * 15 * int((~np.isnan(INCOMPLETE)).sum())


@pytest.mark.parametrize("trial", [MEAN, PROPORTION, changed(MEAN, model="decay", size_cv=0.4)])
def test_any_split_gives_the_same_bytes(trial):
    name = {"seed": 2**40 + 1, "design": 5, "scenario": 6}
    whole = simulate(trial, trials=300, threads=1, **name)
    assert simulate(trial, trials=300, threads=3, **name).model_dump_json() == whole.model_dump_json()
    assert simulate(trial, trials=99, **name) + simulate(trial, trials=201, first_trial=99, **name) == whole
    assert 0 < whole.rejections[0] < 300
    again = type(trial).model_validate_json(trial.model_dump_json())
    assert again == trial
    assert type(trial).read({**trial.model_dump(), "layout": trial.layout}) == trial


@pytest.mark.parametrize(
    ("trial", "change", "field"),
    [
        (MEAN, {"layout": [[0, 1], [0, 1]], "clusters": (3, 3)}, "layout"),
        (MEAN, {"layout": [[0, 1], [0]], "clusters": (3, 3)}, "layout"),
        (MEAN, {"layout": [[0, 2], [0, 0]], "clusters": (3, 3)}, "layout"),
        (MEAN, {"layout": "wedge"}, "layout"),
        (MEAN, {"clusters": (3, 3)}, "clusters"),
        (MEAN, {"clusters": (1, 1), "layout": crossover_cluster_layout()}, "clusters"),
        (MEAN, {"size": 2.5}, "size"),
        (MEAN, {"size": 1}, "size"),
        (MEAN, {"icc": 0.95}, "icc"),
        (MEAN, {"cac": 1.1}, "cac"),
        (MEAN, {"iac": 0.2}, "iac"),
        (MEAN, {"model": "gee"}, "model"),
        (PROPORTION, {"iac": 0.2, "model": "known"}, "iac"),
        (PROPORTION, {"rate_control": 1.0}, "rate_control"),
        (MEAN, {"boundaries": {"efficacy": (2.0, 2.0)}}, "boundaries.efficacy"),
    ],
)
def test_trials_that_make_no_sense_are_refused(trial, change, field):
    with pytest.raises(InputError) as error:
        changed(trial, **change)
    assert error.value.field == field
