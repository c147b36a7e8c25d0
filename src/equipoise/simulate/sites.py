"""The kernel of recruitment by sites that open one after another and recruit at rates of their own."""

from __future__ import annotations

from math import inf

import numba
import numpy as np

from equipoise.simulate.draws import gamma
from equipoise.simulate.streams import exponential, new_stream, open_trial, uniform
from equipoise.simulate.trial import UNDECIDED

MEAN, SHAPE, CAP, SPREAD, DELAY, SITES = range(6)
"""Places of the second row of a table of sites."""
NO_COUNTS = np.zeros(0, np.int64)


@numba.njit(cache=True, nogil=True)
def fill_from_sites(
    stream: np.ndarray, table: np.ndarray, close: float, arrivals: np.ndarray, counts: np.ndarray
) -> int:
    """Fill one trial's months of arrival, in order; infinite from the first that is not before `close`. How many are not.

    `table` is that of `SiteRecruitment`: the months in which the sites are to open, and the numbers named above. `counts`
    becomes each site's patients; an empty one (`NO_COUNTS`) saves drawing who came where, which only a cap needs.
    Between openings all sites together are one Poisson process; who comes where is in proportion to the sites' rates.
    """
    sites, cap = int(table[1, SITES]), int(table[1, CAP])
    rates, opening = np.empty(sites), np.empty(sites)
    _draw_sites(stream, table, rates, opening)
    if cap > 0 and len(counts) == 0:
        counts = np.empty(sites, np.int64)
    counts[:] = 0
    opened, total, now = 0, 0.0, 0.0
    for i in range(len(arrivals)):
        left = exponential(stream)
        while opened < sites and left > total * (opening[opened] - now):
            left -= total * (opening[opened] - now)
            now = opening[opened]
            total += rates[opened]
            opened += 1
        now = now + left / total if total > 0.0 else inf
        if now >= close:
            arrivals[i:] = inf
            return i
        arrivals[i] = now
        if len(counts) > 0:
            site = _choose(uniform(stream) * total, rates, opened)
            counts[site] += 1
            if counts[site] == cap:
                rates[site] = 0.0
                total = rates[:opened].sum()
    return len(arrivals)


@numba.njit(cache=True, nogil=True)
def _draw_sites(stream, table, rates, opening):  # type: ignore[no-untyped-def]
    """Rates are independent of openings and of one law, so sites are named in the order in which they open."""
    mean, shape, spread, delay = table[1, MEAN], table[1, SHAPE], table[1, SPREAD], table[1, DELAY]
    for site in range(len(rates)):
        opening[site] = table[0, site]
        if spread > 0.0:
            opening[site] += spread * uniform(stream)
        if delay > 0.0:
            opening[site] += delay * exponential(stream)
        rates[site] = mean if shape == inf else mean / shape * gamma(stream, shape)
    if spread > 0.0 or delay > 0.0:
        opening.sort()


@numba.njit(cache=True, nogil=True)
def _choose(at, rates, opened):  # type: ignore[no-untyped-def]
    """The site in whose stretch of the summed rates a number falls; the last open one that recruits, for rounding."""
    last = 0
    for site in range(opened):
        if rates[site] > 0.0:
            last = site
            at -= rates[site]
            if at < 0.0:
                break
    return last


@numba.njit(cache=True, nogil=True)
def recruitment_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    table: np.ndarray,
    patients: int,
    close: float,
) -> None:
    """Record trials `first` to `end`: patients, months, whether all were in, empty sites, patients of the largest."""
    stream = new_stream(seed, design, scenario)
    arrivals, counts = np.empty(patients), np.empty(int(table[1, SITES]), np.int64)
    for trial in range(first, end):
        open_trial(stream, trial)
        enrolled = fill_from_sites(stream, table, close, arrivals, counts)
        full = enrolled == patients
        record = records[trial - first]
        record[0], record[1], record[2] = 1, UNDECIDED, enrolled
        record[3], record[4] = arrivals[-1] if full else close, full
        record[5], record[6] = (counts == 0).sum(), counts.max()
