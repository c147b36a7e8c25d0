"""Adaptive enrichment: the rule and the closed test by themselves, trials against numpy and rpact, and the family-wise error."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from equipoise.errors import InputError
from equipoise.simulate import (
    DifferenceRule,
    EnrichmentMeanTrial,
    EnrichmentProportionTrial,
    PowerRule,
    simulate,
    worst_type_one_error,
)
from equipoise.simulate import enrichment_kernels as kernels

TRIALS = 200_000
CRITICAL = stats.norm.isf(0.025)
BEST = DifferenceRule(full_below=0, subgroup_above=0)
BETWEEN = DifferenceRule(full_below=-1, subgroup_above=1.5)
CONDITIONAL = PowerRule(kind="conditional-power", full=0.3, subgroup=0.4)
PREDICTIVE = PowerRule(kind="predictive-power", full=0.3, subgroup=0.4)
RULES = [BEST, BETWEEN, CONDITIONAL, PREDICTIVE]
MEANS = EnrichmentMeanTrial(
    prevalence=0.4, patients_1=50, patients_2=40, patients_2_subgroup=60, rule=BETWEEN, difference_subgroup=5,
    difference_outside=0, sd=10,
)  # fmt: skip
RATES = EnrichmentProportionTrial(
    prevalence=0.3, patients_1=80, patients_2=80, rule=CONDITIONAL, rate_treatment_subgroup=0.3, rate_control_subgroup=0.6,
    rate_treatment_outside=0.5, rate_control_outside=0.55, better="lower",
)  # fmt: skip


@given(st.floats(-3, 3), st.floats(0.1, 5))
def test_predictive_power_averages_conditional_power_over_the_posterior(z1, growth):
    critical, fraction = 2.0, 0.4
    needed = (critical - math.sqrt(fraction) * z1) / math.sqrt(1 - fraction)
    power = kernels.interim_power(z1, critical, fraction, growth, False)
    assert power == pytest.approx(stats.norm.sf(needed - z1 * math.sqrt(growth)))
    # the drift by unit of the first stage's information has posterior N(z1, 1)
    drift = z1 + np.linspace(-9, 9, 4001)
    averaged = np.trapezoid(stats.norm.pdf(drift - z1) * stats.norm.sf(needed - drift * math.sqrt(growth)), drift)
    assert kernels.interim_power(z1, critical, fraction, growth, True) == pytest.approx(averaged, abs=1e-7)


def test_rules_choose_as_they_say():
    choose = kernels.choose_population
    assert [choose(kernels.DIFFERENCE, 1.0, x, -1.0, 1.5) for x in (-0.5, 0.5, 2.5, 2.6)] == [1, 3, 3, 2]
    powers = [(0.2, 0.2), (0.5, 0.2), (0.2, 0.5), (0.5, 0.5)]
    for rule in (kernels.CONDITIONAL, kernels.PREDICTIVE):
        assert [choose(rule, *pair, 0.3, 0.4) for pair in powers] == [0, 1, 2, 3]


Z = st.floats(-4, 4)


def slow_closed_test(choice, full, subgroup, fraction, simes):
    """From p-values; full and subgroup have both stages' deviates."""

    def both(stage):
        p = sorted(special.ndtr([-full[stage], -subgroup[stage]]))
        return -special.ndtri(min(2 * p[0], p[1]) if simes else min(2 * p[0], 1))

    def combined(z1, z2):
        return math.sqrt(fraction) * z1 + math.sqrt(1 - fraction) * z2 >= CRITICAL

    later = {1: full[1], 2: subgroup[1], 3: both(1)}.get(choice)
    intersection = choice != 0 and combined(both(0), later)
    return (
        intersection and choice in (1, 3) and combined(*full),
        intersection and choice in (2, 3) and combined(*subgroup),
    )


@given(st.integers(0, 3), st.tuples(Z, Z), st.tuples(Z, Z), st.floats(0.1, 0.9), st.booleans())
def test_the_closed_test_rejects_what_it_and_the_intersection_reject(choice, full, subgroup, fraction, simes):
    own = kernels.closed_test(choice, full[0], subgroup[0], full[1], subgroup[1], fraction, CRITICAL, simes)
    assert own == slow_closed_test(choice, full, subgroup, fraction, simes)


def slow_means(trial, trials, rng):
    """Chances of rejection of the full population and the subgroup, and patients, with patients drawn one by one."""
    rejected, patients = np.zeros(2), []
    effects = np.array([trial.difference_subgroup, trial.difference_outside])
    share = trial.prevalence

    def stage(sizes):
        gaps, squares, parts = np.zeros(2), np.zeros(2), np.full(2, np.inf)
        for h, n in enumerate(sizes):
            if n:
                x, y = rng.normal(effects[h], trial.sd, n), rng.normal(0, trial.sd, n)
                gaps[h], squares[h], parts[h] = x.mean() - y.mean(), n * (x.var() + y.var()), 2 / n
        full = share * gaps[0] + (1 - share) * gaps[1]
        unit = share**2 * parts[0] + (1 - share) ** 2 * parts[1]
        degrees = 2 * np.array(sizes) - 2
        if trial.test == "z":
            return (full / trial.sd / math.sqrt(unit), gaps[0] / trial.sd / math.sqrt(parts[0])), (full, gaps[0])
        t_full = full / math.sqrt(squares.sum() / degrees.sum() * unit) if sizes[1] else 0.0
        t = t_full, gaps[0] / math.sqrt(squares[0] / degrees[0] * parts[0])
        return tuple(
            -special.ndtri(special.stdtr(d, -x)) for x, d in zip(t, (degrees.sum(), degrees[0]), strict=True)
        ), (full, gaps[0])

    inside = round(share * trial.patients_1), round(share * trial.patients_2)
    first, whole = (inside[0], trial.patients_1 - inside[0]), (inside[1], trial.patients_2 - inside[1])
    alone = trial.patients_2_subgroup, 0
    fraction = trial.patients_1 / (trial.patients_1 + trial.patients_2)
    for _ in range(trials):
        z1, values = stage(first)
        if trial.rule.kind != "difference":
            growth = trial.patients_2 / trial.patients_1, alone[0] / first[0]
            gaps = [
                (CRITICAL - math.sqrt(fraction) * z) / math.sqrt(1 - fraction) - z * math.sqrt(g)
                for z, g in zip(z1, growth, strict=True)
            ]
            widths = np.sqrt(1 + np.array(growth)) if trial.rule.kind == "predictive-power" else np.ones(2)
            values = special.ndtr(-np.array(gaps) / widths)
            choice = (values[0] >= trial.rule.full) + 2 * (values[1] >= trial.rule.subgroup)
        else:
            gap = values[1] - values[0]
            choice = 2 if gap > trial.rule.subgroup_above else 1 if gap < trial.rule.full_below else 3
        later = alone if choice == 2 else whole
        patients.append(2 * sum(first) + (2 * sum(later) if choice else 0))
        if choice:
            z2, _ = stage(later)
            rejected += slow_closed_test(
                choice, (z1[0], z2[0]), (z1[1], z2[1]), fraction, trial.intersection == "simes"
            )
    return rejected / trials, np.array(patients)


@pytest.mark.parametrize(
    "change", [{}, {"rule": PREDICTIVE, "test": "t", "intersection": "bonferroni"}], ids=["z", "t"]
)
def test_means_agree_with_patients_drawn_one_by_one(change):
    trial = MEANS.model_copy(update=change)
    trials = 3_000
    shares, patients = slow_means(trial, trials, np.random.default_rng(4))
    own = simulate(trial, trials=TRIALS, seed=1)
    for column, share in zip(("rejected_full", "rejected_subgroup"), shares, strict=True):
        found = own.mean(column)
        error = math.sqrt(found.mean * (1 - found.mean) / trials)
        assert abs(found.mean - share) < 4 * math.hypot(found.standard_error, error)
    found = own.expected_patients
    assert abs(found.mean - patients.mean()) < 4 * math.hypot(found.standard_error, patients.std() / math.sqrt(trials))


def test_proportions_of_large_trials_are_means_with_the_same_standardised_effects():
    p, sizes = 0.4, {"prevalence": 0.5, "patients_1": 4_000, "patients_2": 4_000}
    gaps, sd = (0.024, 0.006), math.sqrt(p * (1 - p))
    rule = DifferenceRule(full_below=-0.01, subgroup_above=0.01)
    rates = EnrichmentProportionTrial(
        **sizes, rule=rule, rate_treatment_subgroup=p + gaps[0] / 2, rate_control_subgroup=p - gaps[0] / 2,
        rate_treatment_outside=p + gaps[1] / 2, rate_control_outside=p - gaps[1] / 2,
    )  # fmt: skip
    means = EnrichmentMeanTrial(**sizes, rule=rule, difference_subgroup=gaps[0], difference_outside=gaps[1], sd=sd)
    own, others = (simulate(trial, trials=100_000, seed=s) for s, trial in enumerate((rates, means)))
    for column in ("chosen_full", "chosen_subgroup", "rejected_full", "rejected_subgroup"):
        a, b = own.mean(column), others.mean(column)
        assert abs(a.mean - b.mean) < 4 * math.hypot(a.standard_error, b.standard_error) + 0.002


# rpact 3.3.4: d <- getDesignInverseNormal(kMax=2, alpha=.025, informationRates=c(.5,1), typeOfDesign="noEarlyEfficacy")
# e <- list(subGroups=c("S","R"), prevalences=c(.4,.6), stDevs=10, effects=matrix(c(5,0, 4,2, 0,0), byrow=TRUE, ncol=2))
# getSimulationEnrichmentMeans(d, effectList=e, maxNumberOfIterations=10000, seed=7, plannedSubjects=c(100,200),
#   intersectionTest="Simes", stratifiedAnalysis=TRUE, typeOfSelection="all"): rejectAtLeastOne, rejectedPopulationsPerStage
@pytest.mark.parametrize(
    ("effects", "some", "subgroup", "full"),
    [((5, 0), 0.5047, 0.4869, 0.2778), ((4, 2), 0.4875, 0.3779, 0.4269), ((0, 0), 0.0206, 0.0129, 0.0147)],
)
def test_both_populations_carried_on_agree_with_rpact(effects, some, subgroup, full):
    trial = EnrichmentMeanTrial(
        prevalence=0.4, patients_1=50, patients_2=50, rule=DifferenceRule(full_below=-1e6, subgroup_above=1e6),
        difference_subgroup=effects[0], difference_outside=effects[1], sd=10,
    )  # fmt: skip
    own = simulate(trial, trials=TRIALS, seed=3)
    for found, theirs in (
        (own.reject, some),
        (own.mean("rejected_subgroup"), subgroup),
        (own.mean("rejected_full"), full),
    ):
        assert abs(found.mean - theirs) < 4 * math.hypot(
            found.standard_error, math.sqrt(theirs * (1 - theirs) / 10_000)
        )


# Configurations of the null: the strata's effects so that the full population's hypothesis, the subgroup's, or both are true.
# Where only one is, rejecting it is the error, and the other effect runs from none to overwhelming.


@pytest.mark.parametrize("rule", RULES, ids=["best", "between", "conditional", "predictive"])
def test_the_family_wise_error_is_strongly_controlled(rule):
    options = {"trials": 120_000, "fresh_trials": 100_000, "seed": 6}
    effects = [0.0, 1.0, 2.0, 4.0, 8.0, 20.0]

    def full_is_null(effect):
        """Benefit in the subgroup, undone outside it."""
        return MEANS.model_copy(
            update={"rule": rule, "difference_subgroup": effect, "difference_outside": -effect * 0.4 / 0.6}
        )

    def subgroup_is_null(effect):
        return MEANS.model_copy(update={"rule": rule, "difference_subgroup": 0.0, "difference_outside": effect})

    both = simulate(full_is_null(0.0), trials=200_000, seed=5)
    assert both.reject.mean < 0.025 + 4 * both.reject.standard_error
    for make, rejects in ((full_is_null, "rejected_full"), (subgroup_is_null, "rejected_subgroup")):
        found = worst_type_one_error(make, effects, rejects=rejects, **options)
        assert found.worst.error.mean < 0.025 + 4 * found.worst.error.standard_error


def test_the_family_wise_error_of_proportions_is_controlled_where_effects_cancel():
    def make(rate, gap):
        return RATES.model_copy(update={
            "better": "higher", "rule": BEST, "rate_treatment_subgroup": rate + gap, "rate_control_subgroup": rate,
            "rate_treatment_outside": rate - gap * 0.3 / 0.7, "rate_control_outside": rate,
        })  # fmt: skip

    found = worst_type_one_error(
        make, [0.2, 0.5, 0.6], [0.0, 0.2, 0.4], rejects="rejected_full", trials=360_000, fresh_trials=200_000, seed=7
    )
    assert found.upper_bound < 0.027
    at_both = worst_type_one_error(
        lambda p: make(p, 0.0), [0.1, 0.3, 0.5], trials=150_000, fresh_trials=200_000, seed=8
    )
    assert at_both.upper_bound < 0.027


@pytest.mark.parametrize("trial", [MEANS, RATES], ids=["means", "rates"])
def test_any_split_gives_the_same_bytes(trial):
    whole = simulate(trial, trials=3_000, seed=5, threads=1)
    assert simulate(trial, trials=3_000, seed=5, threads=3) == whole
    assert simulate(trial, trials=1_000, seed=5) + simulate(trial, trials=2_000, seed=5, first_trial=1_000) == whole
    assert type(trial).model_validate_json(trial.model_dump_json()) == trial
    assert 0 < sum(whole.rejections) < 3_000


@pytest.mark.parametrize(
    ("trial", "change", "field"),
    [
        (MEANS, {"prevalence": 1}, "prevalence"),
        (MEANS, {"prevalence": 0.01}, "patients_1"),
        (MEANS, {"patients_2": 3}, "patients_2"),
        (MEANS, {"patients_2_subgroup": 1}, "patients_2_subgroup"),
        (MEANS, {"rule": {"kind": "difference", "full_below": 1, "subgroup_above": 0}}, "rule.difference.full_below"),
        (MEANS, {"rule": {"kind": "guess"}}, "rule"),
        (MEANS, {"sd": 0}, "sd"),
        (RATES, {"rate_control_outside": 1.2}, "rate_control_outside"),
        (RATES, {"alpha": 0.5}, "alpha"),
    ],
)
def test_trials_that_make_no_sense_are_refused(trial, change, field):
    with pytest.raises(InputError) as error:
        type(trial).read(trial.model_dump() | change)
    assert error.value.field == field
