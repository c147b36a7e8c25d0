"""Every view of planning, registering and attending, for every role, an outsider and a visitor."""

import pytest
from django.urls import reverse
from lectures.permission_table import VIEWS
from web_fixtures import ROLES

from equipoise.web.lectures.models import DateProposal, Lecture
from equipoise.web.lectures.queries import visible_lectures
from equipoise.web.people.models import Institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(lecture, series):
    invited = lecture("invited", days=20)
    proposal = DateProposal.objects.create(
        lecture=invited, starts=invited.starts, time_zone="UTC", made_by=invited.speaker
    )
    return {
        "series": series.pk,
        "lecture": lecture().pk,
        "proposed": lecture("proposed").pk,
        "invited": invited.pk,
        "proposal": proposal.pk,
    }


@pytest.fixture
def everyone(things, hangzhou, boston, person, speaker, coordinator):
    elsewhere = Institution.objects.create(name_en="Elsewhere")
    places = {"investigator": hangzhou, "adviser": boston, "speaker": hangzhou, "statistician": hangzhou}
    members = [
        ("member", person(places.get(role, boston), role)) for role in ROLES if role not in ("coordinator", "auditor")
    ]
    return [
        ("speaker", speaker),
        ("coordinator", coordinator),
        ("coordinator", person(boston, "coordinator")),
        *members,
        ("auditor", person(boston, "auditor")),
        *[("outsider", person(elsewhere, role)) for role in ("investigator", "coordinator", "auditor")],
        ("visitor", None),
    ]


@pytest.mark.parametrize(("name", "arguments", "method", "expected"), VIEWS, ids=lambda value: str(value)[:40])
def test_who_may_enter(name, arguments, method, expected, things, everyone, client_of):
    address = reverse(name, args=[things.get(argument, argument) for argument in arguments])
    for who, user in everyone:
        response = getattr(client_of(user), method)(address)
        assert response.status_code == expected[who], (who, user and user.roles)
        if who == "visitor":
            assert "/account/login/" in response["Location"]


def test_every_view_of_the_room_is_in_a_table():
    from equipoise.web.lectures import urls, urls_learning

    known = {name for name, *_ in VIEWS}
    others = {pattern.name for pattern in urls_learning.urlpatterns}
    assert {f"lectures:{pattern.name}" for pattern in urls.urlpatterns if pattern.name not in others} == known


def test_the_lists_show_just_what_may_be_seen(lecture, everyone):
    """Every status with a date and without: the query and the permission say the same for everyone."""
    for status, _label in Lecture.Status.choices:
        for announced in (False, True):
            for dated in (True, False):
                made = lecture(status)
                Lecture.objects.filter(pk=made.pk).update(
                    announced=made.starts if announced else None, **({} if dated else {"starts": None})
                )
    everything = list(Lecture.objects.all())
    for _who, user in everyone:
        if user is not None:
            allowed = {made.pk for made in everything if user.has_perm("lectures.view_lecture", made)}
            assert set(visible_lectures(user).values_list("pk", flat=True)) == allowed


def test_a_planned_lecture_is_nowhere_for_members(lecture, investigator, client_of, series):
    lecture("proposed", topic_en="Secret topic", topic_zh="Secret topic")
    lecture("invited", topic_en="Secret topic", topic_zh="Secret topic")
    lecture("cancelled", topic_en="Secret topic", topic_zh="Secret topic", announced=None)
    member = client_of(investigator)
    for address in (reverse("lectures:list"), reverse("lectures:list") + "?when=past", series.get_absolute_url()):
        assert "Secret topic" not in member.get(address).content.decode()


def test_who_sees_how_to_join(lecture, investigator, speaker, coordinator, person, hangzhou, client_of):
    from equipoise.web.lectures.presence import register, withdraw

    held = lecture()
    held.join_links.create(region="cn", url="https://meeting.example.cn/secret")
    other = person(hangzhou)
    pages = (reverse("lectures:detail", args=[held.pk]), reverse("lectures:ics", args=[held.pk]))

    def sees(user):
        return [b"meeting.example.cn" in client_of(user).get(page).content for page in pages]

    assert sees(investigator) == sees(other) == [False, False]
    register(lecture=held, user=investigator)
    assert sees(investigator) == sees(speaker) == sees(coordinator) == [True, True]
    assert sees(other) == sees(person(hangzhou, "auditor")) == [False, False]
    withdraw(lecture=held, user=investigator)
    assert sees(investigator) == [False, False]


def test_the_name_of_a_speaker_who_has_not_answered_is_for_those_who_plan(
    lecture, investigator, coordinator, speaker, client_of
):
    moved = lecture("invited", announced=lecture().created)
    page = reverse("lectures:detail", args=[moved.pk])
    feed = reverse("lectures:ics", args=[moved.pk])
    assert b"Ellery" not in client_of(investigator).get(page).content
    assert b"Ellery" not in client_of(investigator).get(feed).content
    assert b"Ellery" in client_of(coordinator).get(page).content
