"""Who means to come, and who came."""

import secrets
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from equipoise.web.lectures import queries
from equipoise.web.lectures.actions import NotPossibleError
from equipoise.web.lectures.models import Attendance, Certificate, Lecture, Registration
from equipoise.web.people.queries import members_of

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another
BEFORE, AFTER = timedelta(minutes=10), timedelta(minutes=60)
TRIES, TRIES_FOR = 10, 600  # so many wrong codes in so many seconds


@transaction.atomic
def register(*, lecture: Lecture, user) -> Registration:
    """A person means to come, again perhaps; where places are limited, only while there are some."""
    lecture = Lecture.objects.select_for_update().get(pk=lecture.pk)
    if lecture.speaker_id == user.pk:
        raise NotPossibleError(_("You give this lecture: you need not register."))
    if lecture.status != Lecture.Status.CONFIRMED or lecture.ends <= timezone.now():
        raise NotPossibleError(_("This lecture does not take registrations."))
    held = queries.registration_of(lecture, user)
    if held is not None and held.withdrawn is None:
        return held
    if lecture.capacity is not None and queries.places_taken(lecture) >= lecture.capacity:
        raise NotPossibleError(_("All places are taken."))
    return Registration.objects.update_or_create(lecture=lecture, user=user, defaults={"withdrawn": None})[0]


@transaction.atomic
def withdraw(*, lecture: Lecture, user) -> None:
    """A person does not come after all."""
    coming = Registration.objects.filter(lecture=lecture, user=user, withdrawn__isnull=True)
    coming.update(withdrawn=timezone.now())


def code_is_valid(lecture: Lecture, now: datetime | None = None) -> bool:
    """Whether the code counts now: from ten minutes before the lecture to an hour after it."""
    now = now or timezone.now()
    settled = lecture.status in (Lecture.Status.CONFIRMED, Lecture.Status.HELD)
    return settled and lecture.starts - BEFORE <= now <= lecture.ends + AFTER


@transaction.atomic
def open_code(*, lecture: Lecture) -> str:
    """A new code to be shown; the one before it counts no longer."""
    lecture = Lecture.objects.select_for_update().get(pk=lecture.pk)
    if not code_is_valid(lecture):
        raise NotPossibleError(_("The code can be shown from ten minutes before the lecture to an hour after it."))
    lecture.attendance_code = "".join(secrets.choice(LETTERS) for _place in range(6))
    lecture.save()
    return lecture.attendance_code


def attend_by_code(*, lecture: Lecture, user, code: str) -> Attendance:
    """A person enters the code that is shown, and was there."""
    if not lecture.attendance_code or not code_is_valid(lecture):
        raise NotPossibleError(_("No code counts now. It is shown during the lecture, and for an hour after it."))
    tries = f"attendance:{lecture.pk}:{user.pk}"
    if cache.get(tries, 0) >= TRIES:
        raise NotPossibleError(_("Too many wrong codes. Wait ten minutes, then try again."))
    entered = "".join(letter for letter in code.upper() if letter.isalnum())
    if not constant_time_compare(entered, lecture.attendance_code):
        cache.set(tries, cache.get(tries, 0) + 1, TRIES_FOR)
        raise NotPossibleError(_("This is not the code that is shown."))
    facts = {"how": Attendance.How.CODE, "entered_by": user}
    return Attendance.objects.get_or_create(lecture=lecture, user=user, defaults=facts)[0]


@transaction.atomic
def enter_attendance(*, lecture: Lecture, person, by) -> Attendance:
    """A coordinator or the speaker knows that a person was there."""
    refuse_before(lecture)
    if not members_of(lecture.programme_id).filter(pk=person.pk).exists():
        raise NotPossibleError(_("This person is not in the programme."))
    facts = {"how": Attendance.How.ENTERED, "entered_by": by}
    return Attendance.objects.get_or_create(lecture=lecture, user=person, defaults=facts)[0]


@transaction.atomic
def remove_attendance(*, attendance: Attendance) -> None:
    """The person was not there after all; a certificate that says so is revoked."""
    certificates = Certificate.objects.filter(lecture=attendance.lecture_id, user=attendance.user_id)
    certificates.filter(revoked__isnull=True).update(revoked=timezone.now())
    attendance.delete()


@transaction.atomic
def take_in_list(*, lecture: Lecture, minutes: dict[int, int | None], by) -> int:
    """Those on a meeting's list were there, {person: minutes}; returns how many are new. The same list again adds nothing."""
    refuse_before(lecture)
    known = {held.user_id: held for held in lecture.attendances.filter(user__in=minutes)}
    rows = members_of(lecture.programme_id).filter(pk__in=minutes)
    fresh = [
        Attendance(lecture=lecture, user=person, how=Attendance.How.IMPORTED, minutes=minutes[person.pk], entered_by=by)
        for person in rows
        if person.pk not in known
    ]
    Attendance.objects.bulk_create(fresh)
    for person, held in known.items():
        if minutes[person] is not None and held.minutes != minutes[person]:
            held.minutes = minutes[person]
            held.save(update_fields=["minutes"])
    return len(fresh)


def refuse_before(lecture: Lecture) -> None:
    """Nobody can have been at a lecture that has not begun."""
    over = (
        lecture.status in (Lecture.Status.CONFIRMED, Lecture.Status.HELD) and lecture.starts - BEFORE <= timezone.now()
    )
    if not over:
        raise NotPossibleError(_("The lecture has not taken place."))
