"""Hazards since randomisation."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from equipoise.design.hazard import Hazard
from equipoise.errors import InputError


def test_a_median_halves():
    hazard = Hazard.from_median(9)
    assert hazard.survival([0, 9, 18]) == pytest.approx([1, 0.5, 0.25])
    assert hazard.quantile(0.5) == pytest.approx(9)


def test_a_risk_is_met_at_its_month():
    assert Hazard.from_risk(0.02, 12).survival(12) == pytest.approx(0.98, rel=1e-15)
    assert Hazard.from_risk(0, 12).survival(1e6) == 1


def test_a_table_is_met_at_each_month_in_any_order():
    hazard = Hazard.from_event_free({24: 0.81, 12: 0.89, 36: 0.81})
    assert hazard.survival([12, 24, 36]) == pytest.approx([0.89, 0.81, 0.81])
    assert hazard.breaks == (0, 12, 24)
    assert hazard.survival(50) == pytest.approx(0.81)


def test_the_last_rate_goes_on():
    hazard = Hazard.from_event_free({12: 0.9})
    assert hazard.survival(24) == pytest.approx(0.81)


def test_the_cumulative_hazard_is_the_integral_of_the_rate():
    hazard = Hazard(breaks=(0, 3, 10), rates=(0.05, 0, 0.02))

    def rate(t):
        return 0.05 if t < 3 else 0.0 if t < 10 else 0.02

    for month in (1.0, 3.0, 7.0, 25.0):
        by_quadrature = integrate.quad(rate, 0, month, points=[p for p in (3, 10) if p < month] or None)[0]
        assert hazard.cumulative(month) == pytest.approx(by_quadrature, rel=1e-12)


def test_a_hazard_ratio_scales_all_pieces():
    assert Hazard(breaks=(0, 4), rates=(0.1, 0.2)).scaled(0.5) == Hazard(breaks=(0, 4), rates=(0.05, 0.1))


@given(st.floats(0, 30), st.floats(0.1, 2), st.floats(0, 60))
def test_a_delayed_effect_changes_nothing_before_it_begins(after, ratio, t):
    control = Hazard(breaks=(0, 6, 18), rates=(0.05, 0.02, 0.03))
    treated = control.scaled(ratio, after=after)
    expected = control.cumulative(min(t, after)) + ratio * (
        control.cumulative(max(t, after)) - control.cumulative(after)
    )
    assert treated.cumulative(t) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_goes_through_json_and_back():
    hazard = Hazard.from_event_free({12: 0.89, 24: 0.81})
    assert Hazard.read(json.loads(hazard.model_dump_json())) == hazard


def test_what_never_happens_has_no_quantile_month():
    assert Hazard(breaks=(0, 10), rates=(0.01, 0)).quantile([0, 0.5]).tolist() == [0, math.inf]


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Hazard.constant(-1), "rates"),
        (lambda: Hazard.constant(math.inf), "rates.1"),
        (lambda: Hazard.from_median(0), "months"),
        (lambda: Hazard.from_risk(1, 12), "risk"),
        (lambda: Hazard.from_risk(0.1, 0), "month"),
        (lambda: Hazard.from_event_free({}), "table"),
        (lambda: Hazard.from_event_free({0: 1, 12: 0.8}), "table"),
        (lambda: Hazard.from_event_free({12: 0.8, 24: 0.9}), "table"),
        (lambda: Hazard.from_event_free({12: 0}), "table"),
        (lambda: Hazard.constant(1).scaled(-0.1), "hazard_ratio"),
        (lambda: Hazard.constant(1).scaled(0.1, after=np.nan), "after"),
        (lambda: Hazard.constant(1).quantile(1), "share"),
    ],
)
def test_what_is_no_hazard_is_refused(make, field):
    with pytest.raises(InputError) as refused:
        make()
    assert refused.value.field == field
