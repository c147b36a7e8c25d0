"""The kernel of a binary outcome with intercurrent events and missing responses, from counts of each kind of patient."""

from __future__ import annotations

from math import inf, sqrt

import numba
import numpy as np

from equipoise.simulate.draws import binomial
from equipoise.simulate.streams import new_stream, open_trial

TREATMENT_POLICY, HYPOTHETICAL, COMPOSITE = 0, 1, 2


@numba.njit(cache=True, nogil=True)
def binary_trials(
    first: int,
    end: int,
    records: np.ndarray,
    seed: int,
    design: int,
    scenario: int,
    patients: np.ndarray,
    laws: np.ndarray,
    missing_without_event: float,
    missing_after_event: float,
    strategy: int,
    missing_fails: bool,
    truth: float,
    critical: float,
) -> None:
    """Record trials `first` to `end`; arrays have control, then treatment, `laws` the chances of the event, of a response
    without it and of a response after it."""
    stream = new_stream(seed, design, scenario)
    share, variance = np.empty(2), np.empty(2)
    for trial in range(first, end):
        open_trial(stream, trial)
        for arm in range(2):
            n = patients[arm]
            events = binomial(stream, n, laws[arm, 0])
            seen = binomial(stream, n - events, 1.0 - missing_without_event)
            responses = binomial(stream, seen, laws[arm, 1])
            if strategy == COMPOSITE:
                seen += events
            elif strategy == TREATMENT_POLICY:
                seen_after = binomial(stream, events, 1.0 - missing_after_event)
                responses += binomial(stream, seen_after, laws[arm, 2])
                seen += seen_after
            used = n if missing_fails else seen
            share[arm] = responses / used if used > 0 else 0.0
            variance[arm] = share[arm] * (1.0 - share[arm]) / used if used > 0 else inf
        estimate, error = share[1] - share[0], sqrt(variance[0] + variance[1])
        record = records[trial - first]
        record[0], record[1], record[2] = 1, 0, patients[0] + patients[1]
        record[3], record[4] = estimate, 0.0
        if error < inf:
            record[1] = 1 if estimate >= critical * error and estimate > 0.0 else 0
            record[4] = abs(estimate - truth) <= critical * error
