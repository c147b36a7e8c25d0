"""The yearly report: its figures, frozen as JSON in both languages, without patients and without the names of requesters."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from equipoise.web.advice import figures as board
from equipoise.web.advice.models import Session
from equipoise.web.lectures.competencies import COMPETENCIES
from equipoise.web.lectures.models import Attendance, Feedback, Lecture, QuizAttempt, Registration
from equipoise.web.people.queries import members_of
from equipoise.web.programme import figures
from equipoise.web.programme.models import Programme
from equipoise.web.programme.queries import SETTLED, bounds

Pair = list[str]
"""The same in English and in Chinese."""


def make_figures(programme: Programme, year: int) -> dict:
    """Everything that the report says."""
    since, until = bounds(year)
    places = list(programme.institutions.order_by("pk"))
    zones = {place.time_zone: _pair(place, "city") if place.city_en else _pair(place, "name") for place in places}
    lectures = [_lecture(row, zones) for row in _lectures(programme, year)]
    plan = [_planned(row, zones) for row in figures.lectures_in(programme, year + 1).exclude(
        status=Lecture.Status.CANCELLED).select_related("speaker").order_by("starts", "pk")]  # fmt: skip
    counts = figures.lecture_counts(programme, year)
    return {
        "programme": _pair(programme, "name"),
        "institutions": [_pair(place, "name") for place in places],
        "year": year,
        "made": timezone.now().isoformat(),
        "term": [programme.starts_on.isoformat(), programme.ends_on.isoformat()],
        "signed_on": programme.signed_on.isoformat() if programme.signed_on else "",
        "aims": _pair(programme, "aims"),
        "people": members_of(programme.pk).count(),
        "lectures_a_year": programme.lectures_a_year,
        "counts": counts,
        "lectures": lectures,
        "registrations": sum(row["registered"] for row in lectures),
        "attendances": sum(row["attended"] for row in lectures),
        "attenders": Attendance.objects.filter(lecture__programme=programme, lecture__series__year=year)
        .order_by().values("user").distinct().count(),
        "departments": [[row.name, row.registered, row.attended] for row in figures.by_department(programme, year)],
        "competencies": _competencies(lectures),
        "certificates": figures.certificates(programme, year),
        "quizzes": _quizzes(programme, year),
        "confidence": figures.confidence(programme, year),
        "consultations": figures.consultation_counts(programme, since, until),
        "open_now": sum(number for _label, number in board.open_by_age(programme)),
        "turnaround": board.turnaround(programme, since, until),
        "adoption": board.adoption(programme, since, until),
        "sessions": Session.objects.filter(
            programme=programme, starts__gte=since, starts__lt=until, status=Session.Status.HELD).count(),
        "funnel": figures.funnel(programme, since, until),
        "plan": plan,
        "sessions_planned": Session.objects.filter(
            programme=programme, starts__gte=until, starts__lt=bounds(year + 1)[1], status=Session.Status.PLANNED).count(),
    }  # fmt: skip


def _lectures(programme: Programme, year: int):
    """The year's lectures with who meant to come, who came, and how useful it was."""

    def count(model, **besides):
        rows = model.objects.filter(lecture=OuterRef("pk"), **besides).order_by().values("lecture")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)

    told = Feedback.objects.filter(lecture=OuterRef("pk")).order_by().values("lecture")
    return (
        figures.lectures_in(programme, year).exclude(status=Lecture.Status.CANCELLED)
        .annotate(
            registered=count(Registration, withdrawn__isnull=True), attended=count(Attendance), answers=count(Feedback),
            useful=Subquery(told.annotate(mean=Avg("useful")).values("mean")),
        )
        .select_related("speaker").order_by("starts", "pk")
    )  # fmt: skip


def _lecture(lecture: Lecture, zones: dict[str, Pair]) -> dict:
    enough = lecture.answers >= figures.ENOUGH_ANSWERS
    return _planned(lecture, zones) | {
        "registered": lecture.registered,
        "attended": lecture.attended,
        "useful": round(lecture.useful, 2) if enough else None,
        "competencies": [code for code in lecture.competencies if code in COMPETENCIES],
    }


def _planned(lecture: Lecture, zones: dict[str, Pair]) -> dict:
    settled = lecture.status in SETTLED
    return {
        "topic": _pair(lecture, "topic"),
        "speaker": lecture.speaker.name if lecture.speaker and settled else "",
        "status": lecture.status,
        "when": [[*city, _local(lecture.starts, zone)] for zone, city in zones.items()] if lecture.starts else [],
    }


def _local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _competencies(lectures: list[dict]) -> list[dict]:
    """For each of the eight: how many lectures held were about it, and how many came to them."""
    held = [row for row in lectures if row["status"] == Lecture.Status.HELD]
    return [
        {"code": code, "lectures": len(about := [row for row in held if code in row["competencies"]]),
         "attended": sum(row["attended"] for row in about)}
        for code in COMPETENCIES
    ]  # fmt: skip


def _quizzes(programme: Programme, year: int) -> dict:
    here = QuizAttempt.objects.filter(lecture__programme=programme, lecture__series__year=year)
    return here.aggregate(people=Count("user", distinct=True), attempts=Count("pk"))


def _pair(thing, field: str) -> Pair:
    english, chinese = getattr(thing, f"{field}_en"), getattr(thing, f"{field}_zh")
    return [english or chinese, chinese or english]
