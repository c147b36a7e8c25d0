"""Virtual two-arm group-sequential trials: means, proportions and survival.

A positive z favours treatment: a higher mean or proportion, or fewer events on the log-rank test.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import inf
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, field_validator, model_validator
from scipy import stats

from equipoise.errors import InputError
from equipoise.simulate.sufficient import mean_trials, proportion_trials
from equipoise.simulate.survival import survival_trials
from equipoise.simulate.tally import SimulatedTrials, count_trials
from equipoise.value import Value

Floats = NDArray[np.float64]


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


class _ByPatients(Value):
    """Cumulative patients in each arm at each look."""

    patients_treatment: tuple[PositiveInt, ...] = Field(min_length=1)
    patients_control: tuple[PositiveInt, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _grow(self) -> Self:
        _increasing("patients_treatment", self.patients_treatment)
        _increasing("patients_control", self.patients_control)
        if len(self.patients_control) != len(self.patients_treatment):
            raise InputError("patients_control", len(self.patients_control), "as many looks as patients_treatment")
        return self

    @property
    def looks(self) -> int:
        return len(self.patients_control)


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


class ProportionTrial(_ByPatients):
    """Binary outcomes, compared by the z test with the pooled variance."""

    rate_treatment: float = Field(ge=0, le=1)
    rate_control: float = Field(ge=0, le=1)


class SurvivalTrial(Value):
    """Times to event, compared by the log-rank test when the cumulative `events` (both arms) have happened.

    Hazards are per month, constant from each of `breaks` (months since enrolment; the first is 0) to the next. Patients
    arrive evenly over `accrual_months`, the i-th of n at i / n of it, and are allocated as evenly as can be. Dropout is
    exponential with `dropout_hazard` per month: -log(1 - p) / 12 for a share p in 12 months. When fewer events than
    planned can ever happen, that look is held when all have happened, and is the last.
    """

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
        _increasing("events", self.events)
        _increasing("breaks", self.breaks)
        if self.breaks[:1] != (0.0,):
            raise InputError("breaks", self.breaks, "increasing months of which the first is 0")
        if self.events[-1] > self.patients:
            raise InputError("events", self.events[-1], f"at most the {self.patients} patients")
        for name, hazards in (("hazard_treatment", self.hazard_treatment), ("hazard_control", self.hazard_control)):
            if len(hazards) != len(self.breaks):
                raise InputError(name, len(hazards), f"one hazard for each of the {len(self.breaks)} breaks")
        return self

    @property
    def looks(self) -> int:
        return len(self.events)


TwoArmTrial = MeanTrial | ProportionTrial | SurvivalTrial


def simulate_two_arm(
    trial: TwoArmTrial,
    boundaries: Boundaries,
    *,
    trials: int,
    seed: int,
    design: int = 0,
    scenario: int = 0,
    first_trial: int = 0,
    threads: int | None = None,
) -> SimulatedTrials:
    """Simulate `trials` virtual trials and count how they end.

    The result depends on (seed, design, scenario, first_trial, trials) only, never on `threads`; results of adjoining
    ranges of trials add up with `+` to the result of the whole. Raises InputError.
    """
    if trial.looks != boundaries.looks:
        raise InputError(
            "boundaries.efficacy", boundaries.looks, f"one critical value for each of the {trial.looks} looks"
        )
    for name, number, bits in (("seed", seed, 64), ("design", design, 32), ("scenario", scenario, 32)):
        if not 0 <= number < 2**bits:
            raise InputError(name, number, f"a whole number from 0, below 2^{bits}")
    kernel, arguments = _kernel(trial, boundaries)
    name = (np.uint64(seed), np.uint64(design), np.uint64(scenario))

    def run(first: int, end: int, counts: NDArray[np.int64]) -> None:
        kernel(first, end, counts, *name, *arguments)

    return count_trials(run, looks=trial.looks, trials=trials, first_trial=first_trial, threads=threads)


def _kernel(trial: TwoArmTrial, boundaries: Boundaries) -> tuple[Any, tuple[Any, ...]]:
    upper, lower = boundaries.as_arrays()
    if isinstance(trial, SurvivalTrial):
        return survival_trials, (upper, lower, *_survival_arguments(trial))
    sizes = np.array(trial.patients_treatment, np.int64), np.array(trial.patients_control, np.int64)
    if isinstance(trial, ProportionTrial):
        tables = (
            _binomial_tables(n, p) for n, p in zip(sizes, (trial.rate_treatment, trial.rate_control), strict=True)
        )
        return proportion_trials, (upper, lower, *sizes, *tables)
    if trial.test == "t":
        to_t = partial(_same_level, degrees=sizes[0] + sizes[1] - 2)
        upper, lower = to_t(upper), to_t(lower)
    return mean_trials, (upper, lower, *sizes, trial.difference / trial.sd, trial.test == "t")


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


def _increasing(field: str, numbers: tuple[float, ...]) -> None:
    if any(a >= b for a, b in pairwise(numbers)):
        raise InputError(field, numbers, "numbers that increase from look to look")
