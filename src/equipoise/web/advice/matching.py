"""Which adviser suits a case: pure, from facts alone, with the reasons that a person can check.

A member with a conflict, or of the requester's team, is left out; nothing here says so to anyone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFICE = (time(8), time(18))
AWAKE = (time(7), time(22))
WEIGHTS = {"expertise": 0.5, "load": 0.25, "language": 0.15, "hours": 0.1}
ENOUGH_HOURS = 4
"""Shared hours a day beyond which more are no better."""
SLOT = timedelta(minutes=30)


@dataclass(frozen=True)
class Need:
    """What a case asks for."""

    expertise: frozenset[str]
    language: str
    zone: str
    day: date


@dataclass(frozen=True)
class Member:
    """What is known of a member of the board. `load` is the number of cases at hand."""

    id: int
    expertise: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    zone: str = "UTC"
    load: int = 0
    capacity: int = 3
    conflicted: bool = False
    of_the_team: bool = False
    away_until: date | None = None


@dataclass(frozen=True)
class Match:
    """A member with a score in [0, 1]. The parts say why; `missing` are fields that the member does not have."""

    member: Member
    score: float
    known: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    speaks: bool = False
    office_hours: float = 0.0
    awake_hours: float = 0.0
    full: bool = False
    parts: dict[str, float] = field(default_factory=dict)


def rank(need: Need, members: Iterable[Member]) -> list[Match]:
    """Those who may advise, the most suitable first; those who have as many cases as they take, or are away, last."""
    allowed = [member for member in members if not member.conflicted and not member.of_the_team]
    matches = [match(need, member) for member in allowed]
    return sorted(
        matches, key=lambda held: (held.full or held.member.away_until is not None, -held.score, held.member.id)
    )


def match(need: Need, member: Member) -> Match:
    """How well one member suits."""
    known = need.expertise & member.expertise
    office = shared_hours(need.zone, member.zone, need.day, OFFICE)
    awake = shared_hours(need.zone, member.zone, need.day, AWAKE)
    speaks = need.language in member.languages
    parts = {
        "expertise": len(known) / len(need.expertise) if need.expertise else 0.5,
        "load": max(0.0, 1 - member.load / member.capacity) if member.capacity else 0.0,
        "language": float(speaks),
        "hours": min(1.0, (office + awake) / (2 * ENOUGH_HOURS)),
    }
    return Match(
        member=member, score=sum(WEIGHTS[name] * part for name, part in parts.items()), known=known,
        missing=need.expertise - member.expertise, speaks=speaks, office_hours=office, awake_hours=awake,
        full=member.load >= member.capacity, parts=parts,
    )  # fmt: skip


def shared_hours(one: str, other: str, day: date, between: tuple[time, time]) -> float:
    """Hours of one person's day, from the first to the last time on the clock, that lie within the other's too."""
    here, there = ZoneInfo(one), ZoneInfo(other)
    first, last = between
    moment, end = datetime.combine(day, first, here), datetime.combine(day, last, here)
    moment, end = moment.astimezone(ZoneInfo("UTC")), end.astimezone(ZoneInfo("UTC"))
    shared = 0
    while moment < end:
        begins, ends = moment.astimezone(there), (moment + SLOT).astimezone(there)
        same_day = begins.date() == ends.date()
        shared += first <= begins.time() and same_day and ends.time() <= last
        moment += SLOT
    return shared * SLOT.total_seconds() / 3600
