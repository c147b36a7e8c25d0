"""Many designs in one loop are each what one alone is."""

import numpy as np
import pytest

from equipoise.design import GroupSequential, solve_many
from equipoise.errors import InputError


@pytest.mark.parametrize(
    "choices",
    [{}, {"futility": "pocock-type"}, {"spending": "pocock"}, {"sided": 2}, {"sided": 2, "futility": "pocock-type"}],
)
def test_each_is_the_design_alone(choices):
    information = np.array([[0.3, 0.7, 1.0], [0.5, 0.6, 1.0], [1 / 3, 2 / 3, 1.0]])
    alpha, power = [0.025, 0.05, 0.01], [0.8, 0.9, 0.95]
    many = solve_many(information, like=GroupSequential.even(3, **choices), alpha=alpha, power=power)
    for i in range(3):
        one = GroupSequential.read(
            {"information": information[i].tolist(), "alpha": alpha[i], "power": power[i], **choices}
        ).solution
        assert many.critical[i] == pytest.approx(one.critical, abs=1e-12)
        assert many.drift[i] == pytest.approx(one.drift, abs=1e-10)
        assert many.inflation[i] == pytest.approx(one.inflation, abs=1e-10)
        sizes = one.inflation * one.crossing([one.drift, one.drift / 2, 0.0]).expected_information
        assert [many.expected_h1[i], many.expected_half[i], many.expected_h0[i]] == pytest.approx(sizes, abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"information": [[0.5, 0.9]]}, "information"), ({"information": [[0.5, 0.5 + 1e-6, 1.0]]}, "information"),
        ({"information": [[k / 25 for k in range(1, 26)]]}, "information"), ({"information": "x"}, "information"),
        ({"information": [[0.5, float("nan")]]}, "information"), ({"information": [[0.5, 1.0], [1.0]]}, "information"),
        ({"information": [[[0.5, 1.0]]]}, "information"), ({"information": []}, "information"),
        ({"alpha": 0.7}, "alpha"), ({"alpha": "x"}, "alpha"), ({"alpha": [0.01, 0.02, 0.03]}, "alpha"),
        ({"power": 1.0}, "power"), ({"power": 0.02}, "power"), ({"power": [[0.8]] * 3}, "power"),
        ({"like": GroupSequential.even(2, spending="user", alpha_spent=[0.01, 0.025])}, "like"),
    ],
)  # fmt: skip
def test_what_cannot_be_solved_is_refused(changes, field):
    fine = {"information": [[0.5, 1.0], [0.6, 1.0]], "like": GroupSequential.even(2), "alpha": 0.025, "power": 0.9}
    with pytest.raises(InputError) as caught:
        solve_many(**fine | changes)
    assert caught.value.field == field
