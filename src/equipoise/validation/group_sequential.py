"""Boundaries and characteristics of group-sequential designs, against rpact's."""

from __future__ import annotations

import numpy as np

from equipoise.design import GroupSequential, crossing_probabilities
from equipoise.validation.table import Figures, Layout, Row

EFFICACY = {
    "OF": "obrien-fleming",
    "P": "pocock",
    "WT": "wang-tsiatis",
    "asOF": "obrien-fleming-type",
    "asP": "pocock-type",
    "asHSD": "hwang-shih-decani",
    "asKD": "kim-demets",
}
FUTILITY = {
    "none": "none",
    "bsOF": "obrien-fleming-type",
    "bsP": "pocock-type",
    "bsHSD": "hwang-shih-decani",
    "bsKD": "kim-demets",
}
ROOT_ERROR = 1.1e-8
"""rpact solves its bounds until the error spent is right to 1e-8."""


def design_of(row: Row) -> GroupSequential:
    """The design that a row describes."""
    information = row.numbers("information")
    return GroupSequential.read(
        {
            "information": [*information[:-1], 1.0],
            "alpha": row.number("alpha"),
            "sided": int(row.number("sided")),
            "power": 1 - row.number("beta"),
            "spending": row.choice("type", EFFICACY),
            "parameter": row.optional("parameter"),
            "futility": row.choice("futility", FUTILITY),
            "futility_parameter": row.optional("futility_parameter"),
            "binding": row.text("binding") == "TRUE",
        },
        where=f"{row.file} row {row.line}",
    )


def recompute(row: Row) -> Figures:
    """Every figure of a row. rpact's errors spent are those of its `sided`, its futility bounds stop before the last look."""
    design = design_of(row)
    bounds = design.solution
    truths = {"asn_h1": bounds.drift, "asn_h01": bounds.drift / 2, "asn_h0": 0.0}
    outcome = bounds.crossing(list(truths.values()))
    sizes = bounds.inflation * outcome.expected_information
    return {
        "critical": list(bounds.critical),
        "stage_levels": list(bounds.nominal),
        "alpha_spent": [design.sided * spent for spent in bounds.alpha_spent],
        "futility_bounds": [np.nan if bound is None else bound for bound in bounds.futility],
        "inflation": [bounds.inflation],
        "shift": [bounds.drift**2],
        "power_by_stage": [float(power) for power in outcome.up[0].cumsum()],
    } | {name: [float(size)] for name, size in zip(truths, sizes, strict=True)}


def peer_error(row: Row, column: str, given: list[float], figures: Figures) -> str | None:
    """Bounds may differ by as much as rpact's root finding leaves of the error spent."""
    if column != "critical":
        return None
    design = design_of(row)
    peers = row.numbers("critical")
    bounds = design.solution.model_copy(update={"critical": tuple(peers)})
    if design.futility != "none" and design.binding:
        return None
    if design.sided == 1:
        bounds = bounds.model_copy(update={"futility": (None,) * len(design.solution.futility)})
    up, _, _ = crossing_probabilities(bounds, np.zeros(1))
    gap = np.abs(up[0].cumsum() - np.array(design.solution.alpha_spent)).max()
    if gap <= ROOT_ERROR:
        return f"rpact's bounds spend the error to within {gap:.1e} of what they should: its root finding stops at 1e-8"
    return None


LAYOUT = Layout(
    "group-sequential",
    ("type", "parameter", "sided", "alpha", "beta", "information", "futility", "binding", "futility_parameter"),
    {
        "critical": 1e-6,
        "stage_levels": 1e-6,
        "alpha_spent": 1e-6,
        "futility_bounds": 1e-6,
        "inflation": 1e-6,
        "shift": 1e-6,
        "asn_h1": 1e-6,
        "asn_h01": 1e-6,
        "asn_h0": 1e-6,
        "power_by_stage": 1e-6,
    },
    recompute,
    peer_error,
)
