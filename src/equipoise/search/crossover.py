"""Candidates in which each patient takes both treatments, in random order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.design import crossover_power, crossover_size
from equipoise.errors import InputError, NoSolutionError
from equipoise.search.block import Block, Conduct
from equipoise.search.effects import common
from equipoise.search.grouped import power_grid
from equipoise.search.question import Question
from equipoise.search.recruitment import calendar
from equipoise.search.scenario import Scenario
from equipoise.search.shapes import fixed_shape

Floats = NDArray[np.float64]


def blocks(question: Question) -> Iterator[Block]:
    """One block for each follow-up, which spans both periods and the washout."""
    for months in question.follow_up.months:
        sizes = _sizes(question)
        if sizes.size:
            sites = np.array(question.recruitment.sites)[:, None]
            yield Block("crossover", fixed_shape(question), 1.0, months, sites, sizes / 2, sizes / 2)


def _sizes(question: Question) -> Floats:
    """Patients in all, even so that both orders get as many."""
    powers = power_grid(question)
    found: list[Floats] = []
    for place, scenario in enumerate(question.scenarios):
        wanted = powers if place == question.primary else powers[:1]
        try:
            size = np.atleast_1d(np.asarray(crossover_size(power=wanted, **_words(question, scenario)), float))
        except (InputError, NoSolutionError):
            size = np.full(wanted.size, np.nan)
        found.append(size / (1 - scenario.dropout))
    least = found[question.primary][0]
    sizes = np.concatenate(found)
    sizes = sizes[np.isfinite(sizes) & (sizes >= least - 1e-9)] if np.isfinite(least) else np.empty(0)
    return np.unique(2 * np.ceil(sizes / 2 - 1e-9))


def evaluate(question: Question, block: Block) -> Conduct:
    """Power and calendar of each size."""
    total = block.treatment + block.control
    shape = (block.sites.shape[0], total.size, len(question.scenarios), 1)
    power, months, exposure = np.empty((3, *shape))
    for place, scenario in enumerate(question.scenarios):
        power[:, :, place, 0] = crossover_power(total * (1 - scenario.dropout), **_words(question, scenario))
        for row, sites in enumerate(block.sites[:, 0]):
            dates = calendar(question, int(sites), scenario.recruitment)
            months[row, :, place, 0] = dates.time_of(total) + block.follow_up
            exposure[row, :, place, 0] = total * block.follow_up
    patients = np.broadcast_to(total[None, :, None, None], shape)
    alpha = np.full((1, 1, 1), question.endpoint.one_sided_alpha)
    return Conduct(power, 1.0 - power, months, patients, exposure, alpha)


def _words(question: Question, scenario: Scenario) -> dict[str, Any]:
    return common(question.endpoint) | {
        "difference": scenario.difference,
        "sd": scenario.sd,
        "correlation": scenario.correlation,
        "test": question.endpoint.test,
    }
