"""Questions in the workbench: uploaded, written in steps, changed, read at a version, taken away."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from equipoise.search import parse_question, read_question
from equipoise.web.people.models import Membership
from equipoise.web.questions.actions import change_question, start_question
from equipoise.web.questions.demo import load_demo_questions
from equipoise.web.questions.models import Question
from equipoise.web.questions.queries import visible_questions

pytestmark = pytest.mark.django_db
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))


@pytest.fixture
def owner(hangzhou, person):
    return person(hangzhou, "investigator")


@pytest.fixture
def client(owner, client_of):
    return client_of(owner)


@pytest.fixture
def question(owner, hangzhou):
    payload = read_question(EXAMPLES[0]).model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude_defaults=True
    )
    return start_question(owner=owner, institution=hangzhou, payload=payload)


def send(client, content, **more):
    if isinstance(content, str):
        content = content.encode()
    return client.post("/questions/upload/", {"file": SimpleUploadedFile("question.toml", content), **more})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_uploaded_and_downloaded_the_same(client, path):
    response = send(client, path.read_bytes())
    question = Question.objects.get()
    assert response["Location"] == question.get_absolute_url()
    assert question.status == "ready"
    sent = client.get(f"/questions/{question.pk}/question.toml").content.decode()
    assert parse_question(sent) == read_question(path)
    assert client.get(question.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"", ""),
        (b"title = ", "the file"),
        (b"#" * 1_000_001, "too large"),
        (EXAMPLES[0].read_text().replace("weight = ", "wieght = ", 1), "wieght"),
        (EXAMPLES[0].read_text().replace("power = 0.8", "power = 8"), "endpoint.power"),
    ],
    ids=["not text", "empty", "not TOML", "too large", "unknown field", "out of range"],
)
def test_a_wrong_file_is_told_in_one_line_and_changes_nothing(client, content, said):
    response = send(client, content)
    assert response.status_code == 422
    errors = response.context["form"].errors["file"]
    assert len(errors) == 1
    assert said in errors[0] or "TOML" in errors[0]
    assert "Traceback" not in response.content.decode()
    assert not Question.objects.exists()


def test_a_change_is_a_new_version_and_the_old_one_stays(client, question):
    old = question.title
    change_question(question=question, parts={"title": "A new title"})
    question.refresh_from_db()
    assert question.version == 2
    change_question(question=question, parts={"title": "A new title"})
    question.refresh_from_db()
    assert question.version == 2  # nothing changed
    assert question.at_version(1).title == old
    first = client.get(f"/questions/{question.pk}/versions/1/").content.decode()
    assert old in first
    assert "This is an earlier version." in first
    assert parse_question(client.get(f"/questions/{question.pk}/question.toml?version=1").content.decode()).title == old
    assert client.get(f"/questions/{question.pk}/versions/9/").status_code == 404
    for wrong in ("x", "-1", "9" * 30):
        assert client.get(f"/questions/{question.pk}/question.toml?version={wrong}").status_code in (200, 404)


def test_an_incomplete_question_says_what_is_missing(client, question):
    question.payload.pop("scenarios")
    question.save()
    page = client.get(f"/questions/{question.pk}/edit/check/").content.decode()
    assert "Scenarios: " in page or "This step is not written yet." in page
    assert client.post(f"/questions/{question.pk}/edit/check/").status_code == 422
    assert client.get(f"/questions/{question.pk}/question.toml").status_code == 302


def test_a_scenario_comes_and_goes_without_losing_what_was_typed(client, question):
    address = f"/questions/{question.pk}/edit/scenarios/"
    rows = client.get(address).context["rows"].forms
    typed = {"scenarios-total": str(len(rows))}
    for form in rows:
        typed |= {f"{form.prefix}-{name}": form[name].value() or "" for name in form.fields}
    typed["scenarios-0-name"] = "typed by hand"
    more = client.post(address, typed | {"action": "add"}).context["rows"].forms
    assert len(more) == len(rows) + 1
    assert more[0]["name"].value() == "typed by hand"
    fewer = client.post(address, typed | {"action": "remove-1"}).context["rows"].forms
    assert [form["name"].value() for form in fewer] == ["typed by hand", *(form["name"].value() for form in rows[2:])]
    for wrong in ("remove-99", "remove-x", "nonsense", "remove-"):
        assert len(client.post(address, typed | {"action": wrong}).context["rows"].forms) == len(rows)
    question.refresh_from_db()
    assert question.version == 1


@pytest.mark.parametrize(
    ("field", "value"), [("recruitment__sites", "many"), ("recruitment__patients_per_site_month", "-1")]
)
def test_a_wrong_number_is_told_beside_its_field(client, question, field, value):
    address = f"/questions/{question.pk}/edit/conduct/"
    form = client.get(address).context["form"]
    typed = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    response = client.post(address, typed | {field: value})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    question.refresh_from_db()
    assert question.version == 1


def test_only_the_owner_changes_it_even_by_post(question, hangzhou, person, client_of):
    other = client_of(person(hangzhou, "investigator"))
    for address in ("edit/question/", "edit/scenarios/", "edit/check/"):
        assert other.post(f"/questions/{question.pk}/{address}", {"title": "mine now"}).status_code == 403
    question.refresh_from_db()
    assert question.version == 1


def test_someone_with_two_hospitals_chooses(client, owner, hangzhou, boston):
    assert 'name="institution"' not in client.get("/questions/new/").content.decode()
    Membership.objects.create(user=owner, institution=boston, role="investigator")
    assert 'name="institution"' in client.get("/questions/upload/").content.decode()
    send(client, EXAMPLES[0].read_bytes(), institution=str(boston.pk))
    assert Question.objects.get().institution == boston


def test_a_hospital_where_one_does_not_write_cannot_be_chosen(client, owner, hangzhou, boston):
    Membership.objects.create(user=owner, institution=boston, role="auditor")
    send(client, EXAMPLES[0].read_bytes(), institution=str(boston.pk))
    assert Question.objects.get().institution == hangzhou


def test_the_query_and_the_permission_agree(question, owner, hangzhou, boston, person):
    for reader in (owner, person(hangzhou, "auditor"), person(boston, "adviser"), person()):
        assert visible_questions(reader).exists() == reader.has_perm("questions.view_question", question)


def test_demo_questions_are_loaded_once(tmp_path, monkeypatch):
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    from equipoise.web.people.demo import load_demo

    load_demo()
    first = load_demo_questions(EXAMPLES)
    assert load_demo_questions(EXAMPLES) == first
    assert Question.objects.count() == len(EXAMPLES)
    assert {question.status for question in first} == {"ready"}
    assert len({question.institution_id for question in first}) == 2
