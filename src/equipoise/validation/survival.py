"""Group-sequential survival trials over calendar time, against rpact's."""

from __future__ import annotations

import numpy as np

from equipoise.design import Accrual, GroupSequential, events_required, survival_size, time_of_events
from equipoise.errors import InputError
from equipoise.validation.fixed import arms_of
from equipoise.validation.group_sequential import EFFICACY
from equipoise.validation.table import Figures, Layout, Row


def recompute(row: Row) -> Figures:
    """Events, patients and months, at each look and expected under the alternative; equal allocation, one-sided."""
    looks, alpha, power = int(row.number("K")), row.number("alpha"), row.number("power")
    hazard_ratio = row.number("hazard_ratio")
    bounds = GroupSequential.even(looks, alpha=alpha, power=power, spending=row.choice("spending", EFFICACY)).solution
    most = bounds.inflation * float(events_required(hazard_ratio=hazard_ratio, power=power, alpha=alpha))
    arms = arms_of(row, hazard_ratio, row.number("lambda2_per_month"), row.text("dropout"), 1.0)
    shape = _accrual(row)
    months = row.numbers("accrual_times")[-1]
    size = survival_size(most, accrual=shape, accrual_months=months, follow_up=row.number("follow_up"), arms=arms)
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


def _accrual(row: Row) -> Accrual:
    times = row.numbers("accrual_times")
    cell = row.text("accrual_intensity").removesuffix("(relative)").strip()
    rates = [float(part) for part in cell.split(";")] if cell else [1.0] * (len(times) - 1)
    if len(times) < 2 or len(rates) != len(times) - 1:
        raise InputError(row.where("accrual_intensity"), cell, "one rate for each interval between accrual_times")
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
)  # fmt: skip
