"""What a size promises under a scenario: power of the fixed test by kind of endpoint, and sizes that have a power.

A size is carried to group-sequential tests by its drift: the expected final Z whose one-look test has the power of the
fixed test of that size, exact for fixed designs and the usual large-sample carry-over for sequential ones (Jennison &
Turnbull 2000, ch. 11).
"""

from __future__ import annotations

from collections.abc import Sequence
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


def fixed_power(question: Question, treatment: Floats, control: Floats, months: float) -> Floats:
    """Power of the fixed test under every scenario, shape (J, S), for recruited patients (J,), each followed `months`."""
    seen = 1 - np.array([scenario.dropout for scenario in question.scenarios])
    function, words = _test(question.endpoint, question.scenarios, months)
    power = getattr(design, f"{function}_power")
    return np.asarray(power(treatment[:, None] * seen, control[:, None] * seen, **words))


def fixed_size(question: Question, scenario: Scenario, power: Floats, ratio: float, months: float) -> Floats:
    """Control patients to recruit, not rounded, for each power; nan where no size has it."""
    function, words = _test(question.endpoint, (scenario,), months)
    size = getattr(design, f"{function}_size")
    try:
        evaluable = np.asarray(size(power=power, ratio=ratio, **words).control, float)
    except (NoSolutionError, InputError):
        return np.full(np.shape(power), np.nan)
    return evaluable / (1 - scenario.dropout)


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


def _test(endpoint: Endpoint, scenarios: Sequence[Scenario], months: float) -> tuple[str, dict[str, Any]]:
    """The name of the test, and its words with the scenarios' terms as arrays, shape (S,)."""

    def terms(*names: str) -> dict[str, Floats]:
        return {name: np.array([getattr(scenario, name) for scenario in scenarios], float) for name in names}

    words = common(endpoint)
    if endpoint.kind == "mean":
        found = terms("difference", "sd")
        if any(scenario.sd_control is not None for scenario in scenarios):
            found["sd_control"] = np.array([scenario.sd_control or scenario.sd for scenario in scenarios], float)
        return "mean", words | found | {"test": endpoint.test}
    if endpoint.kind == "proportion":
        return "proportion", words | terms("control", "treatment") | {"measure": endpoint.measure}
    years = {"exposure_treatment": months / 12.0, "exposure_control": months / 12.0}
    return "count", words | terms("control_rate", "rate_ratio", "dispersion") | years
