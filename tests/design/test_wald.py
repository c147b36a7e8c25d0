"""The power of one test against R's noncentral t."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from equipoise.design import (
    Accrual,
    Hazard,
    TwoArms,
    count_power,
    mean_power,
    proportion_power,
    survival_power,
    survival_size,
    time_of_events,
)
from equipoise.design.wald import wald_power
from equipoise.errors import InputError

ARMS = TwoArms(treatment=Hazard.constant(0.05), control=Hazard.constant(0.1))
ACCRUAL = Accrual.of_sites(4, 1.0, 0.0)


@pytest.mark.parametrize(
    ("critical", "df", "shift", "expected"),
    [  # R 4.2.2: pt(critical, df, shift, lower = FALSE)
        (2.0, 3, 2.5, 0.702899185380),
        (2.1, 20.5, 3.3, 0.877958239610),
        (1.96, 1e6, 2.8, 0.799545717945),
        (12.7, 1, 1, 0.067795864003),
        (2.1, 20, -1, 0.001719587616),
    ],
)
def test_power_is_the_noncentral_t_of_r(critical, df, shift, expected):
    alpha = 1 - special.stdtr(df, critical)
    power = wald_power(shift, 1.0, df=df, alpha=alpha, sided=1, better="higher")
    assert power == pytest.approx(expected, abs=1e-9)


def test_power_is_a_rising_probability_far_into_the_tails():
    shift = np.linspace(-60, 60, 2401)
    for df in (0.5, 1, 2, 3, 10, 30, 1e3, 1e7):
        for alpha in (0.05, 0.001, 1e-6):
            power = wald_power(shift, 1.0, df=df, alpha=alpha, sided=1, better="higher")
            assert np.all((power >= 0) & (power <= 1))
            assert np.all(np.diff(power) >= -1e-10)


def test_nothing_is_shown_without_degrees_of_freedom():
    assert wald_power(5.0, 1.0, df=0) == 0
    assert wald_power(0.0, 0.1, df=[0, -1], objective="equivalence", margin=1.0).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: mean_power([50, 60], [1, 2, 3], difference=1, sd=1, alpha=0.05), "n_control"),
        (lambda: mean_power([50, 60], 50, difference=[1, 2, 3], sd=1, alpha=0.05), "difference"),
        (lambda: mean_power("50", 50, difference=1, sd=1, alpha=0.05), "n_treatment"),
        (lambda: proportion_power([5, 6], [5, 6, 7], treatment=0.2, control=0.3, alpha=0.05), "n_control"),
        (
            lambda: count_power([5, 6], [5, 6, 7], control_rate=0.2, rate_ratio=0.3, dispersion=0, alpha=0.05),
            "n_control",
        ),
        (lambda: survival_power([5, 6], hazard_ratio=[0.5, 0.6, 0.7], alpha=0.05), "hazard_ratio"),
        (lambda: time_of_events([5, 6], accrual=ACCRUAL, patients=[9, 9, 9], arms=ARMS), "patients"),
        (lambda: survival_size("x", accrual=ACCRUAL, follow_up=1.0, arms=ARMS), "events"),
        (lambda: survival_size(5, accrual=ACCRUAL, follow_up="x", arms=ARMS), "follow_up"),
        (lambda: Hazard(rates=(-1.0,)), "rates"),
        (lambda: Hazard.from_median("x"), "months"),
        (lambda: Hazard.from_risk([0.1], 12), "risk"),
        (lambda: Hazard.from_event_free({"x": 0.5}), "table"),
        (lambda: Hazard.constant(0.1).scaled("x"), "hazard_ratio"),
        (lambda: Accrual.of_sites("x", 1.0, 0.0), "sites"),
    ],
)
def test_what_is_no_number_or_fits_no_other_is_named(call, field):
    with pytest.raises(InputError) as refused:
        call()
    assert refused.value.field == field
