"""When patients arrive, for every family that follows them in calendar time: the values, and the kernel that fills a trial."""

from __future__ import annotations

from math import inf
from typing import Literal, Self

import numba
import numpy as np
from numpy.typing import NDArray
from pydantic import PositiveFloat, model_validator

from equipoise.design import Accrual
from equipoise.errors import InputError
from equipoise.simulate.sites import fill_from_sites
from equipoise.simulate.streams import exponential
from equipoise.value import Value

Floats = NDArray[np.float64]
GIVEN, POISSON, FROM_SITES = 0, 1, 2
"""Kinds of arrivals: the same months in each trial, a Poisson process with a rate that is constant between
breaks, or sites of their own rates (recruitment.py)."""


class Recruitment(Value):
    """How patients come in, as the kernels take it."""

    def arrivals(self, patients: int) -> tuple[int, Floats]:
        """The kind of arrivals and its numbers (an array of two dimensions), as `fill_arrivals` takes them."""
        raise NotImplementedError

    def duration(self, patients: int) -> float:
        """About how many months it takes until all have come; only the speed of a kernel may depend on it."""
        raise NotImplementedError


class EvenRecruitment(Recruitment):
    """Patients who arrive evenly: the i-th of n at i / n of `months`."""

    kind: Literal["even"] = "even"
    months: PositiveFloat

    def arrivals(self, patients: int) -> tuple[int, Floats]:
        return GIVEN, (self.months * np.arange(1, patients + 1) / patients)[None, :]

    def duration(self, patients: int) -> float:
        return self.months


class RateRecruitment(Recruitment):
    """Patients who arrive at the rates of `accrual`, until all are in: when they are expected, or as a Poisson process."""

    kind: Literal["rate"] = "rate"
    accrual: Accrual
    random: bool = True

    @model_validator(mode="after")
    def _never_ends(self) -> Self:
        if self.accrual.rates[-1] <= 0:
            raise InputError(
                "accrual.rates", self.accrual.rates[-1], "a last rate above 0, so that all patients come in"
            )
        return self

    def arrivals(self, patients: int) -> tuple[int, Floats]:
        if self.random:
            return POISSON, np.array([self.accrual.breaks, self.accrual.rates])
        return GIVEN, np.asarray(self.accrual.time_of(np.arange(1, patients + 1)))[None, :]

    def duration(self, patients: int) -> float:
        return float(self.accrual.time_of(patients))


@numba.njit(cache=True, nogil=True)
def fill_arrivals(stream: np.ndarray, kind: int, table: np.ndarray, arrivals: np.ndarray) -> None:
    """Fill one trial's months of arrival, which increase; whatever is random comes from the trial's stream.

    `table` is (1, patients) months when they are GIVEN, (2, pieces) breaks and monthly rates for POISSON, and
    that of `SiteRecruitment` for FROM_SITES.
    """
    if kind == GIVEN:
        arrivals[:] = table[0]
    elif kind == POISSON:
        _poisson(stream, table[0], table[1], arrivals)
    elif kind == FROM_SITES:
        fill_from_sites(stream, table, inf, arrivals, np.zeros(0, np.int64))


@numba.njit(cache=True, nogil=True)
def _poisson(stream, breaks, rates, arrivals):  # type: ignore[no-untyped-def]
    """A unit Poisson process, with its time run through the inverse of the cumulative rate."""
    piece, month = 0, 0.0
    for i in range(len(arrivals)):
        left = exponential(stream)
        while piece + 1 < len(breaks) and left >= rates[piece] * (breaks[piece + 1] - month):
            left -= rates[piece] * (breaks[piece + 1] - month)
            piece += 1
            month = breaks[piece]
        month += left / rates[piece]
        arrivals[i] = month
