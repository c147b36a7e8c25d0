"""Group-sequential survival trials over calendar time, against rpact's."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from equipoise.design import Accrual, GroupSequential, events_required, survival_size, time_of_events
from equipoise.validation.fixed import arms_of, dropout_of
from equipoise.validation.group_sequential import EFFICACY, LARGEST_ALPHA, MOST_LOOKS
from equipoise.validation.table import Figures, Layout, Row


def recompute(row: Row) -> Figures:
    """Events, patients and months, at each look and expected under the alternative; equal allocation, one-sided."""
    looks, alpha = row.whole("K", 1, MOST_LOOKS), row.number("alpha", above=0, below=LARGEST_ALPHA)
    power, hazard_ratio = row.number("power", below=1), row.number("hazard_ratio", above=0)
    if power < 0.5:
        raise row.wrong("power", "one number of at least 0.5, below 1")
    bounds = GroupSequential.even(
        looks, alpha=alpha, power=power, spending=row.choice("spending", EFFICACY), parameter=row.optional("parameter")
    ).solution
    most = bounds.inflation * float(events_required(hazard_ratio=hazard_ratio, power=power, alpha=alpha))
    lost = dropout_of(row, "dropout", row.text("dropout"))
    arms = arms_of(hazard_ratio, row.number("lambda2_per_month", above=0), lost, 1.0)
    shape = _accrual(row)
    months = row.numbers("accrual_times")[-1]
    size = survival_size(most, accrual=shape, accrual_months=months, follow_up=_follow_up(row), arms=arms)
    factor = size.patients / float(shape.enrolled(months))
    accrual = Accrual(breaks=shape.breaks, rates=tuple(rate * factor for rate in shape.rates))
    at_looks = most * np.array(bounds.information)
    times = np.asarray(time_of_events(at_looks, accrual=accrual, patients=size.patients, arms=arms))
    enrolled = np.minimum(accrual.enrolled(times), size.patients)
    outcome = bounds.crossing(bounds.drift)
    stops = (outcome.up + outcome.down)[0]
    return {
        "max_patients": [size.patients],
        "events_by_look": [float(events) for events in at_looks],
        "max_events": [most],
        "analysis_times": [float(time) for time in times],
        "expected_events_h1": [float(stops @ at_looks)],
        "expected_patients_h1": [float(stops @ enrolled)],
        "study_duration_h1": [float(stops @ times)],
        "patients_by_look": [float(patients) for patients in enrolled],
    }


def _follow_up(row: Row) -> float:
    months = row.number("follow_up")
    if months < 0:
        raise row.wrong("follow_up", "months of at least 0")
    return months


def _accrual(row: Row) -> Accrual:
    times = row.numbers("accrual_times")
    if len(times) < 2 or times[0] != 0 or any(b <= a for a, b in pairwise(times)):
        raise row.wrong("accrual_times", "months that rise from 0, at least two")
    cell = row.text("accrual_intensity").removesuffix("(relative)").strip()
    try:
        rates = [float(part) for part in cell.split(";")] if cell else [1.0] * (len(times) - 1)
    except ValueError:
        rates = []
    sound = len(rates) == len(times) - 1 and all(0 <= rate < math.inf for rate in rates) and any(rates)
    if not sound:
        raise row.wrong("accrual_intensity", "one rate for each interval between accrual_times, separated by ;")
    return Accrual(breaks=tuple(times[:-1]), rates=tuple(rates))


LAYOUT = Layout(
    "survival-group-sequential",
    (
        "K", "spending", "alpha", "power", "hazard_ratio", "lambda2_per_month", "accrual_times", "accrual_intensity",
        "follow_up", "dropout",
    ),
    {
        "max_patients": 1e-6,
        "events_by_look": 1e-6,
        "max_events": 1e-6,
        "analysis_times": 1e-6,
        "expected_events_h1": 1e-6,
        "expected_patients_h1": 1e-6,
        "study_duration_h1": 1e-6,
        "patients_by_look": 1e-6,
    },
    recompute,
    names={"looks": "K", "solution": "hazard_ratio"},
    also=("parameter",),
)  # fmt: skip
