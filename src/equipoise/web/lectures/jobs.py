"""What is done about lectures as time goes by; every job is safe to repeat."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop

from equipoise.web.lectures import actions, phrases, queries
from equipoise.web.lectures.mailing import tell_with_calendar
from equipoise.web.lectures.models import Lecture
from equipoise.web.notices.actions import tell
from equipoise.web.people.models import Mails, User
from equipoise.web.people.queries import coordinators_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REMINDERS = (
    # key, how long before, until when it is still of use, urgent
    ("week", 7 * DAY, DAY, False),
    ("day", DAY, HOUR, False),
    ("hour", HOUR, timedelta(0), True),
)
ASK_AGAIN_AFTER = (5 * DAY, 10 * DAY)
AFTERWARDS, AFTERWARDS_UNTIL = HOUR, 14 * DAY


def remind() -> None:
    """Reminders of what comes, what is over, and who has not answered."""
    now = timezone.now()
    remind_of_coming(now)
    hold_what_is_over(now)
    follow_up(now)
    ask_speakers_again(now)


def remind_of_coming(now: datetime) -> None:
    """A week, a day and an hour ahead, those registered by then and the speaker, with the lecture for their calendar."""
    for key, ahead, until, urgent in REMINDERS:
        due = Lecture.objects.filter(
            status=Lecture.Status.CONFIRMED, starts__lte=now + ahead, starts__gt=now + until
        ).select_related("speaker")
        for lecture in due:
            since = lecture.starts - ahead
            people = registered_before(lecture, since)
            if lecture.speaker and lecture.announced and lecture.announced <= since:
                people.append(lecture.speaker)
            _remind(lecture, key, people, urgent=urgent)


def registered_before(lecture: Lecture, moment: datetime) -> list[User]:
    """Those who mean to come and did so by then: whoever registers later needs no reminder of it."""
    return list(queries.registered_people(lecture).filter(registrations__created__lte=moment).distinct())


def _remind(lecture: Lecture, key: str, people: list[User], *, urgent: bool) -> None:
    text = gettext_noop("Reminder of the lecture “%(topic)s”: %(when)s.%(shift)s")
    values = {"shift": phrases.shift_of(lecture)} if people else {}
    wanting = [person for person in people if person.mails != Mails.NEVER]
    others = [person for person in people if person.mails == Mails.NEVER]
    for group, now in ((wanting, urgent), (others, False)):
        if group:
            tell_with_calendar(group, lecture=lecture, key=f"reminder:{key}", text=text, values=values, urgent=now)


def hold_what_is_over(now: datetime) -> None:
    """A confirmed lecture that has ended was held."""
    for lecture in Lecture.objects.filter(status=Lecture.Status.CONFIRMED, starts__lt=now):
        if lecture.ends <= now:
            actions.hold_lecture(lecture=lecture)


def follow_up(now: datetime) -> None:
    """After a lecture, those who were there or meant to be: where its materials are, and what they thought of it."""
    over = Lecture.objects.filter(
        status=Lecture.Status.HELD, starts__lte=now - AFTERWARDS, starts__gt=now - AFTERWARDS_UNTIL
    )
    text = gettext_noop(
        "Slides, recording and questions of the lecture “%(topic)s” are on its page. What did you think of it?"
    )
    for lecture in over:
        if lecture.ends + AFTERWARDS > now:
            continue
        there = User.objects.filter(attendances__lecture=lecture)
        people = {person.pk: person for person in (*queries.registered_people(lecture), *there)}
        tell(
            people.values(), key=f"lecture:{lecture.pk}:afterwards", kind="lecture", text=text,
            values={"topic": phrases.topic(lecture)}, url=lecture.get_absolute_url(),
        )  # fmt: skip


def ask_speakers_again(now: datetime) -> None:
    """Speakers who have not answered are asked again, twice; the second time the coordinators know."""
    again = gettext_noop("Please answer: can you give the lecture “%(topic)s”? %(when)s.")
    silent = gettext_noop("%(speaker)s has not answered the invitation to the lecture “%(topic)s”: %(when)s.")
    waiting = Lecture.objects.filter(
        status=Lecture.Status.INVITED, invited__lte=now - ASK_AGAIN_AFTER[0], speaker__isnull=False
    ).exclude(date_proposals__decision="")
    for lecture in waiting.select_related("speaker"):
        values = {"topic": phrases.topic(lecture), "when": phrases.when(lecture), "speaker": lecture.speaker.name}
        mark = f"lecture:{lecture.pk}:unanswered:{lecture.invited.isoformat()}"
        late = now - lecture.invited >= ASK_AGAIN_AFTER[1]
        speaker_url = f"{lecture.get_absolute_url()}answer/"
        tell([lecture.speaker], key=f"{mark}:{1 + late}", kind="lecture", text=again, values=values, url=speaker_url)
        if late:
            people = coordinators_of(lecture.programme_id)
            tell(people, key=f"{mark}:told", kind="lecture", text=silent, values=values, url=lecture.get_absolute_url())
