"""Parallel cluster-randomised trials: design effects, power, clusters for a power, detectable effect.

Clusters are randomised to treatment or control and analysed on cluster-level summaries (or by an equivalent
mixed model), so the test has clusters - 2 degrees of freedom, one fewer with a baseline period as
covariate. The variance of one cluster's summary is v x D / m: v the outcome's variance between people, m
the mean cluster size, D the design effect. Sources: Donner & Klar (2000), ch. 5; Hayes & Moulton (2017),
ch. 7; docs/methods/cluster.md.

The effect is treatment minus control of the mean, of the proportion or of the rate; for survival it is the
logarithm of the hazard ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Required, TypedDict, Unpack, cast

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.wald import (
    Decision,
    Floats,
    as_floats,
    bisect,
    broadcasts,
    check_choice,
    check_keywords,
    check_test,
    scalar_or_array,
    wald_power,
)
from equipoise.errors import InputError, NoSolutionError

Endpoint = Literal["mean", "proportion", "count", "survival"]
SizeMethod = Literal["size-weighted", "mixed-model"]

MOST_CLUSTERS = 1e7


class Outcome(TypedDict, total=False):
    """What is measured, in clusters of what size; see `cluster_power`."""

    size: Required[ArrayLike]
    icc: ArrayLike
    size_cv: ArrayLike
    size_method: SizeMethod
    endpoint: Endpoint
    difference: ArrayLike
    sd: ArrayLike
    control: ArrayLike
    treatment: ArrayLike
    exposure: ArrayLike
    between_cv: ArrayLike
    baseline_size: ArrayLike
    cac: ArrayLike
    iac: ArrayLike


class ClusterPlan(Outcome, Decision, total=False):
    """The keywords of `cluster_power`, `cluster_count` and `cluster_effect`."""


class ClusterCount(NamedTuple):
    """Clusters of each arm that give a power: rounded up, and before rounding."""

    treatment: Any
    control: Any
    unrounded_treatment: Floats
    unrounded_control: Floats


@broadcasts
def design_effect(
    *, size: ArrayLike, icc: ArrayLike, size_cv: ArrayLike = 0.0, method: SizeMethod = "size-weighted"
) -> Floats:
    """How many times the variance under individual randomisation a cluster-randomised comparison has.

    `size` is the mean cluster size m, `icc` the intracluster correlation, `size_cv` the sizes' coefficient
    of variation. "size-weighted" (the default, and the more cautious): 1 + ((cv^2 + 1) m - 1) icc, for an
    analysis that weights clusters by size (Eldridge, Ashby & Kerry 2006, Int J Epidemiol 35:1292).
    "mixed-model": [1 + (m - 1) icc] / [1 - cv^2 L (1 - L)] with L = m icc / (1 + (m - 1) icc), for
    inverse-variance weights (van Breukelen, Candel &
    Berger 2007, Stat Med 26:2589; second order in cv,
    stated for cv below about 0.7). Broadcasts; exact as formulas.
    """
    check_choice("method", method, ("size-weighted", "mixed-model"))
    size, icc = as_floats("size", size, above=0), as_floats("icc", icc, least=0, most=1)
    cv = as_floats("size_cv", size_cv, least=0)
    if method == "size-weighted":
        return scalar_or_array(1 + ((cv**2 + 1) * size - 1) * icc)
    if np.any(cv >= 2):
        raise InputError("size_cv", size_cv, 'below 2 with method "mixed-model"')
    equal = 1 + (size - 1) * icc
    share = size * icc / np.where(equal > 0, equal, 1.0)
    return scalar_or_array(equal / (1 - cv**2 * share * (1 - share)))


@broadcasts
def cluster_power(clusters_treatment: ArrayLike, clusters_control: ArrayLike, **plan: Unpack[ClusterPlan]) -> Floats:
    """Power of a parallel cluster-randomised trial; every array argument broadcasts.

    Keywords: `size` (mean cluster size), `icc`, `size_cv=0`, `size_method="size-weighted"` as for
    `design_effect`, and by `endpoint="mean"`:
    - "mean": `difference` and `sd` (the total standard deviation, between people of all clusters).
    - "proportion": `control` and `treatment` proportions; variance p (1 - p) in each arm, unpooled.
    - "count": `control` and `treatment` rates per unit of time, over `exposure=1` units a person; Poisson
      within people, clustered by `icc`, or instead by `between_cv`, the coefficient of variation k of the
      clusters' true rates, which gives variance rate / (size exposure) + k^2 rate^2 (Hayes & Bennett 1999,
      Int J Epidemiol 28:319).
    - "survival": `control` and `treatment` proportions with the event by the end of follow-up, under
      proportional hazards; the variance of the log hazard ratio is Schoenfeld's, 1 / (events x the arms'
      shares), times the design effect with the icc of the event indicator (Xie & Waksman 2003, Stat Med
      22:2835). `margin` is then a hazard ratio above 1.

    `baseline_size` adds a period before randomisation with so many people a cluster, adjusted for as a
    covariate: the variance shrinks by 1 - r^2, with r the correlation of a cluster's two means, from
    `cac=1` (cluster autocorrelation) and, where the same people are seen twice, `iac=0` (Teerenstra et al.
    2012, Stat Med 31:2169). `alpha=0.05`, `sided=2`, `test="t"`, `objective="superiority"`, `margin`,
    `better` are those of `wald_power`; the t test has clusters - 2 degrees of freedom (- 3 with a
    baseline). Absolute accuracy 1e-8. Raises InputError.
    """
    kt = as_floats("clusters_treatment", clusters_treatment, above=0)
    kc = as_floats("clusters_control", clusters_control, above=0)
    outcome, decision = _split(plan)
    arms = _arms(**outcome)
    return wald_power(arms.effect, arms.standard_error(kt, kc), df=kt + kc - arms.parameters, **decision)


@broadcasts
def cluster_count(*, power: ArrayLike = 0.8, allocation: ArrayLike = 1.0, **plan: Unpack[ClusterPlan]) -> ClusterCount:
    """Clusters of each arm for a power; the other keywords are those of `cluster_power`.

    `allocation` is clusters on treatment for each on control. The unrounded counts meet the power to 1e-8;
    each arm is then rounded up. Raises InputError, and NoSolutionError if ten million clusters do not give
    the power.
    """
    target = as_floats("power", power, above=0, below=1)
    ratio = as_floats("allocation", allocation, above=0)
    outcome, decision = _split(plan)
    arms = _arms(**outcome)
    unit = arms.standard_error(ratio / (1 + ratio), 1 / (1 + ratio))
    total = clusters_for_power(target, arms.effect, unit, arms.parameters, decision)
    treatment, control = scalar_or_array(total * ratio / (1 + ratio)), scalar_or_array(total / (1 + ratio))
    return ClusterCount(round_up(treatment), round_up(control), treatment, control)


@broadcasts
def cluster_effect(
    clusters_treatment: ArrayLike,
    clusters_control: ArrayLike,
    *,
    power: ArrayLike = 0.8,
    **plan: Unpack[ClusterPlan],
) -> Floats:
    """Smallest true difference (treatment minus control) that the clusters show superior with the power.

    For non-inferiority it is the worst difference that they still show not inferior. Its sign follows `better` ("higher"
    unless given); for survival the hazard ratio is returned. The keywords are those of `cluster_power` without `difference`
    and `treatment`; to a relative 1e-9 of the treatment's value. Raises InputError (also for equivalence, which has no
    smallest difference), and NoSolutionError where no treatment value gives the power, or every one.
    """
    target = as_floats("power", power, above=0, below=1)
    check_solved_for(plan)
    plan = cast(ClusterPlan, {"endpoint": "mean", "better": "higher", **plan})
    endpoint = plan.get("endpoint", "mean")
    low, high = _effect_range(endpoint, plan)

    def treated(value: Floats) -> ClusterPlan:
        given = {"difference": value} if endpoint == "mean" else {"treatment": value}
        return cast(ClusterPlan, {**plan, **given})

    value = reached(lambda x: cluster_power(clusters_treatment, clusters_control, **treated(x)) - target, low, high)
    outcome, _ = _split(treated(value))
    effect = _arms(**outcome).effect
    return scalar_or_array(np.exp(effect) if endpoint == "survival" else effect)


def check_solved_for(plan: Mapping[str, Any]) -> None:
    """Refuse, where the effect is solved for, what states it, and equivalence, which has no smallest effect."""
    for name in ("difference", "treatment"):
        if name in plan:
            raise InputError(name, plan.get(name), "nothing; it is what is solved for")
    if plan.get("objective") == "equivalence":
        raise InputError("objective", "equivalence", '"superiority" or "non-inferiority"')


def reached(excess: Callable[[Floats], Floats], low: ArrayLike, high: ArrayLike) -> Floats:
    """The value, going from low to high, from which on `excess` of the power is not negative; raise NoSolutionError."""
    begin, end = np.asarray(low, np.float64), np.asarray(high, np.float64)

    def along(position: Floats) -> Floats:
        return excess(begin + (end - begin) * position)

    shape = np.shape(along(np.asarray(1.0)))
    if np.any(along(np.ones(shape)) < 0):
        raise NoSolutionError(
            "no treatment value gives this power with these clusters; add clusters or accept less power"
        )
    if np.any(along(np.zeros(shape)) > 0):
        raise NoSolutionError("every treatment value gives this power with these clusters; ask for more power")
    return begin + (end - begin) * bisect(along, np.zeros(shape), np.ones(shape))


def clusters_for_power(
    power: ArrayLike, effect: ArrayLike, unit_error: ArrayLike, parameters: int, decision: Decision
) -> Floats:
    """Total clusters K, unrounded, for a power when the standard error is unit_error / sqrt(K), df K -
    parameters.

    Raises NoSolutionError if ten million do not suffice.
    """
    target, effect, unit = (np.asarray(part, np.float64) for part in (power, effect, unit_error))

    def excess(log_total: Floats) -> Floats:
        total = np.exp(log_total)
        return wald_power(effect, unit / np.sqrt(total), df=total - parameters, **decision) - target

    least = np.log(float(parameters)) if decision.get("test", "t") == "t" else np.log(1e-3)
    shape = np.shape(excess(np.asarray(least)))
    most = np.full(shape, np.log(MOST_CLUSTERS))
    if np.any(excess(most) < 0):
        raise NoSolutionError("ten million clusters do not give this power: the effect is none, or on the wrong side")
    return np.exp(bisect(excess, np.full(shape, least), most))


def round_up(count: ArrayLike) -> Any:
    """The next whole number, forgiving a rounding error of 1e-9: an int for a number, an array for arrays."""
    return np.ceil(np.asarray(count, np.float64) - 1e-9).astype(np.int64)[()]


@dataclass(frozen=True)
class _Arms:
    """The effect, and the variance of one cluster's summary in each arm."""

    effect: Floats
    variance_treatment: Floats
    variance_control: Floats
    parameters: int
    events: tuple[Floats, Floats] | None = None
    """For survival, each arm's proportion with the event: their pool divides the variance."""

    def standard_error(self, clusters_treatment: Floats, clusters_control: Floats) -> Floats:
        variance = self.variance_treatment / clusters_treatment + self.variance_control / clusters_control
        if self.events is not None:
            number = clusters_treatment * self.events[0] + clusters_control * self.events[1]
            variance = variance * (clusters_treatment + clusters_control) / number
        return np.sqrt(variance)


def _split(plan: ClusterPlan) -> tuple[Outcome, Decision]:
    check_keywords(plan, ClusterPlan.__annotations__, ("size",))
    decision = cast(Decision, {name: value for name, value in plan.items() if name in Decision.__annotations__})
    outcome = cast(Outcome, {name: value for name, value in plan.items() if name not in Decision.__annotations__})
    return outcome, _on_scale(decision, plan.get("endpoint", "mean"))


def _on_scale(decision: Decision, endpoint: Endpoint) -> Decision:
    """The margin on the effect's scale, checked; a hazard ratio's is its logarithm."""
    checked = {
        "alpha": 0.05,
        "sided": 2,
        "test": "t",
        "objective": "superiority",
        "margin": 0.0,
        "better": None,
    }
    decision = cast(Decision, {**checked, **decision})
    if endpoint == "survival" and decision.get("objective") != "superiority":
        margin = np.log(as_floats("margin", decision.get("margin"), above=1))
        decision = cast(Decision, {**decision, "margin": margin})
    check_test(**cast(Any, decision))
    return decision


def _arms(
    *,
    size: ArrayLike,
    icc: ArrayLike | None = None,
    size_cv: ArrayLike = 0.0,
    size_method: SizeMethod = "size-weighted",
    endpoint: Endpoint = "mean",
    difference: ArrayLike | None = None,
    sd: ArrayLike | None = None,
    control: ArrayLike | None = None,
    treatment: ArrayLike | None = None,
    exposure: ArrayLike = 1.0,
    between_cv: ArrayLike | None = None,
    baseline_size: ArrayLike | None = None,
    cac: ArrayLike = 1.0,
    iac: ArrayLike = 0.0,
) -> _Arms:
    check_choice("endpoint", endpoint, ("mean", "proportion", "count", "survival"))
    unused = {"control": control, "treatment": treatment}
    if endpoint != "mean":
        unused = {"difference": difference, "sd": sd}
    for name, value in unused.items():
        if value is not None:
            raise InputError(name, value, f'nothing for the endpoint "{endpoint}"')
    if endpoint == "mean":
        effect, variance = as_floats("difference", difference), as_floats("sd", sd, above=0) ** 2
        variances = variance, variance
    else:
        effect, variances = _two_values(endpoint, treatment, control, exposure)
    if between_cv is not None:
        if endpoint != "count" or icc is not None or baseline_size is not None:
            raise InputError("between_cv", between_cv, "a count without icc and without a baseline period")
        k, m = as_floats("between_cv", between_cv, least=0), as_floats("size", size, above=0)
        weighted = 1 + as_floats("size_cv", size_cv, least=0) ** 2  # clusters weighted by size
        rates = as_floats("treatment", treatment), as_floats("control", control)
        spread = [v / m + weighted * (k * rate) ** 2 for v, rate in zip(variances, rates, strict=True)]
        return _Arms(effect, spread[0], spread[1], parameters=2)
    if icc is None:
        raise InputError("icc", icc, "a number from 0 to 1" + (", or between_cv" if endpoint == "count" else ""))
    deff = design_effect(size=size, icc=icc, size_cv=size_cv, method=size_method)
    factor = deff / np.asarray(size, np.float64)
    if baseline_size is not None:
        base = as_floats("baseline_size", baseline_size, above=0)
        factor = factor * _left_after_baseline(factor, size, icc, size_cv, size_method, base, cac, iac)
    elif np.any(np.asarray(iac) != 0):
        raise InputError("iac", iac, "0 without a baseline period")
    events = None
    if endpoint == "survival":
        events = as_floats("treatment", treatment), as_floats("control", control)
    parameters = 2 if baseline_size is None else 3
    return _Arms(effect, variances[0] * factor, variances[1] * factor, parameters, events)


def _two_values(
    endpoint: Endpoint, treatment: ArrayLike | None, control: ArrayLike | None, exposure: ArrayLike
) -> tuple[Floats, tuple[Floats, Floats]]:
    """The effect and each arm's variance for one person, of an endpoint that one value an arm describes."""
    top = np.inf if endpoint == "count" else 1.0
    pt = as_floats("treatment", treatment, above=0, below=top)
    pc = as_floats("control", control, above=0, below=top)
    if endpoint == "proportion":
        return pt - pc, (pt * (1 - pt), pc * (1 - pc))
    if endpoint == "count":
        time = as_floats("exposure", exposure, above=0)
        return pt - pc, (pt / time, pc / time)
    one = np.ones(np.broadcast_shapes(pt.shape, pc.shape))
    return np.log(np.log1p(-pt) / np.log1p(-pc)), (one, one)


def _left_after_baseline(
    factor: Floats,
    size: ArrayLike,
    icc: ArrayLike,
    size_cv: ArrayLike,
    size_method: SizeMethod,
    base: Floats,
    cac: ArrayLike,
    iac: ArrayLike,
) -> Floats:
    """1 - r^2: the share of a cluster mean's variance that its baseline mean does not explain."""
    cac, iac = as_floats("cac", cac, least=0, most=1), as_floats("iac", iac, least=0, most=1)
    m, rho = np.asarray(size, np.float64), np.asarray(icc, np.float64)
    if np.any((iac > 0) & (base != m)):
        raise InputError("baseline_size", base.tolist(), "equal to size where the same people are seen twice (iac > 0)")
    before = design_effect(size=base, icc=rho, size_cv=size_cv, method=size_method) / base
    together = rho * cac + (1 - rho) * iac / m
    left = 1 - together**2 / (factor * before)
    if np.any(left <= 0):
        raise InputError("iac", iac.tolist(), "less: the baseline would tell the outcome exactly")
    return left


def _effect_range(endpoint: Endpoint, plan: ClusterPlan) -> tuple[Floats, Floats]:
    """Treatment values from the null hypothesis to the largest that is looked at, in the better direction."""
    sign = 1.0 if plan.get("better") == "higher" else -1.0
    ratio = endpoint == "survival"
    margin = np.full((), 1.0 if ratio else 0.0)
    if plan.get("objective", "superiority") != "superiority":
        margin = as_floats("margin", plan.get("margin"), above=float(margin))
    if endpoint == "mean":
        sd = as_floats("sd", plan.get("sd"), above=0)
        return -sign * margin + 0.0 * sd, sign * 1e4 * sd
    top = np.inf if endpoint == "count" else 1.0
    control = as_floats("control", plan.get("control"), above=0, below=top)
    null = 1 - (1 - control) ** (margin**-sign) if ratio else control - sign * margin
    least, most = control * 1e-6, control * 1e4 if endpoint == "count" else 1 - (1 - control) * 1e-6
    return np.clip(null, least, most), most if sign > 0 else least
