"""Kernels of adaptive enrichment: two stages, a choice of population between them, and a closed test of both hypotheses."""

from __future__ import annotations

from math import inf, sqrt

import numba
import numpy as np

from equipoise.design.normal import upper_quantile, upper_tail
from equipoise.simulate.draws import binomial
from equipoise.simulate.reestimation_rules import conditional_critical
from equipoise.simulate.streams import new_stream, open_trial
from equipoise.simulate.student import student_normal
from equipoise.simulate.sufficient import mean_stage

NEITHER, FULL, SUBGROUP, BOTH = 0, 1, 2, 3
DIFFERENCE, CONDITIONAL, PREDICTIVE = 0, 1, 2


@numba.njit(cache=True, nogil=True)
def interim_power(z1: float, critical: float, fraction: float, growth: float, predictive: bool) -> float:
    """The chance that the weighted sum of both stages passes, at the first stage's estimate or averaged over its posterior.

    `growth` is the second stage's information over the first's; the posterior is under a flat prior (Spiegelhalter,
    Freedman & Blackburn 1986, Controlled Clinical Trials 7:8), which widens the second statistic's variance to 1 + growth.
    """
    gap = conditional_critical(z1, critical, fraction) - z1 * sqrt(growth)
    return upper_tail(gap / sqrt(1.0 + growth) if predictive else gap)


@numba.njit(cache=True, nogil=True)
def choose_population(rule: int, full: float, subgroup: float, first: float, second: float) -> int:
    """The population that goes on: NEITHER, FULL, SUBGROUP or BOTH.

    DIFFERENCE compares estimates: the subgroup's less the full population's above `second` means SUBGROUP, below `first`
    FULL, else BOTH (Friede, Parsons & Stallard 2012, Stat Med 31:4309). For the powers, each population goes on whose power
    is at least `first` (full) or `second` (subgroup) (Jenkins, Stone & Jennison 2011, Pharm Stat 10:347).
    """
    if rule == DIFFERENCE:
        gap = subgroup - full
        if gap > second:
            return SUBGROUP
        return FULL if gap < first else BOTH
    return (FULL if full >= first else 0) + (SUBGROUP if subgroup >= second else 0)


@numba.njit(cache=True, nogil=True)
def intersection_normal(z_full: float, z_subgroup: float, simes: bool) -> float:
    """The normal deviate of the p-value that neither population benefits: Simes's or Bonferroni's.

    For two hypotheses Simes's p is that of Hochberg's procedure; it is valid as the statistics are positively dependent.
    """
    least, most = upper_tail(max(z_full, z_subgroup)), upper_tail(min(z_full, z_subgroup))
    p = min(2.0 * least, most) if simes else min(2.0 * least, 1.0)
    return upper_quantile(p)


@numba.njit(cache=True, nogil=True)
def closed_test(choice, full1, subgroup1, full2, subgroup2, fraction, critical, simes):  # type: ignore[no-untyped-def]
    """Whether (the full population's, the subgroup's) hypothesis is rejected, given both stages' statistics.

    Each, and their intersection, is tested by the inverse-normal combination; a population that was dropped has no second
    stage, and the intersection rests on the other (Brannath et al. 2009, Stat Med 28:1445; Jenkins et al. 2011).
    """
    w1, w2 = sqrt(fraction), sqrt(1.0 - fraction)
    later = full2 if choice == FULL else subgroup2
    if choice == BOTH:
        later = intersection_normal(full2, subgroup2, simes)
    if choice == NEITHER or w1 * intersection_normal(full1, subgroup1, simes) + w2 * later < critical:
        return False, False
    return (
        choice != SUBGROUP and w1 * full1 + w2 * full2 >= critical,
        choice != FULL and w1 * subgroup1 + w2 * subgroup2 >= critical,
    )


@numba.njit(cache=True, nogil=True)
def enrichment_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    sizes: np.ndarray,
    prevalence: float,
    rule: int,
    thresholds: np.ndarray,
    fraction: float,
    critical: float,
    simes: bool,
    truth: np.ndarray,
    binary: bool,
    sd: float,
    t_test: bool,
    sign: float,
) -> None:
    """Record trials `first` to `end`.

    `sizes` (3, 2) has each arm's patients in the subgroup and outside it: first stage, second stage of the full population,
    second stage of the subgroup alone. `truth` (2, 2) has the subgroup's treatment and control, then those outside it: means,
    or rates where `binary`.
    """
    stream = new_stream(seed, design, scenario)
    whole, part = sizes[1].sum() / sizes[0].sum(), sizes[2, 0] / sizes[0, 0]
    for trial in range(first, end):
        open_trial(stream, trial)
        record = records[trial - first]
        record[:] = 0.0
        stage = _stage(stream, sizes[0], prevalence, truth, binary, sd, t_test, sign)
        full1, subgroup1, full, subgroup = stage
        if rule != DIFFERENCE:
            full = interim_power(full1, critical, fraction, whole, rule == PREDICTIVE)
            subgroup = interim_power(subgroup1, critical, fraction, part, rule == PREDICTIVE)
        choice = choose_population(rule, full, subgroup, thresholds[0], thresholds[1])
        record[0], record[1], record[2] = 1, -1, 2 * sizes[0].sum()
        if choice == NEITHER:
            continue
        later = sizes[2] if choice == SUBGROUP else sizes[1]
        full2, subgroup2, _, _ = _stage(stream, later, prevalence, truth, binary, sd, t_test, sign)
        in_full, in_subgroup = closed_test(choice, full1, subgroup1, full2, subgroup2, fraction, critical, simes)
        record[0], record[1] = 2, 1 if in_full or in_subgroup else 0
        record[2] += 2 * later.sum()
        record[3], record[4] = choice != SUBGROUP, choice != FULL
        record[5], record[6] = in_full, in_subgroup


@numba.njit(cache=True, nogil=True)
def _stage(stream, sizes, prevalence, truth, binary, sd, t_test, sign):  # type: ignore[no-untyped-def]
    """The normal deviates of the full population and the subgroup from one stage, and their estimates, benefit positive."""
    s, c = sizes[0], sizes[1]
    if binary:
        gap_s, variance_s = _rates(stream, s, truth[0])
        gap_c, variance_c = _rates(stream, c, truth[1])
        gap = sign * (prevalence * gap_s + (1.0 - prevalence) * gap_c)
        variance = prevalence * prevalence * variance_s + (1.0 - prevalence) * (1.0 - prevalence) * variance_c
        return _standard(gap, variance), _standard(sign * gap_s, variance_s), gap, sign * gap_s
    gap_s, squares_s = _means(stream, s, truth[0], sd)
    gap_c, squares_c = _means(stream, c, truth[1], sd)
    gap = prevalence * gap_s + (1.0 - prevalence) * gap_c
    unit_s, unit_c = 2.0 / s, 2.0 / c if c > 0 else inf
    unit = prevalence * prevalence * unit_s + (1.0 - prevalence) * (1.0 - prevalence) * unit_c
    if not t_test:
        return gap / (sd * sqrt(unit)), gap_s / (sd * sqrt(unit_s)), gap, gap_s
    degrees_s = 2.0 * s - 2.0
    degrees = degrees_s + 2.0 * c - 2.0
    in_full = student_normal(gap / sqrt((squares_s + squares_c) / degrees * unit), degrees) if c > 0 else 0.0
    return in_full, student_normal(gap_s / sqrt(squares_s / degrees_s * unit_s), degrees_s), gap, gap_s


@numba.njit(cache=True, nogil=True)
def _means(stream, patients, truth, sd):  # type: ignore[no-untyped-def]
    treatment, squares1 = mean_stage(stream, patients, truth[0], sd)
    control, squares0 = mean_stage(stream, patients, truth[1], sd)
    return treatment - control, squares1 + squares0


@numba.njit(cache=True, nogil=True)
def _rates(stream, patients, truth):  # type: ignore[no-untyped-def]
    """The difference in rates and its variance if both are the same."""
    if patients == 0:
        return 0.0, inf
    treatment, control = binomial(stream, patients, truth[0]), binomial(stream, patients, truth[1])
    share = (treatment + control) / (2.0 * patients)
    return (treatment - control) / patients, 2.0 * share * (1.0 - share) / patients


@numba.njit(cache=True, nogil=True)
def _standard(gap: float, variance: float) -> float:
    return gap / sqrt(variance) if variance > 0.0 else 0.0
