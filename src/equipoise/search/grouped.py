"""Candidates that randomise clusters: parallel, and stepped-wedge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equipoise.design import Hazard, cluster_count, cluster_power, stepped_wedge_clusters, stepped_wedge_power
from equipoise.errors import InputError, NoSolutionError
from equipoise.search.block import Block, Conduct
from equipoise.search.effects import common
from equipoise.search.question import Clusters, Question
from equipoise.search.scenario import Scenario
from equipoise.search.sequential import HIGHEST_POWER
from equipoise.search.shapes import fixed_shape

Floats = NDArray[np.float64]
Control = tuple[float | None, tuple[tuple[float, float], ...]]


def power_grid(question: Question) -> Floats:
    """Powers from the target up, evenly on the probit scale."""
    target = question.endpoint.power
    top = special.ndtri(max(HIGHEST_POWER, (1 + target) / 2))
    return special.ndtr(np.linspace(special.ndtri(target), top, question.consider.sizes))


def cluster_blocks(question: Question) -> Iterator[Block]:
    """Parallel cluster trials: one block for each cluster size, ratio and follow-up."""
    plan = _plan(question)
    for size in plan.size:
        for ratio in question.consider.ratio:
            for months in question.follow_up.months:
                control = _cluster_numbers(question, size, ratio, months)
                treatment = np.ceil(control * ratio - 1e-9)
                if plan.available is not None:
                    within = treatment + control <= plan.available
                    control, treatment = control[within], treatment[within]
                if control.size:
                    columns = {"clusters_treatment": treatment, "clusters_control": control}
                    yield Block(
                        "cluster", fixed_shape(question), ratio, months, (treatment + control).astype(int)[None],
                        treatment * size, control * size, {"cluster_size": size}, columns,
                    )  # fmt: skip


def _cluster_numbers(question: Question, size: int, ratio: float, months: float) -> Floats:
    """Control clusters for the grid of powers."""

    def needed(scenario: Scenario, power: float) -> float:
        words = _cluster_words(question, scenario, size, months)
        return float(cluster_count(power=power, allocation=ratio, **words).control)

    return _numbers(question, needed)


def _numbers(question: Question, needed: Callable[[Scenario, float], float]) -> Floats:
    """What is needed for the grid of powers as planned, and for the target power in the other scenarios."""
    powers = power_grid(question)
    found: list[list[float]] = []
    for place, scenario in enumerate(question.scenarios):
        wanted = powers if place == question.primary else powers[:1]
        try:
            found.append([needed(scenario, float(power)) for power in wanted])
        except (InputError, NoSolutionError):  # this scenario's effect has no size
            found.append([])
    if not found[question.primary]:
        return np.empty(0)
    least = found[question.primary][0]
    return np.unique([number for numbers in found for number in numbers if number >= least])


def evaluate_cluster(question: Question, block: Block) -> Conduct:
    """Power of each number of clusters, and the calendar: clusters open one after another and fill at the site's rate."""
    size = block.facts["cluster_size"]
    kt, kc = block.columns["clusters_treatment"], block.columns["clusters_control"]
    powers, months = [], []
    for scenario in question.scenarios:
        words = _cluster_words(question, scenario, size, block.follow_up)
        powers.append(cluster_power(kt, kc, **words))
        months.append(_months_to_fill(question, scenario, size) + block.follow_up)
    return _one_look(question, block, powers, np.array(months))


def _months_to_fill(question: Question, scenario: Scenario, size: int) -> float:
    plan = question.recruitment
    return plan.opening_months + size / (plan.patients_per_site_month * scenario.recruitment)


def _cluster_words(question: Question, scenario: Scenario, size: int, months: float) -> dict[str, Any]:
    plan, kind = _plan(question), question.endpoint.kind
    words: dict[str, Any] = common(question.endpoint) | {
        "endpoint": kind,
        "size": size * (1 - scenario.dropout),
        "icc": scenario.icc,
        "size_cv": plan.size_cv,
        "test": "t",
    }
    if kind == "mean":
        return words | {"difference": scenario.difference, "sd": scenario.sd}
    if kind == "proportion":
        return words | {"control": scenario.control, "treatment": scenario.treatment}
    if kind == "count":
        rate = scenario.control_rate or 0.0
        return words | {"control": rate, "treatment": rate * (scenario.rate_ratio or 1.0), "exposure": months / 12}
    hazard = control_hazard(scenario.control_median_months, tuple(scenario.event_free.items()))
    treated = hazard.scaled(scenario.hazard_ratio or 1.0, after=scenario.effect_delay_months)
    return words | {"control": 1 - float(hazard.survival(months)), "treatment": 1 - float(treated.survival(months))}


def control_hazard(median: float | None, event_free: tuple[tuple[float, float], ...]) -> Hazard:
    """The control arm's hazard of the event, from its median or its fractions without event at months."""
    return Hazard.from_median(median) if median is not None else Hazard.from_event_free(dict(event_free))


def stepped_wedge_blocks(question: Question) -> Iterator[Block]:
    """Stepped wedges: one block for each number of steps and cluster-period size."""
    plan = _plan(question)
    for steps in plan.steps:
        for size in plan.size:
            for months in question.follow_up.months[:1]:
                clusters = _wedge_numbers(question, steps, size)
                if plan.available is not None:
                    clusters = clusters[clusters * steps <= plan.available]
                if clusters.size:
                    total = clusters * steps * (steps + 1) * size
                    treated = clusters * size * steps * (steps + 1) / 2
                    facts = {"steps": steps, "cluster_period_size": size, "period_months": plan.period_months}
                    yield Block(
                        "stepped-wedge", fixed_shape(question), 1.0, months, (clusters * steps).astype(int)[None],
                        treated, total - treated, facts, {"clusters_per_step": clusters},
                    )  # fmt: skip


def _wedge_numbers(question: Question, steps: int, size: int) -> Floats:
    """Clusters crossing at each step for the grid of powers."""

    def needed(scenario: Scenario, power: float) -> float:
        return float(stepped_wedge_clusters(power=power, **_wedge_words(question, scenario, steps, size)).per_sequence)

    return _numbers(question, needed)


def evaluate_stepped_wedge(question: Question, block: Block) -> Conduct:
    """Power of each number of clusters a step; the calendar is that of the periods."""
    steps, size = block.facts["steps"], block.facts["cluster_period_size"]
    powers = [
        stepped_wedge_power(
            clusters_per_sequence=block.columns["clusters_per_step"], **_wedge_words(question, scenario, steps, size)
        )
        for scenario in question.scenarios
    ]
    months = np.full(len(question.scenarios), (steps + 1) * block.facts["period_months"] + block.follow_up)
    return _one_look(question, block, powers, months)


def _wedge_words(question: Question, scenario: Scenario, steps: int, size: int) -> dict[str, Any]:
    words: dict[str, Any] = common(question.endpoint) | {
        "sequences": steps,
        "size": size * (1 - scenario.dropout),
        "icc": scenario.icc,
        "cac": scenario.cac,
        "size_cv": _plan(question).size_cv,
        "test": "t",
    }
    if question.endpoint.kind == "mean":
        return words | {"difference": scenario.difference, "sd": scenario.sd}
    return words | {"control": scenario.control, "treatment": scenario.treatment}


def _plan(question: Question) -> Clusters:
    assert question.clusters is not None
    return question.clusters


def _one_look(question: Question, block: Block, powers: list[Floats], months: Floats) -> Conduct:
    """A trial analysed once at its end: powers by scenario (J,), months by scenario (S,)."""
    power = np.stack([np.broadcast_to(power, block.grid[1:]) for power in powers], axis=-1)[None, :, :, None]
    patients = (block.treatment + block.control)[None, :, None, None]
    return Conduct(
        up=power,
        down=1.0 - power,
        months=np.broadcast_to(months[None, None, :, None], power.shape),
        patients=np.broadcast_to(patients, power.shape),
        patient_months=np.broadcast_to(patients * block.follow_up, power.shape),
        type_one_error=np.full((1, 1, 1), question.endpoint.one_sided_alpha),
    )
