"""Every view of materials, questions, quiz, feedback, certificates and example, for everyone."""

import pytest
from django.urls import reverse
from learning_world import *  # noqa: F403
from learning_world import add_material, add_quiz, attend, share_example

pytestmark = pytest.mark.django_db

WHO = ("speaker", "coordinator", "member", "colleague", "auditor", "outsider", "visitor")


def row(*statuses):
    return dict(zip(WHO, statuses, strict=True))


SEE = row(200, 200, 200, 200, 200, 404, 302)
KEEP = row(200, 200, 403, 403, 403, 404, 302)
KEEP_POST = row(422, 422, 403, 403, 403, 404, 302)
KEEP_DO = row(302, 302, 403, 403, 403, 404, 302)
REVIEW = row(200, 200, 403, 403, 200, 404, 302)
TAKE = row(200, 200, 200, 200, 403, 404, 302)
TAKE_DO = row(302, 302, 302, 302, 403, 404, 302)
COORDINATE = row(403, 200, 403, 403, 403, 404, 302)
COORDINATE_POST = row(403, 422, 403, 403, 403, 404, 302)
COORDINATE_DO = row(403, 302, 403, 403, 403, 404, 302)
OPEN = row(200, 200, 200, 200, 200, 200, 200)
VIEWS = [
    ("material_new", (), "get", KEEP),
    ("material_new", (), "post", KEEP_POST),
    ("material", ("recording",), "get", SEE),
    ("material_file", ("recording",), "get", SEE),
    ("material_file", ("slides",), "get", SEE),
    ("captions", ("recording", "en"), "get", SEE),
    ("captions_edit", ("recording",), "get", KEEP),
    ("captions_edit", ("recording",), "post", KEEP_DO),
    ("material_place", ("recording",), "post", row(400, 400, 400, 400, 403, 404, 302)),
    ("material_remove", ("slides",), "get", KEEP),
    ("material_remove", ("slides",), "post", row(302, 404, 403, 403, 403, 404, 302)),  # gone after the first
    ("talk", (), "get", SEE),
    ("talk_ask", (), "post", row(422, 422, 422, 422, 403, 404, 302)),
    ("talk_vote", ("question",), "post", TAKE_DO),
    ("talk_answer", ("question",), "get", KEEP),
    ("talk_answer", ("question",), "post", KEEP_POST),
    ("talk_hide", ("question",), "get", COORDINATE),
    ("talk_hide", ("question",), "post", COORDINATE_POST),
    ("quiz", (), "get", TAKE),
    ("quiz", (), "post", row(422, 422, 422, 422, 403, 404, 302)),
    ("quiz_result", (), "get", row(302, 302, 200, 302, 403, 404, 302)),  # only the member has taken it
    ("quiz_overview", (), "get", REVIEW),
    ("quiz_items", (), "get", KEEP),
    ("quiz_item_new", (), "get", KEEP),
    ("quiz_item_new", (), "post", KEEP_POST),
    ("quiz_item", ("item",), "get", KEEP),
    ("quiz_item", ("item",), "post", KEEP_POST),
    ("quiz_item_remove", ("item",), "post", row(302, 404, 403, 403, 403, 404, 302)),
    ("feedback", (), "get", TAKE),
    ("feedback", (), "post", row(422, 422, 422, 422, 403, 404, 302)),
    ("feedback_summary", (), "get", REVIEW),
    ("certificate", (), "get", TAKE),
    ("certificate", (), "post", row(422, 422, 302, 422, 403, 404, 302)),  # only the member has earned it
    ("certificates", (), "get", REVIEW),
    ("certificate_revoke", ("certificate",), "post", COORDINATE_DO),
    ("example", (), "get", row(302, 302, 302, 302, 302, 404, 302)),
    ("example_choose", (), "get", KEEP),
    ("example_choose", (), "post", KEEP_DO),
    ("example_copy", (), "post", row(302, 302, 302, 302, 403, 404, 302)),
]
FREE = [
    ("certificate_pdf", ("code",), row(404, 404, 200, 404, 404, 404, 302)),
    ("verify_form", (), OPEN),
    ("verify", ("code",), OPEN),
]


@pytest.fixture
def things(world):
    from equipoise.web.lectures.actions_learning import ask, set_captions, take_quiz
    from equipoise.web.lectures.certificates import issue_certificate
    from equipoise.web.notices.models import Notice

    recording, slides, items = add_material(world), add_material(world, "slides"), add_quiz(world)
    set_captions(material=recording, language="en", text="WEBVTT\n")
    take_quiz(lecture=world.lecture, user=world.member, items=items, answers={item.pk: 1 for item in items})
    attend(world, world.member)
    certificate = issue_certificate(lecture=world.lecture, user=world.member)
    share_example(world)
    question = ask(lecture=world.lecture, user=world.member, text="Which estimand when people switch treatment?")
    Notice.objects.all().delete()
    return {
        "recording": recording.pk, "slides": slides.pk, "item": items[0].pk, "question": question.pk,
        "certificate": certificate.pk, "code": certificate.code,
    }  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "method", "expected"), VIEWS, ids=[f"{v[0]}-{v[2]}" for v in VIEWS])
def test_who_may_enter(name, arguments, method, expected, things, world, client_of):
    arguments = [things.get(argument, argument) for argument in arguments]
    address = reverse(f"lectures:{name}", args=[world.lecture.pk, *arguments])
    for who, user in world.people.items():
        response = getattr(client_of(user), method)(address)
        assert response.status_code == expected[who], who
        if response.streaming:
            assert b"".join(response.streaming_content)
        if user is None:
            assert "/account/login/" in response["Location"]


@pytest.mark.parametrize(("name", "arguments", "expected"), FREE, ids=[view[0] for view in FREE])
def test_who_may_enter_what_names_no_lecture(name, arguments, expected, things, world, client_of):
    address = reverse(f"lectures:{name}", args=[things[argument] for argument in arguments])
    for who, user in world.people.items():
        assert client_of(user).get(address).status_code == expected[who], who


def test_every_view_is_in_the_table():
    from equipoise.web.lectures.urls_learning import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == {view[0] for view in [*VIEWS, *FREE]}


@pytest.mark.parametrize("status", ["proposed", "invited"])
def test_of_a_lecture_that_is_not_public_members_see_nothing(status, things, world, client_of):
    world.lecture.status = status
    world.lecture.save()
    for name, arguments, method, _expected in VIEWS:
        arguments = [things.get(argument, argument) for argument in arguments]
        address = reverse(f"lectures:{name}", args=[world.lecture.pk, *arguments])
        assert getattr(client_of(world.member), method)(address).status_code == 404, name


def test_what_belongs_to_another_lecture_is_not_there(things, world, client_of):
    from equipoise.web.lectures.models import Lecture

    other = Lecture.objects.create(
        series=world.series, programme=world.programme, topic_en="Another", speaker=world.speaker, status="held",
        starts=world.lecture.starts,
    )  # fmt: skip
    for name, arguments, method, _expected in VIEWS:
        if arguments:
            address = reverse(f"lectures:{name}", args=[other.pk, *(things.get(word, word) for word in arguments)])
            assert getattr(client_of(world.coordinator), method)(address).status_code == 404, name


def test_one_who_has_left_the_programme_reads_nothing_but_keeps_the_certificate(things, world, client_of):
    world.programme.institutions.remove(world.hangzhou)
    client = client_of(world.member)
    for name, arguments, method, _expected in VIEWS:
        arguments = [things.get(argument, argument) for argument in arguments]
        address = reverse(f"lectures:{name}", args=[world.lecture.pk, *arguments])
        assert getattr(client, method)(address).status_code == 404, name
    assert client.get(reverse("lectures:certificate_pdf", args=[things["code"]])).status_code == 200
