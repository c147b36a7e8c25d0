"""Virtual trials with adaptive enrichment: the full population, a biomarker-positive subgroup, or both go on after a look."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from equipoise.design.normal import upper_quantile
from equipoise.errors import InputError
from equipoise.simulate.enrichment_kernels import CONDITIONAL, DIFFERENCE, PREDICTIVE, enrichment_trials
from equipoise.simulate.trial import PATIENTS, Column, VirtualTrial
from equipoise.simulate.two_arm import Better
from equipoise.value import Value

Rate = Annotated[float, Field(ge=0, le=1)]


class DifferenceRule(Value):
    """By the subgroup's estimate less the full population's: subgroup alone above one limit, full alone below the other.

    Friede, Parsons & Stallard 2012, Stat Med 31:4309. In the outcome's units, benefit positive.
    """

    kind: Literal["difference"] = "difference"
    full_below: float
    subgroup_above: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.full_below > self.subgroup_above:
            raise InputError("full_below", self.full_below, "a number of at most subgroup_above")
        return self

    def numbers(self) -> tuple[int, float, float]:
        """The rule's number, and its limits for the full population and the subgroup."""
        return DIFFERENCE, self.full_below, self.subgroup_above


class PowerRule(Value):
    """Each population goes on whose power, given the first stage, reaches its limit; if none does the trial stops for futility.

    "conditional-power" is at the first stage's estimate, "predictive-power" is averaged over its posterior under a flat prior
    (Brannath et al. 2009, Stat Med 28:1445); the subgroup's is with all of the second stage's patients from it.
    """

    kind: Literal["conditional-power", "predictive-power"]
    full: Rate
    subgroup: Rate

    def numbers(self) -> tuple[int, float, float]:
        """The rule's number, and its limits for the full population and the subgroup."""
        return (CONDITIONAL if self.kind == "conditional-power" else PREDICTIVE), self.full, self.subgroup


class _Enrichment(VirtualTrial):
    """Two stages with arms of the same size; sizes are patients in each arm.

    A share `prevalence` of the full population, and of the patients enrolled from it (rounded), is in the subgroup. The second
    stage has `patients_2` from the full population, or `patients_2_subgroup` from the subgroup alone (nothing: as many).
    The full population's effect is the strata's weighted by prevalence. Hypotheses are closed under intersection and each is
    tested at the one-sided level `alpha` by the inverse-normal combination with the weights of the planned sizes. Columns say
    whether each population went on (chosen_...) and was shown to benefit (rejected_...).
    """

    columns: ClassVar[tuple[Column, ...]] = (
        PATIENTS, Column("chosen_full"), Column("chosen_subgroup"), Column("rejected_full"), Column("rejected_subgroup"),
    )  # fmt: skip
    prevalence: float = Field(gt=0, lt=1)
    patients_1: PositiveInt
    patients_2: PositiveInt
    patients_2_subgroup: PositiveInt | None = None
    rule: Annotated[DifferenceRule | PowerRule, Field(discriminator="kind")]
    intersection: Literal["simes", "bonferroni"] = "simes"
    alpha: float = Field(default=0.025, gt=0, lt=0.5)

    @model_validator(mode="after")
    def _enough_in_each_stratum(self) -> Self:
        for field in ("patients_1", "patients_2"):
            patients = getattr(self, field)
            if not 2 <= self._in_subgroup(patients) <= patients - 2:
                raise InputError(field, patients, "enough for 2 patients of each arm in the subgroup and 2 outside it")
        if self.patients_2_subgroup is not None and self.patients_2_subgroup < 2:
            raise InputError("patients_2_subgroup", self.patients_2_subgroup, "2 or more")
        return self

    @property
    def looks(self) -> int:
        return 2

    def _in_subgroup(self, patients: int) -> int:
        return round(self.prevalence * patients)

    def _arguments(self) -> tuple[Any, ...]:
        inside = [self._in_subgroup(patients) for patients in (self.patients_1, self.patients_2)]
        alone = self.patients_2_subgroup or self.patients_2
        sizes = [[inside[0], self.patients_1 - inside[0]], [inside[1], self.patients_2 - inside[1]], [alone, 0]]
        rule, *limits = self.rule.numbers()
        return (
            np.array(sizes, np.int64), self.prevalence, rule, np.array(limits), self.patients_1 / (self.patients_1 + self.patients_2),
            upper_quantile(self.alpha), self.intersection == "simes",
        )  # fmt: skip


class EnrichmentMeanTrial(_Enrichment):
    """Normal outcomes, higher being better: treatment minus control in the subgroup and outside it.

    `test` "z" knows `sd`, common to all; "t" pools it over arms, for the full population also over strata, in each stage.
    """

    difference_subgroup: float
    difference_outside: float
    sd: PositiveFloat = 1.0
    test: Literal["z", "t"] = "z"

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        truth = np.array([[self.difference_subgroup, 0.0], [self.difference_outside, 0.0]])
        return enrichment_trials, (*self._arguments(), truth, False, self.sd, self.test == "t", 1.0)


class EnrichmentProportionTrial(_Enrichment):
    """Binary outcomes, compared by their difference with the pooled variance in each stratum.

    With arms of one size that variance is never below the true one on average, also where effects in the strata cancel.
    """

    rate_treatment_subgroup: Rate
    rate_control_subgroup: Rate
    rate_treatment_outside: Rate
    rate_control_outside: Rate
    better: Better = "higher"

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        truth = np.array(
            [
                [self.rate_treatment_subgroup, self.rate_control_subgroup],
                [self.rate_treatment_outside, self.rate_control_outside],
            ]
        )
        sign = 1.0 if self.better == "higher" else -1.0
        return enrichment_trials, (*self._arguments(), truth, True, 1.0, False, sign)
