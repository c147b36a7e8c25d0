"""Roots of rising functions inside compiled code: the secant method, kept inside a bracket."""

from __future__ import annotations

import math

from numba import njit

MOST_TURNS = 120
"""Evaluations after which a root is given up: enough to halve any bracket to the last digit."""
_SECANT_TURNS = 20


@njit(cache=True, nogil=True)
def next_guess(turn: int, x: float, f: float, x0: float, f0: float, gain: float, low: float, high: float) -> float:
    """The next point inside (low, high) at which to evaluate, from the last two points and values.

    The first step is -f * gain; then the secant's, or half the bracket where that leaves it or has not ended it in time.
    Without a roof yet (high infinite) a step at most quintuples x.
    """
    new = x - f * gain
    if turn > 0 and f != f0:
        new = x - f * (x - x0) / (f - f0)
    if high == math.inf:
        return min(new, 4.0 * x + 4.0) if new > low else 2.0 * x + 1.0
    if turn > _SECANT_TURNS or not low < new < high:
        return 0.5 * (low + high)
    return new
