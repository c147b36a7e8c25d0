"""Gauss–Legendre rules of a few fixed sizes, made once, for compiled code."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIZES = np.array([16, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048])
STARTS = np.concatenate(([0], np.cumsum(SIZES)))


@cache
def rules() -> tuple[Floats, Floats]:
    """Nodes and weights on [-1, 1] of all rules, one after another; rule i is at STARTS[i]:STARTS[i+1]."""
    nodes = np.empty(STARTS[-1])
    weights = np.empty(STARTS[-1])
    for start, size in zip(STARTS, SIZES, strict=False):
        _legendre(size, nodes[start : start + size], weights[start : start + size])
    return nodes, weights


@njit(cache=True, nogil=True)
def _legendre(size: int, nodes: Floats, weights: Floats) -> None:
    """Zeros of the Legendre polynomial by Newton's method (Press et al., Numerical Recipes §4.6), in place."""
    for i in range((size + 1) // 2):
        x = math.cos(math.pi * (i + 0.75) / (size + 0.5))
        slope = 1.0
        for _ in range(100):
            before, value = 1.0, x
            for degree in range(2, size + 1):
                before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
            slope = size * (x * value - before) / (x * x - 1.0)
            step = value / slope
            x -= step
            if abs(step) < 1e-15:
                break
        nodes[i], nodes[size - 1 - i] = -x, x
        weights[i] = weights[size - 1 - i] = 2.0 / ((1.0 - x * x) * slope * slope)


@njit(cache=True, nogil=True)
def rule_for(points: float) -> int:
    """Index of the smallest rule with at least so many points (the largest where none has)."""
    for i in range(SIZES.size):
        if SIZES[i] >= points:
            return i
    return SIZES.size - 1
