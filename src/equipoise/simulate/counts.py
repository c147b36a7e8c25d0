"""Virtual group-sequential trials of recurrent events: negative-binomial counts, compared by a log rate ratio."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import NonNegativeFloat, PositiveFloat, model_validator
from scipy import stats

from equipoise.errors import InputError
from equipoise.simulate.count_kernels import count_trials
from equipoise.simulate.trial import ESTIMATE, EVENTS, PATIENTS, Column
from equipoise.simulate.two_arm import Better, ByPatients, limit_of

Floats = NDArray[np.float64]
_LEAST_TAIL = 1e-17
_MOST_EVENTS = 20_000


class CountTrial(ByPatients):
    """Events per patient, each followed for `exposure_months`, with mean rate x exposure and variance mean + k mean^2.

    Rates are events per month; k is `dispersion` (0 for Poisson). Wald's test of the log rate ratio has variance
    1/events + k/patients in each arm (Zhu & Lakkis 2014, Stat Med 33:376, approach 2), with k known, or where `dispersion_in_test`
    is "estimated" its maximum likelihood estimate from all patients up to the look, common to both arms. An arm without
    events counts as half an event. `margin` is the limit of the rate ratio, nothing for superiority. The column `estimate`
    is the log rate ratio; `better` is "lower" where events are harmful.
    """

    columns: ClassVar[tuple[Column, ...]] = (PATIENTS, EVENTS, ESTIMATE)
    rate_treatment: PositiveFloat
    rate_control: PositiveFloat
    dispersion: NonNegativeFloat
    dispersion_in_test: Literal["known", "estimated"] = "estimated"
    exposure_months: PositiveFloat = 12.0
    better: Better = "lower"
    margin: PositiveFloat | None = None

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Self:
        limit_of(True, self.better, self.margin)
        for field in ("rate_treatment", "rate_control"):
            check_count_law(field, getattr(self, field), self.exposure_months, self.dispersion)
        return self

    def kernel(self) -> tuple[Any, tuple[Any, ...]]:
        treatment, control = self.sizes()
        means = self.rate_treatment * self.exposure_months, self.rate_control * self.exposure_months
        hazards = count_hazards(means, self.dispersion)
        sign = 1.0 if self.better == "higher" else -1.0
        limit = limit_of(True, self.better, self.margin)
        estimated = self.dispersion_in_test == "estimated"
        return count_trials, (
            *self.boundaries.as_arrays(), treatment, control, *means, self.dispersion, hazards, estimated, limit, sign
        )  # fmt: skip


def check_count_law(field: str, rate: float, exposure: float, dispersion: float) -> None:
    """Raise InputError for a law of counts whose tail is too long for a table."""
    if _most_events(_law(rate * exposure, dispersion)) > _MOST_EVENTS:
        raise InputError(field, rate, f"a rate with which no patient has more than {_MOST_EVENTS} events")


def count_hazards(means: tuple[float, ...], dispersion: float) -> Floats:
    """(arms, counts): the chance of each count among patients with at least that many; 1 at the last."""
    laws = [_law(mean, dispersion) for mean in means]
    most = max(map(_most_events, laws))
    counts = np.arange(most + 1)
    table = np.ones((len(laws), most + 1))
    for row, law in zip(table, laws, strict=True):
        left = law.sf(counts - 1)
        row[:] = np.where(left > 0, law.pmf(counts) / np.where(left > 0, left, 1.0), 1.0)
        row[-1] = 1.0
    return np.minimum(table, 1.0)


def _most_events(law: Any) -> int:
    """A count that no patient in 10^17 exceeds: at most twice the least."""
    most = 8
    while law.sf(most) > _LEAST_TAIL and most <= _MOST_EVENTS:
        most *= 2
    return most


def _law(mean: float, dispersion: float) -> Any:
    law: Any = stats
    if dispersion == 0:
        return law.poisson(mean)
    return law.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))
