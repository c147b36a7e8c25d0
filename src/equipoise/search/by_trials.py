"""From blocks of candidates to those worth keeping, by a race of virtual trials."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from equipoise.search.block import Block, Judged
from equipoise.search.checkpoint import Checkpoint
from equipoise.search.question import Question
from equipoise.search.race import Race
from equipoise.search.result import Progress, Spent
from equipoise.search.simulated import conduct_of, contestant, planned_dates
from equipoise.search.workers import open_workers


def judge_by_trials(
    question: Question,
    blocks: list[Block],
    yardstick: NDArray[np.float64],
    *,
    report: Progress,
    cancelled: Callable[[], bool],
    threads: int | None,
    processes: int | None,
    cluster: str | None,
    checkpoint: Path | None,
) -> tuple[list[Judged], Spent]:
    """The candidates that the race leaves on its front, each as a block of its own, and what they took."""
    singles = [block.only(place) for block in blocks for place in range(block.grid[0] * block.grid[1])]
    contestants = [contestant(question, single) for single in singles]
    kept = Checkpoint(checkpoint, question) if checkpoint else None
    with open_workers(threads=threads, processes=processes, cluster=cluster) as workers:
        raced = Race(question, contestants, yardstick, workers).run(kept, report, cancelled)
    if kept:
        kept.remove()
    scenarios = len(question.scenarios)
    found: list[Judged] = []
    for number in raced.left:
        single, results = singles[number], raced.results(number, scenarios)
        fewest = min(each.trials for each in results)
        found.append(Judged(single, conduct_of(question, single, planned_dates(question, single), results), fewest))
    return found, Spent(
        candidates=len(singles),
        trials=raced.trials,
        all_to_the_limit=len(singles) * scenarios * question.simulation.trials,
        confidence=raced.probability,
    )
