"""Rules that choose the final size of a trial at an interim look, as functions of what is seen there."""

from __future__ import annotations

from math import ceil, inf, sqrt
from typing import Any, Literal

import numba
import numpy as np
from numpy.typing import NDArray

from equipoise.design import count_size, mean_size, proportion_size
from equipoise.design.normal import upper_tail

Floats = NDArray[np.float64]
Better = Literal["higher", "lower"]
_ROUNDING = 1e-9
_NEAREST_EDGE = 1e-6
"""How near 0 and 1 a proportion is assumed to lie."""


@numba.njit(cache=True, nogil=True)
def arm_size(total: float, share: float, least: int, most: int) -> int:
    """Whole patients of an arm that has `share` of a total, rounded up, from `least` to `most`."""
    if total * share >= most:
        return most
    return max(ceil(total * share - _ROUNDING), least)


@numba.njit(cache=True, nogil=True)
def blinded_variance(squares: float, gap: float, n1: int, n0: int, assumed: float) -> float:
    """The one-sample variance of both arms together, from the sum of squares within arms and the difference of means.

    Friede & Kieser 2006, Biometrical J 48:537, section 3: without the arms being known. `assumed` is a difference that is
    taken off, share (1 - share) times its square (their adjusted estimator), 0 for none; the answer is never below 0.
    """
    n = n1 + n0
    shift = n1 * n0 / (n * (n - 1.0))
    return max(squares / (n - 1.0) + shift * (gap * gap - assumed * assumed), 0.0)


@numba.njit(cache=True, nogil=True)
def conditional_critical(z1: float, critical: float, fraction: float) -> float:
    """What the second stage's own statistic must reach, if the stages' weights are `fraction` and the rest of information."""
    return (critical - sqrt(fraction) * z1) / sqrt(1.0 - fraction)


@numba.njit(cache=True, nogil=True)
def conditional_power_at(needed: float, drift: float, information: float) -> float:
    """The chance that the second stage's statistic reaches `needed`: its mean is `drift` x sqrt(information)."""
    return upper_tail(needed - drift * sqrt(information))


@numba.njit(cache=True, nogil=True)
def promising_information(
    needed: float, drift: float, planned: float, least: float, most: float, least_power: float, z_power: float
) -> float:
    """The second stage's information for a target conditional power, as Mehta & Pocock 2011 (Stat Med 30:3267) choose it.

    `needed` is `conditional_critical`, `drift` the assumed effect by unit of sqrt(information), `z_power` the normal quantile
    of the target. With a conditional power below `least_power` at the planned information that is kept (the unfavourable zone);
    else the answer is what the target takes (their equation 6), from `least` to `most`.
    """
    if conditional_power_at(needed, drift, planned) < least_power:
        return planned
    reach = needed + z_power
    if reach <= 0.0:
        return least
    if drift <= 0.0:
        return most
    return min(max((reach / drift) ** 2, least), most)


@numba.njit(cache=True, nogil=True)
def unweighted_critical(z1: float, critical: float, first: float, second: float) -> float:
    """What the second stage's statistic must reach if all data are pooled with no regard to their stage."""
    return (critical * sqrt(first + second) - z1 * sqrt(first)) / sqrt(second)


def blinded_mean_unit(*, difference: float, margin: float, share: float, alpha: float, power: float) -> float:
    """Patients in all for each unit of variance: times the blinded variance, the size wanted (Friede & Kieser 2006, eq. 1)."""
    gain = difference + margin
    size = mean_size(
        power=power, difference=gain, sd=1.0, alpha=alpha, sided=1, test="z", ratio=share / (1 - share)
    )  # fmt: skip
    return float(size.total)


def blinded_proportion_sizes(
    seen: int, *, difference: float, margin: float | None, better: Better, share: float, alpha: float, power: float
) -> Floats:
    """Patients in all that are wanted by how many of `seen` patients had the event, shape (seen + 1,).

    The pooled rate is split into two with the assumed `difference`, treatment minus control (Friede & Kieser 2004, Stat Med
    23:203); rates that would leave 0 to 1 are shifted together. `margin` is the loss allowed; sizes are the exact design's,
    of the score test.
    """
    pooled = np.arange(seen + 1) / seen
    control = np.clip(pooled - share * difference, max(0.0, -difference), min(1.0, 1 - difference))
    edge = _NEAREST_EDGE
    control = np.clip(control, max(edge, edge - difference), min(1 - edge, 1 - edge - difference))
    options: dict[str, Any] = {} if margin is None else {"margin": margin, "objective": "non-inferiority"}
    size = proportion_size(
        power=power, control=control, treatment=control + difference, better=better, alpha=alpha,
        sided=1, ratio=share / (1 - share), **options,
    )  # fmt: skip
    return np.asarray(size.total, np.float64)


def blinded_count_line(
    *, ratio: float, margin: float | None, better: Better, dispersion: float, share: float, alpha: float, power: float
) -> tuple[float, float]:
    """Patients in all that are wanted: the first number over the mean events per patient of both arms, plus the second.

    The overall rate is split into two with the assumed rate ratio (Friede & Schmidli 2010, Stat Med 29:1145), and the size is
    the exact design's with the true rates' variance, which is linear in 1 / mean.
    """
    overall = share * ratio + 1 - share
    options: dict[str, Any] = {} if margin is None else {"margin": margin, "objective": "non-inferiority"}
    sizes = [
        count_size(
            power=power, control_rate=mean / overall, rate_ratio=ratio, dispersion=dispersion, better=better, alpha=alpha,
            sided=1, ratio=share / (1 - share), **options,
        ).total
        for mean in (1.0, 0.5)
    ]  # fmt: skip
    slope = float(sizes[1] - sizes[0])
    return slope, float(sizes[0]) - slope


def unweighted_excess(
    *, critical: float, first: float, planned: float, least: float, most: float, least_power: float, z_power: float,
    drift: float | None, futility: float = -inf, efficacy: float = inf,
) -> float:  # fmt: skip
    """How far the unweighted test's conditional type I error can exceed the planned design's, over all first statistics.

    Where it is 0 the unweighted statistic keeps the level although the size changes (Gao, Ware & Mehta 2008, J Biopharm
    Stat 18:1184). All but `critical`, `least_power` and `z_power` are informations; `drift` None is as estimated.
    """
    excess = 0.0
    fraction = first / (first + planned)
    for z1 in np.linspace(max(futility, -8.0), min(efficacy, 8.0), 4001):
        needed = conditional_critical(z1, critical, fraction)
        slope = z1 / sqrt(first) if drift is None else drift
        second = promising_information(needed, slope, planned, least, most, least_power, z_power)
        if second != planned:
            raised = upper_tail(unweighted_critical(z1, critical, first, second)) - upper_tail(needed)
            excess = max(excess, raised)
    return excess
