"""Virtual trials whose size is chosen anew at an interim look: blinded, or by conditional power in a promising zone."""

from __future__ import annotations

from math import nan
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from equipoise.design.normal import upper_quantile
from equipoise.errors import InputError
from equipoise.simulate import reestimation_kernels as kernels
from equipoise.simulate.counts import check_count_law, count_hazards
from equipoise.simulate.reestimation_rules import (
    blinded_count_line,
    blinded_mean_unit,
    blinded_proportion_sizes,
    unweighted_excess,
)
from equipoise.simulate.trial import ESTIMATE, EVENTS, PATIENTS, Boundaries, Column, VirtualTrial, check_looks
from equipoise.simulate.two_arm import (
    MEAN_TESTS,
    PROPORTION_TESTS,
    Better,
    MeanTest,
    ProportionTest,
    limit_of,
)
from equipoise.value import Value

INCREASED, CONDITIONAL_POWER = Column("increased"), Column("conditional_power", 1e-6)
_LEVEL_TOLERANCE = 1e-7


class Arms(Value):
    """Patients in each arm."""

    treatment: PositiveInt
    control: PositiveInt

    @property
    def total(self) -> int:
        return self.treatment + self.control

    def within(self, other: Arms) -> bool:
        """Whether neither arm has more patients than the other's."""
        return self.treatment <= other.treatment and self.control <= other.control


class _Resized(VirtualTrial):
    """Sizes at the interim look, as planned, and the least (nothing: as planned) and most at the end."""

    interim: Arms
    planned: Arms
    maximum: Arms
    least: Arms | None = None

    @model_validator(mode="after")
    def _grow(self) -> Self:
        if not self.interim.within(self.planned):
            raise InputError("interim", self.interim.total, "no more patients in either arm than planned")
        if not self.planned.within(self.maximum):
            raise InputError("maximum", self.maximum.total, "no fewer patients in either arm than planned")
        if self.least is not None and not (self.interim.within(self.least) and self.least.within(self.maximum)):
            raise InputError(
                "least", self.least.total, "in each arm no fewer than at the interim look, no more than at most"
            )
        return self

    def sizes(self) -> NDArray[np.int64]:
        """(4, 2), as the kernels take them."""
        arms = self.interim, self.planned, self.least or self.planned, self.maximum
        return np.array([[arm.treatment, arm.control] for arm in arms], np.int64)


class _Blinded(_Resized):
    """A size chosen anew from what is seen without the arms being known, and one analysis at the end.

    The plan is for `power` at the one-sided level `alpha` with the effect that was `assumed`; only the nuisance is learnt.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, INCREASED, ESTIMATE)
    alpha: float = Field(default=0.025, gt=0, lt=0.5)
    power: float = Field(default=0.8, gt=0, lt=1)

    @model_validator(mode="after")
    def _above_level(self) -> Self:
        if self.power <= self.alpha:
            raise InputError("power", self.power, "above alpha and below 1")
        return self

    @property
    def looks(self) -> int:
        return 1

    @property
    def _plan(self) -> dict[str, float]:
        return {"share": self.planned.treatment / self.planned.total, "alpha": self.alpha, "power": self.power}


class BlindedMeanTrial(_Blinded):
    """Normal outcomes, higher being better, with the size from the blinded one-sample variance of the interim's patients.

    Friede & Kieser 2006, Biometrical J 48:537; `adjusted` takes off what the assumed difference adds to it. The final test is
    the z, t or Welch test of all patients as if the size had been fixed; its level is checked with `worst_type_one_error`.
    """

    difference: float
    sd: PositiveFloat
    sd_control: PositiveFloat | None = None
    margin: NonNegativeFloat = 0.0
    test: MeanTest = "t"
    assumed_difference: float
    adjusted: bool = False

    @model_validator(mode="after")
    def _something_to_show(self) -> Self:
        if self.assumed_difference + self.margin <= 0:
            raise InputError("assumed_difference", self.assumed_difference, "a number above minus the margin")
        if min(self.interim.treatment, self.interim.control) < 2:
            raise InputError("interim", self.interim.total, "2 patients or more in each arm")
        return self

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        unit = blinded_mean_unit(difference=self.assumed_difference, margin=self.margin, **self._plan)
        assumed = self.assumed_difference if self.adjusted else 0.0
        sds = self.sd, self.sd if self.sd_control is None else self.sd_control
        return kernels.blinded_mean_trials, (
            self.sizes(), self._plan["share"], unit, assumed, self.difference, self.margin, *sds,
            MEAN_TESTS.index(self.test), upper_quantile(self.alpha),
        )  # fmt: skip


class BlindedProportionTrial(_Blinded):
    """Binary outcomes compared by their difference, with the size from the pooled rate of the interim's patients.

    Friede & Kieser 2004, Stat Med 23:203. `margin` and `test` as in ProportionTrial; `assumed_difference` is treatment minus
    control.
    """

    rate_treatment: float = Field(ge=0, le=1)
    rate_control: float = Field(ge=0, le=1)
    better: Better = "higher"
    margin: PositiveFloat | None = None
    test: ProportionTest = "pooled"
    assumed_difference: float = Field(gt=-1, lt=1)

    @model_validator(mode="after")
    def _something_to_show(self) -> Self:
        limit = limit_of(False, self.better, self.margin)
        if (self.assumed_difference <= limit) if self.better == "higher" else (self.assumed_difference >= limit):
            raise InputError("assumed_difference", self.assumed_difference, f"a difference better than {limit:g}")
        if self.test == "pooled" and self.margin is not None:
            raise InputError("test", self.test, '"unpooled" or "score" with a margin')
        return self

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        wanted = blinded_proportion_sizes(
            self.interim.total, difference=self.assumed_difference, margin=self.margin, better=self.better, **self._plan
        )
        sign = 1.0 if self.better == "higher" else -1.0
        return kernels.blinded_proportion_trials, (
            self.sizes(), self._plan["share"], wanted, self.rate_treatment, self.rate_control,
            PROPORTION_TESTS.index(self.test), limit_of(False, self.better, self.margin), sign, upper_quantile(self.alpha),
        )  # fmt: skip


class BlindedCountTrial(_Blinded):
    """Events per patient as in CountTrial, with the size from the overall event rate of the interim's patients.

    Friede & Schmidli 2010, Stat Med 29:1145, with the dispersion of the plan, `assumed_dispersion`; `assumed_ratio` is the rate
    ratio. Without events at the interim look the size is the maximum.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, INCREASED, ESTIMATE, EVENTS)
    rate_treatment: PositiveFloat
    rate_control: PositiveFloat
    dispersion: NonNegativeFloat
    dispersion_in_test: Literal["known", "estimated"] = "estimated"
    exposure_months: PositiveFloat = 12.0
    better: Better = "lower"
    margin: PositiveFloat | None = None
    assumed_ratio: PositiveFloat
    assumed_dispersion: NonNegativeFloat

    @model_validator(mode="after")
    def _something_to_show(self) -> Self:
        limit = limit_of(True, self.better, self.margin)
        if (self.assumed_ratio <= limit) if self.better == "higher" else (self.assumed_ratio >= limit):
            raise InputError("assumed_ratio", self.assumed_ratio, f"a ratio better than {limit:g}")
        for field in ("rate_treatment", "rate_control"):
            check_count_law(field, getattr(self, field), self.exposure_months, self.dispersion)
        return self

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        line = blinded_count_line(
            ratio=self.assumed_ratio,
            margin=self.margin,
            better=self.better,
            dispersion=self.assumed_dispersion,
            **self._plan,
        )
        means = self.rate_treatment * self.exposure_months, self.rate_control * self.exposure_months
        sign = 1.0 if self.better == "higher" else -1.0
        return kernels.blinded_count_trials, (
            self.sizes(), self._plan["share"], *line, *means, self.dispersion, count_hazards(means, self.dispersion),
            self.dispersion_in_test == "estimated", limit_of(True, self.better, self.margin), sign,
            upper_quantile(self.alpha),
        )  # fmt: skip


class _PromisingZone(_Resized):
    """Two looks; at the first the second stage's size is chosen for a conditional power of `power`.

    Below `least_conditional_power` at the planned size that size is kept; else it is what the target takes, from `least` to
    `maximum` (Mehta & Pocock 2011, Stat Med 30:3267; with a `least` below the plan, or no lower limit, also the rule of Cui,
    Hung & Wang 1999). `combination` "inverse-normal" weights the stages' statistics by the planned information, which keeps
    the level whatever the rule (Lehmacher & Wassmer 1999, Biometrics 55:1286; Cui, Hung & Wang 1999, Biometrics 55:853);
    "unweighted" pools all data and is refused where the rule would raise the level. The column `conditional_power` is that at
    the planned size, `estimate` the difference over all data, which is not free of bias.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, INCREASED, ESTIMATE, CONDITIONAL_POWER)
    boundaries: Boundaries
    power: float = Field(default=0.8, gt=0, lt=1)
    least_conditional_power: float = Field(default=0.0, ge=0, le=1)
    combination: Literal["inverse-normal", "unweighted"] = "inverse-normal"
    _least_of_stage: ClassVar[int] = 1

    @model_validator(mode="after")
    def _two_stages(self) -> Self:
        check_looks(self.boundaries, 2)
        if self.boundaries.efficacy[1] is None:
            raise InputError("boundaries.efficacy", None, "a critical value at the last look")
        sizes = self.sizes()
        if (sizes[kernels.LEAST] - sizes[kernels.INTERIM]).min() < self._least_of_stage:
            raise InputError(
                "interim", self.interim.total, f"{self._least_of_stage} or more fewer in each arm than at the end"
            )
        return self

    @model_validator(mode="after")
    def _level_is_kept(self) -> Self:
        if self.combination == "inverse-normal" or self._excess(self.least_conditional_power) <= _LEVEL_TOLERANCE:
            return self
        if self._excess(self.power) > _LEVEL_TOLERANCE:
            raise InputError("combination", self.combination, '"inverse-normal" with this rule')
        low, high = self.least_conditional_power, self.power
        while high - low > 1e-4:
            middle = (low + high) / 2
            low, high = (low, middle) if self._excess(middle) <= _LEVEL_TOLERANCE else (middle, high)
        raise InputError(
            "least_conditional_power",
            self.least_conditional_power,
            f'{high:.4f} or more for the "unweighted" combination',
        )

    @property
    def looks(self) -> int:
        return 2

    def _drift(self) -> float | None:
        """The assumed effect by unit of sqrt(information), None where it is to be estimated."""
        raise NotImplementedError

    def _second_share(self) -> float:
        return (self.planned.treatment - self.interim.treatment) / (self.planned.total - self.interim.total)

    def informations(self) -> NDArray[np.float64]:
        """Of the first stage, and of the second as planned, at least and at most: n1 n0 / (n1 + n0)."""
        share, sizes = self._second_share(), self.sizes()
        first = sizes[kernels.INTERIM]
        later = (sizes[kernels.PLANNED :] - first).sum(axis=1) * share * (1 - share)
        return np.array([first.prod() / first.sum(), *later])

    def _excess(self, least_power: float) -> float:
        first, planned, least, most = self.informations()
        upper, lower = self.boundaries.as_arrays()
        return unweighted_excess(
            critical=upper[1], first=first, planned=planned, least=least, most=most, least_power=least_power,
            z_power=upper_quantile(1 - self.power), drift=self._drift(), futility=lower[0], efficacy=upper[0],
        )  # fmt: skip

    def _arguments(self) -> tuple[Any, ...]:
        drift = self._drift()
        return (
            *self.boundaries.as_arrays(), self.sizes(), self._second_share(), self.informations(), self.least_conditional_power,
            upper_quantile(1 - self.power), nan if drift is None else drift, self.combination == "inverse-normal",
        )  # fmt: skip


class PromisingZoneMeanTrial(_PromisingZone):
    """Normal outcomes, higher being better, in two stages (see _PromisingZone for the rule).

    Conditional power is at `assumed_difference` with `assumed_sd`, or nothing: at the interim's estimate. Each stage's t or
    Welch test gives the normal deviate with its tail. With unequal arms and standard deviations the stages' informations are
    those of the sizes alone.
    """

    _least_of_stage: ClassVar[int] = 2
    difference: float
    sd: PositiveFloat = 1.0
    sd_control: PositiveFloat | None = None
    margin: NonNegativeFloat = 0.0
    test: MeanTest = "z"
    assumed_difference: float | None = None
    assumed_sd: PositiveFloat | None = None

    @model_validator(mode="after")
    def _assumed_together(self) -> Self:
        if (self.assumed_difference is None) != (self.assumed_sd is None):
            raise InputError("assumed_sd", self.assumed_sd, "a number with assumed_difference, and nothing without")
        if min(self.interim.treatment, self.interim.control) < self._least_of_stage:
            raise InputError("interim", self.interim.total, "2 patients or more in each arm")
        return self

    def _drift(self) -> float | None:
        if self.assumed_difference is None or self.assumed_sd is None:
            return None
        return (self.assumed_difference + self.margin) / self.assumed_sd

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        sds = self.sd, self.sd if self.sd_control is None else self.sd_control
        truth = self.difference, self.margin, *sds, MEAN_TESTS.index(self.test)
        return kernels.promising_mean_trials, (*self._arguments(), *truth)


class PromisingZoneProportionTrial(_PromisingZone):
    """Binary outcomes compared by their difference, in two stages (see _PromisingZone for the rule).

    Conditional power is at `assumed_rates` (treatment, control) with the variance of their mean weighted by the allocation, or
    nothing: at the interim's estimate. `margin` and `test` as in ProportionTrial.
    """

    rate_treatment: float = Field(ge=0, le=1)
    rate_control: float = Field(ge=0, le=1)
    better: Better = "higher"
    margin: PositiveFloat | None = None
    test: ProportionTest = "pooled"
    assumed_rates: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _has_limit(self) -> Self:
        limit_of(False, self.better, self.margin)
        if self.test == "pooled" and self.margin is not None:
            raise InputError("test", self.test, '"unpooled" or "score" with a margin')
        if self.assumed_rates is not None and not all(0 < rate < 1 for rate in self.assumed_rates):
            raise InputError("assumed_rates", self.assumed_rates, "two rates between 0 and 1")
        return self

    def _drift(self) -> float | None:
        if self.assumed_rates is None:
            return None
        treatment, control = self.assumed_rates
        share = self._second_share()
        mean = share * treatment + (1 - share) * control
        gap = treatment - control - limit_of(False, self.better, self.margin)
        return (gap if self.better == "higher" else -gap) / (mean * (1 - mean)) ** 0.5

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        sign = 1.0 if self.better == "higher" else -1.0
        test, limit = PROPORTION_TESTS.index(self.test), limit_of(False, self.better, self.margin)
        truth = self.rate_treatment, self.rate_control, test, limit, sign
        return kernels.promising_proportion_trials, (*self._arguments(), *truth)
