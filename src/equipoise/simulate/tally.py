"""What virtual trials add up to: whole-number counts, so that any split of the trials adds to the same result."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeInt, PositiveInt

from equipoise.errors import InputError
from equipoise.value import Value

Counts = NDArray[np.int64]
"""One kernel's counts: rejections by look, futility stops by look, sum of patients, sum of their squares."""

MAX_TRIALS = 2**32


class Estimate(Value):
    """A Monte-Carlo mean and its standard error."""

    mean: float
    standard_error: float


class SimulatedTrials(Value):
    """Counts over virtual trials of one design under one scenario, and the estimates they give.

    `rejections` and `futility_stops` count the trials that stopped so at each look (not cumulative); `patients` and
    `patients_squared` are sums over trials of the patients enrolled when the trial stopped.
    """

    trials: PositiveInt
    rejections: tuple[NonNegativeInt, ...] = Field(min_length=1)
    futility_stops: tuple[NonNegativeInt, ...]
    patients: NonNegativeInt
    patients_squared: NonNegativeInt

    @property
    def reject_by_look(self) -> tuple[Estimate, ...]:
        """The probability of rejecting at each look."""
        return tuple(self._share(count) for count in self.rejections)

    @property
    def futility_by_look(self) -> tuple[Estimate, ...]:
        """The probability of stopping for futility at each look."""
        return tuple(self._share(count) for count in self.futility_stops)

    @property
    def reject(self) -> Estimate:
        """The probability of rejecting at any look: power, or the type I error."""
        return self._share(sum(self.rejections))

    @property
    def expected_patients(self) -> Estimate:
        """The mean number of patients enrolled when the trial stops."""
        squares = self.trials * self.patients_squared - self.patients**2  # exact: Python integers
        variance = squares / self.trials / max(self.trials - 1, 1)
        return Estimate(mean=self.patients / self.trials, standard_error=sqrt(variance / self.trials))

    def __add__(self, other: SimulatedTrials) -> SimulatedTrials:
        """The same design and scenario over both sets of trials, which must not overlap."""
        if len(self.rejections) != len(other.rejections):
            raise InputError("rejections", len(other.rejections), f"{len(self.rejections)} looks, as in the other")
        return SimulatedTrials(
            trials=self.trials + other.trials,
            rejections=tuple(a + b for a, b in zip(self.rejections, other.rejections, strict=True)),
            futility_stops=tuple(a + b for a, b in zip(self.futility_stops, other.futility_stops, strict=True)),
            patients=self.patients + other.patients,
            patients_squared=self.patients_squared + other.patients_squared,
        )

    def _share(self, count: int) -> Estimate:
        p = count / self.trials
        return Estimate(mean=p, standard_error=sqrt(p * (1 - p) / self.trials))


def count_trials(
    kernel: Callable[[int, int, Counts], None], *, looks: int, trials: int, first_trial: int, threads: int | None
) -> SimulatedTrials:
    """Run `kernel(first, end, counts)`, which must release the GIL, over ranges of trials on threads, and add up.

    Trials are numbered from `first_trial`, so that machines can share them. `threads` None: every core.
    """
    if not 1 <= trials <= MAX_TRIALS:
        raise InputError("trials", trials, "a whole number from 1 to 2^32")
    if not 0 <= first_trial <= MAX_TRIALS - trials:
        raise InputError("first_trial", first_trial, "a whole number from 0, so that the last trial is below 2^32")
    if threads is not None and threads < 1:
        raise InputError("threads", threads, "a whole number of at least 1, or nothing for every core")
    workers = threads or os.cpu_count() or 1
    pieces = 1 if workers == 1 else min(trials, 4 * workers)
    edges = [first_trial + trials * i // pieces for i in range(pieces + 1)]
    counts = np.zeros((pieces, 2 * looks + 2), np.int64)
    if pieces == 1:
        kernel(edges[0], edges[1], counts[0])
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(kernel, edges[:-1], edges[1:], counts))
    total = [int(x) for x in counts.sum(axis=0)]
    return SimulatedTrials(
        trials=trials,
        rejections=tuple(total[:looks]),
        futility_stops=tuple(total[looks : 2 * looks]),
        patients=total[-2],
        patients_squared=total[-1],
    )
