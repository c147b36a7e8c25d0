"""One virtual trial of a design, told: to see what the figures are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from equipoise.errors import InputError
from equipoise.search.own import block_of_facts
from equipoise.search.question import Question

if TYPE_CHECKING:
    from equipoise.simulate import Story

TOLD = ("fixed", "group-sequential")
"""Families whose trials can be told."""
MOST = 1_000_000


def can_be_told(question: Question, family: str) -> bool:
    """Whether there are stories of a family's trials: not of counts, nor of what no virtual trial is written for."""
    endpoint = question.endpoint
    known = endpoint.kind in ("mean", "proportion") or (endpoint.kind == "survival" and endpoint.margin is None)
    return family in TOLD and known and endpoint.objective != "equivalence"


def story_of(question: Question, family: str, design: dict[str, Any], *, scenario: int, number: int) -> Story:
    """Virtual trial `number` (from 0) of a candidate's `design` under a scenario, by the question's seed. Raises InputError."""
    if not can_be_told(question, family):
        raise InputError("family", family, "a fixed or group-sequential design")
    if not 0 <= scenario < len(question.scenarios):
        raise InputError("scenario", scenario, f"a whole number from 0 to {len(question.scenarios) - 1}")
    if not 0 <= number < MOST:
        raise InputError("number", number, f"a whole number from 0, below {MOST:,}")
    block = block_of_facts(question, family, design)
    from equipoise.search.simulated import trial_of  # slow to import, and a search by formulas does without
    from equipoise.simulate import story

    trial = trial_of(question, block, question.scenarios[scenario])
    return story(trial, number, seed=question.simulation.seed, scenario=scenario)
