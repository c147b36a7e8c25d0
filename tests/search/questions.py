"""Small questions of every kind, for the tests of the search."""

from typing import Any

from equipoise.search import Question

PICOT = {
    "population": "Adults on the ward",
    "intervention": "The new way",
    "comparator": "The usual way",
    "outcome": "What matters to them",
    "time": "Three months",
}
ENDPOINTS: dict[str, dict[str, Any]] = {
    "mean": {"kind": "mean", "better": "higher", "power": 0.8},
    "proportion": {"kind": "proportion", "better": "lower", "power": 0.9},
    "survival": {"kind": "survival", "better": "lower", "power": 0.85},
    "count": {"kind": "count", "better": "lower", "power": 0.9},
}
TRUTHS: dict[str, list[dict[str, Any]]] = {
    "mean": [{"difference": 5.0, "sd": 12.0}, {"difference": 3.5, "sd": 12.0}, {"difference": 5.0, "sd": 15.0}],
    "proportion": [
        {"control": 0.3, "treatment": 0.22},
        {"control": 0.3, "treatment": 0.25},
        {"control": 0.2, "treatment": 0.14},
    ],
    "survival": [
        {"control_median_months": 12.0, "hazard_ratio": 0.7},
        {"control_event_free": {"6": 0.8, "24": 0.4}, "hazard_ratio": 0.75},
        {"control_median_months": 12.0, "hazard_ratio": 0.65, "effect_delay_months": 2.0},
    ],
    "count": [
        {"control_rate": 1.2, "rate_ratio": 0.75, "dispersion": 0.5},
        {"control_rate": 1.2, "rate_ratio": 0.8, "dispersion": 0.5},
        {"control_rate": 0.8, "rate_ratio": 0.75, "dispersion": 1.0},
    ],
}


def data(kind: str, **changes: Any) -> dict[str, Any]:
    """A question file's tables, for one kind of endpoint."""
    names = ("as planned", "smaller effect", "harder to show")
    scenarios = [
        {"name": name, "weight": weight, "dropout": 0.05, "recruitment": speed, **truth}
        for name, weight, speed, truth in zip(names, (2.0, 1.0, 1.0), (1.0, 1.0, 0.7), TRUTHS[kind], strict=True)
    ]
    return {
        "title": f"A question about a {kind}",
        "picot": PICOT,
        "endpoint": ENDPOINTS[kind],
        "scenarios": scenarios,
        "recruitment": {"sites": [8, 30], "patients_per_site_month": 1.5, "opening_months": 6.0},
        "follow_up": {"months": [6.0]},
        "cost": {"per_site": 10000, "per_patient": 2000, "per_patient_month": 50, "per_look": 20000},
        "consider": {"looks": [2, 3], "sizes": 4},
    } | changes


def question(kind: str, **changes: Any) -> Question:
    """A small question about one kind of endpoint."""
    return Question.read(data(kind, **changes))


def clustered(family: str, kind: str = "proportion") -> Question:
    """A small question about clusters."""
    base = data(kind, clusters={"size": [20, 40], "size_cv": 0.3}, consider={"families": [family], "sizes": 4})
    for scenario in base["scenarios"]:
        scenario |= {"icc": 0.02, "cac": 0.8}
    return Question.read(base)


def crossing_over() -> Question:
    """A small question for a crossover trial."""
    base = data("mean", consider={"families": ["crossover"], "sizes": 4})
    for scenario in base["scenarios"]:
        scenario["correlation"] = 0.6
    return Question.read(base)


def every_kind() -> list[Question]:
    """One of each."""
    return [
        *(question(kind) for kind in TRUTHS),
        clustered("cluster"),
        clustered("stepped-wedge"),
        crossing_over(),
    ]
