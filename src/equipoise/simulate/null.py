"""The type I error over the null's nuisance parameters: looked for at every point of a grid, then measured anew at the worst."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from equipoise.errors import InputError
from equipoise.simulate.engine import MAX_TRIALS, simulate
from equipoise.simulate.tally import Estimate, SimulatedTrials
from equipoise.simulate.trial import VirtualTrial
from equipoise.value import Value

CONFIDENCE = 0.975
MOST_POINTS = 10_000


class NullPoint(Value):
    """The type I error at one value of each nuisance parameter."""

    nuisance: tuple[float, ...]
    error: Estimate


class NullSearch(Value):
    """Every point that was searched, and the worst of them.

    `worst` is that point as measured on fresh trials, so that being the largest of many does not raise it; `upper_bound` is
    the one-sided 97.5 % limit of its type I error (Clopper & Pearson 1934), and `trials` how many fresh trials there were.
    """

    points: tuple[NullPoint, ...]
    worst: NullPoint
    upper_bound: float
    trials: int


def worst_type_one_error(
    make: Callable[..., VirtualTrial],
    *grids: Sequence[float],
    trials: int,
    fresh_trials: int,
    seed: int,
    rejects: str | None = None,
    threads: int | None = None,
) -> NullSearch:
    """Simulate `make(*nuisance)`, a trial on the null hypothesis, at each point of the grids (one, or several crossed).

    `trials` are split evenly over the points, which get different random numbers; the worst is simulated `fresh_trials`
    times more. An error is a rejection, or with `rejects` a record whose column of that name is 1 (as "rejected_full").
    Raises InputError.
    """
    points = list(product(*grids))
    if not grids or not 1 <= len(points) <= MOST_POINTS:
        raise InputError("grids", len(points) if grids else None, f"1 to {MOST_POINTS} points")
    each = trials // len(points)
    if each < 1:
        raise InputError("trials", trials, f"at least one for each of the {len(points)} points")
    if not 1 <= fresh_trials <= MAX_TRIALS - each:
        raise InputError("fresh_trials", fresh_trials, f"a whole number from 1 to {MAX_TRIALS - each}")
    found = [
        simulate(make(*point), trials=each, seed=seed, scenario=place, threads=threads)
        for place, point in enumerate(points)
    ]
    counts = [_errors(result, rejects) for result in found]
    worst = max(range(len(points)), key=counts.__getitem__)
    again = simulate(
        make(*points[worst]), trials=fresh_trials, seed=seed, scenario=worst, first_trial=each, threads=threads
    )
    errors = _errors(again, rejects)
    return NullSearch(
        points=tuple(_point(point, count, each) for point, count in zip(points, counts, strict=True)),
        worst=_point(points[worst], errors, fresh_trials),
        upper_bound=upper_limit(errors, fresh_trials),
        trials=fresh_trials,
    )


def upper_limit(errors: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided upper confidence limit of a probability (Clopper & Pearson 1934, Biometrika 26:404)."""
    from scipy import special  # slow to import

    return 1.0 if errors == trials else float(special.betaincinv(errors + 1, trials - errors, confidence))


def _errors(result: SimulatedTrials, rejects: str | None) -> int:
    if rejects is None:
        return sum(result.rejections)
    return round(result.mean(rejects).mean * result.trials)


def _point(nuisance: tuple[float, ...], errors: int, trials: int) -> NullPoint:
    share = errors / trials
    error = (share * (1 - share) / trials) ** 0.5
    return NullPoint(nuisance=tuple(map(float, nuisance)), error=Estimate(mean=share, standard_error=error))
