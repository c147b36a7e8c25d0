"""The kernel of parallel cluster-randomised trials: each cluster is one draw of its sufficient statistics."""

from __future__ import annotations

from math import exp, inf, sqrt

import numba
import numpy as np

from equipoise.simulate.cluster_statistics import compare, permutation_z, variance_components
from equipoise.simulate.draws import beta, binomial, gamma, poisson
from equipoise.simulate.streams import chi_square, new_stream, normal, open_trial, uniform
from equipoise.simulate.sufficient import verdict
from equipoise.simulate.trial import UNDECIDED

MEAN, BETA, LOGIT_NORMAL, COUNT = range(4)
"""What a cluster's summary is drawn from; `truth` has for each arm:
mean, variance between and within clusters; beta's a and b (a infinite: no clustering), the proportion; mean and standard
deviation of the logit; the rate, the gamma shape between clusters (infinite: none), the time of each patient."""
T_TEST, WEIGHTED, PERMUTATION = range(3)


@numba.njit(cache=True, nogil=True)
def cluster_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    upper: np.ndarray,
    lower: np.ndarray,
    clusters: np.ndarray,
    size: float,
    size_shape: float,
    sizes: np.ndarray,
    kind: int,
    truth: np.ndarray,
    sign: float,
    test: int,
    permutations: int,
    assignments: np.ndarray,
    starts: np.ndarray,
    opening: np.ndarray,
    opening_spread: float,
    cluster_months: float,
) -> None:
    """Record trials `first` to `end`. `clusters` is (looks, 2), cumulative; arm 0 is control.

    Sizes are those of `sizes` in random order, or gamma with `size_shape` about `size` (infinite: all alike). Permutation
    tests at look k go through rows starts[k] to starts[k + 1] of `assignments`, or through random ones if there are none.
    """
    looks, most = len(upper), clusters[-1].max()
    total = clusters[-1].sum()
    stream = new_stream(seed, design, scenario)
    y, weight = np.empty((2, most)), np.empty((2, most))
    pool, opens, deck = np.empty(total), opening.copy(), sizes.copy()
    for trial in range(first, end):
        open_trial(stream, trial)
        if opening_spread > 0.0:
            for i in range(total):
                opens[i] = opening_spread * uniform(stream)
            opens.sort()
        if len(sizes) > 0:
            deck[:] = sizes
            _shuffle(stream, deck)
        k, outcome, within, people, estimate, icc = 0, 0, 0.0, 0, 0.0, 0.0
        for k in range(looks):
            free = 0
            for arm in range(2):
                for i in range(clusters[k - 1, arm] if k > 0 else 0, clusters[k, arm]):
                    m = deck[arm * clusters[-1, 0] + i] if len(sizes) > 0 else draw_size(stream, size, size_shape)
                    people += m
                    free += m - 1
                    y[arm, i], within_one = _draw_cluster(stream, kind, truth[arm], m)
                    weight[arm, i] = m * truth[arm, 2] if kind == COUNT else m
                    within += within_one
            if kind == MEAN:
                within += truth[0, 2] * chi_square(stream, float(free))
            n0, n1 = clusters[k, 0], clusters[k, 1]
            msw, between, level = variance_components(y, weight, n1, n0, within, int(people), kind == COUNT)
            icc = _clustering(msw, between, level, kind)
            ratio = max(between, 0.0) / msw if msw > 0.0 else inf
            estimate, z = compare(y, weight, n1, n0, ratio if test == WEIGHTED else inf, sign)
            if test == PERMUTATION:
                z = permutation_z(stream, y, n1, n0, sign, assignments[starts[k] : starts[k + 1]], permutations, pool)
            outcome = verdict(z, upper[k], lower[k])
            if outcome != UNDECIDED:
                break
        number = clusters[k].sum()
        month = opens[number - 1] + cluster_months
        record = records[trial - first]
        record[0], record[1], record[2], record[3] = k + 1, outcome, people, number
        record[4], record[5] = np.searchsorted(opens, month, side="right"), month
        record[6], record[7] = estimate, icc


@numba.njit(cache=True, nogil=True)
def _shuffle(stream, deck):  # type: ignore[no-untyped-def]
    """Fisher-Yates: every order is equally likely."""
    for i in range(len(deck) - 1, 0, -1):
        j = int(uniform(stream) * (i + 1))
        deck[i], deck[j] = deck[j], deck[i]


@numba.njit(cache=True, nogil=True)
def draw_size(stream, size, shape):  # type: ignore[no-untyped-def]
    """The nearest whole number, at least 1, to a gamma draw."""
    return int(size) if shape == inf else max(1, int(size / shape * gamma(stream, shape) + 0.5))


@numba.njit(cache=True, nogil=True)
def _draw_cluster(stream, kind, truth, m):  # type: ignore[no-untyped-def]
    """A cluster's mean, proportion or rate, and what it adds to the sum of squares within clusters (counts: events)."""
    if kind == MEAN:
        return truth[0] + sqrt(truth[1] + truth[2] / m) * normal(stream), 0.0
    if kind == COUNT:
        time = m * truth[2]
        rate = truth[0] if truth[1] == inf else truth[0] / truth[1] * gamma(stream, truth[1])
        events = poisson(stream, rate * time)
        return events / time, float(events)
    if kind == BETA:
        p = truth[2] if truth[0] == inf else beta(stream, truth[0], truth[1])
    else:
        p = 1.0 / (1.0 + exp(-truth[0] - truth[1] * normal(stream)))
    share = binomial(stream, m, p) / m
    return share, m * share * (1.0 - share)


@numba.njit(cache=True, nogil=True)
def _clustering(msw, between, level, kind):  # type: ignore[no-untyped-def]
    """The icc by analysis of variance (-1 to 1; 0 if nobody varies within clusters); for counts the coefficient of variation between clusters."""
    if kind == COUNT:
        return sqrt(max(between, 0.0)) / level if level > 0.0 else 0.0
    whole = between + msw
    return max(-1.0, between / whole) if msw > 0.0 and whole > 0.0 else 0.0
