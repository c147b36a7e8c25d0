"""Counts for the dashboards, against a slow count of the same rows."""

from datetime import timedelta
from statistics import median

import pytest
from django.utils import timezone

from equipoise.web.advice import actions
from equipoise.web.advice.models import Consultation, Recommendation
from equipoise.web.advice.queries import (
    adoption,
    open_by_age,
    turnaround,
    waiting_for,
)

pytestmark = pytest.mark.django_db


def move(case, **days):
    now = timezone.now()
    Consultation.objects.filter(pk=case.pk).update(**{name: now - timedelta(days=ago) for name, ago in days.items()})


def test_open_cases_by_age(make_case, programme, django_assert_num_queries):
    for age in (0, 1, 3, 8, 29, 31, 400):
        move(make_case("submitted"), submitted=age)
    make_case("draft")
    move(make_case("advised"), submitted=3)
    with django_assert_num_queries(1):
        found = open_by_age(programme)
    assert [count for _label, count in found] == [2, 1, 1, 1, 2]
    assert len({str(label) for label, _count in found}) == 5


def test_adoption_counts_each_state(make_case, programme, people):
    case, other = make_case("advised"), make_case("advised")
    first, second, third, _fourth = Recommendation.objects.order_by("pk")
    actions.answer_recommendation(recommendation=first, by=people.requester, state="adopted")
    actions.answer_recommendation(recommendation=second, by=people.requester, state="declined", answer="No")
    actions.answer_recommendation(
        recommendation=third, by=people.requester, state="superseded",
        superseded_by=Recommendation.objects.get(advice=other.advice.get(), position=2),
    )  # fmt: skip
    actions.keep_draft(case=other, by=people.adviser, payload={"recommendations": [{"text": "x"}]})
    today = timezone.localdate()
    assert adoption(programme, today, today + timedelta(days=1)) == {
        "adopted": 1,
        "declined": 1,
        "superseded": 1,
        "open": 1,
    }
    assert sum(adoption(programme, today - timedelta(days=9), today).values()) == 0
    assert case.advice.count() == 1


@pytest.mark.parametrize("lengths", [[(1, 2)], [(1, 2), (3, 9)], [(0.5, 1), (2, 9), (1, 30)]])
def test_turnaround_is_the_median_of_days(lengths, make_case, programme):
    for wait, work in lengths:
        move(make_case("advised"), submitted=40, assigned=40 - wait, advised=40 - wait - work)
    today = timezone.localdate()
    found = turnaround(programme, today - timedelta(days=60), today + timedelta(days=1))
    whole = [wait + work for wait, work in lengths]
    assert found["median_days"] == pytest.approx(median(whole), abs=0.01)
    assert found["to_assigned"] == pytest.approx(median(wait for wait, _work in lengths), abs=0.01)
    assert found["to_advised"] == pytest.approx(median(work for _wait, work in lengths), abs=0.01)
    assert found["within_review_days"] == pytest.approx(sum(days <= 7 for days in whole) / len(whole))
    nothing = turnaround(programme, today + timedelta(days=5), today + timedelta(days=9))
    assert (nothing["n"], nothing["median_days"], nothing["within_review_days"]) == (0, None, None)


def test_what_waits_for_whom(make_case, people, django_assert_max_num_queries):
    submitted, assigned, advised = make_case("submitted"), make_case("assigned"), make_case("advised")
    back = actions.ask_back(case=make_case("submitted"), by=people.partner, reason="More")
    actions.assign(case=advised, by=people.partner, member=people.seats.second, second=True)

    def held(user):
        return {(waiting.code, waiting.case.pk) for waiting in waiting_for(user)}

    assert held(people.partner) == {("triage", submitted.pk)}
    assert held(people.adviser) == {("advise", assigned.pk)}
    assert held(people.second) == {("advise", advised.pk)}
    assert held(people.requester) == {("answer", advised.pk), ("complete", back.pk)}
    assert held(people.auditor) == held(people.outsider) == set()
    with django_assert_max_num_queries(12):
        assert all(
            waiting.words and waiting.title and waiting.url and waiting.since for waiting in waiting_for(people.partner)
        )
