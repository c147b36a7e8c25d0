"""From a question to the designs worth considering: candidates, evaluation, front, recommendation."""

from equipoise.search.file import parse_question, read_question, write_toml
from equipoise.search.question import Question

__all__ = ["Question", "parse_question", "read_question", "write_toml"]
