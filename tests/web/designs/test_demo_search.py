"""The demo search is the answer that the command line printed, kept once beside its question."""

from pathlib import Path

import pytest

from equipoise.search import read_question, run_search
from equipoise.web.designs.demo import keep_demo_search
from equipoise.web.questions.actions import change_question
from equipoise.web.questions.demo import load_demo_questions

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[3] / "examples" / "infliximab-biosimilar.toml"


def test_it_is_kept_once_and_only_beside_its_own_question(tmp_path, monkeypatch):
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    from equipoise.web.people.demo import load_demo

    result = run_search(read_question(EXAMPLE))
    assert keep_demo_search(result) is None
    load_demo()
    [question] = load_demo_questions([EXAMPLE])
    search = keep_demo_search(result)
    assert search.read() == result
    assert (search.question, search.owner, search.status) == (question, question.owner, "done")
    assert keep_demo_search(result) == search
    change_question(question=question, parts={"limits": {"max_months": 50}})
    assert keep_demo_search(result) is None
