"""Compiled integrals behind the survival designs.

With M(x) the patients enrolled by x, q(u) the density of an observed event at follow-up u and Q its integral, the events
by calendar time t are E(t) = integral of q(u) M(t - u) du. M is piecewise linear, so E is a sum over the changes of the
accrual rate, E(t) = sum_j (r_j - r_{j-1}) QQ(t - b_j) with QQ the integral of Q, and its derivative the same sum over Q.
Both are closed forms for piecewise constant hazards: no quadrature.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

START, HAZARD, LOSS, AT_RISK, EVENT, EVENT_SUM = range(6)
"""Rows of an event curve: where a piece starts, its hazard and its total loss rate, and there the share at risk, Q, QQ."""

NODES, WEIGHTS = (np.ascontiguousarray(part) for part in np.polynomial.legendre.leggauss(10))
GONE = 1e-20


@njit(cache=True, nogil=True)
def event_curve(hazard_breaks: Floats, hazards: Floats, dropout_breaks: Floats, dropouts: Floats, end: float) -> Floats:
    """The curve, shape (6, pieces), of one arm in which each patient is followed for at most `end` months."""
    curve = np.zeros((6, hazards.size + dropouts.size + 1))
    i, j, k, start = 0, 0, 0, 0.0
    at_risk, event, event_sum = 1.0, 0.0, 0.0
    while True:
        hazard, loss = hazards[i], hazards[i] + dropouts[j]
        curve[:, k] = start, hazard, loss, at_risk, event, event_sum
        next_hazard = hazard_breaks[i + 1] if i + 1 < hazards.size else np.inf
        next_dropout = dropout_breaks[j + 1] if j + 1 < dropouts.size else np.inf
        stop = min(next_hazard, next_dropout, end)
        if stop == np.inf:
            return curve[:, : k + 1].copy()
        event_sum, event = curve_at(curve, k, stop)
        at_risk *= math.exp(-loss * (stop - start))
        start, k = stop, k + 1
        if stop == end:
            curve[:, k] = start, 0.0, 0.0, 0.0, event, event_sum
            return curve[:, : k + 1].copy()
        i += next_hazard == stop
        j += next_dropout == stop


@njit(cache=True, nogil=True)
def curve_at(curve: Floats, piece: int, u: float) -> tuple[float, float]:
    """QQ and Q at follow-up u within a piece; relative accuracy 1e-14."""
    since = u - curve[START, piece]
    z = curve[LOSS, piece] * since
    if z > 0.1:
        decay = -math.expm1(-z)
        once, twice = decay / z, (z - decay) / (z * z)
    else:  # (z - 1 + exp(-z)) / z^2 as its series, where the subtraction would cancel
        twice = 1.0 / 3628800.0
        for term in (362880.0, 40320.0, 5040.0, 720.0, 120.0, 24.0, 6.0, 2.0):
            twice = 1.0 / term - z * twice
        once = 1.0 - z * twice
    grown = curve[AT_RISK, piece] * curve[HAZARD, piece] * since
    event = curve[EVENT, piece]
    return curve[EVENT_SUM, piece] + since * (event + grown * twice), event + grown * once


@njit(cache=True, nogil=True)
def curve_limit(curve: Floats) -> float:
    """Q at infinity: the chance that an event is ever observed."""
    last = curve.shape[1] - 1
    if curve[LOSS, last] == 0.0:
        return curve[EVENT, last]
    return curve[EVENT, last] + curve[AT_RISK, last] * curve[HAZARD, last] / curve[LOSS, last]


@njit(cache=True, nogil=True)
def last_event(curve: Floats) -> float:
    """The follow-up after which there are no more events."""
    last = curve.shape[1] - 1
    return np.inf if curve[HAZARD, last] > 0.0 else curve[START, last]


@njit(cache=True, nogil=True)
def probability_by(u: float, curve: Floats) -> float:
    """Q(u) for any follow-up."""
    if u <= 0.0:
        return 0.0
    if u == np.inf:
        return curve_limit(curve)
    piece = curve.shape[1] - 1
    while curve[START, piece] > u:
        piece -= 1
    return curve_at(curve, piece, u)[1]


@njit(cache=True, nogil=True)
def accrual_end(patients: float, breaks: Floats, rates: Floats) -> tuple[float, float]:
    """When accrual stops, and how many patients there are by then (fewer if the rates end at 0)."""
    total = 0.0
    for j in range(rates.size):
        wait = (patients - total) / rates[j] if rates[j] > 0.0 else np.inf
        if j + 1 == rates.size or breaks[j] + wait <= breaks[j + 1]:
            return (breaks[j] + wait, patients) if wait < np.inf else (np.inf, total)
        total += rates[j] * (breaks[j + 1] - breaks[j])
    return np.inf, total


@njit(cache=True, nogil=True)
def events_by(t: float, stop: float, breaks: Floats, rates: Floats, curve: Floats) -> tuple[float, float]:
    """Expected events by calendar time t, and events per month then, if all patients were in this arm."""
    events, pace, before = 0.0, 0.0, 0.0
    piece = curve.shape[1] - 1
    for j in range(rates.size + 1):
        ends = j == rates.size or breaks[j] >= stop
        since = t - (stop if ends else breaks[j])
        if since <= 0.0:
            break
        while curve[START, piece] > since:
            piece -= 1
        change = (0.0 if ends else rates[j]) - before
        summed, now = curve_at(curve, piece, since)
        events += change * summed
        pace += change * now
        if ends:
            break
        before = rates[j]
    return events, pace


@njit(cache=True, nogil=True)
def event_time(
    target: float,
    patients: float,
    breaks: Floats,
    rates: Floats,
    share: float,
    treatment: Floats,
    control: Floats,
) -> float:
    """When both arms together expect `target` events; infinite if never. `share` of the patients are in treatment.

    Newton steps from the end of accrual (to its left the count is mostly convex, to its right concave), kept in a bracket.
    """
    if target <= 0.0:
        return 0.0
    stop, enrolled = accrual_end(patients, breaks, rates)
    total = enrolled * (share * curve_limit(treatment) + (1.0 - share) * curve_limit(control))
    if target > total * (1.0 + 1e-12):
        return np.inf
    t = stop if stop < np.inf else breaks[-1]
    low, high = 0.0, t + max(last_event(treatment), last_event(control))
    if t <= 0.0:
        t = min(1.0, high)
    for _ in range(400):
        events, pace = events_by(t, stop, breaks, rates, treatment)
        more, more_pace = events_by(t, stop, breaks, rates, control)
        short = target - share * events - (1.0 - share) * more
        pace = share * pace + (1.0 - share) * more_pace
        if short > 0.0:
            low = t
        else:
            high = t
        step = short / pace if pace > 0.0 else np.inf
        if abs(step) <= 1e-7 * t:
            return t + step
        if low < t + step < high and t + step <= 4.0 * t + 1.0:
            t += step
        elif high < np.inf:
            t = 0.5 * (low + high)
        else:
            t = 2.0 * t + 1.0
        if high - low <= 1e-13 * min(high, 1e12) or t > 1e12:
            break
    return high


@njit(cache=True, nogil=True)
def event_times(
    targets: Floats,
    patients: Floats,
    breaks: Floats,
    rates: Floats,
    share: float,
    treatment: Floats,
    control: Floats,
) -> Floats:
    """`event_time` for each of the (target, patients), shape (N,)."""
    times = np.empty(targets.size)
    for i in range(targets.size):
        times[i] = event_time(targets[i], patients[i], breaks, rates, share, treatment, control)
    return times


@njit(cache=True, nogil=True)
def events_at(times: Floats, patients: Floats, breaks: Floats, rates: Floats, curve: Floats) -> Floats:
    """`events_by` for each of the (time, patients), shape (N,); the limit at infinity."""
    events = np.empty(times.size)
    for i in range(times.size):
        stop, enrolled = accrual_end(patients[i], breaks, rates)
        if times[i] == np.inf:
            events[i] = enrolled * curve_limit(curve)
        else:
            events[i] = events_by(times[i], stop, breaks, rates, curve)[0]
    return events


@njit(cache=True, nogil=True)
def probabilities_by(follow_up: Floats, curve: Floats) -> Floats:
    """`probability_by` for each follow-up, shape (N,)."""
    return np.array([probability_by(u, curve) for u in follow_up])


@njit(cache=True, nogil=True)
def enrolled_by(t: float, breaks: Floats, rates: Floats) -> float:
    """Patients enrolled by t, if accrual does not stop."""
    total = 0.0
    for j in range(rates.size):
        if t <= breaks[j]:
            break
        until = t if j + 1 == rates.size else min(t, breaks[j + 1])
        total += rates[j] * (until - breaks[j])
    return total


@njit(cache=True, nogil=True)
def logrank_by(
    t: float,
    patients: float,
    breaks: Floats,
    rates: Floats,
    share: float,
    treatment: Floats,
    control: Floats,
    margin: float,
) -> tuple[float, float]:
    """Expected log-rank score (positive for the treatment) and its variance at calendar time t.

    The number at risk at follow-up u is M(t - u) times the share of an arm still at risk. Gauss-Legendre between every
    kink of hazards and accrual, in steps of at most 2 / loss rate: relative accuracy 1e-12.
    """
    stop, _ = accrual_end(patients, breaks, rates)
    score, variance = 0.0, 0.0
    edge = max(t - stop, 0.0)  # up to this follow-up M(t - u) is all of the patients
    u, enrolled = 0.0, enrolled_by(min(t, stop), breaks, rates)
    i, k, j = 0, 0, rates.size - 1
    while u < t:
        while i + 1 < treatment.shape[1] and treatment[START, i + 1] <= u:
            i += 1
        while k + 1 < control.shape[1] and control[START, k + 1] <= u:
            k += 1
        while j > 0 and t - breaks[j] <= u:
            j -= 1
        risk_1 = share * treatment[AT_RISK, i] * math.exp(-treatment[LOSS, i] * (u - treatment[START, i]))
        risk_2 = (1.0 - share) * control[AT_RISK, k] * math.exp(-control[LOSS, k] * (u - control[START, k]))
        if min(risk_1, risk_2) < GONE:
            break
        fastest = max(treatment[LOSS, i], control[LOSS, k])
        until = min(t, u + 2.0 / fastest) if fastest > 0.0 else t
        if i + 1 < treatment.shape[1]:
            until = min(until, treatment[START, i + 1])
        if k + 1 < control.shape[1]:
            until = min(until, control[START, k + 1])
        if u < edge:
            until = min(until, edge)
        elif t - breaks[j] > u:
            until = min(until, t - breaks[j])
        half, earlier = 0.5 * (until - u), enrolled_by(min(t - until, stop), breaks, rates)
        for node in range(NODES.size):
            since = half * (1.0 + NODES[node])
            y_1 = risk_1 * math.exp(-treatment[LOSS, i] * since)
            y_2 = risk_2 * math.exp(-control[LOSS, k] * since)
            weight = WEIGHTS[node] * half * (enrolled + 0.5 * (1.0 + NODES[node]) * (earlier - enrolled))
            both, all_1 = y_1 * y_2, margin * y_1 + y_2
            score += weight * both * (margin * control[HAZARD, k] - treatment[HAZARD, i]) / all_1
            events = y_1 * treatment[HAZARD, i] + y_2 * control[HAZARD, k]
            variance += weight * margin * both * events / (all_1 * all_1)
        u, enrolled = until, earlier
    return score, variance


@njit(cache=True, nogil=True)
def logranks_at(
    times: Floats,
    patients: Floats,
    breaks: Floats,
    rates: Floats,
    share: float,
    treatment: Floats,
    control: Floats,
    margin: float,
) -> Floats:
    """`logrank_by` for each of the (time, patients), shape (2, N)."""
    out = np.empty((2, times.size))
    for i in range(times.size):
        out[:, i] = logrank_by(times[i], patients[i], breaks, rates, share, treatment, control, margin)
    return out
