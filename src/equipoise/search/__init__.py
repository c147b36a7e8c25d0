"""From a question to the designs worth considering: candidates, evaluation, front, recommendation."""

from equipoise.search.file import parse_question, read_question, write_toml
from equipoise.search.question import Question
from equipoise.search.result import Candidate, SearchResult
from equipoise.search.run import SearchCancelled, run_search

__all__ = [
    "Candidate",
    "Question",
    "SearchCancelled",
    "SearchResult",
    "parse_question",
    "read_question",
    "run_search",
    "write_toml",
]
