"""Candidates whose size is chosen anew at an interim look, in a promising zone (Mehta & Pocock 2011): judged by virtual trials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from equipoise.design import drifts_for
from equipoise.search.block import Block
from equipoise.search.effects import fixed_size, power_of
from equipoise.search.question import Question
from equipoise.search.recruitment import calendar
from equipoise.search.shapes import shapes

if TYPE_CHECKING:
    from equipoise.simulate import SimulatedTrials  # slow to import, and laying candidates out does without

Floats = NDArray[np.float64]

PLANNED = (0.6, 0.7, 0.8, 0.9, 1.0)
"""Sizes that are planned, as shares of the size that would have the target power without any increase."""


def blocks(question: Question) -> Iterator[Block]:
    """A block for each rule: two looks, by how much the size may grow, and from what conditional power on."""
    consider, primary = question.consider, question.scenarios[question.primary]
    two = question.model_copy(update={"consider": consider.model_copy(update={"looks": (2,), "timing": ("even",)})})
    sites = np.array(question.recruitment.sites)[:, None]
    for shape in shapes(two):
        drift = drifts_for(shape.solution, np.array([question.endpoint.power]))
        for ratio, months in product(consider.ratio, question.follow_up.months):
            power = power_of(drift, question.endpoint.one_sided_alpha)
            needed = fixed_size(question, primary, power, ratio, months)[0]
            if not np.isfinite(needed):
                continue
            control = np.unique(np.ceil(np.array(PLANNED) * needed - 1e-9))
            for increase, least in product(consider.most_increase, consider.promising_from):
                facts = {"most_increase": increase, "promising_from": least}
                treatment = np.ceil(control * ratio - 1e-9)
                yield Block("re-estimation", shape, ratio, months, sites, treatment, control, facts)


def most_patients(block: Block) -> Floats:
    """Patients if the size grows as far as it may, shape (J,)."""
    treatment, control = (
        np.ceil(arm * block.facts["most_increase"] - 1e-9) for arm in (block.treatment, block.control)
    )
    return treatment + control


def calendar_seen(
    question: Question, block: Block, planned: tuple[Floats, Floats, Floats], results: Sequence[SimulatedTrials]
) -> tuple[Floats, Floats, Floats]:
    """Months, patients and patient-months at both looks, (1, 1, S, 2): the second as large as it was on average."""
    months, patients, exposure = (part.copy() for part in planned)
    for place, (scenario, each) in enumerate(zip(question.scenarios, results, strict=True)):
        dates = calendar(question, block.sites.item(), scenario.recruitment)
        if sum(each.endings[1]):
            recruited = each.mean("patients", look=2).mean / (1 - scenario.dropout)
            when = dates.time_of(recruited) + block.follow_up
            months[0, 0, place, 1], patients[0, 0, place, 1] = when, recruited
            exposure[0, 0, place, 1] = dates.patient_months(when, recruited, block.follow_up)
    return months, patients, exposure


def at_most(question: Question, block: Block) -> tuple[Floats, Floats]:
    """Patients and months of a trial that grows as far as it may, each (1, 1, S)."""
    most = most_patients(block)
    months = [
        calendar(question, block.sites.item(), scenario.recruitment).time_of(most) + block.follow_up
        for scenario in question.scenarios
    ]
    return np.broadcast_to(most, (1, 1, len(months))), np.array(months).reshape(1, 1, -1)
