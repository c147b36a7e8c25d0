"""What is remembered of a stream of candidates: the front, the best, and who would win under other weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.search.block import NEVER, Block
from equipoise.search.front import Cells, Front, cells, standing
from equipoise.search.preferences import costs, scores
from equipoise.search.question import Question
from equipoise.search.summary import OBJECTIVES, Summary, weights_of

Floats = NDArray[np.float64]

TILTS = np.linspace(0.05, 1.0, 20)
"""How far each scenario's weight is moved towards one, to see who would win then."""
SPREAD = 0.005
"""The best design is kept for each step of assurance of this size."""
Take = Callable[[int], int]


@dataclass
class Kept:
    """A candidate worth keeping: where to find it again, and its figures."""

    number: int
    block: int
    place: int
    score: float
    feasible: bool
    power: Floats
    summary: Floats  # (5 parts of the objectives, S)
    complexity: float

    def objectives(self, weights: Floats) -> Floats:
        """Its objectives under some weights, shape (5,)."""
        return self.summary @ weights


class Tally:
    """Takes in one block's summary after another, in order, in bounded memory but for the front."""

    def __init__(self, question: Question, keep: int) -> None:
        self.question, self.keep = question, keep
        self.weights = weights_of(question)
        self.tilted = _tilted(self.weights)
        self.front = Front(len(OBJECTIVES) + 1)
        self.evaluated = self.feasible = 0
        self.kept: dict[int, Kept] = {}
        self.best: list[int] = []
        self.extremes: dict[str, tuple[int, float, int]] = {}
        self.spread: dict[int, int] = {}
        self.winners: NDArray[np.int64] = np.full(len(self.tilted), -1)
        self.winning: Floats = np.full(len(self.tilted), -np.inf)
        self.yardstick: Kept | None = None
        self.binding: dict[str, int] = {"max_patients": 0, "max_months": 0, "max_cost": 0}

    def add(self, index: int, block: Block, summary: Summary) -> None:
        """Take in the candidates of block number `index`."""
        first = self.evaluated
        count = summary.power.shape[0]
        self.evaluated += count
        parts = np.stack(
            [
                summary.power,
                summary.expected_patients,
                summary.max_patients,
                summary.expected_months,
                summary.expected_cost,
            ],
            axis=1,
        )
        complexity = np.full(count, block.complexity)
        if self.yardstick is None:
            self.yardstick = Kept(first, index, 0, 0.0, True, summary.power[0], parts[0], complexity[0])
        allowed = self._allowed(summary)
        rows = np.flatnonzero(allowed)
        self.feasible += rows.size
        if self.yardstick.number == first:
            self.yardstick.feasible = bool(allowed[0])
        if rows.size == 0:
            return
        parts, complexity = parts[rows], complexity[rows]
        objectives = parts @ self.weights
        score = scores(self.question, objectives, self.yardstick.objectives(self.weights), complexity)

        def take(row: int) -> int:
            number = first + int(rows[row])
            if number not in self.kept:
                self.kept[number] = Kept(
                    number, index, int(rows[row]), float(score[row]), True, summary.power[rows[row]],
                    parts[row].copy(), float(complexity[row]),
                )  # fmt: skip
            return number

        grid = cells(costs(objectives))
        self.front.add(standing(grid, score))
        self._remember_best(score, take)
        self._remember_extremes(grid, score, take)
        self._remember_spread(objectives[:, 0], score, take)
        self._remember_winners(parts, complexity, take)
        self._forget()

    def _allowed(self, summary: Summary) -> NDArray[np.bool_]:
        """Which candidates reach the target power as planned, and stay within the limits if they run to the end."""
        limits, primary = self.question.limits, self.question.primary
        # a simulated power that cannot be told from the target has it
        allowed = summary.power[:, primary] + 2 * summary.power_error[:, primary] >= self.question.endpoint.power - 1e-6
        allowed &= (summary.max_months < NEVER).all(axis=1)
        for name, values in (
            ("max_patients", summary.max_patients),
            ("max_months", summary.max_months),
            ("max_cost", summary.max_cost),
        ):
            limit = getattr(limits, name)
            if limit is not None:
                beyond = values[:, primary] > limit * (1 + 1e-9)
                self.binding[name] += int((allowed & beyond).sum())
                allowed &= ~beyond
        return allowed

    def _remember_best(self, score: Floats, take: Take) -> None:
        floor = self.kept[self.best[-1]].score if len(self.best) >= self.keep else -np.inf
        order = np.argsort(-score, kind="stable")[: self.keep]
        self.best += [take(row) for row in order if score[row] > floor]
        self.best.sort(key=lambda number: (-self.kept[number].score, number))
        del self.best[self.keep :]

    def _remember_extremes(self, grid: Cells, score: Floats, take: Take) -> None:
        """For each objective the design that is best in it; among those half a per cent apart, the best by score."""
        for column, name in enumerate(OBJECTIVES):
            best = np.flatnonzero(grid[:, column] == grid[:, column].min())
            row = int(best[np.argmax(score[best])])
            held = self.extremes.get(name)
            mine = (int(grid[row, column]), -float(score[row]))
            if held is None or mine < held[:2]:
                self.extremes[name] = (*mine, take(row))

    def _remember_spread(self, assurance: Floats, score: Floats, take: Take) -> None:
        """The best design at each level of assurance, so that the whole range can be looked at."""
        bins = np.floor(assurance / SPREAD).astype(int)
        for level in np.unique(bins):
            rows = np.flatnonzero(bins == level)
            row = int(rows[np.argmax(score[rows])])
            held = self.kept.get(self.spread.get(int(level), -1))
            if held is None or score[row] > held.score:
                self.spread[int(level)] = take(row)

    def _remember_winners(self, parts: Floats, complexity: Floats, take: Take) -> None:
        assert self.yardstick is not None
        objectives = np.moveaxis(parts @ self.tilted.T, -1, 0)
        score = scores(self.question, objectives, (self.yardstick.summary @ self.tilted.T).T, complexity)
        rows = np.argmax(score, axis=1)
        for place in np.flatnonzero(score.max(axis=1) > self.winning):
            row = int(rows[place])
            self.winning[place], self.winners[place] = score[place, row], take(row)

    def _forget(self) -> None:
        """Drop what no list holds any more."""
        if len(self.kept) > 4 * (self.keep + self.tilted.shape[0]):
            wanted = {
                *self.best,
                *(number for *_, number in self.extremes.values()),
                *self.spread.values(),
                *self.winners.tolist(),
            }
            self.kept = {number: kept for number, kept in self.kept.items() if number in wanted}


def _tilted(weights: Floats) -> Floats:
    """Weights moved towards each scenario in turn, shape (S * len(TILTS), S)."""
    corners = np.eye(weights.size)
    return np.array([(1 - tilt) * weights + tilt * corner for corner in corners for tilt in TILTS])
