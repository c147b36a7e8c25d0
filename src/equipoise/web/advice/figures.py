"""The board in figures, counted by the database: open cases by age, adoption, turnaround."""

from datetime import date, datetime, time, timedelta

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.web.advice.models import Consultation, Recommendation

AGES = (
    (2, gettext_lazy("under 2 days")),
    (7, gettext_lazy("2 to 6 days")),
    (14, gettext_lazy("1 to 2 weeks")),
    (30, gettext_lazy("2 to 4 weeks")),
)
"""(days that it is younger than, label); what is older comes last."""


def open_by_age(programme) -> list[tuple[str, int]]:
    """(label, number) of the cases that wait for the board's answer, by the time since they were submitted."""
    now = timezone.now()
    whens = [
        When(submitted__gt=now - timedelta(days=days), then=Value(place)) for place, (days, _label) in enumerate(AGES)
    ]
    open_cases = Consultation.objects.filter(programme=programme, status__in=Consultation.AWAITED)
    rows = open_cases.annotate(age=Case(*whens, default=Value(len(AGES)))).values("age").annotate(number=Count("pk"))
    counts = {row["age"]: row["number"] for row in rows.order_by("age")}
    labels = [str(label) for _days, label in AGES] + [_("over 4 weeks")]
    return [(label, counts.get(place, 0)) for place, label in enumerate(labels)]


def adoption(programme, since: date | datetime, until: date | datetime) -> dict[str, int]:
    """What became of the recommendations given in [since, until)."""
    given = Recommendation.objects.filter(
        advice__consultation__programme=programme,
        advice__created__gte=_moment(since),
        advice__created__lt=_moment(until),
    )
    found = dict(given.order_by().values_list("state").annotate(Count("pk")))
    return {state: found.get(state, 0) for state in ("adopted", "declined", "superseded", "open")}


def turnaround(programme, since: date | datetime, until: date | datetime) -> dict:
    """Of the cases advised in [since, until): how many; median days from submission to assignment, from there to the
    advice, and of both together; the share whose advice came within the programme's review days.

    Review days are working days; five of them are counted as a week. Medians and share are None without a case.
    """
    advised = Consultation.objects.filter(
        programme=programme, advised__gte=_moment(since), advised__lt=_moment(until), submitted__isnull=False
    )
    allowed = timedelta(days=programme.review_days + 2 * (programme.review_days // 5))
    taken = advised.annotate(taken=_between("submitted", "advised"))
    counts = taken.aggregate(
        n=Count("pk"),
        assigned=Count("pk", filter=Q(assigned__isnull=False)),
        timely=Count("pk", filter=Q(taken__lte=allowed)),
    )
    known = advised.filter(assigned__isnull=False)
    return {
        "n": counts["n"],
        "to_assigned": _median(known, "submitted", "assigned", counts["assigned"]),
        "to_advised": _median(known, "assigned", "advised", counts["assigned"]),
        "median_days": _median(advised, "submitted", "advised", counts["n"]),
        "within_review_days": counts["timely"] / counts["n"] if counts["n"] else None,
        "review_days": programme.review_days,
    }


def _between(first: str, last: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(last) - F(first), output_field=DurationField())


def _median(cases: QuerySet, first: str, last: str, number: int) -> float | None:
    """The median of days between two moments; the mean of the two in the middle of an even number."""
    if not number:
        return None
    lengths = cases.order_by(_between(first, last)).values_list(_between(first, last), flat=True)
    middle = lengths[(number - 1) // 2 : number // 2 + 1]
    days = [length.total_seconds() / 86400 for length in middle]
    return round(sum(days) / len(days), 2)


def _moment(day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time(), timezone.get_current_timezone())
