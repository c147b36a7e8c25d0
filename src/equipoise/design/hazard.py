"""Hazards of an event (or of dropping out) since a patient's own start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.steps import Floats, Steps
from equipoise.design.wald import as_floats, as_number
from equipoise.errors import InputError


class Hazard(Steps):
    """Hazard per month, constant between breaks; months count from the patient's randomisation. Raises InputError."""

    @classmethod
    def constant(cls, rate: float) -> Self:
        """The same hazard at all times: exponential survival."""
        return cls.read({"rates": (rate,)})

    @classmethod
    def from_median(cls, months: float) -> Self:
        """Exponential survival with this median."""
        return cls.constant(math.log(2.0) / as_number("months", months, above=0))

    @classmethod
    def from_risk(cls, risk: float, month: float) -> Self:
        """Exponential survival in which a share `risk` has had the event by `month`: "2% by month 12" is (0.02, 12)."""
        share = as_number("risk", risk, least=0, below=1)
        return cls.constant(-math.log1p(-share) / as_number("month", month, above=0))

    @classmethod
    def from_event_free(cls, table: Mapping[float, float]) -> Self:
        """The hazard that joins event-free shares at months, such as {12: 0.89, 24: 0.81}; the last rate goes on."""
        months = np.sort(as_floats("table", list(table))).tolist()
        free = as_floats("table", [table[month] for month in months]).tolist()
        if not months or months[0] <= 0 or not math.isfinite(months[-1]):
            raise InputError("table", dict(table), "at least one month above 0")
        if not all(0 < later <= earlier <= 1 for earlier, later in zip([1.0, *free], free, strict=False)):
            raise InputError("table", dict(table), "event-free shares above 0 that never rise from 1")
        starts = [0.0, *months[:-1]]
        logs = [0.0, *map(math.log, free)]
        rates = [
            (before - after) / (end - start)
            for start, end, before, after in zip(starts, months, logs, logs[1:], strict=False)
        ]
        return cls.read({"breaks": starts, "rates": rates})

    def cumulative(self, t: ArrayLike) -> Floats:
        """Cumulative hazard by month `t`."""
        return self._integral(t)

    def survival(self, t: ArrayLike) -> Floats:
        """Share still event-free at month `t`."""
        return np.exp(-self._integral(t))[()]

    def quantile(self, share: ArrayLike) -> Floats:
        """The month by which this share has had the event (0.5: the median); infinite if it never has."""
        return self._time_at(-np.log1p(-as_floats("share", share, least=0, below=1)))

    def scaled(self, hazard_ratio: float, after: float = 0.0) -> Self:
        """This hazard times a hazard ratio, which begins at month `after` (a delayed effect)."""
        hazard_ratio = as_number("hazard_ratio", hazard_ratio, least=0)
        after = as_number("after", after, least=0)
        breaks = sorted({*self.breaks, after})
        held = self.arrays[1][np.searchsorted(self.arrays[0], breaks, side="right") - 1]
        rates = np.where(np.array(breaks) >= after, held * hazard_ratio, held)
        return self.read({"breaks": breaks, "rates": rates.tolist()})
