"""From a kept candidate to its full description, with every figure by look and scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.search.block import Block, Conduct
from equipoise.search.question import Question
from equipoise.search.result import ScenarioResult
from equipoise.search.summary import Summary

Floats = NDArray[np.float64]

PREFIXES = {
    "fixed": "fx",
    "group-sequential": "gs",
    "cluster": "cl",
    "stepped-wedge": "sw",
    "crossover": "co",
    "re-estimation": "re",
}
WORDS = {
    "obrien-fleming-type": "O'Brien-Fleming-type",
    "pocock-type": "Pocock-type",
    "hwang-shih-decani": "Hwang-Shih-DeCani",
    "kim-demets": "Kim-DeMets",
    "obrien-fleming": "O'Brien-Fleming",
    "pocock": "Pocock",
    "wang-tsiatis": "Wang-Tsiatis",
}


def identity(family: str, number: int) -> str:
    """A candidate's id: its family and its number in the order of generation."""
    return f"{PREFIXES[family]}-{number:06d}"


def design_of(block: Block, place: int) -> dict[str, Any]:
    """The facts of one design, whole numbers where they count people."""
    treatment, control = (round(block.at(arm, place)) for arm in (block.treatment, block.control))
    test = block.shape.test
    bounds = test.solution
    facts: dict[str, Any] = {
        "patients": treatment + control,
        "patients_treatment": treatment,
        "patients_control": control,
        "ratio": block.ratio,
        "sites": int(block.at(block.sites, place)),
        "follow_up_months": block.follow_up,
        "events": None,
        "looks": len(bounds.information),
        "timing": block.shape.timing,
        "information": list(bounds.information),
        "spending": test.spending,
        "spending_parameter": test.parameter,
        "futility_spending": test.futility,
        "futility_parameter": test.futility_parameter,
        "binding": test.binding,
        "critical": list(bounds.critical),
        "futility": [*bounds.futility, None],
        "nominal_p": list(bounds.nominal),
    }
    return facts | block.facts | {name: round(block.at(column, place)) for name, column in block.columns.items()}


def sentence(family: str, design: dict[str, Any]) -> str:
    """The design in one English sentence."""
    size = f"{design['patients']:,} patients"
    if design["ratio"] != 1:
        size += f" ({design['ratio']:g}:1)"
    if design["events"]:
        size += f" and {design['events']:,} events"
    if family == "cluster":
        clusters = design["clusters_treatment"] + design["clusters_control"]
        return f"{clusters} clusters of {design['cluster_size']}, {size} in all, analysed once."
    if family == "stepped-wedge":
        return (
            f"Stepped wedge of {design['steps']} steps, {design['clusters_per_step']} clusters crossing at each, "
            f"{design['cluster_period_size']} patients a cluster-period, {size} in all."
        )
    if family == "crossover":
        return f"{size[0].upper()}{size[1:]}, each taking both treatments, at {design['sites']} sites."
    if family == "fixed":
        return f"{size[0].upper()}{size[1:]} at {design['sites']} sites, analysed once at the end."
    if family == "re-estimation":
        return (
            f"{size[0].upper()}{size[1:]} at {design['sites']} sites, up to {design['most_increase']:g} times as many if the interim "
            f"look finds a conditional power of {design['promising_from']:.0%} or more, with {WORDS[design['spending']]} bounds."
        )
    futility = design["futility_spending"]
    stops = "" if futility == "none" else f" and stopping for futility by {WORDS[futility]} spending"
    return (
        f"{size[0].upper()}{size[1:]} at {design['sites']} sites, {design['looks']} looks with "
        f"{WORDS[design['spending']]} bounds{stops}."
    )


def scenario_results(
    question: Question, block: Block, conduct: Conduct, summary: Summary, place: int
) -> tuple[ScenarioResult, ...]:
    """The operating characteristics of one candidate, scenario by scenario."""
    shape = (*block.grid, len(question.scenarios), len(block.shape.test.information))

    def at_looks(values: Floats, scenario: int) -> tuple[float, ...]:
        flat = np.broadcast_to(values, shape).reshape(-1, *shape[2:])
        return tuple(float(value) for value in flat[place, scenario])

    def figure(values: Floats, scenario: int) -> float:
        return float(values[place, scenario])

    return tuple(
        ScenarioResult(
            name=scenario.name,
            power=figure(summary.power, row),
            type_one_error=figure(summary.type_one_error, row),
            expected_patients=figure(summary.expected_patients, row),
            max_patients=figure(summary.max_patients, row),
            expected_months=figure(summary.expected_months, row),
            max_months=figure(summary.max_months, row),
            expected_cost=figure(summary.expected_cost, row),
            stop_early=figure(summary.stop_early, row),
            stop_efficacy=at_looks(conduct.up, row),
            stop_futility=at_looks(conduct.down, row),
            months=at_looks(conduct.months, row),
            patients=at_looks(conduct.patients, row),
            power_error=figure(summary.power_error, row),
        )
        for row, scenario in enumerate(question.scenarios)
    )
