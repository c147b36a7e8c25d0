"""Adding up trials' records: exact however large, and any split adds to the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.simulate.tally import tally
from equipoise.simulate.trial import ESTIMATE, PATIENTS

COLUMNS = (PATIENTS, ESTIMATE)


def records(estimates):
    rows = np.zeros((len(estimates), 4))
    rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = 1, 1, 10, estimates
    return rows


@given(st.lists(st.floats(-4e6, 4e6), min_size=2, max_size=20), st.data())
def test_sums_and_squares_are_exact(estimates, data):
    whole = tally(records(estimates), COLUMNS, 1)
    figures = [int(np.rint(x / 1e-6)) for x in estimates]
    held = whole.sums["estimate"]
    assert held.total[0][2] == sum(figures)
    assert held.squares[0][2] == sum(f * f for f in figures)
    cut = data.draw(st.integers(1, len(estimates) - 1))
    assert tally(records(estimates[:cut]), COLUMNS, 1) + tally(records(estimates[cut:]), COLUMNS, 1) == whole


def test_a_block_of_large_figures_does_not_overflow():
    held = tally(records(np.full(8192, -4e6)), COLUMNS, 1)
    assert held.sums["estimate"].squares[0][2] == 8192 * (4 * 10**12) ** 2
    assert held.mean("estimate").mean == -4e6
    assert held.mean("estimate").standard_error == 0


@pytest.mark.parametrize("estimate", [5e6, np.nan, -np.inf])
def test_figures_that_cannot_be_added_are_refused(estimate):
    with pytest.raises(InputError, match="larger unit") as error:
        tally(records([1.0, estimate]), COLUMNS, 1)
    assert error.value.field == "estimate"
