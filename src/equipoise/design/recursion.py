"""Recursive numerical integration of a group-sequential statistic, compiled.

Z_1, ..., Z_K are jointly normal with means theta*sqrt(t_k), unit variances and correlations sqrt(t_j / t_k) (Jennison &
Turnbull 2000, eq. 3.1). The sub-density of Z_k on the continuation region is carried from look to look at Gauss–Legendre
nodes (Armitage, McPherson & Rowe 1969; Jennison & Turnbull 2000, ch. 19). It is carried once, under theta = 0: under any
other truth it is the same times the likelihood ratio exp(theta*z*sqrt(t) - theta**2*t/2), so a further truth costs one
pass over the nodes. Absolute accuracy 1e-9 or better for K <= 20 (tests/design/test_recursion.py).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from equipoise.design.normal import INV_SQRT_2PI, density, upper_quantile, upper_tail
from equipoise.design.quadrature import SIZES, STARTS, rule_for

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Rules = tuple[Floats, Floats]
Region = tuple[Floats, Floats, Counts]

FAR = 8.5
"""Standard deviations at which a continuation region that has no bound is cut off."""
HIGHEST = 12.0
"""A bound that should spend nothing stands here (P = 2e-33)."""
FARTHEST_TILT = 25.0
"""The farthest truth, to either side, to which the density under 0 is tilted."""
_POINTS_PER_SCALE = 1.9
_POINTS_AT_LEAST = 14.0


@njit(cache=True, nogil=True)
def rule_needed(t: Floats, k: int, width: float) -> int:
    """The quadrature rule that resolves a continuation region of this width at look k.

    What must be resolved is as narrow as the transition into the look and the one out of it.
    """
    narrow = 1.0
    if k > 0:
        narrow += t[k] / (t[k] - t[k - 1])
    if k + 1 < t.size:
        narrow += t[k] / (t[k + 1] - t[k])
    return rule_for(_POINTS_AT_LEAST + _POINTS_PER_SCALE * width * math.sqrt(0.5 * narrow))


@njit(cache=True, nogil=True)
def lay_nodes(t: Floats, k: int, low: float, high: float, rules: Rules, z: Floats, w: Floats) -> int:
    """Nodes z and weights w on [low, high] for look k; returns how many (none where the region is empty or not a number)."""
    if not high > low:  # also what is not a number, which would ask for more nodes than there is room for
        return 0
    half = 0.5 * (high - low)
    rule = rule_needed(t, k, high - low)
    start, n = STARTS[rule], SIZES[rule]
    nodes, weights = rules
    for i in range(n):
        z[i] = low + half * (1.0 + nodes[start + i])
        w[i] = half * weights[start + i]
    return n


@njit(cache=True, nogil=True)
def carry(t: Floats, k: int, z: Floats, m: Floats, n: Counts) -> None:
    """Turn the weights m[k] into masses of the sub-density at look k under theta = 0, from the masses of look k-1."""
    if k == 0:
        for i in range(n[0]):
            m[0, i] *= density(z[0, i])
        return
    step = math.sqrt(t[k] - t[k - 1])
    a, b = math.sqrt(t[k]) / step, math.sqrt(t[k - 1]) / step
    factor = a * INV_SQRT_2PI
    for i in range(n[k]):
        centre, total = a * z[k, i], 0.0
        for j in range(n[k - 1]):
            x = centre - b * z[k - 1, j]
            total += m[k - 1, j] * math.exp(-0.5 * x * x)
        m[k, i] *= factor * total


@njit(cache=True, nogil=True)
def tilt(t: float, theta: float, z: Floats, m: Floats, n: int, out: Floats) -> None:
    """Masses under theta from those under 0, by the likelihood ratio at information t."""
    if theta == 0.0:
        out[:n] = m[:n]
        return
    slope, shift = theta * math.sqrt(t), 0.5 * theta * theta * t
    for i in range(n):
        out[i] = m[i] * math.exp(slope * z[i] - shift)


@njit(cache=True, nogil=True)
def tail_above(t: Floats, k: int, bound: float, theta: float, z0: Floats, m0: Floats, n0: int) -> tuple[float, float]:
    """P_theta(continued to look k and Z_k > bound) and its derivative in the bound; m0 are masses under theta."""
    if k == 0:
        x = bound - theta * math.sqrt(t[0])
        return upper_tail(x), -density(x)
    step = math.sqrt(t[k] - t[k - 1])
    a, b, c = math.sqrt(t[k]) / step, math.sqrt(t[k - 1]) / step, theta * step
    total = slope = 0.0
    for j in range(n0):
        x = a * bound - b * z0[j] - c
        total += m0[j] * upper_tail(x)
        slope -= m0[j] * math.exp(-0.5 * x * x)
    return total, slope * a * INV_SQRT_2PI


@njit(cache=True, nogil=True)
def tail_below(t: Floats, k: int, bound: float, theta: float, z0: Floats, m0: Floats, n0: int) -> tuple[float, float]:
    """P_theta(continued to look k and Z_k < bound) and its derivative in the bound; m0 are masses under theta."""
    if k == 0:
        x = bound - theta * math.sqrt(t[0])
        return upper_tail(-x), density(x)
    step = math.sqrt(t[k] - t[k - 1])
    a, b, c = math.sqrt(t[k]) / step, math.sqrt(t[k - 1]) / step, theta * step
    total = slope = 0.0
    for j in range(n0):
        x = a * bound - b * z0[j] - c
        total += m0[j] * upper_tail(-x)
        slope += m0[j] * math.exp(-0.5 * x * x)
    return total, slope * a * INV_SQRT_2PI


@njit(cache=True, nogil=True)
def bound_spending(
    t: Floats, k: int, spend: float, above: bool, theta: float, z0: Floats, m0: Floats, n0: int, start: float
) -> float:
    """The bound at look k beyond which (above or below it) exactly `spend` is crossed under theta.

    Newton's method on the logarithm of the tail, which is concave in the bound, kept inside a bracket.
    """
    centre = theta * math.sqrt(t[k])
    low, high = centre - HIGHEST, centre + HIGHEST
    if spend <= 1e-30:
        return high if above else low
    b = min(max(start, low), high)
    for _ in range(100):
        if above:
            value, slope = tail_above(t, k, b, theta, z0, m0, n0)
        else:
            value, slope = tail_below(t, k, b, theta, z0, m0, n0)
        if (value > spend) == above:
            low = b
        else:
            high = b
        new = b - math.log(value / spend) * value / slope if value > 0.0 and slope != 0.0 else low
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - b) < 1e-12 or high - low < 1e-13:
            return new
        b = new
    return b


@njit(cache=True, nogil=True)
def room(t: Floats, span: float) -> int:
    """The most nodes that any look of these needs when no continuation region is wider than `span`."""
    most = 0
    for k in range(t.size - 1):
        most = max(most, SIZES[rule_needed(t, k, span)])
    return most


@njit(cache=True, nogil=True)
def lay_region(
    t: Floats, lower: Floats, upper: Floats, least: float, most: float, rules: Rules
) -> tuple[Floats, Floats, Counts]:
    """Nodes, masses under 0 and their number on each continuation region but the last.

    `lower` may hold -inf (no futility stop) and `upper` inf (no efficacy stop). The cut-offs leave room for any truth
    from `least` to `most`. Shapes: t, lower, upper (K,); nodes, masses (K, N); numbers (K,).
    """
    floor, roof = min(0.0, least) - FAR, max(0.0, most) + FAR
    width = room(t, min(roof, upper[:-1].max()) - floor) if t.size > 1 else 0
    z, m, n = np.empty((t.size, width)), np.empty((t.size, width)), np.zeros(t.size, np.int64)
    for k in range(t.size - 1):
        root = math.sqrt(t[k])
        low, high = max(lower[k], min(0.0, least * root) - FAR), min(upper[k], max(0.0, most * root) + FAR)
        n[k] = lay_nodes(t, k, low, high, rules, z[k], m[k])
        carry(t, k, z, m, n)
    return z, m, n


@njit(cache=True, nogil=True)
def crossing(t: Floats, lower: Floats, upper: Floats, theta: float, region: Region, up: Floats, down: Floats) -> None:
    """Fill up[k] and down[k] with P_theta(first leave at look k above, or below), given the region laid for the bounds.

    At the last look `down` is what falls below lower[-1].
    """
    z, m, n = region
    tilted = np.empty(z.shape[1])
    for k in range(t.size):
        before = k - 1
        if k > 0:
            tilt(t[before], theta, z[before], m[before], n[before], tilted)
        up[k] = tail_above(t, k, upper[k], theta, z[before], tilted, n[before])[0] if upper[k] < np.inf else 0.0
        down[k] = tail_below(t, k, lower[k], theta, z[before], tilted, n[before])[0] if lower[k] > -np.inf else 0.0


@njit(cache=True, nogil=True)
def spend_alpha(t: Floats, alpha: Floats, symmetric: bool, rules: Rules, upper: Floats) -> Region:
    """Fill `upper` with the bounds that spend alpha[k] at look k above, without futility (or mirrored below).

    Returns the region under those bounds, for any truth that is not negative.
    """
    width = room(t, HIGHEST + HIGHEST)
    z, m, n = np.empty((t.size, width)), np.empty((t.size, width)), np.zeros(t.size, np.int64)
    for k in range(t.size):
        start = upper_quantile(alpha[k])
        if k > 0:
            start = min(start, upper[k - 1])
        upper[k] = bound_spending(t, k, alpha[k], True, 0.0, z[k - 1], m[k - 1], n[k - 1], start)
        if k + 1 < t.size:
            n[k] = lay_nodes(t, k, -upper[k] if symmetric else -FAR, upper[k], rules, z[k], m[k])
            carry(t, k, z, m, n)
    return z, m, n


@njit(cache=True, nogil=True)
def spend_beta(
    t: Floats,
    alpha: Floats,
    beta: Floats,
    theta: float,
    binding: bool,
    rules: Rules,
    lower: Floats,
    upper: Floats,
) -> float:
    """Fill `lower` with the bounds that spend beta[k] at look k below under theta; returns the type II error in all.

    Where futility is binding, `upper` is filled too, with the bounds that spend alpha[k] given that futility stops;
    else it is taken as given. The last lower bound is the last upper bound.
    """
    last, missed = t.size - 1, 0.0
    width = room(t, HIGHEST + FAR + max(theta, 0.0))
    z, m, n = np.empty((t.size, width)), np.empty((t.size, width)), np.zeros(t.size, np.int64)
    tilted = np.empty(width)
    for k in range(t.size):
        before, root = k - 1, math.sqrt(t[k])
        if k > 0:
            tilt(t[before], theta, z[before], m[before], n[before], tilted)
        if binding:
            upper[k] = bound_spending(t, k, alpha[k], True, 0.0, z[before], m[before], n[before], upper[k])
        if k == last:
            lower[k] = upper[k]
        else:
            start = theta * root - 1.0
            lower[k] = min(bound_spending(t, k, beta[k], False, theta, z[before], tilted, n[before], start), upper[k])
        missed += tail_below(t, k, lower[k], theta, z[before], tilted, n[before])[0]
        if k < last:
            high = min(upper[k], theta * root + FAR)
            n[k] = lay_nodes(t, k, max(lower[k], -FAR), high, rules, z[k], m[k])
            carry(t, k, z, m, n)
    return missed


@njit(cache=True, nogil=True)
def crossing_path(
    t: Floats, lower: Floats, upper: Floats, mean: Floats, rules: Rules, up: Floats, down: Floats
) -> None:
    """`crossing` where E(Z_k) is mean[k], any path, as under a delayed effect: shapes mean, up, down (K,).

    The density is carried under the path itself, look by look, on the scale of the centred statistic.
    """
    width = room(t, 2.0 * FAR)
    z, m, n = np.empty((t.size, width)), np.empty((t.size, width)), np.zeros(t.size, np.int64)
    for k in range(t.size):
        low, high = lower[k] - mean[k], upper[k] - mean[k]
        up[k] = tail_above(t, k, high, 0.0, z[k - 1], m[k - 1], n[k - 1])[0] if high < np.inf else 0.0
        down[k] = tail_below(t, k, low, 0.0, z[k - 1], m[k - 1], n[k - 1])[0] if low > -np.inf else 0.0
        if k + 1 < t.size:
            n[k] = lay_nodes(t, k, max(low, -FAR), min(high, FAR), rules, z[k], m[k])
            carry(t, k, z, m, n)


@njit(cache=True, nogil=True)
def crossing_many(
    t: Floats, lower: Floats, upper: Floats, theta: Floats, rules: Rules, up: Floats, down: Floats
) -> None:
    """`crossing` under many truths; shapes: theta (M,), up and down (M, K).

    Beyond FARTHEST_TILT the density under 0 underflows where the trial would be, so it is carried under the truth itself.
    """
    region = lay_region(t, lower, upper, max(theta.min(), -FARTHEST_TILT), min(theta.max(), FARTHEST_TILT), rules)
    for j in range(theta.size):
        if abs(theta[j]) > FARTHEST_TILT:
            crossing_path(t, lower, upper, theta[j] * np.sqrt(t), rules, up[j], down[j])
        else:
            crossing(t, lower, upper, theta[j], region, up[j], down[j])
