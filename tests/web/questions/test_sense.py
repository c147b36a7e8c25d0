"""A main scenario whose effect does not meet the objective is told before a search, and the search agrees."""

import pytest

from equipoise.errors import NoSolutionError
from equipoise.search import Question, run_search
from equipoise.web.questions.sense import fault_of_sense

PICOT = dict.fromkeys(("population", "intervention", "comparator", "outcome", "time"), "-")
RISKS = {"kind": "proportion", "power": 0.8}
NI, EQ = {"objective": "non-inferiority"}, {"objective": "equivalence"}
HAZARD = {"kind": "survival", "power": 0.8}
MEAN = {"kind": "mean", "power": 0.8}


def question(endpoint, scenario):
    return Question.read(
        {
            "title": "-",
            "picot": PICOT,
            "endpoint": endpoint,
            "scenarios": [{"name": "a"} | scenario],
            "recruitment": {"sites": 20, "patients_per_site_month": 20},
            "follow_up": {"months": 6},
            "consider": {"families": "fixed", "sizes": 1},
        }
    )


def risks(control, treatment):
    return {"control": control, "treatment": treatment}


def hazard(ratio):
    return {"hazard_ratio": ratio, "control_median_months": 12}


@pytest.mark.parametrize(
    ("endpoint", "scenario", "meets"),
    [
        (RISKS, risks(0.3, 0.2), True),
        (RISKS, risks(0.3, 0.3), False),
        (RISKS, risks(0.2, 0.3), False),
        (RISKS | {"better": "higher"}, risks(0.2, 0.3), True),
        (RISKS | {"measure": "odds-ratio"}, risks(0.3, 0.3), False),
        (RISKS | NI | {"margin": 0.1}, risks(0.3, 0.3), True),
        (RISKS | NI | {"margin": 0.1}, risks(0.3, 0.45), False),
        (RISKS | NI | {"margin": 0.1, "better": "higher"}, risks(0.7, 0.65), True),
        (RISKS | NI | {"margin": 0.1, "better": "higher"}, risks(0.7, 0.55), False),
        (RISKS | NI | {"margin": 1.3, "measure": "ratio"}, risks(0.3, 0.45), False),
        (RISKS | EQ | {"margin": 0.1}, risks(0.3, 0.32), True),
        (RISKS | EQ | {"margin": 0.1}, risks(0.3, 0.15), False),
        (RISKS | EQ | {"margin": 1.3, "measure": "ratio"}, risks(0.3, 0.2), False),
        (MEAN, {"difference": 0, "sd": 1}, False),
        (MEAN, {"difference": -0.3, "sd": 1}, True),
        (MEAN, {"difference": 0.3, "sd": 1}, False),
        (HAZARD, hazard(0.7), True),
        (HAZARD, hazard(1), False),
        (HAZARD | {"margin": 0.7}, hazard(0.5), True),
        (HAZARD | {"margin": 0.7}, hazard(0.8), False),
        (HAZARD | NI | {"margin": 1.3}, hazard(1), True),
        (HAZARD | NI | {"margin": 1.3}, hazard(1.4), False),
        (HAZARD | EQ | {"margin": 1.25}, hazard(0.7), False),
        ({"kind": "count", "power": 0.8}, {"control_rate": 1, "rate_ratio": 0.7}, True),
        ({"kind": "count", "power": 0.8}, {"control_rate": 1, "rate_ratio": 1}, False),
    ],
)  # fmt: skip
def test_the_objective_is_met_as_the_search_finds(endpoint, scenario, meets):
    asked = question(endpoint, scenario)
    assert (fault_of_sense(asked) is None) == meets
    try:
        found = run_search(asked).recommended is not None
    except NoSolutionError:
        found = False
    assert found == meets


def test_a_hazard_ratio_on_the_worse_side_is_a_fault():
    assert fault_of_sense(question(HAZARD, hazard(1.3))).field == "scenarios.1.hazard_ratio"


def test_a_margin_of_all_patients_is_a_fault():
    assert fault_of_sense(question(RISKS | NI | {"margin": 5}, risks(0.3, 0.3))).field == "endpoint.margin"
