"""Recruitment over calendar time."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from equipoise.design.steps import Floats, Steps
from equipoise.design.wald import as_number
from equipoise.errors import InputError

MOST_SITES = 10_000


class Accrual(Steps):
    """Patients recruited per month by the whole trial, constant between breaks; recruitment stops at the trial's size.

    Months count from the opening of the trial. Raises InputError.
    """

    @model_validator(mode="after")
    def _recruits(self) -> Self:
        if not any(self.rates):
            raise InputError("rates", self.rates, "at least one rate above 0")
        return self

    @classmethod
    def of_sites(cls, sites: int, per_site_month: float, opening_months: float, first_open: float = 0.0) -> Self:
        """Sites that open evenly one after another, each then recruiting `per_site_month`.

        The first opens at month `first_open`, the last `opening_months` later; all together if that is 0.
        """
        if as_number("sites", sites, least=1, most=MOST_SITES) % 1:
            raise InputError("sites", sites, f"a whole number from 1 to {MOST_SITES}")
        per_site_month = as_number("per_site_month", per_site_month, above=0)
        opening_months = as_number("opening_months", opening_months, least=0)
        first_open = as_number("first_open", first_open, least=0)
        opened, count = np.unique(np.linspace(first_open, first_open + opening_months, int(sites)), return_counts=True)
        if sites == 1:
            opened = opened[:1]
        rates = np.cumsum(count) * per_site_month
        if opened[0] > 0:
            opened, rates = np.insert(opened, 0, 0.0), np.insert(rates, 0, 0.0)
        return cls.read({"breaks": opened.tolist(), "rates": rates.tolist()})

    def enrolled(self, t: ArrayLike) -> Floats:
        """Patients recruited by month `t`, if recruitment does not stop."""
        return self._integral(t)

    def time_of(self, n: ArrayLike) -> Floats:
        """The month at which `n` patients are recruited; infinite if they never are."""
        return self._time_at(n)
