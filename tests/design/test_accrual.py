"""Recruitment over calendar time."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.design.accrual import Accrual
from equipoise.errors import InputError

RAMP = Accrual(breaks=(0, 6, 12), rates=(2, 5, 10))


@st.composite
def accruals(draw):
    waits = draw(st.lists(st.floats(0.5, 20), max_size=5))
    rates = draw(st.lists(st.floats(0.0, 50), min_size=len(waits), max_size=len(waits)))
    return Accrual(breaks=(0, *np.cumsum(waits).tolist()), rates=(*rates, draw(st.floats(0.5, 50))))


def test_patients_add_up_over_the_pieces():
    assert RAMP.enrolled([-1, 0, 3, 6, 9, 12, 20]) == pytest.approx([0, 0, 6, 12, 27, 42, 122])
    assert RAMP.enrolled(9) == 27


def test_the_month_of_a_patient_is_found_in_each_piece():
    assert RAMP.time_of([0, 6, 12, 27, 42, 122]) == pytest.approx([0, 3, 6, 9, 12, 20])


def test_recruitment_that_ends_never_reaches_more():
    ending = Accrual(breaks=(0, 2, 5, 7), rates=(0, 4, 0, 0))
    assert ending.time_of([12, 12.01]).tolist() == [5, np.inf]
    assert ending.enrolled([1, 100, np.inf]).tolist() == [0, 12, 12]


def test_a_pause_is_waited_out():
    pause = Accrual(breaks=(0, 2, 5), rates=(1, 0, 1))
    assert pause.time_of([2, 2.5]).tolist() == [2, 5.5]


@given(accruals(), st.floats(0, 2000))
def test_time_of_inverts_enrolled(accrual, patients):
    assert accrual.enrolled(accrual.time_of(patients)) == pytest.approx(patients, rel=1e-12, abs=1e-12)


@given(accruals(), st.floats(0, 100), st.floats(0, 100))
def test_patients_never_leave(accrual, one, other):
    first, last = accrual.enrolled(sorted((one, other)))
    assert first <= last


def test_sites_open_evenly_from_the_first_to_the_last():
    sites = Accrual.of_sites(5, 1.5, 8)
    assert sites.breaks == (0, 2, 4, 6, 8)
    assert sites.rates == (1.5, 3, 4.5, 6, 7.5)


def test_sites_that_open_together_later():
    sites = Accrual.of_sites(20, 0.5, 0, first_open=3)
    assert (sites.breaks, sites.rates) == ((0, 3), (0, 10))
    assert Accrual.of_sites(1, 2, 12).rates == (2,)


def test_goes_through_json_and_back():
    assert Accrual.read(json.loads(RAMP.model_dump_json())) == RAMP


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"breaks": [1, 2], "rates": [1, 1]}, "breaks"),
        ({"breaks": [0, 2, 2], "rates": [1, 1, 1]}, "breaks"),
        ({"breaks": [0, 2], "rates": [1]}, "rates"),
        ({"rates": [-1]}, "rates"),
        ({"rates": [0]}, "rates"),
        ({"rates": ["1"]}, "rates.1"),
        ({"rates": [float("nan")]}, "rates.1"),
    ],
)
def test_what_is_no_accrual_is_refused(data, field):
    with pytest.raises(InputError) as refused:
        Accrual.read(data)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ((0, 1, 1), "sites"),
        ((2.5, 1, 1), "sites"),
        ((2, 0, 1), "per_site_month"),
        ((2, 1, -1), "opening_months"),
        ((2, 1, 1, np.inf), "first_open"),
    ],
)
def test_what_are_no_sites_is_refused(choices, field):
    with pytest.raises(InputError) as refused:
        Accrual.of_sites(*choices)
    assert refused.value.field == field
