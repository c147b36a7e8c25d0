"""The score: how much a design saves against the plain fixed design, by the question's preferences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.search.question import Question

Floats = NDArray[np.float64]

SMALLEST_MISS = 1e-6


def costs(objectives: Floats) -> Floats:
    """Objectives as costs, smaller is better: assurance becomes the chance of missing a real effect. Shape (..., 5)."""
    answer = objectives.copy()
    answer[..., 0] = np.maximum(1.0 - objectives[..., 0], SMALLEST_MISS)
    return answer


def score_weights(question: Question) -> Floats:
    """How much a relative saving in each objective adds to the score, shape (5,)."""
    preferences = question.preferences
    weights = np.array(
        [
            preferences.assurance,
            preferences.expected_patients,
            preferences.max_patients,
            preferences.expected_months,
            preferences.expected_cost,
        ]
    )
    return weights / weights.sum()


def scores(question: Question, objectives: Floats, yardstick: Floats, complexity: Floats) -> Floats:
    """Weighted mean of the logarithms of yardstick over candidate, less a little for each complication, shape (..., C).

    A score of 0.05 is a saving of about five per cent all round against the yardstick; it does not depend on which other
    designs were tried. Shapes: objectives (..., C, 5), yardstick (..., 5), complexity (C,).
    """
    weights = score_weights(question)
    mine, theirs = costs(objectives), costs(yardstick)
    counted = (weights > 0) & (theirs > 0).all(axis=tuple(range(theirs.ndim - 1)))
    with np.errstate(divide="ignore"):
        savings = np.log(theirs[..., None, counted]) - np.log(mine[..., counted])
    return savings @ weights[counted] / weights[counted].sum() - question.preferences.simplicity * complexity
