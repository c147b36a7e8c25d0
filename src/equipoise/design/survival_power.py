"""Events, power and detectable hazard ratio of the log-rank test at one analysis.

The estimated log hazard ratio has information D r / (1 + r)^2 from D events (Schoenfeld 1981, Biometrika 68:316), with r
the `ratio` of treatment to control patients; Freedman (1982, Stat Med 1:121) puts (1 - HR)(1 + r) / (1 + r HR) in place of
-log HR. Each tail is tested at alpha / sided, and only a rejection in favour of the effect counts. Closed forms to 1e-14,
or roots to 1e-12. Every array argument broadcasts.
"""

# scipy has no stubs
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from equipoise.design.steps import Floats
from equipoise.design.wald import Better, Objective, as_floats, bisect, broadcasts, check_choice
from equipoise.errors import InputError, NoSolutionError

Method = Literal["schoenfeld", "freedman"]
_MOST_INFORMATION = 1e12


@broadcasts
def events_required(
    *,
    hazard_ratio: ArrayLike,
    power: ArrayLike,
    alpha: ArrayLike,
    sided: int = 1,
    ratio: ArrayLike = 1.0,
    margin: ArrayLike = 1.0,
    objective: Objective = "superiority",
    method: Method = "schoenfeld",
) -> Floats:
    """Events, not rounded, at which the test has this power under `hazard_ratio`.

    Superiority shows a hazard ratio other than 1, or one beyond a `margin`: below it where it is below 1, above it where it
    is above 1. Non-inferiority shows a hazard ratio below a margin above 1, or above a margin below 1 (where events are good);
    equivalence by two one-sided tests shows one between `margin` and 1 / margin. Raises InputError, and NoSolutionError if
    no number of events is enough.
    """
    critical, r, bound = _check(alpha, sided, ratio, margin, objective, method)
    hr, power = as_floats("hazard_ratio", hazard_ratio, above=0), as_floats("power", power, above=0, below=1)
    benefit = _benefit(hr, bound, objective, method, r)
    if np.any(benefit <= 0):
        raise NoSolutionError("no number of events is enough: this hazard ratio does not meet the objective")
    if np.any(power <= special.ndtr(-critical)):
        raise InputError("power", float(power.min()), "a power above the one-sided level")
    if objective == "equivalence":
        hr, bound, critical, power = np.broadcast_arrays(hr, bound, critical, power)
        root = bisect(lambda x: _equivalence(x, hr, bound, critical) - power, 0.0, (np.sqrt(_MOST_INFORMATION)))
    else:
        root = (critical + special.ndtri(power)) / benefit
    return (root**2 * (1 + r) ** 2 / r)[()]


@broadcasts
def survival_power(
    events: ArrayLike,
    *,
    hazard_ratio: ArrayLike,
    alpha: ArrayLike,
    sided: int = 1,
    ratio: ArrayLike = 1.0,
    margin: ArrayLike = 1.0,
    objective: Objective = "superiority",
    method: Method = "schoenfeld",
) -> Floats:
    """Power of the test after `events`; the objectives as in `events_required`. Raises InputError."""
    critical, r, bound = _check(alpha, sided, ratio, margin, objective, method)
    hr, root = as_floats("hazard_ratio", hazard_ratio, above=0), _root_information(events, r)
    if objective == "equivalence":
        return _equivalence(root, hr, bound, critical)[()]
    return special.ndtr(root * _benefit(hr, bound, objective, method, r) - critical)[()]


@broadcasts
def survival_effect(
    events: ArrayLike,
    *,
    power: ArrayLike,
    alpha: ArrayLike,
    sided: int = 1,
    ratio: ArrayLike = 1.0,
    margin: ArrayLike = 1.0,
    objective: Objective = "superiority",
    method: Method = "schoenfeld",
    better: Better = "lower",
) -> Floats:
    """The hazard ratio nearest to failing the objective that still has this power after `events`.

    For superiority that nearest to 1, on the side that `better` names, or nearest to the margin; for equivalence the largest one above 1 (its inverse
    has the same power). Raises InputError, and NoSolutionError if no hazard ratio has this power.
    """
    critical, r, bound = _check(alpha, sided, ratio, margin, objective, method)
    check_choice("better", better, ("higher", "lower"))
    power, root = as_floats("power", power, above=0, below=1), _root_information(events, r)
    if np.any(root <= 0):
        raise InputError("events", 0.0, "numbers above 0")
    if np.any(power <= special.ndtr(-critical)):
        raise InputError("power", float(power.min()), "a power above the one-sided level")
    if objective == "equivalence":
        root, bound, critical, power = np.broadcast_arrays(root, bound, critical, power)
        if np.any(_equivalence(root, np.ones_like(root), bound, critical) < power):
            raise NoSolutionError("too few events: not even equal hazards have this power")
        log_hr = bisect(lambda x: power - _equivalence(root, np.exp(x), bound, critical), 0.0, np.abs(bound))
        return np.exp(log_hr)[()]
    needed = (critical + special.ndtri(power)) / root
    toward = 1.0 if better == "lower" else -1.0
    sign = np.where(bound == 0, toward, np.sign(bound) * (1.0 if objective == "non-inferiority" else -1.0))
    if method == "schoenfeld":
        return np.exp(bound - sign * needed)[()]
    top, bottom = 1 + r - sign * needed, 1 + r + sign * r * needed
    if np.any((top <= 0) | (bottom <= 0)):
        raise NoSolutionError("too few events: no hazard ratio has this power by Freedman's formula")
    return (top / bottom)[()]


def _check(
    alpha: ArrayLike, sided: int, ratio: ArrayLike, margin: ArrayLike, objective: Objective, method: Method
) -> tuple[Floats, Floats, Floats]:
    """The critical value of each tail, the ratio, and the margin on the log scale."""
    level, r = as_floats("alpha", alpha, above=0, below=1), as_floats("ratio", ratio, above=0)
    bound = np.log(as_floats("margin", margin, above=0))
    if sided not in (1, 2):
        raise InputError("sided", sided, "1 or 2")
    check_choice("objective", objective, ("superiority", "non-inferiority", "equivalence"))
    check_choice("method", method, ("schoenfeld", "freedman"))
    if objective != "superiority" and np.any(bound == 0):
        raise InputError("margin", margin, f"a hazard ratio other than 1 for {objective}")
    if np.any(bound != 0) and method == "freedman":
        raise InputError("method", method, '"schoenfeld" when there is a margin')
    return -special.ndtri(level / sided), r, bound


def _root_information(events: ArrayLike, r: Floats) -> Floats:
    return np.sqrt(as_floats("events", events, least=0) * r) / (1 + r)


def _benefit(hr: Floats, bound: Floats, objective: Objective, method: Method, r: Floats) -> Floats:
    """How far the hazard ratio lies on the good side of its bound, on the scale of the test's information."""
    if objective == "superiority" and method == "freedman":
        return np.abs(1 - hr) * (1 + r) / (1 + r * hr)
    if objective == "superiority":
        return np.where(bound == 0, np.abs(np.log(hr)), np.sign(bound) * (np.log(hr) - bound))
    if objective == "non-inferiority":
        return np.sign(bound) * (bound - np.log(hr))
    return np.abs(bound) - np.abs(np.log(hr))


def _equivalence(root: Floats, hr: Floats, bound: Floats, critical: Floats) -> Floats:
    """Chance that both one-sided tests reject."""
    half = root * np.abs(bound) - critical
    shift = root * np.log(hr)
    return np.maximum(special.ndtr(half - shift) + special.ndtr(half + shift) - 1.0, 0.0)
