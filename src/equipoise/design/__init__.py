"""What a design promises, exactly: endpoints, fixed and group-sequential tests, clusters."""

from equipoise.design.group_sequential import (
    Boundaries,
    GroupSequential,
    crossing_along,
    crossing_probabilities,
    drifts_for,
)

__all__ = [
    "Boundaries",
    "GroupSequential",
    "crossing_along",
    "crossing_probabilities",
    "drifts_for",
]
