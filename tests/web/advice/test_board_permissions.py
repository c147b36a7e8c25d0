"""Every view of the board x every reader."""

from datetime import timedelta

import pytest
from board_things import *  # noqa: F403
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from equipoise.web.advice.actions_votes import open_vote
from equipoise.web.advice.models import Session
from equipoise.web.advice.queries_board import may_see, visible_sessions
from equipoise.web.people.models import User

pytestmark = pytest.mark.django_db
WHO = ("coordinator", "other", "adviser", "colleague", "conflicted", "requester", "auditor", "investigator",
       "outsider", "visitor")  # fmt: skip


def row(default, **others):
    return dict.fromkeys(WHO, default) | {"outsider": 404, "visitor": 302} | others


MEMBERS = row(200, outsider=403)
EVERYONE = row(200)
KEEPERS = row(403, coordinator=200, other=200)
KEEP = row(403, coordinator=302, other=302)
FIGURES = row(200, requester=403, investigator=403, outsider=403)
OWN_SEAT = KEEPERS | {"adviser": 200}
OWN_SEAT_POST = KEEP | {"adviser": 302}
SESSION = row(200, investigator=404)
CHANGE_SESSION = KEEPERS | {"investigator": 404}
DO_SESSION = KEEP | {"investigator": 404}
# the case is voted on, so that the whole board sees it, but for the member with a conflict
CASE = row(200, conflicted=404, investigator=404)
LEAD = row(403, coordinator=200, other=200, adviser=200, conflicted=404, investigator=404)
VOTE = row(403, adviser=422, colleague=422, conflicted=404, investigator=404)
CLOSE = row(403, coordinator=302, other=302, adviser=302, conflicted=404, investigator=404)
VIEWS = [
    ("advice:board", (), "get", MEMBERS),
    ("advice:seat", ("programme",), "get", KEEPERS),
    ("advice:member", ("adviser",), "get", EVERYONE),
    ("advice:member-change", ("adviser",), "get", OWN_SEAT),
    ("advice:conflict", ("adviser",), "get", OWN_SEAT),
    ("advice:conflict-end", ("conflicted", "conflict"), "post", KEEP | {"conflicted": 302}),
    ("advice:meetings", (), "get", MEMBERS),
    ("advice:clinic-new", ("programme",), "get", KEEPERS),
    ("advice:clinic", ("clinic",), "get", EVERYONE),
    ("advice:clinic-change", ("clinic",), "get", KEEPERS),
    ("advice:clinic-end", ("clinic",), "get", KEEPERS),
    ("advice:session", ("session",), "get", SESSION),
    ("advice:session-calendar", ("session",), "get", SESSION),
    ("advice:session-change", ("session",), "get", CHANGE_SESSION),
    ("advice:session-step", ("session", "cancel"), "post", DO_SESSION),
    ("advice:session-notes", ("session",), "post", DO_SESSION),
    ("advice:agenda-put", ("session",), "post", DO_SESSION),
    ("advice:agenda-off", ("session", "case"), "post", DO_SESSION),
    ("advice:agenda-earlier", ("session", "case"), "post", DO_SESSION),
    ("advice:agree", ("case",), "get", LEAD),
    ("advice:vote-new", ("case",), "get", LEAD),
    ("advice:vote", ("case", "vote"), "get", CASE),
    ("advice:ballot", ("case", "vote"), "post", VOTE),
    ("advice:vote-close", ("case", "vote"), "post", CLOSE),
    ("advice:measures", (), "get", FIGURES),
    ("advice:measures-csv", (), "get", FIGURES),
]


@pytest.fixture
def things(scene, session, clinic):
    scene.case.session = session
    scene.case.save()
    vote = open_vote(
        case=scene.case, motion="M", quorum=1, closes=timezone.now() + timedelta(days=1), by=scene.coordinator
    )
    return {
        "programme": scene.programme.pk, "adviser": scene.adviser.pk, "conflicted": scene.conflicted.pk,
        "conflict": scene.conflicted.conflicts.get().pk, "clinic": clinic.pk, "session": session.pk,
        "case": scene.case.pk, "vote": vote.pk, "cancel": "cancel",
    }  # fmt: skip


def user_of(scene, who):
    found = getattr(scene, who, None)
    return getattr(found, "user", found)


@pytest.mark.parametrize(
    ("name", "arguments", "method", "expected"), VIEWS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_who_may_enter(name, arguments, method, expected, scene, things, client_of):
    address = reverse(name, args=[things[argument] for argument in arguments])
    for who in WHO:
        with transaction.atomic():
            response = getattr(client_of(user_of(scene, who)), method)(address)
            transaction.set_rollback(True)
        assert response.status_code == expected[who], who


def test_every_view_of_the_board_is_in_the_table():
    from equipoise.web.advice.urls_board import urlpatterns

    assert {f"advice:{pattern.name}" for pattern in urlpatterns} == {name for name, *_ in VIEWS}


def test_the_list_of_sessions_and_the_permission_agree(scene, session, clinic, make_case):
    scene.case.session = Session.objects.create(
        programme=scene.programme, starts=timezone.now() + timedelta(days=2), time_zone="UTC"
    )
    scene.case.save()
    make_case(session=session)
    for who in WHO[:-1]:
        user = User.objects.get(pk=user_of(scene, who).pk)
        listed = {each.pk for each in visible_sessions(user)}
        allowed = {
            each.pk
            for each in Session.objects.all()
            if user.has_perm("advice.view_session", each) and may_see(user, each)
        }
        assert listed == allowed, who


def test_what_changes_is_refused_by_address(things, scene, client_of):
    client = client_of(scene.other)
    for name, arguments, method, _expected in VIEWS:
        if method == "post":
            address = reverse(name, args=[things[argument] for argument in arguments])
            assert client.get(address).status_code in (403, 405), name
