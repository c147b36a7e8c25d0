"""Two arms compared on a rate of recurrent events: power, size and smallest detectable rate ratio.

Counts are negative binomial with mean rate x exposure and variance mean + dispersion x mean^2 (Poisson if 0), and
the log rate ratio is tested by the normal approximation: Zhu & Lakkis (2014), Stat Med 33:376, and for margins
Zhu (2017), Stat Biopharm Res 9:107. With sided=2 each tail is tested at alpha / 2 and only a rejection in the better
direction counts.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from equipoise.design.score import Side, check_power, check_words, critical_z, limits, sides_power, sides_size
from equipoise.design.size import Size, first_crossing, split
from equipoise.design.wald import Better, Floats, Objective, as_floats, broadcasts, check_choice, scalar_or_array
from equipoise.errors import InputError

NullVariance = Literal["true", "reference", "restricted"]

_FARTHEST = np.log(1e9)
"""How far from its limit, on the log scale, a detectable rate ratio is looked for."""


@broadcasts
def count_power(
    n_treatment: ArrayLike,
    n_control: ArrayLike,
    *,
    control_rate: ArrayLike,
    rate_ratio: ArrayLike,
    dispersion: ArrayLike,
    exposure_treatment: ArrayLike = 1.0,
    exposure_control: ArrayLike = 1.0,
    margin: ArrayLike = 1.0,
    objective: Objective = "superiority",
    better: Better = "lower",
    alpha: ArrayLike,
    sided: int = 2,
    null_variance: NullVariance = "true",
) -> Floats:
    """Power to show the objective; every array argument broadcasts, and sizes need not be whole.

    `control_rate` is events per unit of time, the exposures mean time per patient in the same unit,
    `rate_ratio` treatment over control. `margin` is the limit for the ratio: above 1 if lower is better, below
    1 if higher is better, for equivalence either, its inverse being the other limit. `null_variance` says with
    which rates the standard error under the null is found (Zhu & Lakkis's approaches 2, 1 and 3): "true" rates,
    as a Wald test estimates; "reference", the control rate and margin times it; "restricted", the maximum
    likelihood rates that satisfy the null. Equivalence is two one-sided tests, each at alpha / sided.
    Exact as formulas; a large-sample approximation. Raises InputError.
    """
    nt, nc = as_floats("n_treatment", n_treatment, above=0), as_floats("n_control", n_control, above=0)
    rates = _rates(control_rate, rate_ratio, dispersion, exposure_treatment, exposure_control)
    passed, z = _judged(margin, objective, better, alpha, sided, null_variance)
    total = nt + nc
    sides = [_side(null_variance, sign, limit, nt / total, *rates) for sign, limit in passed]
    return sides_power(total, sides, z)


@broadcasts
def count_size(
    *,
    power: ArrayLike,
    control_rate: ArrayLike,
    rate_ratio: ArrayLike,
    dispersion: ArrayLike,
    exposure_treatment: ArrayLike = 1.0,
    exposure_control: ArrayLike = 1.0,
    margin: ArrayLike = 1.0,
    objective: Objective = "superiority",
    better: Better = "lower",
    alpha: ArrayLike,
    sided: int = 2,
    null_variance: NullVariance = "true",
    ratio: ArrayLike = 1.0,
) -> Size:
    """Patients for a power, unrounded; `ratio` is treatment over control, the rest as in `count_power`.

    The inverse of `count_power` to 1e-12 relative. Raises InputError, and NoSolutionError where the rate ratio
    shows no effect, one on the wrong side, or one beyond the margin.
    """
    rates = _rates(control_rate, rate_ratio, dispersion, exposure_treatment, exposure_control)
    passed, z = _judged(margin, objective, better, alpha, sided, null_variance)
    target, ratio = check_power(power, z), as_floats("ratio", ratio, above=0)
    sides = [_side(null_variance, sign, limit, ratio / (1 + ratio), *rates) for sign, limit in passed]
    return split(sides_size(target, sides, z), ratio)


@broadcasts
def count_effect(
    n_treatment: ArrayLike,
    n_control: ArrayLike,
    *,
    power: ArrayLike,
    control_rate: ArrayLike,
    dispersion: ArrayLike,
    exposure_treatment: ArrayLike = 1.0,
    exposure_control: ArrayLike = 1.0,
    margin: ArrayLike = 1.0,
    objective: Objective = "superiority",
    better: Better = "lower",
    alpha: ArrayLike,
    sided: int = 2,
    null_variance: NullVariance = "true",
) -> Floats:
    """The rate ratio nearest its limit that these sizes show with the power; keywords as in `count_power`.

    To 1e-10 relative. Raises InputError (also for equivalence, which has no such ratio), and NoSolutionError
    where no rate ratio gives the power: a very low rate on treatment leaves too few events to compare.
    """
    if objective == "equivalence":
        raise InputError("objective", objective, '"superiority" or "non-inferiority"')
    nt, nc = as_floats("n_treatment", n_treatment, above=0), as_floats("n_control", n_control, above=0)
    rate, _, *others = _rates(control_rate, 1.0, dispersion, exposure_treatment, exposure_control)
    [(sign, limit)], z = _judged(margin, objective, better, alpha, sided, null_variance)
    target, total = check_power(power, z), nt + nc

    def excess(log_ratio: Floats, *parts: Floats) -> Floats:
        root_n, share, at, level, beta, control, *rest = parts
        side = _side(null_variance, sign, at, share, control, np.exp(log_ratio), *rest)
        return root_n * side.gain - level * side.null_sd - beta * side.true_sd

    log_ratio = first_crossing(
        excess,
        np.log(limit),
        np.log(limit) + sign * _FARTHEST,
        *(np.sqrt(total), nt / total, limit, z, special.ndtri(target), rate, *others),
        failure="no rate ratio gives this power with these sizes; add patients or exposure, or accept less power",
    )
    return scalar_or_array(np.exp(log_ratio))


def _rates(
    control_rate: ArrayLike,
    rate_ratio: ArrayLike,
    dispersion: ArrayLike,
    exposure_treatment: ArrayLike,
    exposure_control: ArrayLike,
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    return (
        as_floats("control_rate", control_rate, above=0),
        as_floats("rate_ratio", rate_ratio, above=0),
        as_floats("dispersion", dispersion, least=0),
        as_floats("exposure_treatment", exposure_treatment, above=0),
        as_floats("exposure_control", exposure_control, above=0),
    )


def _judged(
    margin: ArrayLike, objective: Objective, better: Better, alpha: ArrayLike, sided: int, null_variance: NullVariance
) -> tuple[list[tuple[int, Floats]], Floats]:
    check_words(objective, better)
    check_choice("null_variance", null_variance, ("true", "reference", "restricted"))
    return limits("ratio", objective, better, margin), critical_z(alpha, sided)


def _side(
    null_variance: NullVariance,
    sign: int,
    limit: Floats,
    share: Floats,
    rate: Floats,
    rate_ratio: Floats,
    dispersion: Floats,
    exposure_t: Floats,
    exposure_c: Floats,
) -> Side:
    """The one-sided test that the rate ratio lies above (sign +1) or below (-1) its limit; `share` is treatment's."""

    def spread(rate_t: Floats, rate_c: Floats) -> Floats:
        treatment, control = 1 / (exposure_t * rate_t) + dispersion, 1 / (exposure_c * rate_c) + dispersion
        return np.sqrt(treatment / share + control / (1 - share))

    true = spread(rate * rate_ratio, rate)
    null = true
    if null_variance != "true":
        at_null = rate
        if null_variance == "restricted":
            at_null = _restricted(limit, share, rate, rate_ratio, dispersion, exposure_t, exposure_c)
        null = spread(limit * at_null, at_null)
    return Side(sign * np.log(rate_ratio / limit), null, true)


def _restricted(
    limit: Floats,
    share: Floats,
    rate: Floats,
    rate_ratio: Floats,
    dispersion: Floats,
    exposure_t: Floats,
    exposure_c: Floats,
) -> Floats:
    """The control rate that maximises the expected likelihood when treatment's rate is `limit` times it.

    The score's numerator, t (r_t - limit r)(1 + k r u) + c (r_c - r)(1 + k limit r s) with t, c the arms'
    exposures s, u times their shares, is a quadratic in r with one positive root.
    """
    t, c = share * exposure_t, (1 - share) * exposure_c
    k_t, k_c = dispersion * limit * exposure_t, dispersion * exposure_c
    constant = t * rate * rate_ratio + c * rate
    linear = t * (rate * rate_ratio * k_c - limit) + c * (rate * k_t - 1)
    square = t * limit * k_c + c * k_t
    # square r^2 - linear r - constant = 0, in the form that does not cancel for either sign of `linear`
    root = np.sqrt(linear**2 + 4 * square * constant)
    plain = 2 * constant / np.where(linear < 0, root - linear, 1.0)
    large = (root + linear) / (2 * np.where(square > 0, square, 1.0))
    return np.where(linear < 0, plain, large)
