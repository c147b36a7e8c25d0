"""The Pareto front of a stream of candidates, kept as they come.

Figures are compared in steps of half a per cent: what differs by less is the same to anyone who has to choose. On that
grid dominance is an exact partial order, so the front does not depend on the order or the chunks in which they come.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cells = NDArray[np.int64]
Flags = NDArray[np.bool_]

STEP = 0.005
"""Relative size of a cell of the grid."""
SAME_SCORE = 1e-12
"""Scores that differ by less are equal."""


def cells(costs: Floats) -> Cells:
    """The grid cell of each candidate, shape (C, D), from costs that are not negative (a cost of 0 has a cell of its own)."""
    with np.errstate(divide="ignore"):
        steps = np.floor(np.log(costs) / np.log1p(STEP))
    return np.where(costs > 0, steps, -(2.0**60)).astype(np.int64)


def standing(grid: Cells, score: Floats) -> Cells:
    """Cells and score, shape (C, D + 1): a design is beaten only by one that is also preferred to it.

    So a simpler design stays beside one that is better by a step but more complicated, and the best by score is never
    beaten.
    """
    return np.column_stack([grid, np.rint(-score / SAME_SCORE).astype(np.int64)])


@njit(cache=True, nogil=True)
def _beaten(points: Cells, by: Cells, same: bool, flags: Flags) -> None:
    """Mark the points that some row of `by` is as good as in all and better in one (or, if `same`, equal to)."""
    for i in range(points.shape[0]):
        for j in range(by.shape[0]):
            if flags[i]:
                break
            no_worse, better = True, False
            for d in range(points.shape[1]):
                if points[i, d] < by[j, d]:
                    no_worse = False
                    break
                better |= points[i, d] > by[j, d]
            flags[i] = no_worse and (better or same)


class Front:
    """The cells that no candidate's cell is at least as good as in every objective and better in one."""

    def __init__(self, objectives: int) -> None:
        self.points: Cells = np.empty((0, objectives), np.int64)

    @property
    def size(self) -> int:
        """How many designs on the front can be told apart."""
        return self.points.shape[0]

    def add(self, points: Cells) -> None:
        """Take in candidates' cells, shape (C, D)."""
        points = np.unique(points, axis=0)
        flags = np.zeros(points.shape[0], np.bool_)
        _beaten(points, self.points, True, flags)
        points = points[~flags]
        points = points[np.argsort(points.sum(axis=1), kind="stable")]  # likely winners first
        flags = np.zeros(points.shape[0], np.bool_)
        _beaten(points, points, False, flags)
        points = points[~flags]
        old = np.zeros(self.size, np.bool_)
        _beaten(self.points, points, False, old)
        self.points = np.concatenate([self.points[~old], points])
        self.points = self.points[np.argsort(self.points.sum(axis=1), kind="stable")]

    def holds(self, points: Cells) -> Flags:
        """Whether each cell, shape (C, D), is on the front."""
        flags = np.zeros(points.shape[0], np.bool_)
        _beaten(points, self.points, False, flags)
        return ~flags
