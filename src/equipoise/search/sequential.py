"""Candidates that randomise patients and look once or several times, for endpoints known some months after entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equipoise.design import crossing_probabilities, drifts_for
from equipoise.errors import NoSolutionError
from equipoise.search.block import Block, Conduct
from equipoise.search.effects import drift_of, fixed_power, fixed_size, power_of
from equipoise.search.question import Question
from equipoise.search.recruitment import calendar
from equipoise.search.shapes import Shape, fixed_shape, shapes

Floats = NDArray[np.float64]

HIGHEST_POWER = 0.995
"""Sizes are tried from the target power up to this, in the primary scenario."""


def sequential_shapes(question: Question) -> list[Shape]:
    """The fixed shape and the group-sequential ones that the question asks for."""
    families = question.consider.families
    fixed = [fixed_shape(question)] if "fixed" in families or "group-sequential" in families else []
    return fixed + (shapes(question) if "group-sequential" in families else [])


def drift_grid(question: Question, shape: Shape) -> Floats:
    """Drifts at which the shape has powers from the target up, evenly on the probit scale."""
    target = question.endpoint.power
    top = special.ndtri(max(HIGHEST_POWER, (1 + target) / 2))
    powers = special.ndtr(np.linspace(special.ndtri(target), top, question.consider.sizes))
    return drifts_for(shape.solution, powers)


def solved_shapes(question: Question) -> list[tuple[Shape, Floats]]:
    """The shapes with their drifts; a rule whose bounds meet before the last look is no design, and is left out."""
    found: list[tuple[Shape, Floats]] = []
    for shape in sequential_shapes(question):
        with suppress(NoSolutionError):
            found.append((shape, drift_grid(question, shape)))
    return found


def blocks(question: Question) -> Iterator[Block]:
    """All blocks in a fixed order: shapes, then allocation ratios, then follow-up times."""
    every, grids = zip(*solved_shapes(question), strict=True)
    drifts = np.stack(grids)
    sites = np.array(question.recruitment.sites)[:, None]
    places = [
        (ratio, months, _sizes(question, drifts, ratio, months))
        for ratio in question.consider.ratio
        for months in question.follow_up.months
    ]
    for row, shape in enumerate(every):
        family = "fixed" if len(shape.test.information) == 1 else "group-sequential"
        for ratio, months, sizes in places:
            if sizes[row].size:
                control = sizes[row]
                yield Block(family, shape, ratio, months, sites, np.ceil(control * ratio - 1e-9), control)


def _sizes(question: Question, drifts: Floats, ratio: float, months: float) -> list[Floats]:
    """Control patients to recruit, for each shape's drifts (H, J): as planned for all, for the first in other scenarios.

    All shapes are solved together, since a root is found for many numbers in the time of one.
    """
    alpha = question.endpoint.one_sided_alpha
    found: list[Floats] = []
    for place, scenario in enumerate(question.scenarios):
        wanted = drifts if place == question.primary else drifts[:, :1]
        found.append(fixed_size(question, scenario, power_of(wanted, alpha), ratio, months))
    least = found[question.primary][:, :1]
    sizes = np.concatenate(found, axis=1)
    with np.errstate(invalid="ignore"):
        fitting = np.isfinite(sizes) & (sizes >= least - 1e-9)
    return [np.unique(np.ceil(row[fits] - 1e-9)) for row, fits in zip(sizes, fitting, strict=True)]


def evaluate(question: Question, block: Block) -> Conduct:
    """Stopping chances and calendar of every candidate of the block under every scenario."""
    power = fixed_power(question, block.treatment, block.control, block.follow_up)
    drift = drift_of(power, question.endpoint.one_sided_alpha)
    up, down, error = crossing_probabilities(block.shape.solution, drift)
    months, patients, exposure = calendar_of(question, block)
    return Conduct(up[None], down[None], months, patients, exposure, np.broadcast_to(error, (1, 1, 1)))


def calendar_of(question: Question, block: Block) -> tuple[Floats, Floats, Floats]:
    """Month, enrolment and follow-up at each look, shape (L, J, S, K)."""
    information = np.array(block.shape.test.information)
    total = (block.treatment + block.control)[:, None]
    answer = np.empty((3, block.sites.size, total.size, len(question.scenarios), information.size))
    for row, sites in enumerate(block.sites[:, 0]):
        for place, scenario in enumerate(question.scenarios):
            dates = calendar(question, int(sites), scenario.recruitment)
            months = dates.time_of(np.ceil(information * total - 1e-9)) + block.follow_up
            answer[0, row, :, place] = months
            answer[1, row, :, place] = dates.enrolled(months, total)
            answer[2, row, :, place] = dates.patient_months(months, total, block.follow_up)
    return answer[0], answer[1], answer[2]
