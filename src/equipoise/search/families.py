"""The families of design that a search tries, each with how its candidates are laid out and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from equipoise.search import crossover, event_driven, grouped, resized, sequential
from equipoise.search.block import Block, Conduct
from equipoise.search.question import Question


class Family(NamedTuple):
    """Lays out candidates in blocks and judges a block."""

    blocks: Callable[[Question], Iterator[Block]]
    evaluate: Callable[[Question, Block], Conduct]


SEQUENTIAL = Family(sequential.blocks, sequential.evaluate)
EVENT_DRIVEN = Family(event_driven.blocks, event_driven.evaluate)
CLUSTER = Family(grouped.cluster_blocks, grouped.evaluate_cluster)
STEPPED_WEDGE = Family(grouped.stepped_wedge_blocks, grouped.evaluate_stepped_wedge)
CROSSOVER = Family(crossover.blocks, crossover.evaluate)


def family_of(question: Question, name: str) -> Family:
    """The family by the name that a question or a block gives it."""
    if name in ("fixed", "group-sequential"):
        return EVENT_DRIVEN if question.endpoint.kind == "survival" else SEQUENTIAL
    return {"cluster": CLUSTER, "stepped-wedge": STEPPED_WEDGE, "crossover": CROSSOVER}[name]


def blocks(question: Question) -> Iterator[Block]:
    """All blocks of all families that the question asks for, the plain fixed design's first."""
    names = question.consider.families
    if {"fixed", "group-sequential"} & set(names):
        yield from family_of(question, "fixed").blocks(question)
    elif "re-estimation" in names:  # the plain fixed design is what all others are measured against
        yield from sequential.blocks(fixed_alone(question))
    for name in ("cluster", "stepped-wedge", "crossover"):
        if name in names:
            yield from family_of(question, name).blocks(question)
    if "re-estimation" in names:
        yield from resized.blocks(question)


def fixed_alone(question: Question) -> Question:
    """The same question with nothing but the fixed design to consider."""
    return question.model_copy(update={"consider": question.consider.model_copy(update={"families": ("fixed",)})})


def by_judge(question: Question, blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """The blocks that are judged exactly, and those that are simulated; the plain fixed design, the yardstick, is exact."""
    names = {"re-estimation"} if question.consider.judged == "exact" else {"re-estimation", "fixed", "group-sequential"}
    simulated = [block for block in blocks if block.family in names]
    exact = [block for block in blocks if block.family not in names]
    plain = [simulated[0].only(0)] if simulated and simulated[0].family == "fixed" else []
    return plain + exact, simulated


def evaluate(question: Question, block: Block) -> Conduct:
    """What happens to each candidate of the block under each scenario."""
    return family_of(question, block.family).evaluate(question, block)
