"""When an answer is due: working days of the adviser's place, fewer the more urgent the request."""

import math
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from equipoise.web.advice.models import Consultation
from equipoise.web.people.models import Holiday, Institution

END_OF_DAY = time(17)
SATURDAY = 5
SHARE = {Consultation.Urgency.ROUTINE: 1.0, Consultation.Urgency.SOON: 0.6, Consultation.Urgency.URGENT: 0.4}
"""The part of a programme's review days that a request may take."""

Span = tuple[date, date]


def add_working_days(start: date, days: int, holidays: Iterable[Span] = ()) -> date:
    """The working day that lies `days` working days after `start`; `holidays` are (first, last), both included."""
    spans, day = list(holidays), start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, spans)
    return day


def is_working_day(day: date, holidays: Iterable[Span] = ()) -> bool:
    """Monday to Friday, but for holidays."""
    return day.weekday() < SATURDAY and not any(first <= day <= last for first, last in holidays)


def working_days(review_days: int, urgency: str) -> int:
    """How many working days the board has, at least one."""
    return max(1, math.ceil(round(review_days * SHARE[Consultation.Urgency(urgency)], 6)))


def due_moment(start: datetime, days: int, zone: ZoneInfo, holidays: Iterable[Span] = ()) -> datetime:
    """The end of the working day in a zone, so many working days after a moment."""
    day = add_working_days(start.astimezone(zone).date(), days, holidays)
    return datetime.combine(day, END_OF_DAY, zone)


def due_for(case: Consultation, place: Institution, start: datetime) -> datetime:
    """When the case is due if the clock starts at `start` and runs by the calendar of a place."""
    days = working_days(case.programme.review_days, case.urgency)
    first = start.astimezone(place.zone).date()
    near = Holiday.objects.filter(institution=place, last__gte=first, first__lte=first + timedelta(days=3 * days + 60))
    return due_moment(start, days, place.zone, near.values_list("first", "last"))
