"""Many group-sequential designs at once, in one compiled loop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from equipoise.design.boundaries import solve
from equipoise.design.group_sequential import GroupSequential
from equipoise.design.normal import upper_quantile
from equipoise.design.quadrature import rules
from equipoise.design.recursion import Rules, crossing_many
from equipoise.errors import InputError

Floats = NDArray[np.float64]


class Designs(NamedTuple):
    """M designs of K looks: bounds (M, K), drift and inflation (M,), and expected size relative to the fixed design (M,).

    `futility` is -inf where there is none before the last look. `expected_h1`, `expected_half` and `expected_h0` are under
    the drift, half of it, and none.
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

    The arrays broadcast; `like` says the spending, futility and sides. Accuracy as for one design. Raises InputError.
    """
    t = np.atleast_2d(np.asarray(information, float))
    count = np.broadcast_shapes(t.shape[:1], np.shape(alpha), np.shape(power))[0]
    t = np.ascontiguousarray(np.broadcast_to(t, (count, t.shape[1])))
    error = np.ascontiguousarray(np.broadcast_to(np.asarray(alpha, float), count)) / like.sided
    wanted = np.ascontiguousarray(np.broadcast_to(np.asarray(power, float), count))
    if "user" in (like.spending, like.futility):
        raise InputError("like", "user", "a spending function with a name")
    if not ((np.diff(t, axis=1, prepend=0.0) > 0).all() and (t[:, -1] == 1.0).all()):
        raise InputError("information", t.tolist(), "rows of fractions that rise to 1")
    if not (((error > 0) & (error < 0.5)).all() and ((wanted >= 0.5) & (wanted < 1)).all()):
        raise InputError("alpha", alpha, "errors above 0 and below 0.5, with powers from 0.5 to below 1")
    upper, lower = np.empty(t.shape), np.empty(t.shape)
    drift = np.empty(count)
    expected = np.empty((count, 3))
    symmetric = like.sided == 2
    _solve_many(
        t, error, symmetric, wanted, *like.efficacy_form(), *like.futility_form(), like.binding, rules(), lower, upper,
        drift, expected,
    )  # fmt: skip
    inflation = (drift / [upper_quantile(a) + upper_quantile(1 - p) for a, p in zip(error, wanted, strict=True)]) ** 2
    return Designs(upper, lower, drift, inflation, *(expected * inflation[:, None]).T)


@njit(cache=True, nogil=True)
def _solve_many(
    t: Floats, error: Floats, symmetric: bool, power: Floats, form: int, parameter: float, futility: int,
    futility_parameter: float, binding: bool, rules: Rules, lower: Floats, upper: Floats, drift: Floats,
    expected: Floats,
) -> None:  # fmt: skip
    looks = t.shape[1]
    alpha, beta = np.empty(looks), np.empty(looks)
    up, down, theta = np.empty((3, looks)), np.empty((3, looks)), np.empty(3)
    for i in range(t.shape[0]):
        drift[i] = solve(
            t[i], error[i], symmetric, power[i], form, parameter, futility, futility_parameter, binding, alpha, beta,
            rules, lower[i], upper[i],
        )  # fmt: skip
        theta[0], theta[1], theta[2] = drift[i], 0.5 * drift[i], 0.0
        crossing_many(t[i], -upper[i] if symmetric else lower[i], upper[i], theta, rules, up, down)
        for j in range(3):
            expected[i, j] = 1.0
            for k in range(looks - 1):
                expected[i, j] -= (up[j, k] + down[j, k]) * (1.0 - t[i, k])
