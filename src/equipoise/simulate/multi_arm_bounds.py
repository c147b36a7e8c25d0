"""Critical values for several arms against one control over several looks, with the family-wise error kept exactly.

Given the control arm's course the treatment arms are independent, so the chance that none of them rejects is the mean
over that course of a product of one-dimensional recursions (Magirr, Jaki & Whitehead 2012, "A generalized Dunnett test
for multi-arm multi-stage clinical studies with treatment selection", Biometrika 99:494-501, section 2; for one look this
is Dunnett's 1955 one-factor integral). The control's stages are integrated by Gauss-Hermite, each arm's by Gauss-Legendre
over where it goes on. Probabilities are within 1e-7 for up to 3 looks, 1e-6 for 4 and 1e-5 for 5 or 6 with one control
patient or more for each patient in an arm (checked against more nodes and scipy's multivariate normal).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import erfc, exp, pi, sqrt
from typing import Literal

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from equipoise.errors import InputError, NoSolutionError
from equipoise.simulate.trial import Boundaries, check_increasing

Floats = NDArray[np.float64]
Shape = Literal["pocock", "obrien-fleming", "triangular"]
MOST_LOOKS = 6
_NODES = 40
_CONTROL_NODES = {1: 96, 2: 48, 3: 24, 4: 16, 5: 12, 6: 10}
_FARTHEST = 7.0
_POINTS, _SCRAMBLES = 2**15, 8


def multi_arm_boundaries(
    arms: int,
    patients_treatment: Sequence[float],
    patients_control: Sequence[float],
    alpha: float,
    *,
    shape: Shape | Sequence[float | None] = "obrien-fleming",
    futility: Literal["none", "symmetric", "triangular"] | Sequence[float] = "none",
    keep: Sequence[int] = (),
) -> Boundaries:
    """Boundaries with which the chance of rejecting any of `arms` true nulls is `alpha` (one-sided, by the z test).

    Cumulative patients (or events, or information) in each arm and on control, by look. `shape` of the efficacy
    boundary: "pocock" c; "obrien-fleming" c / sqrt(t); "triangular" c (1 + t) / sqrt(t), t the share of the arm's final
    size (Whitehead & Stratton 1983); or c times the numbers given, None where a look does not test. `futility` is binding
    and drops an arm: "symmetric" at minus the efficacy boundary, "triangular" at c (3 t - 1) / sqrt(t), or at the numbers
    given, one for each look but the last. `keep` is how many arms go on at most after each look but the last (drop the
    loser; Wason et al. 2017, Stat Methods Med Res 26:508-524); it makes the method randomised quasi-Monte Carlo with a
    fixed scramble, with a standard error of about 1e-4 in an `alpha` of 0.05 (3e-5
    when only the last look tests). The least favourable truth is that no arm
    differs from control. Raises InputError, or NoSolutionError where no c has this error.
    """
    treatment, control = _sizes(arms, patients_treatment, patients_control, alpha)
    looks = len(treatment)
    weights = _weights(shape, treatment)
    lower = _lower(futility, weights, treatment)
    if keep:
        rejection = _losers_dropped(arms, treatment, control, check_keep(keep, arms, looks))
    else:
        rejection = _any_rejected(treatment, control, np.zeros(1), np.array([arms], np.int64))

    def excess(c: float) -> float:
        return rejection(c * weights, lower(c)) - alpha

    low, high = 0.0, 12.0
    if not excess(low + 1e-6) >= 0.0 >= excess(high):
        raise NoSolutionError(f"no multiple of the shape has the family-wise error {alpha}")
    c = float(optimize.root_scalar(excess, bracket=(low + 1e-6, high), xtol=1e-9).root)
    final = c * weights[-1]
    below = [] if isinstance(futility, str) and futility == "none" else [*lower(c)[:-1], final]
    return Boundaries(
        efficacy=tuple(float(u) for u in c * weights), futility=tuple(min(float(x), final) for x in below)
    )


def multi_arm_rejection(
    boundaries: Boundaries,
    patients_treatment: Sequence[float],
    patients_control: Sequence[float],
    effects: Sequence[float],
) -> float:
    """The probability of rejecting the null of at least one of the arms, whose `effects` are in standard deviations.

    With the effects of the arms whose null is true only, the family-wise error; arms are dropped at the futility
    boundary, and no losers are. Raises InputError.
    """
    treatment, control = _sizes(len(effects), patients_treatment, patients_control, 0.5)
    upper, lower = boundaries.as_arrays()
    if len(upper) != len(treatment):
        raise InputError(
            "boundaries.efficacy", len(upper), f"one critical value for each of the {len(treatment)} looks"
        )
    different, number = np.unique(np.array(effects, float), return_counts=True)
    return _any_rejected(treatment, control, different, number.astype(np.int64))(upper, lower)


def dunnett_distribution(arms: int, ratio: float, z: Floats, *, upper: bool = False) -> Floats:
    """The chance that the largest of `arms` z statistics is at most `z` (above it, if `upper`), under no effect.

    `ratio` is the patients in an arm for each on control. Dunnett 1955, JASA 50:1096-1121; absolute error below 1e-12 for
    ratios up to 10, and relative error below 1e-9 in the upper tail for z up to 9 and ratios up to 2.
    """
    x, w = _gauss_hermite(128)
    inner = special.log_ndtr(np.asarray(z)[..., None] * sqrt(1.0 + ratio) + sqrt(ratio) * x)
    return (-np.expm1(arms * inner) if upper else np.exp(arms * inner)) @ w


def check_keep(keep: Sequence[int], arms: int, looks: int) -> NDArray[np.int64]:
    """How many arms go on after each look, the last included; raises InputError unless they fall from look to look."""
    if len(keep) != looks - 1:
        raise InputError("keep", tuple(keep), f"one number of arms for each of the {looks - 1} looks before the last")
    if any(not 1 <= k <= before for k, before in zip(keep, [arms, *keep], strict=False)):
        raise InputError(
            "keep", tuple(keep), f"numbers of arms from {arms} down to 1, never more than at the look before"
        )
    return np.array([*keep, arms], np.int64)


def _sizes(arms: int, treatment: Sequence[float], control: Sequence[float], alpha: float) -> tuple[Floats, Floats]:
    if arms < 1:
        raise InputError("arms", arms, "1 or more arms")
    if not 1 <= len(treatment) <= MOST_LOOKS:
        raise InputError("patients_treatment", tuple(treatment), f"1 to {MOST_LOOKS} looks")
    if len(control) != len(treatment):
        raise InputError("patients_control", tuple(control), "as many looks as patients_treatment")
    for name, sizes in (("patients_treatment", treatment), ("patients_control", control)):
        check_increasing(name, (0.0, *sizes))
    if not 0.0 < alpha < 1.0:
        raise InputError("alpha", alpha, "a number above 0 and below 1")
    return np.array(treatment, float), np.array(control, float)


def _weights(shape: str | Sequence[float | None], treatment: Floats) -> Floats:
    t = treatment / treatment[-1]
    if not isinstance(shape, str):
        weights = np.array([np.inf if x is None else x for x in shape], float)
        if len(weights) != len(t) or not (weights > 0.0).all() or not np.isfinite(weights[-1]):
            raise InputError("shape", tuple(shape), f"{len(t)} positive numbers, or None before the last look")
        return weights
    known = {"pocock": np.ones_like(t), "obrien-fleming": 1.0 / np.sqrt(t), "triangular": (1.0 + t) / np.sqrt(t)}
    if shape not in known:
        raise InputError("shape", shape, "pocock, obrien-fleming, triangular or a number for each look")
    return known[shape]


def _lower(futility: str | Sequence[float], weights: Floats, treatment: Floats) -> Callable[[float], Floats]:
    """The futility boundary as a function of the multiple of the shape; never above the efficacy boundary."""
    t = treatment / treatment[-1]
    if futility == "none":
        return lambda c: np.full(len(t), -np.inf)
    if futility == "symmetric":
        return lambda c: -c * weights
    if futility == "triangular":
        return lambda c: c * np.minimum((3.0 * t - 1.0) / np.sqrt(t), weights)
    if isinstance(futility, str) or len(futility) != len(t) - 1:
        raise InputError("futility", futility, f"none, symmetric, triangular or {len(t) - 1} numbers")
    given = np.array([*futility, -np.inf], float)
    return lambda c: np.minimum(given, c * weights)


def _gauss_hermite(nodes: int) -> tuple[Floats, Floats]:
    """Nodes and weights for the mean over a standard normal."""
    x, w = special.roots_hermitenorm(nodes)
    return x, w / w.sum()


def _any_rejected(
    treatment: Floats, control: Floats, effects: Floats, number: NDArray[np.int64]
) -> Callable[[Floats, Floats], float]:
    x, w = _gauss_hermite(_CONTROL_NODES[len(treatment)])
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    rules = (x, w, nodes, weights)
    return lambda upper, lower: 1.0 - float(_none_rejected(upper, lower, treatment, control, effects, number, *rules))


@numba.njit(cache=True, nogil=True, inline="always")
def _below(x: float) -> float:
    return 0.5 * erfc(-x / sqrt(2.0))


@numba.njit(cache=True, nogil=True)
def _none_rejected(upper, lower, treatment, control, effects, number, x, w, nodes, weights):  # type: ignore[no-untyped-def]
    """Depth first over the control's stages; at each depth every arm's density over where it goes on is held."""
    looks, groups, m = len(upper), len(effects), len(nodes)
    at, density = np.zeros((looks, groups, m)), np.zeros((looks, groups, m))
    gone = np.zeros((looks, groups))
    chosen, sums, chance = np.full(looks, -1), np.zeros(looks), np.zeros(looks)
    total, depth = 0.0, 0
    while depth >= 0:
        chosen[depth] += 1
        if chosen[depth] == len(x):
            chosen[depth] = -1
            depth -= 1
            continue
        i = chosen[depth]
        before_sum = sums[depth - 1] if depth else 0.0
        before_chance = chance[depth - 1] if depth else 1.0
        stage = control[depth] - (control[depth - 1] if depth else 0.0)
        sums[depth] = before_sum + sqrt(stage) * x[i]
        chance[depth] = before_chance * w[i]
        if chance[depth] < 1e-14:
            continue
        mean = sums[depth] / control[depth]
        spread = sqrt(1.0 / treatment[depth] + 1.0 / control[depth])
        low, high = treatment[depth] * (mean + lower[depth] * spread), treatment[depth] * (mean + upper[depth] * spread)
        if depth == looks - 1:
            product = 1.0
            for g in range(groups):
                product *= (
                    _stage(depth, g, low, high, treatment, effects, at, density, gone, nodes, weights) ** number[g]
                )
            total += chance[depth] * product
        else:
            for g in range(groups):
                _stage(depth, g, low, high, treatment, effects, at, density, gone, nodes, weights)
            depth += 1
    return total


@numba.njit(cache=True, nogil=True)
def _stage(depth, g, low, high, treatment, effects, at, density, gone, nodes, weights):  # type: ignore[no-untyped-def]
    """One look of one arm: its chance of having been dropped, and its density (times weights) between the boundaries.

    At the last look, the chance that the arm never rejects.
    """
    size = treatment[depth]
    stage = size - (treatment[depth - 1] if depth else 0.0)
    root, drift, m = sqrt(stage), stage * effects[g], len(nodes)
    last = depth == len(treatment) - 1
    edge = high if last else low
    out = 0.0
    if depth == 0:
        out = _below((edge - drift) / root)
    else:
        out = gone[depth - 1, g]
        for i in range(m):
            out += density[depth - 1, g, i] * _below((edge - at[depth - 1, g, i] - drift) / root)
    if last:
        return out
    gone[depth, g] = out
    reach, centre = _FARTHEST * sqrt(size), size * effects[g]
    low, high = max(low, centre - reach), min(high, centre + reach)
    half = max(0.5 * (high - low), 0.0)
    scale = half / (root * sqrt(2.0 * pi))
    for j in range(m):
        s = low + half * (1.0 + nodes[j])
        at[depth, g, j] = s
        here = 0.0
        if depth == 0:
            d = (s - drift) / root
            here = exp(-0.5 * d * d)
        else:
            for i in range(m):
                d = (s - at[depth - 1, g, i] - drift) / root
                here += density[depth - 1, g, i] * exp(-0.5 * d * d)
        density[depth, g, j] = here * scale * weights[j]
    return out


def _losers_dropped(
    arms: int, treatment: Floats, control: Floats, keep: NDArray[np.int64]
) -> Callable[[Floats, Floats], float]:
    """The chance of a rejection when only the best arms go on: the last control stage exactly, the rest by Sobol points."""
    looks = len(treatment)
    dimension = (arms + 1) * looks - 1
    uniforms = np.vstack(
        [stats.qmc.Sobol(dimension, rng=np.random.default_rng(i)).random(_POINTS) for i in range(_SCRAMBLES)]
    )
    normals = special.ndtri(np.clip(uniforms, 1e-15, 1.0 - 1e-15))
    stages, control_stages = np.diff(treatment, prepend=0.0), np.diff(control, prepend=0.0)
    of_arms = normals[:, : arms * looks].reshape(-1, looks, arms) * np.sqrt(stages)[:, None]
    means = of_arms.cumsum(axis=1) / treatment[:, None]
    controls = (normals[:, arms * looks :] * np.sqrt(control_stages[:-1])).cumsum(axis=1)
    spread = np.sqrt(1.0 / treatment + 1.0 / control)

    def rejection(upper: Floats, lower: Floats) -> float:
        going = np.ones((len(means), arms), bool)
        crossed = np.zeros(len(means), bool)
        for j in range(looks - 1):
            z = (means[:, j] - controls[:, j, None] / control[j]) / spread[j]
            crossed |= (going & (z >= upper[j])).any(axis=1)
            going &= z > lower[j]
            rank = np.where(going, z, -np.inf).argsort(axis=1).argsort(axis=1)
            going &= rank >= arms - keep[j]
        best = np.where(going, means[:, -1], -np.inf).max(axis=1)
        before = controls[:, -1] if looks > 1 else 0.0
        room = control[-1] * (best - upper[-1] * spread[-1]) - before
        return float(np.where(crossed, 1.0, special.ndtr(room / sqrt(control_stages[-1]))).mean())

    return rejection
