"""Hours that suit two people in two places. Pure: what is known comes in, what suits goes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
# the bounds of a day at work, the most agreeable first; the last is for when no hour lies in both working days
BANDS = ((time(9), time(17)), (time(8), time(18)), (time(7), time(19)), (time(6), time(22)))
WORKING = 2  # the last band that is working hours
STEP = timedelta(minutes=30)


@dataclass(frozen=True)
class Side:
    """A person's place: the zone, the days off (first, last), and what already takes up their time."""

    zone: ZoneInfo
    days_off: Sequence[tuple[date, date]] = ()
    busy: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True, order=True)
class Slot:
    """An hour for both. `band` is the less agreeable of the two; `strain` adds them up."""

    band: int
    strain: int
    starts: datetime
    minutes: int = field(compare=False)

    @property
    def in_working_hours(self) -> bool:
        return self.band <= WORKING


def band_of(side: Side, starts: datetime, minutes: int) -> int | None:
    """How agreeable a meeting is for one person, 0 the best; None where it cannot be."""
    begins = starts.astimezone(side.zone)
    ends = (starts + timedelta(minutes=minutes)).astimezone(side.zone)
    day = begins.date()
    if day.weekday() >= 5 or ends.date() != day or any(first <= day <= last for first, last in side.days_off):
        return None
    if any(taken < starts + timedelta(minutes=minutes) and until > starts for taken, until in side.busy):
        return None
    hours = (begins.time(), ends.time())
    return next(
        (place for place, (opens, closes) in enumerate(BANDS) if opens <= hours[0] and hours[1] <= closes), None
    )


def find_slots(
    one: Side, other: Side, *, after: datetime, days: int = 28, minutes: int = 30, limit: int = 8, a_day: int = 2
) -> list[Slot]:
    """The most agreeable hours for two people, best first, at most `a_day` of the first one's days.

    Both are in their working days (07:00 to 19:00 where they are) if any hour is; else the nearest to it.
    """
    found = _all_slots(one, other, after, days, minutes)
    chosen = [slot for slot in found if slot.in_working_hours] or found
    answer: list[Slot] = []
    for slot in sorted(chosen):
        day = slot.starts.astimezone(one.zone).date()
        if sum(taken.starts.astimezone(one.zone).date() == day for taken in answer) < a_day:
            answer.append(slot)
        if len(answer) == limit:
            break
    return answer


def suits(one: Side, other: Side, starts: datetime, minutes: int) -> Slot | None:
    """The hour as a slot, if both can be there."""
    bands = band_of(one, starts, minutes), band_of(other, starts, minutes)
    if bands[0] is None or bands[1] is None:
        return None
    return Slot(max(bands), sum(bands), starts, minutes)


def _all_slots(one: Side, other: Side, after: datetime, days: int, minutes: int) -> list[Slot]:
    moment = _next_step(after.astimezone(UTC))
    end, answer = moment + timedelta(days=days), []
    while moment < end:
        if slot := suits(one, other, moment, minutes):
            answer.append(slot)
        moment += STEP
    return answer


def _next_step(moment: datetime) -> datetime:
    start = moment.replace(minute=0, second=0, microsecond=0)
    while start < moment:
        start += STEP
    return start
