"""The power of one test against R's noncentral t."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from equipoise.design.wald import wald_power


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
