"""How the board does, counted by the database: turnaround, adoption, load, months. Without what is closed to the reader."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, QuerySet
from django.db.models.functions import TruncMonth

from equipoise.web.advice.models import BoardMember, Consultation, Event, Recommendation
from equipoise.web.advice.queries import conflicts_of, visible_consultations
from equipoise.web.advice.suggestions import loads

FIRST_ANSWERS = ("accepted", "declined", "asked-back", "assigned")
"""The events by which the board answers a request at all."""


@dataclass(frozen=True)
class Turnaround:
    """From the request to a moment, in days: how many, the median, the 90th percentile, the share in time."""

    name: str
    number: int
    median: float | None
    ninetieth: float | None
    in_time: float | None


def cases_for(user, programme) -> QuerySet[Consultation]:
    """The cases of a programme that its figures are made of for one reader."""
    cases = Consultation.objects.filter(programme=programme).exclude(status=Consultation.Status.DRAFT)
    return cases.exclude(conflicts_of(user).closed())


def overdue(user, programme, now: datetime) -> QuerySet[Consultation]:
    """Those that the reader may see and the board still owes an answer, the longest overdue first."""
    found = visible_consultations(user).filter(programme=programme, status__in=Consultation.AWAITED, due__lt=now)
    return found.select_related("owner", "institution", "adviser__user").order_by("due", "pk")


def turnarounds(cases: QuerySet[Consultation], review_days: int) -> list[Turnaround]:
    """From the request to the first answer, to the advice, and to the end."""
    asked = cases.filter(submitted__isnull=False)
    # review days are working days, five of them a week
    allowed = timedelta(days=review_days + 2 * (review_days // 5))
    return [
        _turnaround("first", _to_first_answer(asked), allowed),
        _turnaround("advice", _to(asked, "advised"), allowed),
        _turnaround("closed", _to(asked.filter(status=Consultation.Status.CLOSED), "closed"), None),
    ]


def adoption_by_strength(cases: QuerySet[Consultation]) -> list[dict]:
    """What became of recommendations, strong ones first."""
    given = Recommendation.objects.filter(advice__consultation__in=cases.order_by().values("pk"))
    counts = {
        (strength, state): number
        for strength, state, number in given.order_by().values_list("strength", "state").annotate(Count("pk"))
    }
    answer = []
    for strength, words in Recommendation.Strength.choices:
        row = {state: counts.get((strength, state), 0) for state in Recommendation.State.values}
        total, decided = sum(row.values()), row["adopted"] + row["declined"]
        share = row["adopted"] / decided if decided else None
        answer.append({"code": strength, "strength": words, "total": total, "share": share, **row})
    return answer


def by_adviser(cases: QuerySet[Consultation], seats: QuerySet[BoardMember]) -> list[dict]:
    """What waits for each member and how much each has advised on."""
    at_hand = loads(seats)
    advised = cases.filter(adviser__isnull=False, advised__isnull=False).order_by()
    done = dict(advised.values_list("adviser").annotate(Count("pk")))
    return [
        {
            "name": seat.user.name,
            "load": at_hand.get(seat.pk, 0),
            "capacity": seat.capacity,
            "advised": done.get(seat.pk, 0),
        }
        for seat in seats.select_related("user")
    ]


def by_month(cases: QuerySet[Consultation], since: datetime) -> list[dict]:
    """How many were asked and how many advised on, month by month; months without either are left out."""
    asked, advised = (_per_month(cases, field, since) for field in ("submitted", "advised"))
    months = sorted(asked.keys() | advised.keys())
    return [{"month": month, "asked": asked.get(month, 0), "advised": advised.get(month, 0)} for month in months]


def _per_month(cases: QuerySet[Consultation], field: str, since: datetime) -> dict:
    found = cases.filter(**{f"{field}__gte": since}).annotate(month=TruncMonth(field)).order_by()
    return dict(found.values_list("month").annotate(Count("pk")))


def _to(cases: QuerySet[Consultation], moment: str) -> QuerySet:
    """The lengths from the request to a moment of the case."""
    length = ExpressionWrapper(F(moment) - F("submitted"), output_field=DurationField())
    return cases.filter(**{f"{moment}__isnull": False}).annotate(length=length).values_list("length", flat=True)


def _to_first_answer(cases: QuerySet[Consultation]) -> QuerySet:
    """The lengths from the request to the first event by which the board answered; grouped, which is far faster than
    asking for it case by case."""
    answers = Event.objects.filter(kind__in=FIRST_ANSWERS, consultation__in=cases.order_by().values("pk")).order_by()
    length = ExpressionWrapper(Min("at") - F("consultation__submitted"), output_field=DurationField())
    grouped = answers.values("consultation", "consultation__submitted").annotate(length=length)
    return grouped.values_list("length", flat=True)


def _turnaround(name: str, lengths: QuerySet, allowed: timedelta | None) -> Turnaround:
    number = lengths.count()
    if not number:
        return Turnaround(name, 0, None, None, None)
    ordered = lengths.order_by("length")
    middle = _days(ordered[(number - 1) // 2 : number // 2 + 1])
    rank = math.ceil(0.9 * number)
    in_time = lengths.filter(length__lte=allowed).count() / number if allowed else None
    return Turnaround(name, number, sum(middle) / len(middle), _days(ordered[rank - 1 : rank])[0], in_time)


def _days(lengths) -> list[float]:
    return [length.total_seconds() / 86400 for length in lengths]
