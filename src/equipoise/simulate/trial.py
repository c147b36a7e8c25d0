"""What every virtual trial is to the engine: a frozen value with a compiled kernel and named columns for its records."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator

from equipoise.errors import InputError
from equipoise.value import Value

Floats = NDArray[np.float64]
LOOK, OUTCOME, FIRST_COLUMN = 0, 1, 2
"""Columns of every record: the look at which the trial ended (from 1), how it ended, and then the trial's own columns."""
FUTILE, UNDECIDED, REJECTED = -1, 0, 1
"""How a trial ends: stopped for futility, gone to its end without a rejection, or with a null hypothesis rejected."""


class Column(NamedTuple):
    """A figure of each trial's record; sums are kept in whole numbers of `step`, so that they add up in any order."""

    name: str
    step: float = 1.0


PATIENTS, EVENTS = Column("patients"), Column("events")
MONTHS, PATIENT_MONTHS = Column("months", 0.001), Column("patient_months", 0.1)
ESTIMATE = Column("estimate", 1e-6)


class VirtualTrial(Value):
    """A design under one truth, to be lived through trial by trial.

    A family gives `columns`, `looks` and `kernel`. The kernel is compiled, releases the GIL, and is called as
    `kernel(first, end, records, seed, design, scenario, *arguments)`: it writes the record of each trial from `first` to
    `end` into its row of `records` (end - first, 2 + len(columns)), and draws from a stream that it opens at each trial
    (streams.py), from nothing else.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS,)

    @property
    def looks(self) -> int:
        """How many analyses there are at most, the final one included."""
        raise NotImplementedError

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        """The compiled kernel and its arguments."""
        raise NotImplementedError


class Boundaries(Value):
    """One-sided critical values on the z scale by look: reject at or above `efficacy`, stop at or below `futility`.

    None (also inf for efficacy, -inf for futility) means that the look has no such boundary; an empty `futility`, none
    at all. A futility boundary at the last look only labels trials that did not reject.
    """

    efficacy: tuple[float | None, ...] = Field(min_length=1)
    futility: tuple[float | None, ...] = ()

    @field_validator("efficacy", "futility", mode="before")
    @classmethod
    def _infinite_is_none(cls, given: Any, info: Any) -> Any:
        never = inf if info.field_name == "efficacy" else -inf
        return [None if x == never else x for x in given] if isinstance(given, list | tuple) else given

    @model_validator(mode="after")
    def _one_per_look(self) -> Self:
        if self.futility and len(self.futility) not in (self.looks - 1, self.looks):
            raise InputError("futility", len(self.futility), f"nothing, or {self.looks - 1} or {self.looks} boundaries")
        return self

    @property
    def looks(self) -> int:
        """How many looks there are, the final analysis included."""
        return len(self.efficacy)

    def as_arrays(self) -> tuple[Floats, Floats]:
        """Efficacy and futility by look, with infinities where there is no boundary."""
        lower = [*self.futility, *[None] * (self.looks - len(self.futility))]
        upper_array = np.array([inf if x is None else x for x in self.efficacy])
        return upper_array, np.array([-inf if x is None else x for x in lower])


def check_looks(boundaries: Boundaries, looks: int) -> None:
    """Raise InputError unless there is a critical value for each look."""
    if boundaries.looks != looks:
        raise InputError("boundaries.efficacy", boundaries.looks, f"one critical value for each of the {looks} looks")


def check_increasing(field: str, numbers: tuple[float, ...]) -> None:
    """Raise InputError unless each number is above the one before."""
    if any(a >= b for a, b in pairwise(numbers)):
        raise InputError(field, numbers, "numbers that increase from look to look")
