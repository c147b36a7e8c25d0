"""Telling people of a lecture, with the lecture for their calendar."""

from collections.abc import Iterable
from itertools import groupby

from django.utils import translation

from equipoise.web.calendars import calendar_file
from equipoise.web.lectures import phrases, queries
from equipoise.web.lectures.calendar import entry
from equipoise.web.lectures.models import Lecture
from equipoise.web.notices.actions import tell
from equipoise.web.people.models import User


def tell_with_calendar(
    people: Iterable[User], *, lecture: Lecture, key: str, text: str, values: dict | None = None, urgent: bool = False
) -> int:
    """Tell those who have a place in a lecture; returns how many had not been told.

    The calendar file is in each reader's language, their own time first, and has the ways to join. What is told again
    after the lecture was moved is another thing.
    """
    unique = {person.pk: person for person in people}
    said = {"topic": phrases.topic(lecture), "when": phrases.when(lecture)} | (values or {})
    cancelled = lecture.status == Lecture.Status.CANCELLED
    method = "CANCEL" if cancelled else "PUBLISH"

    def kind(person: User) -> tuple[str, str]:
        return person.language, person.time_zone

    told = 0
    for (language, zone), group in groupby(sorted(unique.values(), key=kind), key=kind):
        told += len(
            tell(
                list(group), key=f"lecture:{lecture.pk}:{key}:{lecture.sequence}", kind="lecture", text=text,
                values=said, url=lecture.get_absolute_url(), urgent=urgent,
                calendar=_calendar(lecture, language, zone, method), calendar_method=method,
            )
        )  # fmt: skip
    return told


def _calendar(lecture: Lecture, language: str, zone: str, method: str) -> str:
    with translation.override(language):
        places = [(place.name, place.zone) for place in queries.places_of(lecture.programme_id, lecture.starts.year)]
        places.sort(key=lambda place: place[1].key != zone)
        return calendar_file([entry(lecture, places, with_links=True)], method=method).decode()
