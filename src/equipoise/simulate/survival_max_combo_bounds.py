"""Group-sequential critical values of MaxCombo, from the joint null distribution of all its tests at all looks.

Scores of weighted log-rank tests have independent increments in the limit, also across weights: those of tests a and b have
the covariance V_ab at the earlier of two looks, which sums the product of both weights times the variance of the log-rank
score (Tsiatis 1982, JASA 77:855; Wang, Luo & Zheng 2021, Pharmaceutical Statistics 20:1069).
"""

# scipy has no stubs
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from equipoise.errors import InputError
from equipoise.simulate.arrivals import GIVEN, fill_arrivals
from equipoise.simulate.streams import new_stream, open_trial
from equipoise.simulate.survival import MaxCombo, SurvivalTrial
from equipoise.simulate.survival_looks import Looks
from equipoise.simulate.survival_patients import Truth
from equipoise.simulate.trial import Boundaries, check_increasing

Floats = NDArray[np.float64]
STEPS = 4000
"""Steps of follow-up over which the score's variance is summed."""
POINTS = 2**15
"""Points at which the joint normal distribution is averaged."""
_ARRIVALS = 200  # recruitments over which random arrivals are averaged
_LONGEST = 1200.0  # months in which all events have happened that ever do


def max_combo_boundaries(trial: SurvivalTrial, spent: tuple[float, ...]) -> Boundaries:
    """Critical values of the largest z (`MaxCombo(scale="maximum")`) that spend these cumulative one-sided errors by look.

    The looks' covariances are those that the trial's estimates converge to under its truth: that of the pooled survival and
    the numbers expected at risk when the looks are expected. The normal integral is right to about 0.003 of each error;
    beyond that they are as good as the normal approximation. Futility is left out (not binding). Raises InputError.
    """
    if not isinstance(trial.test, MaxCombo) or trial.test.scale != "maximum":
        raise InputError("test", trial.test.kind, 'maxcombo with scale "maximum"')
    if len(spent) != trial.looks:
        raise InputError("spent", len(spent), f"an error for each of the {trial.looks} looks")
    check_increasing("spent", (0.0, *spent, 1.0))
    variances = score_variances(trial)
    tests = len(trial.test.weights)
    uniform = stats.qmc.Sobol(trial.looks * (tests + 1), rng=20_210_101).random(POINTS)
    scores, alive = np.zeros((POINTS, tests)), np.ones(POINTS)
    found: list[float] = []
    for look, error in enumerate(np.diff(spent, prepend=0.0)):
        step = _Step(
            variances[look] - (variances[look - 1] if look else 0.0), uniform[:, look * (tests + 1) :][:, : tests + 1]
        )
        spread = np.sqrt(np.diag(variances[look]))

        def excess(z: float, *, at: tuple[Any, ...] = (step, spread, scores, alive, error)) -> float:
            step, spread, scores, alive, error = at
            return float((alive * stats.norm.sf(step.bound(z * spread - scores))).mean()) - error

        solve: Any = optimize.brentq
        found.append(float(solve(excess, -5.0, 20.0, xtol=1e-9)))
        bound = step.bound(found[-1] * spread - scores)
        scores = scores + step.below(bound)
        alive = alive * stats.norm.cdf(bound)
    return Boundaries(efficacy=tuple(found))


def score_variances(trial: SurvivalTrial) -> list[Floats]:
    """The variance of the tests' scores expected at each look, (tests, tests)."""
    _, (*_, kind, table, truth, looks, test) = trial.kernel()
    arrivals = _expected_arrivals(kind, table, trial.patients)
    return [_Information(truth, test.weights, arrivals, month).variance for month in _months(truth, arrivals, looks)]


class _Step:
    """What the scores gain from a look to the next, as r v + rest: r standard normal, v above 0, rest independent of r.

    All scores are positively correlated, so some score passes its bound where r passes one number; given that it does not,
    r is drawn below it (Genz 1992, J Comput Graph Stat 1:141, along one direction).
    """

    def __init__(self, variance: Floats, uniform: Floats) -> None:
        self.common: Floats = variance.sum(axis=0) / np.sqrt(variance.sum())
        values, vectors = np.linalg.eigh(variance - np.outer(self.common, self.common))
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        self.uniform = uniform[:, 0]
        self.rest: Floats = stats.norm.ppf(uniform[:, :0:-1]) @ root.T

    def bound(self, left: Floats) -> Floats:
        """Where r makes the first score pass what is left to it, (points, tests)."""
        return ((left - self.rest) / self.common).min(axis=1)

    def below(self, bound: Floats) -> Floats:
        """The gains, with r below the bound."""
        r = stats.norm.ppf(np.maximum(self.uniform * stats.norm.cdf(bound), 1e-300))
        return self.rest + r[:, None] * self.common


class _Information:
    """Events expected by a calendar month, and the variance of the weighted scores then."""

    def __init__(self, truth: Truth, weights: Floats, arrivals: Floats, month: float) -> None:
        width = min(month, truth.most) / STEPS
        t = (np.arange(STEPS) + 0.5) * width
        piece = np.searchsorted(truth.breaks, t, side="right") - 1
        reached = np.hstack([np.zeros((4, 1)), np.cumsum(truth.total[:, :-1] * np.diff(truth.breaks), axis=1)])
        followed = np.exp(-(reached[:, piece] + truth.total[:, piece] * (t - truth.breaks[piece])))
        treated = truth.arm.mean()
        share = np.array([1 - treated, treated])
        mix = np.concatenate([share * (1 - truth.cured), share * truth.cured])[:, None]
        enrolled = np.searchsorted(arrivals.ravel(), month - t, side="right") / len(arrivals)
        at_risk = mix * followed * enrolled
        dying = (at_risk * truth.chance[:, piece] * truth.total[:, piece]).sum(axis=0) * width
        both = at_risk.sum(axis=0)
        hazard = np.divide(dying, both, out=np.zeros(STEPS), where=both > 0)
        survival = np.exp(-(np.cumsum(hazard) - hazard / 2))
        on = np.divide(at_risk[1] + at_risk[3], both, out=np.zeros(STEPS), where=both > 0)
        weight = np.array([survival**rho * (1 - survival) ** gamma for rho, gamma in weights])
        self.events = float(dying.sum())
        self.variance: Floats = (weight * on * (1 - on) * dying) @ weight.T


def _expected_arrivals(kind: int, table: Floats, patients: int) -> Floats:
    """Sorted months of arrival of several recruitments, (recruitments, patients) put in one order."""
    number = 1 if kind == GIVEN else _ARRIVALS
    every = np.empty((number, patients))
    stream = new_stream(1, 0, 0)
    for one in range(number):
        open_trial(stream, one)
        fill_arrivals(stream, kind, table, every[one])
    return np.sort(every.ravel()).reshape(patients, number).T if number > 1 else every


def _months(truth: Truth, arrivals: Floats, looks: Looks) -> list[float]:
    """When each look is expected."""
    no_weights = np.zeros((1, 2))
    mean = arrivals.mean(axis=0)
    found: list[float] = []
    for look in range(len(looks.months)):
        month = float(looks.months[look])
        if looks.events[look] > 0:
            needed = float(looks.events[look])

            def short(month: float, needed: float = needed) -> float:
                return _Information(truth, no_weights, arrivals, month).events - needed

            last = min(looks.last_month, _LONGEST)
            solve: Any = optimize.brentq
            month = max(month, last if short(last) < 0 else float(solve(short, 1e-6, last, xtol=1e-6)))
        if looks.patients[look] > 0:
            month = max(month, float(mean[looks.patients[look] - 1]) + looks.window)
        found.append(min(month, looks.last_month if looks.last_month < inf else _LONGEST + month))
    return found
