"""The figures of the board, against slow counts in Python; and what is chased, once."""

import csv
import io
import statistics
from datetime import timedelta

import pytest
from board_things import *  # noqa: F403
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from equipoise.web.advice import measures
from equipoise.web.advice.actions_meetings import put_on_agenda
from equipoise.web.advice.jobs import chase
from equipoise.web.advice.models import Advice, Consultation, Event, Recommendation, Session
from equipoise.web.notices.models import Mail, Notice

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def history(scene, make_case):
    """Eleven cases, answered after 1, 2, ... 11 half days and advised after as many days."""
    now, cases = timezone.now(), []
    for number in range(1, 12):
        submitted = now - 40 * DAY
        case = make_case(
            scene.requester, submitted=submitted, advised=submitted + number * DAY, status="closed",
            closed=submitted + 2 * number * DAY, adviser=scene.adviser, due=submitted + 5 * DAY,
        )  # fmt: skip
        event = Event.objects.create(consultation=case, kind="accepted", by=scene.coordinator)
        Event.objects.filter(pk=event.pk).update(at=submitted + number * DAY / 2)
        Event.objects.create(consultation=case, kind="assigned", by=scene.coordinator)
        cases.append(case)
    return cases


def test_turnaround_is_as_counted_by_hand(history, scene):
    cases = measures.cases_for(scene.other, scene.programme).filter(status="closed")
    first, advice, closed = measures.turnarounds(cases, review_days=5)
    assert (first.number, advice.number, closed.number) == (11, 11, 11)
    assert first.median == pytest.approx(statistics.median(n / 2 for n in range(1, 12)))
    assert advice.median == pytest.approx(6)
    assert advice.ninetieth == pytest.approx(10)
    assert advice.in_time == pytest.approx(7 / 11)  # five working days are a week
    assert closed.median == pytest.approx(12)
    assert closed.in_time is None


def test_the_median_of_an_even_number_lies_between_the_two(history, scene):
    cases = measures.cases_for(scene.other, scene.programme).filter(pk__in=[case.pk for case in history[:4]])
    assert measures.turnarounds(cases, 5)[1].median == pytest.approx(2.5)


def test_adoption_by_strength_counts_what_was_decided(history, scene):
    advice = Advice.objects.create(consultation=history[0], author=scene.adviser.user, summary="S")
    other = Recommendation.objects.create(advice=advice, text="T", strength="suggestion")
    for strength, state in [("strong", "adopted"), ("strong", "adopted"), ("strong", "declined"), ("strong", "open"),
                            ("moderate", "superseded")]:  # fmt: skip
        answered = None if state == "open" else timezone.now()
        Recommendation.objects.create(
            advice=advice, text="T", strength=strength, state=state, answered=answered, answer="Why",
            superseded_by=other if state == "superseded" else None,
        )  # fmt: skip
    rows = measures.adoption_by_strength(measures.cases_for(scene.other, scene.programme))
    assert [(row["code"], row["total"], row["share"]) for row in rows] == [
        ("strong", 4, pytest.approx(2 / 3)), ("moderate", 1, None), ("suggestion", 1, None),
    ]  # fmt: skip


def test_a_reader_s_conflicts_are_out_of_the_figures(history, scene):
    assert measures.cases_for(scene.other, scene.programme).count() == 12
    assert measures.cases_for(scene.conflicted.user, scene.programme).count() == 0


def test_the_page_and_the_file(history, scene, client_of):
    Consultation.objects.filter(pk=scene.case.pk).update(due=timezone.now() - DAY)
    page = client_of(scene.other).get(reverse("advice:measures") + "?months=3")
    assert scene.case.title in page.text
    answer = client_of(scene.other).get(reverse("advice:measures-csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["turnaround in days", "advice", "median", "6.0"] in rows
    assert ["advisers", scene.adviser.user.name, "advised", "11"] in rows


def test_a_name_that_a_spreadsheet_takes_for_a_formula_is_text(scene, client_of):
    scene.adviser.user.family_name = "=1+1"
    scene.adviser.user.language = "zh-hans"
    scene.adviser.user.save()
    assert ",'=1+1" in client_of(scene.other).get(reverse("advice:measures-csv")).content.decode()


@pytest.mark.parametrize("query", ["?months=x", "?months=999999999", "?page=zzz", "?programme=x", "?programme=999"])
def test_odd_addresses_do_no_harm(scene, client_of, query):
    assert client_of(scene.other).get(reverse("advice:measures") + query).status_code in (200, 404)


@pytest.mark.parametrize("name", ["advice:measures", "advice:meetings", "advice:board", "advice:session"])
def test_pages_take_as_many_queries_for_few_as_for_many(scene, client_of, make_case, seat, clinic, session, name):
    url = reverse(name, args=[session.pk] if name == "advice:session" else [])
    client, now = client_of(scene.other), timezone.now()

    def more():
        for _number in range(3):
            case = make_case(due=now - DAY, status="assigned", adviser=seat(), submitted=now - 3 * DAY)
            put_on_agenda(session=session, case=case, by=scene.other)
            make_case(due=now + DAY)
            Event.objects.create(consultation=case, kind="assigned", by=scene.other)
            advised = make_case(status="closed", advised=now, closed=now, adviser=seat())
            Event.objects.create(consultation=advised, kind="accepted", by=scene.other)
            Session.objects.create(
                programme=scene.programme,
                clinic=clinic,
                starts=now + DAY * (10 + Session.objects.count()),
                time_zone="UTC",
            )

    more()
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    more()
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


# What is chased


def texts(user, part):
    return [notice.text_en for notice in Notice.objects.filter(user=user) if part in notice.text_en]


def test_due_and_overdue_are_told_once_each_to_adviser_and_coordinators(scene):
    now = timezone.now()
    Consultation.objects.update(due=now + timedelta(hours=5))
    chase()
    chase()
    for user in (scene.adviser.user, scene.coordinator, scene.other):
        assert len(texts(user, "is due within a day")) == 1
    Consultation.objects.update(due=now - timedelta(hours=5))
    chase()
    chase()
    for user in (scene.adviser.user, scene.coordinator, scene.other):
        assert len(texts(user, "is overdue")) == 1
    assert not texts(scene.conflicted.user, "due")
    assert not texts(scene.requester, "due")


def test_an_adviser_who_comes_later_is_told_too(scene):
    Consultation.objects.update(due=timezone.now() - DAY)
    chase()
    scene.case.refresh_from_db()
    scene.case.adviser = scene.colleague
    scene.case.save()
    chase()
    assert len(texts(scene.colleague.user, "is overdue")) == 1
    assert len(texts(scene.other, "is overdue")) == 1


def test_follow_ups_and_answers_are_asked_for_once(scene):
    Consultation.objects.update(status="advised", advised=timezone.now(), due=None)
    advice = Advice.objects.create(
        consultation=scene.case, author=scene.adviser.user, summary="S", follow_up_on=timezone.localdate()
    )
    Recommendation.objects.create(advice=advice, text="R")
    chase()
    assert len(texts(scene.requester, "look again")) == 1
    assert not texts(scene.requester, "wait for your answer")
    Advice.objects.update(created=timezone.now() - timedelta(days=14, hours=1))
    chase()
    chase()
    assert len(texts(scene.requester, "wait for your answer")) == 1
    assert len(texts(scene.adviser.user, "look again")) == 1


def test_a_session_is_remembered_a_day_before_and_again_when_it_moves(scene, session):
    Session.objects.update(starts=timezone.now() + timedelta(hours=20))
    chase()
    chase()
    assert len(texts(scene.adviser.user, "Tomorrow")) == 1
    mail = Mail.objects.get(user=scene.adviser.user, subject__contains="Tomorrow")
    assert "BEGIN:VCALENDAR" in mail.calendar
    Session.objects.filter(pk=session.pk).update(starts=timezone.now() + timedelta(hours=21))
    chase()
    assert len(texts(scene.adviser.user, "Tomorrow")) == 2


def test_a_session_that_is_cancelled_is_not_remembered(scene, session):
    Session.objects.update(starts=timezone.now() + timedelta(hours=20), status="cancelled")
    chase()
    assert not texts(scene.adviser.user, "Tomorrow")


def test_chasing_again_costs_no_more_for_many_cases(scene, make_case):
    def quiet():
        chase()
        with CaptureQueriesContext(connection) as seen:
            chase()
        return len(seen)

    make_case(due=timezone.now() - DAY)
    few = quiet()
    for _number in range(5):
        make_case(due=timezone.now() - DAY, adviser=scene.adviser, status="assigned")
    assert quiet() == few
