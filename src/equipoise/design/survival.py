"""Two-arm survival trials over calendar time: expected events, when they come, the size, and the log-rank drift.

Months throughout. Patients arrive by `Accrual`, which stops when `patients` are in; each has the event and drops out by
`Hazard`s since randomisation, and is followed to the analysis or for at most `max_follow_up`. The hazard ratio is treatment
over control and `ratio` treatment over control patients.
"""

# scipy has no stubs
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from equipoise.design import survival_kernels as kernels
from equipoise.design.accrual import Accrual
from equipoise.design.hazard import Hazard
from equipoise.design.steps import Floats
from equipoise.design.wald import as_number, broadcasts
from equipoise.errors import InputError, NoSolutionError
from equipoise.value import Value

NO_HAZARD = Hazard(rates=(0.0,))
MOST_PATIENTS = 1e9


class TwoArms(Value):
    """What is true of two arms, and how patients are shared and followed.

    `ratio` is treatment over control patients; `max_follow_up` months of each patient, unlimited if None.
    """

    treatment: Hazard
    control: Hazard
    treatment_dropout: Hazard = NO_HAZARD
    control_dropout: Hazard = NO_HAZARD
    ratio: Annotated[float, Field(strict=True, gt=0)] = 1.0
    max_follow_up: Annotated[float, Field(strict=True, gt=0)] | None = None

    @property
    def share(self) -> float:
        """The share of patients in treatment."""
        return self.ratio / (1.0 + self.ratio)

    @property
    def curves(self) -> tuple[float, Floats, Floats]:
        """The share, and the compiled event curves of treatment and control, as the kernels take them.

        Made afresh (some microseconds), so that a changed copy never has an old curve: in a hot loop, keep it.
        """
        return (
            self.share,
            _curve(self.treatment, self.treatment_dropout, self.max_follow_up),
            _curve(self.control, self.control_dropout, self.max_follow_up),
        )


class ArmEvents(NamedTuple):
    """Expected events by arm, shaped as what was asked."""

    treatment: Floats
    control: Floats

    @property
    def total(self) -> Floats:
        """Events in both arms."""
        return self.treatment + self.control


class LogRank(NamedTuple):
    """The log-rank test expected at an analysis, shaped as what was asked.

    `drift` is the expected Z (positive in favour of the treatment), `information` the variance of the score, which is the
    information on the log hazard ratio: Z at analyses j < k correlate by sqrt(information_j / information_k).
    """

    drift: Floats
    information: Floats
    events: ArmEvents


class SurvivalSize(Value):
    """A survival trial's size, unrounded: patients, months and expected events."""

    patients: float
    treatment_patients: float
    control_patients: float
    events: float
    treatment_events: float
    control_events: float
    accrual_months: float
    study_months: float


def event_probability(
    follow_up: ArrayLike, hazard: Hazard, dropout_hazard: Hazard = NO_HAZARD, max_follow_up: float | None = None
) -> Floats:
    """Chance that a patient's event is seen within `follow_up` months (infinity allowed), before dropping out.

    Closed form, relative accuracy 1e-13. Raises InputError.
    """
    months = _at_least_0("follow_up", follow_up)
    found = kernels.probabilities_by(months.ravel(), _curve(hazard, dropout_hazard, max_follow_up))
    return found.reshape(months.shape)[()]


@broadcasts
def expected_events(
    t: ArrayLike,
    *,
    accrual: Accrual,
    patients: ArrayLike,
    hazard: Hazard,
    dropout_hazard: Hazard = NO_HAZARD,
    max_follow_up: float | None = None,
) -> Floats:
    """Expected events by calendar month `t` in one group of patients, whose accrual stops at `patients`.

    `t` (infinity allowed) and `patients` broadcast. Closed form, relative accuracy 1e-11 up to
    t of about 10,000 months (1e-8 at 1,000,000). Raises InputError.
    """
    t, patients = np.broadcast_arrays(_at_least_0("t", t), _at_least_0("patients", patients))
    curve = _curve(hazard, dropout_hazard, max_follow_up)
    return kernels.events_at(t.ravel(), patients.ravel(), *accrual.arrays, curve).reshape(t.shape)[()]


@broadcasts
def trial_events(t: ArrayLike, *, accrual: Accrual, patients: ArrayLike, arms: TwoArms) -> ArmEvents:
    """Expected events by calendar month `t` in each arm of a trial; as `expected_events`."""
    t, patients = np.broadcast_arrays(_at_least_0("t", t), _at_least_0("patients", patients))
    share, *curves = arms.curves
    treatment, control = (
        kernels.events_at(t.ravel(), patients.ravel(), *accrual.arrays, curve).reshape(t.shape)[()] for curve in curves
    )
    return ArmEvents(share * treatment, (1.0 - share) * control)


@broadcasts
def time_of_events(events: ArrayLike, *, accrual: Accrual, patients: ArrayLike, arms: TwoArms) -> Floats:
    """The calendar month at which both arms together expect `events`; infinite if they never do.

    `events` and `patients` broadcast; inverts `trial_events` to the accuracy of that. In a hot loop call
    `survival_kernels.event_times` with `accrual.arrays` and `arms.curves`. Raises InputError.
    """
    events, patients = np.broadcast_arrays(_at_least_0("events", events), _at_least_0("patients", patients))
    times = kernels.event_times(events.ravel(), patients.ravel(), *accrual.arrays, *arms.curves)
    return times.reshape(events.shape)[()]


@broadcasts
def logrank_noncentrality(
    t: ArrayLike, *, accrual: Accrual, patients: ArrayLike, arms: TwoArms, margin: float = 1.0
) -> LogRank:
    """The log-rank Z expected at calendar month `t` under any hazards in the arms (a delayed effect, say).

    The ratio of the large-sample means of the score and its variance, both from the numbers expected at risk (Schoenfeld
    1981, Biometrika 68:316; Lakatos 1988, Biometrics 44:229), integrals to 1e-10 relative. With `margin` the score test of
    "hazard ratio = margin". NaN where `t` is infinite. Raises InputError.
    """
    margin = as_number("margin", margin, above=0)
    t, patients = np.broadcast_arrays(_at_least_0("t", t), _at_least_0("patients", patients))
    finite = np.where(np.isfinite(t), t, 0.0)
    score, information = kernels.logranks_at(
        finite.ravel(), patients.ravel(), *accrual.arrays, *arms.curves, margin
    ).reshape(2, *t.shape)
    drift = np.divide(score, np.sqrt(information), out=np.zeros(t.shape), where=information > 0)
    unknown = ~np.isfinite(t)
    drift, information = np.where(unknown, np.nan, drift), np.where(unknown, np.nan, information)
    return LogRank(drift[()], information[()], trial_events(t, accrual=accrual, patients=patients, arms=arms))


def survival_size(
    events: float, *, accrual: Accrual, follow_up: float, arms: TwoArms, accrual_months: float | None = None
) -> SurvivalSize:
    """Patients so that `follow_up` months after the last one `events` are expected, and how long that takes.

    With `accrual_months`, recruitment lasts that long and only the shape of `accrual` counts; without, its rates are
    patients per month and recruitment lasts as long as is needed. Relative accuracy 1e-10. Raises InputError, and
    NoSolutionError if recruitment or the hazards never give so many events.
    """
    events = as_number("events", events, above=0)
    follow_up = as_number("follow_up", follow_up, least=0)
    if accrual_months is None:
        patients = _patients_for(events, accrual, follow_up, arms)
        accrual_months, scale = float(accrual.time_of(patients)), 1.0
    else:
        accrual_months = as_number("accrual_months", accrual_months, above=0)
        relative = float(accrual.enrolled(accrual_months))
        found = _events_after(relative, accrual, follow_up, arms, accrual_months) if relative > 0 else 0.0
        if found <= 0:
            raise NoSolutionError("no events are expected: nobody is recruited or nobody is followed at risk")
        scale = events / found
        patients = relative
    by_arm = trial_events(accrual_months + follow_up, accrual=accrual, patients=patients, arms=arms)
    return SurvivalSize(
        patients=patients * scale,
        treatment_patients=patients * scale * arms.share,
        control_patients=patients * scale * (1.0 - arms.share),
        events=events,
        treatment_events=float(by_arm.treatment) * scale,
        control_events=float(by_arm.control) * scale,
        accrual_months=accrual_months,
        study_months=accrual_months + follow_up,
    )


def _events_after(patients: float, accrual: Accrual, follow_up: float, arms: TwoArms, months: float) -> float:
    return float(trial_events(months + follow_up, accrual=accrual, patients=patients, arms=arms).total)


def _patients_for(events: float, accrual: Accrual, follow_up: float, arms: TwoArms) -> float:
    """The patients after whom, and `follow_up` months more, these events are expected: rising in the patients."""

    def short(patients: float) -> float:
        return events - _events_after(patients, accrual, follow_up, arms, float(accrual.time_of(patients)))

    most = MOST_PATIENTS if accrual.rates[-1] > 0 else float(accrual.enrolled(accrual.breaks[-1]))
    high = min(events, most)
    while short(high) > 0:
        if high >= most:
            raise NoSolutionError(f"{events:g} events are not expected however long the trial recruits")
        high = min(2.0 * high, most)
    from scipy import optimize  # slow to import, and a search does without

    solve: Any = optimize.brentq
    return float(solve(short, 0.0, high, xtol=1e-12 * high, rtol=1e-12))


def _curve(hazard: Hazard, dropout: Hazard, max_follow_up: float | None) -> Floats:
    if max_follow_up is not None:
        as_number("max_follow_up", max_follow_up, above=0)
    return kernels.event_curve(*hazard.arrays, *dropout.arrays, np.inf if max_follow_up is None else max_follow_up)


def _at_least_0(field: str, given: ArrayLike) -> Floats:
    """Numbers of at least 0, infinity included."""
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(field, given, "numbers of at least 0") from None
    bad = ~(values >= 0)
    if np.any(bad):
        raise InputError(field, float(values[bad].flat[0]), "numbers of at least 0")
    return values
