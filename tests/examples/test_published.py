"""The example questions against the sizes that the trials' own papers give."""

import math
from pathlib import Path

import pytest

from equipoise.design import count_size, events_required, mean_size, proportion_size
from equipoise.search import read_question, run_search

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


def continuity_corrected(size: float, difference: float) -> float:
    """Patients an arm for Fisher's exact test from those without correction (Fleiss 1981, eq. 3.15)."""
    return size / 4 * (1 + math.sqrt(1 + 4 / (size * abs(difference)))) ** 2


def ours(name: str) -> float:
    """The figure that Equipoise gives to the calculation as the paper states it: events, or control patients with losses."""
    question = read_question(next(path for path in EXAMPLES if path.stem == name))
    endpoint, planned = question.endpoint, question.scenarios[question.primary]
    words = {"power": endpoint.power, "alpha": endpoint.alpha, "sided": endpoint.sided, "objective": endpoint.objective}
    if endpoint.margin is not None:
        words["margin"] = endpoint.margin
    if endpoint.kind == "survival":
        return float(events_required(hazard_ratio=planned.hazard_ratio, **words))
    words |= {"better": endpoint.better, "ratio": 1.0}
    if endpoint.kind == "mean":
        size = mean_size(difference=planned.difference, sd=planned.sd, **words)
    elif endpoint.kind == "count":
        years = question.follow_up.months[0] / 12
        size = count_size(
            control_rate=planned.control_rate, rate_ratio=planned.rate_ratio, dispersion=planned.dispersion,
            exposure_treatment=years, exposure_control=years, **words,
        )  # fmt: skip
    else:
        size = proportion_size(control=planned.control, treatment=planned.treatment, **words)
    return float(size.control) / (1 - planned.dropout)


def published(name: str) -> tuple[int | None, int | None]:
    facts = read_question(next(path for path in EXAMPLES if path.stem == name)).published
    assert facts is not None
    return facts.patients, facts.events


@pytest.mark.parametrize("name", ["dapagliflozin-hfref", "liraglutide-cardiovascular-safety"])
def test_events_are_the_papers_within_one(name):
    assert abs(ours(name) - published(name)[1]) < 1


@pytest.mark.parametrize(
    "name",
    [
        "cisatracurium-ards",
        "hip-arthroscopy",
        "laparoscopic-gastrectomy",
        "oxygen-targets-intensive-care",
        "pci-stable-angina",
        "vilanterol-copd",
    ],
)
def test_patients_of_equal_arms_are_the_papers_within_one_an_arm(name):
    assert abs(2 * math.ceil(ours(name)) - published(name)[0]) <= 2


def test_indomethacin_with_the_continuity_correction_of_its_exact_test():
    # The paper plans for Fisher's exact test; Equipoise's score test needs 870.
    assert 2 * math.ceil(ours("indomethacin-pancreatitis")) == 870
    corrected = continuity_corrected(ours("indomethacin-pancreatitis"), 0.05)
    assert 2 * math.ceil(corrected) == published("indomethacin-pancreatitis")[0]


def test_clopidogrel_rounded_up_to_a_hundred_after_losses():
    # With 5 % lost Equipoise needs 5,084; the paper recruits 5,100.
    total = 2 * math.ceil(ours("clopidogrel-minor-stroke"))
    assert total == 5084
    assert math.ceil(total / 100) * 100 == published("clopidogrel-minor-stroke")[0]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_searched_and_has_a_recommendation(path):
    question = read_question(path)
    quick = question.consider.model_copy(update={"looks": (2, 3), "sizes": 4, "spending": ("obrien-fleming-type",)})
    result = run_search(question.model_copy(update={"consider": quick}), keep=10)
    assert result.recommended is not None
    assert question.published is not None
