"""What is done about lectures as time goes by, and that doing it again does nothing."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from equipoise.web.lectures import actions, jobs, presence, slots
from equipoise.web.lectures.models import Lecture, Registration
from equipoise.web.notices.models import Mail, Notice

pytestmark = pytest.mark.django_db


def told(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text_en", flat=True))


def registered(made, *people, since=30):
    for user in people:
        presence.register(lecture=made, user=user)
    Registration.objects.update(created=timezone.now() - timedelta(days=since))


@pytest.mark.parametrize(
    ("hours", "kinds"),
    [(8 * 24, []), (7 * 24 - 1, ["week"]), (25, ["week"]), (23, ["day"]), (2, ["day"]), (0.9, ["hour"])],
)
def test_reminders_a_week_a_day_and_an_hour_ahead_once_each(hours, kinds, lecture, investigator, speaker):
    made = lecture(days=hours / 24, announced=timezone.now() - timedelta(days=20))
    registered(made, investigator)
    for _again in range(3):
        jobs.remind()
    for user in (investigator, speaker):
        keys = Notice.objects.filter(user=user).values_list("key", flat=True)
        assert [key.split(":")[3] for key in keys] == kinds
        assert Mail.objects.filter(user=user).count() == len(kinds)
    for mail in Mail.objects.all():
        assert Calendar.from_ical(mail.calendar).walk("VEVENT")[0]["uid"] == f"{made.uid}@equipoise"


def test_the_last_reminder_does_not_wait_for_the_morning_but_spares_those_who_want_no_mail(
    lecture, investigator, person, hangzhou
):
    silent = person(hangzhou, mails="never")
    made = lecture(days=0.5 / 24)
    registered(made, investigator, silent)
    jobs.remind()
    mail = Mail.objects.get(user=investigator)
    assert mail.due <= timezone.now()
    assert not Mail.objects.filter(user=silent).exists()
    assert len(told(silent)) == 1


def test_who_registers_late_is_not_reminded_of_it_at_once(lecture, investigator):
    presence.register(lecture=lecture(days=5), user=investigator)
    jobs.remind()
    assert told(investigator) == []


def test_who_does_not_come_is_not_reminded(lecture, investigator):
    made = lecture(days=5)
    registered(made, investigator)
    presence.withdraw(lecture=made, user=investigator)
    jobs.remind()
    assert told(investigator) == []


def test_a_lecture_that_was_moved_is_reminded_of_again(lecture, investigator):
    made = lecture(days=5)
    registered(made, investigator)
    jobs.remind()
    actions.reschedule_lecture(
        lecture=made, starts=made.starts + timedelta(days=1), minutes=60, time_zone=made.time_zone
    )
    jobs.remind()
    assert [text.split(" ")[0] for text in told(investigator)] == ["Reminder", "The", "Reminder"]


def test_the_reminder_says_that_the_clocks_have_changed(lecture, investigator):
    boston, year = ZoneInfo("America/New_York"), timezone.now().year + 1
    february, march = (slots.instant(slots.nth_weekday(year, month, 2, 3), time(20), boston) for month in (2, 3))
    lecture(starts=february)
    made = lecture(starts=march)
    registered(made, investigator)
    Registration.objects.update(created=march - timedelta(days=60))
    jobs.remind_of_coming(march - timedelta(days=6))
    text = Notice.objects.get(user=investigator)
    assert "in Hangzhou it begins at 08:00, not at 09:00" in text.text_en
    assert "Hangzhou" in text.text_en.split("Clocks")[0]


def test_a_lecture_that_is_over_was_held_and_is_followed_up_once(lecture, investigator, person, hangzhou):
    made = lecture(days=-3 / 24)
    other = person(hangzhou)
    Registration.objects.create(lecture=made, user=investigator)
    for _again in range(2):
        jobs.remind()
    made.refresh_from_db()
    assert made.status == "held"
    assert ["What did you think" in text for text in told(investigator)] == [True]
    presence.enter_attendance(lecture=made, person=other, by=made.speaker)
    jobs.remind()
    assert len(told(other)) == len(told(investigator)) == 1  # who is noted later is told then


def test_a_lecture_that_goes_on_is_not_held_yet(lecture):
    made = lecture(days=-0.5 / 24)
    jobs.remind()
    made.refresh_from_db()
    assert made.status == "confirmed"


def test_cancelled_and_planned_lectures_remind_nobody(lecture, investigator):
    for status in ("cancelled", "proposed", "invited", "held"):
        Registration.objects.create(lecture=lecture(status, days=0.5), user=investigator)
    Registration.objects.update(created=timezone.now() - timedelta(days=30))
    jobs.remind()
    assert told(investigator) == []


def test_a_speaker_who_does_not_answer_is_asked_twice_more_and_then_the_coordinators_know(
    lecture, speaker, coordinator
):
    made = lecture("invited", days=40, invited=timezone.now())
    for days, asked, known in ((4, 0, 0), (6, 1, 0), (9, 1, 0), (11, 2, 1), (30, 2, 1)):
        Lecture.objects.filter(pk=made.pk).update(invited=made.invited)
        now = made.invited + timedelta(days=days)
        jobs.ask_speakers_again(now)
        jobs.ask_speakers_again(now)
        assert (len(told(speaker)), len(told(coordinator))) == (asked, known)


def test_a_speaker_who_asked_for_another_date_is_not_chased(lecture, speaker):
    made = lecture("invited", days=40, invited=timezone.now() - timedelta(days=20))
    actions.propose_date(lecture=made, by=speaker, starts=made.starts + timedelta(days=1), time_zone="UTC")
    jobs.remind()
    assert told(speaker) == []
