"""A programme of two hospitals with a board, a question of three versions, and cases in every state."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from equipoise.web.advice import actions
from equipoise.web.advice.actions.request import About
from equipoise.web.advice.models import BoardMember, Consultation
from equipoise.web.programme.models import Programme
from equipoise.web.questions.actions import change_question, start_question

PICOT = {
    "population": "Adults after an ischaemic stroke", "intervention": "Early mobilisation", "comparator": "Usual care",
    "outcome": "Modified Rankin scale", "time": "90 days",
}  # fmt: skip
ADVICE = {
    "summary": "Plan a fixed design first.",
    "references": "AVERT, Lancet 2015",
    "follow_up_on": "",
    "recommendations": [
        {"text": "Lower the target effect", "strength": "strong", "reason": "The literature is more modest."},
        {"text": "Add an interim look", "strength": "moderate", "reason": "It saves patients."},
    ],
}


@pytest.fixture(autouse=True)
def _files_aside(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def written():
    """Advice with two recommendations, ready to sign."""
    return ADVICE


@pytest.fixture
def programme(hangzhou, boston):
    today = date.today()  # noqa: DTZ011
    made = Programme.objects.create(
        name_en="Lakeside and Harbor", name_zh="湖畔与海港", starts_on=today - timedelta(days=400),
        ends_on=today + timedelta(days=400),
    )  # fmt: skip
    made.institutions.set([hangzhou, boston])
    return made


@pytest.fixture
def seat(programme):
    """seat(user, capacity=3): a seat on the board."""

    def make(user, capacity=3):
        return BoardMember.objects.create(
            programme=programme, user=user, capacity=capacity, since=timezone.localdate() - timedelta(days=100)
        )

    return make


@pytest.fixture
def people(programme, hangzhou, boston, person, seat):
    """The requester and colleague in Hangzhou, coordinators at both, three advisers in Boston, an auditor, an outsider."""
    from equipoise.web.people.models import Institution

    away = Institution.objects.create(name_en="Elsewhere Clinic", time_zone="Europe/Berlin")
    found = SimpleNamespace(
        requester=person(hangzhou, "investigator", family_name="林", given_name="晓", language="zh-hans", time_zone="Asia/Shanghai"),
        colleague=person(hangzhou, "investigator", family_name="何", given_name="青", time_zone="Asia/Shanghai"),
        coordinator=person(hangzhou, "coordinator", family_name="周", given_name="宁", time_zone="Asia/Shanghai"),
        partner=person(boston, "coordinator", family_name="Okafor", given_name="Tobe", time_zone="America/New_York"),
        adviser=person(boston, "adviser", family_name="Ellery", given_name="Maren", time_zone="America/New_York",
                       expertise=["neurology", "trial-design"], languages=["en", "zh-hans"]),
        second=person(boston, "adviser", family_name="Quillfeather", given_name="Ada", time_zone="America/New_York",
                      expertise=["sample-size"], languages=["en"]),
        third=person(boston, "statistician", family_name="Marlow", given_name="Piers", time_zone="America/New_York"),
        auditor=person(boston, "auditor"),
        outsider=person(away, "investigator"),
    )  # fmt: skip
    found.seats = SimpleNamespace(adviser=seat(found.adviser), second=seat(found.second), third=seat(found.third))
    return found


@pytest.fixture
def question(people, hangzhou):
    return start_question(
        owner=people.requester, institution=hangzhou, payload={"title": "Early mobilisation", "picot": PICOT}
    )


@pytest.fixture
def next_version():
    """next_version(question, title): the question changed once more."""

    def change(question, title):
        return change_question(question=question, parts={"title": title})

    return change


@pytest.fixture
def make_case(people, programme, hangzhou, question):
    """make_case(until="submitted", **facts): a case that has come so far: draft, submitted, accepted, assigned, advised."""

    def make(until="draft", *, owner=None, team=(), about=None, **facts):
        owner = owner or people.requester
        facts = {
            "title": "Zebrafish rehabilitation", "kind": "question", "urgency": "routine", "asked": "Is the effect plausible?",
            "expertise": ["neurology", "sample-size"], "language": "zh-hans",
        } | facts  # fmt: skip
        case = actions.save_request(
            by=owner, facts=facts, team=team, about=about or About(question.pk, question.version),
            place=(programme, hangzhou),
        )  # fmt: skip
        steps = ["draft", "submitted", "accepted", "assigned", "advised"]
        reached = steps.index(until)
        if reached >= 1:
            case = actions.submit(case=case, by=owner)
        if reached >= 2:
            case = actions.accept(case=case, by=people.partner)
        if reached >= 3:
            case = actions.assign(case=case, by=people.partner, member=people.seats.adviser)
        if reached >= 4:
            actions.sign_advice(case=case, by=people.adviser, payload=ADVICE)
        return Consultation.objects.get(pk=case.pk)

    return make
