"""Sentences about lectures and their times, in the reader's language, or in both for what is told."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from equipoise.web.calendars import times_text
from equipoise.web.lectures import queries
from equipoise.web.lectures.models import Lecture
from equipoise.web.lectures.slots import Objection, Place, shift

MOST_SHIFT = timedelta(hours=2)  # more than this is another time, and not the clocks'


def pair(words: Callable[[], str]) -> tuple[str, str]:
    """What a function says, in English and in Chinese."""
    said = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said.append(str(words()))
    return said[0], said[1]


def topic(lecture: Lecture) -> tuple[str, str]:
    """The topic in both languages."""
    return pair(lambda: lecture.topic)


def when(lecture: Lecture) -> tuple[str, str]:
    """The time in each of the programme's places, in both languages."""

    def said() -> str:
        places = [(place.name, place.zone) for place in queries.places_of(lecture.programme_id, lecture.starts.year)]
        return "; ".join(times_text(lecture.starts, lecture.minutes, places).splitlines())

    return pair(said) if lecture.starts else ("", "")


def objection_text(found: Objection) -> str:
    """A sentence for what speaks against a time."""
    sentences = {
        "weekend": _("A weekend in %(place)s"),
        "holiday": _("A holiday in %(place)s: %(name)s"),
        "night": _("Before 07:00 or after 22:00 in %(place)s"),
        "busy": _("At the same time: %(name)s"),
    }
    return sentences[found.code] % {"place": found.place, "name": found.name}


def shift_notes(lecture: Lecture, before: Lecture | None, places: Iterable[Place]) -> list[str]:
    """Where the clocks make it begin at another hour than the lecture before, though the speaker's clock shows the same."""
    if before is None or lecture.starts is None or shift(before.starts, lecture.starts, lecture.zone):
        return []
    notes = []
    for place in places:
        moved = shift(before.starts, lecture.starts, place.zone)
        if moved and abs(moved) <= MOST_SHIFT:
            facts = {
                "place": place.name,
                "now": f"{lecture.starts.astimezone(place.zone):%H:%M}",
                "before": f"{before.starts.astimezone(place.zone):%H:%M}",
            }
            text = _("Clocks have changed: in %(place)s it begins at %(now)s, not at %(before)s as the lecture before.")
            notes.append(text % facts)
    return notes


def shift_of(lecture: Lecture) -> tuple[str, str]:
    """The same in one line in both languages, with a space before it; empty where nothing shifts."""
    before = queries.lecture_before(lecture)
    if before is None:
        return "", ""

    def said() -> str:
        places = queries.places_of(lecture.programme_id, lecture.starts.year)
        return "".join(f" {note}" for note in shift_notes(lecture, before, places))

    return pair(said)
