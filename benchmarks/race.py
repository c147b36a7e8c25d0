"""The race of virtual trials against living through all of them: the same front, with how many fewer trials?"""

from __future__ import annotations

import time
from typing import Any

from equipoise.search import Question, run_search
from equipoise.search.result import SearchResult

TRIALS = 200_000
CONSIDER: dict[str, Any] = {"looks": [2, 3], "sizes": 10, "judged": "simulated"}
COMMON: dict[str, Any] = {
    "picot": dict.fromkeys(("population", "intervention", "comparator", "outcome", "time"), "as published"),
    "recruitment": {"sites": [20], "patients_per_site_month": 1.5},
    "follow_up": {"months": [6.0]},
    "cost": {"per_patient": 1000.0, "per_site": 10_000.0, "per_look": 20_000.0},
}
PROBLEMS: dict[str, dict[str, Any]] = {
    "means": {
        "endpoint": {"kind": "mean", "better": "higher"},
        "scenarios": [
            {"name": "planned", "weight": 2.0, "primary": True, "difference": 5.0, "sd": 12.0},
            {"name": "less", "difference": 4.0, "sd": 12.0},
            {"name": "more spread", "difference": 5.0, "sd": 14.0},
        ],
        "consider": CONSIDER,
    },
    "rates": {
        "endpoint": {"kind": "proportion", "better": "lower"},
        "scenarios": [
            {"name": "planned", "weight": 2.0, "primary": True, "control": 0.30, "treatment": 0.20},
            {"name": "less", "control": 0.30, "treatment": 0.22},
            {"name": "rarer", "control": 0.25, "treatment": 0.17},
        ],
        "consider": CONSIDER,
    },
    "sizes chosen anew": {
        "endpoint": {"kind": "mean", "better": "higher"},
        "scenarios": [
            {"name": "planned", "weight": 2.0, "primary": True, "difference": 5.0, "sd": 12.0},
            {"name": "less", "difference": 4.0, "sd": 12.0},
        ],
        "consider": CONSIDER | {"families": ["fixed", "group-sequential", "re-estimation"], "looks": [2], "sizes": 8},
    },
}


def main() -> None:
    print(f"{TRIALS:,} virtual trials of a candidate under each scenario; a race begins with 500")
    for name, problem in PROBLEMS.items():
        raced, quickly = _search(name, problem, 500)
        whole, slowly = _search(name, problem, TRIALS)
        mine, theirs = _front(raced), _front(whole)
        assert raced.simulation is not None
        assert whole.simulation is not None
        ratio = whole.simulation.trials / raced.simulation.trials
        print(
            f"{name:20}{raced.simulation.candidates:6,} candidates   front {len(mine):4} and {len(theirs):4}, "
            f"{len(mine ^ theirs)} not on both   {_recommended(raced, whole)}   "
            f"{raced.simulation.trials:,} and {whole.simulation.trials:,} trials: {ratio:.1f} times fewer   "
            f"{quickly:.0f} and {slowly:.0f} s",
            flush=True,
        )


def _search(name: str, problem: dict[str, Any], first: int) -> tuple[SearchResult, float]:
    spent = {"first_trials": first, "trials": TRIALS, "most_trials": TRIALS, "seed": 7}
    question = Question.read({"title": name, **COMMON, **problem, "simulation": spent})
    started = time.perf_counter()
    return run_search(question, keep=100_000), time.perf_counter() - started


def _recommended(raced: SearchResult, whole: SearchResult) -> str:
    if raced.recommended == whole.recommended:
        return "recommended the same"
    mine, theirs = whole.candidate(raced.recommended), whole.candidate(whole.recommended)
    worse = f"{theirs.score - mine.score:.4f}" if mine and theirs else "unknown"
    return f"recommended another, whose score is lower by {worse} of all trials"


def _front(result: SearchResult) -> set[str]:
    """Those shown that virtual trials judged: the race's front."""
    return {candidate.id for candidate in result.candidates if candidate.trials}
