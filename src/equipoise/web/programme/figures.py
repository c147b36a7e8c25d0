"""A year of a programme in figures. Each function asks the database a fixed number of times, whatever there is to count."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, Exists, OuterRef, Q

from equipoise.web.advice.models import Consultation, Recommendation
from equipoise.web.designs.models import Search
from equipoise.web.lectures.models import Attendance, Certificate, Feedback, Lecture, Registration
from equipoise.web.programme.models import Programme
from equipoise.web.questions.models import Question

FEW = 3
"""Departments with fewer people than this are not counted out: the figure would be about somebody."""
MOST_DEPARTMENTS = 12
ENOUGH_ANSWERS = 5
"""Averages of feedback are shown from so many answers on."""


@dataclass(frozen=True)
class Department:
    """How many of a department meant to come and came; None where it is about fewer than FEW people.

    An empty name is the other departments.
    """

    name: str
    registered: int | None
    attended: int | None


def lectures_in(programme: Programme, year: int):
    """The lectures of a year's series."""
    return Lecture.objects.filter(programme=programme, series__year=year)


def lecture_counts(programme: Programme, year: int) -> dict[str, int]:
    """How many lectures were held, are to come and were cancelled."""
    status = Lecture.Status
    return lectures_in(programme, year).aggregate(
        held=Count("pk", filter=Q(status=status.HELD)),
        to_come=Count("pk", filter=Q(status__in=(status.PROPOSED, status.INVITED, status.CONFIRMED))),
        cancelled=Count("pk", filter=Q(status=status.CANCELLED)),
    )


def by_department(programme: Programme, year: int) -> list[Department]:
    """Who registered and who came, by department, the largest first; what is about a few people without its number."""
    here = Q(lecture__programme=programme, lecture__series__year=year)
    meant = Registration.objects.filter(here, withdrawn__isnull=True).order_by().values_list("user__department")
    came = Attendance.objects.filter(here).order_by().values_list("user__department")
    counts: dict[
        str, list[int]
    ] = {}  # department: people and number of registrations, people and number of attendances
    for place, rows in ((0, meant), (2, came)):
        for name, people, number in rows.annotate(Count("user", distinct=True), Count("pk")):
            row = counts.setdefault(name.strip(), [0, 0, 0, 0])
            row[place] += people
            row[place + 1] += number
    known = sorted((name for name in counts if name), key=lambda name: (-counts[name][3], -counts[name][1], name))
    rest = [counts[name] for name in (*known[MOST_DEPARTMENTS:], "") if name in counts]
    shown = [_department(name, counts[name]) for name in known[:MOST_DEPARTMENTS]]
    return [*shown, _department("", [sum(column) for column in zip(*rest, strict=True)])] if rest else shown


def _department(name: str, row: list[int]) -> Department:
    planners, registered, comers, attended = row
    return Department(name, registered if planners >= FEW else None, attended if comers >= FEW else None)


def funnel(programme: Programme, since: datetime, until: datetime) -> dict[str, int]:
    """Of the questions begun in a time at the programme's institutions: how many were searched, brought to the board, and
    followed the board's advice."""
    asked = Consultation.objects.filter(question=OuterRef("pk"), programme=programme, submitted__isnull=False)
    adopted = Recommendation.objects.filter(
        advice__consultation__question=OuterRef("pk"), advice__consultation__programme=programme,
        state=Recommendation.State.ADOPTED,
    )  # fmt: skip
    searched = Search.objects.filter(question=OuterRef("pk"), status=Search.Status.DONE)
    places = programme.institutions.through.objects.filter(programme=programme).values("institution")
    questions = Question.objects.filter(institution__in=places, created__gte=since, created__lt=until)
    return questions.annotate(searched=Exists(searched), asked=Exists(asked), adopted=Exists(adopted)).aggregate(
        questions=Count("pk"),
        searches=Count("pk", filter=Q(searched=True)),
        consultations=Count("pk", filter=Q(asked=True)),
        followed=Count("pk", filter=Q(adopted=True)),
    )


def confidence(programme: Programme, year: int) -> dict[str, float] | None:
    """What those who gave feedback say of a year's lectures; None until there are enough of them."""
    told = Feedback.objects.filter(lecture__programme=programme, lecture__series__year=year).aggregate(
        answers=Count("pk"),
        before=Avg("confidence_before"),
        after=Avg("confidence_after"),
        useful=Avg("useful"),
        will_change=Count("pk", filter=Q(will_change=True)),
    )
    return told if told["answers"] >= ENOUGH_ANSWERS else None


def certificates(programme: Programme, year: int) -> int:
    """Certificates of a year's lectures that stand."""
    return Certificate.objects.filter(
        lecture__programme=programme, lecture__series__year=year, revoked__isnull=True
    ).count()


def consultation_counts(programme: Programme, since: datetime, until: datetime) -> dict:
    """The requests submitted in a time: how many, by what they are about, by institution, and how many have their advice."""
    cases = Consultation.objects.filter(programme=programme, submitted__gte=since, submitted__lt=until).order_by()
    cases = cases.exclude(status=Consultation.Status.DRAFT)
    places = cases.values_list("institution__name_en", "institution__name_zh").annotate(Count("pk"))
    return {
        "submitted": (total := cases.aggregate(n=Count("pk"), advised=Count("pk", filter=Q(advised__isnull=False))))["n"],
        "advised": total["advised"],
        "by_kind": dict(cases.values_list("kind").annotate(Count("pk"))),
        "by_institution": [[english, chinese or english, number] for english, chinese, number in places.order_by("institution__pk")],
    }  # fmt: skip
