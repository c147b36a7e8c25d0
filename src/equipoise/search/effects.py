"""What a size promises under a scenario: power of the fixed test by kind of endpoint, and sizes that have a power.

A size is carried to group-sequential tests by its drift: the expected final Z whose one-look test has the power of the
fixed test of that size, exact for fixed designs and the usual large-sample carry-over for sequential ones (Jennison &
Turnbull 2000, ch. 11).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from equipoise import design
from equipoise.errors import InputError, NoSolutionError
from equipoise.search.question import Endpoint, Question
from equipoise.search.scenario import Scenario

Floats = NDArray[np.float64]

_TINY = 1e-14
"""Powers are kept this far from 0 and 1, so that drifts stay finite."""


def drift_of(power: ArrayLike, alpha: float) -> Floats:
    """The expected Z whose one-sided one-look test has this power."""
    return special.ndtri(np.clip(power, _TINY, 1 - _TINY)) - special.ndtri(alpha)


def power_of(drift: ArrayLike, alpha: float) -> Floats:
    """The power of the one-look test with this expected Z."""
    return np.clip(special.ndtr(np.asarray(drift) + special.ndtri(alpha)), _TINY, 1 - _TINY)


def fixed_power(
    question: Question, scenario: Scenario, treatment: ArrayLike, control: ArrayLike, months: float
) -> Floats:
    """Power of the fixed test with so many evaluable patients an arm, each followed for `months`."""
    function, words = _test(question.endpoint, scenario, months)
    return np.asarray(getattr(design, f"{function}_power")(treatment, control, **words))


def fixed_size(question: Question, scenario: Scenario, power: ArrayLike, ratio: float, months: float) -> Floats:
    """Evaluable control patients, not rounded, for each power; nan where no size has it."""
    function, words = _test(question.endpoint, scenario, months)
    size = getattr(design, f"{function}_size")
    try:
        return np.asarray(size(power=np.asarray(power, float), ratio=ratio, **words).control, float)
    except (NoSolutionError, InputError):
        return np.full(np.shape(power), np.nan)


def common(endpoint: Endpoint) -> dict[str, Any]:
    """The words that every test takes: errors one-sided, objective, direction and margin."""
    words: dict[str, Any] = {
        "alpha": endpoint.one_sided_alpha,
        "sided": 1,
        "objective": endpoint.objective,
        "better": endpoint.better,
    }
    if endpoint.margin is not None:
        words["margin"] = endpoint.margin
    return words


def _test(endpoint: Endpoint, scenario: Scenario, months: float) -> tuple[str, dict[str, Any]]:
    words = common(endpoint)
    if endpoint.kind == "mean":
        terms = {"difference": scenario.difference, "sd": scenario.sd, "test": endpoint.test}
        if scenario.sd_control is not None:
            terms["sd_control"] = scenario.sd_control
        return "mean", words | terms
    if endpoint.kind == "proportion":
        terms = {"control": scenario.control, "treatment": scenario.treatment, "measure": endpoint.measure}
        return "proportion", words | terms
    years = months / 12.0
    return "count", words | {
        "control_rate": scenario.control_rate,
        "rate_ratio": scenario.rate_ratio,
        "dispersion": scenario.dispersion,
        "exposure_treatment": years,
        "exposure_control": years,
    }
