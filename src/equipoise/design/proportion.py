"""Two arms compared on a proportion: power, size and smallest detectable proportion by the normal approximation.

Score tests throughout. The null's standard error is that of the proportions nearest the truth that satisfy the
null (restricted maximum likelihood), the statistic's own that of the truth:
- superiority, whatever the measure: pooled under the null, unpooled under the alternative (Fleiss, Levin & Paik
  2003, eq. 4.14 without continuity correction). The difference, the ratio and the odds ratio share their null.
- difference and ratio: Farrington & Manning (1990), Stat Med 9:1447, third method.
- odds ratio: Miettinen & Nurminen (1985), Stat Med 4:213, without their factor N / (N - 1). Their score is
  linear in the two proportions near the truth, with weights as in `_odds_ratio`.

With sided=2 each tail is tested at alpha / 2 and only a rejection in the better direction counts (as in rpact).
Approximate by nature: at the size for power 0.8 the exact power of the score test is mostly within 0.02 of it
where ten or more events and non-events are expected in each arm.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from equipoise.design.score import Side, check_power, check_words, critical_z, limits, sides_power, sides_size
from equipoise.design.size import Size, first_crossing, split
from equipoise.design.wald import Better, Floats, Objective, as_floats, broadcasts, check_choice
from equipoise.errors import InputError

Measure = Literal["difference", "ratio", "odds-ratio"]

_EDGE = 1e-9
"""How near 0 and 1 a detectable proportion is looked for."""


@broadcasts
def proportion_power(
    n_treatment: ArrayLike,
    n_control: ArrayLike,
    *,
    control: ArrayLike,
    treatment: ArrayLike,
    measure: Measure = "difference",
    margin: ArrayLike | None = None,
    objective: Objective = "superiority",
    better: Better = "higher",
    alpha: ArrayLike,
    sided: int = 2,
) -> Floats:
    """Power to show the objective; every array argument broadcasts, and sizes need not be whole.

    `control` and `treatment` are the true proportions, between 0 and 1. `margin`, for non-inferiority and
    equivalence, is a positive size for measure "difference" (0.1: a loss of up to 10 points is allowed), and
    the limit itself for "ratio" and "odds-ratio": above 1 if lower is better, below 1 if higher is better;
    for equivalence the other limit is its negative or its inverse. Equivalence is two one-sided tests, each
    at alpha / sided, and its power P(A) + P(B) - 1, exact for the difference where not 0 and otherwise a
    lower bound that differs from P(both) by less than 1e-3 at powers of interest. Raises InputError.
    """
    nt, nc = as_floats("n_treatment", n_treatment, above=0), as_floats("n_control", n_control, above=0)
    pc, pt, passed, z = _checked(control, treatment, measure, margin, objective, better, alpha, sided)
    total = nt + nc
    return sides_power(total, [_side(measure, sign, limit, nt / total, pt, pc) for sign, limit in passed], z)


@broadcasts
def proportion_size(
    *,
    power: ArrayLike,
    control: ArrayLike,
    treatment: ArrayLike,
    measure: Measure = "difference",
    margin: ArrayLike | None = None,
    objective: Objective = "superiority",
    better: Better = "higher",
    alpha: ArrayLike,
    sided: int = 2,
    ratio: ArrayLike = 1.0,
) -> Size:
    """Patients for a power, unrounded; `ratio` is treatment over control, the rest as in `proportion_power`.

    The inverse of `proportion_power` to 1e-12 relative. Raises InputError, and NoSolutionError where the true
    effect is none, on the wrong side or beyond the margin.
    """
    pc, pt, passed, z = _checked(control, treatment, measure, margin, objective, better, alpha, sided)
    target, ratio = check_power(power, z), as_floats("ratio", ratio, above=0)
    sides = [_side(measure, sign, limit, ratio / (1 + ratio), pt, pc) for sign, limit in passed]
    return split(sides_size(target, sides, z), ratio)


@broadcasts
def proportion_effect(
    n_treatment: ArrayLike,
    n_control: ArrayLike,
    *,
    power: ArrayLike,
    control: ArrayLike,
    measure: Measure = "difference",
    margin: ArrayLike | None = None,
    objective: Objective = "superiority",
    better: Better = "higher",
    alpha: ArrayLike,
    sided: int = 2,
) -> Floats:
    """The treatment proportion nearest the null, in the better direction, that these sizes show with the power.

    Keywords as in `proportion_power`; to 1e-12. For non-inferiority it is the worst proportion that can still
    be shown not inferior; that is 1e-9 from 0 or 1 where the margin allows every proportion. Raises InputError (also for equivalence, which has no such proportion), and
    NoSolutionError where no proportion gives the power.
    """
    if objective == "equivalence":
        raise InputError("objective", objective, '"superiority" or "non-inferiority"')
    nt, nc = as_floats("n_treatment", n_treatment, above=0), as_floats("n_control", n_control, above=0)
    pc, _, [(sign, limit)], z = _checked(control, control, measure, margin, objective, better, alpha, sided)
    target, total = check_power(power, z), nt + nc
    start = np.clip(_at_limit(measure, limit, pc), _EDGE, 1 - _EDGE)

    def excess(pt: Floats, *parts: Floats) -> Floats:
        root_n, share, at, other, level, beta = parts
        side = _side(measure, sign, at, share, pt, other)
        return root_n * side.gain - level * side.null_sd - beta * side.true_sd

    return first_crossing(
        excess,
        start,
        1 - _EDGE if sign > 0 else _EDGE,
        *(np.sqrt(total), nt / total, limit, pc, z, special.ndtri(target)),
        failure="no treatment proportion gives this power with these sizes; add patients or accept less power",
    )


def _checked(
    control: ArrayLike,
    treatment: ArrayLike,
    measure: Measure,
    margin: ArrayLike | None,
    objective: Objective,
    better: Better,
    alpha: ArrayLike,
    sided: int,
) -> tuple[Floats, Floats, list[tuple[int, Floats]], Floats]:
    check_choice("measure", measure, ("difference", "ratio", "odds-ratio"))
    check_words(objective, better)
    pc, pt = as_floats("control", control, above=0, below=1), as_floats("treatment", treatment, above=0, below=1)
    scale = "difference" if measure == "difference" else "ratio"
    passed = limits(scale, objective, better, margin)
    if scale == "difference" and any(np.any(np.abs(limit) >= 1) for _, limit in passed):
        raise InputError("margin", margin, "above 0 and below 1")
    return pc, pt, passed, critical_z(alpha, sided)


def _at_limit(measure: Measure, limit: Floats, pc: Floats) -> Floats:
    """The treatment proportion that lies on the limit."""
    if measure == "difference":
        return pc + limit
    return pc * limit if measure == "ratio" else pc * limit / (1 + pc * (limit - 1))


def _side(measure: Measure, sign: int, limit: Floats, share: Floats, pt: Floats, pc: Floats) -> Side:
    """The one-sided test that the measure lies above (sign +1) or below (-1) its limit; `share` is treatment's."""
    statistic = {"difference": _difference, "ratio": _ratio, "odds-ratio": _odds_ratio}[measure]
    value, weight_t, weight_c, null_t, null_c = statistic(limit, share, pt, pc)

    def spread(qt: Floats, qc: Floats) -> Floats:
        return np.sqrt(weight_t**2 * qt * (1 - qt) / share + weight_c**2 * qc * (1 - qc) / (1 - share))

    return Side(sign * value, spread(null_t, null_c), spread(pt, pc))


_Statistic = tuple[Floats, Floats, Floats, Floats, Floats]
"""Its value at the truth, its weights of the two proportions, and the restricted estimates under the null."""


def _difference(limit: Floats, share: Floats, pt: Floats, pc: Floats) -> _Statistic:
    """p_t - p_c - limit; the restricted estimate is the root of Farrington & Manning's cubic (appendix 1)."""
    theta = (1 - share) / share
    a = 1 + theta
    b = -(1 + theta + pt + theta * pc + limit * (theta + 2))
    c = limit**2 + limit * (2 * pt + theta + 1) + pt + theta * pc
    d = -pt * limit * (1 + limit)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.where(v < 0, -1.0, 1.0) * np.sqrt(np.maximum((b / (3 * a)) ** 2 - c / (3 * a), 0.0))
    cosine = np.divide(v, u**3, out=np.ones(np.broadcast(v, u).shape), where=u != 0)
    root = 2 * u * np.cos((np.pi + np.arccos(np.clip(cosine, -1, 1))) / 3) - b / (3 * a)
    null_t = np.where(limit == 0, share * pt + (1 - share) * pc, root)
    null_t = np.clip(null_t, np.maximum(limit, 0), np.minimum(1 + limit, 1))
    one = np.ones_like(null_t)
    return pt - pc - limit, one, one, null_t, null_t - limit


def _ratio(limit: Floats, share: Floats, pt: Floats, pc: Floats) -> _Statistic:
    """p_t - limit p_c; the restricted estimate solves Farrington & Manning's quadratic (appendix 2)."""
    theta = (1 - share) / share
    b = limit * (1 + theta * pc) + theta + pt
    c = limit * (pt + theta * pc)
    null_t = 2 * c / (b + np.sqrt(b**2 - 4 * (1 + theta) * c))
    return pt - limit * pc, np.ones_like(null_t), limit * np.ones_like(null_t), null_t, null_t / limit


def _odds_ratio(limit: Floats, share: Floats, pt: Floats, pc: Floats) -> _Statistic:
    """Miettinen & Nurminen's score, share (p_t - restricted p_t), linear in the proportions near the truth.

    Restricted estimates keep the expected number of events and have odds ratio `limit`. Moving p_t moves them
    too; what is left of it in the score is the other arm's part of the information, which is the weight.
    """
    events = share * pt + (1 - share) * pc
    below = limit <= 1  # the arm with the larger odds is solved for, where the quadratic does not cancel
    odds = np.where(below, limit, 1 / limit)
    mine, other = np.where(below, 1 - share, share), np.where(below, share, 1 - share)
    b = other * odds + mine + events * (1 - odds)
    larger = 2 * events / (b + np.sqrt(np.maximum(b**2 - 4 * mine * (1 - odds) * events, 0.0)))
    smaller = larger * odds / (1 - larger * (1 - odds))
    null_t, null_c = np.where(below, smaller, larger), np.where(below, larger, smaller)
    info_t, info_c = share * null_t * (1 - null_t), (1 - share) * null_c * (1 - null_c)
    weight_t, weight_c = share * info_c / (info_t + info_c), (1 - share) * info_t / (info_t + info_c)
    return share * (pt - null_t), weight_t, weight_c, null_t, null_c
