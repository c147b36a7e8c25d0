"""Virtual trials where they decide: candidates that are surely beaten get no more of them.

Rounds of common random numbers (every candidate lives through trials 0, 1, 2, ... of its scenario's stream): after each,
whoever is beaten with near certainty, or surely misses the target power, is let go; the others go on to twice as many
trials, up to a limit that all who are left reach. This is the racing of Maron & Moore 1997 (Artificial Intelligence
Review 11:193-225) on a Pareto front (Chen & Lee 2011, Stochastic Simulation Optimization, ch. 6). Then the few that may
still be the best get more trials, until the best is so with the stated probability, within the width of a step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.search.checkpoint import Checkpoint, Held, Lap
from equipoise.search.front import Front, beaten, cells, score_cells
from equipoise.search.preferences import costs, score_weights, scores
from equipoise.search.question import Question, Simulation
from equipoise.search.summary import weights_of
from equipoise.search.workers import Batch, Unit, Workers
from equipoise.simulate import SimulatedTrials, VirtualTrial

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Cancelled = Callable[[], bool]
Progress = Callable[[int, int, str], None]

SURE = 4.0
"""Standard errors beyond which a figure is not thought to move: one comparison in 16,000 by chance."""
STEPS = np.array([0.1, 0.02, 0.02, 0.02, 0.02])
"""Relative steps in which simulated figures are compared: a tenth of the chance of missing an effect, two per cent of the rest."""
SCORE_STEP = 0.01
BATCH_TRIALS = 20_000
SAVE_EVERY = 20.0
"""Seconds between checkpoints."""


@dataclass(frozen=True)
class Figures:
    """A candidate's power, expected and most patients, expected months and expected cost: means and standard errors, (5, S)."""

    mean: Floats
    error: Floats


@dataclass(frozen=True)
class Contestant:
    """A candidate to be judged by simulation: its virtual trial under each scenario, and what their counts mean for it."""

    trials: tuple[VirtualTrial, ...]
    figures: Callable[[Sequence[SimulatedTrials]], Figures]
    complexity: float


@dataclass(frozen=True)
class Raced:
    """What a race leaves: who was not let go, everything lived through, and how sure the winner is."""

    left: list[int]
    held: Held
    best: int | None
    probability: float

    @property
    def trials(self) -> int:
        """All virtual trials lived through."""
        return sum(trials.trials for trials in self.held.values())

    def results(self, candidate: int, scenarios: int) -> list[SimulatedTrials]:
        """One candidate's counts, scenario by scenario."""
        return [self.held[candidate, scenario] for scenario in range(scenarios)]


class Race:
    """A race of candidates under one question; `yardstick` (5,) is what scores are measured against."""

    def __init__(
        self, question: Question, contestants: Sequence[Contestant], yardstick: Floats, workers: Workers
    ) -> None:
        self.question, self.contestants, self.yardstick, self.workers = question, contestants, yardstick, workers
        self.weights = weights_of(question)
        self.settings: Simulation = question.simulation
        self.held: Held = {}

    def run(
        self, checkpoint: Checkpoint | None = None, report: Progress | None = None, cancelled: Cancelled | None = None
    ) -> Raced:
        """From the first round to a stable answer. When cancelled, what was done is kept, and RaceCancelled raised."""
        self.checkpoint, self.report, self.cancelled = checkpoint, report or _silent, cancelled or _never
        self.saved = time.monotonic()
        first = min(self.settings.first_trials, self.settings.trials)
        everyone = tuple(range(len(self.contestants)))
        self.lap, self.held = (checkpoint.read() if checkpoint else None) or (Lap(False, first, everyone, everyone), {})
        while True:
            self._live(self.lap.who, self.lap.goal)
            if not self.lap.deciding:
                left = self._still_in(self.lap.left)
                if self.lap.goal < self.settings.trials and left:
                    self.lap = Lap(False, min(2 * self.lap.goal, self.settings.trials), left, left)
                    continue
                self.lap = Lap(True, self.lap.goal, left, left)
            if not self.lap.left:
                return Raced([], self.held, None, 0.0)
            best, probability, rivals = self._chances(self.lap.left)
            if probability >= self.settings.confidence or self.lap.goal >= self.settings.most_trials:
                return Raced(list(self.lap.left), self.held, best, probability)
            self.lap = Lap(True, min(2 * self.lap.goal, self.settings.most_trials), self.lap.left, rivals)

    def _live(self, candidates: Sequence[int], goal: int) -> None:
        """Bring these candidates to `goal` trials under every scenario."""
        units = [
            Unit(c, s, trial, self._lived(c, s), goal - self._lived(c, s), self.settings.seed)
            for c in candidates
            for s, trial in enumerate(self.contestants[c].trials)
            if self._lived(c, s) < goal
        ]
        done, total = 0, sum(unit.trials for unit in units)
        self.report(done, total, "trials")
        for batch, results in self.workers.run(_batches(units), self.cancelled):
            for unit, result in zip(batch, results, strict=True):
                self._add(unit.candidate, unit.scenario, result)
                done += unit.trials
            self.report(done, total, "trials")
            self._save()
        if self.cancelled():
            self._save(now=True)
            raise RaceCancelled

    def _lived(self, candidate: int, scenario: int) -> int:
        held = self.held.get((candidate, scenario))
        return held.trials if held else 0

    def _add(self, candidate: int, scenario: int, result: SimulatedTrials) -> None:
        key = candidate, scenario
        self.held[key] = self.held[key] + result if key in self.held else result

    def _save(self, *, now: bool = False) -> None:
        if self.checkpoint and (now or time.monotonic() - self.saved > SAVE_EVERY):
            self.checkpoint.write(self.lap, self.held)
            self.saved = time.monotonic()

    def figures(self, candidates: Iterable[int]) -> tuple[Floats, Floats]:
        """Objectives and their standard errors, each (C, 5), averaged over the scenarios' weights."""
        scenarios = range(len(self.question.scenarios))
        found = [self.contestants[c].figures([self.held[c, s] for s in scenarios]) for c in candidates]
        mean = np.array([each.mean @ self.weights for each in found])
        error = np.array([np.sqrt((each.error**2) @ self.weights**2) for each in found])
        return mean.reshape(-1, 5), error.reshape(-1, 5)

    def _still_in(self, left: Sequence[int]) -> tuple[int, ...]:
        """Those not surely beaten, and not surely short of the target power."""
        left = [c for c in left if self._may_have_the_power(c)]
        mean, error = self.figures(left)
        score, spread = self._scores(left, mean, error)
        low, high = _bounds(mean, error)
        lowest = np.column_stack([cells(low, STEPS), score_cells(score + SURE * spread, SCORE_STEP)])
        highest = np.column_stack([cells(high, STEPS), score_cells(score - SURE * spread, SCORE_STEP)])
        front = Front(lowest.shape[1])
        front.add(highest)
        return tuple(c for c, out in zip(left, beaten(lowest, front.points), strict=True) if not out)

    def _may_have_the_power(self, candidate: int) -> bool:
        held = self.held[candidate, self.question.primary]
        chance = sum(held.rejections) / held.trials
        target = self.question.endpoint.power
        return chance + SURE * np.sqrt(target * (1 - target) / held.trials) >= target

    def _scores(self, left: Sequence[int], mean: Floats, error: Floats) -> tuple[Floats, Floats]:
        """Scores and standard errors at most as large as these, as if all figures erred together."""
        complexity = np.array([self.contestants[c].complexity for c in left])
        relative = error / np.maximum(costs(mean), 1e-12)
        return scores(self.question, mean, self.yardstick, complexity), relative @ score_weights(self.question)

    def _chances(self, left: Sequence[int]) -> tuple[int, float, tuple[int, ...]]:
        """The best by score, the probability that no other is better by more than a step, and who may be better."""
        mean, error = self.figures(left)
        score, spread = self._scores(left, mean, error)
        winner = int(np.argmax(score))
        draws = np.random.default_rng(self.settings.seed).standard_normal((4000, len(left)))
        drawn = score + spread * draws
        lead = drawn - drawn[:, [winner]] - SCORE_STEP
        lead[:, winner] = -np.inf
        rivals = tuple(left[i] for i in range(len(left)) if i == winner or (lead[:, i] > 0).mean() > 0.001)
        return left[winner], float((lead.max(axis=1) <= 0).mean()), rivals


class RaceCancelled(Exception):  # noqa: N818  (an outcome, not an error)
    """The race was stopped on request."""


def _bounds(mean: Floats, error: Floats) -> tuple[Floats, Floats]:
    """The least and the greatest that each cost may be."""
    cost = costs(mean)
    return np.maximum(cost - SURE * error, 1e-9), cost + SURE * error


def _batches(units: list[Unit]) -> list[Batch]:
    """Pieces of work of about the same number of trials, in order."""
    batches: list[list[Unit]] = [[]]
    size = 0
    for unit in units:
        if size + unit.trials > BATCH_TRIALS and batches[-1]:
            batches.append([])
            size = 0
        batches[-1].append(unit)
        size += unit.trials
    return [batch for batch in batches if batch]


def _silent(done: int, total: int, stage: str) -> None:
    """No one is watching."""


def _never() -> bool:
    return False
