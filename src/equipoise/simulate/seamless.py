"""Virtual seamless phase II/III trials: doses selected at an interim look, and tested by the closed combination test.

Bauer & Köhne 1994, Biometrics 50:1029-1041; Bauer & Kieser 1999, Stat Med 18:1833-1848; Posch et al. 2005, Stat Med
24:3697-3714; Bretz et al. 2006, Biom J 48:623-634. The family-wise error is kept whatever the selection and the truth.
"""

from __future__ import annotations

from math import e, inf, log
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator
from scipy import special, stats

from equipoise.errors import InputError
from equipoise.simulate.multi_arm import check_rates
from equipoise.simulate.multi_arm_bounds import dunnett_distribution
from equipoise.simulate.seamless_kernels import (
    GRID_END,
    GRID_STEP,
    seamless_mean_trials,
    seamless_proportion_trials,
)
from equipoise.simulate.trial import (
    ESTIMATE,
    PATIENTS,
    Boundaries,
    Column,
    VirtualTrial,
    check_increasing,
    check_looks,
)
from equipoise.simulate.two_arm import binomial_tables

Floats = NDArray[np.float64]
MOST_DOSES = 8
TESTS = ("dunnett", "simes", "bonferroni")
COMBINATIONS = ("inverse-normal", "fisher")


class _Seamless(VirtualTrial):
    """What the endpoints share; see the families.

    `patients_treatment` and `patients_control` are cumulative at the interim and final look, for each dose that is in.
    At the interim the doses whose estimated difference from control is above `threshold`, within `margin` of the largest,
    and among the `keep` largest (of equals, the first) go on (None: no such condition). Each intersection hypothesis is tested at each stage, from
    that stage's patients alone, by `intersection_test` over its doses that are in; the two stages are combined by
    `combination`, and a dose's null is rejected when every intersection that holds it is. "inverse-normal" weighs stage 1
    with `first_weight` of the information (None: its share of the patients on a dose). `boundaries` are on the z scale; for
    "fisher", the final one is the z of the product p1 p2's own level c (1 - log c); `fisher_boundaries` makes them. An
    efficacy boundary at the interim rejects early; the trial then stops with the first rejection or, with `stop` "all",
    when all doses that would go on are rejected. It stops for futility when no dose is selected or the intersection of all
    doses is at or below the futility boundary (not binding).

    Columns: patients; the naive `estimate` of the best dose's difference, of both stages; selected_k, that dose k had a
    second stage; rejected_k.
    """

    boundaries: Boundaries
    patients_treatment: tuple[PositiveInt, ...] = Field(min_length=2, max_length=2)
    patients_control: tuple[PositiveInt, ...] = Field(min_length=2, max_length=2)
    keep: PositiveInt | None = None
    margin: NonNegativeFloat | None = None
    threshold: float | None = None
    intersection_test: Literal["dunnett", "simes", "bonferroni"] = "dunnett"
    combination: Literal["inverse-normal", "fisher"] = "inverse-normal"
    first_weight: float | None = Field(default=None, gt=0, lt=1)
    stop: Literal["first", "all"] = "first"

    @property
    def doses(self) -> int:
        """How many arms there are beside control."""
        raise NotImplementedError

    @property
    def looks(self) -> int:
        return 2

    @property
    def columns(self) -> tuple[Column, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        doses = range(1, self.doses + 1)
        selected = (Column(f"selected_{k}") for k in doses)
        return PATIENTS, ESTIMATE, *selected, *(Column(f"rejected_{k}") for k in doses)

    def _check(self, truth: str) -> None:
        for name in ("patients_treatment", "patients_control"):
            check_increasing(name, getattr(self, name))
        check_looks(self.boundaries, 2)
        if self.boundaries.efficacy[1] is None:
            raise InputError("boundaries.efficacy", None, "a critical value at the final look")
        if self.doses > MOST_DOSES:
            raise InputError(truth, self.doses, f"at most {MOST_DOSES} doses")
        if self.keep is not None and self.keep > self.doses:
            raise InputError("keep", self.keep, f"at most the {self.doses} doses")

    def _sizes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Each stage's patients, in a dose and on control."""
        treatment, control = np.array(self.patients_treatment), np.array(self.patients_control)
        return np.diff(treatment, prepend=0), np.diff(control, prepend=0)

    def _rule(self) -> tuple[tuple[Any, ...], Floats]:
        (first, final), (lower, _) = self.boundaries.as_arrays()
        weight = self.first_weight or self.patients_treatment[0] / self.patients_treatment[1]
        critical = _fisher_product(float(stats.norm.sf(final))) if self.combination == "fisher" else float(final)
        rule = (
            TESTS.index(self.intersection_test),
            COMBINATIONS.index(self.combination),
            self.keep or self.doses,
            inf if self.margin is None else self.margin,
            -inf if self.threshold is None else self.threshold,
            float(first),
            float(lower),
            critical,
            weight,
            self.stop == "first",
        )
        treatment, control = self._sizes()
        if self.intersection_test != "dunnett":
            return rule, np.zeros((2, 1, 4))
        return rule, np.stack([_dunnett_table(self.doses, n / n0) for n, n0 in zip(treatment, control, strict=True)])


class SeamlessMeanTrial(_Seamless):
    """Normal outcomes with a known standard deviation; dose k minus control has mean `differences[k]`."""

    differences: tuple[float, ...] = Field(min_length=1)
    sd: PositiveFloat = 1.0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check("differences")
        return self

    @property
    def doses(self) -> int:
        return len(self.differences)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        effects = np.array(self.differences) / self.sd
        return seamless_mean_trials, (*self._sizes(), effects, self.sd, *self._rule())


class SeamlessProportionTrial(_Seamless):
    """Binary outcomes, each dose compared with control at each stage by the z test with the pooled variance."""

    rates_treatment: tuple[float, ...] = Field(min_length=1)
    rate_control: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check("rates_treatment")
        check_rates("rates_treatment", self.rates_treatment)
        return self

    @property
    def doses(self) -> int:
        return len(self.rates_treatment)

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        treatment, control = np.array(self.patients_treatment), np.array(self.patients_control)
        in_doses = np.stack([binomial_tables(treatment, rate) for rate in self.rates_treatment])
        tables = binomial_tables(control, self.rate_control), in_doses
        return seamless_proportion_trials, (*self._sizes(), *tables, *self._rule())


SeamlessTrial = SeamlessMeanTrial | SeamlessProportionTrial


def fisher_boundaries(alpha: float, alpha_first: float | None = None) -> Boundaries:
    """Boundaries of Fisher's product test of two stages at level `alpha`, rejecting early at `alpha_first` (None: never).

    The product's critical value is c = (alpha - alpha_first) / -log(alpha_first), and must not be above `alpha_first`;
    without an early rejection c (1 - log c) = alpha. Bauer & Köhne 1994, equations 1 and 3, with alpha_0 = 1. Raises
    InputError.
    """
    if not 0.0 < alpha < 1.0:
        raise InputError("alpha", alpha, "a number above 0 and below 1")
    if alpha_first is None:
        return Boundaries(efficacy=(None, float(stats.norm.isf(alpha))))
    least = _fisher_product(alpha)
    if not least <= alpha_first < alpha:
        raise InputError("alpha_first", alpha_first, f"a number from {least:.6g} to below alpha, {alpha:g}")
    c = min((alpha - alpha_first) / -log(alpha_first), alpha_first)
    levels = np.array([alpha_first, c * (1.0 - log(c))])
    first, final = stats.norm.isf(levels)
    return Boundaries(efficacy=(float(first), float(final)))


def _fisher_product(level: float) -> float:
    """The c with c (1 - log c) = level, by Lambert's W."""
    return float(np.exp(1.0 + special.lambertw(-level / e, -1).real))


def _dunnett_table(doses: int, ratio: float) -> Floats:
    """(doses + 1, grid): the the largest of 1 to `doses` z statistics as a z of its own, to 1e-7 above -3."""
    z = np.linspace(-GRID_END, GRID_END, round(2 * GRID_END / GRID_STEP) + 1)
    table = np.zeros((doses + 1, len(z)))
    table[1] = z
    for m in range(2, doses + 1):
        below = dunnett_distribution(m, ratio, z)
        above = dunnett_distribution(m, ratio, z, upper=True)
        table[m] = np.where(above < 0.5, stats.norm.isf(above), stats.norm.ppf(below))
    return table
