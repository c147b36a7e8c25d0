"""The first page of a member, by role."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from equipoise.web.advice.models import BoardMember, Consultation
from equipoise.web.lectures.models import Lecture, Series

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(programme, hangzhou, boston, person):
    """A case with an adviser, long due."""
    adviser = BoardMember.objects.create(programme=programme, user=person(boston, "adviser"), since=date(2026, 1, 1))
    now = timezone.now()
    return Consultation.objects.create(
        programme=programme, institution=hangzhou, owner=person(hangzhou), kind="design", title="Which margin?", asked="?",
        status="assigned", adviser=adviser, submitted=now - timedelta(days=20), assigned=now - timedelta(days=19),
        due=now - timedelta(days=9),
    )  # fmt: skip


@pytest.fixture
def lecture(programme, boston, person):
    series = Series.objects.create(programme=programme, year=2026, title_en="S")
    return Lecture.objects.create(
        series=series, programme=programme, topic_en="Stepped wedges", topic_zh="阶梯楔形", status="invited",
        starts=timezone.now() + timedelta(days=5), speaker=person(boston, "speaker"), time_zone="America/New_York",
    )  # fmt: skip


def test_what_waits_stands_first_for_whom_it_waits(case, lecture, client_of, person, hangzhou):
    adviser = client_of(case.adviser.user).get("/").text
    assert "Which margin?" in adviser
    assert "overdue" in adviser
    assert "Asked to speak" in client_of(lecture.speaker).get("/").text
    colleague = client_of(person(hangzhou)).get("/").text
    assert "Which margin?" not in colleague
    assert "Stepped wedges" not in colleague  # not public before its speaker has said yes
    assert "Nothing waits for you" in colleague


def test_a_coming_lecture_in_both_cities_in_chinese(lecture, client_of, person, hangzhou):
    Lecture.objects.update(status="confirmed")
    page = client_of(person(hangzhou, language="zh-hans", time_zone="Asia/Shanghai")).get("/").text
    assert "阶梯楔形" in page
    assert "UTC+8" in page
    assert "UTC−5" in page or "UTC−4" in page


def test_an_auditor_is_offered_nothing_to_write(client_of, person, hangzhou, programme):
    page = client_of(person(hangzhou, "auditor")).get("/").text
    assert "New question" not in page
    assert "Ask the board" not in page


def test_someone_without_a_programme_has_a_page_too(client_of, person, hangzhou):
    assert client_of(person(hangzhou)).get("/").status_code == 200


def test_as_many_queries_for_many_as_for_few(case, lecture, client_of):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = client_of(case.adviser.user), []
    Lecture.objects.update(status="confirmed")
    for more in (0, 6):
        for _ in range(more):
            for thing in (case, lecture):
                thing.pk = thing.id = None
                if hasattr(thing, "uid"):
                    import uuid

                    thing.uid = uuid.uuid4()
                thing._state.adding = True
                thing.save()
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30
