"""Virtual stepped-wedge, cluster-crossover and other longitudinal cluster-randomised trials, of any layout."""

from __future__ import annotations

from math import inf, sqrt
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, field_validator, model_validator

from equipoise.design import stepped_wedge_variance
from equipoise.errors import InputError
from equipoise.simulate.clusters import ICC
from equipoise.simulate.logit_normal import location_for, logit_normal
from equipoise.simulate.trial import ESTIMATE, MONTHS, PATIENTS, Boundaries, Column, VirtualTrial, check_looks
from equipoise.simulate.wedge_kernels import KNOWN, wedge_trials

Floats = NDArray[np.float64]
MODELS = ("exchangeable", "nested", "decay")
"""In the order of wedge_gls.py."""


class _WedgeTrial(VirtualTrial):
    """Clusters that go through the periods of `layout`, each sequence (row) with so many `clusters` (one number for each).

    A cell of the layout is 0 on control, 1 on treatment, a fraction for a partial effect, None (or NaN) where nothing is
    measured; `equipoise.design` has stepped_wedge_layout, crossover_cluster_layout and others. Every cluster has `size`
    people in each period measured, or gamma sizes about it with the coefficient of variation `size_cv` (rounded, at least
    1, the same in all periods). Two people of a cluster correlate by `icc` in one period, by icc x cac in two, or with
    `decay` by icc x cac^j over j periods. With `iac` the same people return, whose residuals correlate by it.

    The analysis is generalised least squares of the means by cluster and period, with fixed effects of period and
    treatment. Its `model` "known" has the variance components of the truth, and tests by the normal distribution; it has
    the power of equipoise.design.stepped_wedge_power with test="z". "exchangeable" (Hussey & Hughes 2007), "nested" (Hooper
    et al. 2016) and "decay" (Kasza et al. 2019) estimate them by restricted maximum likelihood of all people, and test by
    `reference` "t" with clusters - 2 degrees of freedom, a usual small-sample correction, or "normal". The record has the
    patients (people who return counted once), clusters, months, the estimate (treatment minus control), its standard error,
    and the icc estimated.
    """

    columns: ClassVar[tuple[Column, ...]] = (
        PATIENTS, Column("clusters"), MONTHS, ESTIMATE, Column("standard_error", 1e-6), ICC,
    )  # fmt: skip
    boundaries: Boundaries
    layout: tuple[tuple[float | None, ...], ...] = Field(min_length=2)
    clusters: tuple[PositiveInt, ...]
    size: float = Field(ge=1, le=1e6)
    size_cv: float = Field(default=0.0, ge=0, le=3)
    icc: float = Field(ge=0, le=0.9)
    cac: float = Field(default=1.0, ge=0, le=1)
    iac: float = Field(default=0.0, ge=0, lt=1)
    decay: bool = False
    model: Literal["known", "exchangeable", "nested", "decay"] = "nested"
    reference: Literal["t", "normal"] = "t"
    period_months: NonNegativeFloat = 0.0

    @field_validator("layout", mode="before")
    @classmethod
    def _not_measured_is_none(cls, given: Any) -> Any:
        rows = given.tolist() if isinstance(given, np.ndarray) else given
        if not isinstance(rows, list | tuple) or not all(isinstance(row, list | tuple) for row in rows):
            return rows
        return [[None if cell != cell else cell for cell in row] for row in rows]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_looks(self.boundaries, 1)
        if len({len(row) for row in self.layout}) != 1:
            raise InputError("layout", [len(row) for row in self.layout], "as many periods in each sequence")
        if len(self.clusters) != len(self.layout):
            raise InputError("clusters", len(self.clusters), f"a number for each of the {len(self.layout)} sequences")
        if not self.size_cv and self.size % 1:
            raise InputError("size", self.size, "a whole number, where all clusters are of one size")
        stepped_wedge_variance(layout=self._table(), sequence_weights=self.clusters, size=self.size, icc=0.0)
        if self.model != "known":
            self._check_estimable()
        return self

    def _check_estimable(self) -> None:
        table = self._table()
        cells = int((~np.isnan(table)).sum(axis=1) @ self.clusters)
        if sum(self.clusters) < 3 or cells < table.shape[1] + 3:
            raise InputError(
                "clusters", self.clusters, "enough to estimate variances: 3, and 3 means more than periods"
            )
        if self.iac:
            raise InputError("iac", self.iac, '0, or the model "known": a closed cohort has no other here')
        if self.model == "nested" and self.size < 2:
            raise InputError("size", self.size, '2 or more with the model "nested"')

    @property
    def looks(self) -> int:
        return 1

    def _table(self) -> Floats:
        """The layout, with NaN where nothing is measured, without the periods in which nothing is."""
        table = np.array([[np.nan if cell is None else cell for cell in row] for row in self.layout], np.float64)
        return table[:, ~np.isnan(table).all(axis=0)]

    def _truth(self) -> tuple[Floats, float, float, float]:
        """The logit of each period (none for means), the effect and the total standard deviation between people on the
        scale on which clusters differ, and that on the scale of the analysis."""
        raise NotImplementedError

    def _sign(self) -> float:
        return 1.0

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        table = self._table()
        pattern = np.unique(np.isnan(table), axis=0, return_inverse=True)[1].reshape(-1)
        logits, effect, spread, sd = self._truth()
        periods, keep = 1.0 - (0.0 if self.decay else 1.0 - self.cac), self.cac if self.decay else 1.0
        person = 1.0 - self.icc
        shares = np.array(
            [self.icc * periods, self.icc * (1.0 - periods), person * self.iac, person * (1.0 - self.iac)]
        )
        own = person * (1.0 - self.iac)
        known = (float(shares[0] / own), keep, float(shares[1] / own), float(shares[2] / own))
        shape = 1.0 / self.size_cv**2 if self.size_cv > 1e-6 else inf
        upper, lower = self.boundaries.as_arrays()
        return wedge_trials, (
            float(upper[0]), float(lower[0]), np.nan_to_num(table), ~np.isnan(table), np.array(self.clusters, np.int64),
            pattern, float(self.size), shape, logits, effect, np.array([*(spread * np.sqrt(shares)), keep]), known, own * sd**2,
            KNOWN if self.model == "known" else MODELS.index(self.model),
            self.model != "known" and self.reference == "t", self._sign(), len(self.layout[0]) * self.period_months,
        )  # fmt: skip


class SteppedWedgeMeanTrial(_WedgeTrial):
    """Normal outcomes, higher is better: treatment minus control is `difference`, `sd` the total standard deviation.

    Effects of periods cancel exactly in the analysis, so there are none.
    """

    difference: float
    sd: PositiveFloat = 1.0

    def _truth(self) -> tuple[Floats, float, float, float]:
        return np.zeros(0), self.difference, self.sd, self.sd


class SteppedWedgeProportionTrial(_WedgeTrial):
    """Binary outcomes: the log odds differ between clusters and their periods as normal distributions, and by treatment.

    Over all clusters the proportions are `rate_control` and `rate_treatment` in the first period, the icc on the scale of
    proportions is that of control there (cac and decay apply to the logits). `period_logit` is added to the log odds with
    each period. The analysis is linear, of proportions; "known" takes the marginal variance p (1 - p), p the mean of
    the two rates, as the exact design does.
    """

    rate_control: float = Field(gt=0, lt=1)
    rate_treatment: float = Field(gt=0, lt=1)
    period_logit: float = Field(default=0.0, ge=-5, le=5)
    better: Literal["higher", "lower"] = "higher"

    @model_validator(mode="after")
    def _no_cohort(self) -> Self:
        if self.iac:
            raise InputError("iac", self.iac, "0 for proportions")
        return self

    def _sign(self) -> float:
        return 1.0 if self.better == "higher" else -1.0

    def _truth(self) -> tuple[Floats, float, float, float]:
        location, spread = logit_normal(self.rate_control, self.icc)
        effect = location_for(self.rate_treatment, spread) - location
        mean = 0.5 * (self.rate_control + self.rate_treatment)
        # the kernel spreads the icc's share of a variance over clusters: on the logit scale that share is all
        whole = spread / sqrt(self.icc) if self.icc > 0 else 0.0
        logits = location + self.period_logit * np.arange(len(self.layout[0]), dtype=np.float64)
        return logits[self._measured_periods()], effect, whole, sqrt(mean * (1.0 - mean))

    def _measured_periods(self) -> NDArray[np.bool_]:
        return np.array([any(row[j] is not None for row in self.layout) for j in range(len(self.layout[0]))])
