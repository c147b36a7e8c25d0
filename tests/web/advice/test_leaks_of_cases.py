"""A conflicted adviser sees nothing of a case anywhere, and the requester never learns who stepped aside or why."""

import pytest
from django.urls import reverse

from equipoise.web.advice import actions
from equipoise.web.advice.models import Conflict, Consultation, Event
from equipoise.web.advice.queries import cases_of_adviser, find, to_advise, visible_consultations, waiting_for
from equipoise.web.notices.actions import tell
from equipoise.web.notices.models import Mail, Notice
from equipoise.web.people.models import User
from equipoise.web.questions.queries import visible_questions

pytestmark = pytest.mark.django_db
TITLE, REASON, NAME = "Zebrafish", "Former business partner of Dr Lin", "Quillfeather"


@pytest.fixture
def left(people, make_case, programme):
    """A case that Quillfeather had, with a draft, notices and mail on the way, and stepped aside from."""
    case = make_case("accepted", team=[people.colleague])
    actions.assign(case=case, by=people.partner, member=people.seats.second)
    actions.keep_draft(case=case, by=people.second, payload={"summary": f"{TITLE} draft"})
    tell([people.second], key=f"session:9:case:{case.pk}", kind="session", text=TITLE, url=case.get_absolute_url())
    assert Mail.objects.filter(user=people.second, status="waiting", body__contains=TITLE).count() == 2
    actions.step_aside(case=case, by=people.second, member=people.seats.second, reason=REASON)
    return Consultation.objects.get(pk=case.pk)


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_the_case_is_closed_at_once_to_whoever_steps_aside(people, left, client_of, question):
    assert (left.status, left.adviser, left.assigned) == ("accepted", None, None)
    assert not left.drafts.exists()
    user, client = fresh(people.second), client_of(people.second)
    for ask in (visible_consultations, cases_of_adviser, to_advise, visible_questions):
        assert not ask(user).exists(), ask
    assert waiting_for(user) == []
    assert not find(user, TITLE).exists()
    for page in (
        "/board/",
        "/board/?show=all",
        "/board/?show=advising",
        "/board/?show=all&words=zebra",
        "/notices/",
        "/find/?q=zebra",
    ):
        assert TITLE not in client.get(page).content.decode(), page
    for name in ("detail", "advise", "triage", "step-aside"):
        assert client.get(reverse(f"advice:{name}", args=[left.pk])).status_code in (404, 405)
        assert client.post(reverse(f"advice:{name}", args=[left.pk])).status_code in (404, 405)
    assert client.get(question.get_absolute_url()).status_code == 404
    assert not Notice.objects.filter(user=user).exists()
    assert not Mail.objects.filter(user=user).exclude(status="withdrawn").exists()


def test_nothing_that_happens_later_reaches_them(people, left):
    actions.assign(case=left, by=people.partner, member=people.seats.adviser)
    case = Consultation.objects.get(pk=left.pk)
    actions.sign_advice(case=case, by=people.adviser, payload={
        "summary": "S", "recommendations": [{"text": TITLE, "strength": "strong", "reason": "R"}]})  # fmt: skip
    for point in case.advice.get().recommendations.all():
        actions.answer_recommendation(recommendation=point, by=people.requester, state="declined", answer=TITLE)
    actions.reopen_case(case=case, by=people.requester, reason=TITLE)
    assert not Notice.objects.filter(user=people.second).exists()


@pytest.mark.parametrize("reader", ["requester", "colleague"])
def test_the_requester_and_the_team_never_learn_of_it(reader, people, left, client_of):
    user = getattr(people, reader)
    pages = [left.get_absolute_url(), "/board/", "/notices/", "/", "/board/?show=mine&words=zebra"]
    actions.assign(case=left, by=people.partner, member=people.seats.adviser)
    for page in pages:
        text = client_of(user).get(page).content.decode()
        for secret in (NAME, "Former business", "conflict", "利益冲突", "stepped aside", "Ellery"):
            assert secret not in text, (page, secret)
    told = "".join(f"{notice.text_en}{notice.text_zh}" for notice in Notice.objects.filter(user=user))
    mailed = "".join(mail.subject + mail.body for mail in Mail.objects.filter(user=user))
    assert NAME not in told + mailed
    assert "Ellery" not in told + mailed


def test_the_name_comes_with_the_signed_advice(people, make_case, client_of):
    case = make_case("assigned")
    assert "Ellery" not in client_of(people.requester).get(case.get_absolute_url()).content.decode()
    assert "Ellery" in client_of(people.partner).get(case.get_absolute_url()).content.decode()
    assert "Ellery" in client_of(people.requester).get(make_case("advised").get_absolute_url()).content.decode()


def test_a_coordinator_who_asks_for_themselves_reads_as_a_requester(people, make_case, client_of):
    case = make_case("accepted", owner=people.coordinator)
    actions.assign(case=case, by=people.partner, member=people.seats.second)
    case.refresh_from_db()
    actions.step_aside(case=case, by=people.second, member=people.seats.second, reason=REASON)
    for page in (case.get_absolute_url(), "/board/?show=all", "/board/?show=mine", "/notices/"):
        text = client_of(people.coordinator).get(page).content.decode()
        assert NAME not in text
        assert "Former business" not in text
    assert not Notice.objects.filter(user=people.coordinator, kind="advice-conflict").exists()


def test_coordinators_and_auditors_read_why_and_other_advisers_do_not(people, left, client_of):
    actions.assign(case=left, by=people.partner, member=people.seats.adviser)
    for user, reads in ((people.partner, True), (people.auditor, True), (people.adviser, False)):
        assert (REASON in client_of(user).get(left.get_absolute_url()).content.decode()) == reads, user
    assert Notice.objects.filter(user=people.partner, kind="advice-conflict").exists()


@pytest.mark.parametrize("with_what", ["person", "institution", "consultation", "teammate"])
def test_a_declared_conflict_keeps_a_member_out_of_the_suggestions_and_from_being_asked(
    with_what, people, make_case, hangzhou, client_of
):
    case = make_case("accepted", team=[people.colleague])
    about = {
        "person": {"person": people.requester}, "institution": {"institution": hangzhou},
        "consultation": {"consultation": case}, "teammate": {"person": people.colleague},
    }[with_what]  # fmt: skip
    Conflict.objects.create(member=people.seats.second, reason=REASON, declared_by=people.second, **about)
    client = client_of(people.partner)
    address = reverse("advice:triage", args=[case.pk])
    assert NAME not in client.get(address).content.decode()
    client.post(address + "assign/", {"member": people.seats.second.pk, "seat": "first"})
    case.refresh_from_db()
    assert case.adviser is None
    assert not Notice.objects.filter(user=people.second).exists()


def test_a_conflicted_coordinator_hears_nothing_of_a_new_request(people, make_case, seat):
    conflict = Conflict.objects.create(
        member=seat(people.coordinator), person=people.requester, reason=REASON, declared_by=people.coordinator
    )
    make_case("advised")
    assert not Notice.objects.filter(user=people.coordinator).exists()
    assert not visible_consultations(fresh(people.coordinator)).exists()
    conflict.ended = conflict.declared
    conflict.save()
    assert visible_consultations(fresh(people.coordinator)).exists()


def test_an_adviser_who_hands_over_sees_no_more(people, make_case, client_of):
    case = make_case("assigned")
    actions.keep_draft(case=case, by=people.adviser, payload={"summary": "x"})
    actions.assign(case=case, by=people.partner, member=people.seats.second)
    assert client_of(people.adviser).get(case.get_absolute_url()).status_code == 404
    assert not case.drafts.exists()
    assert Event.objects.filter(consultation=case, kind="reassigned").exists()
    text = client_of(people.requester).get(case.get_absolute_url()).content.decode()
    assert text.count('class="timeline-what"') == 4  # written, sent, taken, an adviser found


def test_drafts_are_seen_by_the_team_alone(people, make_case, client_of):
    case = make_case("draft", team=[people.colleague])
    for user in (people.coordinator, people.partner, people.adviser, people.auditor, people.outsider):
        assert client_of(user).get(case.get_absolute_url()).status_code == 404
        assert TITLE not in client_of(user).get("/find/?q=zebra").content.decode()
    assert client_of(people.colleague).get(case.get_absolute_url()).status_code == 200
