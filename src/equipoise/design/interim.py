"""At the bedside of analysis: what a group-sequential trial's data say at a look, and may yet say.

Z_k is the statistic at look k, positive in favour of the treatment, and the effect's estimate is Z_k times its standard
error. Inference after a stop orders outcomes stage by stage (Tsiatis, Rosner & Mehta 1984; Jennison & Turnbull 2000, ch. 8);
repeated intervals hold whether or not the trial stops (Jennison & Turnbull 1989; 2000, ch. 9). Probabilities are accurate to
1e-9, estimates and limits to 1e-8 standard errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from equipoise.design.group_sequential import Boundaries, GroupSequential, crossing_along
from equipoise.design.normal import upper_quantile
from equipoise.design.spending import SPENDING, cumulative
from equipoise.design.wald import as_floats, as_number
from equipoise.errors import InputError, NoSolutionError
from equipoise.value import Value

Floats = NDArray[np.float64]
Number = Annotated[float, Field(strict=True)]
Positive = Annotated[float, Field(strict=True, gt=0)]

WIDEST = 40.0
"""Roots are sought within so many standard errors of the estimate and of no effect."""
WIDE = 8.5
"""Standard deviations to either side over which an effect's posterior is averaged."""


class Interim(Value):
    """Statistics of the looks held so far, the last being now: Z and the standard error of the effect at each.

    `design` is one-sided. Where looks came at other information than planned, `information` holds, as fractions of the
    planned maximum, what was observed at each look held and is foreseen at each to come: the error is then spent by
    it (`spend_at_observed`). `ended` says that the trial ended with the last of these looks though no bound made it, as at
    futility bounds that do not bind.
    """

    design: GroupSequential
    z: tuple[Number, ...]
    standard_error: tuple[Positive, ...]
    information: tuple[Positive, ...] | None = None
    ended: bool = False

    @model_validator(mode="after")
    def _sound(self) -> Self:
        looks = len(self.information or self.design.information)
        if self.design.sided != 1:
            raise InputError(
                "design.sided", self.design.sided, "1; analyse a two-sided design in the direction observed"
            )
        if not 1 <= len(self.z) <= looks:
            raise InputError("z", self.z, f"1 to {looks} statistics, one for each look held")
        if len(self.standard_error) != len(self.z):
            raise InputError("standard_error", self.standard_error, f"{len(self.z)} numbers, as many as z")
        if self.information is not None:
            spend_at_observed(self.design, self.information)
        return self

    @cached_property
    def bounds(self) -> Boundaries:
        """The bounds in force: as planned, or at the information observed."""
        return self.at(self.design).solution

    def at(self, design: GroupSequential) -> GroupSequential:
        """A design as these looks leave it."""
        return design if self.information is None else spend_at_observed(design, self.information)

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
        """The look at which the trial ended, None while it goes on.

        That is the first rejection or stop at a binding futility bound, else the last look planned or said to be the end.
        """
        critical = self.bounds.critical
        futility = _binding(self, self.bounds.futility)
        for k, (z, bound) in enumerate(zip(self.z, critical, strict=False)):
            low = futility[k] if k < len(futility) else None
            if z >= bound or (low is not None and z < low):
                return k + 1
        return self.look if self.ended or self.look == len(critical) else None


def repeated_confidence_interval(interim: Interim, look: int | None = None) -> tuple[float, float]:
    """Interval at a look (now, if None) that covers at all looks together with 1 - 2 alpha: estimate ± c_k se_k.

    Where futility binds, the lower limit also excludes no effect for which an earlier look would have been futile; the upper
    limit is then only nominal, since its bounds profit from stops on the other side (both as in rpact).
    """
    k = _look(interim, look)
    bounds = interim.bounds
    estimates = [z * error for z, error in zip(interim.z, interim.standard_error, strict=True)]
    half = bounds.critical[k] * interim.standard_error[k]
    lows = [
        estimates[j] - bound * interim.standard_error[j]
        for j, bound in enumerate(_binding(interim, bounds.futility)[:k])
        if bound is not None
    ]
    return min([estimates[k] - half, *lows]), estimates[k] + half


def repeated_p_value(interim: Interim, look: int | None = None) -> float:
    """The smallest one-sided alpha at which the same kind of design rejects at this look, from 1e-12 to 0.5.

    Futility bounds that do not bind play no part. Raises NoSolutionError where the errors spent are the user's own, which
    say nothing of another alpha.
    """
    k = _look(interim, look)
    design = interim.design
    if design.spending == "user":
        raise NoSolutionError(
            "errors spent as one chooses give no repeated p-value; name a spending function, and the observed information"
        )
    plain = {} if design.binding else {"futility": "none", "futility_parameter": None, "beta_spent": None}

    def gap(alpha: float) -> float:
        same = design.model_copy(update={"alpha": alpha} | plain)
        return interim.z[k] - interim.at(same).solution.critical[k]

    low, high = 1e-12, 0.5 - 1e-9
    if gap(high) < 0:
        return 0.5
    if gap(low) > 0:
        return low
    return math.exp(_root(lambda x: gap(math.exp(x)), math.log(low), math.log(high)))


def conditional_rejection(interim: Interim, look: int | None = None) -> float:
    """Chance under no effect that a later look rejects, given the statistic at this one (Müller & Schäfer 2001).

    Futility bounds count where they bind.
    """
    k = _look(interim, look)
    rest = _remaining(interim, k, _binding(interim, interim.bounds.futility))
    return float(crossing_along(rest, np.zeros(len(rest.information)))[0].sum())


def conditional_power(interim: Interim, *, later_errors: ArrayLike, effect: float | None = None) -> Floats:
    """Chance to have rejected by each later look, given the statistic now and a true `effect` (None: as estimated now).

    `later_errors`: the standard error of the effect from the data between now and each later look alone, shape (M,), one
    for each look still to come. The looks' correlations are those of the bounds in force, and futility bounds are obeyed,
    as in a design's power (Jennison & Turnbull 2000, ch. 10).
    """
    rest, errors = _later(interim, later_errors)
    truth = interim.estimate if effect is None else as_number("effect", effect)
    return crossing_along(rest, truth / errors)[0].cumsum()


def predictive_power(
    interim: Interim, *, later_errors: ArrayLike, prior_mean: float = 0.0, prior_sd: float = math.inf
) -> Floats:
    """Conditional power averaged over the effect's posterior: shape (M,); the prior is flat unless a normal one is given.

    Accurate to 1e-8 where later looks hold up to 10 000 times the information of now (Spiegelhalter, Freedman & Blackburn
    1986). Futility bounds are obeyed.
    """
    if prior_sd != math.inf:
        as_number("prior_sd", prior_sd, above=0)
    rest, errors = _later(interim, later_errors)
    precision = 1 / interim.standard_error[-1] ** 2
    prior = 0.0 if math.isinf(prior_sd) else 1 / prior_sd**2
    mean = (precision * interim.estimate + prior * as_number("prior_mean", prior_mean)) / (precision + prior)
    sd = 1 / math.sqrt(precision + prior)
    deviations, weights = _normal_rule(float(np.hypot(1.0, sd / errors.min())))
    effects = mean + sd * deviations
    return weights @ crossing_along(rest, effects[:, None] / errors)[0].cumsum(axis=1)


def _normal_rule(steepness: float) -> tuple[Floats, Floats]:
    """Nodes and weights of averages over a standard normal of what may change within 1/steepness: panels of 16 points."""
    panels = min(math.ceil(WIDE * steepness / 2), 1000)
    nodes, weights = np.polynomial.legendre.leggauss(16)
    half = WIDE / panels
    x = (half * (2 * np.arange(panels)[:, None] + 1 + nodes) - WIDE).ravel()
    mass = np.tile(half * weights, panels) * np.exp(-0.5 * x * x)
    return x, mass / mass.sum()


def stagewise_p_value(interim: Interim, *, effect: float = 0.0) -> float:
    """One-sided p-value against `effect` in the stage-wise ordering, after the trial stopped.

    The chance of a rejection at an earlier look, or of a statistic at the stopping look at least as large. Information at
    earlier looks is taken as planned, in proportion to that at the stop (as rpact does). Binding futility bounds are
    obeyed, others ignored. Raises NoSolutionError while the trial goes on.
    """
    stop = _stopped(interim)
    bounds = interim.bounds
    t = np.array(bounds.information[:stop])
    means = as_number("effect", effect) / interim.standard_error[stop - 1] * np.sqrt(t / t[-1])
    futility = _binding(interim, bounds.futility)[: stop - 1]
    cut = bounds.model_copy(
        update={
            "information": bounds.information[:stop],
            "critical": (*bounds.critical[: stop - 1], interim.z[stop - 1]),
            "futility": futility,
        }
    )
    return min(float(crossing_along(cut, means)[0].sum()), 1.0)


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
    The type II error is spent likewise; its bounds are solved anew for the design's power. Raises InputError for a design
    without an error-spending function, and for binding futility, whose bounds of looks held would change.
    """
    if design.spending not in SPENDING:
        raise InputError("spending", design.spending, ", ".join(SPENDING))
    if design.futility != "none" and design.binding:
        raise InputError("binding", True, "false, for looks at other information than planned")
    observed = as_floats("information", information)
    if observed.ndim != 1 or not observed.size or not (np.diff(observed, prepend=0.0) > 0).all():
        raise InputError("information", observed.tolist(), "numbers that rise from above 0")
    planned = as_number("planned", planned, above=0)
    fractions = np.minimum(observed / planned, 1.0)
    changes: dict[str, object] = {
        "information": (*(float(t) for t in observed[:-1] / observed[-1]), 1.0),
        "spending": "user",
        "parameter": None,
        "alpha_spent": _spent(fractions, design.alpha / design.sided, design.spending, design.parameter),
    }
    if design.futility in SPENDING:
        beta = _spent(fractions, 1 - design.power, design.futility, design.futility_parameter)
        changes |= {"futility": "user", "futility_parameter": None, "beta_spent": beta}
    return GroupSequential.read(design.model_dump(by_alias=True) | changes)


def _spent(fractions: Floats, error: float, name: str, parameter: float | None) -> tuple[float, ...]:
    """Error spent by each look, all of it by the last."""
    return (*(float(part) for part in cumulative(fractions[:-1], error, name, parameter)), error)


def _look(interim: Interim, look: int | None) -> int:
    if look is None:
        return interim.look - 1
    if as_number("look", look) not in range(1, interim.look + 1):
        raise InputError("look", look, f"a look held, from 1 to {interim.look}")
    return int(look) - 1


def _stopped(interim: Interim) -> int:
    stop = interim.stopped_at
    if stop is None:
        raise NoSolutionError(
            "the trial goes on: p-value, interval and estimate in the stage-wise ordering come after a stop"
        )
    return stop


def _binding(interim: Interim, futility: tuple[float | None, ...]) -> tuple[float | None, ...]:
    return futility if interim.design.binding else (None,) * len(futility)


def _later(interim: Interim, later_errors: ArrayLike) -> tuple[Boundaries, Floats]:
    """The looks still to come, futility obeyed, and the standard errors given for them."""
    rest = _remaining(interim, interim.look - 1, interim.bounds.futility)
    errors = as_floats("later_errors", later_errors, above=0)
    if errors.shape != (len(rest.information),) or (np.diff(errors) > 1e-9 * errors[0]).any():
        looks = len(rest.information)
        raise InputError(
            "later_errors", later_errors, f"{looks} numbers above 0 that never rise, one for each look to come"
        )
    return rest, errors


def _remaining(interim: Interim, k: int, stops: tuple[float | None, ...]) -> Boundaries:
    """The looks still to come, with these futility bounds, as a design of their own given the statistic at look k."""
    bounds = interim.bounds
    t = np.array(bounds.information)
    if k + 1 >= t.size:
        raise NoSolutionError("no look is still to come")
    steps = t[k + 1 :] - t[k]

    def shifted(bound: float | None, place: int) -> float | None:
        if bound is None:
            return None
        return float((bound * math.sqrt(t[k + 1 + place]) - interim.z[k] * math.sqrt(t[k])) / math.sqrt(steps[place]))

    futility = stops[k + 1 :]
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
    z, goal = interim.z[stop - 1], upper_quantile(p)

    def gap(effect: float) -> float:
        return goal - upper_quantile(min(max(stagewise_p_value(interim, effect=effect), 1e-300), 1 - 1e-16))

    return _root(gap, (min(z, 0.0) - WIDEST) * error, (max(z, 0.0) + WIDEST) * error, within=1e-9 * error)


def _root(rising: Callable[[float], float], low: float, high: float, within: float = 1e-13) -> float:
    from scipy import optimize  # slow to import, and a search does without

    solve: Any = optimize.brentq
    return float(solve(rising, low, high, xtol=within, rtol=1e-14))


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
]
