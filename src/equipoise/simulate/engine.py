"""Living through virtual trials: in blocks, on threads, in bounded memory, with the same result however they are split."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from equipoise.errors import InputError
from equipoise.simulate.tally import SimulatedTrials, tally
from equipoise.simulate.trial import FIRST_COLUMN, LOOK, OUTCOME, VirtualTrial

BLOCK = 8192
"""Trials whose records are held at once, by each thread."""
MAX_TRIALS = 2**32


class SimulationCancelled(Exception):  # noqa: N818  (an outcome, not an error)
    """The simulation was stopped on request; nothing was kept."""


def simulate(
    trial: VirtualTrial,
    *,
    trials: int,
    seed: int,
    design: int = 0,
    scenario: int = 0,
    first_trial: int = 0,
    threads: int | None = None,
    records: Path | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SimulatedTrials:
    """Live through `trials` virtual trials, numbered from `first_trial`, and count how they end.

    The result depends on (seed, design, scenario, first_trial, trials) only, never on `threads` (None: every core);
    results of adjoining ranges of trials add up with `+` to the result of the whole. Designs that are given the same
    `design` share their random numbers, which makes them easier to tell apart. With `records`, a folder that is made if
    need be, every trial's record is written there as Parquet, a file for each block. When `cancelled()` says so,
    SimulationCancelled is raised. Raises InputError.
    """
    check_request(trials, seed, design, scenario, first_trial, threads)
    kernel, arguments = trial.kernel()
    name = (np.uint64(seed), np.uint64(design), np.uint64(scenario))
    if records is not None:
        records.mkdir(parents=True, exist_ok=True)

    def run(first: int, end: int) -> SimulatedTrials:
        if cancelled is not None and cancelled():
            raise SimulationCancelled
        rows = np.zeros((end - first, FIRST_COLUMN + len(trial.columns)))
        kernel(first, end, rows, *name, *arguments)
        if records is not None:
            _write(records, first, rows, trial)
        return tally(rows, trial.columns, trial.looks)

    workers = threads or os.cpu_count() or 1
    size = min(BLOCK, -(-trials // (4 * workers))) if workers > 1 else BLOCK
    edges = [*range(first_trial, first_trial + trials, size), first_trial + trials]
    if workers == 1 or len(edges) == 2:
        return reduce(add, map(run, edges[:-1], edges[1:]))
    with ThreadPoolExecutor(workers) as pool:
        return reduce(add, pool.map(run, edges[:-1], edges[1:]))


def _write(folder: Path, first: int, rows: np.ndarray, trial: VirtualTrial) -> None:
    """One block's records, whole or not at all."""
    names = {"look": LOOK, "outcome": OUTCOME}
    columns: dict[str, Any] = {"trial": np.arange(first, first + len(rows), dtype=np.int64)}
    columns |= {name: rows[:, place].astype(np.int8) for name, place in names.items()}
    columns |= {column.name: rows[:, FIRST_COLUMN + place] for place, column in enumerate(trial.columns)}
    part = folder / f"trials-{first:010d}.parquet"
    unfinished = part.with_suffix(".part")
    pl.DataFrame(columns).write_parquet(unfinished)
    unfinished.replace(part)


def check_request(trials: int, seed: int, design: int, scenario: int, first_trial: int, threads: int | None) -> None:
    """Raise InputError for numbers that name no trials."""
    if not 1 <= trials <= MAX_TRIALS:
        raise InputError("trials", trials, "a whole number from 1 to 2^32")
    if not 0 <= first_trial <= MAX_TRIALS - trials:
        raise InputError("first_trial", first_trial, "a whole number from 0, so that the last trial is below 2^32")
    if threads is not None and threads < 1:
        raise InputError("threads", threads, "a whole number of at least 1, or nothing for every core")
    for name, number, bits in (("seed", seed, 64), ("design", design, 32), ("scenario", scenario, 32)):
        if not 0 <= number < 2**bits:
            raise InputError(name, number, f"a whole number from 0, below 2^{bits}")
