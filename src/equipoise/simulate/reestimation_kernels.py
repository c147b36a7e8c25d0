"""Kernels of two-stage trials whose second stage depends on the first, from sufficient statistics of each stage.

`sizes` (4, 2) has whole patients of treatment and control: at the interim look, as planned, and the least and most at the end.
"""

from __future__ import annotations

from math import sqrt

import numba
import numpy as np

from equipoise.simulate.count_kernels import add_patients, events_of, log_rate_ratio, log_rate_z, ml_dispersion
from equipoise.simulate.draws import binomial
from equipoise.simulate.proportion_statistics import proportion_estimate, proportion_z
from equipoise.simulate.reestimation_rules import (
    arm_size,
    blinded_variance,
    conditional_critical,
    conditional_power_at,
    promising_information,
)
from equipoise.simulate.streams import new_stream, open_trial
from equipoise.simulate.sufficient import mean_normal, mean_stage, merged, verdict
from equipoise.simulate.trial import UNDECIDED

INTERIM, PLANNED, LEAST, MOST = 0, 1, 2, 3


@numba.njit(cache=True, nogil=True)
def blinded_mean_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    sizes: np.ndarray,
    share: float,
    unit: float,
    assumed: float,
    difference: float,
    margin: float,
    sd_treatment: float,
    sd_control: float,
    test: int,
    critical: float,
) -> None:
    """Record trials `first` to `end`; `unit` is patients wanted for each unit of the blinded variance."""
    stream = new_stream(seed, design, scenario)
    v1, v0 = sd_treatment * sd_treatment, sd_control * sd_control
    n1, n0 = sizes[INTERIM]
    for trial in range(first, end):
        open_trial(stream, trial)
        mean1, squares1 = mean_stage(stream, n1, difference, sd_treatment)
        mean0, squares0 = mean_stage(stream, n0, 0.0, sd_control)
        wanted = unit * blinded_variance(squares1 + squares0, mean1 - mean0, n1, n0, assumed)
        end1, end0 = _final_sizes(wanted, share, sizes)
        late1, more1 = mean_stage(stream, end1 - n1, difference, sd_treatment)
        late0, more0 = mean_stage(stream, end0 - n0, 0.0, sd_control)
        mean1, squares1 = merged(n1, mean1, squares1, end1 - n1, late1, more1)
        mean0, squares0 = merged(n0, mean0, squares0, end0 - n0, late0, more0)
        gap = mean1 - mean0
        z = mean_normal(gap + margin, squares1, end1, squares0, end0, test, v1, v0)
        _record(records[trial - first], 1, 1 if z >= critical else 0, end1, end0, sizes)
        records[trial - first, 4] = gap


@numba.njit(cache=True, nogil=True)
def blinded_proportion_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    sizes: np.ndarray,
    share: float,
    wanted: np.ndarray,
    rate_treatment: float,
    rate_control: float,
    test: int,
    limit: float,
    sign: float,
    critical: float,
) -> None:
    """Record trials `first` to `end`; `wanted` has the patients wanted by the events seen at the interim look."""
    stream = new_stream(seed, design, scenario)
    n1, n0 = sizes[INTERIM]
    for trial in range(first, end):
        open_trial(stream, trial)
        x1, x0 = binomial(stream, n1, rate_treatment), binomial(stream, n0, rate_control)
        end1, end0 = _final_sizes(wanted[x1 + x0], share, sizes)
        x1 += binomial(stream, end1 - n1, rate_treatment)
        x0 += binomial(stream, end0 - n0, rate_control)
        z = sign * proportion_z(x1, end1, x0, end0, test, 0, limit)
        _record(records[trial - first], 1, 1 if z >= critical else 0, end1, end0, sizes)
        records[trial - first, 4] = proportion_estimate(x1, end1, x0, end0, 0)


@numba.njit(cache=True, nogil=True)
def blinded_count_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    sizes: np.ndarray,
    share: float,
    slope: float,
    base: float,
    mean_treatment: float,
    mean_control: float,
    dispersion: float,
    hazards: np.ndarray,
    estimated: bool,
    limit: float,
    sign: float,
    critical: float,
) -> None:
    """Record trials `first` to `end`; wanted are `slope` / (events per patient) + `base` patients, the most without events."""
    stream = new_stream(seed, design, scenario)
    tables = np.zeros(hazards.shape, np.int64)
    for trial in range(first, end):
        open_trial(stream, trial)
        tables[:] = 0
        n1 = n0 = y1 = y0 = 0
        end1, end0 = sizes[INTERIM]
        for stage in range(2):
            if estimated:
                y1 += add_patients(stream, end1 - n1, hazards[0], tables[0])
                y0 += add_patients(stream, end0 - n0, hazards[1], tables[1])
            else:
                y1 += events_of(stream, end1 - n1, mean_treatment, dispersion) if end1 > n1 else 0
                y0 += events_of(stream, end0 - n0, mean_control, dispersion) if end0 > n0 else 0
            n1, n0 = end1, end0
            if stage == 0:
                wanted = slope * (n1 + n0) / (y1 + y0) + base if y1 + y0 > 0 else np.inf
                end1, end0 = _final_sizes(wanted, share, sizes)
        used = ml_dispersion(tables[0], n1, y1, tables[1], n0, y0) if estimated else dispersion
        z = sign * log_rate_z(y1, n1, y0, n0, used, limit)
        _record(records[trial - first], 1, 1 if z >= critical else 0, n1, n0, sizes)
        records[trial - first, 4] = log_rate_ratio(y1, n1, y0, n0)
        records[trial - first, 5] = y1 + y0


@numba.njit(cache=True, nogil=True)
def promising_mean_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    upper: np.ndarray,
    lower: np.ndarray,
    sizes: np.ndarray,
    share: float,
    informations: np.ndarray,
    least_power: float,
    z_power: float,
    drift: float,
    weighted: bool,
    difference: float,
    margin: float,
    sd_treatment: float,
    sd_control: float,
    test: int,
) -> None:
    """Record trials `first` to `end`; `drift` is nan where it is to be estimated."""
    stream = new_stream(seed, design, scenario)
    v1, v0 = sd_treatment * sd_treatment, sd_control * sd_control
    n1, n0 = sizes[INTERIM]
    fraction = informations[0] / (informations[0] + informations[1])
    for trial in range(first, end):
        open_trial(stream, trial)
        record = records[trial - first]
        mean1, squares1 = mean_stage(stream, n1, difference, sd_treatment)
        mean0, squares0 = mean_stage(stream, n0, 0.0, sd_control)
        z = mean_normal(mean1 - mean0 + margin, squares1, n1, squares0, n0, test, v1, v0)
        outcome = verdict(z, upper[0], lower[0])
        end1, end0, look = n1, n0, 1
        reached, wanted = _second_stage(z, upper[1], drift, fraction, informations, least_power, z_power)
        if outcome == UNDECIDED:
            look = 2
            end1 = n1 + arm_size(wanted / (share * (1.0 - share)), share, sizes[LEAST, 0] - n1, sizes[MOST, 0] - n1)
            end0 = n0 + arm_size(
                wanted / (share * (1.0 - share)), 1.0 - share, sizes[LEAST, 1] - n0, sizes[MOST, 1] - n0
            )
            late1, more1 = mean_stage(stream, end1 - n1, difference, sd_treatment)
            late0, more0 = mean_stage(stream, end0 - n0, 0.0, sd_control)
            z2 = mean_normal(late1 - late0 + margin, more1, end1 - n1, more0, end0 - n0, test, v1, v0)
            mean1, squares1 = merged(n1, mean1, squares1, end1 - n1, late1, more1)
            mean0, squares0 = merged(n0, mean0, squares0, end0 - n0, late0, more0)
            if weighted:
                z = sqrt(fraction) * z + sqrt(1.0 - fraction) * z2
            else:
                z = mean_normal(mean1 - mean0 + margin, squares1, end1, squares0, end0, test, v1, v0)
            outcome = verdict(z, upper[1], lower[1])
        _record(record, look, outcome, end1, end0, sizes)
        record[4], record[5] = mean1 - mean0, reached


@numba.njit(cache=True, nogil=True)
def promising_proportion_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    upper: np.ndarray,
    lower: np.ndarray,
    sizes: np.ndarray,
    share: float,
    informations: np.ndarray,
    least_power: float,
    z_power: float,
    drift: float,
    weighted: bool,
    rate_treatment: float,
    rate_control: float,
    test: int,
    limit: float,
    sign: float,
) -> None:
    """Record trials `first` to `end`; `drift` is nan where it is to be estimated."""
    stream = new_stream(seed, design, scenario)
    n1, n0 = sizes[INTERIM]
    fraction = informations[0] / (informations[0] + informations[1])
    for trial in range(first, end):
        open_trial(stream, trial)
        record = records[trial - first]
        x1, x0 = binomial(stream, n1, rate_treatment), binomial(stream, n0, rate_control)
        z = sign * proportion_z(x1, n1, x0, n0, test, 0, limit)
        outcome = verdict(z, upper[0], lower[0])
        end1, end0, look = n1, n0, 1
        reached, wanted = _second_stage(z, upper[1], drift, fraction, informations, least_power, z_power)
        if outcome == UNDECIDED:
            look = 2
            end1 = n1 + arm_size(wanted / (share * (1.0 - share)), share, sizes[LEAST, 0] - n1, sizes[MOST, 0] - n1)
            end0 = n0 + arm_size(
                wanted / (share * (1.0 - share)), 1.0 - share, sizes[LEAST, 1] - n0, sizes[MOST, 1] - n0
            )
            late1, late0 = binomial(stream, end1 - n1, rate_treatment), binomial(stream, end0 - n0, rate_control)
            x1, x0 = x1 + late1, x0 + late0
            if weighted:
                z2 = sign * proportion_z(late1, end1 - n1, late0, end0 - n0, test, 0, limit)
                z = sqrt(fraction) * z + sqrt(1.0 - fraction) * z2
            else:
                z = sign * proportion_z(x1, end1, x0, end0, test, 0, limit)
            outcome = verdict(z, upper[1], lower[1])
        _record(record, look, outcome, end1, end0, sizes)
        record[4], record[5] = proportion_estimate(x1, end1, x0, end0, 0), reached


@numba.njit(cache=True, nogil=True)
def _second_stage(z, critical, drift, fraction, informations, least_power, z_power):  # type: ignore[no-untyped-def]
    """Conditional power at the planned size, and the second stage's information; `informations` are those of the first
    stage, and of the second as planned, at least and at most."""
    slope = z / sqrt(informations[0]) if np.isnan(drift) else drift
    needed = conditional_critical(z, critical, fraction)
    planned, least, most = informations[1], informations[2], informations[3]
    return (
        conditional_power_at(needed, slope, planned),
        promising_information(needed, slope, planned, least, most, least_power, z_power),
    )


@numba.njit(cache=True, nogil=True)
def _final_sizes(wanted, share, sizes):  # type: ignore[no-untyped-def]
    return (
        arm_size(wanted, share, sizes[LEAST, 0], sizes[MOST, 0]),
        arm_size(wanted, 1.0 - share, sizes[LEAST, 1], sizes[MOST, 1]),
    )


@numba.njit(cache=True, nogil=True)
def _record(record, look, outcome, n1, n0, sizes):  # type: ignore[no-untyped-def]
    """The first four figures: how it ended, patients, and whether there were more than planned."""
    record[0], record[1], record[2] = look, outcome, n1 + n0
    record[3] = 1.0 if n1 + n0 > sizes[PLANNED, 0] + sizes[PLANNED, 1] else 0.0
