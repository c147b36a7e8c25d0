"""Fixed sample sizes, against rpact's."""

from __future__ import annotations

import math
import re
from typing import Any

from equipoise.design import Accrual, Hazard, TwoArms, events_required, mean_size, proportion_size, survival_size
from equipoise.validation.table import Figures, Layout, Row

_OBJECTIVES = ("superiority", "non-inferiority", "equivalence")
_SURVIVAL = ("hazard_ratio", "lambda2_per_month", "accrual_months", "follow_up_months", "dropout")
_INPUTS = {
    "rates": ("pi1", "pi2"),
    "means_t": ("difference", "sd"),
    "means_z": ("difference", "sd"),
    "survival_Schoenfeld": _SURVIVAL,
    "survival_Freedman": _SURVIVAL,
}


def recompute(row: Row) -> Figures:
    """Sizes, not rounded, and events."""
    kind = row.text("kind")
    if kind not in _INPUTS:
        raise row.wrong("kind", " or ".join(_INPUTS))
    _check_inputs(row, _INPUTS[kind])
    words = _judged(row) | {"power": row.number("power", above=0, below=1), "ratio": row.number("ratio", above=0)}
    if kind == "rates":
        return _rates(row, words)
    if kind in ("means_t", "means_z"):
        return _means(row, words, kind[-1])
    words["method"] = kind.removeprefix("survival_").lower()
    return _survival(row, words)


def inputs(row: Row) -> dict[str, str]:
    """The `name=value` pairs of the inputs cell."""
    pairs = (part.partition("=") for part in row.text("inputs").split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _check_inputs(row: Row, known: tuple[str, ...]) -> None:
    unknown = [name for name in inputs(row) if name not in known]
    if unknown:
        raise row.wrong("inputs", f"{', '.join(known)} for {row.text('kind')}, and no {unknown[0]}")


def _input(row: Row, name: str, above: float = -math.inf, below: float = math.inf) -> float:
    try:
        found = float(inputs(row)[name])
    except (KeyError, ValueError):
        found = math.nan
    if not (math.isfinite(found) and above < found < below):
        limits = f" above {above:g}" * (above > -math.inf) + f" and below {below:g}" * (below < math.inf)
        raise row.wrong("inputs", f"{name}=NUMBER{limits} among the inputs")
    return found


def _judged(row: Row) -> dict[str, Any]:
    objective = row.text("objective").split(" ")[0]
    if objective not in _OBJECTIVES:
        raise row.wrong("objective", " or ".join(_OBJECTIVES))
    return {"alpha": row.number("alpha", above=0, below=1), "sided": row.whole("sided", 1, 2), "objective": objective}


def _margin(row: Row, none: float) -> float:
    """The null value, as rpact signs it; an empty cell is that of no margin."""
    found = row.optional("margin")
    return none if found is None else found


def _direction(row: Row, objective: str, benefit: float, margin: float) -> str:
    """Which side is better: as said, else as the margin lies (the loss allowed is on the other side), else as the effect."""
    said = re.search(r"(higher|lower) is better", row.text("objective"))
    if objective != "non-inferiority":
        return said[1] if said else ("higher" if benefit >= 0 else "lower")
    if margin == 0:
        raise row.wrong("margin", "the loss allowed: a difference other than 0, or a ratio other than 1")
    lies = "lower" if margin > 0 else "higher"
    if said and said[1] != lies:
        side = "below" if said[1] == "higher" else "above"
        raise row.wrong("margin", f"a difference {side} 0 or a ratio {side} 1, as {said[1]} is better")
    return lies


def _rates(row: Row, words: dict[str, Any]) -> Figures:
    treatment, control = _input(row, "pi1", 0, 1), _input(row, "pi2", 0, 1)
    said = re.search(r"(risk difference|risk ratio|odds ratio)", row.text("objective"))
    measure = {"risk ratio": "ratio", "odds ratio": "odds-ratio"}.get(said[1] if said else "", "difference")
    none = 0.0 if measure == "difference" else 1.0
    margin = row.number("margin", above=0) if measure != "difference" and row.text("margin") else _margin(row, none)
    objective = words["objective"]
    if objective == "superiority" and margin not in (0.0, none):
        raise row.wrong("margin", f"{none:g}, or empty: superiority of rates beyond a margin is not computed")
    better = _direction(row, objective, treatment - control, margin - none)
    words |= {"measure": measure, "better": better}
    if objective != "superiority":
        words["margin"] = abs(margin) if measure == "difference" else margin
    return _sizes(proportion_size(treatment=treatment, control=control, **words))


def _means(row: Row, words: dict[str, Any], test: str) -> Figures:
    difference, margin, objective = _input(row, "difference"), _margin(row, 0.0), words["objective"]
    if objective == "superiority":  # beyond a margin: as much beyond 0 of what is left of the difference
        difference -= margin
    else:
        words["margin"] = abs(margin)
    better = _direction(row, objective, difference, margin)
    words |= {"test": test, "better": better}
    return _sizes(mean_size(difference=difference, sd=_input(row, "sd", 0), **words))


def _sizes(size: Any) -> Figures:
    treatment, control = float(size.treatment), float(size.control)
    return {"n": [treatment + control], "n1": [treatment], "n2": [control]}


def dropout_of(row: Row, column: str, text: str) -> Hazard:
    """The hazard of "2% in 12 months", of the same in both arms; none for an empty text or 0. `column` is the cell's."""
    if text in ("", "0", "0%", "none"):
        return Hazard.constant(0.0)
    said = re.fullmatch(r"(\d+(?:\.\d+)?)\s*% in (\d+(?:\.\d+)?) months?(?: \(both arms\))?", text)
    if said is None or not float(said[1]) < 100 or not 0 < float(said[2]) < math.inf:
        raise row.wrong(column, 'as dropout a share below 100% such as "2% in 12 months", or nothing')
    return Hazard.from_risk(float(said[1]) / 100, float(said[2]))


def arms_of(hazard_ratio: float, rate: float, lost: Hazard, ratio: float) -> TwoArms:
    """Exponential survival in both arms, with the same dropout."""
    control = Hazard.constant(rate)
    return TwoArms(
        treatment=control.scaled(hazard_ratio),
        control=control,
        treatment_dropout=lost,
        control_dropout=lost,
        ratio=ratio,
    )


def _survival(row: Row, words: dict[str, Any]) -> Figures:
    hazard_ratio = _input(row, "hazard_ratio", 0)
    if row.text("margin"):
        margin = row.number("margin", above=0)
        if margin != 1 and words["method"] == "freedman":
            raise row.wrong("margin", "1, or empty, for survival_Freedman")
        words["margin"] = margin
    events = float(events_required(hazard_ratio=hazard_ratio, **words))
    rate, lost = _input(row, "lambda2_per_month", 0), dropout_of(row, "inputs", inputs(row).get("dropout", ""))
    follow_up = _input(row, "follow_up_months")
    if follow_up < 0:
        raise row.wrong("inputs", "follow_up_months=NUMBER of at least 0 among the inputs")
    size = survival_size(
        events, accrual=Accrual(rates=(1.0,)), accrual_months=_input(row, "accrual_months", 0),
        follow_up=follow_up, arms=arms_of(hazard_ratio, rate, lost, words["ratio"]),
    )  # fmt: skip
    return {
        "n": [size.patients], "n1": [size.treatment_patients], "n2": [size.control_patients], "events": [events],
    }  # fmt: skip


LAYOUT = Layout(
    "fixed",
    ("kind", "objective", "inputs", "margin", "sided", "alpha", "power", "ratio"),
    {"n": 1e-6, "n1": 1e-6, "n2": 1e-6, "events": 1e-6},
    recompute,
    names={"solution": "inputs", "better": "objective", "method": "kind", "rates": "inputs"},
)
