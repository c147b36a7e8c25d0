"""Fixed sample sizes, against rpact's."""

from __future__ import annotations

import re
from typing import Any

from equipoise.design import Accrual, Hazard, TwoArms, events_required, mean_size, proportion_size, survival_size
from equipoise.errors import InputError
from equipoise.validation.table import Figures, Layout, Row

_OBJECTIVES = ("superiority", "non-inferiority", "equivalence")


def recompute(row: Row) -> Figures:
    """Sizes, not rounded, and events."""
    kind = row.text("kind")
    words = _judged(row) | {"power": row.number("power"), "ratio": row.number("ratio")}
    if kind == "rates":
        return _rates(row, words)
    if kind in ("means_t", "means_z"):
        return _means(row, words, kind[-1])
    if kind in ("survival_Schoenfeld", "survival_Freedman"):
        words["method"] = kind.removeprefix("survival_").lower()
        return _survival(row, words)
    raise InputError(row.where("kind"), kind, "rates, means_t, means_z, survival_Schoenfeld or survival_Freedman")


def inputs(row: Row) -> dict[str, str]:
    """The `name=value` pairs of the inputs cell."""
    pairs = (part.partition("=") for part in row.text("inputs").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _input(row: Row, name: str) -> float:
    try:
        return float(inputs(row)[name])
    except (KeyError, ValueError):
        raise InputError(row.where("inputs"), row.text("inputs"), f"{name}=NUMBER among the inputs") from None


def _judged(row: Row) -> dict[str, Any]:
    objective = row.text("objective").split(" ")[0]
    if objective not in _OBJECTIVES:
        raise InputError(row.where("objective"), row.text("objective"), " or ".join(_OBJECTIVES))
    return {"alpha": row.number("alpha"), "sided": int(row.number("sided")), "objective": objective}


def _direction(row: Row, benefit: float) -> str:
    said = re.search(r"(higher|lower) is better", row.text("objective"))
    return said[1] if said else ("higher" if benefit >= 0 else "lower")


def _margin(row: Row, words: dict[str, Any], *, ratio: bool) -> dict[str, Any]:
    """rpact signs the margin of a difference, as its null value; Equipoise takes its size."""
    if words["objective"] == "superiority":
        return {}
    margin = row.number("margin")
    return {"margin": margin if ratio else abs(margin)}


def _rates(row: Row, words: dict[str, Any]) -> Figures:
    treatment, control = _input(row, "pi1"), _input(row, "pi2")
    said = re.search(r"(risk difference|risk ratio|odds ratio)", row.text("objective"))
    measure = {"risk ratio": "ratio", "odds ratio": "odds-ratio"}.get(said[1] if said else "", "difference")
    better = _direction(row, treatment - control)
    words |= _margin(row, words, ratio=measure != "difference") | {"measure": measure, "better": better}
    return _sizes(proportion_size(treatment=treatment, control=control, **words))


def _means(row: Row, words: dict[str, Any], test: str) -> Figures:
    difference = _input(row, "difference")
    better = _direction(row, difference if words["objective"] == "superiority" else -row.number("margin"))
    words |= _margin(row, words, ratio=False) | {"test": test, "better": better}
    return _sizes(mean_size(difference=difference, sd=_input(row, "sd"), **words))


def _sizes(size: Any) -> Figures:
    treatment, control = float(size.treatment), float(size.control)
    return {"n": [treatment + control], "n1": [treatment], "n2": [control]}


def dropout_of(row: Row, text: str) -> Hazard:
    """The hazard of "2% in 12 months"."""
    said = re.match(r"([\d.]+)\s*% in ([\d.]+) months", text)
    if said is None:
        raise InputError(row.where("dropout"), text, 'a share such as "2% in 12 months"')
    return Hazard.from_risk(float(said[1]) / 100, float(said[2]))


def arms_of(row: Row, hazard_ratio: float, rate: float, dropout: str, ratio: float) -> TwoArms:
    """Exponential survival in both arms, with the same dropout."""
    control, lost = Hazard.constant(rate), dropout_of(row, dropout)
    return TwoArms(
        treatment=control.scaled(hazard_ratio),
        control=control,
        treatment_dropout=lost,
        control_dropout=lost,
        ratio=ratio,
    )


def _survival(row: Row, words: dict[str, Any]) -> Figures:
    hazard_ratio = _input(row, "hazard_ratio")
    if words["objective"] != "superiority":
        words["margin"] = row.number("margin")
    events = float(events_required(hazard_ratio=hazard_ratio, **words))
    arms = arms_of(row, hazard_ratio, _input(row, "lambda2_per_month"), inputs(row).get("dropout", ""), words["ratio"])
    size = survival_size(
        events, accrual=Accrual(rates=(1.0,)), accrual_months=_input(row, "accrual_months"),
        follow_up=_input(row, "follow_up_months"), arms=arms,
    )  # fmt: skip
    return {
        "n": [size.patients], "n1": [size.treatment_patients], "n2": [size.control_patients], "events": [events],
    }  # fmt: skip


LAYOUT = Layout(
    "fixed",
    ("kind", "objective", "inputs", "margin", "sided", "alpha", "power", "ratio"),
    {"n": 1e-6, "n1": 1e-6, "n2": 1e-6, "events": 1e-6},
    recompute,
)
