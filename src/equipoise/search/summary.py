"""From what happens at each look to the few figures by which designs are judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.search.block import Block, Conduct
from equipoise.search.question import Question

Floats = NDArray[np.float64]

OBJECTIVES = ("assurance", "expected_patients", "max_patients", "expected_months", "expected_cost")


@dataclass(frozen=True)
class Summary:
    """Operating characteristics by scenario, arrays of shape (C, S) for C candidates and S scenarios."""

    power: Floats
    type_one_error: Floats
    expected_patients: Floats
    max_patients: Floats
    expected_months: Floats
    max_months: Floats
    expected_cost: Floats
    max_cost: Floats
    stop_early: Floats
    power_error: Floats

    def objectives(self, weights: Floats) -> Floats:
        """The figures named in OBJECTIVES, averaged over the scenarios: shape (C, 5) for weights (S,)."""
        parts = (self.power, self.expected_patients, self.max_patients, self.expected_months, self.expected_cost)
        return np.stack([part @ weights for part in parts], axis=-1)


def weights_of(question: Question) -> Floats:
    """The scenarios' weights, adding up to one."""
    weights = np.array([scenario.weight for scenario in question.scenarios])
    return weights / weights.sum()


def summarise(question: Question, block: Block, conduct: Conduct) -> Summary:
    """Expectations over the look at which each candidate stops; the last look takes what has not stopped before."""
    rows, sizes = block.grid
    shape = (rows, sizes, len(question.scenarios), len(block.shape.test.information))
    early = conduct.up[..., :-1] + conduct.down[..., :-1]
    stop = np.concatenate([early, 1.0 - early.sum(axis=-1, keepdims=True)], axis=-1)
    cost = cost_of(question, block, conduct)

    def expect(values: Floats) -> Floats:
        return np.broadcast_to((stop * values).sum(axis=-1), shape[:3]).reshape(-1, shape[2])

    def last(values: Floats) -> Floats:
        return np.broadcast_to(values[..., -1], shape[:3]).reshape(-1, shape[2])

    def each(values: Floats) -> Floats:
        return np.broadcast_to(values, shape[:3]).reshape(-1, shape[2])

    most_patients, most_months, most_cost = last(conduct.patients), last(conduct.months), last(cost)
    if conduct.at_most is not None:
        grown, months = conduct.at_most
        more = (each(grown) - most_patients) * (
            question.cost.per_patient + question.cost.per_patient_month * block.follow_up
        )
        most_patients, most_months, most_cost = each(grown), each(months), most_cost + more

    return Summary(
        power=each(conduct.up.sum(axis=-1)),
        type_one_error=each(conduct.type_one_error),
        expected_patients=expect(conduct.patients),
        max_patients=most_patients,
        expected_months=expect(conduct.months),
        max_months=most_months,
        expected_cost=expect(cost),
        max_cost=most_cost,
        stop_early=each(early.sum(axis=-1)),
        power_error=each(np.zeros((1, 1, 1)) if conduct.power_error is None else conduct.power_error),
    )


def cost_of(question: Question, block: Block, conduct: Conduct) -> Floats:
    """Cost of a trial that stops at each look, in the question's currency."""
    cost = question.cost
    looks = np.arange(1.0, conduct.months.shape[-1] + 1)
    sites = block.sites[..., None, None]
    return (
        cost.fixed
        + cost.per_site * sites
        + cost.per_patient * conduct.patients
        + cost.per_patient_month * conduct.patient_months
        + cost.per_look * looks
    )
