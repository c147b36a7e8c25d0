"""Virtual two-arm group-sequential trials: means, proportions and survival.

A positive z favours treatment: a higher mean or proportion, or fewer events on the log-rank test.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator
from scipy import stats

from equipoise.errors import InputError
from equipoise.simulate.sufficient import mean_trials, proportion_trials
from equipoise.simulate.survival import survival_trials
from equipoise.simulate.trial import (
    EVENTS,
    MONTHS,
    PATIENTS,
    Boundaries,
    Column,
    VirtualTrial,
    check_increasing,
    check_looks,
)

Floats = NDArray[np.float64]


class _ByPatients(VirtualTrial):
    """Cumulative patients in each arm at each look."""

    boundaries: Boundaries
    patients_treatment: tuple[PositiveInt, ...] = Field(min_length=1)
    patients_control: tuple[PositiveInt, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _grow(self) -> Self:
        check_increasing("patients_treatment", self.patients_treatment)
        check_increasing("patients_control", self.patients_control)
        if len(self.patients_control) != len(self.patients_treatment):
            raise InputError("patients_control", len(self.patients_control), "as many looks as patients_treatment")
        check_looks(self.boundaries, self.looks)
        return self

    @property
    def looks(self) -> int:
        return len(self.patients_control)

    def _sizes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return np.array(self.patients_treatment, np.int64), np.array(self.patients_control, np.int64)


class MeanTrial(_ByPatients):
    """Normal outcomes: treatment minus control has mean `difference`, both arms the standard deviation `sd`.

    `test` "z" knows `sd`; "t" pools its estimate over all data up to the look, and takes as its critical value the t
    quantile of the boundary's nominal one-sided level (Jennison & Turnbull 2000, section 3.8).
    """

    difference: float
    sd: PositiveFloat = 1.0
    test: Literal["z", "t"] = "z"

    @model_validator(mode="after")
    def _has_variance(self) -> Self:
        if self.test == "t" and self.patients_treatment[0] + self.patients_control[0] < 3:
            raise InputError("patients_treatment", self.patients_treatment[0], "3 patients or more at the first look")
        return self

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        (upper, lower), (treatment, control) = self.boundaries.as_arrays(), self._sizes()
        if self.test == "t":
            degrees = treatment + control - 2
            upper, lower = _same_level(upper, degrees), _same_level(lower, degrees)
        effect = self.difference / self.sd
        return mean_trials, (upper, lower, treatment, control, effect, self.test == "t")


class ProportionTrial(_ByPatients):
    """Binary outcomes, compared by the z test with the pooled variance."""

    rate_treatment: float = Field(ge=0, le=1)
    rate_control: float = Field(ge=0, le=1)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        treatment, control = self._sizes()
        tables = _binomial_tables(treatment, self.rate_treatment), _binomial_tables(control, self.rate_control)
        return proportion_trials, (*self.boundaries.as_arrays(), treatment, control, *tables)


class SurvivalTrial(VirtualTrial):
    """Times to event, compared by the log-rank test when the cumulative `events` (both arms) have happened.

    Hazards are per month, constant from each of `breaks` (months since enrolment; the first is 0) to the next. Patients
    arrive evenly over `accrual_months`, the i-th of n at i / n of it, and are allocated as evenly as can be. Dropout is
    exponential with `dropout_hazard` per month: -log(1 - p) / 12 for a share p in 12 months. When fewer events than
    planned can ever happen, that look is held when all have happened, and is the last.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, EVENTS, MONTHS)
    boundaries: Boundaries
    patients: PositiveInt
    events: tuple[PositiveInt, ...] = Field(min_length=1)
    hazard_treatment: tuple[NonNegativeFloat, ...] = Field(min_length=1)
    hazard_control: tuple[NonNegativeFloat, ...] = Field(min_length=1)
    breaks: tuple[NonNegativeFloat, ...] = (0.0,)
    accrual_months: PositiveFloat
    dropout_hazard: NonNegativeFloat = 0.0
    treatment_share: float = Field(default=0.5, gt=0, lt=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_increasing("events", self.events)
        check_increasing("breaks", self.breaks)
        if self.breaks[:1] != (0.0,):
            raise InputError("breaks", self.breaks, "increasing months of which the first is 0")
        if self.events[-1] > self.patients:
            raise InputError("events", self.events[-1], f"at most the {self.patients} patients")
        for name, hazards in (("hazard_treatment", self.hazard_treatment), ("hazard_control", self.hazard_control)):
            if len(hazards) != len(self.breaks):
                raise InputError(name, len(hazards), f"one hazard for each of the {len(self.breaks)} breaks")
        check_looks(self.boundaries, self.looks)
        return self

    @property
    def looks(self) -> int:
        return len(self.events)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        return survival_trials, (*self.boundaries.as_arrays(), *_survival_arguments(self))


TwoArmTrial = MeanTrial | ProportionTrial | SurvivalTrial


def _same_level(z: Floats, degrees: NDArray[np.int64]) -> Floats:
    """The t quantiles with the one-sided tail probabilities of `z`, computed in the nearer tail."""
    return np.sign(z) * stats.t.isf(stats.norm.sf(np.abs(z)), degrees)


def _binomial_tables(patients: NDArray[np.int64], rate: float) -> Floats:
    """(looks, most patients in a stage + 1): each stage's distribution function, 1 from its size on."""
    stages = np.diff(patients, prepend=0)
    table = np.asarray(stats.binom.cdf(np.arange(stages.max() + 1), stages[:, None], rate), np.float64)
    table[np.arange(stages.max() + 1) >= stages[:, None]] = 1.0
    return table


def _survival_arguments(trial: SurvivalTrial) -> tuple[Any, ...]:
    position = np.arange(1, trial.patients + 1)
    arrivals = trial.accrual_months * position / trial.patients
    treated = np.floor(position * trial.treatment_share + 0.5)
    arm = np.diff(treated, prepend=0.0).astype(np.int64)
    hazards = np.array([trial.hazard_control, trial.hazard_treatment])
    return np.array(trial.events, np.int64), arrivals, arm, np.array(trial.breaks), hazards, trial.dropout_hazard
