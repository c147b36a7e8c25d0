"""Blocks of candidates that differ only in size and sites, and what is computed for each.

Candidates are laid out as columns: a block has J sizes and L numbers of sites, its candidates are their pairs, in the
order of `np.ndindex(L, J)`. A family of designs is a class with two functions: `blocks` and `evaluate`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from equipoise.search.shapes import Shape

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """Candidates of one family and shape: `sites` (L, 1) or (1, J), `treatment` and `control` patients (J,) or (L, J).

    `facts` hold for all candidates of the block; `columns`, of any shape that broadcasts to (L, J), for each.
    """

    family: str
    shape: Shape
    ratio: float
    follow_up: float
    sites: NDArray[np.int64]
    treatment: Floats
    control: Floats
    facts: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Floats] = field(default_factory=dict)

    @property
    def complexity(self) -> float:
        """How many things its candidates ask of those who run them."""
        return float(self.shape.complexity + (self.ratio != 1.0) + ("most_increase" in self.facts))

    @property
    def grid(self) -> tuple[int, int]:
        """(L, J): numbers of sites, sizes."""
        rows, sizes = np.broadcast_shapes(self.sites.shape, self.treatment.shape)
        return rows, sizes

    def only(self, place: int) -> Block:
        """The one candidate at a place, as a block of its own."""
        rows, sizes = self.grid
        row, size = divmod(place, sizes)

        def one(column: NDArray[Any]) -> NDArray[Any]:
            whole = np.broadcast_to(column, (rows, sizes))[row : row + 1, size : size + 1]
            return whole.reshape((1,) * column.ndim)

        return replace(
            self, sites=one(self.sites), treatment=one(self.treatment), control=one(self.control),
            columns={name: one(column) for name, column in self.columns.items()},
        )  # fmt: skip

    def at(self, column: NDArray[Any], place: int) -> Any:
        """The entry of a column for the candidate at a place, counted in the order of `np.ndindex(L, J)`."""
        return np.broadcast_to(column, self.grid).reshape(-1)[place].item()


NEVER = 1e5
"""Months that stand for a look that is never reached; such a candidate is not feasible."""


@dataclass(frozen=True)
class Conduct:
    """What happens to each candidate under each scenario, by look: arrays of shape (L, J, S, K), broadcast.

    `up` and `down` are the chances of stopping for efficacy and otherwise; `months`, `patients` and `patient_months` are
    the calendar time, enrolment and follow-up at each look. `type_one_error` has shape (L, J, S), broadcast.
    """

    up: Floats
    down: Floats
    months: Floats
    patients: Floats
    patient_months: Floats
    type_one_error: Floats
    power_error: Floats | None = None
    """The standard error of the power, shape (L, J, S), where it was simulated."""
    at_most: tuple[Floats, Floats] | None = None
    """Patients and months at most, each (L, J, S), where a trial may grow beyond its last look as given."""


class Judged(NamedTuple):
    """A block that is in the tally; `conduct` and `trials` under each scenario where it was simulated."""

    block: Block
    conduct: Conduct | None = None
    trials: int | None = None
