"""Candidates whose looks come when so many events have been seen: time-to-event endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.design import (
    Accrual,
    Hazard,
    TwoArms,
    crossing_along,
    crossing_probabilities,
    events_required,
    logrank_noncentrality,
    survival_power,
    time_of_events,
    trial_events,
)
from equipoise.errors import InputError, NoSolutionError
from equipoise.search.block import NEVER, Block, Conduct
from equipoise.search.effects import common, drift_of, power_of
from equipoise.search.grouped import Control, control_hazard
from equipoise.search.question import Question
from equipoise.search.recruitment import accrual, calendar
from equipoise.search.scenario import Scenario
from equipoise.search.sequential import solved_shapes
from equipoise.search.shapes import Shape

Floats = NDArray[np.float64]

_PATIENT_GRID = np.geomspace(1.0, 1e10, 2300)
"""Patients at which expected events are tabulated: one per cent apart, from one patient to more than can ever be had."""


def blocks(question: Question) -> Iterator[Block]:
    """All blocks in a fixed order: shapes, then allocation ratios, then follow-up times."""
    places = [
        (ratio, months, _Sizes(question, ratio, months))
        for ratio in question.consider.ratio
        for months in question.follow_up.months
    ]
    for shape, drifts in solved_shapes(question):
        family = "fixed" if len(shape.test.information) == 1 else "group-sequential"
        sites = np.array(question.recruitment.sites)[:, None]
        for ratio, months, sizes in places:
            events = _events(question, shape, drifts, ratio, sizes)
            if events.size:
                control = np.ceil(sizes.patients(events) / (1 + ratio) - 1e-9)
                treatment = np.ceil(control * ratio - 1e-9)
                yield Block(family, shape, ratio, months, sites, treatment, control, columns={"events": events})


class _Sizes:
    """Patients needed for events at the planned time, for every number of sites: tabulated once, then interpolated."""

    def __init__(self, question: Question, ratio: float, months: float) -> None:
        scenario = question.scenarios[question.primary]
        self.question, self.ratio, self.months, self.scenario = question, ratio, months, scenario
        self.arms = two_arms(question, scenario, ratio, months)
        self.accruals = [accrual(question, sites, scenario.recruitment) for sites in question.recruitment.sites]
        self.tables = [np.log(self._seen(_PATIENT_GRID, way)) for way in self.accruals]

    def patients(self, events: Floats) -> Floats:
        """Patients, shape (L, J), after whom and the follow-up these events (J,) are expected; within 0.01 %."""
        wanted, grid = np.log(events), np.log(_PATIENT_GRID)
        rows = [np.exp(np.interp(wanted, table, grid)) for table in self.tables]
        for row, way in zip(rows, self.accruals, strict=True):
            for _ in range(2):  # events are nearly proportional to patients: fixed-point steps on the ratio
                row *= events / self._seen(row, way)
        return np.stack(rows)

    def _seen(self, patients: Floats, way: Accrual) -> Floats:
        close = way.time_of(patients) + self.months
        return trial_events(close, accrual=way, patients=patients, arms=self.arms).total


def two_arms(question: Question, scenario: Scenario, ratio: float, months: float) -> TwoArms:
    """Both arms' hazards of the event and of dropping out under a scenario."""
    longest = months if question.follow_up.per_patient else None
    control = (scenario.control_median_months, tuple(scenario.event_free.items()))
    return _arms(control, scenario.hazard_ratio or 1.0, scenario.effect_delay_months, scenario.dropout, ratio, longest)


@lru_cache(maxsize=4096)
def _arms(
    control: Control, hazard_ratio: float, delay: float, dropout: float, ratio: float, longest: float | None
) -> TwoArms:
    hazard, lost = control_hazard(*control), Hazard.from_risk(dropout, 12.0)
    return TwoArms(
        treatment=hazard.scaled(hazard_ratio, after=delay), control=hazard, treatment_dropout=lost,
        control_dropout=lost, ratio=ratio, max_follow_up=longest,
    )  # fmt: skip


def _events(question: Question, shape: Shape, drifts: Floats, ratio: float, sizes: _Sizes) -> Floats:
    """Events: for the grid of powers as planned, and for the target power in the other scenarios."""
    found: list[Floats] = []
    for place, scenario in enumerate(question.scenarios):
        wanted = drifts if place == question.primary else drifts[:1]
        found.append(_events_for(question, scenario, wanted, ratio))
    primary = question.scenarios[question.primary]
    if primary.effect_delay_months:
        found[question.primary] = _delayed_events(question, found[question.primary], drifts, ratio, sizes)
    least = found[question.primary][0]
    if not np.isfinite(least):
        return np.empty(0)
    events = np.concatenate(found)
    return np.unique(np.ceil(events[np.isfinite(events) & (events >= least - 1e-9)] - 1e-9))


def _events_for(question: Question, scenario: Scenario, drifts: Floats, ratio: float) -> Floats:
    endpoint = question.endpoint
    powers = power_of(drifts, endpoint.one_sided_alpha)
    if _harmful(question, scenario):
        return np.full(drifts.size, np.nan)
    try:
        required = events_required(
            hazard_ratio=scenario.hazard_ratio or 1.0, power=powers, ratio=ratio, method=endpoint.events_formula,
            **_words(question),
        )  # fmt: skip
        return np.atleast_1d(np.asarray(required, float))
    except (InputError, NoSolutionError):
        return np.full(drifts.size, np.nan)


def _delayed_events(question: Question, events: Floats, drifts: Floats, ratio: float, sizes: _Sizes) -> Floats:
    """Events under a delayed effect, whose drift is not that of the hazard ratio alone: by repeated proportion."""
    for _ in range(12):
        if not np.isfinite(events).all() or events.max() > 1e7:
            return np.full(drifts.size, np.nan)
        patients = sizes.patients(events)[0]
        way = sizes.accruals[0]
        months = time_of_events(events, accrual=way, patients=patients, arms=sizes.arms)
        got = _direction(question) * _noncentrality(question, way, patients, months, sizes.arms)
        if not (got > 0).all():
            return np.full(drifts.size, np.nan)
        events = events * (drifts / got) ** 2
    return events


def _direction(question: Question) -> float:
    return 1.0 if question.endpoint.better == "lower" else -1.0


def _noncentrality(question: Question, way: Accrual, patients: Floats, months: Floats, arms: TwoArms) -> Floats:
    margin = question.endpoint.margin or 1.0
    months = np.minimum(months, NEVER)
    return logrank_noncentrality(months, accrual=way, patients=patients, arms=arms, margin=margin).drift


def evaluate(question: Question, block: Block) -> Conduct:
    """Stopping chances and calendar of every candidate of the block under every scenario."""
    bounds = block.shape.solution
    information = np.array(bounds.information)
    events, patients = block.columns["events"], block.treatment + block.control
    rows, sizes = block.grid
    shape = (rows, sizes, len(question.scenarios), information.size)
    months, enrolled, exposure = np.empty((3, *shape))
    up, down = np.empty((2, *shape))
    triggers = np.ceil(information * events[:, None] - 1e-9)
    up[:], down[:], error = crossing_probabilities(bounds, _drifts(question, block))
    for place, scenario in enumerate(question.scenarios):
        arms = two_arms(question, scenario, block.ratio, block.follow_up)
        for row, sites in enumerate(block.sites[:, 0]):
            way = accrual(question, int(sites), scenario.recruitment)
            total = patients[row][:, None]
            when = np.minimum(time_of_events(triggers, accrual=way, patients=total, arms=arms), NEVER)
            dates = calendar(question, int(sites), scenario.recruitment)
            months[row, :, place] = when
            enrolled[row, :, place] = dates.enrolled(when, total)
            follow_up = block.follow_up if question.follow_up.per_patient else np.inf
            exposure[row, :, place] = dates.patient_months(when, total, follow_up)
            if scenario.effect_delay_months:
                means = _direction(question) * _noncentrality(question, way, total, when, arms)
                up[row, :, place], down[row, :, place] = crossing_along(bounds, means)
    return Conduct(up, down, months, enrolled, exposure, np.broadcast_to(error, (1, 1, 1)))


def _drifts(question: Question, block: Block) -> Floats:
    """Drifts by the events' formula, shape (J, S); proportional hazards. Harm has a negative drift."""
    endpoint = question.endpoint
    columns: list[Floats] = []
    for scenario in question.scenarios:
        power = survival_power(
            block.columns["events"], hazard_ratio=scenario.hazard_ratio or 1.0, ratio=block.ratio,
            method=endpoint.events_formula, **_words(question),
        )  # fmt: skip
        drift = drift_of(power, endpoint.one_sided_alpha)
        columns.append(-drift if _harmful(question, scenario) else drift)
    return np.stack(columns, axis=-1)


def _harmful(question: Question, scenario: Scenario) -> bool:
    """Whether the events' formula, which knows no direction without a margin, would take this effect for a benefit."""
    if question.endpoint.objective != "superiority" or question.endpoint.margin is not None:
        return False
    ratio = scenario.hazard_ratio or 1.0
    return ratio == 1.0 or (ratio < 1.0) != (_direction(question) > 0)


def _words(question: Question) -> dict[str, Any]:
    """The words of the events' formulas, which take the direction from the hazard ratio and the margin."""
    return {name: value for name, value in common(question.endpoint).items() if name != "better"}
