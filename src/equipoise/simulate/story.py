"""The life of one virtual trial, in the numbers that a picture of it needs."""

from __future__ import annotations

from functools import singledispatch
from math import isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import InputError
from equipoise.simulate.engine import check_request
from equipoise.simulate.proportion_statistics import proportion_estimate
from equipoise.simulate.streams import new_stream, open_trial
from equipoise.simulate.student import student_normal
from equipoise.simulate.sufficient import PATH, mean_trial, proportion_trial
from equipoise.simulate.survival import SurvivalTrial
from equipoise.simulate.survival_kernel import PATH as SURVIVAL_PATH
from equipoise.simulate.survival_kernel import new_room, survival_trial
from equipoise.simulate.trial import UNDECIDED, Boundaries, VirtualTrial
from equipoise.simulate.two_arm import MEASURES, MeanTrial, ProportionTrial
from equipoise.value import Value

Floats = NDArray[np.float64]


class StoryLook(Value):
    """An analysis that was held: when, on how much, what it said.

    `information` is the share of what is planned for the last look: of its events if looks go by events, else of its
    patients or months. `z` is on the scale of the boundaries, which are None where there is none; it is None where it is
    infinite, or not known yet. `outcome` is -1 futility, 0 go on (or the end), 1 rejection.
    """

    month: float | None
    patients: int
    events: int | None
    information: float
    z: float | None
    estimate: float
    upper: float | None
    lower: float | None
    outcome: Literal[-1, 0, 1]


class StoryArm(Value):
    """An arm when the trial ended: its patients, the months of their arrival, and a step function.

    Survival: Kaplan-Meier, the share `values[i]` without an event from month `at[i]` since enrolment on, with the months at
    which patients are censored, and `until`, the longest follow-up. Otherwise the mean (or proportion) `values[i]` of the
    first `at[i]` patients, at each look; without arrivals.
    """

    patients: int
    arrivals: tuple[float, ...]
    at: tuple[float, ...]
    values: tuple[float, ...]
    censored: tuple[float, ...] = ()
    until: float | None = None


class Story(Value):
    """One trial from its first patient to its end; `record` has the columns of the family, as the trial's record does."""

    kind: Literal["survival", "mean", "proportion"]
    trial: int
    look: int
    outcome: Literal[-1, 0, 1]
    record: dict[str, float]
    looks: tuple[StoryLook, ...]
    control: StoryArm
    treatment: StoryArm


def story(trial: VirtualTrial, number: int, *, seed: int, design: int = 0, scenario: int = 0) -> Story:
    """What happened in trial `number` of those that `simulate` lives through with the same seed, design and scenario.

    Raises InputError, also for a family whose trials cannot be told.
    """
    check_request(1, seed, design, scenario, number, None)
    names: Any = (np.uint64(seed), np.uint64(design), np.uint64(scenario))
    stream = new_stream(*names)
    open_trial(stream, number)
    return tell(trial, stream, number)


@singledispatch
def tell(trial: Any, stream: np.ndarray, number: int) -> Story:
    """The story of a trial whose stream is open; families register theirs."""
    raise InputError("trial", type(trial).__name__, "a survival, mean or proportion trial of two arms")


@tell.register
def _survival(trial: SurvivalTrial, stream: np.ndarray, number: int) -> Story:
    _, arguments = trial.kernel()
    truth, test = arguments[4], arguments[6]
    room, path = new_room(trial.patients, len(test.weights)), np.zeros((trial.looks, SURVIVAL_PATH))
    held, outcome = _live(survival_trial, stream, *arguments, room, path)
    patients, (now, enrolled, events, _, estimate) = room[1], path[held - 1].tolist()
    looks = [
        _look(
            trial.boundaries,
            k,
            outcome if k == held - 1 else UNDECIDED,
            _planned_share(trial, k, int(path[k, 2])),
            month=float(path[k, 0]),
            patients=int(path[k, 1]),
            events=int(path[k, 2]),
            z=float(path[k, 3]),
            estimate=float(path[k, 4]),
        )
        for k in range(held)
    ]
    inside = patients.arrivals <= now
    follow = np.minimum(patients.follow, now - patients.arrivals)
    event = (patients.event == 1) & (patients.leave <= now)
    arms = [inside & (truth.arm == arm) for arm in range(2)]
    followed = float(follow[inside].sum())
    control, treatment = (_kaplan_meier(patients.arrivals[arm], follow[arm], event[arm]) for arm in arms)
    return Story(
        kind="survival",
        trial=number,
        look=held,
        outcome=_code(outcome),
        looks=tuple(looks),
        control=control,
        treatment=treatment,
        record=_record(trial, enrolled, events, now, followed, estimate),
    )


@tell.register
def _mean(trial: MeanTrial, stream: np.ndarray, number: int) -> Story:
    path = np.zeros((trial.looks, PATH))
    held, outcome = _live(mean_trial, stream, *trial.kernel()[1], path)
    rows = path[:held].tolist()
    if trial.test == "t":  # its statistic and critical values are Student's; the boundaries are not
        rows = [[*row[:4], student_normal(row[4], row[0] + row[1] - 2)] for row in rows]
    return _by_patients("mean", trial, number, rows, [row[3] - row[2] for row in rows], outcome)


@tell.register
def _proportion(trial: ProportionTrial, stream: np.ndarray, number: int) -> Story:
    path = np.zeros((trial.looks, PATH))
    held, outcome = _live(proportion_trial, stream, *trial.kernel()[1], path)
    measure = MEASURES.index(trial.measure)
    estimates = [proportion_estimate(int(x1), int(n1), int(x0), int(n0), measure) for n0, n1, x0, x1, _ in path[:held]]
    rows = [[n0, n1, x0 / n0, x1 / n1, z] for n0, n1, x0, x1, z in path[:held].tolist()]
    return _by_patients("proportion", trial, number, rows, estimates, outcome)


def _live(one_trial: Any, *arguments: Any) -> tuple[int, int]:
    """How many looks were held, and the outcome."""
    held, outcome = one_trial(*arguments)
    return int(held), int(outcome)


def _by_patients(
    kind: Literal["mean", "proportion"],
    trial: MeanTrial | ProportionTrial,
    number: int,
    rows: list[list[float]],
    estimates: list[float],
    outcome: int,
) -> Story:
    """From each look's patients and means of control and treatment, and the statistic."""
    most = trial.patients_treatment[-1] + trial.patients_control[-1]
    last = len(rows) - 1
    looks = [
        _look(
            trial.boundaries,
            k,
            outcome if k == last else UNDECIDED,
            (row[0] + row[1]) / most,
            month=None,
            patients=int(row[0] + row[1]),
            events=None,
            z=row[4],
            estimate=float(estimates[k]),
        )
        for k, row in enumerate(rows)
    ]
    control, treatment = (
        StoryArm(
            patients=int(rows[-1][arm]),
            arrivals=(),
            at=tuple(row[arm] for row in rows),
            values=tuple(row[arm + 2] for row in rows),
        )
        for arm in range(2)
    )
    return Story(
        kind=kind,
        trial=number,
        look=len(rows),
        outcome=_code(outcome),
        looks=tuple(looks),
        control=control,
        treatment=treatment,
        record=_record(trial, looks[-1].patients, looks[-1].estimate),
    )


def _look(boundaries: Boundaries, k: int, outcome: int, information: float, *, z: float, **figures: Any) -> StoryLook:
    upper, lower = (float(side[k]) for side in boundaries.as_arrays())
    return StoryLook(
        information=information,
        z=_finite(z),
        upper=_finite(upper),
        lower=_finite(lower),
        outcome=_code(outcome),
        **figures,
    )


def _planned_share(trial: SurvivalTrial, k: int, events: int) -> float:
    if trial.events:
        return events / trial.events[-1]
    rule = trial.patients_followed or trial.months
    return rule[k] / rule[-1]


def _kaplan_meier(arrivals: Floats, follow: Floats, event: NDArray[np.bool_]) -> StoryArm:
    """Kaplan & Meier 1958; whoever is censored at the time of an event is at risk of it."""
    months, deaths = np.unique(follow[event], return_counts=True)
    at_risk = len(follow) - np.searchsorted(np.sort(follow), months, side="left")
    share = np.cumprod(1.0 - deaths / at_risk)
    return StoryArm(
        patients=len(follow),
        arrivals=tuple(np.sort(arrivals).tolist()),
        at=(0.0, *months.tolist()),
        values=(1.0, *share.tolist()),
        censored=tuple(np.sort(follow[~event]).tolist()),
        until=float(follow.max()) if len(follow) else None,
    )


def _record(trial: VirtualTrial, *figures: float) -> dict[str, float]:
    return {column.name: float(figure) for column, figure in zip(trial.columns, figures, strict=True)}


def _code(outcome: int) -> Literal[-1, 0, 1]:
    return 1 if outcome > 0 else -1 if outcome < 0 else 0


def _finite(x: float) -> float | None:
    return x if isfinite(x) else None
