"""Kernels for the tests of survival trials, each one pass over a look's life table (survival_looks.py).

They return z, positive in favour of treatment, and the estimate: a log hazard ratio, or treatment minus control.
"""

from __future__ import annotations

from math import nan, sqrt

import numba
import numpy as np


@numba.njit(cache=True, nogil=True, error_model="numpy")
def log_rank(rows, table, reciprocal):  # type: ignore[no-untyped-def]
    """The log-rank test (Mantel 1966), and the one-step estimate (O - E) / V (Peto's; Yusuf et al. 1985)."""
    excess = variance = 0.0
    for row in range(rows):
        share = table.treated_at_risk[row] * reciprocal[table.at_risk[row]]
        excess += share - table.treated[row]
        variance += share * (1.0 - share)
    if variance <= 0.0:
        return 0.0, 0.0
    return excess / sqrt(variance), -excess / variance


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def weight_of(survival: float, rho: float, gamma: float) -> float:
    """S^rho (1 - S)^gamma, quick for 0 and 1."""
    early = 1.0 if rho == 0.0 else (survival if rho == 1.0 else survival**rho)
    late = 1.0 if gamma == 0.0 else (1.0 - survival if gamma == 1.0 else (1.0 - survival) ** gamma)
    return early * late


@numba.njit(cache=True, nogil=True, error_model="numpy")
def fleming_harrington(rows, table, reciprocal, rho, gamma):  # type: ignore[no-untyped-def]
    """The weighted log-rank test G(rho, gamma), and the one-step estimate of the log hazard ratio with these weights.

    Weights are S^rho (1 - S)^gamma, S the pooled Kaplan-Meier estimate just before the event (Fleming & Harrington 1991,
    "Counting processes and survival analysis", section 7.2).
    """
    excess = variance = information = 0.0
    survival = 1.0
    for row in range(rows):
        inverse = reciprocal[table.at_risk[row]]
        share = table.treated_at_risk[row] * inverse
        weight = weight_of(survival, rho, gamma)
        excess += weight * (share - table.treated[row])
        information += weight * share * (1.0 - share)
        variance += weight * weight * share * (1.0 - share)
        survival *= 1.0 - inverse
    if variance <= 0.0:
        return 0.0, 0.0
    return excess / sqrt(variance), -excess / information


@numba.njit(cache=True, nogil=True, error_model="numpy")
def restricted_mean(rows, table, tau, followed):  # type: ignore[no-untyped-def]
    """The difference in mean survival up to month `tau`, by areas under Kaplan-Meier curves.

    An arm's variance is the sum over its events of (the area from the event to tau)^2 / (n (n - 1)) with n at risk
    (Royston & Parmar 2013, BMC Med Res Methodol 13:152; Uno et al. 2014, J Clin Oncol 32:2380). `followed` is how many
    of control and of treatment are followed to tau; z is NaN where a curve is unknown before tau.
    """
    variance = mean = 0.0
    for arm in range(2):
        survival, area, since = 1.0, 0.0, 0.0
        plain = by_area = by_square = 0.0
        for row in range(rows):
            if table.months[row] > tau:
                break
            if table.treated[row] != arm:
                continue
            n = table.treated_at_risk[row] if arm == 1 else table.at_risk[row] - table.treated_at_risk[row]
            area += survival * (table.months[row] - since)
            since = table.months[row]
            survival *= 1.0 - 1.0 / n
            if n > 1:  # after the last at risk, no area is left
                g = 1.0 / (np.float64(n) * (n - 1))
                plain += g
                by_area += g * area
                by_square += g * area * area
            else:
                survival = 0.0
        if survival > 0.0 and followed[arm] == 0:
            return nan, 0.0
        area += survival * (tau - since)
        variance += area * area * plain - 2.0 * area * by_area + by_square
        mean = area - mean
    return (mean / sqrt(variance) if variance > 0.0 else 0.0), mean


@numba.njit(cache=True, nogil=True, error_model="numpy")
def milestone(rows, table, tau, followed):  # type: ignore[no-untyped-def]
    """The difference in Kaplan-Meier survival at month `tau`, with Greenwood's variances (Klein et al. 2007).

    Klein, Logan, Harhoff & Andersen 2007, "Analyzing survival curves at a fixed point in time", Stat Med 26:4505, eq. 2.
    Arguments and NaN as in `restricted_mean`.
    """
    variance = difference = 0.0
    for arm in range(2):
        survival, spread = 1.0, 0.0
        for row in range(rows):
            if table.months[row] > tau:
                break
            if table.treated[row] != arm:
                continue
            n = table.treated_at_risk[row] if arm == 1 else table.at_risk[row] - table.treated_at_risk[row]
            survival *= 1.0 - 1.0 / n
            if n > 1:
                spread += 1.0 / (np.float64(n) * (n - 1))
            else:
                survival = 0.0
        if survival > 0.0 and followed[arm] == 0:
            return nan, 0.0
        variance += survival * survival * spread
        difference = survival - difference
    return (difference / sqrt(variance) if variance > 0.0 else 0.0), difference
