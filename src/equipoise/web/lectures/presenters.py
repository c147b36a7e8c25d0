"""Lectures as rows for a page: plain dictionaries, in the reader's language."""

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from equipoise.web.lectures import phrases, presence, queries, slots
from equipoise.web.lectures.calendar import may_join, ordered_links
from equipoise.web.lectures.competencies import COMPETENCIES
from equipoise.web.lectures.models import Lecture, Series
from equipoise.web.people.expertise import words_for

Status = Lecture.Status
TONES = {
    Status.PROPOSED: "draft", Status.INVITED: "warn", Status.CONFIRMED: "good", Status.HELD: "", Status.CANCELLED: "bad",
}  # fmt: skip


def competency_words(codes: list[str]) -> list[str]:
    """The competencies in the reader's language, in their own order."""
    return [str(name) for code, name in COMPETENCIES.items() if code in codes]


def present_row(lecture: Lecture, user) -> dict:
    """A lecture in a list: asks the database nothing."""
    return {
        "lecture": lecture,
        "tone": TONES[lecture.status],
        "competencies": competency_words(lecture.competencies),
        "speaker": speaker_to_show(lecture, user),
        "registered": getattr(lecture, "registered", False),
        "mine": lecture.speaker_id == user.pk,
    }


def speaker_to_show(lecture: Lecture, user) -> str:
    """The speaker's name; of one who has not answered yet, only to those who plan."""
    if lecture.speaker is None:
        return ""
    settled = lecture.status in (Status.CONFIRMED, Status.HELD, Status.CANCELLED)
    plans = lecture.programme_id in user.coordinated_programme_ids or lecture.speaker_id == user.pk
    return lecture.speaker.name if settled or plans else ""


def present_lecture(lecture: Lecture, user) -> dict:
    """The head of a lecture's page: times, places, how to join, and what the reader may do."""
    registration = queries.registration_of(lecture, user)
    registered = registration is not None and registration.withdrawn is None
    taken = queries.places_taken(lecture)
    places = queries.places_of(lecture.programme_id, lecture.starts.year if lecture.starts else None)
    before = queries.lecture_before(lecture)
    open_for = lecture.status == Status.CONFIRMED and lecture.ends > timezone.now()
    takes_part = user.has_perm("lectures.take_part", lecture)
    joins = may_join(user, lecture, registered) and lecture.status in (
        Status.CONFIRMED,
        Status.INVITED,
        Status.PROPOSED,
    )
    return present_row(lecture, user) | {
        "shifts": phrases.shift_notes(lecture, before, places) if lecture.is_open else [],
        "expertise": words_for(lecture.expertise),
        "registered": registered,
        "came_back": registration is not None and not registered,
        "taken": taken,
        "left": max(lecture.capacity - taken, 0) if lecture.capacity is not None else None,
        "registers": takes_part and open_for and lecture.speaker_id != user.pk,
        "joins": joins,
        "links": ordered_links(lecture, user.time_zone) if joins else [],
        "attends": takes_part and presence.code_is_valid(lecture) and lecture.speaker_id != user.pk,
        "attended": lecture.attendances.filter(user=user).exists(),
        "may": present_rights(lecture, user),
        "proposal": lecture.date_proposals.filter(decision="").select_related("made_by").last(),
    }


def present_rights(lecture: Lecture, user) -> dict:
    """What a coordinator, the speaker or an auditor may do here and now."""
    changes = user.has_perm("lectures.change_lecture", lecture)
    ready = lecture.speaker_id is not None and lecture.starts is not None
    begun = lecture.starts is not None and lecture.starts - presence.BEFORE <= timezone.now()
    answers = user.has_perm("lectures.answer_invitation", lecture)
    return {
        "change": changes and lecture.status != Status.CANCELLED,
        "move": changes and lecture.is_open,
        "invite": changes and lecture.status == Status.PROPOSED and ready,
        "confirm": changes and lecture.status in (Status.PROPOSED, Status.INVITED) and ready,
        "answer": answers and lecture.status in (Status.INVITED, Status.CONFIRMED) and not begun,
        "keep": user.has_perm("lectures.keep_lecture", lecture) and lecture.status != Status.CANCELLED,
        "code": user.has_perm("lectures.keep_lecture", lecture) and presence.code_is_valid(lecture),
        "attendance": user.has_perm("lectures.view_attendance", lecture) and begun and lecture.is_public,
        "decide": changes and lecture.is_open,
    }


def present_plan(series: Series, lectures: list[Lecture], user) -> list[dict]:
    """The twelve months of a series with their lectures, holidays and, before a lecture, how the clocks have moved.

    Lectures without a date come last, under no month.
    """
    places = queries.places_of(series.programme_id, series.year)
    zone = places[0].zone if places else timezone.get_default_timezone()
    by_month: dict[tuple[int, int] | None, list[dict]] = {}
    before = None
    for lecture in lectures:
        row = present_row(lecture, user) | {"shifts": phrases.shift_notes(lecture, before, places)}
        row["objections"] = _objections(lecture, places) if lecture.is_open and lecture.starts else []
        local = lecture.starts.astimezone(zone) if lecture.starts else None
        by_month.setdefault((local.year, local.month) if local else None, []).append(row)
        if lecture.status != Status.CANCELLED and lecture.starts:
            before = lecture
    inside = {(series.year, month) for month in range(1, 13)}
    today = timezone.now().astimezone(zone).date()
    keys = sorted(inside | {key for key in by_month if key})
    months = [_month(key, by_month.get(key, []), places, today) for key in keys]
    if None in by_month:
        months.append({"title": _("No date yet"), "rows": by_month[None], "holidays": [], "past": True, "key": ""})
    return months


def _month(key: tuple[int, int], rows: list[dict], places: list[slots.Place], today: date) -> dict:
    first = date(*key, 1)
    last = date(*next(iter(list(slots.months(first, 2))[1:])), 1)
    holidays = [
        {"place": place.name, "name": name, "first": start, "last": end}
        for place in places
        for start, end, name in place.days_off
        if start < last and end >= first
    ]
    return {
        "title": formats.date_format(first, "YEAR_MONTH_FORMAT"),
        "key": f"{first:%Y-%m}",
        "rows": rows,
        "holidays": holidays,
        "past": last <= today,
    }


def _objections(lecture: Lecture, places: list[slots.Place]) -> list[str]:
    return [phrases.objection_text(found) for found in slots.objections(lecture.starts, lecture.minutes, places)]


def present_slots(programme_id: int, year: int, month: int, minutes: int, besides: Lecture | None = None) -> list[dict]:
    """The most welcome times of a month."""
    places = queries.places_of(programme_id, year)
    if not places:
        return []
    start = slots.instant(date(year, month, 1), datetime.min.time(), places[0].zone) - queries.LONGEST
    busy = queries.busy_times(programme_id, start, start + 35 * queries.LONGEST, besides)
    found = slots.suggest(year, month, minutes, places, busy, after=timezone.now(), most=10)
    return [
        {"starts": slot.starts, "score": slot.score, "value": slot.starts.strftime("%Y-%m-%dT%H:%MZ")} for slot in found
    ]
