"""Members of the board and their conflicts."""

from datetime import timedelta

import pytest
from board_things import *  # noqa: F403
from django.urls import reverse
from django.utils import timezone

from equipoise.web.advice.models import BoardMember, Conflict
from equipoise.web.notices.models import Notice

pytestmark = pytest.mark.django_db


def test_a_coordinator_puts_someone_on_the_board(scene, client_of, person, boston):
    newcomer = person(boston, "statistician", expertise=["bayesian"], languages=["en", "zh-hans"])
    url = reverse("advice:seat", args=[scene.programme.pk])
    data = {"email": newcomer.email.upper(), "capacity": "2", "since": timezone.localdate().isoformat(), "until": ""}
    answer = client_of(scene.coordinator).post(url, data)
    member = BoardMember.objects.get(user=newcomer)
    assert answer["Location"] == reverse("advice:member", args=[member.pk])
    page = client_of(scene.other).get(reverse("advice:board")).text
    assert "Bayesian methods" in page
    assert "Simplified Chinese" in page
    assert Notice.objects.filter(user=newcomer, kind="board").exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "nobody@example.org"}, "email"),
        ({"email": "x"}, "email"),
        ({"capacity": "-1"}, "capacity"),
        ({"capacity": "51"}, "capacity"),
        ({"until": "2001-01-01"}, "until"),
        ({"since": ""}, "since"),
    ],
)
def test_a_wrong_seat_says_where(scene, client_of, person, boston, fields, field):
    data = {"email": person(boston).email, "capacity": "2", "since": "2026-05-01", "until": ""} | fields
    answer = client_of(scene.other).post(reverse("advice:seat", args=[scene.programme.pk]), data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_nobody_sits_twice_but_may_come_back(scene, client_of):
    url = reverse("advice:seat", args=[scene.programme.pk])
    data = {"email": scene.adviser.user.email, "capacity": "1", "since": timezone.localdate().isoformat()}
    client = client_of(scene.other)
    assert client.post(url, data).status_code == 422
    BoardMember.objects.filter(pk=scene.adviser.pk).update(until=timezone.localdate() - timedelta(days=1))
    assert client.post(url, data).status_code == 302
    scene.adviser.refresh_from_db()
    assert (scene.adviser.until, scene.adviser.capacity) == (None, 1)


def test_members_change_their_capacity_and_not_their_term(scene, client_of):
    url = reverse("advice:member-change", args=[scene.adviser.pk])
    client_of(scene.adviser.user).post(url, {"capacity": "7", "since": "2001-01-01", "until": "2001-02-01"})
    scene.adviser.refresh_from_db()
    assert (scene.adviser.capacity, scene.adviser.until) == (7, None)
    client_of(scene.other).post(url, {"capacity": "7", "since": "2026-01-01", "until": "2099-02-01"})
    scene.adviser.refresh_from_db()
    assert scene.adviser.until.year == 2099


def test_a_conflict_hands_the_case_back_and_takes_back_what_was_told(scene, client_of):
    from equipoise.web.notices.actions import tell

    tell([scene.adviser.user], key="k", kind="x", text="Zebrafish", url=scene.case.get_absolute_url())
    data = {"about": "person", "email": scene.requester.email, "reason": "We publish together"}
    client_of(scene.adviser.user).post(reverse("advice:conflict", args=[scene.adviser.pk]), data)
    scene.case.refresh_from_db()
    assert (scene.case.adviser, scene.case.status) == (None, "accepted")
    assert not Notice.objects.filter(key="k").exists()
    assert Notice.objects.filter(user=scene.other, text_en__contains="Zebrafish").exists()
    assert client_of(scene.adviser.user).get(scene.case.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "about"),
        ({"about": "person"}, "email"),
        ({"about": "person", "email": "nobody@example.org"}, "email"),
        ({"about": "institution"}, "institution"),
        ({"about": "consultation"}, "number"),
        ({"about": "consultation", "number": "999999"}, "number"),
        ({"about": "consultation", "number": "99999999999999999999"}, "number"),
        ({"about": "institution", "institution": "x"}, "institution"),
        ({"about": "person", "email": "person1@example.org", "reason": ""}, "reason"),
    ],
)
def test_a_wrong_conflict_says_where(scene, client_of, data, field):
    number = Conflict.objects.count()
    answer = client_of(scene.adviser.user).post(
        reverse("advice:conflict", args=[scene.adviser.pk]), {"reason": "Because"} | data
    )
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Conflict.objects.count() == number


def test_a_conflict_with_an_institution_or_a_case_and_its_end(scene, client_of, hangzhou):
    client = client_of(scene.other)
    url = reverse("advice:conflict", args=[scene.colleague.pk])
    client.post(
        url, {"about": "institution", "institution": hangzhou.pk, "number": scene.case.pk, "reason": "Employed"}
    )
    client.post(url, {"about": "consultation", "institution": hangzhou.pk, "number": scene.case.pk, "reason": "Rival"})
    first, second = Conflict.objects.filter(member=scene.colleague).order_by("pk")
    assert (first.institution, first.consultation) == (hangzhou, None)
    assert (second.institution, second.consultation) == (None, scene.case)
    client.post(reverse("advice:conflict-end", args=[scene.colleague.pk, first.pk]))
    first.refresh_from_db()
    assert first.ended
    answer = client.post(reverse("advice:conflict-end", args=[scene.adviser.pk, second.pk]))
    assert answer.status_code == 404


def test_conflicts_are_read_by_the_member_coordinators_and_auditors_alone(scene, client_of):
    url = reverse("advice:member", args=[scene.conflicted.pk])
    for user in (scene.conflicted.user, scene.coordinator, scene.other, scene.auditor):
        assert "A rival trial" in client_of(user).get(url).text, user
    for user in (scene.adviser.user, scene.investigator, scene.requester):
        assert "A rival trial" not in client_of(user).get(url).text, user


def test_the_board_takes_as_many_queries_for_few_as_for_many(
    scene, client_of, seat, django_assert_max_num_queries, make_case
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, url = client_of(scene.other), reverse("advice:board")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _number in range(12):
        make_case(adviser=seat(), status="assigned")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
