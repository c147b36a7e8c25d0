"""Designs at the edges of what can be solved, and two-sided tests that stop for futility: rpact's figures, slow versions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from equipoise.design import (
    GroupSequential,
    crossing_along,
    crossing_probabilities,
    drifts_for,
    expected_time,
    solve_many,
)
from equipoise.errors import InputError, NoSolutionError

LATE = {
    "information": [0.97, 1.0], "alpha": 0.1, "power": 0.6, "spending": "pocock-type", "binding": True,
    "futility": "hwang-shih-decani", "futility_parameter": 4.0,
}  # fmt: skip
TWO_SIDED = {"sided": 2, "alpha": 0.05}
OBF, POCOCK = "obrien-fleming-type", "pocock-type"


def simpson(low, high, points=3001):
    """Nodes and weights on an interval; none on an empty one."""
    if not high > low:
        return np.empty(0), np.empty(0)
    z = np.linspace(low, high, points)
    weights = np.full(points, 2.0)
    weights[1::2], weights[0], weights[-1] = 4.0, 1.0, 1.0
    return z, weights * (z[1] - z[0]) / 3


def by_hand(t, pieces, upper, lower, theta):
    """Chances of ending above `upper` and below `lower` at each look: the density of the sum, on a fine grid.

    `pieces[k]` are the intervals of Z in which the trial goes on after look k.
    """
    up, down, grid, mass = [], [], np.zeros(1), np.ones(1)
    for k, now in enumerate(t):
        step = now - (t[k - 1] if k else 0.0)
        above, below = (bound[k] * np.sqrt(now) - grid - theta * step for bound in (upper, lower))
        up.append(mass @ norm.sf(above / np.sqrt(step)))
        down.append(mass @ norm.cdf(below / np.sqrt(step)))
        if k + 1 == len(t):
            break
        middle = theta * np.sqrt(now)
        laid = [simpson(max(low, middle - 9), min(high, middle + 9)) for low, high in pieces[k]]
        z, weights = (np.concatenate(part) * np.sqrt(now) for part in zip(*laid, strict=True))
        density = np.array([mass @ norm.pdf(b, grid + theta * step, np.sqrt(step)) for b in z])
        grid, mass = z, weights * density
    return np.array(up), np.array(down)


def test_binding_futility_that_spends_most_at_a_late_first_look():
    bounds = GroupSequential.read(LATE).solution  # figures of rpact 3.3.4
    assert bounds.drift == pytest.approx(1.557351, abs=1e-6)
    assert bounds.inflation == pytest.approx(1.029470, abs=1e-6)
    assert bounds.critical == pytest.approx((1.292538, 1.146726), abs=1e-6)
    assert bounds.futility == pytest.approx((1.278002,), abs=1e-6)
    assert crossing_probabilities(bounds, [0.0])[2] == pytest.approx(0.1, abs=1e-9)


def test_bounds_that_meet_before_the_last_look_are_no_design():
    meeting = {"information": [0.6, 0.97, 1.0], "futility": "user", "beta_spent": [0.0, 0.1, 0.1]}
    with pytest.raises(NoSolutionError, match="meet before the last look"):
        _ = GroupSequential.read(meeting).solution
    late = {"spending": POCOCK, "futility": "hwang-shih-decani", "futility_parameter": 40.0}
    with pytest.raises(NoSolutionError, match=r"design 2 of 2.*meet"):
        solve_many([[0.5, 1.0], [0.97, 1.0]], like=GroupSequential.even(2, **late), alpha=0.025, power=0.8)


@pytest.mark.parametrize(
    ("information", "delta"), [((0.01, 0.6, 1.0), 1.0), ((0.001, 0.6, 1.0), 0.8), ((0.001, 0.6, 1.0), 1.0)]
)
def test_wang_tsiatis_bounds_whose_drift_is_far(information, delta):
    bounds = GroupSequential.read({"information": information, "spending": "wang-tsiatis", "parameter": delta}).solution
    t, upper = np.array(information), np.array(bounds.critical)
    assert upper / upper[-1] == pytest.approx(t ** (delta - 0.5), rel=1e-9)
    pieces, none = [[(-np.inf, bound)] for bound in upper], np.full(3, -np.inf)
    assert by_hand(t, pieces, upper, none, bounds.drift)[0].sum() == pytest.approx(0.9, abs=1e-8)
    assert by_hand(t, pieces, upper, none, 0.0)[0].sum() == pytest.approx(0.025, abs=1e-9)
    for theta in (bounds.drift - 1, bounds.drift + 1, 10.0, 24.0, 26.0, 30.0):
        slow = by_hand(t, pieces, upper, none, theta)[0]
        assert bounds.crossing(theta).up[0] == pytest.approx(slow, abs=1e-9)
    assert bounds.crossing(drifts_for(bounds, [0.3, 0.99])).power == pytest.approx([0.3, 0.99], abs=1e-9)


@given(
    st.floats(1e-4, 0.99), st.floats(-2.0, 1.0), st.floats(1e-6, 0.45), st.floats(0.01, 0.999), st.sampled_from([1, 2])
)
def test_every_wang_tsiatis_design_has_its_errors(first, delta, alpha, missed, sided):
    power = 1 - missed * (1 - alpha) * 0.999
    bounds = GroupSequential.read(
        {
            "information": [first, 1.0], "alpha": alpha, "power": power, "sided": sided,
            "spending": "wang-tsiatis", "parameter": delta,
        }
    ).solution  # fmt: skip
    assert bounds.crossing([0.0, bounds.drift]).power == pytest.approx([alpha / sided, power], abs=1e-9)


@pytest.mark.parametrize(
    ("information", "alpha", "power", "spending", "futility", "binding", "critical", "inner", "drift"),
    [  # rpact 3.3.4, getDesignGroupSequential(sided = 2, typeBetaSpending = ...) and its characteristics
        ((0.4, 0.7, 1), 0.05, 0.9, (OBF, None), (OBF, None), False,
         (3.35686936, 2.44454228, 2.00053907), (None, 1.08029591), 3.32828948),
        ((0.4, 0.7, 1), 0.05, 0.9, (OBF, None), (OBF, None), True,
         (3.35686936, 2.44454228, 1.96884803), (None, 1.05561652), 3.29863433),
        ((0.3, 0.6, 1), 0.05, 0.8, (POCOCK, None), (POCOCK, None), False,
         (2.31183530, 2.32096722, 2.26891170), (0.48690040, 1.23982102), 3.29070904),
        ((0.3, 0.6, 1), 0.05, 0.8, (POCOCK, None), (POCOCK, None), True,
         (2.31183530, 2.30912402, 2.15279011), (0.45203836, 1.15856388), 3.19745370),
        ((0.25, 0.5, 0.75, 1), 0.1, 0.8, ("hwang-shih-decani", -2.0), ("hwang-shih-decani", -1.0), False,
         (2.57055288, 2.32082992, 2.05223174, 1.76819395), (None, 0.35051645, 0.99726429), 2.64876844),
        ((0.25, 0.5, 0.75, 1), 0.1, 0.8, ("hwang-shih-decani", -2.0), ("hwang-shih-decani", -1.0), True,
         (2.57055288, 2.32082992, 2.05036567, 1.71032339), (None, 0.33174709, 0.95229973), 2.60141995),
        ((0.5, 1), 0.05, 0.9, (OBF, None), ("kim-demets", 2.0), True,
         (2.96258804, 1.94845504), (0.41258802,), 3.28333048),
        ((0.1, 0.5, 1), 0.05, 0.9, (OBF, None), (OBF, None), True,
         (6.99135171, 2.96258805, 1.95327467), (None, 0.33776314), 3.27411244),
    ],
)  # fmt: skip
def test_two_sided_bounds_with_futility(
    information, alpha, power, spending, futility, binding, critical, inner, drift
):  # fmt: skip
    design = GroupSequential.read(
        {
            "information": [float(part) for part in information], "alpha": alpha, "power": power, "sided": 2,
            "spending": spending[0], "parameter": spending[1],
            "futility": futility[0], "futility_parameter": futility[1], "binding": binding,
        }
    )  # fmt: skip
    bounds = design.solution
    assert bounds.critical == pytest.approx(critical, abs=1e-6)
    assert [bound is None for bound in bounds.futility] == [bound is None for bound in inner]
    assert [bound or 0 for bound in bounds.futility] == pytest.approx([bound or 0 for bound in inner], abs=1e-6)
    assert bounds.drift == pytest.approx(drift, abs=1e-6)
    assert GroupSequential.model_validate_json(design.model_dump_json(by_alias=True)) == design
    many = solve_many([information], like=design, alpha=alpha, power=power)
    assert many.drift[0] == pytest.approx(bounds.drift, abs=1e-10)
    sizes = bounds.inflation * bounds.crossing([bounds.drift, 0.0]).expected_information
    assert [many.expected_h1[0], many.expected_h0[0]] == pytest.approx(sizes, abs=1e-9)


@pytest.mark.parametrize("binding", [False, True])
@pytest.mark.parametrize("spending", [OBF, "pocock"])
def test_two_sided_chances_with_futility_by_a_plain_recursion(binding, spending):
    design = GroupSequential.read(
        {"information": [0.3, 0.5, 1.0], "spending": spending, "futility": POCOCK, "binding": binding, **TWO_SIDED}
    )
    bounds = design.solution
    t, upper, inner = np.array(bounds.information), np.array(bounds.critical), bounds.inner
    pieces = [[(-c, -f), (f, c)] if f else [(-c, c)] for c, f in zip(upper, inner, strict=True)]
    for theta in (0.0, bounds.drift, -1.0, 30.0):
        crossed = bounds.crossing(theta)
        up, down = by_hand(t, pieces, upper, -upper, theta)
        above_inner, below_inner = by_hand(t, pieces, inner, -inner, theta)
        running = 1 - np.concatenate([[0], np.cumsum(crossed.stopping[0])])[:-1]
        assert crossed.up[0] == pytest.approx(up, abs=1e-9)
        assert crossed.down[0] == pytest.approx(down, abs=1e-9)
        assert crossed.inside[0] == pytest.approx(running - above_inner - below_inner, abs=1e-8)
        assert (crossed.up + crossed.down + crossed.inside).sum() == pytest.approx(1.0, abs=1e-9)
        assert crossing_along(bounds, theta * np.sqrt(t))[0] == pytest.approx(up, abs=1e-9)
    error = crossing_probabilities(bounds, [0.0])[2]
    assert error == pytest.approx(0.025, abs=1e-9) if binding else error < 0.025
    assert bounds.crossing(bounds.drift).power[0] == pytest.approx(0.9, abs=1e-9)
    assert bounds.crossing(drifts_for(bounds, [0.7])).power[0] == pytest.approx(0.7, abs=1e-9)


def test_power_below_one_half():
    bounds = GroupSequential.even(2, alpha=0.025, power=0.3).solution
    assert bounds.drift == pytest.approx(1.4392353, abs=1e-6)  # rpact: square root of the shift
    assert bounds.inflation == pytest.approx(1.00512207, abs=1e-6)
    futile = GroupSequential.even(2, alpha=0.025, power=0.2, futility=POCOCK).solution
    assert futile.crossing(futile.drift).down[0, 0] == pytest.approx(0.8 * np.log(1 + (np.e - 1) / 2), abs=1e-9)


def test_a_tiny_alpha_is_spent_to_a_small_share_of_itself():
    for alpha in (1e-6, 1e-10, 1e-14):
        bounds = GroupSequential.even(3, alpha=alpha, spending=POCOCK).solution
        t, upper = np.array(bounds.information), np.array(bounds.critical)
        up, _ = by_hand(t, [[(-np.inf, bound)] for bound in upper], upper, np.full(3, -np.inf), 0.0)
        assert up.cumsum() == pytest.approx(bounds.alpha_spent, rel=1e-7, abs=0)


def test_the_expected_time_is_that_of_virtual_trials():
    bounds = GroupSequential.even(3, spending=POCOCK, futility=POCOCK).solution
    steps = np.random.default_rng(8).normal(bounds.drift / 3, np.sqrt(1 / 3), (200_000, 3))
    z = steps.cumsum(axis=1) / np.sqrt([1 / 3, 2 / 3, 1])
    ended = (z >= np.array(bounds.critical)) | (z < bounds.lower)
    ended[:, -1] = True
    months = np.array([10.0, 19.0, 31.0])
    assert expected_time(bounds, bounds.drift, months)[0] == pytest.approx(months[ended.argmax(axis=1)].mean(), abs=0.1)
    many = expected_time(bounds, [0.0, bounds.drift], [months, months])
    assert many == pytest.approx(expected_time(bounds, [0.0, bounds.drift], months))


def test_what_no_look_can_be_is_named():
    with pytest.raises(InputError, match="times"):
        expected_time(GroupSequential.even(2).solution, 1.0, [2.0, 1.0])
    bounds = GroupSequential.even(2).solution
    for call, field in [
        (lambda: GroupSequential.even("3"), "looks"), (lambda: GroupSequential.even(2.5), "looks"),
        (lambda: bounds.crossing("x"), "drift"), (lambda: bounds.crossing([[1, 2], [3, 4]]), "drift"),
        (lambda: drifts_for(bounds, "x"), "powers"), (lambda: crossing_along(bounds, "x"), "means"),
        (lambda: bounds.crossing(0.0).expected_at_stop([1.0]), "values"),
        (lambda: GroupSequential(information=(0.5, 0.4, 1.0)), "information"),
    ]:  # fmt: skip
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.field == field


def test_looks_the_smallest_step_apart_are_allowed():
    assert GroupSequential(information=(0.5, 0.5001, 1.0)).solution.drift > 0
    with pytest.raises(InputError):
        GroupSequential(information=(0.5, 0.50009, 1.0))
