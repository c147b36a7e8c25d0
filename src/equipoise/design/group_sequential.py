"""Group-sequential designs: what is chosen, the boundaries it gives, and what they do under any truth.

Statistics Z_1..Z_K have means theta*sqrt(t_k) and correlations sqrt(t_j/t_k); theta, the drift, is the expected final Z
(Jennison & Turnbull 2000, ch. 3). Accuracy: bounds, drift and probabilities to 1e-8 (docs/validation.md).
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from equipoise.design.boundaries import NO_FUTILITY, USER, WANG_TSIATIS, check_drift, drift_for, solve
from equipoise.design.normal import upper_quantile, upper_tail
from equipoise.design.quadrature import rules
from equipoise.design.recursion import FARTHEST_TILT, crossing_many, crossing_path, lay_region
from equipoise.design.spending import SPENDING, check_parameter
from equipoise.design.wald import as_floats
from equipoise.design.wedge import wedge_path
from equipoise.errors import InputError
from equipoise.value import Value

Floats = NDArray[np.float64]

SMALLEST_INCREMENT = 1e-4
LEAST_STEP = SMALLEST_INCREMENT * (1 - 1e-9)
"""The same with room for rounding: 0.5001 - 0.5 is a little less than 0.0001."""
MOST_LOOKS = 20

Efficacy = Literal[
    "obrien-fleming-type",
    "pocock-type",
    "hwang-shih-decani",
    "kim-demets",
    "obrien-fleming",
    "pocock",
    "wang-tsiatis",
    "user",
]
Futility = Literal["none", "obrien-fleming-type", "pocock-type", "hwang-shih-decani", "kim-demets", "user"]
Number = Annotated[float, Field(strict=True)]


class GroupSequential(Value):
    """A group-sequential test: when to look, and how to spend the two errors.

    `information` are fractions that rise to 1 (1 to 20 looks). `alpha` belongs to `sided` tests; two-sided bounds are
    symmetric. `spending` names a Lan-DeMets function ("...-type", "hwang-shih-decani" and "kim-demets" with `parameter`),
    bounds of the Wang-Tsiatis family ("wang-tsiatis" with its delta as `parameter`), or "user" with the cumulative
    one-sided `alpha_spent`. `futility` spends the type II error 1 - power likewise; `binding` bounds let the efficacy
    bounds profit. Two-sided tests stop for futility around 0. The `power` is above alpha / sided. Raises InputError; the
    `solution` NoSolutionError where the errors cannot be spent so.
    """

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    information: tuple[Number, ...]
    alpha: Annotated[float, Field(strict=True, gt=0, lt=0.5)] = 0.025
    sided: Literal[1, 2] = 1
    power: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.9
    spending: Efficacy = "obrien-fleming-type"
    parameter: Number | None = None
    alpha_spent: tuple[Number, ...] | None = None
    futility: Futility = "none"
    futility_parameter: Number | None = None
    beta_spent: tuple[Number, ...] | None = None
    binding: bool = False

    @classmethod
    def even(cls, looks: int, **choices: object) -> Self:
        """Looks at equal steps of information. Raises InputError."""
        _check_looks(looks)
        return cls.read({"information": [(k + 1) / looks for k in range(looks)], **choices})

    @model_validator(mode="after")
    def _sound(self) -> Self:
        t = self.information
        if not 1 <= len(t) <= MOST_LOOKS:
            raise InputError("information", t, f"1 to {MOST_LOOKS} fractions")
        if abs(t[-1] - 1.0) > 1e-12 or any(b - a < LEAST_STEP for a, b in zip((0.0, *t), t, strict=False)):
            raise InputError("information", t, f"fractions that rise to 1 by at least {SMALLEST_INCREMENT} each")
        if not self.power > self.alpha / self.sided:
            raise InputError("power", self.power, f"a number above {self.alpha / self.sided:g}, the one-sided alpha")
        _check_user("alpha_spent", self.spending, self.alpha_spent, self.alpha / self.sided, t)
        _check_user("beta_spent", self.futility, self.beta_spent, 1 - self.power, t)
        self.efficacy_form()
        self.futility_form()
        return self

    def efficacy_form(self) -> tuple[int, float]:
        """The compiled code's number for `spending`, and its parameter. Raises InputError."""
        if self.spending == "wang-tsiatis":
            if self.parameter is None or not -2 <= self.parameter <= 1:
                raise InputError("parameter", self.parameter, "a delta from -2 to 1; wang-tsiatis needs it")
            return WANG_TSIATIS, self.parameter
        if self.spending in ("obrien-fleming", "pocock", "user"):
            if self.parameter is not None:
                raise InputError("parameter", self.parameter, f"none for {self.spending}")
            return (USER, 0.0) if self.spending == "user" else (WANG_TSIATIS, 0.5 if self.spending == "pocock" else 0.0)
        return SPENDING[self.spending], check_parameter("parameter", self.spending, self.parameter)

    def futility_form(self) -> tuple[int, float]:
        """The compiled code's number for `futility`, and its parameter. Raises InputError."""
        if self.futility in ("none", "user"):
            return (NO_FUTILITY if self.futility == "none" else USER), 0.0
        return SPENDING[self.futility], check_parameter("futility_parameter", self.futility, self.futility_parameter)

    @cached_property
    def solution(self) -> Boundaries:
        """Bounds, errors spent and drift; computed once."""
        t = np.array(self.information)
        t[-1] = 1.0
        alpha, beta, lower, upper = np.zeros((4, t.size))
        if self.alpha_spent:
            alpha[:] = np.diff(self.alpha_spent, prepend=0.0)
        if self.beta_spent:
            beta[:] = np.diff(self.beta_spent, prepend=0.0)
        error = self.alpha / self.sided
        futility, futility_parameter = self.futility_form()
        drift = check_drift(solve(
            t, error, self.sided == 2, self.power, *self.efficacy_form(), futility, futility_parameter, self.binding,
            alpha, beta, rules(), lower, upper,
        ))  # fmt: skip
        wedge = self.sided == 2
        return Boundaries(
            information=_tuple(t),
            critical=_tuple(upper),
            futility=tuple(float(b) if math.isfinite(b) and not (wedge and b <= 0) else None for b in lower[:-1]),
            nominal=tuple(upper_tail(float(b)) for b in upper),
            alpha_spent=_tuple(alpha.cumsum()),
            drift=drift,
            inflation=(drift / (upper_quantile(error) + upper_quantile(1 - self.power))) ** 2,
            symmetric=self.sided == 2,
        )


class Boundaries(Value):
    """Bounds on the Z scale at each look: reject at or above `critical`; stop for futility below `futility`.

    `nominal` are one-sided levels; `alpha_spent` is cumulative and one-sided; `drift` is the expected final Z that has the
    power, `inflation` its square relative to the fixed design's. `symmetric` bounds reject below -critical too, and stop for
    futility where Z lies between -futility and futility.
    """

    information: tuple[float, ...]
    critical: tuple[float, ...]
    futility: tuple[float | None, ...]
    nominal: tuple[float, ...]
    alpha_spent: tuple[float, ...]
    drift: float
    inflation: float
    symmetric: bool = False

    @property
    def lower(self) -> Floats:
        """Bounds below which the trial stops, shape (K,): futility, or for symmetric tests rejection the other way."""
        if self.symmetric:
            return -np.array(self.critical)
        return np.array([*(-np.inf if bound is None else bound for bound in self.futility), self.critical[-1]])

    @property
    def inner(self) -> Floats | None:
        """Half-widths of the stops for futility around 0, shape (K,), 0 for none; None if no look has them.

        The last is the critical value: what is not rejected then lies inside.
        """
        if not self.symmetric or all(bound is None for bound in self.futility):
            return None
        return np.array([*(bound or 0.0 for bound in self.futility), self.critical[-1]])

    def crossing(self, drift: ArrayLike) -> Crossing:
        """What happens at each look under the truths `drift`, shape (M,) or a number. Raises InputError if not so."""
        theta = np.atleast_1d(as_floats("drift", drift))
        if theta.ndim != 1:
            raise InputError("drift", drift, "a number, or a list of them")
        return Crossing(np.array(self.information), *_crossing(self, theta), self.symmetric)


class Crossing:
    """Chances of stopping at each look: `up` above and `down` below, shape (M, K) for M truths.

    At the last look `down` is the chance of ending without rejection. For symmetric bounds `down` is the chance of rejecting
    the other way, and `inside` that of ending without rejection (zeros for other bounds).
    """

    def __init__(self, information: Floats, up: Floats, down: Floats, inside: Floats, symmetric: bool) -> None:
        self.information, self.up, self.down, self.inside, self.symmetric = information, up, down, inside, symmetric

    @property
    def power(self) -> Floats:
        """Chance of rejecting in the direction of benefit, shape (M,)."""
        return self.up.sum(axis=1)

    @property
    def stopping(self) -> Floats:
        """Chance that the trial ends at each look, shape (M, K), which sums to 1."""
        early = (self.up + self.down + self.inside)[:, :-1]
        return np.column_stack([early, 1.0 - early.sum(axis=1)])

    @property
    def expected_information(self) -> Floats:
        """Expected information as a fraction of the maximum, shape (M,)."""
        return 1.0 - self.stopping[:, :-1] @ (1.0 - self.information[:-1])

    def expected_at_stop(self, values: ArrayLike) -> Floats:
        """Expected value, where the trial stops, of what is known for each look, such as its month: shape (M,).

        `values` has shape (K,), or (M, K) if it differs between truths. Raises InputError.
        """
        known = as_floats("values", values)
        if known.shape not in (self.information.shape, self.up.shape):
            raise InputError("values", values, f"{self.information.size} numbers, one for each look")
        return (self.stopping * known).sum(axis=1)


def expected_time(bounds: Boundaries, drift: ArrayLike, times: ArrayLike) -> Floats:
    """Expected time at which the trial stops, shape (M,), under truths `drift` (M,) if look k comes at times[k].

    The sum over looks of the chance to stop there times its time, in any unit; `times` has shape (K,), or (M, K) where it
    depends on the truth. As accurate as the chances. Raises InputError.
    """
    at = as_floats("times", times)
    crossed = bounds.crossing(drift)
    if at.shape not in (crossed.information.shape, crossed.up.shape) or (np.diff(at, axis=-1) < 0).any():
        raise InputError("times", times, f"{len(bounds.information)} times that never fall, one for each look")
    return crossed.expected_at_stop(at)


def _crossing(bounds: Boundaries, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """Chances of leaving above, below and inside, shape (M, K) each."""
    t, upper, inner = np.array(bounds.information), np.array(bounds.critical), bounds.inner
    up, down, inside = np.zeros((3, theta.size, t.size))
    if inner is not None:
        for j in range(theta.size):
            wedge_path(t, inner, upper, theta[j] * np.sqrt(t), rules(), up[j], down[j], inside[j])
    elif theta.size:
        crossing_many(t, bounds.lower, upper, theta, rules(), up, down)
        if bounds.symmetric:
            inside[:, -1] = 1.0 - up.sum(axis=1) - down.sum(axis=1)
    return up, down, inside


def crossing_probabilities(bounds: Boundaries, drift: ArrayLike) -> tuple[Floats, Floats, float]:
    """Chances of leaving above and below at each look for any array of drifts, and the type I error.

    Shapes: drift (...); both chances (..., K). The type I error is that with the futility bounds obeyed. A stop for futility
    around 0, in two-sided tests, is in neither (see `Boundaries.crossing`). Raises InputError for a drift that is not finite.
    """
    theta = np.append(as_floats("drift", drift).ravel(), 0.0)
    up, down, _ = _crossing(bounds, theta)
    shape = (*np.shape(drift), up.shape[1])
    return up[:-1].reshape(shape), down[:-1].reshape(shape), float(up[-1].sum())


def crossing_along(bounds: Boundaries, means: ArrayLike) -> tuple[Floats, Floats]:
    """Chances of leaving above and below at each look when the expected Z at each is given: shapes (..., K).

    A stop for futility around 0 is in neither. Raises InputError for another number of looks or a mean that is not finite.
    """
    mean = as_floats("means", means)
    if mean.shape[-1:] != (len(bounds.information),):
        raise InputError("means", means, f"{len(bounds.information)} numbers, one for each look")
    flat = np.ascontiguousarray(mean.reshape(-1, mean.shape[-1]))
    t, upper, lower = np.array(bounds.information), np.array(bounds.critical), bounds.lower
    up, down, inside, inner = np.empty(flat.shape), np.empty(flat.shape), np.empty(t.size), bounds.inner
    for j in range(flat.shape[0]):
        if inner is None:
            crossing_path(t, lower, upper, flat[j], rules(), up[j], down[j])
        else:
            wedge_path(t, inner, upper, flat[j], rules(), up[j], down[j], inside)
    return up.reshape(mean.shape), down.reshape(mean.shape)


def drifts_for(bounds: Boundaries, powers: ArrayLike) -> Floats:
    """The drift at which the bounds have each power, shape (M,), to 1e-10; 0 where the power is below the type I error.

    Raises InputError for a power that is not between 0 and 1, and NoSolutionError where no drift is found.
    """
    wanted = np.atleast_1d(as_floats("powers", powers, above=0, below=1))
    if wanted.ndim != 1:
        raise InputError("powers", powers, "a number, or a list of them")
    t, upper, lower, inner = np.array(bounds.information), np.array(bounds.critical), bounds.lower, bounds.inner
    laid_to = min(bounds.drift + 8.0, FARTHEST_TILT)
    region = lay_region(t, lower, upper, 0.0, laid_to, rules())
    wedge = inner is not None
    answer = np.empty(wanted.size)
    start = bounds.drift
    for j, power in enumerate(wanted):
        found = drift_for(
            t, lower if inner is None else inner, upper, wedge, float(power), start, region, laid_to, rules()
        )
        start = answer[j] = check_drift(found, f"a power of {power:g}")
    return answer


def _check_user(field: str, name: str, given: tuple[float, ...] | None, error: float, t: tuple[float, ...]) -> None:
    if (name == "user") != (given is not None):
        raise InputError(
            field,
            given,
            f"cumulative errors at each look, only with {field[:5].rstrip('_')} spending of one's own",
        )
    if given is None:
        return
    rising = all(0 <= a <= b for a, b in zip((0.0, *given), given, strict=False))
    if len(given) != len(t) or not rising or abs(given[-1] - error) > 1e-12:
        raise InputError(field, given, f"{len(t)} errors that rise to {error:g}")


def _check_looks(looks: object) -> None:
    if not isinstance(looks, int) or not 1 <= looks <= MOST_LOOKS:
        raise InputError("looks", looks, f"a whole number from 1 to {MOST_LOOKS}")


def _tuple(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
