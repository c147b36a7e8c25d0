"""When a clinic meets: recurrence rules (RFC 5545) in words, checked, and expanded on the clinic's own wall clock."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

WEEKDAYS = {
    "MO": gettext_lazy("Monday"), "TU": gettext_lazy("Tuesday"), "WE": gettext_lazy("Wednesday"),
    "TH": gettext_lazy("Thursday"), "FR": gettext_lazy("Friday"),
}  # fmt: skip
PATTERNS = {
    # what is offered: the rule, without its weekday
    "monthly-1": ("FREQ=MONTHLY;BYDAY=1{day}", gettext_lazy("once a month, in the first week")),
    "monthly-2": ("FREQ=MONTHLY;BYDAY=2{day}", gettext_lazy("once a month, in the second week")),
    "monthly-3": ("FREQ=MONTHLY;BYDAY=3{day}", gettext_lazy("once a month, in the third week")),
    "monthly-4": ("FREQ=MONTHLY;BYDAY=4{day}", gettext_lazy("once a month, in the fourth week")),
    "monthly-last": ("FREQ=MONTHLY;BYDAY=-1{day}", gettext_lazy("once a month, in the last week")),
    "weekly": ("FREQ=WEEKLY;BYDAY={day}", gettext_lazy("every week")),
    "biweekly": ("FREQ=WEEKLY;INTERVAL=2;BYDAY={day}", gettext_lazy("every second week")),
}
ORDINALS = {
    "1": pgettext_lazy("of a month", "first"), "2": pgettext_lazy("of a month", "second"), "3": pgettext_lazy("of a month", "third"),
    "4": pgettext_lazy("of a month", "fourth"), "-1": pgettext_lazy("of a month", "last"),
}  # fmt: skip
# What each frequency may say. A rule outside this is either no rule or one that might never come round.
COMMON = {
    "INTERVAL": r"[1-9]\d?",
    "BYMONTH": r"(1[0-2]|[1-9])(,(1[0-2]|[1-9]))*",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
}
MONTHLY = COMMON | {
    "BYDAY": r"(-1|[1-4])?(MO|TU|WE|TH|FR)(,(-1|[1-4])?(MO|TU|WE|TH|FR))*",
    "BYMONTHDAY": r"-?(2[0-8]|1\d|[1-9])(,-?(2[0-8]|1\d|[1-9]))*",
    "BYSETPOS": r"-1|[1-4]",
}
PARTS = {"WEEKLY": COMMON | {"BYDAY": r"(MO|TU|WE|TH|FR)(,(MO|TU|WE|TH|FR))*"}, "MONTHLY": MONTHLY, "YEARLY": MONTHLY}


def rule_of(pattern: str, day: str) -> str:
    """The rule of one of the patterns offered, on a weekday."""
    return PATTERNS[pattern][0].format(day=day)


def pattern_of(rule: str) -> tuple[str, str] | None:
    """The pattern and the weekday of a rule that is one of those offered."""
    return next(((name, day) for name in PATTERNS for day in WEEKDAYS if rule_of(name, day) == rule), None)


def describe(rule: str) -> str:
    """A rule in words; one that is not of those offered is given as it is written."""
    found = pattern_of(rule)
    if found is None:
        return rule
    pattern, day = found
    if pattern.startswith("monthly"):
        which = ORDINALS[pattern.removeprefix("monthly-")]
        return _("every %(which)s %(day)s of the month") % {"which": which, "day": WEEKDAYS[day]}
    if pattern == "weekly":
        return _("every %(day)s") % {"day": WEEKDAYS[day]}
    return _("%(day)s of every second week") % {"day": WEEKDAYS[day]}


def clean_rule(text: str) -> str:
    """A rule as it is kept; raises ValidationError, which says what is wrong with it."""
    rule = re.sub(r"\s", "", text).upper().removeprefix("RRULE:").rstrip(";")
    parts = [part.partition("=")[::2] for part in rule.split(";")]
    names = [name for name, _value in parts]
    frequency = dict(parts).get("FREQ", "")
    if frequency not in PARTS or len(set(names)) != len(names):
        allowed = ", ".join(f"FREQ={name}" for name in PARTS)
        raise ValidationError(
            _("Write a rule such as FREQ=MONTHLY;BYDAY=3WE. Allowed: %(allowed)s.") % {"allowed": allowed}
        )
    for name, value in parts:
        if name in ("UNTIL", "COUNT"):
            raise ValidationError(_("Give the last day below instead of %(part)s.") % {"part": name})
        if name != "FREQ" and not re.fullmatch(PARTS[frequency].get(name, r"(?!)"), value):
            raise ValidationError(
                _("“%(part)s” is not taken in a rule of this frequency.") % {"part": f"{name}={value}"}
            )
    return rule


@dataclass(frozen=True)
class Occurrence:
    """One time that a rule gives, and the holidays that keep the board from meeting then."""

    starts: datetime
    holidays: tuple = ()


def days_of(rule: str, first: date, after: date, before: date) -> Iterator[date]:
    """The days of a rule that began on `first`, from `after` to `before`, both included."""
    for moment in rrulestr(rule, dtstart=datetime.combine(first, time())):
        if moment.date() > before:
            return
        if moment.date() >= after:
            yield moment.date()


def occurrences(clinic, after: date, before: date, holidays: Iterable = ()) -> list[Occurrence]:
    """When a clinic would meet from one day to another, each with the holidays it falls on (in their own places)."""
    last = min(before, clinic.until) if clinic.until else before
    zone, holidays = ZoneInfo(clinic.time_zone), list(holidays)
    answer = []
    for day in days_of(clinic.rule, clinic.first, max(after, clinic.first), last):
        starts = datetime.combine(day, clinic.at, tzinfo=zone).astimezone(ZoneInfo("UTC"))
        closed = holidays_at(starts, clinic.minutes, holidays)
        answer.append(Occurrence(starts, tuple(closed)))
    return answer


def holidays_at(starts: datetime, minutes: int, holidays: Iterable) -> list:
    """The holidays (with their institution) that a meeting would fall on where they are kept."""
    ends = starts + timedelta(minutes=minutes - 1)
    return [
        holiday
        for holiday in holidays
        if starts.astimezone(holiday.institution.zone).date() <= holiday.last
        and ends.astimezone(holiday.institution.zone).date() >= holiday.first
    ]


@dataclass(frozen=True)
class Shift:
    """From a meeting on, the clock of a place shows another hour than for the one before."""

    starts: datetime
    zone: ZoneInfo
    before: time
    after: time


def shifts(moments: Iterable[datetime], zones: Iterable[ZoneInfo]) -> list[Shift]:
    """Where changes of the clock, in whichever place, move regular meetings; in the order in which they come."""
    zones, answer = list(zones), []
    for earlier, later in pairwise(sorted(moments)):
        if all(_offset(earlier, zone) == _offset(later, zone) for zone in zones):
            continue
        for zone in zones:
            before, after = earlier.astimezone(zone).time(), later.astimezone(zone).time()
            if before != after:
                answer.append(Shift(later, zone, before, after))
    return answer


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
