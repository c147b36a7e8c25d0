"""Simulated trials: Equipoise's own virtual trials against rpact's, within their joint Monte-Carlo error."""

from __future__ import annotations

import math

from equipoise.design import GroupSequential
from equipoise.simulate import (
    Boundaries,
    MeanTrial,
    ProportionTrial,
    SimulatedTrials,
    SurvivalTrial,
    TwoArmTrial,
    simulate,
)
from equipoise.validation.group_sequential import EFFICACY, LARGEST_ALPHA, at_information, information_of
from equipoise.validation.table import Figures, Layout, Row

TRIALS = 200_000
SEED = 20261124
MOST_TRIALS = 1_000_000_000
STANDARD_ERRORS = 4.0
"""How far apart two simulations may be, in joint standard errors: one figure in 16,000 by chance."""


def recompute(row: Row) -> Figures:
    """Chances of rejection and expected patients, and under "... error" the standard error of each."""
    result = live_through(row)
    columns = {
        "overall_reject": [result.reject],
        "reject_per_stage": list(result.reject_by_look),
        "expected_patients": [result.expected_patients],
    }
    values = {name: [estimate.mean for estimate in estimates] for name, estimates in columns.items()}
    errors = {f"{name} error": [estimate.standard_error for estimate in found] for name, found in columns.items()}
    return values | errors


def live_through(row: Row) -> SimulatedTrials:
    """The virtual trials of a row."""
    information, reached = information_of(row)
    if len(row.wholes("patients")) not in (1, len(information)):
        raise row.wrong("patients", f"one number, or one for each of {len(information)} looks")
    design = GroupSequential.read(
        {
            "information": information, "alpha": row.number("alpha", above=0, below=LARGEST_ALPHA),
            "sided": row.whole("sided", 1, 2), "spending": row.choice("spending", EFFICACY),
            "parameter": row.optional("parameter"),
        }
    )  # fmt: skip
    bounds = at_information(design, reached, row, "spending").solution
    return simulate(_trial(row, Boundaries(efficacy=bounds.critical)), trials=TRIALS, seed=SEED)


def _trial(row: Row, boundaries: Boundaries) -> TwoArmTrial:
    endpoint = row.text("endpoint")
    sizes = row.wholes("patients")
    if endpoint == "survival":
        return SurvivalTrial(
            boundaries=boundaries,
            patients=sizes[-1],
            events=tuple(row.wholes("events")),
            hazard_treatment=tuple(row.numbers("hazard_treatment")),
            hazard_control=tuple(row.numbers("hazard_control")),
            breaks=tuple(row.numbers("breaks")),
            accrual_months=row.number("accrual_months", above=0),
            dropout_hazard=-math.log1p(-_dropout(row)) / 12,
        )
    arm = tuple(size // 2 for size in sizes)
    if endpoint == "mean":
        return MeanTrial.read(
            {
                "patients_treatment": arm, "patients_control": arm, "difference": row.number("difference"),
                "boundaries": boundaries, "sd": row.number("sd", above=0), "test": row.text("test"),
            }
        )  # fmt: skip
    if endpoint == "proportion":
        return ProportionTrial(
            boundaries=boundaries, patients_treatment=arm, patients_control=arm,
            rate_treatment=row.number("rate_treatment"), rate_control=row.number("rate_control"),
        )  # fmt: skip
    raise row.wrong("endpoint", "survival, mean or proportion")


def _dropout(row: Row) -> float:
    share = row.optional("dropout_12_months") or 0.0
    if not 0 <= share < 1:
        raise row.wrong("dropout_12_months", "a share from 0, below 1")
    return share


def peer_error(row: Row, column: str, given: list[float], figures: Figures) -> str | None:
    """Whether every figure of the column lies within the joint Monte-Carlo error of both simulations."""
    values, errors = figures[column], figures[f"{column} error"]
    if len(values) != len(given):
        return None
    trials = row.whole("trials", 1, MOST_TRIALS)
    furthest = 0.0
    for theirs, ours, error in zip(given, values, errors, strict=True):
        # The peer's own error: binomial for chances; for patients as large as ours, scaled to its trials.
        own = error * math.sqrt(TRIALS / trials)
        if column != "expected_patients":
            own = math.sqrt(max(ours * (1 - ours), 1 / trials) / trials)
        furthest = max(furthest, abs(ours - theirs) / math.hypot(own, error, 1e-12))
    if furthest > STANDARD_ERRORS:
        return None
    return f"both simulated: {furthest:.1f} joint standard errors apart at most"


LAYOUT = Layout(
    "simulated",
    ("endpoint", "test", "spending", "alpha", "sided", "information", "patients", "trials"),
    {"overall_reject": 0.0, "reject_per_stage": 0.0, "expected_patients": 0.0},
    recompute,
    peer_error,
    names={
        "patients_treatment": "patients", "patients_control": "patients", "dropout_hazard": "dropout_12_months",
        "solution": "endpoint",
    },
    also=(
        "events", "breaks", "hazard_treatment", "hazard_control", "difference", "sd", "rate_treatment", "rate_control",
        "accrual_months", "dropout_12_months", "parameter",
    ),
)  # fmt: skip
