"""Calendar files and feeds (RFC 5545, RFC 7986), from entries that rooms make of what they hold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDuration, vText

PRODUCT = "-//Equipoise//Programme calendar//EN"
REFRESH = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Entry:
    """One event. The same `uid` with a greater `sequence` replaces what a calendar holds; `cancelled` strikes it out."""

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    zone: ZoneInfo
    title: str
    description: str
    url: str
    location: str
    cancelled: bool
    changed: datetime
    reminders: tuple[timedelta, ...] = (timedelta(hours=1),)

    def __post_init__(self) -> None:
        if self.starts.tzinfo is None or self.ends.tzinfo is None or self.changed.tzinfo is None:
            raise ValueError("an entry's times are instants")
        if self.ends <= self.starts:
            raise ValueError("an entry ends after it begins")


def calendar_file(entries: Iterable[Entry], *, name: str = "", method: str = "PUBLISH") -> bytes:
    """Entries as one iCalendar object: a file, what goes with a mail, or (with a name) a feed to subscribe to.

    The same entries give the same bytes. Times are in each entry's own zone, which is defined in the file for the years
    it needs.
    """
    entries = sorted(entries, key=lambda entry: (entry.starts, entry.uid))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method and not name:
        calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vText(vDuration(REFRESH).to_ical().decode()))
    for zone in sorted({entry.zone.key for entry in entries} - {"UTC"}):
        years = [entry.starts.year for entry in entries if entry.zone.key == zone]
        calendar.add_component(_zone(zone, min(years) - 1, max(years) + 2))
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def times_text(starts: datetime, minutes: int, places: Sequence[tuple[str, ZoneInfo]]) -> str:
    """The time in each place (its name, its zone), a line each, for a description or a mail."""
    lines = []
    for place, zone in places:
        begin = starts.astimezone(zone)
        end = (starts + timedelta(minutes=minutes)).astimezone(zone)
        day = formats.date_format(begin, _("D j M Y"))
        lines.append(f"{place}: {day}, {begin:%H:%M}–{end:%H:%M}")
    return "\n".join(lines)


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    event.add("dtstart", entry.starts.astimezone(entry.zone))
    event.add("dtend", entry.ends.astimezone(entry.zone))
    event.add("summary", entry.title)
    if entry.description:
        event.add("description", entry.description)
    if entry.location:
        event.add("location", entry.location)
    if entry.url:
        event.add("url", entry.url)
    event.add("organizer", f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}", parameters={"CN": "Equipoise"})
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    if not entry.cancelled:
        for ahead in entry.reminders:
            event.add_component(_alarm(entry, ahead))
    return event


def _alarm(entry: Entry, ahead: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    alarm.add("trigger", -ahead)
    return alarm


@lru_cache(maxsize=64)
def _zone(name: str, first: int, last: int) -> Timezone:
    """The zone from one year to the next, an observance for each change: onsets are on the clock before the change."""
    zone = ZoneInfo(name)
    definition = Timezone()
    definition.add("tzid", name)
    start = datetime(first, 1, 1, tzinfo=UTC)
    definition.add_component(_observance(zone, start, start.astimezone(zone).utcoffset()))
    for change in _changes(zone, start, datetime(last, 1, 1, tzinfo=UTC)):
        definition.add_component(_observance(zone, change, (change - MINUTE).astimezone(zone).utcoffset()))
    return definition


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants, to the minute, at which the zone's offset changes."""
    week = timedelta(days=7)
    while start < end:
        after = start + week
        if start.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            before, later = start, after
            while later - before > MINUTE:
                middle = before + ((later - before) / 2 // MINUTE) * MINUTE
                same = middle.astimezone(zone).utcoffset() == start.astimezone(zone).utcoffset()
                before, later = (middle, later) if same else (before, middle)
            yield later
        start = after


def _observance(zone: ZoneInfo, onset: datetime, offset: timedelta) -> TimezoneStandard | TimezoneDaylight:
    local = onset.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", (onset + offset).replace(tzinfo=None))
    part.add("tzoffsetfrom", offset)
    part.add("tzoffsetto", local.utcoffset())
    part.add("tzname", local.tzname())
    return part
