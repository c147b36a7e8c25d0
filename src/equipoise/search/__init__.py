"""From a question to the designs worth considering: candidates, evaluation, front, recommendation."""

from equipoise.search.file import parse_question, read_question, write_toml
from equipoise.search.own import OwnDesign, evaluate_design, evaluate_file, power_curve
from equipoise.search.question import Question
from equipoise.search.result import Candidate, ScenarioResult, SearchCancelled, SearchResult
from equipoise.search.run import run_search
from equipoise.search.stories import can_be_told, story_of
from equipoise.search.table import candidates_csv

__all__ = [
    "Candidate",
    "OwnDesign",
    "Question",
    "ScenarioResult",
    "SearchCancelled",
    "SearchResult",
    "can_be_told",
    "candidates_csv",
    "evaluate_design",
    "evaluate_file",
    "parse_question",
    "power_curve",
    "read_question",
    "run_search",
    "story_of",
    "write_toml",
]
