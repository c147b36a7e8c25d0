"""Error-spending functions: how much of an error may be spent by information fraction t.

Lan & DeMets (1983) for the O'Brien-Fleming and Pocock forms, Hwang, Shih & DeCani (1990), Kim & DeMets (1987).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from equipoise.design.normal import upper_quantile, upper_tail
from equipoise.errors import InputError

Floats = NDArray[np.float64]

OBRIEN_FLEMING_TYPE, POCOCK_TYPE, HWANG_SHIH_DECANI, KIM_DEMETS = 0, 1, 2, 3
SPENDING = {
    "obrien-fleming-type": OBRIEN_FLEMING_TYPE,
    "pocock-type": POCOCK_TYPE,
    "hwang-shih-decani": HWANG_SHIH_DECANI,
    "kim-demets": KIM_DEMETS,
}
WITH_PARAMETER = {"hwang-shih-decani", "kim-demets"}


@njit(cache=True, nogil=True)
def spent(t: float, error: float, form: int, parameter: float) -> float:
    """Error spent by information fraction t of `error` in all, in one direction."""
    if t >= 1.0:
        return error
    if form == OBRIEN_FLEMING_TYPE:
        return 2.0 * upper_tail(upper_quantile(error / 2.0) / math.sqrt(t))
    if form == POCOCK_TYPE:
        return error * math.log(1.0 + (math.e - 1.0) * t)
    if form == HWANG_SHIH_DECANI:
        if parameter == 0.0:
            return error * t
        return error * math.expm1(-parameter * t) / math.expm1(-parameter)
    return error * t**parameter


@njit(cache=True, nogil=True)
def increments(t: Floats, error: float, form: int, parameter: float, out: Floats) -> None:
    """Fill `out` with the error spent at each look."""
    before = 0.0
    for k in range(t.size):
        now = spent(t[k], error, form, parameter)
        out[k] = now - before
        before = now


def check_parameter(field: str, name: str, parameter: float | None) -> float:
    """The parameter of a spending function by name; raise InputError where it lacks, is too much or out of range."""
    if name not in WITH_PARAMETER:
        if parameter is not None:
            raise InputError(field, parameter, f"none for {name}")
        return 0.0
    allowed = "a number from -40 to 40" if name == "hwang-shih-decani" else "a number above 0 and at most 50"
    if parameter is None:
        raise InputError(field, None, f"{allowed}; {name} needs it")
    if not (-40 <= parameter <= 40 if name == "hwang-shih-decani" else 0 < parameter <= 50):
        raise InputError(field, parameter, allowed)
    return parameter


def cumulative(information: Floats, error: float, name: str, parameter: float | None = None) -> Floats:
    """Error spent by each information fraction, shape (K,); raise InputError for an unknown function or parameter."""
    if name not in SPENDING:
        raise InputError("spending", name, ", ".join(SPENDING))
    value = check_parameter("parameter", name, parameter)
    return np.array([spent(float(t), error, SPENDING[name], value) for t in np.asarray(information, float)])
