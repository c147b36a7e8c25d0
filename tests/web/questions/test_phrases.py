"""What the library says about a fault has its words on the pages, in both languages, as a sentence."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from equipoise.errors import InputError
from equipoise.search import parse_question
from equipoise.web.questions.phrases import allowed, explain, line_of

PACKAGE = Path(__file__).parents[3] / "src" / "equipoise"
ROOMS = ["value.py", "search"]  # what the pages can meet; the rest of the library is not asked from here
ELSEWHERE = ("checkpoint.py", "workers.py", "dask_cluster.py", "stories.py")  # the command line alone meets them


def phrases():
    """Every phrase that stands in the code of these rooms, names and numbers in it as 7."""
    for path in (
        path
        for room in ROOMS
        for path in [PACKAGE / room, *(PACKAGE / room).rglob("*.py")]
        if path.is_file() and path.name not in ELSEWHERE
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("InputError", "NoSolutionError"):
                continue
            last = node.args[-1]
            if isinstance(last, ast.Constant):
                yield last.value
            elif isinstance(last, ast.JoinedStr):
                yield "".join(part.value if isinstance(part, ast.Constant) else "7" for part in last.values)


def test_every_phrase_that_the_pages_can_meet_has_its_chinese():
    with translation.override("zh-hans"):
        assert [phrase for phrase in sorted({*phrases()}) if allowed(phrase) == phrase] == []


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("this field is required", "This field is required."),
        ("less than 0.5", "Allowed: a number below 0.5."),
        ("greater than or equal to 0.000000001", "Allowed: a number above 0."),
        ("a positive number; non-inferiority needs a margin", "Write a margin above 0: non-inferiority needs one."),
        ("'lower' or 'higher'", "Allowed: one of 'lower' or 'higher'."),
    ],
)
def test_a_phrase_is_said_as_a_sentence(phrase, said):
    with translation.override("en"):
        assert explain(InputError("field", 1, phrase)) == said


def test_a_file_that_is_not_toml_is_told_with_its_line():
    with pytest.raises(InputError) as caught:
        parse_question('schema = 1\ntitle = "a"\npicot = = 3\n')
    assert line_of(caught.value).startswith("Line 3, ")
    assert line_of(InputError("title", "(at line 3, column 1)", "text")) == ""
