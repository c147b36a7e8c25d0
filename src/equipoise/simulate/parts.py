"""The same virtual trials whole and in parts, so that two designs on the same random numbers can be told apart.

The difference of two designs' figures varies from part to part far less than the figures themselves, where both lived through
the same trials: its standard error comes from the parts (batch means with common random numbers; Law 2015, Simulation
Modeling and Analysis, 5th ed., sections 9.5.3 and 11.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numba
import numpy as np
from numpy.typing import NDArray

from equipoise.simulate.engine import BLOCK, check_request
from equipoise.simulate.tally import SimulatedTrials, tally
from equipoise.simulate.trial import FIRST_COLUMN, LOOK, OUTCOME, VirtualTrial

PARTS = 32
"""Parts of equal size (but for one trial) in which adjoining trials are counted."""


@dataclass(frozen=True)
class Lived:
    """Trials lived through: what they add up to, and the same by part.

    `endings` (PARTS, looks, 3) are counts, as those of SimulatedTrials; `totals` (PARTS, columns) are sums in steps of each column.
    """

    whole: SimulatedTrials
    endings: NDArray[np.int64]
    totals: NDArray[np.int64]

    def __add__(self, other: Lived) -> Lived:
        return Lived(self.whole + other.whole, self.endings + other.endings, self.totals + other.totals)

    @property
    def trials(self) -> int:
        """How many there are."""
        return self.whole.trials

    def means(self, column: str) -> NDArray[np.float64]:
        """The mean of a column in each part, shape (PARTS,)."""
        place = list(self.whole.sums).index(column)
        return self.totals[:, place] * self.whole.sums[column].step / self.endings.sum(axis=(1, 2))


def live_through(trial: VirtualTrial, *, trials: int, seed: int, scenario: int = 0, first_trial: int = 0) -> Lived:
    """Live through `trials` virtual trials from number `first_trial` on, on this thread.

    The whole is that of `simulate`; adjoining ranges add up with `+`, part by part. Raises InputError.
    """
    check_request(trials, seed, 0, scenario, first_trial, None)
    kernel, arguments = trial.kernel()
    columns = trial.columns
    steps = np.array([column.step for column in columns])
    endings = np.zeros((PARTS, trial.looks, 3), np.int64)
    totals = np.zeros((PARTS, len(columns)), np.int64)
    found: list[SimulatedTrials] = []
    for begin in range(0, trials, BLOCK):
        rows = np.zeros((min(BLOCK, trials - begin), FIRST_COLUMN + len(columns)))
        first = first_trial + begin
        kernel(first, first + len(rows), rows, np.uint64(seed), np.uint64(0), np.uint64(scenario), *arguments)
        found.append(tally(rows, columns, trial.looks))
        _add_to_parts(rows, begin, trials, steps, endings, totals)
    return Lived(reduce(add, found), endings, totals)


def lived_from_lists(whole: SimulatedTrials, endings: Sequence[object], totals: Sequence[object]) -> Lived:
    """From what a file kept. Raises ValueError where the parts are not those of the whole."""
    counts = np.array(endings, np.int64).reshape(PARTS, len(whole.endings), 3)
    if counts.sum() != whole.trials:
        raise ValueError("parts of other trials")
    return Lived(whole, counts, np.array(totals, np.int64).reshape(PARTS, len(whole.sums)))


@numba.njit(cache=True, nogil=True)
def _add_to_parts(rows, begin, trials, steps, endings, totals):  # type: ignore[no-untyped-def]
    for row in range(len(rows)):
        part = (begin + row) * PARTS // trials
        endings[part, int(rows[row, LOOK]) - 1, int(rows[row, OUTCOME]) + 1] += 1
        for place in range(len(steps)):
            totals[part, place] += np.int64(np.rint(rows[row, FIRST_COLUMN + place] / steps[place]))
