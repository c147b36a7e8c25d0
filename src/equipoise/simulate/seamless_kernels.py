"""Kernels for seamless phase II/III trials: selection at an interim look, then the closed test of combined stages."""

from __future__ import annotations

from math import erfc, inf, sqrt

import numba
import numpy as np

from equipoise.simulate.multi_arm_kernels import pooled_z
from equipoise.simulate.streams import new_stream, normal, normal_quantile, open_trial, uniform
from equipoise.simulate.trial import FIRST_COLUMN, FUTILE, REJECTED, UNDECIDED

DUNNETT, SIMES, BONFERRONI = 0, 1, 2
INVERSE_NORMAL, FISHER = 0, 1
GRID_END, GRID_STEP = 9.0, 1.0 / 64.0
"""Dunnett's test is tabulated for z from -GRID_END to GRID_END."""


@numba.njit(cache=True, nogil=True)
def seamless_mean_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    treatment: np.ndarray,
    control: np.ndarray,
    effects: np.ndarray,
    scale: float,
    rule: tuple[int, int, int, float, float, float, float, float, float, bool],
    tables: np.ndarray,
) -> None:
    """Record trials `first` to `end`; sizes are of each stage, `effects` in standard deviations; see `_first_look`."""
    arms = len(effects)
    stream = new_stream(seed, design, scenario)
    z, mean, both, combined = np.empty(arms), np.empty(arms), np.empty(arms), np.empty((2, 1 << arms))
    for trial in range(first, end):
        open_trial(stream, trial)
        record = records[trial - first]
        mean0 = normal(stream) / sqrt(control[0])
        for a in range(arms):
            mean[a] = (effects[a] + normal(stream) / sqrt(treatment[0]) - mean0) * scale
            z[a] = mean[a] / scale / sqrt(1.0 / treatment[0] + 1.0 / control[0])
        selected, rejected, stop = _first_look(z, mean, combined, rule, tables)
        both[:] = mean
        if not stop:
            mean0 = normal(stream) / sqrt(control[1])
            for a in range(arms):
                if selected >> a & 1:
                    gap = (effects[a] + normal(stream) / sqrt(treatment[1]) - mean0) * scale
                    z[a] = gap / scale / sqrt(1.0 / treatment[1] + 1.0 / control[1])
                    both[a] = _pooled(mean[a], gap, treatment)
            rejected |= _second_look(z, selected, combined, rule, tables)
        _record(record, stop, selected, rejected, treatment, control, both)


@numba.njit(cache=True, nogil=True)
def seamless_proportion_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    treatment: np.ndarray,
    control: np.ndarray,
    control_cdf: np.ndarray,
    treatment_cdf: np.ndarray,
    rule: tuple[int, int, int, float, float, float, float, float, float, bool],
    tables: np.ndarray,
) -> None:
    """Record trials `first` to `end`; `treatment_cdf` is (arms, 2, count), of each stage's binomial count."""
    arms = len(treatment_cdf)
    stream = new_stream(seed, design, scenario)
    z, gap, both, combined = np.empty(arms), np.empty(arms), np.empty(arms), np.empty((2, 1 << arms))
    for trial in range(first, end):
        open_trial(stream, trial)
        record = records[trial - first]
        x0 = np.searchsorted(control_cdf[0], uniform(stream), side="left")
        for a in range(arms):
            x1 = np.searchsorted(treatment_cdf[a, 0], uniform(stream), side="left")
            z[a] = pooled_z(x1, treatment[0], x0, control[0])
            gap[a] = x1 / treatment[0] - x0 / control[0]
        selected, rejected, stop = _first_look(z, gap, combined, rule, tables)
        both[:] = gap
        if not stop:
            x0 = np.searchsorted(control_cdf[1], uniform(stream), side="left")
            for a in range(arms):
                if selected >> a & 1:
                    x1 = np.searchsorted(treatment_cdf[a, 1], uniform(stream), side="left")
                    z[a] = pooled_z(x1, treatment[1], x0, control[1])
                    both[a] = _pooled(gap[a], x1 / treatment[1] - x0 / control[1], treatment)
            rejected |= _second_look(z, selected, combined, rule, tables)
        _record(record, stop, selected, rejected, treatment, control, both)


@numba.njit(cache=True, nogil=True, inline="always")
def _pooled(one: float, two: float, treatment: np.ndarray) -> float:
    return (one * treatment[0] + two * treatment[1]) / (treatment[0] + treatment[1])


@numba.njit(cache=True, nogil=True)
def _first_look(z, gap, combined, rule, tables):  # type: ignore[no-untyped-def]
    """(arms that go on, arms rejected, whether the trial stops), arms as bits.

    `rule` is (intersection test, combination, keep, margin, threshold, first boundary, futility, final boundary or
    Fisher's critical product, weight of stage 1, whether the first rejection stops the trial).
    """
    test, _, keep, margin, threshold, upper, lower, _, _, stop_at_first = rule
    arms = len(z)
    everything = (1 << arms) - 1
    intersection_tests(z, everything, test, tables[0], combined[0])
    selected = select(gap, keep, margin, threshold)
    kept_out = 0
    for s in range(1, 1 << arms):
        if not combined[0, s] >= upper:
            kept_out |= s
    rejected = everything & ~kept_out
    done = rejected != 0 if stop_at_first else selected & ~rejected == 0
    return selected, rejected, done or selected == 0 or combined[0, everything] <= lower


@numba.njit(cache=True, nogil=True)
def _second_look(z, selected, combined, rule, tables):  # type: ignore[no-untyped-def]
    """Selected arms (bits) for which every intersection hypothesis that holds them is rejected, at either look."""
    test, combination, _, _, _, upper, _, critical, weight, _ = rule
    arms = len(z)
    intersection_tests(z, selected, test, tables[1], combined[1])
    kept_out = 0
    for s in range(1, 1 << arms):
        if s & selected and not combined[0, s] >= upper:
            one, two = combined[0, s], combined[1, s & selected]
            if combination == FISHER:
                rejects = 0.25 * erfc(one / sqrt(2.0)) * erfc(two / sqrt(2.0)) <= critical
            else:
                rejects = sqrt(weight) * one + sqrt(1.0 - weight) * two >= critical
            if not rejects:
                kept_out |= s
    return selected & ~kept_out


@numba.njit(cache=True, nogil=True)
def select(gap, keep, margin, threshold):  # type: ignore[no-untyped-def]
    """The arms (bits) above `threshold`, within `margin` of the best, and among the `keep` best (of equals, the first)."""
    arms, best, selected = len(gap), -inf, 0
    for a in range(arms):
        best = max(best, gap[a])
    for a in range(arms):
        ahead = 0
        for b in range(arms):
            ahead += gap[b] > gap[a] or (gap[b] == gap[a] and b < a)
        if gap[a] > threshold and gap[a] >= best - margin and ahead < keep:
            selected |= 1 << a
    return selected


@numba.njit(cache=True, nogil=True)
def intersection_tests(z, among, test, table, out):  # type: ignore[no-untyped-def]
    """The z scale p-value of each intersection hypothesis of the arms in `among`, at its bits in `out`."""
    arms = len(z)
    for s in range(1, 1 << arms):
        if s & ~among:
            continue
        size, highest = 0, -inf
        for a in range(arms):
            if s >> a & 1:
                size += 1
                highest = max(highest, z[a])
        if test == DUNNETT:
            out[s] = _look_up(table[size], highest)
        elif test == BONFERRONI or size == 1:
            out[s] = highest if size == 1 else _deviate(size * 0.5 * erfc(highest / sqrt(2.0)))
        else:
            out[s] = _simes(z, s, size)


@numba.njit(cache=True, nogil=True)
def _simes(z, s, size):  # type: ignore[no-untyped-def]
    """Simes 1986: the least of size / rank times the ordered p-values."""
    smallest = 1.0
    for a in range(len(z)):
        if s >> a & 1:
            rank = 1
            for b in range(len(z)):
                if s >> b & 1 and (z[b] > z[a] or (z[b] == z[a] and b > a)):
                    rank += 1
            smallest = min(smallest, size / rank * 0.5 * erfc(z[a] / sqrt(2.0)))
    return _deviate(smallest)


@numba.njit(cache=True, nogil=True, inline="always")
def _deviate(p: float) -> float:
    """The z with upper tail p; kept finite for p of 0 and 1, far outside any boundary."""
    return -normal_quantile(min(max(p, 1e-300), 1.0 - 1e-16))


@numba.njit(cache=True, nogil=True)
def _look_up(row, z):  # type: ignore[no-untyped-def]
    """Cubic interpolation (four points) in a table of z from -GRID_END to GRID_END."""
    place = min(max((z + GRID_END) / GRID_STEP, 1.0), len(row) - 3.0)
    i = int(place)
    t = place - i
    a, b, c, d = row[i - 1], row[i], row[i + 1], row[i + 2]
    left, right = -t * (t - 1.0) * (t - 2.0) / 6.0, (t + 1.0) * t * (t - 1.0) / 6.0
    return a * left + b * (t + 1.0) * (t - 1.0) * (t - 2.0) / 2.0 - c * (t + 1.0) * t * (t - 2.0) / 2.0 + d * right


@numba.njit(cache=True, nogil=True)
def _record(record, stopped, selected, rejected, treatment, control, gap):  # type: ignore[no-untyped-def]
    arms, going, best = len(gap), 0, -inf
    for a in range(arms):
        on = 0 if stopped else selected >> a & 1
        going += on
        if on or stopped:
            best = max(best, gap[a])
        record[FIRST_COLUMN + 2 + a], record[FIRST_COLUMN + 2 + arms + a] = on, rejected >> a & 1
    outcome = UNDECIDED
    if rejected:
        outcome = REJECTED
    elif stopped:
        outcome = FUTILE
    record[0], record[1] = 1 if stopped else 2, outcome
    patients = control[0] + arms * treatment[0]
    if not stopped:
        patients += control[1] + going * treatment[1]
    record[FIRST_COLUMN], record[FIRST_COLUMN + 1] = patients, best
