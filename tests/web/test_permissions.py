"""Every view of questions and searches, for every role, an outsider and a visitor."""

from pathlib import Path

import pytest
from django.urls import reverse
from web_fixtures import ROLES

from equipoise.search import read_question, run_search
from equipoise.web.designs import actions
from equipoise.web.questions.actions import start_question

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[2] / "examples" / "hip-arthroscopy.toml"

# who: the owner, a member of the same institution by role, an auditor there, a member elsewhere, a visitor
READ = {"owner": 200, "member": 200, "auditor": 200, "outsider": 404, "visitor": 302}
OWN = {"owner": 200, "member": 403, "auditor": 403, "outsider": 404, "visitor": 302}
MAKE = {"owner": 200, "member": 200, "auditor": 403, "outsider": 200, "visitor": 302}
LIST = {"owner": 200, "member": 200, "auditor": 200, "outsider": 200, "visitor": 302}
SHARE = {"owner": 302, "member": 403, "auditor": 403, "outsider": 404, "visitor": 302}
START = {"owner": 302, "member": 302, "auditor": 403, "outsider": 404, "visitor": 302}
CANCEL = {"owner": 302, "member": 403, "auditor": 403, "outsider": 404, "visitor": 302}
VIEWS = [
    ("questions:list", (), "get", LIST),
    ("questions:new", (), "get", MAKE),
    ("questions:upload", (), "get", MAKE),
    ("questions:detail", ("question",), "get", READ),
    ("questions:share", ("question",), "post", SHARE),
    ("questions:version", ("question", 1), "get", READ),
    ("questions:download", ("question",), "get", READ),
    ("questions:scenarios", ("question",), "get", OWN),
    ("questions:check", ("question",), "get", OWN),
    ("questions:edit", ("question", "endpoint"), "get", OWN),
    ("designs:list", (), "get", LIST),
    ("designs:start", ("question",), "post", START),
    ("designs:detail", ("search",), "get", READ),
    ("designs:progress", ("search",), "get", READ),
    ("designs:cancel", ("search",), "post", CANCEL),
    ("designs:chart", ("search", "front"), "get", READ),
    ("designs:picture", ("search", "front"), "get", READ),
    ("designs:story", ("search", "design"), "get", READ),
    ("designs:story-chart", ("search", "design", "path", "svg"), "get", READ),
    ("designs:json", ("search",), "get", READ),
    ("designs:csv", ("search",), "get", READ),
]


@pytest.fixture(scope="module")
def answer():
    asked = read_question(EXAMPLE)
    few = asked.consider.model_copy(update={"looks": (2,), "sizes": 1})
    return run_search(asked.model_copy(update={"consider": few}))


@pytest.fixture
def things(hangzhou, person, answer, lakeside_alone):
    owner = person(hangzhou, "investigator")
    payload = answer.question.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    question = start_question(owner=owner, institution=hangzhou, payload=payload)
    search = actions.start_search(question=question, owner=owner)
    actions.take_up(search.pk)
    actions.finish(search.pk, answer)
    return {"owner": owner, "question": question.pk, "search": search.pk, "design": answer.recommended}


@pytest.fixture
def lakeside_alone(hangzhou):
    """A programme of the one hospital: the other is an outsider."""
    from datetime import date

    from equipoise.web.programme.models import Programme

    made = Programme.objects.create(name_en="Alone", starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1))
    made.institutions.set([hangzhou])
    return made


def everyone(things, hangzhou, boston, person):
    yield "owner", things["owner"]
    for role in ROLES:
        yield "auditor" if role == "auditor" else "member", person(hangzhou, role)
    yield "outsider", person(boston, "investigator")
    yield "visitor", None


@pytest.mark.parametrize(
    ("name", "arguments", "method", "expected"), VIEWS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_who_may_enter(name, arguments, method, expected, things, hangzhou, boston, person, client_of):
    address = reverse(name, args=[things.get(argument, argument) for argument in arguments])
    for who, user in everyone(things, hangzhou, boston, person):
        response = getattr(client_of(user), method)(address)
        assert response.status_code == expected[who], (who, user)
        if who == "visitor":
            assert "/account/login/" in response["Location"]


def test_every_view_of_the_rooms_is_in_the_table():
    from equipoise.web.designs.urls import urlpatterns as designs
    from equipoise.web.questions.urls import urlpatterns as questions

    known = {name for name, *_ in VIEWS}
    assert {f"questions:{pattern.name}" for pattern in questions} | {
        f"designs:{pattern.name}" for pattern in designs
    } == known


def test_someone_without_a_role_has_nothing(things, person, client_of):
    nobody = client_of(person())
    for name, arguments, method, _expected in VIEWS:
        address = reverse(name, args=[things.get(argument, argument) for argument in arguments])
        assert getattr(nobody, method)(address).status_code in (403, 404)


def test_someone_who_has_left_has_nothing(things, client_of):
    owner = things["owner"]
    client = client_of(owner)
    owner.is_active = False
    owner.save()
    assert client.get(reverse("questions:detail", args=[things["question"]])).status_code == 302


class TestSharing:
    """A question and its searches reach the partner hospital when, and only while, its owner shares them."""

    def test_shared_and_taken_back(self, things, boston, person, client_of, lakeside_alone):
        lakeside_alone.institutions.add(boston)
        partner = client_of(person(boston, "adviser"))
        pages = [
            reverse("questions:detail", args=[things["question"]]),
            reverse("designs:detail", args=[things["search"]]),
        ]
        owner = client_of(things["owner"])
        for programme, expected in ((lakeside_alone.pk, 200), ("", 404)):
            owner.post(reverse("questions:share", args=[things["question"]]), {"programme": programme})
            assert [partner.get(page).status_code for page in pages] == [expected] * 2

    def test_not_with_a_programme_that_is_not_ones_own(self, things, boston, client_of):
        from datetime import date

        from equipoise.web.programme.models import Programme
        from equipoise.web.questions.models import Question

        other = Programme.objects.create(name_en="Other", starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1))
        other.institutions.set([boston])
        for chosen in (other.pk, 999999, "x", "-1"):
            client_of(things["owner"]).post(
                reverse("questions:share", args=[things["question"]]), {"programme": chosen}
            )
            assert Question.objects.get().shared_with is None
