"""A design of one's own: its operating characteristics, and its power over the effect."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from equipoise.design import GroupSequential
from equipoise.errors import InputError
from equipoise.search import families
from equipoise.search.block import NEVER, Block, Conduct
from equipoise.search.describe import design_of, scenario_results, sentence
from equipoise.search.file import parse_toml, read_text
from equipoise.search.question import Count, NonNegative, Positive, Question
from equipoise.search.result import Candidate, SearchResult
from equipoise.search.scenario import Scenario
from equipoise.search.shapes import Shape
from equipoise.search.summary import Summary, summarise, weights_of
from equipoise.value import Value

Floats = NDArray[np.float64]

CURVE_TRIALS = 4000
"""Virtual trials at each point of a curve of power: a standard error of 0.008 at the most."""

_NEEDED: dict[str, tuple[str, ...]] = {
    "cluster": ("clusters_treatment", "clusters_control", "cluster_size"),
    "stepped-wedge": ("steps", "clusters_per_step", "cluster_period_size"),
}


class OwnDesign(Value):
    """The [design] table of a design file, with the names that a search result uses.

    Individually randomised families need `patients` (split by `ratio`) or both arms' sizes, and `events` for a survival
    endpoint; group-sequential needs `looks` or `information`. Facts that follow from these are recomputed.
    """

    family: Literal["fixed", "group-sequential", "cluster", "stepped-wedge", "crossover"]
    patients: Count | None = None
    patients_treatment: Count | None = None
    patients_control: Count | None = None
    ratio: Positive = 1.0
    sites: Count | None = None
    follow_up_months: NonNegative | None = None
    events: Count | None = None
    looks: Annotated[int, Field(strict=True, ge=1, le=20)] | None = None
    information: tuple[Positive, ...] | None = None
    timing: str = "own"
    spending: str = "obrien-fleming-type"
    spending_parameter: float | None = None
    alpha_spent: tuple[NonNegative, ...] | None = None
    futility_spending: str = "none"
    futility_parameter: float | None = None
    beta_spent: tuple[NonNegative, ...] | None = None
    binding: bool = False
    clusters_treatment: Count | None = None
    clusters_control: Count | None = None
    cluster_size: Count | None = None
    steps: Annotated[int, Field(strict=True, ge=2, le=20)] | None = None
    clusters_per_step: Count | None = None
    cluster_period_size: Count | None = None
    period_months: Positive | None = None
    critical: Any = None
    futility: Any = None
    nominal_p: Any = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in _NEEDED.get(self.family, ()):
            if getattr(self, name) is None:
                raise InputError(name, None, f"a whole number from 1; {self.family} designs need it")
        arms = (self.patients_treatment, self.patients_control)
        if self.family not in _NEEDED and self.patients is None and None in arms:
            raise InputError("patients", None, "a whole number from 1, or patients_treatment and patients_control")
        if self.family == "group-sequential" and self.looks is None and self.information is None:
            raise InputError("looks", None, "a whole number from 2 to 20, or information = [...]")
        return self

    def arms(self) -> tuple[float, float]:
        """Patients of the treatment and the control arm."""
        if self.patients_treatment is not None and self.patients_control is not None:
            return float(self.patients_treatment), float(self.patients_control)
        control = round((self.patients or 0) / (1 + self.ratio))
        return float((self.patients or 0) - control), float(control)

    def shape(self, question: Question) -> Shape:
        """Its looks and bounds; one look unless it is group-sequential."""
        information = self.information or tuple((k + 1) / (self.looks or 1) for k in range(self.looks or 1))
        endpoint = question.endpoint
        choices: dict[str, Any] = {"alpha": endpoint.one_sided_alpha, "power": endpoint.power, "information": [1.0]}
        if self.family == "group-sequential":
            choices |= {
                "information": list(information), "spending": self.spending, "parameter": self.spending_parameter,
                "alpha_spent": self.alpha_spent, "futility": self.futility_spending,
                "futility_parameter": self.futility_parameter, "beta_spent": self.beta_spent, "binding": self.binding,
            }  # fmt: skip
        return Shape(timing=self.timing, test=GroupSequential.read(choices, where="design"))


def block_of(question: Question, own: OwnDesign) -> Block:
    """The block of this one design; raise InputError where the question does not fit it."""
    shape, ratio = own.shape(question), own.ratio
    months = question.follow_up.months[0] if own.follow_up_months is None else own.follow_up_months
    if own.family in _NEEDED:
        return _grouped_block(question, own, shape, months)
    treatment, control = own.arms()
    sites = np.array([[own.sites or question.recruitment.sites[0]]])
    columns: dict[str, Floats] = {}
    arms = np.array([treatment]), np.array([control])
    if question.endpoint.kind == "survival":
        if own.events is None:
            raise InputError("design.events", None, "a whole number from 1, for a survival endpoint")
        if own.events > treatment + control:
            allowed = f"at most {treatment + control:.0f}, one for each patient"
            raise InputError("design.events", own.events, allowed)
        columns["events"] = np.array([float(own.events)])
        arms = arms[0][None], arms[1][None]
    return Block(own.family, shape, ratio, months, sites, *arms, columns=columns)


def _grouped_block(question: Question, own: OwnDesign, shape: Shape, months: float) -> Block:
    if question.clusters is None:
        raise InputError("clusters", None, f"a [clusters] table, for {own.family} designs")
    if own.family == "cluster":
        treatment, control = (
            np.array([float(own.clusters_treatment or 0)]),
            np.array([float(own.clusters_control or 0)]),
        )
        columns, size = {"clusters_treatment": treatment, "clusters_control": control}, own.cluster_size or 0
        sites = (treatment + control).astype(int)[None]
        facts = {"cluster_size": size}
        return Block("cluster", shape, own.ratio, months, sites, treatment * size, control * size, facts, columns)
    steps, size, per_step = own.steps or 2, own.cluster_period_size or 0, np.array([float(own.clusters_per_step or 0)])
    half = per_step * size * steps * (steps + 1) / 2
    facts = {
        "steps": steps, "cluster_period_size": size,
        "period_months": own.period_months or question.clusters.period_months,
    }  # fmt: skip
    sites = (per_step * steps).astype(int)[None]
    return Block("stepped-wedge", shape, 1.0, months, sites, half, half, facts, {"clusters_per_step": per_step})


def evaluate_design(question: Question, own: OwnDesign) -> SearchResult:
    """The operating characteristics of one design under every scenario of a question, as a result with that candidate."""
    started = time.perf_counter()
    block = block_of(question, own)
    conduct = families.evaluate(question, block)
    if own.events is not None:
        _check_reached(question, own.events, conduct)
    summary = summarise(question, block, conduct)
    objectives = summary.objectives(weights_of(question))[0]
    design = design_of(block, 0)
    candidate = Candidate(
        id="own",
        family=block.family,
        design=design,
        text=sentence(block.family, design),
        on_front=True,
        feasible=bool(summary.power[0, question.primary] >= question.endpoint.power - 1e-6),
        rank=1,
        score=0.0,
        assurance=float(objectives[0]),
        expected_patients=float(objectives[1]),
        max_patients=float(objectives[2]),
        expected_months=float(objectives[3]),
        expected_cost=float(objectives[4]),
        scenarios=scenario_results(question, block, conduct, summary, 0),
    )
    return SearchResult(
        question=question, evaluated=1, feasible=int(candidate.feasible), front_size=1, candidates=(candidate,),
        recommended=None, why=(), reasons=(), seconds=round(time.perf_counter() - started, 3),
    )  # fmt: skip


def _check_reached(question: Question, events: int, conduct: Conduct) -> None:
    """Refuse a design that waits in vain for its last event: no month is a fact of it."""
    never = np.broadcast_to(conduct.months >= NEVER, conduct.up.shape).any(axis=(0, 1, 3))
    for place in np.flatnonzero(never):
        name = question.scenarios[place].name
        allowed = f'fewer events, or more patients: under "{name}" so many events are never reached'
        raise InputError("design.events", events, allowed)


def evaluate_file(path: Path) -> SearchResult:
    """The same from a design file: a question file with a [design] table. Raises InputError."""
    data = parse_toml(read_text(path))
    if not isinstance(data.get("design"), dict):
        raise InputError("design", data.get("design"), "a [design] table with family, patients, looks and so on")
    own = OwnDesign.read(data.pop("design"), where="design")
    return evaluate_design(Question.read(data), own)


def block_of_facts(question: Question, family: str, design: dict[str, Any]) -> Block:
    """A candidate's `design`, as a search result gives it, as a block of its own."""
    known = {name: value for name, value in design.items() if name in OwnDesign.model_fields}
    return block_of(question, OwnDesign.read({**known, "family": family}))


def power_curve(question: Question, family: str, design: dict[str, Any], points: int = 61) -> dict[str, Any]:
    """Power and the chance of stopping early over the primary scenario's effect, for one candidate's `design`.

    For superiority the effect runs from none to 1.6 times as planned, else from 1.25 margins of harm to as much benefit.
    """
    primary = question.scenarios[question.primary]
    effects, scenarios = _effects(question, primary, points)
    varied = question.model_copy(update={"scenarios": tuple(scenarios)})
    if family == "re-estimation":
        summary = _simulated_curve(varied, block_of_facts(varied, "group-sequential", design), design)
    else:
        block = block_of_facts(varied, family, design)
        summary = summarise(varied, block, families.evaluate(varied, block))
    labels = {"mean": "difference", "survival": "hazard ratio", "count": "rate ratio"}
    return {
        "effect_label": labels.get(question.endpoint.kind, "risk on treatment"),
        "effect": effects,
        "power": [float(power) for power in summary.power[0]],
        "stop_early": [float(chance) for chance in summary.stop_early[0]],
    }


def _simulated_curve(question: Question, block: Block, design: dict[str, Any]) -> Summary:
    """The same by virtual trials, a curve's breadth exact."""
    from equipoise.search.simulated import (  # slow to import, and formulas do without
        conduct_of,
        planned_dates,
        trial_of,
    )
    from equipoise.simulate import simulate

    facts = {name: design[name] for name in ("most_increase", "promising_from")}
    block = replace(block, family="re-estimation", facts=facts)
    results = [
        simulate(trial_of(question, block, scenario), trials=CURVE_TRIALS, seed=question.simulation.seed)
        for scenario in question.scenarios
    ]
    return summarise(question, block, conduct_of(question, block, planned_dates(question, block), results))


def _effects(question: Question, primary: Scenario, points: int) -> tuple[list[float], list[Scenario]]:
    """The effects along the axis, and the primary scenario with each."""
    endpoint, name = question.endpoint, _EFFECT[question.endpoint.kind]
    logarithmic = endpoint.kind in ("survival", "count")
    planned: float = getattr(primary, name)
    none = (primary.control or 0.0) if endpoint.kind == "proportion" else 1.0 if logarithmic else 0.0
    if endpoint.objective == "superiority":
        along = np.linspace(0.0, 1.6, points)
        values = planned**along if logarithmic else none + along * (planned - none)
    else:
        along = np.linspace(-1.25, 1.25, points)
        margin = endpoint.margin or 1.0
        if logarithmic:
            values = margin**along
        elif endpoint.kind == "proportion" and endpoint.measure != "difference":
            values = none * margin**along
        else:
            values = none + along * margin
    if endpoint.kind == "proportion":
        values = values[(values > 0) & (values < 1)]
    return [float(value) for value in values], [primary.model_copy(update={name: float(value)}) for value in values]


_EFFECT = {"mean": "difference", "proportion": "treatment", "survival": "hazard_ratio", "count": "rate_ratio"}
