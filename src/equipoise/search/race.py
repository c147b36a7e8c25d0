"""Virtual trials where they decide: candidates that are surely beaten get no more of them.

Rounds of common random numbers (every candidate lives through trials 0, 1, 2, ... of its scenario's stream): after each,
whoever is beaten with near certainty, or surely misses the target power, is let go; the others go on to twice as many
trials, up to a limit that all who are left reach. This is the racing of Maron & Moore 1997 (Artificial Intelligence
Review 11:193-225) on a Pareto front (Chen & Lee 2011, Stochastic Simulation Optimization, ch. 6). Then the few that may
still be the best get more trials, until the best is so with the stated probability, within the width of a step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
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
from equipoise.simulate import PARTS, Lived, SimulatedTrials, VirtualTrial

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Cancelled = Callable[[], bool]

SURE = 3.3
"""Standard errors, from 32 parts, that a difference is not thought to be off: one in 800 by chance, and a wrong step takes several."""
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
    """A candidate's power, expected and most patients, expected months and expected cost: means (5, S), and by part (P, 5, S)."""

    mean: Floats
    parts: Floats


@dataclass(frozen=True)
class Contestant:
    """A candidate to be judged by simulation: its virtual trial under each scenario, and what their counts mean for it."""

    trials: tuple[VirtualTrial, ...]
    figures: Callable[[Sequence[Lived]], Figures]
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
        return sum(lived.trials for lived in self.held.values())

    def results(self, candidate: int, scenarios: int) -> list[SimulatedTrials]:
        """One candidate's counts, scenario by scenario."""
        return [self.held[candidate, scenario].whole for scenario in range(scenarios)]


@dataclass(frozen=True)
class Standing:
    """The logarithms of five costs and the score, negated, of C candidates: all are better when smaller.

    `value` (C, 6); `vary` (C, P, 6), whose differences between two candidates, squared and summed over the parts, are the
    squared standard errors of the differences of their values; `least` (C, 6), an error that there is at the least.
    """

    value: Floats
    vary: Floats
    least: Floats


SCORE = 5
"""The place of the score in a standing."""


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

    def _add(self, candidate: int, scenario: int, result: Lived) -> None:
        key = candidate, scenario
        self.held[key] = self.held[key] + result if key in self.held else result

    def _save(self, *, now: bool = False) -> None:
        if self.checkpoint and (now or time.monotonic() - self.saved > SAVE_EVERY):
            self.checkpoint.write(self.lap, self.held)
            self.saved = time.monotonic()

    def standing(self, candidates: Sequence[int]) -> Standing:
        """The logarithms of costs and the scores, with how they vary from part to part, averaged over the scenarios' weights."""
        found = [
            self.contestants[c].figures([self.held[c, s] for s in range(len(self.question.scenarios))])
            for c in candidates
        ]
        mean = np.stack([each.mean @ self.weights for each in found])
        by_part = np.stack([each.parts @ self.weights for each in found])
        cost = costs(mean)
        complexity = np.array([self.contestants[c].complexity for c in candidates])
        score = scores(self.question, mean, self.yardstick, complexity)
        vary = (by_part - by_part.mean(axis=1, keepdims=True)) / cost[:, None]
        vary[:, :, 0] *= -1.0
        trials = np.array([[self._lived(c, s) for s in range(len(self.weights))] for c in candidates])
        one = np.sqrt((self.weights**2 / trials**2).sum(axis=1))  # what one trial that ends otherwise can do
        least = one[:, None] * np.array([1.0, 1.0, 0.0, 1.0, 1.0]) / np.where(np.arange(5) == 0, cost, 1.0)
        share = score_weights(self.question)
        return Standing(
            np.column_stack([np.log(cost), -score]),
            np.concatenate([vary, (vary @ share)[..., None]], axis=2) / sqrt(PARTS * (PARTS - 1)),
            np.column_stack([least, least @ share]),
        )

    def _sort(self, left: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Those not surely beaten nor surely short of the target power, and of them those whose standing is not sure."""
        left = [c for c in left if self._power_beyond_target(c, SURE) >= 0]
        if not left:
            return (), ()
        able = np.array([self._power_beyond_target(c, -SURE) >= 0 for c in left])
        _, off, matters = standings(self.standing(left), SURE, able)
        return (
            tuple(c for c, gone in zip(left, off, strict=True) if not gone),
            tuple(c for c, more in zip(left, matters, strict=True) if more),
        )

    def front(self, left: Sequence[int]) -> list[int]:
        """Those on the front: surely, or, where that is open, by the figures as they are.

        A power within two standard errors of the target counts as having it.
        """
        left = [c for c in left if self._power_beyond_target(c, 2.0) >= 0]
        if not left:
            return []
        standing, able = self.standing(left), np.ones(len(left), np.bool_)
        on, off, _ = standings(standing, SURE, able)
        on |= standings(standing, 0.0, able)[0] & ~off
        return [c for c, stays in zip(left, on, strict=True) if stays]

    def _power_beyond_target(self, candidate: int, errors: float) -> float:
        """By how much the power is above the target when it is so many standard errors better than it looks."""
        held = self.held[candidate, self.question.primary].whole
        target = self.question.endpoint.power
        return sum(held.rejections) / held.trials + errors * sqrt(target * (1 - target) / held.trials) - target

    def _chances(self, left: Sequence[int]) -> tuple[int, float, tuple[int, ...]]:
        """The best by score, the probability that no other is better by more than a step, and who may be better."""
        standing = self.standing(left)
        winner = int(np.argmin(standing.value[:, SCORE]))
        ahead = standing.value[winner, SCORE] - standing.value[:, SCORE] - SCORE_STEP
        vary = standing.vary[winner, :, SCORE] - standing.vary[:, :, SCORE]
        rng = np.random.default_rng(self.settings.seed)
        heavy = np.sqrt((PARTS - 1) / rng.chisquare(PARTS - 1, (4000, 1)))  # errors are estimated: Student's t
        lead = ahead + heavy * (rng.standard_normal((4000, PARTS)) @ vary.T)
        lead[:, winner] = -np.inf
        rivals = tuple(left[i] for i in range(len(left)) if i == winner or (lead[:, i] > 0).mean() > 0.001)
        return left[winner], float((lead.max(axis=1) <= 0).mean()), rivals


@njit(cache=True, nogil=True)
def _doubt(vary, least, c, d, k):  # type: ignore[no-untyped-def]
    """The standard error of the difference of two candidates in one value."""
    total = least[c, k] ** 2 + least[d, k] ** 2
    for part in range(vary.shape[1]):
        total += (vary[c, part, k] - vary[d, part, k]) ** 2
    return sqrt(total)


@njit(cache=True, nogil=True)
def _beats(value, vary, least, sure):  # type: ignore[no-untyped-def]
    """For each pair (c, d) whether d surely beats c, and whether it may."""
    number = len(value)
    surely, perhaps = np.zeros((number, number), np.bool_), np.zeros((number, number), np.bool_)
    for c in range(number):
        for d in range(number):
            if c == d:
                continue
            lead = value[c, SCORE] - value[d, SCORE]
            doubt = sure * _doubt(vary, least, c, d, SCORE)
            yes, maybe = lead - doubt > 0.0, lead + doubt > 0.0
            clearly = maybe_clearly = False
            for k in range(SCORE):
                if not maybe:
                    break
                more = value[d, k] - value[c, k]
                doubt = sure * _doubt(vary, least, c, d, k)
                yes &= more + doubt <= TOLERANCE[k]
                maybe &= more - doubt <= TOLERANCE[k]
                clearly |= more + doubt < -STEPS[k]
                maybe_clearly |= more - doubt < -STEPS[k]
            surely[c, d], perhaps[c, d] = yes and clearly, maybe and maybe_clearly
    return surely, perhaps


def standings(standing: Standing, sure: float, able: Flags) -> tuple[Flags, Flags, Flags]:
    """Who is surely on the front, who surely not, and whose figures matter to what is not sure, each (C,), at `sure` standard errors.

    Only those who are `able` (C,), having the target power for sure, are sure to be on the front and to beat others.
    One beats another that has a lower score, is nowhere cheaper by more than a tolerance, and somewhere dearer by more
    than a step. On the front are those whom no other beats, the best by score among them. Without errors, everyone is on
    it or not.
    """
    surely, perhaps = _beats(standing.value, standing.vary, standing.least, sure)
    on, off = able & ~np.any(perhaps, axis=1), np.any(surely[:, able], axis=1)
    unsure = ~on & ~off
    matters = unsure | perhaps[unsure].any(axis=0)  # whoever may beat one of those
    return on, off, matters


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
