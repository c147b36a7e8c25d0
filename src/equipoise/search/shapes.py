"""Shapes: when to look and how to spend the errors, before any size is chosen."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.design import Boundaries, GroupSequential
from equipoise.search.question import Question
from equipoise.value import Value

Floats = NDArray[np.float64]

SPENDING_PARAMETERS: dict[str, tuple[float | None, ...]] = {
    "hwang-shih-decani": (-4.0, -2.0, 1.0),
    "kim-demets": (2.0, 3.0),
    "wang-tsiatis": (0.25,),
}
FUTILITY_PARAMETERS: dict[str, tuple[float | None, ...]] = {"hwang-shih-decani": (-2.0,), "kim-demets": (2.0,)}


class Shape(Value):
    """A group-sequential test without a size; `timing` says how its looks are laid."""

    timing: str
    test: GroupSequential

    @property
    def solution(self) -> Boundaries:
        """Its bounds and the drift that has the target power."""
        return self.test.solution

    @property
    def complexity(self) -> int:
        """How many things it asks of those who run it: each further look, and a futility rule."""
        return len(self.test.information) - 1 + (self.test.futility != "none")


def fractions(looks: int, timing: str) -> list[float]:
    """Information fractions: "even" steps, "late" with the first look at half, or "root" at the roots of even steps."""
    steps = (np.arange(looks) + 1.0) / looks
    if timing == "late":
        steps = np.linspace(0.5, 1.0, looks)
    elif timing == "root":
        steps = np.sqrt(steps)
    return [float(step) for step in steps]


def fixed_shape(question: Question) -> Shape:
    """The plain fixed design: one look, at the end."""
    return _shape(question, [1.0], "even", {})


def shapes(question: Question) -> list[Shape]:
    """Every group-sequential shape that the question's `consider` asks for, without duplicates, in a fixed order."""
    consider = question.consider
    found: dict[tuple[Any, ...], Shape] = {}
    for looks, timing, spending, futility in product(
        consider.looks, consider.timing, consider.spending, consider.futility
    ):
        information = fractions(looks, timing)
        for parameter, futility_parameter in product(
            SPENDING_PARAMETERS.get(spending, (None,)), FUTILITY_PARAMETERS.get(futility, (None,))
        ):
            choices = {
                "spending": spending,
                "parameter": parameter,
                "futility": futility,
                "futility_parameter": futility_parameter,
                "binding": consider.binding and futility != "none",
            }
            key = (tuple(information), *choices.values())
            if key not in found:
                found[key] = _shape(question, information, timing, choices)
    return list(found.values())


def _shape(question: Question, information: list[float], timing: str, choices: dict[str, Any]) -> Shape:
    error = question.endpoint.one_sided_alpha
    test = GroupSequential.read(
        {"information": information, "alpha": error, "power": question.endpoint.power, **choices}
    )
    return Shape(timing=timing, test=test)
