"""At the bedside of analysis: what a group-sequential trial's data say at a look, and may yet say.

Z_k is the statistic at look k, positive in favour of the treatment, and the effect's estimate is Z_k times its standard
error. Inference after a stop orders outcomes stage by stage (Tsiatis, Rosner & Mehta 1984; Jennison & Turnbull 2000, ch. 8);
repeated intervals hold whether or not the trial stops (Jennison & Turnbull 1989; 2000, ch. 9). Probabilities are accurate to
1e-9, estimates and limits to 1e-8 standard errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from equipoise.design.group_sequential import Boundaries, GroupSequential, crossing_along
from equipoise.design.normal import upper_quantile
from equipoise.design.spending import SPENDING, check_parameter, cumulative
from equipoise.errors import InputError, NoSolutionError
from equipoise.value import Value

Floats = NDArray[np.float64]
Number = Annotated[float, Field(strict=True)]
Positive = Annotated[float, Field(strict=True, gt=0)]

WIDEST = 40.0
"""Roots are sought within so many standard errors of the estimate."""


class Interim(Value):
    """Statistics of the looks held so far, the last being now: Z and the standard error of the effect at each.

    `design` is one-sided; its bounds are used as they are (see `spend_at_observed` for looks at other information).
    """

    design: GroupSequential
    z: tuple[Number, ...]
    standard_error: tuple[Positive, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        looks = len(self.design.information)
        if self.design.sided != 1:
            raise InputError(
                "design.sided", self.design.sided, "1; analyse a two-sided design in the direction observed"
            )
        if not 1 <= len(self.z) <= looks:
            raise InputError("z", self.z, f"1 to {looks} statistics, one for each look held")
        if len(self.standard_error) != len(self.z):
            raise InputError("standard_error", self.standard_error, f"{len(self.z)} numbers, as many as z")
        return self

    @property
    def look(self) -> int:
        """The number of looks held."""
        return len(self.z)

    @property
    def estimate(self) -> float:
        """The effect as estimated now, without regard to the looks."""
        return self.z[-1] * self.standard_error[-1]

    @property
    def stopped_at(self) -> int | None:
        """The look at which the trial ended: the first rejection, or the last look planned; None while it goes on."""
        bounds = self.design.solution.critical
        for k, (z, bound) in enumerate(zip(self.z, bounds, strict=False), 1):
            if z >= bound:
                return k
        return self.look if self.look == len(bounds) else None


def repeated_confidence_interval(interim: Interim, look: int | None = None) -> tuple[float, float]:
    """Interval at a look (now, if None) that covers at all looks together with 1 - 2 alpha: estimate ± c_k se_k."""
    k = _look(interim, look)
    half = interim.design.solution.critical[k] * interim.standard_error[k]
    estimate = interim.z[k] * interim.standard_error[k]
    return estimate - half, estimate + half


def repeated_p_value(interim: Interim, look: int | None = None) -> float:
    """The smallest one-sided alpha at which the same kind of design rejects at this look; at most 0.5."""
    k = _look(interim, look)

    def gap(alpha: float) -> float:
        design = interim.design.model_copy(update={"alpha": alpha})
        return interim.z[k] - design.solution.critical[k]

    low, high = 1e-12, 0.5 - 1e-9
    if gap(high) < 0:
        return 0.5
    if gap(low) > 0:
        return low
    return math.exp(_root(lambda x: gap(math.exp(x)), math.log(low), math.log(high)))


def conditional_rejection(interim: Interim, look: int | None = None) -> float:
    """Chance under no effect that a later look rejects, given the statistic at this one."""
    k = _look(interim, look)
    rest = _remaining(interim, k)
    return float(crossing_along(rest, np.zeros(len(rest.information)))[0].sum())


def conditional_power(interim: Interim, *, effect: float, later_errors: ArrayLike) -> Floats:
    """Chance to have rejected by each later look, given the statistic now and a true `effect`.

    `later_errors`: the standard error of the effect from the data between now and each later look alone, shape (M,), one
    for each look still planned. The looks' correlations are those planned.
    """
    rest = _remaining(interim, interim.look - 1)
    errors = np.asarray(later_errors, float)
    if errors.shape != (len(rest.information),) or not (errors > 0).all():
        raise InputError(
            "later_errors", later_errors, f"{len(rest.information)} numbers above 0, one for each look to come"
        )
    return crossing_along(rest, effect / errors)[0].cumsum()


def predictive_power(
    interim: Interim, *, later_errors: ArrayLike, prior_mean: float = 0.0, prior_sd: float = math.inf
) -> Floats:
    """Conditional power averaged over the effect's posterior: shape (M,); the prior is flat unless a normal one is given.

    Gauss-Hermite quadrature of 64 points (Spiegelhalter, Freedman & Blackburn 1986).
    """
    if not prior_sd > 0:
        raise InputError("prior_sd", prior_sd, "a number above 0")
    precision = 1 / interim.standard_error[-1] ** 2
    prior = 0.0 if math.isinf(prior_sd) else 1 / prior_sd**2
    mean = (precision * interim.estimate + prior * prior_mean) / (precision + prior)
    nodes, weights = np.polynomial.hermite_e.hermegauss(64)
    effects = mean + nodes / math.sqrt(precision + prior)
    powers = [conditional_power(interim, effect=float(effect), later_errors=later_errors) for effect in effects]
    return weights @ np.array(powers) / weights.sum()


def stagewise_p_value(interim: Interim, *, effect: float = 0.0) -> float:
    """One-sided p-value against `effect` in the stage-wise ordering, after the trial stopped.

    The chance of a rejection at an earlier look, or of a statistic at the stopping look at least as large. Information at
    earlier looks is taken as planned, in proportion to that at the stop (as rpact does). Binding futility bounds are
    obeyed, others ignored. Raises NoSolutionError while the trial goes on.
    """
    stop = _stopped(interim)
    bounds = interim.design.solution
    t = np.array(bounds.information[:stop])
    means = effect / interim.standard_error[stop - 1] * np.sqrt(t / t[-1])
    futility = bounds.futility[: stop - 1] if interim.design.binding else (None,) * (stop - 1)
    cut = bounds.model_copy(
        update={
            "information": bounds.information[:stop],
            "critical": (*bounds.critical[: stop - 1], interim.z[stop - 1]),
            "futility": futility,
        }
    )
    return float(crossing_along(cut, means)[0].sum())


def stagewise_confidence_interval(interim: Interim) -> tuple[float, float]:
    """Interval of level 1 - 2 alpha in the stage-wise ordering, after the trial stopped."""
    alpha = interim.design.alpha
    return _effect_with_p(interim, alpha), _effect_with_p(interim, 1 - alpha)


def median_unbiased_estimate(interim: Interim) -> float:
    """The effect against which the stage-wise p-value is one half."""
    return _effect_with_p(interim, 0.5)


def spend_at_observed(design: GroupSequential, information: ArrayLike, *, planned: float = 1.0) -> GroupSequential:
    """The design with its error spent at the information really observed, the last look taking what is left.

    `information` of all looks, held and foreseen, in any unit; `planned` is the maximum that was planned, in that unit.
    Raises InputError for a design without an error-spending function.
    """
    if design.spending not in SPENDING:
        raise InputError("spending", design.spending, ", ".join(SPENDING))
    observed = np.asarray(information, float)
    if observed.ndim != 1 or not (np.diff(observed, prepend=0.0) > 0).all():
        raise InputError("information", observed.tolist(), "numbers that rise from above 0")
    error = design.alpha / design.sided
    parameter = design.parameter
    check_parameter("parameter", design.spending, parameter)
    spent = cumulative(np.minimum(observed / planned, 1.0), error, design.spending, parameter)
    spent[-1] = error
    return design.model_copy(
        update={
            "information": tuple(float(t) for t in observed / observed[-1]),
            "spending": "user", "parameter": None, "alpha_spent": tuple(float(part) for part in spent),
        }
    )  # fmt: skip


def _look(interim: Interim, look: int | None) -> int:
    if look is not None and not 1 <= look <= interim.look:
        raise InputError("look", look, f"a look held, from 1 to {interim.look}")
    return (look or interim.look) - 1


def _stopped(interim: Interim) -> int:
    stop = interim.stopped_at
    if stop is None:
        raise NoSolutionError(
            "the trial goes on: p-value, interval and estimate in the stage-wise ordering come after a stop"
        )
    return stop


def _remaining(interim: Interim, k: int) -> Boundaries:
    """The looks still to come as a design of their own, given the statistic at look k (Müller & Schäfer 2001)."""
    bounds = interim.design.solution
    t = np.array(bounds.information)
    if k + 1 >= t.size:
        raise NoSolutionError("no look is still to come")
    steps = t[k + 1 :] - t[k]

    def shifted(bound: float | None, place: int) -> float | None:
        if bound is None:
            return None
        return float((bound * math.sqrt(t[k + 1 + place]) - interim.z[k] * math.sqrt(t[k])) / math.sqrt(steps[place]))

    futility = bounds.futility[k + 1 :] if interim.design.binding else (None,) * (steps.size - 1)
    return bounds.model_copy(
        update={
            "information": tuple(float(step) for step in steps / steps[-1]),
            "critical": tuple(shifted(bound, j) for j, bound in enumerate(bounds.critical[k + 1 :])),
            "futility": tuple(shifted(bound, j) for j, bound in enumerate(futility)),
        }
    )


def _effect_with_p(interim: Interim, p: float) -> float:
    """The effect against which the stage-wise p-value is p; the p-value rises with the effect."""
    stop = _stopped(interim)
    error = interim.standard_error[stop - 1]
    centre, goal = interim.z[stop - 1] * error, upper_quantile(p)

    def gap(effect: float) -> float:
        return goal - upper_quantile(min(max(stagewise_p_value(interim, effect=effect), 1e-300), 1 - 1e-16))

    return _root(gap, centre - WIDEST * error, centre + WIDEST * error, within=1e-9 * error)


def _root(rising: Callable[[float], float], low: float, high: float, within: float = 1e-13) -> float:
    from scipy import optimize  # slow to import, and a search does without

    solve: Any = optimize.brentq
    return float(solve(rising, low, high, xtol=within, rtol=1e-14))


def two_arm_means(
    n_treatment: ArrayLike, n_control: ArrayLike, mean_treatment: ArrayLike, mean_control: ArrayLike,
    sd_treatment: ArrayLike, sd_control: ArrayLike,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Cumulative Z and standard error of the difference in means from the data of each stage alone, shape (K,) each.

    The standard deviation is pooled over both arms, within each arm over its stages with their means (the sum of squares of
    all its patients).
    """
    arms = [
        _cumulative_arm(*(np.asarray(part, float) for part in parts))
        for parts in ((n_treatment, mean_treatment, sd_treatment), (n_control, mean_control, sd_control))
    ]
    (n1, mean1, squares1), (n2, mean2, squares2) = arms
    pooled = np.sqrt((squares1 + squares2) / (n1 + n2 - 2))
    error = pooled * np.sqrt(1 / n1 + 1 / n2)
    return (mean1 - mean2) / error, error


def _cumulative_arm(n: Floats, mean: Floats, sd: Floats) -> tuple[Floats, Floats, Floats]:
    """Cumulative size, mean and sum of squares about it."""
    total = n.cumsum()
    overall = (n * mean).cumsum() / total
    return total, overall, ((n - 1) * sd**2 + n * mean**2).cumsum() - total * overall**2


__all__ = [
    "Interim",
    "conditional_power",
    "conditional_rejection",
    "median_unbiased_estimate",
    "predictive_power",
    "repeated_confidence_interval",
    "repeated_p_value",
    "spend_at_observed",
    "stagewise_confidence_interval",
    "stagewise_p_value",
    "two_arm_means",
]
