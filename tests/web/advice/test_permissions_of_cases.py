"""Every view of consultations x every reader."""

import pytest
from advice.permission_table import VIEWS
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from equipoise.web.advice import actions
from equipoise.web.advice.models import Conflict, Consultation
from equipoise.web.advice.queries import visible_consultations
from equipoise.web.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(people, person, hangzhou, boston, seat):
    conflicted = person(boston, "coordinator")
    Conflict.objects.create(member=seat(conflicted), institution=hangzhou, reason="Spouse", declared_by=conflicted)
    named = {name: value for name, value in vars(people).items() if isinstance(value, User)}
    return named | {"bystander": person(hangzhou, "investigator"), "conflicted": conflicted, "visitor": None}


@pytest.fixture
def things(people, make_case):
    team = [people.colleague]
    draft, case, advised = make_case("draft", team=team), make_case("draft", team=team), make_case("advised", team=team)
    files = [
        actions.attach(case=held, by=people.requester, files=[SimpleUploadedFile("a.txt", b"words")])[0]
        for held in (draft, case)
    ]
    case = actions.submit(case=case, by=people.requester)
    case = actions.accept(case=case, by=people.partner)
    actions.assign(case=case, by=people.partner, member=people.seats.adviser)
    point = advised.advice.get().recommendations.first()
    return {
        "draft": draft.pk,
        "case": case.pk,
        "advised": advised.pk,
        "point": point.pk,
        "draft_file": files[0].pk,
        "file": files[1].pk,
    }


@pytest.mark.parametrize(
    ("name", "arguments", "method", "expected"), VIEWS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_who_may_enter(name, arguments, method, expected, readers, things, client_of):
    address = reverse(name, args=[things[argument] for argument in arguments])
    assert set(expected) == set(readers)
    for who, user in readers.items():
        with transaction.atomic():
            response = getattr(client_of(user), method)(address)
            transaction.set_rollback(True)
        b"".join(response.streaming_content) if response.streaming else None
        assert response.status_code == expected[who], who


def test_every_view_of_consultations_is_in_the_table():
    from equipoise.web.advice import urls, urls_board

    ours = {f"advice:{pattern.name}" for pattern in urls.urlpatterns} - {
        f"advice:{pattern.name}" for pattern in urls_board.urlpatterns
    }
    assert ours == {name for name, *_ in VIEWS}


def test_the_list_and_the_permission_agree(readers, things):
    for who, user in readers.items():
        if user is None:
            continue
        user = User.objects.get(pk=user.pk)
        listed = set(visible_consultations(user).values_list("pk", flat=True))
        allowed = {case.pk for case in Consultation.objects.all() if user.has_perm("advice.view_consultation", case)}
        assert listed == allowed, who


def test_what_only_takes_a_post_refuses_a_get(readers, things, client_of):
    for name, arguments, method, _expected in VIEWS:
        if method == "post":
            address = reverse(name, args=[things[argument] for argument in arguments])
            for who in ("requester", "partner", "adviser"):
                assert client_of(readers[who]).get(address).status_code in (403, 404, 405), name
