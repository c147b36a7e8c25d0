"""The posterior probability that a Bayesian design must ask for, so that its type I error is as stated."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil, floor, inf, sqrt

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import InputError, NoSolutionError
from equipoise.simulate.adaptive import PEAK, AdaptiveTrial
from equipoise.simulate.engine import BLOCK
from equipoise.simulate.posterior import TIE
from equipoise.simulate.tally import Estimate
from equipoise.simulate.trial import FIRST_COLUMN
from equipoise.value import Value


class CalibratedSuccess(Value):
    """The threshold, its Monte-Carlo standard error, and the type I error with it under each null (below alpha each)."""

    success: float
    standard_error: float
    type_one_errors: tuple[Estimate, ...]


def calibrated_success(
    nulls: Sequence[AdaptiveTrial], alpha: float, *, trials: int, seed: int, threads: int | None = None
) -> CalibratedSuccess:
    """The smallest `success` with which none of `nulls`, designs under truths without benefit, rejects more than `alpha`.

    Each null is simulated once without rejecting anything, with the same random numbers; a trial would be rejected with any
    threshold up to its peak, so the threshold is a quantile of the peaks (the type I error is exact in it, and a whole curve
    of thresholds costs one run). For several arms whose nulls are all true this is the family-wise error. The standard error
    is half the distance between the quantiles a standard error of alpha apart. Raises InputError, or NoSolutionError where
    no threshold keeps alpha.
    """
    if not nulls:
        raise InputError("nulls", (), "one design or more")
    if not 0.0 < alpha < 1.0:
        raise InputError("alpha", alpha, "a number above 0 and below 1")
    if trials * alpha * (1.0 - alpha) < 10.0:
        raise InputError("trials", trials, f"at least {ceil(10.0 / alpha / (1.0 - alpha))}")
    peaks = [np.sort(_peaks(null, trials, seed, threads))[::-1] for null in nulls]
    error = sqrt(trials * alpha * (1.0 - alpha))
    success, strictest = max((_threshold(p, floor(alpha * trials)), which) for which, p in enumerate(peaks))
    place = floor(alpha * trials)
    spread = peaks[strictest][[max(floor(place - error), 0), min(ceil(place + error), trials - 1)]]
    if success > 1.0:
        raise NoSolutionError(f"even a posterior probability of 1 is reached in more than {alpha:g} of the trials")
    shares = [float((p >= success - TIE).mean()) for p in peaks]
    return CalibratedSuccess(
        success=success,
        standard_error=float(spread[0] - spread[1]) / 2.0,
        type_one_errors=tuple(Estimate(mean=p, standard_error=sqrt(p * (1.0 - p) / trials)) for p in shares),
    )


def _threshold(falling: NDArray[np.float64], allowed: int) -> float:
    """Halfway between two peaks that are not the same but for rounding, so that at most `allowed` reach it."""
    kept_out = falling[allowed]
    above = falling[falling > kept_out + 10.0 * TIE]
    return (
        float((kept_out + above[-1]) / 2.0) if len(above) else float((kept_out + 1.0) / 2.0 if kept_out < 1.0 else inf)
    )


def _peaks(null: AdaptiveTrial, trials: int, seed: int, threads: int | None) -> NDArray[np.float64]:
    unbounded = null.model_copy(update={"success": inf})
    kernel, arguments = unbounded.kernel()
    columns = unbounded.columns
    place = FIRST_COLUMN + [column.name for column in columns].index(PEAK)
    name = (np.uint64(seed), np.uint64(0), np.uint64(0))

    def run(first: int) -> NDArray[np.float64]:
        rows = np.zeros((min(BLOCK, trials - first), FIRST_COLUMN + len(columns)))
        kernel(first, first + len(rows), rows, *name, *arguments)
        return rows[:, place]

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        return np.concatenate(list(pool.map(run, range(0, trials, BLOCK))))
