"""What virtual trials add up to: whole numbers, so that any split of the trials adds to the same result."""

from __future__ import annotations

from math import sqrt
from typing import Self

import numba
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from equipoise.errors import InputError
from equipoise.simulate.trial import FIRST_COLUMN, FUTILE, LOOK, OUTCOME, REJECTED, UNDECIDED, Column
from equipoise.value import Value

HALF, MOST_STEPS = 21, 2.0**42
"""Bits of half a figure, and the largest figure: products of halves of 2^20 trials fit in 64 bits."""
OUTCOMES = (FUTILE, UNDECIDED, REJECTED)
ByEnding = tuple[tuple[int, int, int], ...]
"""A whole number for each look and each of OUTCOMES."""


class Estimate(Value):
    """A Monte-Carlo mean and its standard error."""

    mean: float
    standard_error: float


class Sums(Value):
    """A column's sum and sum of squares over the trials of each ending, in whole numbers of `step` and of its square."""

    step: float
    total: ByEnding
    squares: ByEnding


class SimulatedTrials(Value):
    """Counts over virtual trials of one design under one truth, and the estimates they give.

    `endings` has a row for each look, with the trials that stopped there for futility, ended there undecided, and ended
    there with a rejection. `sums` has the figures of each of the family's columns.
    """

    trials: PositiveInt
    endings: tuple[tuple[NonNegativeInt, NonNegativeInt, NonNegativeInt], ...] = Field(min_length=1)
    sums: dict[str, Sums] = {}

    @model_validator(mode="after")
    def _every_trial_ends(self) -> Self:
        ended = sum(map(sum, self.endings))
        if ended != self.trials:
            raise InputError("endings", ended, f"as many endings as the {self.trials} trials")
        return self

    @property
    def rejections(self) -> tuple[int, ...]:
        """How many trials ended with a rejection at each look (not cumulative)."""
        return tuple(row[2] for row in self.endings)

    @property
    def futility_stops(self) -> tuple[int, ...]:
        """How many trials stopped for futility at each look."""
        return tuple(row[0] for row in self.endings)

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
    def stop_early(self) -> Estimate:
        """The probability of ending before the last look."""
        return self._share(self.trials - sum(self.endings[-1]))

    @property
    def expected_patients(self) -> Estimate:
        """The mean number of patients enrolled when the trial stops."""
        return self.mean("patients")

    def mean(self, column: str, *, look: int | None = None, outcome: int | None = None) -> Estimate:
        """The mean of a column over the trials that ended at a look (from 1) or with an outcome; over all by default.

        Raises InputError for a column that the family does not have, or where no trial ended so.
        """
        if column not in self.sums:
            raise InputError("column", column, "one of " + (", ".join(self.sums) or "none"))
        rows = range(len(self.endings)) if look is None else (look - 1,)
        places = range(3) if outcome is None else (OUTCOMES.index(outcome),)
        ends = [(row, place) for row in rows for place in places]
        number = sum(self.endings[row][place] for row, place in ends)
        if not number:
            raise InputError("look", look, "an ending that some trial came to")
        held = self.sums[column]
        total = sum(held.total[row][place] for row, place in ends)
        squares = sum(held.squares[row][place] for row, place in ends)
        spread = number * squares - total * total  # exact: Python integers
        error = sqrt(spread / number / max(number - 1, 1) / number)
        return Estimate(mean=total / number * held.step, standard_error=error * held.step)

    def __add__(self, other: SimulatedTrials) -> SimulatedTrials:
        """The same design and truth over both sets of trials, which must not overlap."""
        if len(self.endings) != len(other.endings):
            raise InputError("endings", len(other.endings), f"{len(self.endings)} looks, as in the other")
        return SimulatedTrials(
            trials=self.trials + other.trials,
            endings=_added(self.endings, other.endings),
            sums={
                name: Sums(
                    step=held.step,
                    total=_added(held.total, other.sums[name].total),
                    squares=_added(held.squares, other.sums[name].squares),
                )
                for name, held in self.sums.items()
            },
        )

    def _share(self, count: int) -> Estimate:
        p = count / self.trials
        return Estimate(mean=p, standard_error=sqrt(p * (1 - p) / self.trials))


def _added(some: ByEnding, others: ByEnding) -> ByEnding:
    return tuple((a[0] + b[0], a[1] + b[1], a[2] + b[2]) for a, b in zip(some, others, strict=True))


def tally(records: np.ndarray, columns: tuple[Column, ...], looks: int) -> SimulatedTrials:
    """Add up the records of some trials (at most 2^20), shape (trials, 2 + columns).

    Raises InputError for a figure that is no number, or of 2^42 steps or more, whose square could not be added exactly.
    """
    steps = np.array([column.step for column in columns])
    endings = np.zeros((looks, 3), np.int64)
    sums = np.zeros((looks, 3, len(columns), 4), np.int64)
    wrong = _add_up(records, steps, endings, sums)
    if wrong >= 0:
        raise InputError(columns[wrong].name, None, f"figures below {MOST_STEPS * steps[wrong]:.3g}; use a larger unit")
    return SimulatedTrials.model_construct(  # from whole numbers just counted: nothing to validate, and this is hot
        trials=len(records),
        endings=_rows(endings),
        sums={
            column.name: Sums.model_construct(
                step=column.step, total=_rows(sums[:, :, place, 0]), squares=_squares(sums[:, :, place])
            )
            for place, column in enumerate(columns)
        },
    )


def _rows(numbers: np.ndarray) -> ByEnding:
    return tuple((int(row[0]), int(row[1]), int(row[2])) for row in numbers)


def _squares(sums: np.ndarray) -> ByEnding:
    """Sums of squares from those of the halves of each figure, in Python's integers, which know no largest."""
    rows = [
        [int(low) + (int(cross) << HALF + 1) + (int(high) << 2 * HALF) for _, low, cross, high in row] for row in sums
    ]
    return tuple((row[0], row[1], row[2]) for row in rows)


@numba.njit(cache=True, nogil=True)
def _add_up(records, steps, endings, sums):  # type: ignore[no-untyped-def]
    """The place of a column with a figure that cannot be added, or -1; a figure is high * 2^HALF + low."""
    for row in range(len(records)):
        look, outcome = int(records[row, LOOK]) - 1, int(records[row, OUTCOME]) + 1
        endings[look, outcome] += 1
        for place in range(len(steps)):
            number = np.rint(records[row, FIRST_COLUMN + place] / steps[place])
            if not abs(number) < MOST_STEPS:
                return place
            figure = np.int64(number)
            high = figure >> HALF
            low = figure - (high << HALF)
            held = sums[look, outcome, place]
            held[0] += figure
            held[1] += low * low
            held[2] += low * high
            held[3] += high * high
    return -1
