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
from math import sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from equipoise.search.checkpoint import Checkpoint, Held, Lap
from equipoise.search.preferences import costs, score_weights, scores
from equipoise.search.question import Question, Simulation
from equipoise.search.result import Progress, SearchCancelled
from equipoise.search.summary import weights_of
from equipoise.search.workers import Batch, Unit, Workers
from equipoise.simulate import SimulatedTrials, VirtualTrial

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Cancelled = Callable[[], bool]

SURE = 3.0
"""Standard errors beyond which a figure is not thought to move: one comparison in 700 by chance, and a wrong step takes several."""
STEPS = np.log1p([1 / 3, 0.05, 0.05, 0.05, 0.05])
"""A design is worse when it is worse by more than this: a third in the chance of missing an effect, five per cent in the rest."""
TOLERANCE = STEPS / 2
"""One that is worse by less than this is as good."""
SCORE_STEP = 0.01
"""Designs whose scores differ by less are equally good."""
LEAST_SHARE = 8
"""Every design that is shown has lived through at least an eighth of the trials that the undecided do."""
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

    def run(self, checkpoint: Checkpoint | None, report: Progress, cancelled: Cancelled) -> Raced:
        """From the first round to a stable answer. When cancelled, what was done is kept, and SearchCancelled raised."""
        self.checkpoint, self.report, self.cancelled = checkpoint, report, cancelled
        self.saved = time.monotonic()
        first = min(self.settings.first_trials, self.settings.trials)
        everyone = tuple(range(len(self.contestants)))
        self.lap, self.held = (checkpoint.read() if checkpoint else None) or (Lap(False, first, everyone, everyone), {})
        while True:
            self._live(self.lap.who, self.lap.goal)
            if not self.lap.deciding:
                left, unsure = self._sort(self.lap.left)
                if self.lap.goal < self.settings.trials and unsure:
                    self.lap = Lap(False, min(2 * self.lap.goal, self.settings.trials), left, unsure)
                    continue
                front = tuple(self.front(left))
                if not front:
                    return Raced([], self.held, None, 0.0)
                self.lap = Lap(True, -(-self.settings.trials // LEAST_SHARE), front, front)
                continue
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
            raise SearchCancelled

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

    def _sort(self, left: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Those not surely beaten nor surely short of the target power, and of them those whose standing is not sure."""
        left = [c for c in left if self._may_have_the_power(c)]
        if not left:
            return (), ()
        mean, error = self.figures(left)
        score, spread = self._scores(left, mean, error)
        cost = costs(mean)
        _, off, matters = standings(np.log(cost), error / cost, score, spread, SURE)
        return (
            tuple(c for c, gone in zip(left, off, strict=True) if not gone),
            tuple(c for c, more in zip(left, matters, strict=True) if more),
        )

    def front(self, left: Sequence[int]) -> list[int]:
        """Those on the front, by the figures as they are."""
        if not left:
            return []
        mean, _ = self.figures(left)
        score, spread = self._scores(left, mean, np.zeros_like(mean))
        on, _, _ = standings(np.log(costs(mean)), np.zeros_like(mean), score, spread, 0.0)
        return [c for c, stays in zip(left, on, strict=True) if stays]

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


@njit(cache=True, nogil=True)
def _beats(cost: Floats, error: Floats, score: Floats, spread: Floats, sure: float) -> tuple[Flags, Flags]:
    """For each pair (c, d) whether d surely beats c, and whether it may."""
    number = len(score)
    surely, perhaps = np.zeros((number, number), np.bool_), np.zeros((number, number), np.bool_)
    for c in range(number):
        for d in range(number):
            if c == d:
                continue
            lead, doubt = score[d] - score[c], sure * sqrt(spread[c] ** 2 + spread[d] ** 2)
            yes, maybe = lead - doubt > 0.0, lead + doubt > 0.0
            clearly = maybe_clearly = False
            for k in range(cost.shape[1]):
                more = cost[d, k] - cost[c, k]
                doubt = sure * sqrt(error[c, k] ** 2 + error[d, k] ** 2)
                yes &= more + doubt <= TOLERANCE[k]
                maybe &= more - doubt <= TOLERANCE[k]
                clearly |= more + doubt < -STEPS[k]
                maybe_clearly |= more - doubt < -STEPS[k]
            surely[c, d], perhaps[c, d] = yes and clearly, maybe and maybe_clearly
    return surely, perhaps


def standings(cost: Floats, error: Floats, score: Floats, spread: Floats, sure: float) -> tuple[Flags, Flags, Flags]:
    """Who is surely on the front, who surely not, and whose figures matter to what is not sure; from log costs (C, 5), scores (C,) and their standard errors.

    One beats another that has a lower score, is nowhere cheaper by more than a tolerance, and somewhere dearer by more
    than a step. On the front are those whom nobody on the front beats: scores put all in one order, so there is just one
    such set, and the best by score is in it. Without errors, everyone is on it or not.
    """
    surely, perhaps = _beats(cost, error, score, spread, sure)
    on, off = np.zeros(len(score), np.bool_), np.zeros(len(score), np.bool_)
    while True:
        new_on = ~np.any(perhaps & ~off, axis=1) & ~off
        new_off = np.any(surely & new_on, axis=1)
        if np.array_equal(new_on, on) and np.array_equal(new_off, off):
            break
        on, off = new_on, new_off
    unsure = ~on & ~off
    matters = unsure | np.any(perhaps[unsure], axis=0)  # whoever may beat one of those
    return on, off, matters & ~off


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
