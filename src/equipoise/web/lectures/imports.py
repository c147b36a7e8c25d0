"""Dry runs: what a file would do, line by line, before it does it."""

from collections import defaultdict
from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from equipoise.web.lectures.meeting_list import Line, minutes_present
from equipoise.web.lectures.models import Lecture
from equipoise.web.lectures.queries import members_by_email
from equipoise.web.people.models import User

KEPT_FOR = 3600  # seconds between the dry run and the taking in


@dataclass(frozen=True)
class Found:
    """A line of a meeting's list and who it is; `problem` where it does not count, `note` where it does and why so."""

    line: Line
    person: User | None
    problem: str = ""
    note: str = ""


@dataclass(frozen=True)
class MeetingRun:
    """What a meeting's list would do: {person: minutes} of those who count, and each line."""

    lines: list[Found]
    minutes: dict[int, int | None]
    new: int

    @property
    def problems(self) -> int:
        return sum(1 for found in self.lines if found.problem)


def run_meeting(lecture: Lecture, lines: list[Line], least: int) -> MeetingRun:
    """Find the people of a meeting's list by their e-mails; those who stayed less than `least` minutes do not count."""
    by_email: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if not line.problem:
            by_email[line.email].append(line)
    people = members_by_email(lecture.programme_id, by_email)
    stay = {email: minutes_present(found) for email, found in by_email.items()}
    counted = {
        people[email].pk: minutes
        for email, minutes in stay.items()
        if email in people and (minutes is None or minutes >= least)
    }
    there = set(lecture.attendances.filter(user__in=counted).values_list("user", flat=True))
    seen: set[str] = set()
    found = []
    for line in lines:
        person = people.get(line.email)
        found.append(_found(line, person, stay, least, again=line.email in seen, there=there))
        seen.add(line.email)
    return MeetingRun(found, counted, len(counted.keys() - there))


def _found(line: Line, person: User | None, stay: dict, least: int, *, again: bool, there: set[int]) -> Found:
    if line.problem:
        return Found(line, None, line.problem)
    if person is None:
        return Found(line, None, _("Nobody in the programme has this e-mail."))
    minutes = stay[line.email]
    if minutes is not None and minutes < least:
        problem = _("There for %(minutes)s minutes; %(least)s are needed.") % {"minutes": minutes, "least": least}
        return Found(line, person, problem)
    if again:
        return Found(line, person, note=_("Joined again: counted together."))
    return Found(line, person, note=_("Known already.") if person.pk in there else "")


def seal(what: str, value) -> str:
    """What a dry run found, signed, to be sent back when it is taken in."""
    return signing.dumps(value, salt=f"equipoise.lectures.{what}", compress=True)


def unseal(what: str, sealed: str):
    """The same again, or None when it is not what was sent, or too old."""
    try:
        return signing.loads(sealed, salt=f"equipoise.lectures.{what}", max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
