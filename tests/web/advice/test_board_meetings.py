"""Clinics and their sessions: planned, skipped, moved, cancelled; agendas; times agreed; calendars."""

from datetime import date, time, timedelta

import icalendar
import pytest
from board_things import *  # noqa: F403
from board_things import NEW_YORK, SHANGHAI
from django.urls import reverse
from django.utils import timezone

from equipoise.web.advice import actions_meetings as actions
from equipoise.web.advice.calendar import entries_of
from equipoise.web.advice.jobs import plan_ahead
from equipoise.web.advice.models import Clinic, Event, Session
from equipoise.web.calendars import calendar_file
from equipoise.web.notices.models import Mail, Notice
from equipoise.web.people.models import Holiday

pytestmark = pytest.mark.django_db


def test_sessions_are_planned_once_for_half_a_year(clinic):
    made = actions.plan_sessions(clinic=clinic)
    assert 5 <= len(made) <= 7
    plan_ahead()
    plan_ahead()
    assert Session.objects.count() == len(made)


def test_what_was_moved_or_cancelled_is_not_planned_again(clinic, person):
    by = person()
    first, second, *_rest = actions.plan_sessions(clinic=clinic)
    actions.cancel_session(session=first, by=by)
    actions.move_session(
        session=second, starts=second.starts + timedelta(days=1), minutes=60, time_zone=second.time_zone, by=by
    )
    number = Session.objects.count()
    plan_ahead()
    assert Session.objects.count() == number


def test_holidays_of_both_hospitals_are_skipped_and_said(clinic, hangzhou, boston, scene, client_of):
    found = actions.expected(clinic)
    here, there = found[0].starts.astimezone(SHANGHAI).date(), found[1].starts.astimezone(NEW_YORK).date()
    Holiday.objects.create(institution=hangzhou, first=here, last=here, name_en="Lantern Day")
    Holiday.objects.create(institution=boston, first=there, last=there, name_en="Harbor Day")
    made = actions.plan_sessions(clinic=clinic)
    assert {found[0].starts, found[1].starts}.isdisjoint(session.starts for session in made)
    page = client_of(scene.other).get(reverse("advice:clinic", args=[clinic.pk])).text
    assert "Lantern Day" in page
    assert "Harbor Day" in page


def test_a_new_rule_moves_coming_sessions_with_their_agendas(clinic, scene):
    made = actions.plan_sessions(clinic=clinic)
    actions.put_on_agenda(session=made[1], case=scene.case, by=scene.coordinator)
    clinic.rule, clinic.at = "FREQ=MONTHLY;BYDAY=2TU", time(19)
    starting = made[1].starts.astimezone(NEW_YORK).date().replace(day=1)
    actions.change_clinic(clinic=clinic, starting=starting, by=scene.coordinator)
    made[0].refresh_from_db()
    moved = Session.objects.get(pk=made[1].pk)
    assert made[0].sequence == 0
    local = moved.starts.astimezone(NEW_YORK)
    assert (local.weekday(), local.time(), moved.sequence, moved.uid) == (1, time(19), 1, made[1].uid)
    assert list(moved.consultations.all()) == [scene.case]
    number = Session.objects.count()
    plan_ahead()
    assert Session.objects.count() == number
    planned = Session.objects.filter(status="planned", starts__gte=moved.starts)
    assert {session.starts.astimezone(NEW_YORK).weekday() for session in planned} == {1}


def test_a_clinic_ends_from_a_day_on(clinic, scene):
    made = actions.plan_sessions(clinic=clinic)
    actions.end_clinic(clinic=clinic, starting=made[2].starts.astimezone(NEW_YORK).date(), by=scene.coordinator)
    statuses = list(Session.objects.order_by("starts").values_list("status", flat=True))
    assert statuses[:2] == ["planned"] * 2
    assert set(statuses[2:]) == {"cancelled"}
    plan_ahead()
    assert Session.objects.count() == len(made)


def test_a_change_and_a_cancellation_reach_a_subscribed_calendar(session, scene):
    def feed():
        text = calendar_file(entries_of(scene.adviser.user), name="mine")
        return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))

    (before,) = feed()
    starts = session.starts + timedelta(hours=1)
    actions.move_session(session=session, starts=starts, minutes=45, time_zone=session.time_zone, by=scene.coordinator)
    (moved,) = feed()
    assert moved["UID"] == before["UID"]
    assert moved["SEQUENCE"] == before["SEQUENCE"] + 1
    assert moved["DTSTART"].dt == starts
    assert moved["DTSTART"].params["TZID"] == "America/New_York"
    actions.cancel_session(session=session, by=scene.coordinator)
    (gone,) = feed()
    assert gone["UID"] == before["UID"]
    assert gone["SEQUENCE"] == before["SEQUENCE"] + 2
    assert gone["STATUS"] == "CANCELLED"


def test_members_and_requesters_are_told_of_changes_once_and_in_their_language(session, scene):
    actions.put_on_agenda(session=session, case=scene.case, by=scene.coordinator)
    Notice.objects.all().delete()
    actions.cancel_session(session=session, by=scene.coordinator)
    actions.cancel_session(session=session, by=scene.coordinator)
    told = Notice.objects.filter(kind="session")
    board = {scene.adviser.user, scene.colleague.user, scene.conflicted.user}
    assert {notice.user for notice in told} == board | {scene.requester}
    assert all("Boston" in notice.text_en and "Hangzhou" in notice.text_en for notice in told)
    mail = Mail.objects.get(user=scene.requester, calendar_method="CANCEL")
    assert "METHOD:CANCEL" in mail.calendar
    assert "STATUS:CANCELLED" in mail.calendar


def test_nothing_is_told_of_a_change_that_changes_nothing(session, scene):
    actions.move_session(
        session=session, starts=session.starts, minutes=60, time_zone=session.time_zone, by=scene.coordinator
    )
    session.refresh_from_db()
    assert session.sequence == 0
    assert not Notice.objects.filter(kind="session").exists()


# Pages


def clinic_data(**fields):
    day = timezone.localdate()
    return {
        "title_en": "Design clinic", "title_zh": "设计门诊", "pattern": "monthly-3", "day": "WE", "rule": "",
        "time_zone": "America/New_York", "at": "20:00", "minutes": "60", "first": day.isoformat(), "until": "",
    } | fields  # fmt: skip


def test_a_coordinator_looks_first_and_then_plans(scene, client_of):
    client, url = client_of(scene.other), reverse("advice:clinic-new", args=[scene.programme.pk])
    page = client.post(url, clinic_data(preview="1"))
    assert "Every third Wednesday of the month" in page.text
    assert not Clinic.objects.exists()
    assert "Clocks change" in page.text or len(page.context["preview"]) < 4
    answer = client.post(url, clinic_data())
    clinic = Clinic.objects.get()
    assert answer["Location"] == reverse("advice:clinic", args=[clinic.pk])
    assert clinic.sessions.count() == len(page.context["preview"])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"pattern": "own", "rule": "FREQ=DAILY"}, "rule"),
        ({"pattern": "own", "rule": ""}, "rule"),
        ({"minutes": "1"}, "minutes"),
        ({"first": "2020-01-01"}, "first"),
        ({"first": "0001-01-01"}, "first"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"at": "25:00"}, "at"),
        ({"until": "2020-01-01"}, "until"),
        ({"title_en": ""}, "title_en"),
        ({"pattern": "nonsense"}, "pattern"),
    ],
)
def test_a_wrong_clinic_says_where_and_makes_nothing(scene, client_of, fields, field):
    answer = client_of(scene.other).post(reverse("advice:clinic-new", args=[scene.programme.pk]), clinic_data(**fields))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Clinic.objects.exists()


def test_a_clinic_is_changed_from_a_day_on_through_its_page(scene, clinic, client_of):
    actions.plan_sessions(clinic=clinic)
    client = client_of(scene.other)
    assert client.get(reverse("advice:clinic-change", args=[clinic.pk])).status_code == 200
    answer = client.post(reverse("advice:clinic-change", args=[clinic.pk]), clinic_data(pattern="monthly-1", day="MO"))
    assert answer.status_code == 302
    planned = Session.objects.filter(status="planned")
    assert {session.starts.astimezone(NEW_YORK).weekday() for session in planned} == {0}


def test_the_agenda_is_filled_by_urgency_and_age_but_for_conflicts(scene, session, make_case, client_of, hangzhou):
    now = timezone.now()
    make_case(title="Old routine", submitted=now - timedelta(days=9))
    make_case(title="New urgent", urgency="urgent", submitted=now)
    make_case(title="Older urgent", urgency="urgent", submitted=now - timedelta(days=2))
    make_case(title="Not open", status="closed")
    make_case(title="Draft", status="draft")
    client = client_of(scene.other)
    client.post(reverse("advice:agenda-put", args=[session.pk]), {"fill": "1"})
    page = client.get(reverse("advice:session", args=[session.pk]))
    assert [case.title for case in page.context["agenda"]] == ["Older urgent", "New urgent", "Old routine"]
    last = page.context["agenda"][2]
    for _ in range(3):
        client.post(reverse("advice:agenda-earlier", args=[session.pk, last.pk]))
    page = client.get(reverse("advice:session", args=[session.pk]))
    assert [case.title for case in page.context["agenda"]] == ["Old routine", "Older urgent", "New urgent"]
    assert [(case.title, case.kept) for case in page.context["waiting"]] == [("Zebrafish trial of the rival", True)]
    client.post(reverse("advice:agenda-put", args=[session.pk]), {"case": [str(scene.case.pk), "x", "99999999999999"]})
    assert session.consultations.count() == 4
    client.post(reverse("advice:agenda-off", args=[session.pk, scene.case.pk]))
    assert session.consultations.count() == 3
    kinds = list(Event.objects.filter(consultation=scene.case).values_list("kind", flat=True))
    assert kinds == ["on-agenda", "off-agenda"]


def test_a_session_is_changed_cancelled_planned_again_and_held(scene, session, client_of):
    client = client_of(scene.other)
    local = session.starts.astimezone(SHANGHAI) + timedelta(days=1)
    data = {
        "day": local.date().isoformat(),
        "at": "09:30",
        "time_zone": "Asia/Shanghai",
        "minutes": "45",
        "join_url": "",
    }
    client.post(reverse("advice:session-change", args=[session.pk]), data)
    session.refresh_from_db()
    assert session.starts.astimezone(SHANGHAI).time() == time(9, 30)
    assert session.time_zone == "Asia/Shanghai"
    for name, status in (("cancel", "cancelled"), ("held", "cancelled"), ("again", "planned"), ("held", "planned")):
        client.post(reverse("advice:session-step", args=[session.pk, name]))
        session.refresh_from_db()
        assert session.status == status
    Session.objects.update(starts=timezone.now() - timedelta(hours=1))
    client.post(reverse("advice:session-step", args=[session.pk, "held"]))
    session.refresh_from_db()
    assert session.status == "held"


@pytest.mark.parametrize(
    ("field", "value"), [("day", "2001-01-01"), ("at", "x"), ("minutes", "0"), ("join_url", "javascript:x")]
)
def test_a_wrong_time_says_where_and_changes_nothing(scene, session, client_of, field, value):
    local = session.starts.astimezone(SHANGHAI)
    data = {
        "day": local.date().isoformat(),
        "at": "09:30",
        "time_zone": "Asia/Shanghai",
        "minutes": "45",
        "join_url": "",
    }
    answer = client_of(scene.other).post(reverse("advice:session-change", args=[session.pk]), data | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Session.objects.get() == session
    assert Session.objects.get().sequence == 0


def test_two_sessions_of_a_clinic_are_never_at_once(scene, session, clinic, client_of):
    other = Session.objects.create(
        programme=clinic.programme, clinic=clinic, starts=session.starts + timedelta(days=7), time_zone="Asia/Shanghai"
    )
    local = other.starts.astimezone(SHANGHAI)
    data = {"day": local.date().isoformat(), "at": f"{local:%H:%M}", "time_zone": "Asia/Shanghai", "minutes": "45"}
    answer = client_of(scene.other).post(reverse("advice:session-change", args=[session.pk]), data)
    assert answer.status_code == 422
    assert "at" in answer.context["form"].errors


def test_the_calendar_file_is_read_by_another_reader(scene, session, client_of):
    answer = client_of(scene.adviser.user).get(reverse("advice:session-calendar", args=[session.pk]))
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["DTSTART"].dt == session.starts
    assert "Hangzhou" in event["DESCRIPTION"]
    assert scene.case.title not in answer.content.decode()


def test_adviser_and_requester_agree_a_time_and_can_move_it(scene, client_of):
    client = client_of(scene.adviser.user)
    url = reverse("advice:agree", args=[scene.case.pk])
    slots = client.get(url).context["slots"]
    assert slots
    client.post(url, {"slot": slots[0].starts.isoformat()})
    scene.case.refresh_from_db()
    agreed = scene.case.session
    assert agreed.clinic is None
    assert agreed.starts == slots[0].starts
    assert [entry.uid for entry in entries_of(scene.requester)] == [f"{agreed.uid}@equipoise"]
    assert Notice.objects.filter(user=scene.requester, key__contains="time-agreed").count() == 1
    story = client_of(scene.requester).get(scene.case.get_absolute_url()).context["events"]
    assert [held["event"].by_shown for held in story if held["event"].kind == "time-agreed"] == [None]
    other = next(slot for slot in client.get(url).context["slots"] if slot.starts != agreed.starts)
    client.post(url, {"slot": other.starts.isoformat()})
    agreed.refresh_from_db()
    assert agreed.starts == other.starts
    assert agreed.sequence == 1
    assert Session.objects.count() == 1


@pytest.mark.parametrize("slot", ["", "x", "2001-01-01T00:00:00+00:00", "2030-01-01T00:00:00"])
def test_a_time_that_is_not_offered_is_not_agreed(scene, client_of, slot):
    answer = client_of(scene.adviser.user).post(reverse("advice:agree", args=[scene.case.pk]), {"slot": slot})
    assert answer.status_code == 200
    assert not Session.objects.exists()


def test_a_time_of_ones_own_is_agreed(scene, client_of):
    day = (timezone.localdate() + timedelta(days=10)).isoformat()
    data = {"own": "1", "day": day, "at": "20:00", "time_zone": "America/New_York", "minutes": "30"}
    client_of(scene.coordinator).post(reverse("advice:agree", args=[scene.case.pk]), data)
    assert Session.objects.get().starts.astimezone(NEW_YORK).time() == time(20)


def test_slots_are_clear_of_what_either_has_to_attend(scene, client_of, programme):
    from equipoise.web.lectures.models import Lecture, Registration, Series

    url = reverse("advice:agree", args=[scene.case.pk])
    client = client_of(scene.adviser.user)
    first = client.get(url).context["slots"][0]
    series = Series.objects.create(programme=programme, year=2026, title_en="S")
    lecture = Lecture.objects.create(
        series=series, programme=programme, topic_en="T", starts=first.starts, status="confirmed", minutes=30
    )
    Registration.objects.create(lecture=lecture, user=scene.requester)
    assert first.starts not in [slot.starts for slot in client.get(url).context["slots"]]


def test_dates_that_are_past_all_calendars_are_refused(scene, client_of):
    answer = client_of(scene.other).post(
        reverse("advice:clinic-new", args=[scene.programme.pk]), clinic_data(first=date(9999, 12, 31).isoformat())
    )
    assert answer.status_code == 422
