"""Scenarios: one set of assumptions about the truth each, in the endpoint's own terms."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, field_validator

from equipoise.errors import InputError
from equipoise.value import Value

if TYPE_CHECKING:
    from equipoise.search.question import Endpoint

# Ranges are wide enough for any trial and narrow enough that no arithmetic overflows.
Positive = Annotated[float, Field(strict=True, ge=1e-9, le=1e12)]
Weight = Annotated[float, Field(strict=True, ge=0, le=1e6)]
Ratio = Annotated[float, Field(strict=True, ge=0.01, le=100)]
Months = Annotated[float, Field(strict=True, ge=0, le=1200)]
Share = Annotated[float, Field(strict=True, ge=0, lt=1)]
Fraction = Annotated[float, Field(strict=True, gt=0, lt=1)]

TERMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "mean": (("difference", "sd"), ("sd_control", "correlation")),
    "proportion": (("control", "treatment"), ()),
    "survival": (("hazard_ratio",), ("control_median_months", "control_event_free", "effect_delay_months")),
    "count": (("control_rate", "rate_ratio"), ("dispersion",)),
}
"""For each kind of endpoint, the terms a scenario must have and those it may have."""


class Scenario(Value):
    """One set of assumptions about the truth, with a weight.

    mean: `difference` (treatment minus control) and `sd` (and `sd_control` where it differs). proportion: `control` and
    `treatment` risks. survival: `hazard_ratio` and either `control_median_months` or `control_event_free` (months to
    fraction without event; the hazard is constant between them); `effect_delay_months` before which the ratio is 1.
    count: `control_rate` (events a patient-year), `rate_ratio` and `dispersion` (variance = mean + dispersion·mean²).
    All: `dropout` (fraction without outcome; for survival, lost by 12 months), `recruitment` (a multiple of the planned
    speed), `icc` and `cac` (cluster autocorrelation), `correlation` (within a patient, for crossover).
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    weight: Weight = 1.0
    primary: bool = False
    difference: Annotated[float, Field(strict=True, ge=-1e12, le=1e12)] | None = None
    sd: Positive | None = None
    sd_control: Positive | None = None
    control: Fraction | None = None
    treatment: Fraction | None = None
    hazard_ratio: Ratio | None = None
    control_median_months: Annotated[float, Field(strict=True, ge=0.01, le=120_000)] | None = None
    control_event_free: dict[str, Fraction] | None = None
    effect_delay_months: Months = 0.0
    control_rate: Annotated[float, Field(strict=True, ge=1e-6, le=1e4)] | None = None
    rate_ratio: Ratio | None = None
    dispersion: Annotated[float, Field(strict=True, ge=0, le=1000)] = 0.0
    dropout: Share = 0.0
    recruitment: Ratio = 1.0
    icc: Share | None = None
    cac: Annotated[float, Field(strict=True, ge=0, le=1)] = 1.0
    correlation: Annotated[float, Field(strict=True, gt=-1, lt=1)] | None = None

    @field_validator("control_event_free")
    @classmethod
    def _falling(cls, table: dict[str, float] | None) -> dict[str, float] | None:
        if table is None:
            return None
        try:
            months = [float(month) for month in table]
        except ValueError:
            raise InputError("", next(iter(table)), "months as keys, such as { 12 = 0.89, 24 = 0.81 }") from None
        fractions = [1.0, *table.values()]
        if not table or months != sorted(set(months)) or months[0] <= 0:
            raise InputError("", table, "months that rise from above 0, such as { 12 = 0.89, 24 = 0.81 }")
        if any(later >= earlier for earlier, later in pairwise(fractions)):
            raise InputError(
                "", table, "fractions without event that fall from below 1, such as { 12 = 0.89, 24 = 0.81 }"
            )
        return table

    @property
    def event_free(self) -> dict[float, float]:
        """Months to fraction without event in the control arm, as numbers."""
        return {float(month): fraction for month, fraction in (self.control_event_free or {}).items()}


def check_scenario(scenario: Scenario, endpoint: Endpoint, where: str) -> None:
    """Raise InputError unless the scenario speaks in the endpoint's terms, and in no others."""
    needed, optional = TERMS[endpoint.kind]
    defaults = {term: field.default for term, field in type(scenario).model_fields.items()}
    for term in needed:
        if getattr(scenario, term) is None:
            raise InputError(f"{where}.{term}", None, f'a number; endpoint.kind = "{endpoint.kind}" needs it')
    foreign = {term for others in TERMS.values() for group in others for term in group} - {*needed, *optional}
    for term in sorted(term for term in foreign if getattr(scenario, term) != defaults[term]):
        raise InputError(
            f"{where}.{term}", getattr(scenario, term), f'no such term for endpoint.kind = "{endpoint.kind}"'
        )
    if endpoint.kind == "survival" and (scenario.control_median_months is None) == (
        scenario.control_event_free is None
    ):
        given_terms = None if scenario.control_median_months is None else "both"
        raise InputError(
            f"{where}.control_median_months",
            given_terms,
            "either control_median_months or control_event_free, not both",
        )
