"""From blocks of candidates to those worth keeping, by a race of virtual trials."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from equipoise.search.block import Block, Conduct
from equipoise.search.checkpoint import Checkpoint
from equipoise.search.question import Question
from equipoise.search.race import Progress, Race, RaceCancelled
from equipoise.search.result import Spent
from equipoise.search.simulated import conduct_of, contestant
from equipoise.search.workers import Workers


class SearchCancelled(Exception):  # noqa: N818  (an outcome, not an error)
    """The search was stopped on request; nothing was kept but the checkpoint, if one was asked for."""


class Judged(NamedTuple):
    """A block that is in the tally; `conduct` and `trials` under each scenario where it was simulated."""

    block: Block
    conduct: Conduct | None = None
    trials: int | None = None


def judge_by_trials(
    question: Question,
    blocks: list[Block],
    yardstick: NDArray[np.float64],
    workers: Workers,
    checkpoint: Checkpoint | None,
    report: Progress,
    cancelled: Callable[[], bool],
) -> tuple[list[Judged], Spent]:
    """The candidates that the race leaves on its front, each as a block of its own, and what they took."""
    singles = [block.only(place) for block in blocks for place in range(block.grid[0] * block.grid[1])]
    race = Race(question, [contestant(question, single) for single in singles], yardstick, workers)
    try:
        raced = race.run(checkpoint, report, cancelled)
    except RaceCancelled:
        raise SearchCancelled from None
    scenarios = len(question.scenarios)
    found: list[Judged] = []
    for number in raced.left:
        results = raced.results(number, scenarios)
        fewest = min(each.trials for each in results)
        found.append(Judged(singles[number], conduct_of(question, singles[number], results), fewest))
    return found, Spent(
        candidates=len(singles),
        trials=raced.trials,
        all_to_the_limit=len(singles) * scenarios * question.simulation.trials,
        confidence=raced.probability,
    )
