"""Seamless phase II/III: against rpact's simulators, a slow closed test, exact cases, and strong control everywhere."""

import math
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from equipoise.errors import InputError
from equipoise.simulate import (
    Boundaries,
    SeamlessMeanTrial,
    SeamlessProportionTrial,
    fisher_boundaries,
    multi_arm_rejection,
    simulate,
)
from equipoise.simulate.seamless_kernels import intersection_tests, select

TRIALS = 200_000
NO_EARLY = Boundaries(efficacy=(None, 1.959964))
OBRIEN_FLEMING = Boundaries(efficacy=(2.796510, 1.977431))
FISHER = fisher_boundaries(0.025, 0.01578807)


def within(own, exact, reference_error=0.0):
    return abs(own.mean - exact) < 4 * math.hypot(own.standard_error, reference_error)


def sizes(treatment, control=None):
    return {"patients_treatment": treatment, "patients_control": control or treatment}


# rpact 3.3.4, 50,000 iterations, seed 4711: getSimulationMultiArmMeans / Rates(design, typeOfShape = "userDefined",
# effectMatrix = matrix(effects, 1), plannedSubjects = ..., stDev = ..., intersectionTest = ..., typeOfSelection = ...)
# with d1 = getDesignInverseNormal(kMax = 2, alpha = 0.025, typeOfDesign = "noEarlyEfficacy", informationRates = c(.5, 1)),
# d2 = the same with typeOfDesign = "OF", d3 = getDesignFisher(kMax = 2, alpha = 0.025, alpha0Vec = 1, method = "equalAlpha"),
# d4 = getDesignInverseNormal(kMax = 2, alpha = 0.025, typeOfDesign = "OF", informationRates = c(.4, 1), futilityBounds = 0).
# rejectAtLeastOne, rejected arms (over both stages), selectedArms at stage 2 and expectedNumberOfSubjects; None where its
# success criterion "all" goes on although every selected arm is rejected, since an arm that is not selected is not.
RPACT = [
    (  # d1, 3 arms, 40 and 90 in each, Dunnett, "best"
        SeamlessMeanTrial(
            boundaries=NO_EARLY, **sizes((40, 90)), first_weight=0.5, differences=(0.1, 0.3, 0.5), keep=1
        ),
        0.82582, (0.00536, 0.10998, 0.71048), (0.02234, 0.18098, 0.79668), 260,
    ),
    (  # d2, 4 arms, 50 and 100, allocationRatioPlanned = 0.5, stDev = 1.2, Simes, "rBest", rValue = 2, "atLeastOne"
        SeamlessMeanTrial(
            boundaries=OBRIEN_FLEMING, **sizes((50, 100), (100, 200)), differences=(0, 0.2, 0.4, 0.5), sd=1.2, keep=2,
            intersection_test="simes",
        ),
        0.87096, (0.00302, 0.06582, 0.46052, 0.73138), (0.03028, 0.18870, 0.57554, 0.65728), 445.18,
    ),
    (  # d3, 3 arms, 45 and 90, Bonferroni, "epsilon", epsilonValue = 0.1, successCriterion = "all"
        SeamlessMeanTrial(
            boundaries=FISHER, **sizes((45, 90)), differences=(0.2, 0.35, 0.4), margin=0.1, stop="all",
            intersection_test="bonferroni", combination="fisher",
        ),
        0.61856, (0.10426, 0.33776, 0.46846), None, None,
    ),
    (  # d4, 3 arms, 40 and 100, Dunnett, "all", threshold = 0.05, successCriterion = "all"
        SeamlessMeanTrial(
            boundaries=Boundaries(efficacy=(3.109531, 1.96664), futility=(0,)), **sizes((40, 100)), first_weight=0.4,
            differences=(0, 0.25, 0.3), threshold=0.05, stop="all",
        ),
        0.4666, (0.02088, 0.28166, 0.39206), (0.40348, 0.77784, 0.82504), 333.0808,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("trial", "any_rejected", "rejected", "selected", "patients"), RPACT)
def test_agrees_with_rpact_within_monte_carlo_error(trial, any_rejected, rejected, selected, patients):
    own = simulate(trial, trials=TRIALS, seed=1)
    theirs = {f"rejected_{k}": p for k, p in enumerate(rejected, start=1)}
    theirs |= {f"selected_{k}": p for k, p in enumerate(selected or (), start=1)}
    for name, p in theirs.items():
        assert within(own.mean(name), p, math.sqrt(p * (1 - p) / 50_000)), name
    assert within(own.reject, any_rejected, math.sqrt(any_rejected * (1 - any_rejected) / 50_000))
    if patients is not None:
        assert within(own.expected_patients, patients, 0.5)


def test_agrees_with_rpacts_rates_where_ties_are_broken_at_random():
    """d2, 3 arms, 60 and 120 in each, Dunnett, "best": rpact breaks ties at random, we take the first, so both orders of
    the arms are averaged; d1, the same sizes, Bonferroni, "epsilon", epsilonValue = 0.05, under the null."""
    best = SeamlessProportionTrial(
        boundaries=OBRIEN_FLEMING,
        **sizes((60, 120)),
        rates_treatment=(0.3, 0.4, 0.5),
        rate_control=0.3,
        keep=1,
        stop="all",
    )
    upwards = simulate(best, trials=TRIALS, seed=7)
    downwards = simulate(best.model_copy(update={"rates_treatment": (0.5, 0.4, 0.3)}), trials=TRIALS, seed=8)
    pairs = [(upwards.reject, downwards.reject)]
    pairs += [(upwards.mean(f"rejected_{k}"), downwards.mean(f"rejected_{4 - k}")) for k in (1, 2, 3)]
    for (one, other), p in zip(pairs, (0.78918, 0.00208, 0.07900, 0.72984), strict=True):
        error = math.hypot(one.standard_error, other.standard_error) / 2
        difference = (one.mean + other.mean) / 2 - p
        assert abs(difference) < 4 * math.hypot(error, math.sqrt(p * (1 - p) / 50_000))
    null = SeamlessProportionTrial(
        boundaries=NO_EARLY, **sizes((60, 120)), rates_treatment=(0.3, 0.3, 0.3), rate_control=0.3, margin=0.05,
        intersection_test="bonferroni",
    )  # fmt: skip
    own = simulate(null, trials=TRIALS, seed=9)
    theirs = {"rejected_1": 0.00676, "rejected_2": 0.00726, "rejected_3": 0.00686}
    for name, p in theirs.items():
        assert within(own.mean(name), p, math.sqrt(p / 50_000))
    assert within(own.reject, 0.01884, math.sqrt(0.01884 / 50_000))


@pytest.mark.parametrize("test", ["dunnett", "simes", "bonferroni"])
@pytest.mark.parametrize("effect", [0.0, 0.35])
def test_one_dose_has_the_exact_group_sequential_power(test, effect):
    trial = SeamlessMeanTrial(
        boundaries=OBRIEN_FLEMING, **sizes((40, 80)), differences=(effect,), intersection_test=test, sd=1
    )
    exact = multi_arm_rejection(OBRIEN_FLEMING, (40, 80), (40, 80), (effect,))
    assert within(simulate(trial, trials=TRIALS, seed=2).reject, exact)


@pytest.mark.parametrize("early", [None, 0.01, 0.01578807])
def test_fishers_product_has_its_level(early):
    trial = SeamlessMeanTrial(
        boundaries=fisher_boundaries(0.025, early), **sizes((20, 60)), differences=(0.0,), combination="fisher"
    )
    assert within(simulate(trial, trials=400_000, seed=3).reject, 0.025)


def test_fishers_product_has_rpacts_critical_value():
    """getDesignFisher(kMax = 2, alpha = 0.025, alpha0Vec = 1, method = "equalAlpha"): 0.01578807, 0.002220544."""
    c = 0.002220544
    assert stats.norm.sf(FISHER.efficacy[0]) == pytest.approx(0.01578807, rel=1e-9)
    assert stats.norm.sf(FISHER.efficacy[1]) == pytest.approx(c * (1 - math.log(c)), rel=1e-6)
    for wrong in ({"alpha": 0}, {"alpha": 0.025, "alpha_first": 0.03}, {"alpha": 0.025, "alpha_first": 0.001}):
        with pytest.raises(InputError):
            fisher_boundaries(**wrong)


GRID = np.linspace(-8.5, 8.5, 500)
DENSITY = stats.norm.pdf(GRID)


def intersection_p(test, z, ratio):
    """The p-value of one intersection hypothesis, from the definitions."""
    m, p = len(z), np.sort(special.ndtr(-np.asarray(z)))
    if test == "bonferroni":
        return min(1.0, m * p[0])
    if test == "simes":
        return min(1.0, *(m / (i + 1) * p[i] for i in range(m)))
    inner = special.log_ndtr(max(z) * math.sqrt(1 + ratio) + math.sqrt(ratio) * GRID)
    return np.trapezoid(DENSITY * -np.expm1(m * inner), GRID)


def slow_trial(trial, draw, rng):
    """(patients, estimate, selected, rejected) with every intersection hypothesis looked at one by one."""
    (u1, u2), (lower, _) = trial.boundaries.as_arrays()
    doses, weight = range(trial.doses), trial.first_weight or trial.patients_treatment[0] / trial.patients_treatment[1]
    stages = [np.diff(s, prepend=0) for s in (trial.patients_treatment, trial.patients_control)]
    ratios = stages[0] / stages[1]
    z1, d1 = draw(rng, 0)
    chosen = sorted(doses, key=lambda k: -d1[k])[: trial.keep or trial.doses]
    chosen = [k for k in chosen if trial.margin is None or d1[k] >= max(d1) - trial.margin]
    chosen = [k for k in chosen if trial.threshold is None or d1[k] > trial.threshold]
    sets = [s for m in range(1, trial.doses + 1) for s in combinations(doses, m)]
    p1 = {s: intersection_p(trial.intersection_test, z1[list(s)], ratios[0]) for s in sets}
    refuted = {s: -special.ndtri(p1[s]) >= u1 for s in sets}
    rejected = {k for k in doses if all(refuted[s] for s in sets if k in s)}
    enough = bool(rejected) if trial.stop == "first" else set(chosen) <= rejected
    patients = stages[1][0] + trial.doses * stages[0][0]
    if enough or not chosen or -special.ndtri(p1[tuple(doses)]) <= lower:
        return [patients, max(d1)], [], rejected
    z2, d2 = draw(rng, 1)
    for s in sets:
        left = [k for k in s if k in chosen]
        if left and not refuted[s]:
            p2 = intersection_p(trial.intersection_test, z2[left], ratios[1])
            if trial.combination == "fisher":
                product = p1[s] * p2
                refuted[s] = product * (1 - math.log(product)) <= special.ndtr(-u2) if product > 0 else True
            else:
                deviates = -special.ndtri([p1[s], p2])
                refuted[s] = math.sqrt(weight) * deviates[0] + math.sqrt(1 - weight) * deviates[1] >= u2
    rejected |= {k for k in chosen if all(refuted[s] for s in sets if k in s)}
    n = stages[0]
    estimate = max((n[0] * d1[k] + n[1] * d2[k]) / n.sum() for k in chosen)
    return [patients + stages[1][1] + len(chosen) * n[1], estimate], chosen, rejected


def draw_means(trial):
    stages = [np.diff(s, prepend=0) for s in (trial.patients_treatment, trial.patients_control)]

    def draw(rng, stage):
        n, n0 = stages[0][stage], stages[1][stage]
        d = trial.sd * rng.standard_normal((trial.doses, n)).mean(axis=1) + trial.differences
        d -= trial.sd * rng.standard_normal(n0).mean()
        return d / trial.sd / math.sqrt(1 / n + 1 / n0), d

    return draw


def draw_rates(trial):
    stages = [np.diff(s, prepend=0) for s in (trial.patients_treatment, trial.patients_control)]

    def draw(rng, stage):
        n, n0 = stages[0][stage], stages[1][stage]
        x, x0 = rng.binomial(n, trial.rates_treatment), rng.binomial(n0, trial.rate_control)
        p = (x + x0) / (n + n0)
        gap = x / n - x0 / n0
        return gap / np.sqrt(p * (1 - p) * (1 / n + 1 / n0)), gap

    return draw


KINDS = [
    SeamlessMeanTrial(
        boundaries=Boundaries(efficacy=(2.5, 2.0), futility=(0.0,)), **sizes((20, 50), (30, 90)),
        differences=(0.2, 0.5, 0.6), sd=1.5, margin=0.3, threshold=0.1, stop="all",
    ),
    SeamlessMeanTrial(
        boundaries=Boundaries(efficacy=(2.2, 2.0)), **sizes((20, 50)), differences=(0.3, 0.5, 0.1, 0.4), keep=2,
        intersection_test="simes",
    ),
    SeamlessMeanTrial(
        boundaries=FISHER, **sizes((20, 40)), differences=(0.3, 0.5), intersection_test="bonferroni",
        combination="fisher", stop="all",
    ),
    SeamlessProportionTrial(
        boundaries=Boundaries(efficacy=(2.3, 2.0)), **sizes((40, 90), (50, 90)), rates_treatment=(0.3, 0.4, 0.5),
        rate_control=0.3, keep=1, stop="all", first_weight=0.3,
    ),
]  # fmt: skip


@pytest.mark.parametrize("trial", KINDS, ids=["dunnett", "simes", "fisher", "proportion"])
def test_agrees_with_a_slow_closed_test(trial):
    rng, trials, rows = np.random.default_rng(4), 1_000, []
    draw = draw_means(trial) if isinstance(trial, SeamlessMeanTrial) else draw_rates(trial)
    for _ in range(trials):
        figures, selected, rejected = slow_trial(trial, draw, rng)
        flags = [[k in chosen for k in range(trial.doses)] for chosen in (selected, rejected)]
        rows.append([*figures, *flags[0], *flags[1]])
    theirs, own = np.array(rows, float), simulate(trial, trials=TRIALS, seed=4)
    for place, column in enumerate(trial.columns):
        error = theirs[:, place].std() / math.sqrt(trials)
        assert within(own.mean(column.name), theirs[:, place].mean(), error), column.name
    early = np.mean([not row[2 : 2 + trial.doses].any() for row in theirs])
    assert within(own.stop_early, early, math.sqrt(early * (1 - early) / trials))


@pytest.mark.parametrize("test", ["dunnett", "simes", "bonferroni"])
@pytest.mark.parametrize("combination", ["inverse-normal", "fisher"])
def test_the_family_wise_error_is_kept_whatever_the_selection_and_the_truth(test, combination, tmp_path):
    boundaries = FISHER if combination == "fisher" else OBRIEN_FLEMING
    rules = ({"keep": 1}, {"margin": 0.1})
    truths = ((0, 0, 0), (0.25, 0, 0), (0.6, 0, 0), (0.4, 0.3, 0))
    trials, number = 20_000, 0
    for rule in rules:
        for truth in truths:
            trial = SeamlessMeanTrial(
                boundaries=boundaries, **sizes((30, 80)), differences=truth, stop="all", intersection_test=test,
                combination=combination, **rule,
            )  # fmt: skip
            number += 1
            simulate(trial, trials=trials, seed=5, design=number, records=tmp_path / str(number))
            rows = pl.read_parquet(tmp_path / str(number) / "*.parquet")
            wrong = rows.select(
                pl.any_horizontal(pl.col(f"rejected_{k + 1}") > 0 for k, d in enumerate(truth) if d <= 0)
            )
            level = wrong.to_numpy().mean()
            assert level < 0.025 + 4 * math.sqrt(0.025 * 0.975 / trials), (rule, truth)


@pytest.mark.parametrize("ratio", [0.5, 1.0])
def test_dunnetts_intersection_statistics_are_standard_normal_under_the_null(ratio):
    trial = SeamlessMeanTrial(
        boundaries=OBRIEN_FLEMING, **sizes((int(20 * ratio), int(40 * ratio)), (20, 40)), differences=(0, 0, 0)
    )
    table, rng, draws = trial.kernel()[1][-1][0], np.random.default_rng(6), 20_000
    x = rng.standard_normal((draws, 4))
    z = (x[:, 1:] - math.sqrt(ratio) * x[:, :1]) / math.sqrt(1 + ratio)
    out = np.empty((draws, 8))
    for row, into in zip(z, out, strict=True):
        intersection_tests(row, 7, 0, table, into)
    for bits in range(1, 8):
        assert stats.kstest(out[:, bits], "norm").pvalue > 1e-4


@settings(max_examples=100, deadline=None)
@given(
    gap=st.lists(st.floats(-1, 1), min_size=1, max_size=6),
    keep=st.integers(1, 6),
    margin=st.floats(0, 1),
    threshold=st.floats(-1, 1),
)
def test_selection_does_what_it_says(gap, keep, margin, threshold):
    bits = select(np.array(gap), keep, margin, threshold)
    chosen = [k for k in range(len(gap)) if bits >> k & 1]
    assert len(chosen) <= keep
    assert all(gap[k] > threshold and gap[k] >= max(gap) - margin for k in chosen)
    fit = [k for k in range(len(gap)) if gap[k] > threshold and gap[k] >= max(gap) - margin]
    assert sorted(gap[k] for k in chosen) == sorted(gap[k] for k in fit)[max(len(fit) - keep, 0) :]


@pytest.mark.parametrize("trial", [KINDS[0], KINDS[3]], ids=["mean", "proportion"])
def test_any_split_gives_the_same_bytes(trial):
    name = {"seed": 77, "design": 3, "scenario": 4}
    whole = simulate(trial, trials=6_000, threads=1, **name)
    assert simulate(trial, trials=6_000, threads=3, **name).model_dump_json() == whole.model_dump_json()
    parts = simulate(trial, trials=1_111, **name) + simulate(trial, trials=4_889, first_trial=1_111, **name)
    assert parts == whole
    assert type(trial).model_validate_json(trial.model_dump_json()) == trial


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        (0, {"boundaries": Boundaries(efficacy=(2.0,))}, "boundaries.efficacy"),
        (0, {"boundaries": Boundaries(efficacy=(2.0, None))}, "boundaries.efficacy"),
        (0, {"patients_treatment": (20, 20)}, "patients_treatment"),
        (0, {"patients_control": (20,)}, "patients_control"),
        (0, {"keep": 4}, "keep"),
        (0, {"keep": 0}, "keep"),
        (0, {"margin": -0.1}, "margin"),
        (0, {"first_weight": 1}, "first_weight"),
        (0, {"differences": (0,) * 9}, "differences"),
        (0, {"intersection_test": "hochberg"}, "intersection_test"),
        (3, {"rates_treatment": (0.1, 1.2)}, "rates_treatment.2"),
        (3, {"rate_control": 2}, "rate_control"),
    ],
)
def test_designs_that_make_no_sense_are_refused(kind, change, field):
    with pytest.raises(InputError) as error:
        type(KINDS[kind]).read({**KINDS[kind].model_dump(), **change})
    assert error.value.field == field
