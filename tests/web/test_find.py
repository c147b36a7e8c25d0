"""Finding: only what the reader may see, by words in either language."""

import pytest

from equipoise.web.find import find
from equipoise.web.questions.models import Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(person, boston):
    owner = person(boston, family_name="Hidden")
    return Question.objects.create(owner=owner, institution=boston, title="Secret 心衰 trial", payload={"title": "x"})


def test_words_in_either_language_all_of_them(secret, person, boston):
    reader = person(boston)
    for text in ("secret", "心衰", "trial 心衰"):
        assert [kind["rows"] for kind in find(reader, text)] == [[secret]]
    assert find(reader, "secret stroke") == []
    assert find(reader, "   ") == []


def test_nothing_of_others_is_found(secret, person, hangzhou):
    assert find(person(hangzhou), "secret") == []
    assert find(person(hangzhou), "Hidden") == []  # no programme joins the two hospitals here


def test_a_case_closed_by_a_conflict_is_not_found(person, hangzhou, boston, programme):
    from datetime import date

    from equipoise.web.advice.models import BoardMember, Conflict, Consultation

    owner, closed, member = person(hangzhou), person(boston, "coordinator"), person(boston, "coordinator")
    case = Consultation.objects.create(
        programme=programme,
        institution=hangzhou,
        owner=owner,
        kind="design",
        title="Needle",
        asked="?",
        status="submitted",
    )
    seat = BoardMember.objects.create(programme=programme, user=closed, since=date(2026, 1, 1))
    Conflict.objects.create(member=seat, consultation=case, reason="x", declared_by=closed)
    assert [kind["rows"] for kind in find(member, "needle")] == [[case]]
    assert find(closed, "needle") == []


def test_the_page(secret, person, boston, client_of, client):
    page = client_of(person(boston)).get("/find", {"q": "secret"})
    assert f"/questions/{secret.pk}/" in page.text
    assert "Nothing found" in client_of(person(boston)).get("/find", {"q": "<script>"}).text
    assert client.get("/find").status_code == 302


def test_as_many_queries_for_many_as_for_few(person, boston, client_of):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    reader, counts = person(boston), []
    for more in (1, 20):
        for number in range(more):
            Question.objects.create(owner=reader, institution=boston, title=f"needle {number}", payload={"title": "x"})
        with CaptureQueriesContext(connection) as queries:
            client_of(reader).get("/find", {"q": "needle"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
