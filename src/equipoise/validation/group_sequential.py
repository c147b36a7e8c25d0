"""Boundaries and characteristics of group-sequential designs, against rpact's."""

from __future__ import annotations

import numpy as np

from equipoise.design import GroupSequential
from equipoise.errors import InputError
from equipoise.validation.peer import explain
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
NAMES = {"looks": "K", "power": "beta", "spending": "type", "alpha_spent": "information", "beta_spent": "information"}
ROUNDING = 1e-6
"""How far from 1 a last information fraction may be by rounding."""
LARGEST_ALPHA, MOST_LOOKS = 0.5, 20


def information_of(row: Row) -> tuple[list[float], float]:
    """Fractions of the last look's information, and that look's fraction of what the spending function counts on.

    The second is 1, within rounding, unless the last look comes before all of it is in: rpact then leaves error unspent.
    """
    given = row.numbers("information")
    last = given[-1]
    if last > 1 + ROUNDING or last <= 0:
        raise row.wrong("information", "fractions that rise to at most 1")
    reached = 1.0 if abs(last - 1) <= ROUNDING else last
    return [*(part / reached for part in given[:-1]), 1.0], reached


def at_information(design: GroupSequential, reached: float, row: Row, column: str) -> GroupSequential:
    """The design whose last look comes at this fraction of its information, the error of the rest left unspent."""
    if reached == 1.0:
        return design
    if design.spending not in ("obrien-fleming-type", "pocock-type", "hwang-shih-decani", "kim-demets"):
        raise row.wrong("information", f"fractions that rise to 1, as {row.text(column)} spends nothing by information")
    if design.futility != "none":
        raise row.wrong("information", "fractions that rise to 1, with futility bounds")
    # One look more, at all of the information, shows what the looks held spend
    fractions = [part * reached for part in design.information]
    longer = design.model_copy(update={"information": (*fractions, 1.0)})
    used = longer.solution.alpha_spent[:-1]
    return GroupSequential.read(
        design.model_dump(by_alias=True)
        | {"alpha": used[-1] * design.sided, "spending": "user", "parameter": None, "alpha_spent": used}
    )


def design_of(row: Row) -> GroupSequential:
    """The design that a row describes."""
    information, reached = information_of(row)
    design = GroupSequential.read(
        {
            "information": information,
            "alpha": row.number("alpha", above=0, below=LARGEST_ALPHA),
            "sided": row.whole("sided", 1, 2),
            "power": 1 - _beta(row),
            "spending": row.choice("type", EFFICACY),
            "parameter": row.optional("parameter"),
            "futility": row.choice("futility", FUTILITY),
            "futility_parameter": row.optional("futility_parameter"),
            "binding": row.flag("binding"),
        }
    )
    return at_information(design, reached, row, "type")


def _beta(row: Row) -> float:
    beta = row.number("beta", above=0)
    if beta > 0.5:
        raise row.wrong("beta", "one number above 0, at most 0.5")
    return beta


def recompute(row: Row) -> Figures:
    """Every figure of a row. rpact's errors spent are those of its `sided`, its futility bounds stop before the last look."""
    design = design_of(row)
    reached = information_of(row)[1]
    bounds = design.solution
    truths = {"asn_h1": bounds.drift, "asn_h01": bounds.drift / 2, "asn_h0": 0.0}
    outcome = bounds.crossing(list(truths.values()))
    inflation = bounds.inflation
    if reached != 1.0:  # of the maximum, relative to the fixed design of the error planned
        planned = GroupSequential.even(1, alpha=row.number("alpha"), sided=design.sided, power=design.power)
        inflation = (bounds.drift / planned.solution.drift) ** 2 / reached
    sizes = inflation * reached * outcome.expected_information
    return {
        "critical": list(bounds.critical),
        "stage_levels": list(bounds.nominal),
        "alpha_spent": [design.sided * spent for spent in bounds.alpha_spent],
        "futility_bounds": [np.nan if bound is None else bound for bound in bounds.futility],
        "inflation": [inflation],
        "shift": [bounds.drift**2 / reached],
        "power_by_stage": [float(power) for power in outcome.up[0].cumsum()],
    } | {name: [float(size)] for name, size in zip(truths, sizes, strict=True)}


def peer_error(row: Row, column: str, given: list[float], figures: Figures) -> str | None:
    """What rpact's own bounds do, where they are not quite what they should be."""
    try:
        return explain(row, design_of(row), information_of(row)[1], column, given, figures)
    except InputError:  # another cell of the row is no figure, so its bounds say nothing
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
    NAMES,
)
