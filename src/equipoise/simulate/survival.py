"""Virtual two-arm trials with times to event, under any hazards, compared at looks by events, by dates or by follow-up.

A positive z favours treatment: fewer events than expected, or a longer or more frequent survival.
"""

from __future__ import annotations

from math import inf
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from equipoise.errors import InputError
from equipoise.simulate import survival_kernel as kernels
from equipoise.simulate.arrivals import EvenRecruitment, RateRecruitment, Recruitment
from equipoise.simulate.recruitment import SiteRecruitment
from equipoise.simulate.survival_looks import Looks
from equipoise.simulate.survival_patients import Truth, truth_of
from equipoise.simulate.trial import (
    ESTIMATE,
    EVENTS,
    MONTHS,
    PATIENT_MONTHS,
    PATIENTS,
    Boundaries,
    Column,
    VirtualTrial,
    check_increasing,
    check_looks,
)
from equipoise.value import Value

Share = Annotated[float, Field(ge=0, lt=1)]
_UNIT_WEIGHTS = {0.0, 1.0}


class LogRank(Value):
    """The log-rank test; the estimate is the log hazard ratio in one step (Peto)."""

    kind: Literal["log-rank"] = "log-rank"


class FlemingHarrington(Value):
    """The log-rank test with weights S^rho (1 - S)^gamma; the estimate is the log hazard ratio in one step, so weighted."""

    kind: Literal["fleming-harrington"] = "fleming-harrington"
    rho: NonNegativeFloat = 0.0
    gamma: NonNegativeFloat = 0.0


class MaxCombo(Value):
    """The largest of several Fleming-Harrington tests, given by (rho, gamma); the estimate is that of the log-rank test.

    With `scale` "p-value" a boundary is the normal quantile of a nominal level, which is compared with the p-value of the
    largest z under the correlations that the trial itself estimates; 1.96 is then a test at 0.025. With "maximum" the
    boundary is for the largest z itself (see `max_combo_boundaries`).
    """

    kind: Literal["maxcombo"] = "maxcombo"
    weights: tuple[tuple[NonNegativeFloat, NonNegativeFloat], ...] = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
    scale: Literal["p-value", "maximum"] = "p-value"

    @model_validator(mode="after")
    def _can_be_combined(self) -> Self:
        if not self.weights:
            raise InputError("weights", self.weights, "one pair (rho, gamma) or more")
        by_squares = {x for pair in self.weights for x in pair} <= _UNIT_WEIGHTS
        if self.scale == "p-value" and len(self.weights) > 3 and not by_squares:
            raise InputError("weights", self.weights, "at most 3 pairs, or any with rho and gamma 0 or 1, for p-values")
        return self


class RestrictedMean(Value):
    """The difference in restricted mean survival time up to `months`, which is also the estimate."""

    kind: Literal["restricted-mean"] = "restricted-mean"
    months: PositiveFloat


class Milestone(Value):
    """The difference in Kaplan-Meier survival at `months`, which is also the estimate."""

    kind: Literal["milestone"] = "milestone"
    months: PositiveFloat


SurvivalTest = Annotated[
    LogRank | FlemingHarrington | MaxCombo | RestrictedMean | Milestone, Field(discriminator="kind")
]


class SurvivalTrial(VirtualTrial):
    """Two arms with times to event, compared by `test` at each look.

    A look is held when the cumulative `events` (both arms) have happened, in calendar month `months`, and when the first
    `patients_followed` patients have been in for `follow_up_months` (by default the months of a milestone or restricted
    mean): at the latest of those that are given. The trial ends at calendar month `max_months` at the latest, with the
    look that it is waiting for. When fewer events than planned can ever happen, that look is held when all have happened,
    and is the last. A restricted mean or a milestone beyond what an arm was followed for is unknown, and decides nothing.

    Hazards are per month, constant from each of `breaks` (months since enrolment; the first is 0) to the next, so a delayed
    effect is a treatment hazard that differs after a break only. Shares `cured_treatment` and `cured_control` never have
    the event. Dropout is exponential with `dropout_hazard` per month, in treatment `dropout_hazard_treatment` if given:
    -log(1 - p) / 12 for a share p in 12 months. Nobody is followed for more than `max_follow_up` months. Patients arrive
    evenly over `accrual_months`, the i-th of n at i / n of it, or by `recruitment`, and are allocated as evenly as can be.
    Estimates of no events are 0.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, EVENTS, MONTHS, PATIENT_MONTHS, ESTIMATE)
    boundaries: Boundaries
    test: SurvivalTest = LogRank()
    patients: PositiveInt
    events: tuple[PositiveInt, ...] = ()
    months: tuple[PositiveFloat, ...] = ()
    patients_followed: tuple[PositiveInt, ...] = ()
    follow_up_months: PositiveFloat | None = None
    max_months: PositiveFloat | None = None
    hazard_treatment: tuple[NonNegativeFloat, ...] = Field(min_length=1)
    hazard_control: tuple[NonNegativeFloat, ...] = Field(min_length=1)
    breaks: tuple[NonNegativeFloat, ...] = (0.0,)
    cured_treatment: Share = 0.0
    cured_control: Share = 0.0
    dropout_hazard: NonNegativeFloat = 0.0
    dropout_hazard_treatment: NonNegativeFloat | None = None
    max_follow_up: PositiveFloat | None = None
    accrual_months: PositiveFloat | None = None
    recruitment: Annotated[RateRecruitment | SiteRecruitment, Field(discriminator="kind")] | None = None
    treatment_share: float = Field(default=0.5, gt=0, lt=1)

    @model_validator(mode="after")
    def _looks_make_sense(self) -> Self:
        rules = {"events": self.events, "months": self.months, "patients_followed": self.patients_followed}
        given = {name: rule for name, rule in rules.items() if rule}
        if not given:
            raise InputError("events", self.events, "a number for each look, or months, or patients_followed")
        for name, rule in given.items():
            check_increasing(name, rule)
            if len(rule) != self.looks:
                raise InputError(name, len(rule), f"a number for each of the {self.looks} looks")
            if name != "months" and rule[-1] > self.patients:
                raise InputError(name, rule[-1], f"at most the {self.patients} patients")
        if self.patients_followed and self.window is None:
            raise InputError("follow_up_months", None, "months for which patients_followed are followed")
        check_looks(self.boundaries, self.looks)
        return self

    @model_validator(mode="after")
    def _truth_makes_sense(self) -> Self:
        check_increasing("breaks", self.breaks)
        if self.breaks[:1] != (0.0,):
            raise InputError("breaks", self.breaks, "increasing months of which the first is 0")
        for name, hazards in (("hazard_treatment", self.hazard_treatment), ("hazard_control", self.hazard_control)):
            if len(hazards) != len(self.breaks):
                raise InputError(name, len(hazards), f"one hazard for each of the {len(self.breaks)} breaks")
        if (self.accrual_months is None) == (self.recruitment is None):
            raise InputError("accrual_months", self.accrual_months, "either this or recruitment")
        if isinstance(self.test, RestrictedMean | Milestone) and self.test.months > (self.max_follow_up or inf):
            raise InputError("test.months", self.test.months, f"at most max_follow_up, {self.max_follow_up}")
        return self

    @property
    def looks(self) -> int:
        return len(self.events or self.months or self.patients_followed)

    @property
    def window(self) -> float | None:
        """For how many months `patients_followed` are followed."""
        by_test = self.test.months if isinstance(self.test, RestrictedMean | Milestone) else None
        return by_test if self.follow_up_months is None else self.follow_up_months

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        come = self.recruitment or EvenRecruitment(months=self.accrual_months or inf)
        truth = self._truth()
        arguments = (*come.arrivals(self.patients), truth, self._look_rules(come, truth), self._test())
        return kernels.survival_trials, (*self.boundaries.as_arrays(), *arguments)

    def _truth(self) -> Truth:
        dropout = self.dropout_hazard if self.dropout_hazard_treatment is None else self.dropout_hazard_treatment
        position = np.arange(1, self.patients + 1)
        return truth_of(
            np.diff(np.floor(position * self.treatment_share + 0.5), prepend=0.0).astype(np.int64),
            np.array(self.breaks),
            np.array([self.hazard_control, self.hazard_treatment]),
            np.array([self.dropout_hazard, dropout]),
            np.array([self.cured_control, self.cured_treatment]),
            inf if self.max_follow_up is None else self.max_follow_up,
        )

    def _look_rules(self, come: Recruitment, truth: Truth) -> Looks:
        """Buckets of calendar time are to cover all arrivals and some times the median of what follow-ups end."""
        no = np.zeros(self.looks)
        return Looks(
            np.array(self.events or no, np.int64),
            np.array(self.months or no, np.float64),
            np.array(self.patients_followed or no, np.int64),
            self.window or 0.0,
            inf if self.max_months is None else self.max_months,
            (self.patients // 2 + 1) / (come.duration(self.patients) + 3.0 * truth.centre),
        )

    def _test(self) -> kernels.Test:
        test, unweighted = self.test, np.zeros((1, 2))
        if isinstance(test, MaxCombo):
            kind = kernels.MAX_COMBO if test.scale == "maximum" else kernels.MAX_COMBO_P
            return kernels.Test(kind, np.array(test.weights, np.float64), 0.0)
        if isinstance(test, FlemingHarrington):
            return kernels.Test(kernels.FLEMING_HARRINGTON, np.array([[test.rho, test.gamma]]), 0.0)
        if isinstance(test, RestrictedMean):
            return kernels.Test(kernels.RESTRICTED_MEAN, unweighted, test.months)
        if isinstance(test, Milestone):
            return kernels.Test(kernels.MILESTONE, unweighted, test.months)
        return kernels.Test(kernels.LOG_RANK, unweighted, 0.0)
