"""How patients come: sites opening one after another, and what that means for the calendar of a trial."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.design import Accrual
from equipoise.search.question import Question

Floats = NDArray[np.float64]

MOST_PIECES = 24
"""Sites that open in more steps than this are opened in so many equal batches instead (within 0.01 months)."""


def accrual(question: Question, sites: int, speed: float) -> Accrual:
    """Patients per month as sites open evenly over the opening months, at a multiple `speed` of the planned rate."""
    plan = question.recruitment
    return _accrual(sites, sites * plan.patients_per_site_month * speed, plan.opening_months)


def calendar(question: Question, sites: int, speed: float) -> Calendar:
    """Enrolment over time under that accrual."""
    plan = question.recruitment
    return _calendar(sites, sites * plan.patients_per_site_month * speed, plan.opening_months)


@lru_cache(maxsize=4096)
def _calendar(sites: int, full: float, opening: float) -> Calendar:
    return Calendar(_accrual(sites, full, opening))


@lru_cache(maxsize=4096)
def _accrual(sites: int, full: float, opening: float) -> Accrual:
    """Accrual that reaches `full` patients per month once all sites are open."""
    pieces = min(sites, MOST_PIECES)
    if opening < 1e-6 or pieces == 1:  # a moment or less is at once
        return Accrual(breaks=(0.0,), rates=(full,))
    breaks = np.linspace(0.0, opening, pieces)
    # Sites 1..S open at even steps from month 0 to the last; between breaks the mean number of open sites holds.
    open_sites = (np.arange(pieces) + 1.0) / pieces if pieces == sites else (np.arange(pieces) + 0.5) / (pieces - 1)
    open_sites[-1] = 1.0
    return Accrual(breaks=tuple(map(float, breaks)), rates=tuple(float(rate) for rate in full * open_sites))


class Calendar:
    """Enrolment over time for one accrual, as piecewise-linear and piecewise-quadratic functions."""

    def __init__(self, accrual: Accrual) -> None:
        self.breaks = np.array(accrual.breaks)
        self.rates = np.array(accrual.rates)
        steps = np.diff(self.breaks)
        self.counts = np.concatenate(([0.0], np.cumsum(self.rates[:-1] * steps)))
        self.areas = np.concatenate(([0.0], np.cumsum(self.counts[:-1] * steps + 0.5 * self.rates[:-1] * steps**2)))

    def time_of(self, patients: ArrayLike) -> Floats:
        """Month in which so many have been enrolled."""
        patients = np.asarray(patients, float)
        piece = np.clip(np.searchsorted(self.counts, patients, side="right") - 1, 0, self.counts.size - 1)
        return self.breaks[piece] + (patients - self.counts[piece]) / self.rates[piece]

    def enrolled(self, month: ArrayLike, largest: ArrayLike) -> Floats:
        """Patients enrolled by a month, when enrolment stops at `largest`."""
        month = np.maximum(np.asarray(month, float), 0.0)
        piece = np.searchsorted(self.breaks, month, side="right") - 1
        return np.minimum(self.counts[piece] + self.rates[piece] * (month - self.breaks[piece]), largest)

    def patient_months(self, month: ArrayLike, largest: ArrayLike, follow_up: float) -> Floats:
        """Months under follow-up in all by a month, each patient followed for at most `follow_up` months."""
        month = np.asarray(month, float)
        return self._area(month, largest) - self._area(month - follow_up, largest)

    def _area(self, month: Floats, largest: ArrayLike) -> Floats:
        """Integral of `enrolled` up to a month."""
        full = self.time_of(largest)
        within = np.clip(month, 0.0, full)
        piece = np.searchsorted(self.breaks, within, side="right") - 1
        since = within - self.breaks[piece]
        area = self.areas[piece] + self.counts[piece] * since + 0.5 * self.rates[piece] * since**2
        return area + np.asarray(largest, float) * np.maximum(month - full, 0.0)
