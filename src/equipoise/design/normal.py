"""The normal distribution inside compiled code."""

from __future__ import annotations

import math

from numba import njit

SQRT_HALF = math.sqrt(0.5)
INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)
EXTREME = 37.5
"""Beyond this many standard deviations a normal tail is zero in double precision."""


@njit(cache=True, nogil=True)
def density(z: float) -> float:
    """Standard normal density."""
    return INV_SQRT_2PI * math.exp(-0.5 * z * z)


@njit(cache=True, nogil=True)
def upper_tail(z: float) -> float:
    """P(Z > z), with full relative accuracy in the upper tail."""
    return 0.5 * math.erfc(z * SQRT_HALF)


@njit(cache=True, nogil=True)
def upper_quantile(p: float) -> float:
    """z with P(Z > z) = p, to 1e-14 relative: Abramowitz & Stegun 26.2.23 as start, then Halley steps on the log tail."""
    if p <= 0.0:
        return EXTREME
    if p >= 1.0:
        return -EXTREME
    if p > 0.5:
        return -upper_quantile(1.0 - p)
    r = math.sqrt(-2.0 * math.log(p))
    top = 2.515517 + r * (0.802853 + r * 0.010328)
    z = r - top / (1.0 + r * (1.432788 + r * (0.189269 + r * 0.001308)))
    for _ in range(3):
        tail = upper_tail(z)
        if tail <= 0.0:
            return min(z, EXTREME)
        step = (tail - p) / density(z)
        z += step / (1.0 - 0.5 * z * step)
    return z
