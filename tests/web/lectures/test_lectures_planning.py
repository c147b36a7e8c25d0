"""From the plan to the end of a lecture: what may happen when, who is told, and what calendars get."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from equipoise.web.lectures import actions, presence, slots
from equipoise.web.lectures.actions import NotPossibleError
from equipoise.web.lectures.models import Lecture
from equipoise.web.lectures.tasks import announce
from equipoise.web.notices.models import Mail, Notice

pytestmark = pytest.mark.django_db
BOSTON = ZoneInfo("America/New_York")


def told(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text_en", flat=True))


def next_year_lecture(lecture, month, day, hour=20, **facts):
    starts = slots.instant(date(timezone.now().year + 1, month, day), time(hour), BOSTON)
    return lecture(starts=starts, **facts)


def test_from_proposed_to_held(series, speaker, coordinator, investigator):
    starts = timezone.now() + timedelta(days=9)
    made = actions.plan_lecture(
        series=series, starts=starts, minutes=60, time_zone="America/New_York", topic_en="Margins", speaker=speaker
    )
    assert (made.status, made.is_public, made.sequence) == ("proposed", False, 0)
    made = actions.invite_speaker(lecture=made)
    assert (made.status, made.is_public) == ("invited", False)
    assert "Margins" in told(speaker)[0]
    made = actions.accept_invitation(lecture=made)
    assert (made.status, made.is_public) == ("confirmed", True)
    assert "gives the lecture" in told(coordinator)[0]
    presence.register(lecture=made, user=investigator)
    assert actions.hold_lecture(lecture=made).status == "confirmed"  # it has not been yet
    Lecture.objects.filter(pk=made.pk).update(starts=timezone.now() - timedelta(hours=2))
    assert actions.hold_lecture(lecture=made).status == "held"


@pytest.mark.django_db(transaction=True)
def test_members_hear_of_a_lecture_once_and_when_they_may_see_it(
    lecture, speaker, coordinator, investigator, person, run_tasks
):
    stranger = person(None)
    made = actions.confirm_lecture(lecture=lecture("invited"))
    assert run_tasks() == 1
    expected = [f"New lecture by {speaker.name}: “Why trials stop early”."]
    assert [text[: len(expected[0])] for text in told(investigator)] == expected
    assert Notice.objects.get(user=investigator).url == made.get_absolute_url()
    assert "试验为何提前终止" in Notice.objects.get(user=investigator).text_zh
    assert len(told(coordinator)) == 1
    assert "confirmed" in told(speaker)[0]
    assert len(told(speaker)) == 1
    assert told(stranger) == []
    Lecture.objects.filter(pk=made.pk).update(status="proposed")
    actions.confirm_lecture(lecture=made)
    announce.enqueue(made.pk)
    assert run_tasks() == 1
    assert len(told(investigator)) == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_hears_of_what_was_called_off_or_is_over(lecture, investigator, run_tasks):
    for made in (lecture("cancelled"), lecture("invited"), lecture(days=-1)):
        announce.enqueue(made.pk)
    run_tasks()
    assert told(investigator) == []


@pytest.mark.parametrize(
    ("status", "action", "facts"),
    [
        ("confirmed", actions.invite_speaker, {}),
        ("proposed", actions.accept_invitation, {}),
        ("proposed", actions.decline_invitation, {}),
        ("held", actions.cancel_lecture, {"reason": "x"}),
        ("cancelled", actions.cancel_lecture, {"reason": "x"}),
        ("cancelled", actions.change_lecture, {"topic_en": "x"}),
        ("held", actions.confirm_lecture, {}),
        ("held", actions.reschedule_lecture, {"starts": None, "minutes": 60, "time_zone": "UTC"}),
    ],
)
def test_what_is_not_possible_changes_nothing(status, action, facts, lecture):
    made = lecture(status)
    with pytest.raises(NotPossibleError):
        action(lecture=made, **facts)
    made.refresh_from_db()
    assert (made.status, made.sequence, made.topic_en) == (status, 0, "Why trials stop early")
    assert not Notice.objects.exists()


def test_nobody_is_invited_without_a_date_a_speaker_or_to_the_past(lecture):
    for facts in ({"starts": None}, {"speaker": None}, {"days": -1.0}):
        with pytest.raises(NotPossibleError):
            actions.invite_speaker(lecture=lecture("proposed", **facts))


def test_the_speaker_asks_for_another_date_and_gets_it(lecture, speaker, coordinator, investigator):
    made = lecture()
    presence.register(lecture=made, user=investigator)
    starts = made.starts + timedelta(days=7)
    proposal = actions.propose_date(lecture=made, by=speaker, starts=starts, time_zone="Europe/Oslo", note="Congress")
    assert "another date" in told(coordinator)[0]
    moved = actions.take_proposal(proposal=proposal, by=coordinator)
    assert (moved.starts, moved.time_zone, moved.status, moved.sequence) == (starts, "Europe/Oslo", "confirmed", 1)
    assert "new date" in told(investigator)[0]
    with pytest.raises(NotPossibleError):
        actions.take_proposal(proposal=proposal, by=coordinator)


def test_a_date_that_is_refused_leaves_the_invitation(lecture, speaker, coordinator):
    made = lecture("invited")
    proposal = actions.propose_date(lecture=made, by=speaker, starts=made.starts + timedelta(days=1), time_zone="UTC")
    actions.refuse_proposal(proposal=proposal, by=coordinator)
    made.refresh_from_db()
    assert made.status == "invited"
    assert "not possible" in told(speaker)[-1]
    assert actions.accept_invitation(lecture=made).status == "confirmed"


def test_a_speaker_who_declines_leaves_the_lecture_without_one(lecture, coordinator):
    made = actions.decline_invitation(lecture=lecture("invited"), note="On leave")
    assert (made.status, made.speaker) == ("proposed", None)
    assert "On leave" in told(coordinator)[0]


def test_another_speaker_is_to_be_invited_again(lecture, person, boston):
    made = lecture("invited", invited=timezone.now())
    made = actions.change_lecture(lecture=made, speaker=person(boston, "speaker"))
    assert (made.status, made.invited) == ("proposed", None)


def test_moving_and_cancelling_reach_the_calendars_of_those_registered(lecture, investigator, speaker):
    made = lecture()
    investigator.language = "zh-hans"
    investigator.save()
    presence.register(lecture=made, user=investigator)
    made = actions.reschedule_lecture(
        lecture=made, starts=made.starts + timedelta(days=7), minutes=90, time_zone=made.time_zone
    )
    actions.cancel_lecture(lecture=made, reason="Flu")
    mails = {user: list(Mail.objects.filter(user=user).order_by("pk")) for user in (investigator, speaker)}
    assert [len(sent) for sent in mails.values()] == [2, 2]
    for moved, cancelled in mails.values():
        assert (moved.calendar_method, cancelled.calendar_method) == ("PUBLISH", "CANCEL")
        first, second = (Calendar.from_ical(mail.calendar).walk("VEVENT")[0] for mail in (moved, cancelled))
        assert first["uid"] == second["uid"] == f"{made.uid}@equipoise"
        assert (first["sequence"], second["sequence"]) == (1, 2)
        assert (first["status"], second["status"]) == ("CONFIRMED", "CANCELLED")
        assert first["dtstart"].dt == made.starts
        assert first["dtend"].dt - first["dtstart"].dt == timedelta(minutes=90)
    assert "试验为何提前终止" in mails[investigator][0].calendar
    assert "Why trials stop early" in mails[speaker][0].calendar
    assert "Flu" in told(investigator)[-1]


def test_the_same_date_again_moves_nothing(lecture):
    made = lecture()
    same = actions.reschedule_lecture(lecture=made, starts=made.starts, minutes=made.minutes, time_zone=made.time_zone)
    assert same.sequence == 0
    assert not Mail.objects.exists()


def test_the_page_tells_hangzhou_of_the_shift_and_boston_of_none(lecture, investigator, speaker, client_of):
    """Third Wednesdays at 20:00 in Boston, over both changes of its clocks."""
    year = timezone.now().year + 1
    days = [slots.nth_weekday(year, month, 2, 3) for month in range(1, 13)]
    made = [next_year_lecture(lecture, day.month, day.day) for day in days]
    page = [client_of(investigator).get(one.get_absolute_url()).content.decode() for one in made]
    shifted = [number for number, text in enumerate(page, 1) if "Clocks have changed" in text]
    assert shifted == [3, 11]
    assert "in Hangzhou it begins at 08:00, not at 09:00" in page[2]
    assert "in Hangzhou it begins at 09:00, not at 08:00" in page[10]
    assert all("20:00–21:00" in text for text in page)


def plan_form(day, at, **more):
    return {
        "date": day,
        "at": at,
        "time_zone": "America/New_York",
        "minutes": "60",
        "topic_en": "Margins",
        "language": "en",
    } | more


def test_planning_on_the_page_keeps_the_wall_clock(series, coordinator, client_of):
    day = slots.nth_weekday(timezone.now().year + 1, 7, 2, 3)
    response = client_of(coordinator).post(reverse("lectures:new", args=[series.pk]), plan_form(day, "20:00"))
    made = Lecture.objects.get()
    assert response.status_code == 302
    assert made.starts.astimezone(BOSTON).replace(tzinfo=None) == datetime.combine(day, time(20))
    assert made.starts.astimezone(ZoneInfo("Asia/Shanghai")).hour == 8


def test_an_hour_that_the_clocks_skip_is_refused_at_its_field(series, coordinator, client_of):
    day = slots.nth_weekday(timezone.now().year + 1, 3, 6, 2)  # the United States: second Sunday of March
    coordinator.language = "en"
    coordinator.save()
    response = client_of(coordinator).post(
        reverse("lectures:new", args=[series.pk]), plan_form(day, "02:30", anyway="on")
    )
    assert response.status_code == 422
    assert "skip this hour" in response.content.decode()
    assert not Lecture.objects.exists()


def test_an_hour_that_comes_twice_is_the_first_and_said_so(series, coordinator, client_of):
    coordinator.language = "en"
    coordinator.save()
    day = slots.nth_weekday(timezone.now().year + 1, 11, 6, 1)
    client = client_of(coordinator)
    page = client.post(
        reverse("lectures:new", args=[series.pk]), plan_form(day, "01:30", anyway="on", objected="1"), follow=True
    )
    assert "twice on that day" in page.content.decode()
    assert Lecture.objects.get().starts.hour == 5


def test_a_bad_time_is_planned_only_when_it_is_meant(series, coordinator, client_of, hangzhou):
    coordinator.language = "en"
    coordinator.save()
    day = slots.nth_weekday(timezone.now().year + 1, 6, 2, 1)
    hangzhou.holidays.create(first=day + timedelta(days=1), last=day + timedelta(days=1), name_en="Dragon Boat")
    client, address = client_of(coordinator), reverse("lectures:new", args=[series.pk])
    page = client.post(address, plan_form(day, "20:00")).content.decode()
    assert "A holiday in Hangzhou: Dragon Boat" in page
    assert not Lecture.objects.exists()
    client.post(address, plan_form(day, "20:00", objected="1", anyway="on"))
    assert Lecture.objects.count() == 1
    page = client.post(address, plan_form(day, "20:30", objected="1", topic_en="Another")).content.decode()
    assert "At the same time: Margins" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"topic_en": ""}, "required"),
        ({"date": "2026-02-30"}, "valid date"),
        ({"at": "25:00"}, "valid time"),
        ({"minutes": "0"}, "greater than or equal to 10"),
        ({"minutes": "x"}, "whole number"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
        ({"date": "2001-01-03"}, "past"),
        ({"at": ""}, "both the day and the hour"),
        ({"speaker_email": "nobody@example.org"}, "Nobody in the programme"),
        ({"competencies": "magic"}, "valid choice"),
        ({"capacity": "0"}, "from 1 to 100,000"),
        ({"date": "9999-12-31"}, "not a day that can be planned"),
    ],
)
def test_bad_input_is_told_at_its_field_and_changes_nothing(change, said, series, coordinator, client_of):
    coordinator.language = "en"
    coordinator.save()
    day = slots.nth_weekday(timezone.now().year + 1, 7, 2, 3)
    response = client_of(coordinator).post(reverse("lectures:new", args=[series.pk]), plan_form(day, "20:00") | change)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Lecture.objects.exists()


def test_a_regular_date_is_shown_first_and_planned_as_chosen(series, coordinator, client_of):
    coordinator.language = "en"
    coordinator.save()
    year = timezone.now().year + 1
    facts = {
        "nth": 3, "weekday": 2, "at": "20:00", "time_zone": "America/New_York", "first": f"{year}-01-01", "count": 12,
        "minutes": 60,
    }  # fmt: skip
    client, address = client_of(coordinator), reverse("lectures:regular", args=[series.pk])
    page = client.post(address, facts).content.decode()
    assert page.count('name="chosen"') == 12
    assert page.count("From here on at 08:00 in Hangzhou") == page.count("From here on at 09:00 in Hangzhou") == 1
    assert not Lecture.objects.exists()
    days = [slots.nth_weekday(year, month, 2, 3) for month in (2, 3)]
    chosen = [slots.instant(day, time(20), BOSTON).strftime("%Y-%m-%dT%H:%MZ") for day in days]
    client.post(address, facts | {"plan": "1", "chosen": [*chosen, "2020-01-01T00:00Z"]})
    assert [made.starts.astimezone(BOSTON).hour for made in Lecture.objects.order_by("starts")] == [20, 20]


def test_the_speaker_answers_on_the_page_in_their_own_zone(lecture, speaker, client_of):
    made = lecture("invited", days=40)
    client, address = client_of(speaker), reverse("lectures:answer", args=[made.pk])
    day = slots.nth_weekday(timezone.now().year + 1, 3, 2, 3)
    facts = {
        "answer": "date",
        "date": day,
        "at": "20:00",
        "minutes": "60",
        "time_zone": "America/New_York",
        "note": "Later",
    }
    assert client.post(address, facts).status_code == 302
    proposal = made.date_proposals.get()
    assert (proposal.starts, proposal.note) == (slots.instant(day, time(20), BOSTON), "Later")
    assert client.post(address, {"answer": "yes"}).status_code == 302
    made.refresh_from_db()
    assert made.status == "confirmed"
    assert client.post(address, {"answer": "no"}, follow=True).status_code == 200
    made.refresh_from_db()
    assert made.status == "confirmed"


def test_join_links_are_https_only_and_reach_calendars(lecture, coordinator, client_of):
    coordinator.language = "en"
    coordinator.save()
    made = lecture()
    address = reverse("lectures:links", args=[made.pk])
    rows = {
        "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-region": "cn", "form-0-url": "javascript:alert(1)",
        "form-1-region": "us", "form-1-url": "",
    }  # fmt: skip
    assert client_of(coordinator).post(address, rows).status_code == 422
    client_of(coordinator).post(address, rows | {"form-0-url": "http://a.example"}, follow=True)
    assert made.join_links.count() == 0
    assert (
        client_of(coordinator).post(address, rows | {"form-0-url": "https://meeting.example.cn/1"}).status_code == 302
    )
    assert list(made.join_links.values_list("region", "url")) == [("cn", "https://meeting.example.cn/1")]
    made.refresh_from_db()
    assert made.sequence == 1
