"""Candidates judged by virtual trials: which trial each lives through, and what the counts say of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.design import Hazard
from equipoise.search import event_driven, resized
from equipoise.search.block import Block, Conduct
from equipoise.search.event_driven import two_arms
from equipoise.search.question import Question
from equipoise.search.race import Contestant, Figures
from equipoise.search.recruitment import accrual
from equipoise.search.scenario import Scenario
from equipoise.search.sequential import calendar_of
from equipoise.search.summary import cost_of, summarise
from equipoise.simulate import (
    Boundaries,
    CountTrial,
    Lived,
    MeanTrial,
    PromisingZoneMeanTrial,
    PromisingZoneProportionTrial,
    ProportionTrial,
    RateRecruitment,
    SimulatedTrials,
    SurvivalTrial,
    VirtualTrial,
)

Floats = NDArray[np.float64]
Dates = tuple[Floats, Floats, Floats]


def contestant(question: Question, block: Block) -> Contestant:
    """A block of one candidate, as the race takes it."""
    trials = tuple(trial_of(question, block, scenario) for scenario in question.scenarios)
    return Contestant(trials, partial(_figures, question, block, planned_dates(question, block)), block.complexity)


def planned_dates(question: Question, block: Block) -> Dates:
    """Months, patients and patient-months at each look as planned, (1, 1, S, K); of no trial in particular."""
    if question.endpoint.kind != "survival":
        return calendar_of(question, block)
    planned = event_driven.evaluate(question, block)
    return planned.months, planned.patients, planned.patient_months


def trial_of(question: Question, block: Block, scenario: Scenario) -> VirtualTrial:
    """The virtual trial of a candidate under a scenario."""
    if block.family == "re-estimation":
        return _resized(question, block, scenario)
    kind = question.endpoint.kind
    return {"mean": _mean, "proportion": _proportion, "count": _count, "survival": _survival}[kind](
        question, block, scenario
    )


def _boundaries(block: Block) -> Boundaries:
    bounds = block.shape.solution
    return Boundaries(efficacy=bounds.critical, futility=bounds.futility)


def _sizes(block: Block, scenario: Scenario) -> dict[str, Any]:
    """Boundaries, and patients of each arm with an outcome at each look."""
    information = np.array(block.shape.solution.information)

    def seen(arm: Floats) -> tuple[int, ...]:
        return tuple(int(x) for x in np.rint(information * arm.item() * (1 - scenario.dropout)))

    return {
        "boundaries": _boundaries(block),
        "patients_treatment": seen(block.treatment),
        "patients_control": seen(block.control),
    }


def _mean(question: Question, block: Block, scenario: Scenario) -> VirtualTrial:
    endpoint, effect = question.endpoint, scenario.difference or 0.0
    return MeanTrial.model_validate(
        _sizes(block, scenario) | {
            "difference": effect if endpoint.better == "higher" else -effect, "sd": scenario.sd,
            "sd_control": scenario.sd_control, "margin": endpoint.margin or 0.0,
            "test": "welch" if scenario.sd_control is not None and endpoint.test == "t" else endpoint.test,
        }
    )  # fmt: skip


def _proportion(question: Question, block: Block, scenario: Scenario) -> VirtualTrial:
    endpoint = question.endpoint
    measure = {"test": "pooled"} if endpoint.margin is None else {"test": "score", "measure": endpoint.measure}
    return ProportionTrial.model_validate(
        _sizes(block, scenario) | measure | {
            "rate_treatment": scenario.treatment, "rate_control": scenario.control,
            "better": endpoint.better, "margin": endpoint.margin,
        }
    )  # fmt: skip


def _resized(question: Question, block: Block, scenario: Scenario) -> VirtualTrial:
    """The promising-zone trial of a candidate under a scenario; stages are combined by inverse normals, which keeps the level."""
    endpoint, seen = question.endpoint, 1 - scenario.dropout

    def arms(share: float) -> dict[str, int]:
        sizes = {"treatment": block.treatment, "control": block.control}
        return {name: max(2, round(share * size.item() * seen)) for name, size in sizes.items()}

    rule: dict[str, Any] = {
        "boundaries": _boundaries(block), "interim": arms(block.shape.solution.information[0]), "planned": arms(1.0), "maximum": arms(block.facts["most_increase"]),
        "power": endpoint.power, "least_conditional_power": block.facts["promising_from"],
    }  # fmt: skip
    if endpoint.kind == "mean":
        effect = scenario.difference or 0.0
        truth = {
            "difference": effect if endpoint.better == "higher" else -effect, "sd": scenario.sd,
            "sd_control": scenario.sd_control, "margin": endpoint.margin or 0.0, "test": endpoint.test,
        }  # fmt: skip
        return PromisingZoneMeanTrial.model_validate(rule | truth)
    truth = {
        "rate_treatment": scenario.treatment, "rate_control": scenario.control, "better": endpoint.better,
        "margin": endpoint.margin, "test": "pooled" if endpoint.margin is None else "score",
    }  # fmt: skip
    return PromisingZoneProportionTrial.model_validate(rule | truth)


def _count(question: Question, block: Block, scenario: Scenario) -> VirtualTrial:
    rate = (scenario.control_rate or 0.0) / 12
    return CountTrial.model_validate(
        _sizes(block, scenario) | {
            "rate_treatment": rate * (scenario.rate_ratio or 1.0), "rate_control": rate,
            "dispersion": scenario.dispersion, "exposure_months": block.follow_up,
            "better": question.endpoint.better, "margin": question.endpoint.margin,
        }
    )  # fmt: skip


def _survival(question: Question, block: Block, scenario: Scenario) -> VirtualTrial:
    """Where events are wished for, the arms change places: fewer of them on control is treatment's success."""
    arms = two_arms(question, scenario, block.ratio, block.follow_up)
    breaks = tuple(sorted({0.0, *arms.treatment.breaks, *arms.control.breaks}))
    rates = {"treatment": _rates(arms.treatment, breaks), "control": _rates(arms.control, breaks)}
    share = block.ratio / (1 + block.ratio)
    if question.endpoint.better == "higher":
        rates = {"treatment": rates["control"], "control": rates["treatment"]}
        share = 1 - share
    information = np.array(block.shape.solution.information)
    events = np.ceil(information * block.columns["events"].item() - 1e-9)
    return SurvivalTrial(
        boundaries=_boundaries(block),
        patients=round((block.treatment + block.control).item()),
        events=tuple(int(number) for number in events),
        breaks=breaks,
        hazard_treatment=rates["treatment"],
        hazard_control=rates["control"],
        dropout_hazard=float(arms.control_dropout.rates[0]),
        max_follow_up=block.follow_up if question.follow_up.per_patient else None,
        recruitment=RateRecruitment(accrual=accrual(question, block.sites.item(), scenario.recruitment)),
        treatment_share=share,
    )


def _rates(hazard: Hazard, breaks: tuple[float, ...]) -> tuple[float, ...]:
    """The hazard from each of these months on."""
    held = np.searchsorted(hazard.breaks, breaks, side="right") - 1
    return tuple(float(hazard.rates[place]) for place in held)


def conduct_of(question: Question, block: Block, planned: Dates, results: Sequence[SimulatedTrials]) -> Conduct:
    """What happened to a candidate under each scenario; looks come when planned, but where the trials say otherwise."""
    up = np.array([[count / each.trials for count in each.rejections] for each in results])[None, None]
    down = np.array([[count / each.trials for count in each.futility_stops] for each in results])[None, None]
    error = np.full((1, 1, 1), question.endpoint.one_sided_alpha)
    dates, at_most = planned, None
    if block.family == "re-estimation":
        dates = resized.calendar_seen(question, block, planned, results)
        at_most = resized.at_most(question, block)
    elif question.endpoint.kind == "survival":
        shape, names = up.shape[2:], ("months", "patients", "patient_months")
        months, patients, exposure = (
            _by_look(name, results, np.broadcast_to(part[0, 0], shape))
            for name, part in zip(names, planned, strict=True)
        )
        dates = months, patients, exposure
    return Conduct(up, down, *dates, error, _power_error(results), at_most)


def _by_look(column: str, results: Sequence[SimulatedTrials], planned: Floats) -> Floats:
    """The mean of a column among the trials that ended at each look, (1, 1, S, K); as planned where none did."""
    found = planned.copy()
    for scenario, each in enumerate(results):
        for look, endings in enumerate(each.endings):
            if sum(endings):
                found[scenario, look] = each.mean(column, look=look + 1).mean
    return found[None, None]


def _power_error(results: Sequence[SimulatedTrials]) -> Floats:
    """Standard errors of the powers, (1, 1, S), which are not 0 where all trials ended alike (Agresti & Coull 1998)."""
    trials = np.array([each.trials for each in results]) + 4.0
    share = (np.array([sum(each.rejections) for each in results]) + 2) / trials
    return np.sqrt(share * (1 - share) / trials)[None, None]


def _figures(question: Question, block: Block, planned: Dates, lived: Sequence[Lived]) -> Figures:
    """The objectives, and what they would be by the trials of each part alone, all else held."""
    conduct = conduct_of(question, block, planned, [each.whole for each in lived])
    found = summarise(question, block, conduct)
    mean = (found.power, found.expected_patients, found.max_patients, found.expected_months, found.expected_cost)
    ends, rejected = _ends_by_part(lived)
    months, patients, cost = ((ends * values[0, 0]).sum(axis=-1) for values in
                              (conduct.months, conduct.patients, cost_of(question, block, conduct)))  # fmt: skip
    if question.endpoint.kind == "survival":  # they differ among trials that end at the same look, too
        months = np.stack([each.means("months") for each in lived], axis=-1)
        patients = np.stack([each.means("patients") for each in lived], axis=-1)
    elif block.family == "re-estimation":  # all else goes with the size
        kept = 1 - np.array([scenario.dropout for scenario in question.scenarios])
        grown = np.stack([each.means("patients") for each in lived], axis=-1) / kept
        months, cost = (
            values[0, 0, :, 0] + (grown - conduct.patients[0, 0, :, 0]) * _slope(values[0, 0], conduct.patients[0, 0])
            for values in (conduct.months, cost_of(question, block, conduct))
        )
        patients = grown
    most = np.broadcast_to(found.max_patients[0], patients.shape)
    return Figures(np.stack([part[0] for part in mean]), np.stack([rejected, patients, most, months, cost], axis=1))


def _ends_by_part(lived: Sequence[Lived]) -> tuple[Floats, Floats]:
    """Of the trials of each part, the shares that end at each look (P, S, K), and that reject (P, S)."""
    counts = np.stack([each.endings for each in lived], axis=1)  # (P, S, K, 3)
    number = counts.sum(axis=(2, 3))
    return counts.sum(axis=3) / number[..., None], counts[..., 2].sum(axis=2) / number


def _slope(values: Floats, patients: Floats) -> Floats:
    """How a figure at the looks, (S, 2), grows with the patients there."""
    return (values[:, 1] - values[:, 0]) / np.maximum(patients[:, 1] - patients[:, 0], 1e-9)
