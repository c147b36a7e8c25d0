"""Cluster-randomised virtual trials: against exact power, person-by-person versions, and scipy's permutation test."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from equipoise.design import cluster_power
from equipoise.errors import InputError, NoSolutionError
from equipoise.simulate import (
    Boundaries,
    ClusterCountTrial,
    ClusterMeanTrial,
    ClusterProportionTrial,
    simulate,
)
from equipoise.simulate.cluster_statistics import compare, permutation_z, variance_components
from equipoise.simulate.clusters import _assignments
from equipoise.simulate.logit_normal import logit_normal, proportion_moments
from equipoise.simulate.streams import new_stream

TRIALS = 60_000
ONE_LOOK = Boundaries(efficacy=(float(stats.norm.isf(0.025)),))
TWENTY = {"boundaries": ONE_LOOK, "clusters_treatment": (10,), "clusters_control": (10,), "size": 30}
MEAN = ClusterMeanTrial(**TWENTY, difference=0.35, icc=0.05)
PROPORTION = ClusterProportionTrial(**TWENTY, rate_treatment=0.45, rate_control=0.3, icc=0.05)
COUNT = ClusterCountTrial(**TWENTY, rate_treatment=0.7, rate_control=1.0, between_cv=0.25, exposure=2.0)


def z_of(estimate, exact):
    return (estimate.mean - exact) / estimate.standard_error


def changed(trial, **fields):
    return type(trial).read({**trial.model_dump(), **fields})


def test_the_power_of_means_is_exact_over_random_designs():
    """The t test of equal clusters' means has exactly the power of the design: z scores are standard normal."""
    rng, z = np.random.default_rng(1), []
    for number in range(60):
        clusters = [int(k) for k in rng.integers(2, 12, 2)]
        m, icc, sd = int(rng.integers(2, 80)), float(rng.uniform(0, 0.3)), float(rng.uniform(0.5, 3))
        error = sd * math.sqrt((icc + (1 - icc) / m) * (1 / clusters[0] + 1 / clusters[1]))
        plan = {"difference": float(rng.uniform(0, 4) * error), "sd": sd, "icc": icc, "size": m}
        trial = ClusterMeanTrial(
            boundaries=ONE_LOOK, clusters_treatment=clusters[:1], clusters_control=clusters[1:], **plan
        )
        exact = cluster_power(*clusters, **plan, better="higher")
        own = simulate(trial, trials=5_000, seed=2, design=number).reject
        z.append((own.mean - exact) / math.sqrt(exact * (1 - exact) / 5_000))
    assert stats.kstest(z, "norm").pvalue > 1e-3
    assert np.abs(z).max() < 4


@pytest.mark.parametrize("clusters", [(3, 3), (4, 8), (10, 10)])
@pytest.mark.parametrize("test", ["t", "weighted", "permutation"])
def test_few_clusters_keep_the_level(clusters, test):
    """Means, equal and very unequal clusters. Equal: the t is exact. Unequal (cv 0.8): the t test stays within 0.005 of
    0.025; the weighted one, whose weights are estimated, is a little above it (0.031 at 3 + 3 clusters, 0.029 at 10 + 10).

    Permutation is at most the level by construction, whatever the sizes, where both arms have as many clusters.
    """
    for size_cv in (0.0, 0.8):
        if test == "permutation" and clusters == (10, 10):
            continue  # 2,000 random permutations of each trial: see the next test
        trial = changed(
            MEAN, difference=0.0, clusters_treatment=clusters[:1], clusters_control=clusters[1:], test=test,
            size_cv=size_cv,
        )  # fmt: skip
        own = simulate(trial, trials=TRIALS, seed=3).reject
        if test == "permutation":
            ways = math.comb(sum(clusters), clusters[0])
            exact = math.floor(0.025 * ways) / ways
            if size_cv == 0:
                assert abs(own.mean - exact) < 4 * math.sqrt(max(exact * (1 - exact), 1e-12) / TRIALS)
            else:
                assert own.mean < 0.025 + 0.005
        elif size_cv == 0:
            assert abs(z_of(own, 0.025)) < 4
        else:
            wide = 0.008 if test == "weighted" else 0.005
            assert abs(own.mean - 0.025) < wide + 4 * own.standard_error


def test_random_permutations_have_their_exact_level():
    """(1 + as large) / (R + 1) is uniform on its steps: 4 of 200 at most 0.0249."""
    trial = changed(MEAN, difference=0.0, test="permutation", permutations=199)
    own = simulate(trial, trials=TRIALS // 2, seed=4).reject
    assert abs(z_of(own, 4 / 200)) < 4


@pytest.mark.parametrize("better", ["higher", "lower"])
@pytest.mark.parametrize("between", ["beta", "logit-normal"])
def test_the_power_of_proportions_is_near_the_asymptotic_one(between, better):
    """Within 0.015 at 10 clusters of 30 each arm; the arms' variances differ, which the pooled t does not know."""
    trial = changed(PROPORTION, between=between, better=better)
    if better == "lower":
        trial = changed(trial, rate_treatment=0.2)
    plan = {"control": 0.3, "treatment": trial.rate_treatment, "icc": 0.05, "size": 30}
    own = simulate(trial, trials=TRIALS, seed=5)
    assert abs(own.reject.mean - cluster_power(10, 10, endpoint="proportion", better=better, **plan)) < 0.015
    assert abs(z_of(own.mean("estimate"), trial.rate_treatment - 0.3)) < 4
    assert own.mean("icc").mean == pytest.approx(0.05, abs=0.002)


def test_the_power_of_counts_is_near_hayes_and_bennett():
    plan = {"control": 1.0, "treatment": 0.7, "between_cv": 0.25, "size": 30, "exposure": 2.0, "better": "lower"}
    own = simulate(COUNT, trials=TRIALS, seed=6)
    assert abs(own.reject.mean - cluster_power(10, 10, endpoint="count", **plan)) < 0.015
    assert abs(z_of(own.mean("estimate"), -0.3)) < 4


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.85])
def test_proportions_and_counts_keep_the_level(rate):
    for trial in (
        changed(PROPORTION, rate_treatment=rate, rate_control=rate),
        changed(PROPORTION, rate_treatment=rate, rate_control=rate, between="logit-normal", test="weighted"),
        changed(COUNT, rate_treatment=rate, rate_control=rate),
    ):
        own = simulate(trial, trials=TRIALS // 2, seed=7).reject
        assert abs(own.mean - 0.025) < 0.004 + 4 * own.standard_error


def test_weights_win_where_sizes_differ():
    """Inverse-variance weights: the design effect of van Breukelen et al. 2007, to its second order."""
    plan = {"difference": 0.35, "sd": 1.0, "icc": 0.05, "size": 30, "size_cv": 0.5}
    exact = cluster_power(10, 10, **plan, size_method="mixed-model", better="higher")
    weighted = simulate(changed(MEAN, size_cv=0.5, test="weighted"), trials=TRIALS, seed=8).reject
    alike = simulate(changed(MEAN, size_cv=0.5), trials=TRIALS, seed=8).reject
    assert abs(weighted.mean - exact) < 0.01
    assert weighted.mean > alike.mean + 4 * alike.standard_error


def people(rng, trial, arm, m):
    """The outcomes of one cluster's people, one by one."""
    if isinstance(trial, ClusterMeanTrial):
        effect = trial.difference * arm + math.sqrt(trial.icc) * trial.sd * rng.standard_normal()
        return effect + math.sqrt(1 - trial.icc) * trial.sd * rng.standard_normal(m)
    if isinstance(trial, ClusterCountTrial):
        rate = (
            (trial.rate_treatment if arm else trial.rate_control)
            * rng.gamma(1 / trial.between_cv**2)
            * (trial.between_cv**2)
        )
        return rng.poisson(rate * trial.exposure, m) / trial.exposure
    p = trial.rate_treatment if arm else trial.rate_control
    if trial.between == "beta":
        p = rng.beta(p * (1 / trial.icc - 1), (1 - p) * (1 / trial.icc - 1))
    else:
        location, spread = logit_normal(p, trial.icc)
        p = 1 / (1 + math.exp(-location - spread * rng.standard_normal()))
    return (rng.random(m) < p).astype(float)


def anova_icc(groups):
    """Donner & Klar 2000, section 6.3, from the people themselves; groups is (arms, clusters, people)."""
    number, total = sum(map(len, groups)), sum(len(c) for arm in groups for c in arm)
    ssw = sum(((c - c.mean()) ** 2).sum() for arm in groups for c in arm)
    centres = [np.concatenate(arm).mean() for arm in groups]
    ssb = sum(len(c) * (c.mean() - at) ** 2 for arm, at in zip(groups, centres, strict=True) for c in arm)
    m0 = (total - sum(sum(len(c) ** 2 for c in arm) / sum(map(len, arm)) for arm in groups)) / (number - 2)
    msb, msw = ssb / (number - 2), ssw / (total - number)
    return (msb - msw) / (msb + (m0 - 1) * msw)


def t_statistic(y1, y0):
    squares = ((y1 - y1.mean()) ** 2).sum() + ((y0 - y0.mean()) ** 2).sum()
    variance = squares / (len(y1) + len(y0) - 2) * (1 / len(y1) + 1 / len(y0))
    return (y1.mean() - y0.mean()) / math.sqrt(variance)


def slow(rng, trial, trials, sizes):
    """Looks, months aside: the person-by-person version of the t test."""
    degrees = np.array(trial.clusters_control) + trial.clusters_treatment - 2
    critical = stats.t.isf(stats.norm.sf(trial.boundaries.efficacy), degrees)
    sign = -1 if getattr(trial, "better", "higher") == "lower" else 1
    rejected, record = np.zeros(trial.looks), []
    for _ in range(trials):
        drawn = sizes(rng)
        groups = [[people(rng, trial, arm, m) for m in drawn[arm]] for arm in range(2)]
        for look in range(trial.looks):
            now = [groups[0][: trial.clusters_control[look]], groups[1][: trial.clusters_treatment[look]]]
            y0, y1 = (np.array([c.mean() for c in arm]) for arm in now)
            if sign * t_statistic(y1, y0) >= critical[look]:
                rejected[look] += 1
                break
        icc = 0.0 if isinstance(trial, ClusterCountTrial) else anova_icc(now)
        record.append((sum(len(c) for arm in now for c in arm), y1.mean() - y0.mean(), icc))
    return rejected, np.array(record)


TWO_LOOKS = {"boundaries": Boundaries(efficacy=(2.4, 2.0)), "clusters_treatment": (3, 7), "clusters_control": (4, 6)}
LIST = (5, 40, 12, 7, 9, 33, 21, 2, 15, 15, 8, 28, 60)


@pytest.mark.parametrize("trial", [MEAN, PROPORTION, COUNT, changed(PROPORTION, between="logit-normal")])
def test_agrees_with_people_drawn_one_by_one(trial):
    name = "between_cv" if trial is COUNT else "icc"
    larger = {name: 0.3} if name == "icc" else {}
    trial = changed(trial, **TWO_LOOKS, size=None, sizes=LIST, **larger)
    trials = 800

    def dealt(rng):
        deck = rng.permutation(LIST)
        return deck[:6], deck[6:]

    rejected, record = slow(np.random.default_rng(11), trial, trials, dealt)
    own = simulate(trial, trials=TRIALS, seed=9)
    for mine, theirs in zip(own.rejections, rejected, strict=True):
        pooled = (mine + theirs) / (TRIALS + trials)
        assert abs(mine / TRIALS - theirs / trials) < 4 * math.sqrt(pooled * (1 - pooled) * (1 / TRIALS + 1 / trials))
    for place, column in enumerate(("patients", "estimate", "icc")[: 3 if name == "icc" else 2]):
        mine = own.mean(column)
        error = math.hypot(mine.standard_error, record[:, place].std() / math.sqrt(trials))
        assert abs(mine.mean - record[:, place].mean()) < 4 * error, column


def some_clusters(rng, n0, n1):
    sizes = [rng.integers(2, 30, n) for n in (n0, n1)]
    return [[rng.normal(rng.normal(), 1, m) for m in arm] for arm in sizes]


def summaries(groups):
    most = max(map(len, groups))
    y, weight = np.zeros((2, most)), np.zeros((2, most))
    for arm in range(2):
        for i, cluster in enumerate(groups[arm]):
            y[arm, i], weight[arm, i] = cluster.mean(), len(cluster)
    return y, weight


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), n0=st.integers(2, 8), n1=st.integers(2, 8), sign=st.sampled_from([-1.0, 1.0]))
def test_statistics_agree_with_their_definitions(seed, n0, n1, sign):
    groups = some_clusters(np.random.default_rng(seed), n0, n1)
    (y, weight), total = summaries(groups), sum(len(c) for arm in groups for c in arm)
    ssw = sum(((c - c.mean()) ** 2).sum() for arm in groups for c in arm)
    msw, between, level = variance_components(y, weight, n1, n0, ssw, total, False)
    assert between / (between + msw) == pytest.approx(anova_icc(groups))
    assert level == pytest.approx(np.concatenate([c for arm in groups for c in arm]).mean())
    gap, z = compare(y, weight, n1, n0, math.inf, sign)
    flat = y[1, :n1], y[0, :n0]
    t = stats.ttest_ind(*flat).statistic
    assert gap == pytest.approx(flat[0].mean() - flat[1].mean())
    assert z == pytest.approx(sign * math.copysign(stats.norm.isf(stats.t.sf(abs(t), n1 + n0 - 2)), t))
    # weighted least squares on a dummy for treatment
    w = np.concatenate([weight[0, :n0], weight[1, :n1]])
    w, x = w / (1 + 0.2 * w), np.column_stack([np.ones(n0 + n1), np.repeat([0.0, 1.0], [n0, n1])])
    every = np.concatenate([y[0, :n0], y[1, :n1]])
    inverse = np.linalg.inv(x.T @ (w[:, None] * x))
    beta = inverse @ x.T @ (w * every)
    t = beta[1] / math.sqrt(inverse[1, 1] * (w * (every - x @ beta) ** 2).sum() / (n0 + n1 - 2))
    gap, z = compare(y, weight, n1, n0, 0.2, sign)
    assert gap == pytest.approx(beta[1])
    assert z == pytest.approx(sign * math.copysign(stats.norm.isf(stats.t.sf(abs(t), n1 + n0 - 2)), t))


@pytest.mark.parametrize("seed", range(8))
def test_permutation_agrees_with_scipy(seed):
    rng = np.random.default_rng(seed)
    n0, n1 = int(rng.integers(2, 7)), int(rng.integers(2, 7))
    y = np.round(rng.normal(size=(2, 7)), 0 if seed % 2 else 3)  # with ties, and without
    table, _ = _assignments(np.array([[n0, n1]]))
    stream = new_stream(np.uint64(1), np.uint64(0), np.uint64(0))
    exact = stats.permutation_test(
        (y[1, :n1], y[0, :n0]), lambda a, b: a.mean() - b.mean(), alternative="greater", n_resamples=np.inf
    ).pvalue
    own = stats.norm.sf(permutation_z(stream, y, n1, n0, 1.0, table, 0, np.empty(14)))
    assert own == pytest.approx(exact, abs=1e-9)
    rough = stats.norm.sf(permutation_z(stream, y, n1, n0, 1.0, table[:0], 20_000, np.empty(14)))
    assert rough == pytest.approx(exact, abs=4 * math.sqrt(0.25 / 20_000))


def test_logit_normals_have_the_moments_asked_for():
    for mean in (0.01, 0.3, 0.95):
        for icc in (0.0, 0.002, 0.1, 0.6):
            own, variance = proportion_moments(*logit_normal(mean, icc))
            assert own == pytest.approx(mean, rel=1e-9)
            assert variance == pytest.approx(icc * mean * (1 - mean), rel=1e-6, abs=1e-12)
    location, spread = logit_normal(0.3, 0.1)
    x = stats.norm(location, spread)
    assert x.expect(special.expit) == pytest.approx(0.3, rel=1e-7)
    with pytest.raises(NoSolutionError):
        logit_normal(0.5, 0.999)


def test_looks_wait_for_their_clusters():
    never = Boundaries(efficacy=(0.0, None), futility=(0.0,))  # always decided at the first look
    even = changed(MEAN, **TWO_LOOKS | {"boundaries": never}, opening_months=12, cluster_months=6)
    own = simulate(even, trials=200, seed=1)
    assert (own.mean("months").mean, own.mean("months").standard_error) == (12.0, 0)  # the 7th of 13 opens at month 6
    assert own.mean("clusters").mean == 7
    assert own.mean("clusters_opened").mean == 13
    assert simulate(changed(even, cluster_months=2.5), trials=9, seed=1).mean("clusters_opened").mean == 9
    random = simulate(changed(even, opening="uniform"), trials=TRIALS, seed=1).mean("months")
    assert abs(z_of(random, 6 + 12 * 7 / 14)) < 4


def test_group_sequential_looks_share_the_level():
    """O'Brien & Fleming at half the clusters: rpact 3.3.4, getDesignGroupSequential(kMax=2, typeOfDesign="OF")$criticalValues."""
    both = Boundaries(efficacy=(2.7965097, 1.9774310))
    trial = changed(MEAN, difference=0.0, boundaries=both, clusters_treatment=(5, 10), clusters_control=(5, 10))
    own = simulate(trial, trials=TRIALS, seed=12).reject
    assert abs(own.mean - 0.025) < 0.001 + 4 * own.standard_error


@pytest.mark.parametrize("trial", [MEAN, PROPORTION, COUNT, changed(MEAN, test="permutation", permutations=99)])
def test_any_split_gives_the_same_bytes(trial):
    trial = changed(trial, **TWO_LOOKS, size_cv=0.5, opening="uniform", opening_months=9, cluster_months=3)
    name = {"seed": 2**40 + 1, "design": 5, "scenario": 6}
    whole = simulate(trial, trials=2_000, threads=1, **name)
    assert simulate(trial, trials=2_000, threads=3, **name).model_dump_json() == whole.model_dump_json()
    assert simulate(trial, trials=777, **name) + simulate(trial, trials=1_223, first_trial=777, **name) == whole
    assert sum(whole.rejections) > 0
    assert type(trial).model_validate_json(trial.model_dump_json()) == trial


@pytest.mark.parametrize(
    ("trial", "change", "field"),
    [
        (MEAN, {"clusters_treatment": (1,), "clusters_control": (1,)}, "clusters_treatment"),
        (MEAN, {"clusters_control": (10, 20)}, "clusters_control"),
        (MEAN, {"boundaries": {"efficacy": (2.0, 2.0)}}, "boundaries.efficacy"),
        (MEAN, {"size": None}, "size"),
        (MEAN, {"size": 30.5}, "size"),
        (MEAN, {"sizes": (3,) * 20}, "size"),
        (MEAN, {"size": None, "sizes": (3,) * 19}, "sizes"),
        (MEAN, {"size": None, "sizes": (3,) * 20, "size_cv": 0.1}, "size_cv"),
        (MEAN, {"icc": 1.1}, "icc"),
        (MEAN, {"test": "gee"}, "test"),
        (PROPORTION, {"rate_control": 0}, "rate_control"),
        (PROPORTION, {"between": "normal"}, "between"),
        (COUNT, {"between_cv": -0.1}, "between_cv"),
        (COUNT, {"exposure": 0}, "exposure"),
    ],
)
def test_trials_that_make_no_sense_are_refused(trial, change, field):
    with pytest.raises(InputError) as error:
        changed(trial, **change)
    assert error.value.field == field
