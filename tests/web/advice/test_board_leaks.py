"""What a conflict closes is closed everywhere; nobody learns of a case through the board's pages, feeds, notices or mail."""

from datetime import timedelta

import pytest
from board_things import *  # noqa: F403
from django.urls import reverse
from django.utils import timezone

from equipoise.web.advice import actions_meetings as meetings
from equipoise.web.advice import actions_votes as votes
from equipoise.web.advice.actions_board import declare_conflict
from equipoise.web.advice.calendar import entries_of
from equipoise.web.advice.jobs import chase
from equipoise.web.advice.models import Advice, Consultation, Recommendation, Session
from equipoise.web.calendars import calendar_file
from equipoise.web.notices.models import Mail, Notice

pytestmark = pytest.mark.django_db
SECRET = "Zebrafish"


@pytest.fixture
def everything(scene, session):
    """The case on an agenda, talked about in notes, voted on, overdue, advised on, unanswered, with a meeting of its own."""
    meetings.put_on_agenda(session=session, case=scene.case, by=scene.other)
    meetings.write_notes(session=session, notes=f"{SECRET}: take the cluster design")
    vote = votes.open_vote(
        case=scene.case, motion=f"{SECRET} first", quorum=2, closes=timezone.now() + timedelta(days=1), by=scene.other
    )
    votes.cast_ballot(vote=vote, member=scene.colleague, choice="for", reason=SECRET)
    long_ago = timezone.now() - timedelta(days=20)
    Consultation.objects.filter(pk=scene.case.pk).update(due=long_ago)
    advice = Advice.objects.create(
        consultation=scene.case, author=scene.adviser.user, summary="S", follow_up_on=timezone.localdate()
    )
    Advice.objects.update(created=long_ago)
    Recommendation.objects.create(advice=advice, text="R")
    Session.objects.filter(pk=session.pk).update(starts=timezone.now() + timedelta(hours=20))
    scene.vote, scene.session = vote, Session.objects.get(pk=session.pk)
    chase()
    return scene


def pages(scene):
    """Every page of the board, and of the case's own."""
    for name in ("advice:board", "advice:meetings", "advice:measures", "advice:measures-csv"):
        yield reverse(name)
    yield reverse("advice:session", args=[scene.session.pk])
    yield reverse("advice:session-calendar", args=[scene.session.pk])
    yield reverse("advice:clinic", args=[scene.session.clinic_id])
    yield reverse("advice:member", args=[scene.conflicted.pk])
    yield reverse("advice:vote", args=[scene.case.pk, scene.vote.pk])
    yield reverse("advice:agree", args=[scene.case.pk])
    yield reverse("advice:vote-new", args=[scene.case.pk])


def told(user) -> str:
    notices = [f"{n.text_en} {n.text_zh} {n.url}" for n in Notice.objects.filter(user=user)]
    mails = [
        f"{m.subject} {m.body} {m.calendar}" for m in Mail.objects.filter(to=user.email).exclude(status="withdrawn")
    ]
    return " ".join(notices + mails)


def sees_nothing(user, scene, client_of):
    client = client_of(user)
    for url in pages(scene):
        answer = client.get(url)
        assert answer.status_code in (200, 403, 404), (user, url)
        assert SECRET not in answer.content.decode(), (user, url)
    assert SECRET not in calendar_file(entries_of(user)).decode()
    assert SECRET not in told(user)
    assert f"/board/{scene.case.pk}/" not in told(user)


def test_there_is_something_to_leak(everything, client_of):
    client = client_of(everything.other)
    seen = [url for url in pages(everything) if SECRET in client.get(url).content.decode()]
    assert len(seen) >= 4
    for user in (everything.other, everything.adviser.user, everything.requester):
        assert SECRET in told(user), user


def test_a_conflicted_member_sees_nothing(everything, client_of):
    sees_nothing(everything.conflicted.user, everything, client_of)


def test_a_conflicted_member_learns_of_no_vote(everything, client_of):
    client = client_of(everything.conflicted.user)
    where = [everything.case.pk, everything.vote.pk]
    assert client.get(reverse("advice:vote", args=where)).status_code == 404
    assert client.post(reverse("advice:ballot", args=where), {"choice": "for"}).status_code == 404
    assert client.post(reverse("advice:vote-close", args=where)).status_code == 404


def test_a_conflicted_coordinator_sees_nothing_and_may_not_touch_it(everything, client_of, seat):
    member = seat(everything.coordinator)
    declare_conflict(member=member, by=everything.coordinator, reason="Kin", consultation=everything.case)
    Notice.objects.filter(user=everything.coordinator).exclude(kind="board").count()
    everything.coordinator.__dict__.pop("_conflicts", None)
    sees_nothing(everything.coordinator, everything, client_of)
    client = client_of(everything.coordinator)
    assert client.post(reverse("advice:session-notes", args=[everything.session.pk]), {"notes": "x"}).status_code == 403
    where = [everything.session.pk, everything.case.pk]
    assert client.post(reverse("advice:agenda-off", args=where)).status_code == 404
    assert client.post(reverse("advice:agenda-earlier", args=where)).status_code == 404
    client.post(reverse("advice:agenda-put", args=[everything.session.pk]), {"case": everything.case.pk})
    client.post(reverse("advice:conflict", args=[everything.adviser.pk]),
                {"about": "consultation", "number": everything.case.pk, "reason": "guess"})  # fmt: skip
    assert everything.adviser.conflicts.count() == 0


def test_notes_stay_closed_when_the_case_has_moved_on(everything, clinic, client_of):
    later = Session.objects.create(
        programme=clinic.programme, clinic=clinic, starts=timezone.now() + timedelta(days=30), time_zone="UTC"
    )
    meetings.put_on_agenda(session=later, case=everything.case, by=everything.other)
    sees_nothing(everything.conflicted.user, everything, client_of)


def test_a_meeting_about_one_case_is_hidden_whole(everything, client_of):
    starts = timezone.now() + timedelta(days=3)
    everything.case.refresh_from_db()
    agreed = meetings.agree_time(
        case=everything.case, starts=starts, minutes=30, time_zone="UTC", by=everything.other,
        join_url="https://meet.example.org/secret-room",
    )  # fmt: skip
    for user in (everything.conflicted.user, everything.investigator):
        client = client_of(user)
        for name in ("advice:session", "advice:session-calendar"):
            assert client.get(reverse(name, args=[agreed.pk])).status_code == 404
        assert "secret-room" not in calendar_file(entries_of(user)).decode()
        assert "secret-room" not in told(user)
        assert f"/sessions/{agreed.pk}/" not in client.get(reverse("advice:meetings")).text
    colleague = client_of(everything.adviser.user)
    assert colleague.get(reverse("advice:session", args=[agreed.pk])).status_code == 200


def test_a_requester_on_the_agenda_sees_their_own_case_and_no_other(everything, make_case, client_of):
    mine = make_case(title="Mine alone")
    meetings.put_on_agenda(session=everything.session, case=mine, by=everything.other)
    client = client_of(mine.owner)
    page = client.get(reverse("advice:session", args=[everything.session.pk])).text
    assert "Mine alone" in page
    assert SECRET not in page
    assert SECRET not in calendar_file(entries_of(mine.owner)).decode() + told(mine.owner)


def test_outsiders_of_the_case_read_no_title_of_it(everything, client_of):
    sees_nothing(everything.investigator, everything, client_of)
    sees_nothing(everything.outsider, everything, client_of)


def test_calendars_name_no_case_even_to_those_who_may_read_it(everything):
    for user in (everything.adviser.user, everything.requester, everything.other):
        assert SECRET not in calendar_file(entries_of(user)).decode()


def test_a_conflict_declared_later_takes_back_notices(everything, client_of):
    declare_conflict(
        member=everything.colleague, by=everything.colleague.user, reason="Found out", consultation=everything.case
    )
    chase()
    everything.colleague.user.__dict__.pop("_conflicts", None)
    waiting = Mail.objects.filter(user=everything.colleague.user, status="waiting")
    assert not any(SECRET in mail.subject + mail.body for mail in waiting)
    assert not any(SECRET in notice.text_en for notice in Notice.objects.filter(user=everything.colleague.user))
    client = client_of(everything.colleague.user)
    for url in pages(everything):
        assert SECRET not in client.get(url).content.decode(), url
