"""The steps of a question: each fault beside its field and in its unit, and every value in force on the page."""

import pytest

from equipoise.web.questions.actions import change_question, fault, start_question
from equipoise.web.questions.models import Question
from equipoise.web.questions.presenters import present_versions

pytestmark = pytest.mark.django_db
PICOT = dict.fromkeys(("population", "intervention", "comparator", "outcome", "time"), "-")
PAYLOAD = {
    "title": "A question",
    "picot": PICOT,
    "endpoint": {"kind": "proportion"},
    "scenarios": [{"name": "as expected", "control": 0.3, "treatment": 0.2}],
    "recruitment": {"sites": [20], "patients_per_site_month": 2.0},
    "follow_up": {"months": [3]},
    "cost": {"per_patient": 900},
}


@pytest.fixture
def owner(hangzhou, person):
    return person(hangzhou, "investigator")


@pytest.fixture
def client(owner, client_of):
    return client_of(owner)


@pytest.fixture
def question(owner, hangzhou):
    return start_question(owner=owner, institution=hangzhou, payload=PAYLOAD)


def typed(form):
    return {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}


def save(client, question, step, **values):
    """The answer to what a step shows, with some answers changed."""
    address = f"/questions/{question.pk}/edit/{step}/"
    return client.post(address, typed(client.get(address).context["form"]) | values)


def save_scenarios(client, question, *, main=0, **values):
    address = f"/questions/{question.pk}/edit/scenarios/"
    forms = client.get(address).context["rows"].forms
    sent = {"scenarios-total": len(forms), "scenarios-main": main}
    for form in forms:
        sent |= typed(form)
    return client.post(address, sent | {f"scenarios-{key.replace('__', '-')}": value for key, value in values.items()})


def test_the_page_of_a_question_shows_the_defaults_that_are_in_force(client, question):
    page = client.get(question.get_absolute_url()).content.decode()
    for shown in ("Significance level, %", "2.5", "one-sided", "Power, %", "Risk difference", "900 USD", "Designs to try",
                  "weight 0.4", "evenly spaced", "How likely, as a weight"):  # fmt: skip
        assert shown in page


def test_every_wrong_answer_of_a_step_is_told_at_once_in_its_own_unit(client, question):
    response = save(client, question, "endpoint", endpoint__power="900", endpoint__alpha="60")
    errors = response.context["form"].errors
    assert errors["endpoint__power"] == ["Write a percentage from 50 to 99.9999."]
    assert errors["endpoint__alpha"] == ["Write a percentage above 0 and below 50."]
    errors = save(client, question, "conduct", recruitment__sites="0", limits__max_months="-1").context["form"].errors
    assert set(errors) == {"recruitment__sites", "limits__max_months"}


def test_a_percentage_of_a_scenario_is_told_as_a_percentage(client, question):
    form = save_scenarios(client, question, **{"0__treatment": "130", "0__weight": "-1"}).context["rows"].forms[0]
    assert form.errors["treatment"] == ["Write a percentage above 0 and below 100."]
    assert form.errors["weight"] == ["Allowed: a number of at least 0."]


@pytest.mark.parametrize(("treatment", "said"), [("30", "nothing to show"), ("35", "does worse")])
def test_a_main_scenario_without_the_effect_is_told_beside_it(client, question, treatment, said):
    response = save_scenarios(client, question, **{"0__treatment": treatment})
    assert response.status_code == 422
    assert said in response.context["rows"].forms[0].errors["treatment"][0]


def test_a_question_whose_main_scenario_has_no_effect_is_not_ready(client, question):
    change_question(question=question, parts={"endpoint": {"kind": "proportion", "better": "higher"}})
    question.refresh_from_db()
    assert question.status == "draft"
    assert fault(question.payload).field == "scenarios.1.treatment"


def test_one_scenario_is_the_main_one_and_stays_so_when_another_goes(client, question):
    address = f"/questions/{question.pk}/edit/scenarios/"
    two = PAYLOAD["scenarios"] + [{"name": "other", "control": 0.3, "treatment": 0.22}]
    change_question(question=question, parts={"scenarios": two})
    assert save_scenarios(client, question, main=1).status_code == 302
    question.refresh_from_db()
    assert [row.get("primary", False) for row in question.payload["scenarios"]] == [False, True]
    rows = client.get(address).context["rows"]
    sent = {"scenarios-total": 2, "scenarios-main": 1, "action": "remove-0"}
    for form in rows.forms:
        sent |= typed(form)
    assert client.post(address, sent).context["rows"].main == 0


def test_a_margin_of_risks_is_asked_in_percentage_points(client, question):
    wanted = {"endpoint__objective": "non-inferiority", "endpoint__margin": "1.3"}
    for margin, said in (("", "Write a margin above 0: non-inferiority needs one."),
                         ("500", "Write a percentage above 0 and below 100.")):  # fmt: skip
        response = save(client, question, "endpoint", **wanted, endpoint__margin_points=margin)
        assert response.context["form"].errors == {"endpoint__margin_points": [said]}
    assert save(client, question, "endpoint", **wanted, endpoint__margin_points="5").status_code == 302
    question.refresh_from_db()
    assert question.payload["endpoint"]["margin"] == 0.05
    wanted |= {"endpoint__measure": "ratio", "endpoint__margin_points": "500"}
    assert save(client, question, "endpoint", **wanted).status_code == 302
    question.refresh_from_db()
    assert question.payload["endpoint"]["margin"] == 1.3


@pytest.mark.parametrize(("place", "currency"), [("hangzhou", "CNY"), ("boston", "USD")])
def test_a_new_question_counts_in_the_currency_of_its_place(request, person, client_of, place, currency):
    client = client_of(person(request.getfixturevalue(place)))
    response = client.post("/questions/new/", {"title": "New", **{f"picot__{name}": "-" for name in PICOT}})
    assert response.status_code == 302
    question = Question.objects.get()
    form = client.get(f"/questions/{question.pk}/edit/conduct/").context["form"]
    assert form["cost__currency"].value() == currency
    steps = client.get(f"/questions/{question.pk}/edit/conduct/").context["steps"]
    assert [step["done"] for step in steps] == [True, False, False, False, False, False]


def test_an_amount_needs_its_currency(client, question):
    assert save(client, question, "conduct", cost__currency="").context["form"].errors.keys() == {"cost__currency"}
    assert save(client, question, "conduct", cost__currency="", cost__per_patient="").status_code == 302


def test_an_old_version_is_judged_by_itself(client, owner, hangzhou):
    question = start_question(owner=owner, institution=hangzhou, payload={"title": "Short", "picot": PICOT})
    change_question(
        question=question, parts={name: PAYLOAD[name] for name in PAYLOAD if name not in ("title", "picot")}
    )
    page = client.get(f"/questions/{question.pk}/versions/1/").content.decode()
    assert "This step is not written yet." in page
    assert "Go to “" not in page
    assert "endpoint" not in page.partition("<main")[2].partition("<section")[0]


def test_the_versions_say_which_steps_were_changed(question):
    change_question(question=question, parts={"endpoint": {"kind": "proportion", "power": 0.8}})
    change_question(question=question, parts={}, finished=True)  # saved again, as no new version
    change_question(question=question, parts={"limits": {"max_patients": 500}, "title": "Another"})
    versions = present_versions(question)
    assert [version["number"] for version in versions] == [3, 2, 1]
    assert [[str(title) for title in version["changed"]] for version in versions] == [
        ["The question", "Conduct"], ["Success"], [],
    ]  # fmt: skip


def test_each_section_of_the_check_leads_to_its_step(client, question):
    page = client.get(f"/questions/{question.pk}/edit/check/").content.decode()
    for step in ("question", "endpoint", "scenarios", "conduct", "consider"):
        assert page.count(f'href="/questions/{question.pk}/edit/{step}/"') >= 2  # the stepper's, and the section's
    assert ">Back</a>" in page
