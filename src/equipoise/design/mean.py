"""Two arms compared on a mean: power, size and smallest detectable difference of t and z tests.

The difference is treatment minus control. With sided=2 each tail is tested at alpha / 2 and only a rejection in
the better direction counts, as in rpact's sizes; the opposite tail, at most alpha / 2, is never counted.
Sources: Julious (2004), Stat Med 23:1921; Owen (1965), Biometrika 52:437; Phillips (1990), J Pharmacokinet
Biopharm 18:137 (equivalence).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from equipoise.design.score import check_power, check_words, critical_z
from equipoise.design.size import Size, crossing, split
from equipoise.design.wald import (
    Better,
    Floats,
    Objective,
    Test,
    as_floats,
    broadcasts,
    check_choice,
    check_test,
    scalar_or_array,
    wald_power,
)
from equipoise.errors import InputError, NoSolutionError


@broadcasts
def mean_power(
    n_treatment: ArrayLike,
    n_control: ArrayLike,
    *,
    difference: ArrayLike,
    sd: ArrayLike,
    sd_control: ArrayLike | None = None,
    margin: ArrayLike = 0.0,
    objective: Objective = "superiority",
    better: Better = "higher",
    alpha: ArrayLike,
    sided: int = 2,
    test: Test = "t",
) -> Floats:
    """Power to show the objective; every array argument broadcasts, and sizes need not be whole.

    `sd` is common to both arms, or the treatment arm's if `sd_control` is given; the t test then is Welch's,
    with Satterthwaite's degrees of freedom at the true variances, which is an approximation. `margin` is
    positive (the loss allowed, or the half-width of equivalence; 0 for superiority). Equivalence is two
    one-sided tests, each at alpha / sided. The t test's power is the noncentral t's, to 1e-9 absolute, for
    equivalence 1e-8 (integrating over the estimated variance, as Owen's Q); it is 0 where there are no
    degrees of freedom. Raises InputError.
    """
    nt, nc = as_floats("n_treatment", n_treatment, above=0), as_floats("n_control", n_control, above=0)
    case = _case(difference, sd, sd_control, margin, objective, better, alpha, sided, test)
    return case.power(nt, nc, *case.arrays)


@broadcasts
def mean_size(
    *,
    power: ArrayLike,
    difference: ArrayLike,
    sd: ArrayLike,
    sd_control: ArrayLike | None = None,
    margin: ArrayLike = 0.0,
    objective: Objective = "superiority",
    better: Better = "higher",
    alpha: ArrayLike,
    sided: int = 2,
    test: Test = "t",
    ratio: ArrayLike = 1.0,
) -> Size:
    """Patients for a power, unrounded; `ratio` is treatment over control, the rest as in `mean_power`.

    Exact for the z test, and otherwise the root of `mean_power` to 1e-9 relative. The t test's size is
    never below one degree of freedom (a total of 3; 2 an arm with two SDs). Raises InputError, and
    NoSolutionError where the difference is none, on the wrong side or beyond the margin.
    """
    case = _case(difference, sd, sd_control, margin, objective, better, alpha, sided, test)
    z = critical_z(alpha, sided)
    target, ratio = check_power(power, z), as_floats("ratio", ratio, above=0)
    share = ratio / (1 + ratio)
    gain = case.gain()
    if np.any(gain <= 0):
        raise NoSolutionError(
            "no size gives this power: the assumed difference is none, on the wrong side, or beyond the margin"
        )
    unit = case.sd**2 / share + case.sd_control**2 / (1 - share)
    least = ((z + special.ndtri(target)) / gain) ** 2 * unit
    if test == "z" and objective != "equivalence":
        return split(least, ratio)
    # the z test is the most powerful, so `least` is a lower bound; for equivalence the bound from above
    # gives each of the two tests half of the error
    both = (1 + target) / 2 if objective == "equivalence" else target
    most = ((z + special.ndtri(both)) / gain) ** 2 * unit
    smaller = np.minimum(share, 1 - share)
    if test == "t":
        least = np.maximum(0.999 * least, 2 / smaller if case.welch else 3.0)
        most = (4 * most + 1000) / smaller
    else:
        least, most = 0.999 * least, 1.001 * most

    def excess(total: Floats, part: Floats, wanted: Floats, *arrays: Floats) -> Floats:
        return case.power(total * part, total * (1 - part), *arrays) - wanted

    return split(crossing(excess, least, most, share, target, *case.arrays), ratio)


@broadcasts
def mean_effect(
    n_treatment: ArrayLike,
    n_control: ArrayLike,
    *,
    power: ArrayLike,
    sd: ArrayLike,
    sd_control: ArrayLike | None = None,
    margin: ArrayLike = 0.0,
    objective: Objective = "superiority",
    better: Better = "higher",
    alpha: ArrayLike,
    sided: int = 2,
    test: Test = "t",
) -> Floats:
    """Smallest true difference, signed, that these sizes show with the power; the rest as in `mean_power`.

    It is positive if higher is better and negative if lower is. For non-inferiority it is the worst
    difference that can still be shown not inferior. To 1e-9 relative. Raises InputError (also for
    equivalence, which has no smallest difference), and NoSolutionError without degrees of freedom.
    """
    if objective == "equivalence":
        raise InputError("objective", objective, '"superiority" or "non-inferiority"')
    nt, nc = as_floats("n_treatment", n_treatment, above=0), as_floats("n_control", n_control, above=0)
    case = _case(0.0, sd, sd_control, margin, objective, better, alpha, sided, test)
    z = critical_z(alpha, sided)
    target = check_power(power, z)
    error, df = case.standard_error(nt, nc)
    shift = z + special.ndtri(target)
    if test == "t":
        if np.any(df <= 0):
            raise NoSolutionError("too few patients: the t test has no degrees of freedom")
        level = case.alpha / sided
        # enough that P(Z > -a) P(S < b) reaches the power, with a and b at its square root
        b = np.sqrt(2 * special.gammaincinv(df / 2, np.sqrt(target)) / df)
        most = special.ndtri(np.sqrt(target)) - special.stdtrit(df, level) * b

        def excess(ncp: Floats, freedom: Floats, tail: Floats, wanted: Floats) -> Floats:
            return wald_power(ncp, 1.0, df=freedom, alpha=tail, sided=1, better="higher") - wanted

        shift = crossing(excess, 1e-9, 1.001 * np.maximum(most, 0) + 1e-6, df, level, target)
    return scalar_or_array((shift * error - case.margin) * (1 if better == "higher" else -1))


class _Case(NamedTuple):
    """A checked question: what is compared, and how it is judged."""

    difference: Floats
    sd: Floats
    sd_control: Floats
    margin: Floats
    alpha: Floats
    welch: bool
    objective: Objective
    better: Better
    sided: int
    test: Test

    @property
    def arrays(self) -> tuple[Floats, ...]:
        return self[:5]

    def gain(self) -> Floats:
        """How far the true difference lies beyond the limit to be passed (the nearer of two)."""
        if self.objective == "equivalence":
            return self.margin - np.abs(self.difference)
        return self.difference * (1 if self.better == "higher" else -1) + self.margin

    def standard_error(self, nt: Floats, nc: Floats) -> tuple[Floats, Floats]:
        """Of the difference, with its degrees of freedom."""
        return _standard_error(nt, nc, self.sd, self.sd_control, self.welch)

    def power(self, nt: Floats, nc: Floats, *arrays: Floats) -> Floats:
        """Power with these sizes, and with `arrays` in place of the case's own (root finders pass parts)."""
        difference, sd, sd_control, margin, alpha = arrays
        error, df = _standard_error(nt, nc, sd, sd_control, self.welch)
        return wald_power(
            difference,
            error,
            df=df,
            alpha=alpha,
            sided=self.sided,
            test=self.test,
            objective=self.objective,
            margin=margin,
            better=self.better,
        )


def _standard_error(nt: Floats, nc: Floats, sd: Floats, sd_control: Floats, welch: bool) -> tuple[Floats, Floats]:
    vt, vc = sd**2 / nt, sd_control**2 / nc
    error = np.sqrt(vt + vc)
    if not welch:
        return error, nt + nc - 2
    enough = (nt > 1) & (nc > 1)
    df = (vt + vc) ** 2 / (vt**2 / np.where(enough, nt - 1, 1.0) + vc**2 / np.where(enough, nc - 1, 1.0))
    return error, np.where(enough, df, 0.0)


def _case(
    difference: ArrayLike,
    sd: ArrayLike,
    sd_control: ArrayLike | None,
    margin: ArrayLike,
    objective: Objective,
    better: Better,
    alpha: ArrayLike,
    sided: int,
    test: Test,
) -> _Case:
    check_words(objective, better)
    check_choice("test", test, ("t", "z"))
    check_test(alpha=alpha, sided=sided, test=test, objective=objective, margin=margin, better=better)
    treatment = as_floats("sd", sd, above=0)
    return _Case(
        as_floats("difference", difference),
        treatment,
        treatment if sd_control is None else as_floats("sd_control", sd_control, above=0),
        as_floats("margin", margin),
        as_floats("alpha", alpha, above=0, below=1),
        sd_control is not None,
        objective,
        better,
        sided,
        test,
    )
