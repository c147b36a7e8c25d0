"""Who lives through the virtual trials: threads here, processes here, or a Dask cluster. All give the same numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import NamedTuple, Protocol

from equipoise.errors import InputError
from equipoise.simulate import Lived, VirtualTrial, live_through


class Unit(NamedTuple):
    """Some trials of one candidate under one scenario: the smallest piece of work, which is the same wherever it is done."""

    candidate: int
    scenario: int
    trial: VirtualTrial
    first: int
    trials: int
    seed: int


Batch = Sequence[Unit]
Done = tuple[Batch, list[Lived]]


class Workers(Protocol):
    """Does batches of units and yields each when it is done, in any order."""

    def run(self, batches: Sequence[Batch], cancelled: Callable[[], bool]) -> Iterator[Done]: ...


def live(batch: Batch) -> list[Lived]:
    """Live through the trials of a batch, on one thread."""
    return [
        live_through(unit.trial, trials=unit.trials, seed=unit.seed, scenario=unit.scenario, first_trial=unit.first)
        for unit in batch
    ]


@contextmanager
def open_workers(
    *, threads: int | None = None, processes: int | None = None, cluster: str | None = None
) -> Generator[Workers]:
    """Threads (all processors by default), or processes of this machine, or the Dask cluster at an address.

    Raises InputError for a number below 1, and for a cluster that does not answer.
    """
    for name, number in (("--workers", threads), ("--processes", processes)):
        if number is not None and number < 1:
            raise InputError(name, number, "a whole number from 1")
    if cluster is not None:
        from equipoise.search.dask_cluster import DaskWorkers

        with DaskWorkers(cluster) as workers:
            yield workers
    elif processes is not None:
        yield LocalProcesses(processes)
    else:
        yield LocalThreads(threads or os.cpu_count() or 1)


class LocalThreads:
    """Threads of this process: the compiled kernels let go of the interpreter, so that they run side by side."""

    def __init__(self, number: int) -> None:
        self.number = number

    def run(self, batches: Sequence[Batch], cancelled: Callable[[], bool]) -> Iterator[Done]:
        with ThreadPoolExecutor(self.number) as pool:
            yield from _as_done(pool, batches, 3 * self.number, cancelled)


class LocalProcesses:
    """Processes of this machine. Where one dies, its pool is made anew and what was not done is done again."""

    def __init__(self, number: int) -> None:
        self.number = number

    def run(self, batches: Sequence[Batch], cancelled: Callable[[], bool]) -> Iterator[Done]:
        left = {id(batch): batch for batch in batches}
        deaths = 0
        while left:
            pool = ProcessPoolExecutor(self.number, mp_context=get_context("spawn"))
            try:
                for batch, results in _as_done(pool, list(left.values()), 3 * self.number, cancelled):
                    del left[id(batch)]
                    yield batch, results
            except BrokenProcessPool:
                deaths += 1
                if deaths > MOST_DEATHS:  # it is the work that kills them
                    raise
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


MOST_DEATHS = 20
"""After so many dead pools the search gives up."""


def _as_done(pool: Executor, batches: Sequence[Batch], ahead: int, cancelled: Callable[[], bool]) -> Iterator[Done]:
    """Batches as they are done, with no more handed out than keeps everyone busy; none more once cancelled."""
    waiting: dict[Future[list[Lived]], Batch] = {}
    coming = iter(batches)
    try:
        while True:
            for batch in coming:
                waiting[pool.submit(live, batch)] = batch
                if len(waiting) >= ahead:
                    break
            if not waiting or cancelled():
                return
            done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                yield waiting.pop(future), future.result()
    finally:
        for future in waiting:
            future.cancel()
