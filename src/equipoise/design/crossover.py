"""Two-treatment, two-period crossover trials (AB/BA) of a mean, without carry-over.

Each patient takes both treatments; half begin with each. The treatment effect is estimated from the patients'
differences between periods, adjusted for period: its variance is 2 sd^2 (1 - correlation) / n, on n - 2 degrees
of freedom. Sources: Senn (2002), Cross-over Trials in Clinical Research, 2nd ed., ch. 3; Julious (2004), Stat Med
23:1921, sections 4 and 6.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from equipoise.design.mean import mean_effect, mean_power, mean_size
from equipoise.design.wald import Better, Floats, Objective, Test, as_floats, broadcasts


@broadcasts
def crossover_power(
    n: ArrayLike,
    *,
    difference: ArrayLike,
    sd: ArrayLike,
    correlation: ArrayLike,
    margin: ArrayLike = 0.0,
    objective: Objective = "superiority",
    better: Better = "higher",
    alpha: ArrayLike,
    sided: int = 2,
    test: Test = "t",
) -> Floats:
    """Power with `n` patients over both sequences, in equal numbers; every array argument broadcasts.

    `sd` is that of one measurement in one period, between patients; `correlation` that of one patient's two
    measurements (below 1). The SD within patients, as bioequivalence states it, is sd * sqrt(1 - correlation):
    give it as `sd` with correlation 0. The rest, the accuracy and the errors are those of `mean_power`.
    """
    half = as_floats("n", n, above=0) / 2
    return mean_power(
        half,
        half,
        difference=difference,
        sd=_as_parallel(sd, correlation),
        margin=margin,
        objective=objective,
        better=better,
        alpha=alpha,
        sided=sided,
        test=test,
    )


@broadcasts
def crossover_size(
    *,
    power: ArrayLike,
    difference: ArrayLike,
    sd: ArrayLike,
    correlation: ArrayLike,
    margin: ArrayLike = 0.0,
    objective: Objective = "superiority",
    better: Better = "higher",
    alpha: ArrayLike,
    sided: int = 2,
    test: Test = "t",
) -> Floats:
    """Patients over both sequences for a power, unrounded; keywords as in `crossover_power`, errors as in `mean_size`."""
    return mean_size(
        power=power,
        difference=difference,
        sd=_as_parallel(sd, correlation),
        margin=margin,
        objective=objective,
        better=better,
        alpha=alpha,
        sided=sided,
        test=test,
    ).total


@broadcasts
def crossover_effect(
    n: ArrayLike,
    *,
    power: ArrayLike,
    sd: ArrayLike,
    correlation: ArrayLike,
    margin: ArrayLike = 0.0,
    objective: Objective = "superiority",
    better: Better = "higher",
    alpha: ArrayLike,
    sided: int = 2,
    test: Test = "t",
) -> Floats:
    """Smallest true difference, signed, that `n` patients over both sequences show with the power.

    Keywords as in `crossover_power`; non-inferiority, accuracy and errors as in `mean_effect`.
    """
    half = as_floats("n", n, above=0) / 2
    return mean_effect(
        half,
        half,
        power=power,
        sd=_as_parallel(sd, correlation),
        margin=margin,
        objective=objective,
        better=better,
        alpha=alpha,
        sided=sided,
        test=test,
    )


def _as_parallel(sd: ArrayLike, correlation: ArrayLike) -> Floats:
    """The SD with which two parallel arms of n / 2 have the crossover's standard error (and n - 2 df)."""
    return as_floats("sd", sd, above=0) * np.sqrt((1 - as_floats("correlation", correlation, above=-1, below=1)) / 2)
