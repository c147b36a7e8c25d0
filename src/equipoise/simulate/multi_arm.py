"""Virtual trials of several arms against one control, over several looks: arms leave as they are decided.

Royston, Parmar & Qian 2003, Stat Med 22:2239-2256; Magirr, Jaki & Whitehead 2012, Biometrika 99:494-501; Wason & Jaki
2012, Stat Med 31:4269-4279; drop the loser: Thall, Simon & Ellenberg 1988, Biometrika 75:303-310, and Wason, Stallard,
Bowden & Jennison 2017, Stat Methods Med Res 26:508-524.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from equipoise.errors import InputError
from equipoise.simulate.multi_arm_bounds import check_keep
from equipoise.simulate.multi_arm_kernels import arm_mean_trials, arm_proportion_trials
from equipoise.simulate.trial import (
    ESTIMATE,
    EVENTS,
    PATIENTS,
    Boundaries,
    Column,
    VirtualTrial,
    check_increasing,
    check_looks,
)
from equipoise.simulate.two_arm import binomial_tables, same_level

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
MOST_ARMS = 20
Rate = float


class _MultiArm(VirtualTrial):
    """What the endpoints share; see the families.

    Each look compares each arm that is in with control, all patients so far: z at or above `efficacy` rejects its null
    and ends its recruitment, z at or below `futility` drops it. Of those that go on, at most `keep` (one number for each
    look but the last) with the highest z do. The trial ends when every arm is decided or, with `stop` "first", with the
    first rejection. An arm recruits the same numbers whichever others have left.

    Columns: patients; best_arm, the one (from 1) with the highest z among those rejected or, if none is, among those at
    the last look; arms_dropped; the naive `estimate` of the best arm's effect; rejected_k; and chosen_k, which says that
    arm k is the best and is rejected: under the least favourable configuration its mean is the power of Magirr et al.
    """

    boundaries: Boundaries
    keep: tuple[PositiveInt, ...] = ()
    stop: Literal["first", "all"] = "first"

    @property
    def arms(self) -> int:
        """How many arms there are beside control."""
        raise NotImplementedError

    @property
    def columns(self) -> tuple[Column, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        arms = range(1, self.arms + 1)
        return (
            self._counted(),
            Column("best_arm"),
            Column("arms_dropped"),
            ESTIMATE,
            *(Column(f"rejected_{k}") for k in arms),
            *(Column(f"chosen_{k}") for k in arms),
        )

    @property
    def looks(self) -> int:
        return len(self._sizes()[0])

    def _counted(self) -> Column:
        return PATIENTS

    def _sizes(self) -> tuple[Integers, Integers]:
        """Cumulative numbers in each arm and on control, by look."""
        raise NotImplementedError

    def _check(self, treatment: str, control: str, truth: str) -> None:
        by_name = {name: getattr(self, name) for name in (treatment, control)}
        for name, sizes in by_name.items():
            check_increasing(name, sizes)
        if len(by_name[control]) != self.looks:
            raise InputError(control, len(by_name[control]), f"as many looks as {treatment}")
        check_looks(self.boundaries, self.looks)
        if self.arms > MOST_ARMS:
            raise InputError(truth, self.arms, f"at most {MOST_ARMS} arms")
        if self.keep:
            check_keep(self.keep, self.arms, self.looks)

    def _design(self, upper: Floats, lower: Floats) -> tuple[Any, ...]:
        keep = np.array(self.keep or [self.arms] * (self.looks - 1), np.int64)
        return upper, lower, *self._sizes(), np.append(keep, self.arms), self.stop == "first"


class _ByPatients(_MultiArm):
    """Cumulative patients in each arm that is in, and on control, at each look."""

    patients_treatment: tuple[PositiveInt, ...] = Field(min_length=1)
    patients_control: tuple[PositiveInt, ...] = Field(min_length=1)

    def _sizes(self) -> tuple[Integers, Integers]:
        return np.array(self.patients_treatment, np.int64), np.array(self.patients_control, np.int64)


class MultiArmMeanTrial(_ByPatients):
    """Normal outcomes: arm k minus control has mean `differences[k]`, all arms the standard deviation `sd`.

    `test` "z" knows `sd`; "t" pools its estimate over all arms, of all data up to the look, and takes as its critical
    value the t quantile of the boundary's nominal one-sided level.
    """

    differences: tuple[float, ...] = Field(min_length=1)
    sd: PositiveFloat = 1.0
    test: Literal["z", "t"] = "z"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check("patients_treatment", "patients_control", "differences")
        if self.test == "t" and self.patients_treatment[0] * self.arms + self.patients_control[0] < self.arms + 2:
            raise InputError(
                "patients_treatment", self.patients_treatment[0], "a patient more than arms at the first look"
            )
        return self

    @property
    def arms(self) -> int:
        return len(self.differences)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        upper, lower = self.boundaries.as_arrays()
        if self.test == "t":
            degrees = _possible_degrees(*self._sizes(), self.arms)
            by_degrees = _by_degrees(upper, degrees), _by_degrees(lower, degrees)
        else:
            by_degrees = upper[:, None], lower[:, None]
        effects = np.array(self.differences) / self.sd
        return arm_mean_trials, (*self._design(*by_degrees), effects, self.sd, self.test == "t")


class MultiArmProportionTrial(_ByPatients):
    """Binary outcomes; each arm is compared with control by the z test with the pooled variance of the two."""

    rates_treatment: tuple[Rate, ...] = Field(min_length=1)
    rate_control: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check("patients_treatment", "patients_control", "rates_treatment")
        check_rates("rates_treatment", self.rates_treatment)
        return self

    @property
    def arms(self) -> int:
        return len(self.rates_treatment)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        upper, lower = self.boundaries.as_arrays()
        treatment, control = self._sizes()
        in_arms = np.stack([binomial_tables(treatment, rate) for rate in self.rates_treatment])
        tables = binomial_tables(control, self.rate_control), in_arms
        return arm_proportion_trials, (*self._design(upper[:, None], lower[:, None]), *tables)


class MultiArmSurvivalTrial(_MultiArm):
    """Times to event, through the log-rank statistics' asymptotic joint distribution under proportional hazards.

    The log hazards of the arms are drawn as independent normals of variance 1 / events, so that z of arm k against
    control, with d_k and d_0 events, has mean -log(hazard_ratios[k]) / sqrt(1/d_k + 1/d_0), and statistics share the
    control arm and earlier events as log-rank statistics do near the null (Royston, Parmar & Qian 2003, section 2;
    Jennison & Turnbull 2000, section 3.7). No patient is followed: looks are held at the cumulative `events_treatment` in
    each arm that is in, as planned, and `events_control`. Counts `events` instead of patients; estimates the log hazard
    ratio, with the sign turned so that benefit is positive.
    """

    events_treatment: tuple[PositiveInt, ...] = Field(min_length=1)
    events_control: tuple[PositiveInt, ...] = Field(min_length=1)
    hazard_ratios: tuple[PositiveFloat, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check("events_treatment", "events_control", "hazard_ratios")
        return self

    @property
    def arms(self) -> int:
        return len(self.hazard_ratios)

    def _counted(self) -> Column:
        return EVENTS

    def _sizes(self) -> tuple[Integers, Integers]:
        return np.array(self.events_treatment, np.int64), np.array(self.events_control, np.int64)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        upper, lower = self.boundaries.as_arrays()
        effects = -np.log(np.array(self.hazard_ratios))
        return arm_mean_trials, (*self._design(upper[:, None], lower[:, None]), effects, 1.0, False)


MultiArmTrial = MultiArmMeanTrial | MultiArmProportionTrial | MultiArmSurvivalTrial


def check_rates(field: str, rates: tuple[float, ...]) -> None:
    """Raise InputError unless each is a probability."""
    for place, rate in enumerate(rates, start=1):
        if not 0.0 <= rate <= 1.0:
            raise InputError(f"{field}.{place}", rate, "a probability from 0 to 1")


def _possible_degrees(treatment: Integers, control: Integers, arms: int) -> Integers:
    """Degrees of freedom that some look can have, as 0 and the numbers up to the largest where none has."""
    last = np.unique(treatment)
    reached: set[int] = set()
    for look, at_control in enumerate(control):
        for sizes in combinations_with_replacement(last[: look + 1], arms):
            reached.add(int(at_control - 1 + sum(sizes) - arms))
    degrees = np.zeros(max(reached) + 1, np.int64)
    degrees[list(reached)] = list(reached)
    return degrees


def _by_degrees(z: Floats, degrees: Integers) -> Floats:
    """(looks, degrees): the t quantiles with the one-sided tail probabilities of `z`, computed in the nearer tail."""
    used = np.flatnonzero(degrees > 0)
    table = np.full((len(z), len(degrees)), np.nan)
    table[:, used] = same_level(z[:, None], degrees[used])
    return table
