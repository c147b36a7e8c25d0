"""The kept candidates of an answer as a table."""

from __future__ import annotations

import csv
import io

from equipoise.search.result import SearchResult

COLUMNS = (
    "id", "family", "rank", "score", "on_front", "feasible", "assurance", "expected_patients", "max_patients",
    "expected_months", "expected_cost",
)  # fmt: skip
FACTS = ("patients_treatment", "patients_control", "events", "sites", "looks", "spending", "futility_spending")


def candidates_csv(result: SearchResult) -> str:
    """The kept candidates as a table: their averaged figures, their facts and their power by scenario."""
    names = [f"power: {scenario.name}" for scenario in result.question.scenarios]
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([*COLUMNS, *FACTS, *names, "text"])
    for candidate in result.candidates:
        table.writerow(
            [
                *(getattr(candidate, name) for name in COLUMNS),
                *(candidate.design.get(name) for name in FACTS),
                *(scenario.power for scenario in candidate.scenarios),
                candidate.text,
            ]
        )
    return text.getvalue()
