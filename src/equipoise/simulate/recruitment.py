"""Multicentre recruitment as a Poisson-gamma process, for any family that follows patients, and as a trial of its own.

Anisimov & Fedorov 2007, "Modelling, prediction and adaptive adjustment of recruitment in multicentre trials", Statistics in
Medicine 26:4958-4975; Anisimov 2011, "Statistical modeling of clinical trials (recruitment and randomization)",
Communications in Statistics - Theory and Methods 40:3684-3699.
"""

from __future__ import annotations

from math import inf
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from equipoise.errors import InputError
from equipoise.simulate.arrivals import FROM_SITES, Recruitment
from equipoise.simulate.sites import CAP, DELAY, MEAN, SHAPE, SITES, SPREAD, recruitment_trials
from equipoise.simulate.trial import MONTHS, PATIENTS, Column, VirtualTrial

Floats = NDArray[np.float64]
_ALIKE = 1e-6
"""A coefficient of variation at which rates are the same in all that a trial could show."""
_FIRM_SHAPE = 4.0
"""The least gamma shape of the rate on which the last patient waits, so that its wait has a variance."""


class SiteRecruitment(Recruitment):
    """Sites that each recruit as a Poisson process, at rates that differ as a gamma distribution.

    A site's rate per month has the mean `patients_per_site_month` and the coefficient of variation `rate_cv` (Anisimov's
    alpha is 1 / rate_cv^2; 0: all alike). Sites open at the months `opens` if these are given, one for each site; else
    over `opening_months`, one after another at even steps ("even", the first at 0) or each at a uniform moment of its own
    ("uniform"). Each is then late by an exponential delay with mean `delay_months`. A site closes when `site_cap` patients
    are in, if there is a cap.
    """

    kind: Literal["sites"] = "sites"
    sites: int = Field(ge=1, le=10_000)
    patients_per_site_month: PositiveFloat
    rate_cv: float = Field(default=0.0, ge=0, le=5)
    opening_months: NonNegativeFloat = 0.0
    opening: Literal["even", "uniform"] = "even"
    opens: tuple[NonNegativeFloat, ...] = ()
    delay_months: NonNegativeFloat = 0.0
    site_cap: PositiveInt | None = None

    @model_validator(mode="after")
    def _one_opening_each(self) -> Self:
        if self.opens and len(self.opens) != self.sites:
            raise InputError("opens", len(self.opens), f"a month for each of the {self.sites} sites, or nothing")
        if self.opens and self.opening_months:
            raise InputError("opening_months", self.opening_months, "0 where the months of opening are given")
        return self

    def arrivals(self, patients: int) -> tuple[int, Floats]:
        """The kind and the table of arrivals of a trial that waits until all its patients are in.

        Raises InputError where the wait for the last of them could be without bounds: few sites whose rates differ much,
        or caps that leave the last patients to the slowest sites.
        """
        needed = 1 if self.site_cap is None else -(-patients // self.site_cap)
        if needed > self.sites:
            allowed = f"at least {-(-patients // self.sites)}, so that {self.sites} sites can enrol {patients} patients"
            raise InputError("site_cap", self.site_cap, allowed)
        firm = (self.sites - needed + 1) * self._shape
        if firm < _FIRM_SHAPE:
            raise InputError(
                "rate_cv", self.rate_cv, "less, or more sites or a higher cap: the last could wait forever"
            )
        return FROM_SITES, self.table()

    def duration(self, patients: int) -> float:
        opened = float(np.mean(self.opens)) if self.opens else self.opening_months / 2.0
        return opened + self.delay_months + patients / (self.sites * self.patients_per_site_month)

    def table(self) -> Floats:
        """(2, sites or more): the months in which sites are to open, and below them the numbers of sites.py."""
        opens = np.sort(self.opens) if self.opens else np.zeros(self.sites)
        if self.opening == "even" and not self.opens:
            opens = np.linspace(0.0, self.opening_months, self.sites)
        table = np.zeros((2, max(self.sites, 6)))
        table[0, : self.sites] = opens
        table[1, [MEAN, SHAPE, CAP]] = self.patients_per_site_month, self._shape, self.site_cap or 0
        spread = self.opening_months if self.opening == "uniform" else 0.0
        table[1, [SPREAD, DELAY, SITES]] = spread, self.delay_months, self.sites
        return table

    @property
    def _shape(self) -> float:
        return 1.0 / self.rate_cv**2 if self.rate_cv > _ALIKE else inf


class RecruitmentTrial(VirtualTrial):
    """Recruitment alone: until `patients` are in, or until month `close_months`.

    The record has the patients enrolled, the months it took (`close_months` where it did not suffice), whether all were in
    (1 or 0: its mean is the chance), the sites that enrolled nobody, and the patients of the largest site. It tests
    nothing: every trial ends undecided.
    """

    columns: ClassVar[tuple[Column, ...]] = (
        PATIENTS, MONTHS, Column("all_enrolled"), Column("empty_sites"), Column("largest_site"),
    )  # fmt: skip
    recruitment: SiteRecruitment
    patients: int = Field(ge=1, le=1_000_000)
    close_months: Annotated[float, Field(gt=0, le=1200)] = 1200.0

    @property
    def looks(self) -> int:
        return 1

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        return recruitment_trials, (self.recruitment.table(), self.patients, self.close_months)
