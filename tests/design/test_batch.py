"""Many designs in one loop are each what one alone is."""

import numpy as np
import pytest

from equipoise.design import GroupSequential, solve_many
from equipoise.errors import InputError


@pytest.mark.parametrize("choices", [{}, {"futility": "pocock-type"}, {"spending": "pocock"}, {"sided": 2}])
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


def test_what_cannot_be_solved_is_refused():
    like = GroupSequential.even(2)
    with pytest.raises(InputError, match="information"):
        solve_many([[0.5, 0.9]], like=like, alpha=0.025, power=0.9)
    with pytest.raises(InputError, match="alpha"):
        solve_many([[0.5, 1.0]], like=like, alpha=0.7, power=0.9)
