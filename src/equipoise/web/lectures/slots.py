"""When a lecture can be: instants humane in every place, and series that keep one wall clock. Nothing here asks a database."""

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

EARLIEST, LATEST = time(7), time(22)
STEP = timedelta(minutes=30)
COMFORT = (
    # from this hour of the day, how welcome a lecture is: 1 in the working day, less before and after
    (time(7), 0.5), (time(8), 0.8), (time(9), 1.0), (time(17, 30), 0.8), (time(19), 0.7), (time(20, 30), 0.5),
    (time(21, 30), 0.3),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where people listen: a name to show, its zone, and (first, last, name) of the days it does not work."""

    name: str
    zone: ZoneInfo
    days_off: tuple[tuple[date, date, str], ...] = ()

    def holiday(self, day: date) -> str | None:
        """The name of the holiday on a day, if it is one."""
        return next((name for first, last, name in self.days_off if first <= day <= last), None)


@dataclass(frozen=True)
class Busy:
    """When something else is on, and what it is."""

    starts: datetime
    ends: datetime
    name: str = ""


@dataclass(frozen=True)
class Objection:
    """Why a time is not a good one. `code` is night, weekend, holiday or busy; `place` and `name` say where and what."""

    code: str
    place: str = ""
    name: str = ""


@dataclass(frozen=True)
class Slot:
    """A time that can be; the score, to 100, is how welcome it is in all places, and most of all in the worst."""

    starts: datetime
    score: int


@dataclass(frozen=True)
class Rule:
    """Such as every third Wednesday at 20:00 in Boston. `nth` is 1 to 4, or -1 for the last; Monday is 0."""

    nth: int
    weekday: int
    at: time
    zone: ZoneInfo


@dataclass(frozen=True)
class Occurrence:
    """One date of a series, and what speaks against it."""

    starts: datetime
    objections: tuple[Objection, ...]


def exists(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether a wall clock shows this time that day, or skips it as summer time begins."""
    wall = datetime.combine(day, at, zone)
    return wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0)


def comes_twice(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether a wall clock shows this time twice that day, as summer time ends."""
    wall = datetime.combine(day, at, zone)
    return exists(day, at, zone) and wall.utcoffset() != wall.replace(fold=1).utcoffset()


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall time: of one that comes twice, the first; one that is skipped moves on by what was skipped."""
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """Such as the third Wednesday of a month; -1 is the last."""
    days = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
    return date(year, month, days[nth - 1 if nth > 0 else nth])


def months(first: date, count: int) -> Iterator[tuple[int, int]]:
    """(year, month) of `count` months from that of a day."""
    for number in range(first.month - 1, first.month - 1 + count):
        yield first.year + number // 12, number % 12 + 1


def occurrences(
    rule: Rule, first: date, count: int, minutes: int, places: Sequence[Place], busy: Sequence[Busy] = ()
) -> list[Occurrence]:
    """The dates of a series, one a month, at the same hour on the rule's wall clock, summer and winter."""
    found = []
    for year, month in months(first, count):
        starts = instant(nth_weekday(year, month, rule.weekday, rule.nth), rule.at, rule.zone)
        found.append(Occurrence(starts, objections(starts, minutes, places, busy)))
    return found


def objections(
    starts: datetime, minutes: int, places: Iterable[Place], busy: Iterable[Busy] = ()
) -> tuple[Objection, ...]:
    """What speaks against a time, in the order of the places."""
    ends = starts + timedelta(minutes=minutes)
    found = []
    for place in places:
        begin, end = starts.astimezone(place.zone), ends.astimezone(place.zone)
        if begin.weekday() >= 5:
            found.append(Objection("weekend", place.name))
        if holiday := place.holiday(begin.date()):
            found.append(Objection("holiday", place.name, holiday))
        if not _humane(begin, end):
            found.append(Objection("night", place.name))
    found += [Objection("busy", "", other.name) for other in busy if other.starts < ends and starts < other.ends]
    return tuple(found)


def suggest(
    year: int, month: int, minutes: int, places: Sequence[Place], busy: Sequence[Busy] = (), *,
    after: datetime | None = None, most: int = 12, a_day: int = 1,
) -> list[Slot]:  # fmt: skip
    """The most welcome times of a month (that of the first place), best first, without objection; `a_day` for each day."""
    start = instant(date(year, month, 1), time(0), places[0].zone)
    end = instant(date(*next(_after(year, month)), 1), time(0), places[0].zone)
    open_times = []
    while start < end:
        if (after is None or start > after) and not objections(start, minutes, places, busy):
            open_times.append(Slot(start, score(start, minutes, places)))
        start += STEP
    open_times.sort(key=lambda slot: (-slot.score, slot.starts))
    taken: dict[date, int] = {}
    chosen = []
    for slot in open_times:
        day = slot.starts.astimezone(places[0].zone).date()
        taken[day] = taken.get(day, 0) + 1
        if taken[day] <= a_day:
            chosen.append(slot)
    return chosen[:most]


def score(starts: datetime, minutes: int, places: Iterable[Place]) -> int:
    """How welcome a time is in all places, 0 to 100: the worst place counts most."""
    ends = starts + timedelta(minutes=minutes)
    each = [_comfort(starts.astimezone(place.zone), ends.astimezone(place.zone)) for place in places]
    return round(100 * (0.7 * min(each) + 0.3 * sum(each) / len(each)))


def shift(before: datetime, now: datetime, zone: ZoneInfo) -> timedelta:
    """How much later in the day it is on a wall clock than the time before; negative when earlier."""
    clocks = [moment.astimezone(zone) for moment in (before, now)]
    first, second = (timedelta(hours=clock.hour, minutes=clock.minute) for clock in clocks)
    day = timedelta(days=1)
    return (second - first + day / 2) % day - day / 2


def shifts(starts: Sequence[datetime], zone: ZoneInfo) -> list[timedelta]:
    """For each of a series, the shift on a wall clock since the one before; none for the first."""
    return [timedelta(0), *(shift(before, now, zone) for before, now in pairwise(starts))][: len(starts)]


def _after(year: int, month: int) -> Iterator[tuple[int, int]]:
    return iter(list(months(date(year, month, 1), 2))[1:])


def _humane(begin: datetime, end: datetime) -> bool:
    return begin.date() == end.date() and begin.time() >= EARLIEST and end.time() <= LATEST


def _comfort(begin: datetime, end: datetime) -> float:
    if not _humane(begin, end):
        return 0.0
    last = (end - timedelta(minutes=1)).time()
    return min(max(value for hour, value in COMFORT if hour == start) for start in (_hour(begin.time()), _hour(last)))


def _hour(at: time) -> time:
    return max(hour for hour, _value in COMFORT if hour <= at)
