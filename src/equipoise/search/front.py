"""The Pareto front of a stream of candidates, kept as they come."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOLERANCE = 1e-9
"""Figures that differ relatively by less count as equal."""


@njit(cache=True, nogil=True)
def _dominated(points: Floats, by: Floats, flags: Flags) -> None:
    """Mark the points that some row of `by` is at least as good as in all, and better in one (smaller is better)."""
    for i in range(points.shape[0]):
        if flags[i]:
            continue
        for j in range(by.shape[0]):
            no_worse, better = True, False
            for d in range(points.shape[1]):
                gap = points[i, d] - by[j, d]
                slack = TOLERANCE * max(abs(points[i, d]), abs(by[j, d]))
                if gap < -slack:
                    no_worse = False
                    break
                if gap > slack:
                    better = True
            if no_worse and better:
                flags[i] = True
                break


class Front:
    """The candidates that no other is at least as good as in every objective and better in one.

    Objectives are columns of costs, smaller is better. `numbers` are the candidates' own numbers, in the order added.
    """

    def __init__(self, objectives: int) -> None:
        self.points = np.empty((0, objectives))
        self.numbers = np.empty(0, np.int64)

    def add(self, points: Floats, numbers: NDArray[np.int64]) -> None:
        """Take in candidates: shapes (C, D) and (C,)."""
        flags = np.zeros(points.shape[0], np.bool_)
        _dominated(points, self.points, flags)
        points, numbers = points[~flags], numbers[~flags]
        order = np.argsort(points.sum(axis=1), kind="stable")  # likely dominators first
        points, numbers = points[order], numbers[order]
        flags = np.zeros(points.shape[0], np.bool_)
        _dominated(points, points, flags)
        points, numbers = points[~flags], numbers[~flags]
        old = np.zeros(self.points.shape[0], np.bool_)
        _dominated(self.points, points, old)
        self.points = np.concatenate([self.points[~old], points])
        self.numbers = np.concatenate([self.numbers[~old], numbers])
