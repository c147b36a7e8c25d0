"""The kernel of longitudinal cluster-randomised trials: each cluster is one draw of its means by period."""

from __future__ import annotations

from math import exp, sqrt

import numba
import numpy as np

from equipoise.simulate.cluster_kernels import draw_size
from equipoise.simulate.draws import binomial
from equipoise.simulate.streams import chi_square, new_stream, normal, open_trial
from equipoise.simulate.student import student_normal
from equipoise.simulate.sufficient import verdict
from equipoise.simulate.wedge_gls import NESTED, add_cluster, clear, estimate_components, gls, new_sums, reml_criterion

KNOWN = -1
"""In place of a model of wedge_gls.py: the variance components are those given."""


@numba.njit(cache=True, nogil=True)
def wedge_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    upper: float,
    lower: float,
    layout: np.ndarray,
    measured: np.ndarray,
    clusters: np.ndarray,
    pattern: np.ndarray,
    size: float,
    size_shape: float,
    logits: np.ndarray,
    effect: float,
    spread: np.ndarray,
    known: tuple[float, float, float, float],
    known_s2: float,
    model: int,
    t_test: bool,
    sign: float,
    months: float,
) -> None:
    """Record trials `first` to `end`.

    `layout` and `measured` are (sequences, periods), `pattern` says which sequences are measured in the same
    periods. `logits` are the periods' log odds where the outcome is binary, else
    empty. `effect` (mean or logit) and `spread` are of the scale on which clusters differ: the standard deviations of
    clusters, of clusters' periods, of people who return and of people, and the correlation from period to period.
    """
    sequences, periods = layout.shape
    alike, number = size_shape == np.inf, clusters.sum()
    classes = pattern.max() + 1 if alike else number
    stream = new_stream(seed, design, scenario)
    sums, seen = new_sums(classes, periods), np.empty((classes, periods), np.bool_)
    data, y, work = (sums, seen), np.empty(periods), np.empty((2 * periods + 2, periods))
    for trial in range(first, end):
        open_trial(stream, trial)
        clear(sums)
        people, patients, cells, within, cluster = 0, 0, 0, 0.0, 0
        for sequence in range(sequences):
            for _ in range(clusters[sequence]):
                which = pattern[sequence] if alike else cluster
                m = draw_size(stream, size, size_shape)
                seen[which] = measured[sequence]
                within += _draw_means(stream, m, layout[sequence], measured[sequence], logits, effect, spread, y)
                add_cluster(sums, which, m, layout[sequence], y)
                visits = measured[sequence].sum()
                cells += visits
                people += m * visits
                patients += m if spread[2] > 0.0 else m * visits
                cluster += 1
        if len(logits) == 0:
            within = spread[3] ** 2 * chi_square(stream, float(people - cells))
        if model == KNOWN:
            estimate, information, _, _ = gls(sums, seen, known, work)
            variance, b, c = known_s2 / information, known[0], known[2]
        else:
            spare = float(people - periods - 1)
            b, second = estimate_components(data, model, people / cells, spare, within, work)
            _, estimate, variance, _ = reml_criterion(data, model, b, second, spare, within, work)
            c = second if model == NESTED else 0.0
        z = sign * estimate / sqrt(variance) if variance > 0.0 else 0.0
        if t_test:
            z = student_normal(z, number - 2.0)
        record = records[trial - first]
        record[0], record[1], record[2], record[3] = 1, verdict(z, upper, lower), patients, number
        record[4], record[5], record[6], record[7] = months, estimate, sqrt(variance), (b + c) / (1.0 + b + c)


@numba.njit(cache=True, nogil=True)
def _draw_means(stream, m, treated, measured, logits, effect, spread, y):  # type: ignore[no-untyped-def]
    """One cluster's means or proportions by period (0 where not measured); for proportions their sum of squares within.

    The cluster's effect follows a first-order autoregression from period to period, constant where that is 1.
    """
    within, keep = 0.0, spread[4]
    level = spread[0] * normal(stream)
    own = spread[2] / sqrt(m) * normal(stream) if spread[2] > 0.0 else 0.0
    binary = len(logits) > 0
    for j in range(len(y)):
        if j > 0 and keep < 1.0:
            level = keep * level + sqrt(1.0 - keep * keep) * spread[0] * normal(stream)
        y[j] = 0.0
        if measured[j]:
            y[j] = effect * treated[j] + level + own
            if binary:
                y[j] += logits[j] + (spread[1] * normal(stream) if spread[1] > 0.0 else 0.0)
                y[j] = binomial(stream, m, 1.0 / (1.0 + exp(-y[j]))) / m
                within += m * y[j] * (1.0 - y[j])
            else:
                y[j] += sqrt(spread[1] ** 2 + spread[3] ** 2 / m) * normal(stream)
    return within
