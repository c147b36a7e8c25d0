"""Many group-sequential designs at once, in one compiled loop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from equipoise.design.boundaries import NO_FUTILITY, check_drift, solve
from equipoise.design.group_sequential import LEAST_STEP, MOST_LOOKS, SMALLEST_INCREMENT, GroupSequential
from equipoise.design.normal import upper_quantile
from equipoise.design.quadrature import rules
from equipoise.design.recursion import Rules, crossing_many
from equipoise.design.wald import as_floats
from equipoise.design.wedge import wedge_path
from equipoise.errors import InputError

Floats = NDArray[np.float64]


class Designs(NamedTuple):
    """M designs of K looks: bounds (M, K), drift and inflation (M,), and expected size relative to the fixed design (M,).

    `futility` is -inf where there is none before the last look; two-sided designs stop between -futility and futility.
    `expected_h1`, `expected_half` and `expected_h0` are under the drift, half of it, and none.
    """

    critical: Floats
    futility: Floats
    drift: Floats
    inflation: Floats
    expected_h1: Floats
    expected_half: Floats
    expected_h0: Floats


def solve_many(information: ArrayLike, *, like: GroupSequential, alpha: ArrayLike, power: ArrayLike) -> Designs:
    """Solve M designs that differ in information (M, K), alpha (M,) and power (M,), all else as in `like`.

    The arrays broadcast; `like` says the spending, futility and sides, and the limits are its own. Accuracy as for one
    design. Raises InputError, and NoSolutionError where one of the designs has no solution.
    """
    if "user" in (like.spending, like.futility):
        raise InputError("like", "user", "a spending function with a name")
    t, error, wanted = _broadcast(information, as_floats("alpha", alpha) / like.sided, as_floats("power", power))
    if not 1 <= t.shape[1] <= MOST_LOOKS:
        raise InputError("information", information, f"rows of 1 to {MOST_LOOKS} fractions")
    if (np.diff(t, axis=1, prepend=0.0) < LEAST_STEP).any() or (abs(t[:, -1] - 1.0) > 1e-12).any():
        raise InputError("information", information, f"rows that rise to 1 by at least {SMALLEST_INCREMENT} each")
    t[:, -1] = 1.0
    if not ((error > 0) & (error * like.sided < 0.5)).all():
        raise InputError("alpha", alpha, "errors above 0 and below 0.5")
    if not ((wanted > error) & (wanted < 1)).all():
        raise InputError("power", power, "numbers above the one-sided alpha and below 1")
    upper, lower = np.empty(t.shape), np.empty(t.shape)
    drift = np.empty(t.shape[0])
    expected = np.empty((t.shape[0], 3))
    symmetric = like.sided == 2
    _solve_many(
        t, error, symmetric, wanted, *like.efficacy_form(), *like.futility_form(), like.binding, rules(), lower, upper,
        drift, expected,
    )  # fmt: skip
    for i in np.flatnonzero(~(drift >= 0)):
        check_drift(float(drift[i]), f"design {i + 1} of {drift.size}")
    inflation = (drift / [upper_quantile(a) + upper_quantile(1 - p) for a, p in zip(error, wanted, strict=True)]) ** 2
    if symmetric and like.futility != "none":
        lower[lower <= 0] = -np.inf
    return Designs(upper, lower, drift, inflation, *(expected * inflation[:, None]).T)


def _broadcast(information: ArrayLike, error: Floats, power: Floats) -> tuple[Floats, Floats, Floats]:
    """Information (M, K), alpha and power (M,), each a copy of its own."""
    t = np.atleast_2d(as_floats("information", information))
    if t.ndim != 2 or not t.size:
        raise InputError("information", information, "a table, one row of fractions for each design")
    count = t.shape[0]
    for name, values in (("alpha", error), ("power", power)):
        try:
            (count,) = np.broadcast_shapes((count,), values.shape)
        except ValueError:
            raise InputError(name, values.tolist(), f"a number, or as many as designs ({count})") from None
    return (
        np.array(np.broadcast_to(t, (count, t.shape[1]))),
        np.array(np.broadcast_to(error, count)),
        np.array(np.broadcast_to(power, count)),
    )


@njit(cache=True, nogil=True)
def _solve_many(
    t: Floats, error: Floats, symmetric: bool, power: Floats, form: int, parameter: float, futility: int,
    futility_parameter: float, binding: bool, rules: Rules, lower: Floats, upper: Floats, drift: Floats,
    expected: Floats,
) -> None:  # fmt: skip
    looks = t.shape[1]
    alpha, beta = np.empty(looks), np.empty(looks)
    up, down, inside, theta = np.empty((3, looks)), np.empty((3, looks)), np.zeros((3, looks)), np.empty(3)
    for i in range(t.shape[0]):
        drift[i] = solve(
            t[i], error[i], symmetric, power[i], form, parameter, futility, futility_parameter, binding, alpha, beta,
            rules, lower[i], upper[i],
        )  # fmt: skip
        theta[0], theta[1], theta[2] = drift[i], 0.5 * drift[i], 0.0
        if not drift[i] >= 0.0:
            continue
        if symmetric and futility != NO_FUTILITY:
            for j in range(3):
                wedge_path(t[i], lower[i], upper[i], theta[j] * np.sqrt(t[i]), rules, up[j], down[j], inside[j])
        else:
            crossing_many(t[i], -upper[i] if symmetric else lower[i], upper[i], theta, rules, up, down)
        for j in range(3):
            expected[i, j] = 1.0
            for k in range(looks - 1):
                expected[i, j] -= (up[j, k] + down[j, k] + inside[j, k]) * (1.0 - t[i, k])
