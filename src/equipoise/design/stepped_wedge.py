"""Stepped-wedge and other longitudinal cluster-randomised designs: variance, power and clusters for a power.

Any layout of sequences (rows) by periods (columns): 0 control, 1 treatment, a fraction for a partial
effect, NaN where nothing is measured. The model has a fixed effect for each period, one treatment effect,
and correlated cluster-period means; the variance of the treatment effect is that of generalised least
squares with known covariances.

Two people of a cluster correlate by `icc` in one period and, j periods apart, by icc x cac ("nested
exchangeable": Hooper et al. 2016, Stat Med 35:4718; Girling & Hemming 2016, Stat Med 35:2149) or icc x
cac^j with `decay` ("discrete- time decay": Kasza et al. 2019, Stat Methods Med Res 28:703); cac = 1 is
Hussey & Hughes (2007, Contemp Clin Trials 28:182). In a closed cohort one person's residuals correlate by
`iac` between periods (as a constant, also with decay).
"""

from __future__ import annotations

from typing import Any, NamedTuple, Required, TypedDict, Unpack, cast

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.cluster import check_solved_for, clusters_for_power, reached, round_up
from equipoise.design.wald import (
    Better,
    Decision,
    Floats,
    as_floats,
    broadcasts,
    check_keywords,
    check_test,
    scalar_or_array,
    wald_power,
)
from equipoise.errors import InputError

_SIZE_NODES = 8


class Correlation(TypedDict, total=False):
    """Cluster-period sizes and correlations, the keywords of `stepped_wedge_variance`."""

    size: Required[ArrayLike]
    icc: Required[ArrayLike]
    cac: ArrayLike
    iac: ArrayLike
    decay: bool
    size_cv: ArrayLike


class SteppedWedgePlan(Correlation, Decision, total=False):
    """The keywords of `stepped_wedge_power` and `stepped_wedge_clusters`."""

    difference: ArrayLike
    sd: ArrayLike
    control: ArrayLike
    treatment: ArrayLike


class SteppedWedgeCount(NamedTuple):
    """Clusters for a power: for each sequence (rounded up), in all, and for each sequence before rounding."""

    per_sequence: Any
    total: Any
    unrounded: Floats


def stepped_wedge_layout(
    sequences: int, *, baseline_periods: int = 1, step_periods: int = 1, transition_periods: int = 0
) -> Floats:
    """The standard stepped wedge: all on control at first, one sequence more on treatment at each step.

    `step_periods` are the periods between steps; the first `transition_periods` of each sequence on
    treatment are not measured (NaN). Shape (sequences, baseline_periods + sequences x step_periods).
    """
    _whole("sequences", sequences, 2)
    _whole("baseline_periods", baseline_periods, 0)
    _whole("step_periods", step_periods, 1)
    _whole("transition_periods", transition_periods, 0)
    periods = np.arange(baseline_periods + sequences * step_periods)
    since = periods - (baseline_periods + step_periods * np.arange(sequences)[:, None])
    layout = np.where(since >= 0, 1.0, 0.0)
    layout[(since >= 0) & (since < transition_periods)] = np.nan
    return layout


def parallel_layout(*, periods: int = 1) -> Floats:
    """A control and a treatment sequence, measured over some periods. Shape (2, periods)."""
    return parallel_with_baseline_layout(baseline_periods=0, follow_up_periods=periods)


def parallel_with_baseline_layout(*, baseline_periods: int = 1, follow_up_periods: int = 1) -> Floats:
    """A control and a treatment sequence, both on control at first. Shape (2, periods)."""
    _whole("baseline_periods", baseline_periods, 0)
    _whole("follow_up_periods", follow_up_periods, 1)
    layout = np.zeros((2, baseline_periods + follow_up_periods))
    layout[1, baseline_periods:] = 1.0
    return layout


def crossover_cluster_layout(*, periods: int = 2) -> Floats:
    """Two sequences alternating between control and treatment, one starting with each. Shape (2, periods)."""
    _whole("periods", periods, 2)
    first = np.arange(periods) % 2
    return np.stack([first, 1 - first]).astype(np.float64)


@broadcasts
def stepped_wedge_variance(
    *,
    layout: ArrayLike,
    clusters_per_sequence: ArrayLike = 1,
    sequence_weights: ArrayLike | None = None,
    sd: ArrayLike = 1.0,
    **correlation: Unpack[Correlation],
) -> Floats:
    """Variance of the estimated treatment effect by generalised least squares.

    `layout` is sequences by periods; `clusters_per_sequence` the clusters of each, times `sequence_weights`
    (one for each sequence) where they differ; `sd` the total standard deviation between people. Keywords:
    `size` (people in a cluster in a period), `icc`, `cac=1`, `iac=0`, `decay=False`, and `size_cv=0`, the
    coefficient of variation of size between clusters. All but `layout`, `sequence_weights` and `decay`
    broadcast, to the shape of the answer.

    With `size_cv` the information of a cluster is averaged over gamma-distributed sizes (8-point
    Gauss-Laguerre), the expected information of many clusters. Relative accuracy 1e-10 with equal sizes.
    Raises InputError, also for a layout that cannot tell the treatment effect from the periods'.
    """
    check_keywords(correlation, Correlation.__annotations__, ("size", "icc"))
    treated, observed = _read_layout(layout)
    clusters = as_floats("clusters_per_sequence", clusters_per_sequence, above=0)
    share = _sequence_weights(sequence_weights, len(treated))
    scale = as_floats("sd", sd, above=0) ** 2
    weights = _cluster_weights(observed, **correlation)
    # the normal equations: the periods' effects and the treatment's
    used = observed[share > 0].any(axis=0)
    of_periods = np.einsum("s,...sjk->...jk", share, weights)[..., used, :][..., :, used]
    across = np.einsum("s,...sjk,sk->...j", share, weights, treated)[..., used]
    of_treatment = np.einsum("s,...sjk,sj,sk->...", share, weights, treated, treated)
    explained = np.sum(across * np.linalg.solve(of_periods, across[..., None])[..., 0], axis=-1)
    information = of_treatment - explained
    if np.any(information <= 1e-10 * of_treatment):
        raise InputError("layout", layout, "one in which treatment is not the same as a set of periods")
    return scalar_or_array(scale / (clusters * information))


@broadcasts
def stepped_wedge_power(
    *,
    sequences: int | None = None,
    layout: ArrayLike | None = None,
    clusters_per_sequence: ArrayLike,
    sequence_weights: ArrayLike | None = None,
    **plan: Unpack[SteppedWedgePlan],
) -> Floats:
    """Power of a stepped-wedge trial with so many sequences, or of any `layout`.

    The outcome is `difference` and `sd` (total standard deviation), or `control` and `treatment`
    proportions in a linear model with marginal variance p (1 - p), p the mean of the two. Sizes and
    correlations as `stepped_wedge_variance`, the test as `wald_power` (`alpha=0.05`, `sided=2`, `test="t"`,
    `objective="superiority"`, `margin`, `better`); the t test has clusters - 2 degrees of freedom, a
    cautious choice for few clusters; test="z" is Hussey &
    Hughes's. Broadcasts; absolute accuracy 1e-8. Raises InputError.
    """
    table = _layout(sequences, layout)
    effect, sd, correlation, decision = _split(plan)
    variance = stepped_wedge_variance(
        layout=table,
        clusters_per_sequence=clusters_per_sequence,
        sequence_weights=sequence_weights,
        sd=sd,
        **correlation,
    )
    total = np.asarray(clusters_per_sequence, np.float64) * _sequence_weights(sequence_weights, len(table)).sum()
    return wald_power(effect, np.sqrt(variance), df=total - 2, **decision)


@broadcasts
def stepped_wedge_clusters(
    *,
    sequences: int | None = None,
    layout: ArrayLike | None = None,
    power: ArrayLike = 0.8,
    sequence_weights: ArrayLike | None = None,
    **plan: Unpack[SteppedWedgePlan],
) -> SteppedWedgeCount:
    """Clusters of each sequence for a power; the other keywords are those of `stepped_wedge_power`.

    Unrounded it meets the power to 1e-8. Raises InputError, and NoSolutionError if ten million clusters do
    not suffice.
    """
    target = as_floats("power", power, above=0, below=1)
    table = _layout(sequences, layout)
    effect, sd, correlation, decision = _split(plan)
    rows = _sequence_weights(sequence_weights, len(table)).sum()
    one_each = stepped_wedge_variance(layout=table, sequence_weights=sequence_weights, sd=sd, **correlation)
    total = clusters_for_power(target, effect, np.sqrt(rows * one_each), 2, decision)
    unrounded = scalar_or_array(total / rows)
    rounded = round_up(unrounded)
    return SteppedWedgeCount(rounded, round_up(rounded * rows), unrounded)


@broadcasts
def stepped_wedge_effect(
    *,
    sequences: int | None = None,
    layout: ArrayLike | None = None,
    clusters_per_sequence: ArrayLike,
    power: ArrayLike = 0.8,
    sequence_weights: ArrayLike | None = None,
    **plan: Unpack[SteppedWedgePlan],
) -> Floats:
    """Smallest true difference (treatment minus control) that the clusters show superior with the power.

    For non-inferiority it is the worst difference that they still show not inferior. Its sign follows `better` ("higher"
    unless given). The keywords are those of `stepped_wedge_power` without `difference` and `treatment`; to a relative 1e-9
    of the treatment's value. Raises InputError (also for equivalence), and NoSolutionError where no treatment value gives the
    power, or every one.
    """
    target = as_floats("power", power, above=0, below=1)
    check_solved_for(plan)
    plan = cast(SteppedWedgePlan, {"better": "higher", **plan})
    sign = 1.0 if plan.get("better") == "higher" else -1.0
    margin = as_floats("margin", plan.get("margin", 0.0), least=0)
    if "control" in plan:
        control, name = as_floats("control", plan.get("control"), above=0, below=1), "treatment"
        least, most = control * 1e-6, 1 - (1 - control) * 1e-6
        low, high = np.clip(control - sign * margin, least, most), most if sign > 0 else least
    else:
        sd, name = as_floats("sd", plan.get("sd"), above=0), "difference"
        control, low, high = np.zeros_like(sd), -sign * margin + 0.0 * sd, sign * 1e4 * sd

    def excess(value: Floats) -> Floats:
        whole = cast(SteppedWedgePlan, {**plan, name: value})
        got = stepped_wedge_power(
            sequences=sequences, layout=layout, clusters_per_sequence=clusters_per_sequence,
            sequence_weights=sequence_weights, **whole,
        )  # fmt: skip
        return got - target

    return scalar_or_array(reached(excess, low, high) - control)


def _split(plan: SteppedWedgePlan) -> tuple[Floats, Floats, Correlation, Decision]:
    """The effect, the total standard deviation, and the keywords for the variance and for the test."""
    check_keywords(plan, SteppedWedgePlan.__annotations__, ("size", "icc"))
    decision: dict[str, Any] = {"alpha": 0.05, "sided": 2, "test": "t", "objective": "superiority"}
    decision |= {"margin": 0.0, "better": cast("Better | None", None)}
    decision |= {name: value for name, value in plan.items() if name in Decision.__annotations__}
    check_test(**decision)
    own = ("difference", "sd", "control", "treatment")
    correlation = {k: v for k, v in plan.items() if k not in Decision.__annotations__ and k not in own}
    if "control" in plan or "treatment" in plan:
        for name in ("difference", "sd"):
            if name in plan:
                raise InputError(name, plan.get(name), "nothing where proportions are given")
        control = as_floats("control", plan.get("control"), above=0, below=1)
        treatment = as_floats("treatment", plan.get("treatment"), above=0, below=1)
        mean = (control + treatment) / 2
        effect, sd = treatment - control, np.sqrt(mean * (1 - mean))
    else:
        effect = as_floats("difference", plan.get("difference"))
        sd = as_floats("sd", plan.get("sd"), above=0)
    return effect, sd, cast(Correlation, correlation), cast(Decision, decision)


def _cluster_weights(
    observed: np.ndarray[Any, np.dtype[np.bool_]],
    *,
    size: ArrayLike,
    icc: ArrayLike,
    cac: ArrayLike = 1.0,
    iac: ArrayLike = 0.0,
    decay: bool = False,
    size_cv: ArrayLike = 0.0,
) -> Floats:
    """Inverse covariance of a cluster's period means, in units of the total variance, for each sequence.

    Shape (..., sequences, periods, periods), zero for what is not measured, averaged over the sizes of
    clusters.
    """
    m = as_floats("size", size, above=0)
    rho = as_floats("icc", icc, least=0, below=1)
    cac, iac = as_floats("cac", cac, least=0, most=1), as_floats("iac", iac, least=0, below=1)
    cv = as_floats("size_cv", size_cv, least=0, most=3)
    m, rho, cac, iac, cv = np.broadcast_arrays(m, rho, cac, iac, cv)
    # patterns of measurement are few: invert once for each
    patterns, which = np.unique(observed, axis=0, return_inverse=True)
    if not np.any(cv > 0):
        each = _inverse(patterns, m, rho, cac, iac, decay)
    else:
        sizes, probabilities = _gamma_sizes(m, cv)
        at_each = _inverse(patterns, sizes, rho[..., None], cac[..., None], iac[..., None], decay)
        each = np.einsum("...n,...nsjk->...sjk", probabilities, at_each)
    return each[..., which.reshape(-1), :, :]


def _inverse(
    patterns: np.ndarray[Any, np.dtype[np.bool_]], m: Floats, rho: Floats, cac: Floats, iac: Floats, decay: bool
) -> Floats:
    periods = patterns.shape[1]
    apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    m, rho, cac, iac = (part[..., None, None] for part in (m, rho, cac, iac))
    between = cac**apart if decay else np.where(apart == 0, 1.0, cac)
    within = np.where(apart == 0, 1.0, iac)
    covariance = rho * between + (1 - rho) / m * within
    # what is not measured gets a variance of its own and no covariance, and is struck out after the inversion
    both = patterns[:, :, None] & patterns[:, None, :]
    held = np.where(both, covariance[..., None, :, :], np.eye(periods))
    return np.where(both, np.linalg.inv(held), 0.0)


def _gamma_sizes(m: Floats, cv: Floats) -> tuple[Floats, Floats]:
    """Sizes and probabilities (last axis) that stand for a gamma distribution: Golub-Welsch on Laguerre
    polynomials."""
    order = np.arange(_SIZE_NODES)
    shape = 1 / np.maximum(cv, 1e-3)[..., None] ** 2
    jacobi = np.zeros((*m.shape, _SIZE_NODES, _SIZE_NODES))
    jacobi[..., order, order] = 2 * order + shape
    beside = np.sqrt(order[1:] * (order[1:] + shape - 1))
    jacobi[..., order[1:], order[:-1]] = jacobi[..., order[:-1], order[1:]] = beside
    nodes, vectors = np.linalg.eigh(jacobi)
    return m[..., None] * np.where(cv[..., None] > 0, nodes / shape, 1.0), vectors[..., 0, :] ** 2


def _layout(sequences: int | None, layout: ArrayLike | None) -> Floats:
    if (sequences is None) == (layout is None):
        raise InputError("sequences", sequences, "a number of sequences, or a layout instead")
    if sequences is not None:
        return stepped_wedge_layout(sequences)
    return _table(layout)


def _table(layout: ArrayLike | None) -> Floats:
    try:
        table = np.asarray(layout, dtype=np.float64)
    except (TypeError, ValueError):
        table = np.empty(0)
    if table.ndim != 2 or table.shape[0] < 2:
        raise InputError("layout", layout, "a table of numbers, two or more sequences by periods")
    return table


def _read_layout(layout: ArrayLike) -> tuple[Floats, np.ndarray[Any, np.dtype[np.bool_]]]:
    table = _table(layout)
    observed = ~np.isnan(table)
    treated = np.where(observed, table, 0.0)
    if np.any((treated < 0) | (treated > 1)):
        raise InputError("layout", layout, "0 (control) to 1 (treatment), and NaN where nothing is measured")
    return treated, observed


def _sequence_weights(weights: ArrayLike | None, sequences: int) -> Floats:
    if weights is None:
        return np.ones(sequences)
    given = as_floats("sequence_weights", weights, least=0)
    if given.shape != (sequences,) or not np.any(given > 0):
        raise InputError("sequence_weights", weights, f"{sequences} numbers, one for each sequence, not all 0")
    return given


def _whole(field: str, given: object, least: int) -> None:
    if not isinstance(given, int | np.integer) or given < least:
        raise InputError(field, given, f"a whole number, at least {least}")
