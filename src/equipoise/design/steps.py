"""Rates per month that are constant between breaks: what recruitment and hazards have in common."""

from __future__ import annotations

import itertools
from typing import Annotated, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from equipoise.errors import InputError
from equipoise.value import Value

Floats = NDArray[np.float64]
Number = Annotated[float, Field(strict=True)]


class Steps(Value):
    """`rates[i]` per month holds from month `breaks[i]` to `breaks[i + 1]`, the last one forever.

    `breaks` rise from 0; `rates` are not negative, one for each break. Raises InputError.
    """

    breaks: tuple[Number, ...] = (0.0,)
    rates: tuple[Number, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.breaks or self.breaks[0] != 0 or any(b <= a for a, b in itertools.pairwise(self.breaks)):
            raise InputError("breaks", self.breaks, "months that rise from 0")
        if len(self.rates) != len(self.breaks) or any(rate < 0 for rate in self.rates):
            raise InputError("rates", self.rates, f"{len(self.breaks)} numbers of at least 0, one for each break")
        return self

    @property
    def arrays(self) -> tuple[Floats, Floats]:
        """Breaks and rates as the compiled code takes them."""
        return np.array(self.breaks, np.float64), np.array(self.rates, np.float64)

    @property
    def _at_breaks(self) -> Floats:
        breaks, rates = self.arrays
        return np.concatenate(([0.0], np.cumsum(rates[:-1] * np.diff(breaks))))

    def _integral(self, t: ArrayLike) -> Floats:
        """The rate summed from 0 to `t`; 0 before 0, and its limit at infinity."""
        breaks, rates = self.arrays
        t = np.maximum(np.asarray(t, np.float64), 0.0)
        i = np.searchsorted(breaks, t, side="right") - 1
        since = t - breaks[i]
        grown = np.multiply(rates[i], since, out=np.zeros_like(since), where=rates[i] > 0)
        return (self._at_breaks[i] + grown)[()]

    def _time_at(self, total: ArrayLike) -> Floats:
        """The first month at which the sum reaches `total`; infinite if it never does."""
        (breaks, rates), reached = self.arrays, self._at_breaks
        total = np.maximum(np.asarray(total, np.float64), 0.0)
        i = np.maximum(np.searchsorted(reached, total, side="left") - 1, 0)
        short = total - reached[i]
        wait = np.divide(short, rates[i], out=np.where(short > 0, np.inf, 0.0), where=rates[i] > 0)
        return (breaks[i] + wait)[()]
