"""From a request to adoption, by the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from equipoise.web.advice import actions
from equipoise.web.advice.models import Advice, Consultation, Recommendation
from equipoise.web.notices.models import Notice

pytestmark = pytest.mark.django_db


def at(name, case, *more):
    return reverse(f"advice:{name}", args=[case.pk, *more])


def request_data(**facts):
    return {
        "title": "Is the margin right?", "kind": "question", "urgency": "soon", "language": "zh-hans", "asked": "",
        "tried": "", "background": "", "about": "", "lecture": "", "colleague": "",
    } | facts  # fmt: skip


def signing(**facts):
    data = {
        "summary": "Do this.",
        "references": "",
        "follow_up_on": "",
        "points-TOTAL_FORMS": "2",
        "points-INITIAL_FORMS": "0",
    }
    for row, (text, why) in enumerate([("Widen the margin", "It is too narrow."), ("", "")]):
        data |= {f"points-{row}-text": text, f"points-{row}-reason": why, f"points-{row}-strength": "strong"}
    return data | {"action": "sign"} | facts


def test_a_title_is_enough_for_a_draft_and_sending_asks_for_the_rest(people, question, client_of):
    client = client_of(people.requester)
    response = client.post(reverse("advice:new"), request_data(action="submit"))
    case = Consultation.objects.get()
    assert case.status == "draft"
    assert response["Location"] == at("edit", case) + "?check"
    page = client.get(response["Location"])
    assert set(page.context["form"].errors) == {"asked", "methods", "about"}
    facts = request_data(
        asked="Ten per cent?", methods=["sample-size"], about=f"question:{question.pk}:1", team=[people.colleague.pk],
        files=[SimpleUploadedFile("注册.pdf", b"%PDF-1.7 x")], action="submit",
    )  # fmt: skip
    assert client.post(at("edit", case), facts)["Location"] == case.get_absolute_url()
    case.refresh_from_db()
    assert (case.status, case.question, case.question_version) == ("submitted", question, 1)
    assert list(case.team.all()) == [people.colleague]
    assert case.due > case.submitted
    assert {notice.user for notice in Notice.objects.filter(kind="advice-submitted")} == {
        people.coordinator,
        people.partner,
    }
    file = case.attachments.get()
    sent = client_of(people.partner).get(at("file", case, file.pk))
    assert b"".join(sent.streaming_content) == b"%PDF-1.7 x"
    assert client_of(people.outsider).get(at("file", case, file.pk)).status_code == 404


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"),
        ({"kind": "astrology"}, "kind"),
        ({"about": "question:999:1"}, "about"),
        ({"about": "question:{pk}:7"}, "about"),
        ({"about": "design:5:gs-1"}, "about"),
        ({"about": "'; drop table"}, "about"),
        ({"team": ["{outsider}"]}, "team"),
        ({"files": SimpleUploadedFile("x.exe", b"MZ")}, "files"),
        ({"files": SimpleUploadedFile("x.pdf", b"MZ")}, "files"),
        ({"title": "x" * 201}, "title"),
        ({"lecture": "77"}, "lecture"),
        ({"methods": ["alchemy"]}, "methods"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(facts, field, people, question, client_of):
    filled = {
        name: [text.format(outsider=people.outsider.pk) for text in value] if isinstance(value, list)
        else value.format(pk=question.pk) if isinstance(value, str) else value
        for name, value in facts.items()
    }  # fmt: skip
    response = client_of(people.requester).post(reverse("advice:new"), request_data(**filled))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Consultation.objects.exists()


def test_a_question_of_another_hospital_cannot_be_brought_unless_it_is_shared(
    people, programme, question, client_of, boston
):
    client = client_of(people.second)
    facts = request_data(about=f"question:{question.pk}:1")
    assert client.post(reverse("advice:new"), facts).status_code == 422
    question.shared_with = programme
    question.save()
    assert client.post(reverse("advice:new"), facts).status_code == 302


def test_colleagues_are_found_by_name_in_ones_own_institution_only(people, client_of):
    page = client_of(people.requester).get(reverse("advice:colleagues"), {"colleague": "何青"})
    assert [person.pk for person in page.context["people"]["found"]] == [people.colleague.pk]
    page = client_of(people.requester).get(reverse("advice:colleagues"), {"colleague": "Ellery", "team": ["x", "99"]})
    assert not page.context["people"]["found"]
    typed = request_data(colleague="何", action="find", title="")
    page = client_of(people.requester).post(reverse("advice:new"), typed)
    assert page.status_code == 200
    assert [person.pk for person in page.context["people"]["found"]] == [people.colleague.pk]
    assert not page.context["form"].errors


def test_triage_by_the_pages(people, make_case, client_of):
    case, client = make_case("submitted"), client_of(people.partner)
    assert client.post(at("decide", case), {"decision": "decline", "reason": ""}).status_code == 422
    assert client.post(at("decide", case), {"decision": "ask-back", "reason": "Which outcome?"}).status_code == 302
    case.refresh_from_db()
    assert case.status == "draft"
    page = client_of(people.requester).get(case.get_absolute_url())
    assert "Which outcome?" in page.content.decode()
    assert client.get(case.get_absolute_url()).status_code == 404
    client_of(people.requester).post(at("submit", case))
    client.post(at("decide", case), {"decision": "accept"})
    due = Consultation.objects.get().due
    assert client.post(at("schedule", case), {"urgency": "urgent"}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.urgency) == ("accepted", "urgent")
    assert case.due < due
    assert client.post(at("schedule", case), {"urgency": "urgent", "due": "2001-01-01"}).status_code == 422
    names = [row["seat"].user for row in client.get(at("triage", case)).context["matches"]]
    assert names[0] == people.adviser
    client.post(at("assign", case), {"member": people.seats.adviser.pk, "seat": "first"})
    case.refresh_from_db()
    assert (case.status, case.adviser) == ("assigned", people.seats.adviser)
    assert Notice.objects.filter(user=people.adviser, kind="advice-assigned").exists()
    client.post(at("assign", case), {"member": people.seats.second.pk, "seat": "first"})
    assert client_of(people.adviser).get(case.get_absolute_url()).status_code == 404
    assert client_of(people.second).get(case.get_absolute_url()).status_code == 200


def test_nobody_triages_their_own_request(people, make_case, client_of):
    case = make_case("submitted", owner=people.coordinator)
    assert client_of(people.coordinator).get(at("triage", case)).status_code == 403
    assert client_of(people.partner).get(at("triage", case)).status_code == 200


def test_a_draft_of_advice_is_its_authors_alone_until_it_is_signed(people, make_case, client_of):
    case, client = make_case("assigned"), client_of(people.adviser)
    client.post(at("advise", case), signing(action="keep", summary="Gryphon"))
    assert "Gryphon" in client.get(at("advise", case)).content.decode()
    for reader in (people.requester, people.partner, people.auditor):
        assert "Gryphon" not in client_of(reader).get(case.get_absolute_url()).content.decode()
    more = client.post(at("advise", case), signing(action="more", summary="Gryphon"))
    assert (more.status_code, len(more.context["rows"].forms)) == (200, 3)
    assert client.post(at("advise", case), signing(summary="")).status_code == 422
    assert client.post(at("advise", case), signing(**{"points-0-reason": ""})).status_code == 422
    assert client.post(at("advise", case), signing(follow_up_on="1999-01-01")).status_code == 422
    assert not Advice.objects.exists()
    assert client.post(at("advise", case), signing(summary="Gryphon")).status_code == 302
    case.refresh_from_db()
    advice = case.advice.get()
    assert (case.status, advice.question_version, advice.recommendations.count()) == ("advised", 1, 1)
    assert "Gryphon" in client_of(people.requester).get(case.get_absolute_url()).content.decode()
    assert not case.drafts.exists()


@pytest.mark.parametrize("action", ["sign", "keep", "more"])
@pytest.mark.parametrize("total", [None, "x", "9" * 30, "²"])
def test_a_mangled_form_of_advice_is_refused_and_not_a_traceback(action, total, people, make_case, client_of):
    case = make_case("assigned")
    data = signing(action=action)
    data.pop("points-TOTAL_FORMS") if total is None else data.update({"points-TOTAL_FORMS": total})
    assert client_of(people.adviser).post(at("advise", case), data).status_code == 422
    assert not case.drafts.exists()


def answer_data(point, **facts):
    return {f"r{point.pk}-{name}": value for name, value in facts.items()}


def test_every_recommendation_is_answered_and_the_case_closes(people, make_case, question, next_version, client_of):
    case, client = make_case("advised"), client_of(people.requester)
    next_version(question, "Early mobilisation, smaller effect")
    first, second = Recommendation.objects.all()
    page = client.get(case.get_absolute_url())
    assert page.context["moved"] == {"latest": 2, "given": 1, "taken": [], "url": question.get_absolute_url()}
    assert (
        client.post(at("answer", case, first.pk), answer_data(first, state="declined", answer=" ")).status_code == 422
    )
    assert (
        client.post(at("answer", case, first.pk), answer_data(first, state="adopted", version="9")).status_code == 422
    )
    assert client.post(at("answer", case, first.pk), answer_data(first, state="superseded")).status_code == 422
    assert (
        client.post(at("answer", case, first.pk), answer_data(first, state="adopted", version="2")).status_code == 302
    )
    page = client.get(case.get_absolute_url())
    assert (
        page.context["moved"]["taken"] == ["Version 2 took 1 recommendation."]
        or "2" in page.context["moved"]["taken"][0]
    )
    client.post(at("answer", case, second.pk), answer_data(second, state="declined", answer="Too costly"))
    case.refresh_from_db()
    second.refresh_from_db()
    assert (case.status, second.state, second.answer) == ("closed", "declined", "Too costly")
    assert client.post(at("reopen-recommendation", case, second.pk), {"reason": ""}).status_code == 422
    client.post(at("reopen-recommendation", case, second.pk), {"reason": "Money came"})
    case.refresh_from_db()
    assert case.status == "advised"
    client.post(at("answer", case, second.pk), answer_data(second, state="superseded", superseded_by=first.pk))
    case.refresh_from_db()
    assert case.status == "closed"
    client.post(at("reopen", case), {"reason": "New data", "latest": "on"})
    case.refresh_from_db()
    assert (case.status, case.question_version, case.closed) == ("assigned", 2, None)


def test_a_second_opinion_is_its_own_advice_and_keeps_the_case_open(people, make_case, client_of):
    case = make_case("advised")
    client_of(people.partner).post(at("assign", case), {"member": people.seats.second.pk, "seat": "second"})
    for point in Recommendation.objects.all():
        actions.answer_recommendation(recommendation=point, by=people.requester, state="adopted")
    case.refresh_from_db()
    assert case.status == "advised"
    client_of(people.second).post(at("advise", case), signing(summary="I would not."))
    assert case.advice.get(kind="second").author == people.second
    point = Recommendation.objects.get(advice__kind="second")
    actions.answer_recommendation(recommendation=point, by=people.requester, state="adopted")
    case.refresh_from_db()
    assert case.status == "closed"


def test_the_wrong_moment_changes_nothing_and_is_explained(people, make_case, client_of):
    case = make_case("advised")
    point = Recommendation.objects.first()
    actions.answer_recommendation(recommendation=point, by=people.requester, state="adopted")
    again = client_of(people.requester).post(
        at("answer", case, point.pk), answer_data(point, state="declined", answer="no"), follow=True
    )
    assert again.status_code == 200
    point.refresh_from_db()
    assert point.state == "adopted"
    for name in ("decide", "assign"):
        data = {"decision": "accept", "member": people.seats.second.pk, "seat": "first"}
        assert client_of(people.partner).post(at(name, case), data, follow=True).status_code == 200
    case.refresh_from_db()
    assert case.status == "advised"
    assert client_of(people.adviser).get(at("advise", make_case("advised"))).status_code == 200


def test_a_draft_is_deleted_and_a_request_withdrawn(people, make_case, client_of, written):
    client, draft, sent = client_of(people.requester), make_case("draft"), make_case("assigned")
    actions.keep_draft(case=sent, by=people.adviser, payload=written)
    assert client.post(at("withdraw", draft))["Location"] == reverse("advice:list")
    client.post(at("withdraw", sent), {"reason": "Solved"})
    assert not Consultation.objects.filter(pk=draft.pk).exists()
    sent.refresh_from_db()
    assert sent.status == "withdrawn"
    assert not sent.drafts.exists()
    assert Notice.objects.filter(user=people.adviser, kind="advice-withdrawn").exists()
