"""Power and size of tests by the normal approximation whose standard error differs between null and truth.

Shared by proportions and counts: a statistic passes its limit when it exceeds z times its standard error as
estimated under the limit (null_sd), while it varies with its true one (true_sd). Farrington & Manning (1990)
and Zhu & Lakkis (2014) both have this form.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from equipoise.design.size import crossing
from equipoise.design.wald import Better, Floats, Objective, as_floats, check_choice, scalar_or_array
from equipoise.errors import InputError, NoSolutionError

Scale = Literal["difference", "ratio"]


class Side(NamedTuple):
    """One one-sided test: all three scale with the square root of the total size (gain up, the others flat).

    `gain` is the expected statistic beyond the limit, in the direction to be shown, for a total of one.
    """

    gain: Floats
    null_sd: Floats
    true_sd: Floats


def sides_power(total: Floats, sides: list[Side], z: Floats) -> Floats:
    """Probability that every side's test rejects: for two sides P(A) + P(B) - 1, which is P(both) whenever
    the two cannot fail together, and otherwise a lower bound."""
    passed = [special.ndtr((np.sqrt(total) * side.gain - z * side.null_sd) / side.true_sd) for side in sides]
    return scalar_or_array(np.maximum(sum(passed) - (len(sides) - 1), 0.0))


def sides_size(power: Floats, sides: list[Side], z: Floats) -> Floats:
    """Total for a power: closed form for one side, a root to 1e-14 for two; NoSolutionError without a gain."""
    if any(np.any(side.gain <= 0) for side in sides):
        raise NoSolutionError(
            "no size gives this power: the assumed effect is none, on the wrong side, or beyond the margin"
        )
    least = _largest(power, sides, z)
    if len(sides) == 1:
        return scalar_or_array(least)
    most = _largest((1 + power) / 2, sides, z)
    flat = [part for side in sides for part in side]

    def excess(total: Floats, target: Floats, level: Floats, *parts: Floats) -> Floats:
        return sides_power(total, [Side(*parts[:3]), Side(*parts[3:])], level) - target

    return crossing(excess, 0.999 * np.maximum(least, 1e-12), 1.001 * np.maximum(most, 1e-12), power, z, *flat)


def _largest(power: Floats, sides: list[Side], z: Floats) -> Floats:
    beta = special.ndtri(power)
    roots = [np.maximum(z * side.null_sd + beta * side.true_sd, 0.0) / side.gain for side in sides]
    return np.asarray(np.maximum.reduce(np.broadcast_arrays(*roots)) ** 2)


def critical_z(alpha: ArrayLike, sided: int) -> Floats:
    """The normal critical value of one tail at alpha / sided, once both are checked."""
    level = as_floats("alpha", alpha, above=0, below=1)
    if sided not in (1, 2):
        raise InputError("sided", sided, "1 or 2")
    return -special.ndtri(level / sided)


def check_power(power: ArrayLike, z: Floats) -> Floats:
    """A power to be reached: above the level of its tail, below 1."""
    target = as_floats("power", power, above=0, below=1)
    if np.any(special.ndtri(target) <= -z):
        raise InputError("power", target.tolist(), "above the level of one tail (alpha / sided) and below 1")
    return target


def check_words(objective: Objective, better: Better) -> None:
    """Refuse an unknown objective or direction."""
    check_choice("objective", objective, ("superiority", "non-inferiority", "equivalence"))
    check_choice("better", better, ("higher", "lower"))


def limits(scale: Scale, objective: Objective, better: Better, margin: ArrayLike | None) -> list[tuple[int, Floats]]:
    """The limits to be passed, each with its direction: +1 for above, -1 for below.

    On the "difference" scale `margin` is a positive size and on the "ratio" scale the limit itself, above 1
    when lower is better and below 1 when higher is better; for equivalence the limits are symmetric (a ratio
    and its inverse). Without effect the scale is at 0 or 1, superiority's limit.
    """
    none = 0.0 if scale == "difference" else 1.0
    sign = 1 if better == "higher" else -1
    if objective == "superiority":
        if margin is not None and np.any(np.asarray(margin) != none):
            raise InputError("margin", margin, f"nothing (or {none:g}) for superiority")
        return [(sign, np.asarray(none))]
    if margin is None:
        raise InputError("margin", None, f"a margin, which {objective} needs")
    if scale == "difference":
        size = as_floats("margin", margin, above=0)
        return [(1, -size), (-1, size)] if objective == "equivalence" else [(sign, -sign * size)]
    limit = as_floats("margin", margin, above=0)
    if objective == "equivalence":
        if np.any(limit == 1):
            raise InputError("margin", 1.0, "a ratio above 0 other than 1; its inverse is the other limit")
        return [(1, np.minimum(limit, 1 / limit)), (-1, np.maximum(limit, 1 / limit))]
    if np.any(limit >= 1) if better == "higher" else np.any(limit <= 1):
        allowed = "above 0 and below 1, as higher is better" if better == "higher" else "above 1, as lower is better"
        raise InputError("margin", margin, f"a ratio {allowed}")
    return [(sign, limit)]
