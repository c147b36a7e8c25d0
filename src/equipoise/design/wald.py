"""Power of one test of one estimate: an effect, its standard error, and the degrees of freedom behind it.

Shared by the cluster-randomised designs, whose test statistic is (estimate - margin) / standard error
against a normal ("z") or a Student ("t") reference.
"""

# scipy has no stubs
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, ParamSpec, TypedDict, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from equipoise.errors import InputError

Floats = NDArray[np.float64]
Test = Literal["t", "z"]
Objective = Literal["superiority", "non-inferiority", "equivalence"]
Better = Literal["higher", "lower"]
P = ParamSpec("P")
R = TypeVar("R")
_TABLES = ("layout", "sequence_weights")


class Decision(TypedDict, total=False):
    """How a result is judged; the keywords of `wald_power` that every design passes on."""

    alpha: ArrayLike
    sided: int
    test: Test
    objective: Objective
    margin: ArrayLike
    better: Better | None


_LARGE_DF = 1e8
_NODES, _WEIGHTS = (np.asarray(part, dtype=np.float64) for part in special.roots_legendre(64))


def wald_power(
    effect: ArrayLike,
    standard_error: ArrayLike,
    *,
    df: ArrayLike = np.inf,
    alpha: ArrayLike = 0.05,
    sided: int = 2,
    test: Test = "t",
    objective: Objective = "superiority",
    margin: ArrayLike = 0.0,
    better: Better | None = None,
) -> Floats:
    """Probability that the test meets its objective; every array argument broadcasts.

    `effect` is treatment minus control, `standard_error` and `margin` (positive) are on its scale. Each
    tail is tested at alpha / sided. Superiority without `better` counts a rejection in either direction if
    two-sided, and in the direction of the effect if one-sided; with `better` only a rejection in favour of
    the treatment counts. Equivalence is two one-sided tests, |effect| < margin. Where df <= 0 nothing can
    be tested: the power is 0.

    The t test's power is from the noncentral t (absolute accuracy 1e-9); equivalence integrates over the
    distribution of the estimated standard error (Owen 1965; Phillips 1990; 1e-8). Raises InputError for an
    unknown test, objective or direction, and for a margin that is not positive.
    """
    check_test(alpha=alpha, sided=sided, test=test, objective=objective, margin=margin, better=better)
    effect, se = as_floats("effect", effect), as_floats("standard_error", standard_error)
    level, margin = as_floats("alpha", alpha) / sided, as_floats("margin", margin)
    df = np.asarray(df, dtype=np.float64) if test == "t" else np.full((), np.inf)
    critical = _critical(level, df)
    if objective == "equivalence":
        return _equivalence(effect, se, margin, critical, df)
    if better is None:
        power = _exceeds(np.abs(effect) / se, critical, df)
        return power if sided == 1 else power + _exceeds(-np.abs(effect) / se, critical, df)
    benefit = effect if better == "higher" else -effect
    if objective == "non-inferiority":
        benefit = benefit + margin
    return _exceeds(benefit / se, critical, df)


def check_test(
    *,
    alpha: ArrayLike,
    sided: int,
    test: Test,
    objective: Objective,
    margin: ArrayLike,
    better: Better | None,
) -> None:
    """Refuse what no test can use, naming the argument."""
    as_floats("alpha", alpha, above=0, below=1)
    if sided not in (1, 2):
        raise InputError("sided", sided, "1 or 2")
    check_choice("test", test, ("t", "z"))
    check_choice("objective", objective, ("superiority", "non-inferiority", "equivalence"))
    if better is not None:
        check_choice("better", better, ("higher", "lower"))
    if objective == "superiority":
        if np.any(np.asarray(margin) != 0):
            raise InputError("margin", margin, "0 for superiority")
        return
    as_floats("margin", margin, above=0)
    if objective == "non-inferiority" and better is None:
        raise InputError("better", better, '"higher" or "lower", which non-inferiority needs')


def check_choice(field: str, given: object, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is not one of those allowed."""
    if given not in allowed:
        raise InputError(field, given, " or ".join(f'"{word}"' for word in allowed))


def as_floats(
    field: str,
    given: ArrayLike | None,
    *,
    above: float = -np.inf,
    below: float = np.inf,
    least: float = -np.inf,
    most: float = np.inf,
) -> Floats:
    """The argument as finite numbers within open (above, below) and closed (least, most) bounds."""
    try:
        read = np.asarray(given)
        values = read.astype(np.float64, copy=False) if read.dtype.kind in "biufO" else None
    except (TypeError, ValueError):
        values = None
    if values is None:
        raise InputError(field, given, "numbers")
    if values.size and not (above < values.min() >= least and most >= values.max() < below):
        bounds = [(above, "above"), (least, "at least"), (below, "below"), (most, "at most")]
        allowed = " and ".join(f"{word} {bound:g}" for bound, word in bounds if np.isfinite(bound))
        bad = ~((above < values) & (values >= least) & (most >= values) & (values < below))  # NaN too
        raise InputError(field, float(values[bad].flat[0]), allowed or "finite numbers")
    return values


def as_number(
    field: str,
    given: ArrayLike | None,
    *,
    above: float = -np.inf,
    below: float = np.inf,
    least: float = -np.inf,
    most: float = np.inf,
) -> float:
    """The argument as one finite number within the bounds, as `as_floats`."""
    values = as_floats(field, given, above=above, below=below, least=least, most=most)
    if values.ndim:
        raise InputError(field, given, "one number")
    return float(values)


def check_keywords(given: Mapping[str, object], known: Collection[str], required: tuple[str, ...]) -> None:
    """Refuse keywords that are not known, and the lack of one that is required."""
    for name, value in given.items():
        if name not in known:
            raise InputError(name, value, "no such keyword; check the spelling")
    for name in required:
        if name not in given:
            raise InputError(name, None, "this keyword is required")


def broadcasts(function: Callable[P, R]) -> Callable[P, R]:
    """Has a function refuse, by name, an array argument whose shape does not fit those of the others.

    All its lists and arrays must broadcast, but for tables that describe the design.
    """
    places = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def checked(*args: P.args, **keywords: P.kwargs) -> R:
        shape: tuple[int, ...] = ()
        for name, value in (*zip(places, args, strict=False), *keywords.items()):
            if name in _TABLES or not isinstance(value, list | tuple | np.ndarray):
                continue
            try:
                own = np.shape(cast(ArrayLike, value))
            except ValueError:
                continue  # ragged: refused where it is read
            try:
                shape = np.broadcast_shapes(shape, own)
            except ValueError:
                raise InputError(name, value, f"a shape that fits the other arguments', {shape}") from None
        return function(*args, **keywords)

    return checked


def bisect(rises: Callable[[Floats], Floats], low: ArrayLike, high: ArrayLike) -> Floats:
    """Where an increasing function of arrays crosses zero between low and high, to (high - low) / 2^60."""
    low, high = np.broadcast_arrays(np.asarray(low, np.float64), np.asarray(high, np.float64))
    for _ in range(60):
        middle = (low + high) / 2
        short = rises(middle) < 0
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return (low + high) / 2


def scalar_or_array(values: NDArray[Any]) -> Floats:
    """A number for numbers and an array for arrays, as numpy's own functions answer."""
    return values[()]


def _critical(level: Floats, df: Floats) -> Floats:
    """Upper quantile of the reference distribution; infinite where there are no degrees of freedom."""
    student = -special.stdtrit(np.clip(df, 1e-3, _LARGE_DF), level)
    critical = np.where(df >= _LARGE_DF, -special.ndtri(level), student)
    return np.where(df > 0, critical, np.inf)


def _exceeds(shift: Floats, critical: Floats, df: Floats) -> Floats:
    """P(T > critical) for T noncentral t (normal if df is infinite), with `shift` its noncentrality."""
    critical = np.where(np.isfinite(critical), critical, 0.0)
    normal = special.ndtr(shift - critical)
    if np.all(df >= _LARGE_DF):
        return scalar_or_array(normal)
    student = 1 - special.nctdtr(np.clip(df, 1e-3, _LARGE_DF), np.clip(shift, -1e6, 1e6), critical)
    # scipy answers nan here and there in the far tails, where the probability is 0 or 1 to 1e-12
    student = np.where(np.isnan(student), np.where(shift > 0, 1.0, 0.0), student)
    power = np.where(df >= _LARGE_DF, normal, student)
    return scalar_or_array(np.where(df > 0, np.clip(power, 0.0, 1.0), 0.0))


def _equivalence(effect: Floats, se: Floats, margin: Floats, critical: Floats, df: Floats) -> Floats:
    """P(both one-sided tests reject): the normal probability of the acceptance band, over s / sigma.

    With S = s/sigma the estimated over the true standard error, both reject when the estimate lies within
    margin - critical * S * se of zero, which is empty from S* = margin / (critical * se) on; S^2 is
    chi2(df) / df.
    """
    upper, lower, critical, df = np.broadcast_arrays((margin - effect) / se, (margin + effect) / se, critical, df)
    exact = _band(upper, lower, np.where(np.isfinite(critical), critical, 1e6))
    student = (df > 0) & (df < _LARGE_DF)
    if not np.any(student):
        return scalar_or_array(np.where(df > 0, exact, 0.0))
    up, low, crit = (part[..., None] for part in (upper, lower, np.where(student, critical, 1.0)))
    freedom = np.where(student, df, 1.0)[..., None]
    # S*^2 as a chi-squared; the nodes are Gauss-Legendre between the quantiles that matter
    most = freedom * ((up + low) / (2 * crit)) ** 2
    first = 2 * special.gammaincinv(freedom / 2, 1e-13)
    last = np.minimum(most, 2 * special.gammainccinv(freedom / 2, 1e-13))
    root_first, root_last = np.sqrt(np.minimum(first, last) / freedom), np.sqrt(last / freedom)
    s = root_first + (root_last - root_first) * (_NODES + 1) / 2
    log_density = (
        np.log(2 * s) + np.log(freedom) + special.xlogy(freedom / 2 - 1, freedom * s**2) - freedom * s**2 / 2
    ) - (freedom / 2 * np.log(2.0) + special.gammaln(freedom / 2))
    density = np.exp(log_density) * (root_last - root_first) / 2
    # below the first quantile the band is as wide as at it; that mass is 1e-13 and is left out
    power = np.sum(_WEIGHTS * density * _band(up, low, crit * s), axis=-1)
    return scalar_or_array(np.where(df > 0, np.where(student, np.clip(power, 0.0, 1.0), exact), 0.0))


def _band(upper: Floats, lower: Floats, critical: Floats) -> Floats:
    return np.maximum(special.ndtr(upper - critical) + special.ndtr(lower - critical) - 1, 0.0)
