"""Virtual two-arm group-sequential trials: means and proportions.

A positive z favours treatment: a higher mean or proportion.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator
from scipy import stats

from equipoise.errors import InputError
from equipoise.simulate.sufficient import mean_trials, proportion_trials
from equipoise.simulate.survival import SurvivalTrial
from equipoise.simulate.trial import (
    ESTIMATE,
    PATIENTS,
    Boundaries,
    Column,
    VirtualTrial,
    check_increasing,
    check_looks,
)

Floats = NDArray[np.float64]
Better = Literal["higher", "lower"]
Measure = Literal["difference", "ratio", "odds-ratio"]
MeanTest = Literal["z", "t", "welch"]
ProportionTest = Literal["pooled", "unpooled", "score"]
# the compiled code's numbers are places in these
MEASURES, MEAN_TESTS, PROPORTION_TESTS = (get_args(words) for words in (Measure, MeanTest, ProportionTest))


class ByPatients(VirtualTrial):
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

    def sizes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return np.array(self.patients_treatment, np.int64), np.array(self.patients_control, np.int64)


class MeanTrial(ByPatients):
    """Normal outcomes, higher being better: treatment minus control has mean `difference`.

    `sd` is both arms' standard deviation, or treatment's if `sd_control` is given. `margin` is the loss allowed (0 for
    superiority). `test` "z" knows the standard deviations; "t" pools one estimate over both arms, "welch" has one for each,
    from all data up to the look. Both t tests take as critical value the t quantile of the boundary's nominal one-sided
    level (Jennison & Turnbull 2000, section 3.8), Welch's with Satterthwaite's degrees of freedom.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, ESTIMATE)
    difference: float
    sd: PositiveFloat = 1.0
    sd_control: PositiveFloat | None = None
    margin: NonNegativeFloat = 0.0
    test: MeanTest = "z"

    @model_validator(mode="after")
    def _has_variance(self) -> Self:
        first = self.patients_treatment[0], self.patients_control[0]
        if self.test == "t" and sum(first) < 3:
            raise InputError("patients_treatment", first[0], "3 patients or more at the first look")
        if self.test == "welch" and min(first) < 2:
            raise InputError("patients_treatment", first[0], "2 patients or more in each arm at the first look")
        return self

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        (upper, lower), (treatment, control) = self.boundaries.as_arrays(), self.sizes()
        if self.test == "t":
            degrees = treatment + control - 2
            upper, lower = same_level(upper, degrees), same_level(lower, degrees)
        sds = self.sd, self.sd if self.sd_control is None else self.sd_control
        test = MEAN_TESTS.index(self.test)
        return mean_trials, (upper, lower, treatment, control, self.difference, self.margin, *sds, test)


class ProportionTrial(ByPatients):
    """Binary outcomes, treatment's against control's.

    `margin` is nothing for superiority; for non-inferiority, as in the exact design, a loss above 0 for the difference, and
    the limit itself for a ratio or odds ratio: above 1 if lower is better, below 1 if higher is. `test` "pooled" (for
    superiority alone) has the pooled variance, "unpooled" is Wald's of the difference, or of the log ratio or odds ratio
    with half an event added to each cell; "score" is Farrington & Manning's (1990), for odds ratios Miettinen & Nurminen's
    (1985). The column `estimate` is the difference, or that logarithm.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, ESTIMATE)
    rate_treatment: float = Field(ge=0, le=1)
    rate_control: float = Field(ge=0, le=1)
    better: Better = "higher"
    measure: Measure = "difference"
    margin: PositiveFloat | None = None
    test: ProportionTest = "pooled"

    @model_validator(mode="after")
    def _has_limit(self) -> Self:
        self._limit()
        if self.test == "pooled" and self.margin is not None:
            raise InputError("test", self.test, '"unpooled" or "score" with a margin')
        return self

    def _limit(self) -> float:
        return limit_of(self.measure != "difference", self.better, self.margin)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        treatment, control = self.sizes()
        tables = binomial_tables(treatment, self.rate_treatment), binomial_tables(control, self.rate_control)
        codes = PROPORTION_TESTS.index(self.test), MEASURES.index(self.measure)
        sign = 1.0 if self.better == "higher" else -1.0
        return proportion_trials, (
            *self.boundaries.as_arrays(), treatment, control, *tables, *codes, self._limit(), sign
        )  # fmt: skip


def limit_of(relative: bool, better: Better, margin: float | None) -> float:
    """The limit that treatment must lie beyond: of a difference, or of a ratio (`relative`). Raises InputError."""
    if margin is None:
        return 1.0 if relative else 0.0
    if not relative:
        if margin >= 1:
            raise InputError("margin", margin, "above 0 and below 1")
        return -margin if better == "higher" else margin
    if (margin >= 1) if better == "higher" else (margin <= 1):
        allowed = "above 0 and below 1, as higher is better" if better == "higher" else "above 1, as lower is better"
        raise InputError("margin", margin, f"a ratio {allowed}")
    return margin


TwoArmTrial = MeanTrial | ProportionTrial | SurvivalTrial


def same_level(z: Floats, degrees: NDArray[np.int64]) -> Floats:
    """The t quantiles with the one-sided tail probabilities of `z`, computed in the nearer tail."""
    return np.sign(z) * stats.t.isf(stats.norm.sf(np.abs(z)), degrees)


def binomial_tables(patients: NDArray[np.int64], rate: float) -> Floats:
    """(looks, most patients in a stage + 1): each stage's distribution function, 1 from its size on."""
    stages = np.diff(patients, prepend=0)
    table = np.asarray(stats.binom.cdf(np.arange(stages.max() + 1), stages[:, None], rate), np.float64)
    table[np.arange(stages.max() + 1) >= stages[:, None]] = 1.0
    return table
