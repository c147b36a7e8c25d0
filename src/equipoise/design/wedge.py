"""Two-sided group-sequential tests that also stop for futility around 0, compiled.

At each look the test rejects where |Z| >= outer, stops for futility where |Z| < inner, and goes on between. The density is
carried under each truth itself, on the scale of the centred statistic, over both pieces of the continuation region.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from equipoise.design.recursion import FAR, Rules, bound_spending, carry, lay_nodes, room, tail_above, tail_below

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def lay_pieces(
    t: Floats, k: int, inner: float, outer: float, mean: float, rules: Rules, z: Floats, w: Floats
) -> int:  # fmt: skip
    """Nodes and weights on inner < |Z_k| < outer less the mean; returns how many."""
    low, high = max(-outer - mean, -FAR), min(outer - mean, FAR)
    if inner <= 0.0:
        return lay_nodes(t, k, low, high, rules, z, w)
    n = lay_nodes(t, k, low, min(-inner - mean, FAR), rules, z, w)
    return n + lay_nodes(t, k, max(inner - mean, -FAR), high, rules, z[n:], w[n:])


@njit(cache=True, nogil=True)
def between(t: Floats, k: int, bound: float, mean: float, z0: Floats, m0: Floats, n0: int) -> tuple[float, float]:
    """P(continued to look k and |Z_k| < bound) and its derivative in the bound."""
    above, slope1 = tail_below(t, k, bound - mean, 0.0, z0, m0, n0)
    below, slope2 = tail_below(t, k, -bound - mean, 0.0, z0, m0, n0)
    return above - below, slope1 + slope2


@njit(cache=True, nogil=True)
def inner_spending(
    t: Floats, k: int, spend: float, outer: float, mean: float, z0: Floats, m0: Floats, n0: int
) -> float:  # fmt: skip
    """The bound within which exactly `spend` falls, at most `outer`: Newton's method inside a bracket."""
    if spend <= 1e-30:
        return 0.0
    if between(t, k, outer, mean, z0, m0, n0)[0] <= spend:
        return outer
    low, high = 0.0, outer
    b = 0.5 * outer
    for _ in range(100):
        value, slope = between(t, k, b, mean, z0, m0, n0)
        if value < spend:
            low = b
        else:
            high = b
        new = b - (value - spend) / slope if slope > 0.0 else low
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - b) < 1e-13:
            return new
        b = new
    return b


@njit(cache=True, nogil=True)
def wedge_path(
    t: Floats, inner: Floats, outer: Floats, mean: Floats, rules: Rules, up: Floats, down: Floats, inside: Floats
) -> None:
    """Fill the chances of leaving first at look k above, below and inside, where E(Z_k) is mean[k]: shapes (K,)."""
    width = 2 * room(t, 2.0 * FAR)
    z, m, n = np.empty((t.size, width)), np.empty((t.size, width)), np.zeros(t.size, np.int64)
    for k in range(t.size):
        before = k - 1
        up[k] = tail_above(t, k, outer[k] - mean[k], 0.0, z[before], m[before], n[before])[0]
        down[k] = tail_below(t, k, -outer[k] - mean[k], 0.0, z[before], m[before], n[before])[0]
        inside[k] = between(t, k, inner[k], mean[k], z[before], m[before], n[before])[0] if inner[k] > 0.0 else 0.0
        if k + 1 < t.size:
            n[k] = lay_pieces(t, k, inner[k], outer[k], mean[k], rules, z[k], m[k])
            carry(t, k, z, m, n)


@njit(cache=True, nogil=True)
def spend_wedge(
    t: Floats, alpha: Floats, spent: Floats, open_: Flags, theta: float, binding: bool, rules: Rules, inner: Floats,
    outer: Floats,
) -> float:  # fmt: skip
    """Fill `inner` with the bounds within which spent[k] has fallen by look k under theta; returns what falls in all.

    Only where open_[k] is there such a bound (0 elsewhere); the last is the last outer bound. Where futility is binding
    `outer` is filled too, with the bounds above which alpha[k] is spent at look k given that futility stops.
    """
    last, missed = t.size - 1, 0.0
    width = 2 * room(t, 2.0 * FAR)
    z, m, n = np.empty((t.size, width)), np.empty((t.size, width)), np.zeros(t.size, np.int64)
    null, mass, many = np.empty((t.size, width)), np.empty((t.size, width)), np.zeros(t.size, np.int64)
    for k in range(t.size):
        before, mean = k - 1, theta * math.sqrt(t[k])
        if binding:
            outer[k] = bound_spending(t, k, alpha[k], True, 0.0, null[before], mass[before], many[before], outer[k])
        if k == last:
            inner[k] = outer[k]
        elif open_[k]:
            inner[k] = inner_spending(t, k, spent[k] - missed, outer[k], mean, z[before], m[before], n[before])
        else:
            inner[k] = 0.0
        missed += between(t, k, inner[k], mean, z[before], m[before], n[before])[0]
        if k == last:
            break
        n[k] = lay_pieces(t, k, inner[k], outer[k], mean, rules, z[k], m[k])
        carry(t, k, z, m, n)
        if binding:
            many[k] = lay_pieces(t, k, inner[k], outer[k], 0.0, rules, null[k], mass[k])
            carry(t, k, null, mass, many)
    return missed
