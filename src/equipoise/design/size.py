"""What a sample-size calculation answers, and the root finding behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.wald import Floats, scalar_or_array
from equipoise.errors import NoSolutionError

_GRID = np.linspace(0.0, 1.0, 257)


class Size(NamedTuple):
    """Patients in each arm and together, unrounded: numbers for numbers, arrays for arrays."""

    treatment: Floats
    control: Floats
    total: Floats


def split(total: ArrayLike, ratio: Floats) -> Size:
    """A total divided `ratio` to 1 between treatment and control."""
    total, ratio = np.broadcast_arrays(np.asarray(total, np.float64), ratio)
    control = total / (1 + ratio)
    return Size(scalar_or_array(control * ratio), scalar_or_array(control), scalar_or_array(total.copy()))


def crossing(rises: Callable[..., Floats], low: ArrayLike, high: ArrayLike, *args: ArrayLike) -> Floats:
    """Where `rises(x, *args)` reaches zero between positive low and high, elementwise, to about 1e-14 relative.

    The answer is `low` where the function is not negative there. Searches on the log scale (Chandrupatla's
    method). Raises NoSolutionError where the function is still negative at `high`.
    """
    begin, end, *given = _together(low, high, *args)
    met = rises(begin, *given) >= 0
    if np.any(~met & (rises(end, *given) < 0)):
        raise NoSolutionError("no value in the range that was searched gives this power")

    def on_log_scale(x: Floats, skip: Floats, *rest: Floats) -> Floats:
        # where the answer is `low` the finder is given a crossing at zero, put back below
        return np.where(skip, x, rises(np.exp(np.where(skip, 0.0, x)), *rest))

    bracket = np.where(met, -1.0, np.log(begin)), np.where(met, 2.0, np.log(end))
    found = _find_root(on_log_scale, bracket, (met, *given))
    return scalar_or_array(np.where(met, begin, np.exp(found)))


def first_crossing(
    rises: Callable[..., Floats], start: ArrayLike, end: ArrayLike, *args: ArrayLike, failure: str
) -> Floats:
    """The x nearest `start`, towards `end`, where `rises(x, *args)` reaches zero; it need not be monotone.

    A grid of 257 points brackets the crossing, which is then found to about 1e-14. The answer is `start`
    where the function is not negative there. Raises NoSolutionError, saying `failure`, where no point of the
    grid gets there.
    """
    begin, stop, *given = _together(start, end, *args)

    def along(position: Floats, begin: Floats, stop: Floats, *rest: Floats) -> Floats:
        return rises(begin + (stop - begin) * position, *rest)

    reached = along(_GRID, *(part[..., None] for part in (begin, stop, *given))) >= 0
    if not np.all(np.any(reached, axis=-1)):
        raise NoSolutionError(failure)
    index = np.argmax(reached, axis=-1)
    bracket = _GRID[np.maximum(index - 1, 0)], _GRID[np.maximum(index, 1)]
    position = np.where(index == 0, 0.0, _find_root(along, bracket, (begin, stop, *given)))
    return scalar_or_array(begin + (stop - begin) * position)


def _together(*parts: ArrayLike) -> list[Floats]:
    return list(np.broadcast_arrays(*(np.asarray(part, np.float64) for part in parts)))


def _find_root(rises: Callable[..., Floats], bracket: tuple[Floats, Floats], args: tuple[Any, ...]) -> Floats:
    from scipy.optimize import elementwise  # slow to import, and closed forms do without

    return elementwise.find_root(rises, bracket, args=args).x
