"""Virtual parallel cluster-randomised trials: means, proportions and counts, compared at the level of clusters."""

from __future__ import annotations

from itertools import combinations
from math import comb, inf
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from equipoise.errors import InputError
from equipoise.simulate.cluster_kernels import BETA, COUNT, LOGIT_NORMAL, MEAN, cluster_trials
from equipoise.simulate.logit_normal import logit_normal
from equipoise.simulate.trial import (
    ESTIMATE,
    MONTHS,
    PATIENTS,
    Boundaries,
    Column,
    VirtualTrial,
    check_increasing,
    check_looks,
)

Floats = NDArray[np.float64]
Better = Literal["higher", "lower"]
TESTS = ("t", "weighted", "permutation")
ICC = Column("icc", 1e-6)
CLUSTERS = (PATIENTS, Column("clusters"), Column("clusters_opened"), MONTHS, ESTIMATE)
MOST_ASSIGNMENTS = 20_000
"""Ways to allot clusters up to which a permutation test goes through them all."""


class _ClusterTrial(VirtualTrial):
    """Clusters randomised to two arms, with looks when so many clusters (cumulative, by arm) are complete.

    Each cluster has `size` patients, or gamma sizes about it with the coefficient of variation `size_cv` (rounded, at least
    1), or the `sizes` given are dealt to the clusters at random. `test` "t" compares the clusters' summaries, all alike;
    "weighted" by inverse variance, with the variance components estimated by analysis of variance (Donner & Klar 2000,
    sections 6.2 and 6.3). Both have clusters - 2 degrees of freedom, and take as critical value the t quantile of the
    boundary's nominal one-sided level; estimated weights make "weighted" a little liberal where few clusters differ much in
    size (0.031 for 0.025 at 3 + 3 clusters of cv 0.8). "permutation" gives that level to the one-sided p value of the difference of
    unweighted means among all ways to allot the clusters; above 20,000 ways, among so many random `permutations`.

    Clusters open over `opening_months`, at even steps or each at a uniform moment, and are complete `cluster_months` later;
    a look waits for its last cluster. The record has the patients and clusters in the analysis, the clusters opened by then,
    the month, the estimate (treatment minus control), and the estimated icc.
    """

    boundaries: Boundaries
    clusters_treatment: tuple[PositiveInt, ...] = Field(min_length=1)
    clusters_control: tuple[PositiveInt, ...] = Field(min_length=1)
    size: float | None = Field(default=None, ge=1, le=1e6)
    size_cv: float = Field(default=0.0, ge=0, le=3)
    sizes: tuple[PositiveInt, ...] = ()
    test: Literal["t", "weighted", "permutation"] = "t"
    permutations: int = Field(default=1999, ge=19, le=1_000_000)
    opening_months: NonNegativeFloat = 0.0
    opening: Literal["even", "uniform"] = "even"
    cluster_months: NonNegativeFloat = 0.0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_increasing("clusters_treatment", self.clusters_treatment)
        check_increasing("clusters_control", self.clusters_control)
        if len(self.clusters_control) != len(self.clusters_treatment):
            raise InputError("clusters_control", len(self.clusters_control), "as many looks as clusters_treatment")
        check_looks(self.boundaries, self.looks)
        if self.clusters_treatment[0] + self.clusters_control[0] < 3:
            raise InputError("clusters_treatment", self.clusters_treatment[0], "3 clusters or more at the first look")
        self._check_sizes()
        return self

    def _check_sizes(self) -> None:
        total = self.clusters_treatment[-1] + self.clusters_control[-1]
        if self.sizes and len(self.sizes) != total:
            raise InputError("sizes", len(self.sizes), f"a size for each of the {total} clusters, or nothing")
        if (self.size is None) == (not self.sizes):
            raise InputError("size", self.size, "the mean size of a cluster, or the list of all sizes instead")
        if self.sizes and self.size_cv:
            raise InputError("size_cv", self.size_cv, "0 where all sizes are given")
        if self.size is not None and not self.size_cv and self.size % 1:
            raise InputError("size", self.size, "a whole number, where all clusters are of one size")

    @property
    def looks(self) -> int:
        return len(self.clusters_control)

    def _truth(self) -> tuple[int, Floats]:
        """The kind of summary and its numbers for each arm, as cluster_kernels.py has them."""
        raise NotImplementedError

    def _better(self) -> Better:
        return "higher"

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        clusters = np.array([self.clusters_control, self.clusters_treatment], np.int64).T
        total, (kind, truth) = int(clusters[-1].sum()), self._truth()
        shape = 1.0 / self.size_cv**2 if self.size_cv > 1e-6 else inf
        even = self.opening == "even"
        opening = np.linspace(0.0, self.opening_months if even else 0.0, total)
        return cluster_trials, (
            *self.boundaries.as_arrays(), clusters, float(self.size or 0.0), shape, np.array(self.sizes, np.int64),
            kind, truth, 1.0 if self._better() == "higher" else -1.0, TESTS.index(self.test), self.permutations,
            *_assignments(clusters if self.test == "permutation" else clusters[:, :0]),
            opening, 0.0 if even else self.opening_months, self.cluster_months,
        )  # fmt: skip


class ClusterMeanTrial(_ClusterTrial):
    """Normal outcomes, higher is better: treatment minus control is `difference`, `sd` the total standard deviation."""

    columns: ClassVar[tuple[Column, ...]] = (*CLUSTERS, ICC)
    difference: float
    sd: PositiveFloat = 1.0
    icc: float = Field(ge=0, le=1)

    def _truth(self) -> tuple[int, Floats]:
        between, within = self.icc * self.sd**2, (1.0 - self.icc) * self.sd**2
        return MEAN, np.array([[0.0, between, within], [self.difference, between, within]])


class ClusterProportionTrial(_ClusterTrial):
    """Binary outcomes whose proportion differs between clusters by the `icc`, as a beta or a logit-normal distribution.

    Proportions and icc are those over all clusters of an arm, in either distribution.
    """

    columns: ClassVar[tuple[Column, ...]] = (*CLUSTERS, ICC)
    rate_treatment: float = Field(gt=0, lt=1)
    rate_control: float = Field(gt=0, lt=1)
    icc: float = Field(ge=0, le=0.9)
    between: Literal["beta", "logit-normal"] = "beta"
    better: Better = "higher"

    def _better(self) -> Better:
        return self.better

    def _truth(self) -> tuple[int, Floats]:
        rates = np.array([self.rate_control, self.rate_treatment])
        if self.between == "logit-normal":
            return LOGIT_NORMAL, np.array([[*logit_normal(rate, self.icc), 0.0] for rate in rates])
        size = (1.0 - self.icc) / self.icc if self.icc > 1e-9 else inf
        return BETA, np.column_stack([rates * size, (1.0 - rates) * size, rates])


class ClusterCountTrial(_ClusterTrial):
    """Events per unit of time, each patient at risk for `exposure` units: Poisson, about a gamma rate of each cluster.

    `between_cv` is the coefficient of variation of the clusters' true rates (Hayes & Bennett 1999), which takes the place
    of the icc in the record too.
    """

    columns: ClassVar[tuple[Column, ...]] = (*CLUSTERS, Column("between_cv", 1e-6))
    rate_treatment: PositiveFloat
    rate_control: PositiveFloat
    between_cv: float = Field(ge=0, le=5)
    exposure: PositiveFloat = 1.0
    better: Better = "lower"

    def _better(self) -> Better:
        return self.better

    def _truth(self) -> tuple[int, Floats]:
        shape = 1.0 / self.between_cv**2 if self.between_cv > 1e-6 else inf
        return COUNT, np.array([[rate, shape, self.exposure] for rate in (self.rate_control, self.rate_treatment)])


def _assignments(clusters: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All ways to choose the clusters on treatment at each look, one below the other, and where each look's begin.

    None for a look with more than MOST_ASSIGNMENTS ways, or for an empty table of clusters.
    """
    looks = [(int(row[0]), int(row[1])) for row in clusters] if clusters.shape[1] else []
    few = [(n0, n1) if comb(n0 + n1, n1) <= MOST_ASSIGNMENTS else (0, 0) for n0, n1 in looks]
    ways = [np.array(list(combinations(range(n0 + n1), n1)), np.int64) if n1 else _NONE for n0, n1 in few]
    starts = np.zeros(len(clusters) + 1, np.int64)
    starts[1 : len(ways) + 1] = np.cumsum([len(way) for way in ways])
    table = np.zeros((int(starts.max()), max([n1 for _, n1 in few], default=0)), np.int64)
    for start, way in zip(starts, ways, strict=False):
        table[start : start + len(way), : way.shape[1]] = way
    return table, starts


_NONE = np.zeros((0, 0), np.int64)
