"""A programme of two hospitals with a board, for the tests of the board."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from equipoise.web.advice.models import BoardMember, Clinic, Consultation, Session
from equipoise.web.programme.models import Programme

SHANGHAI, NEW_YORK, UTC = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), ZoneInfo("UTC")


@pytest.fixture
def programme(hangzhou, boston):
    hangzhou.city_en, hangzhou.city_zh = "Hangzhou", "杭州"
    boston.city_en, boston.city_zh = "Boston", "波士顿"
    hangzhou.save(), boston.save()
    made = Programme.objects.create(
        name_en="Lakeside–Harbor", name_zh="湖畔—海港", starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1)
    )
    made.institutions.set([hangzhou, boston])
    return made


@pytest.fixture
def seat(programme, boston, person):
    """seat(user=None, **fields): someone on the board."""

    def make(user=None, **fields):
        facts = {"programme": programme, "since": date(2026, 1, 1), **fields}
        facts["user"] = user or person(boston, "adviser", time_zone="America/New_York")
        return BoardMember.objects.create(**facts)

    return make


@pytest.fixture
def make_case(programme, hangzhou, person):
    """make_case(owner=None, **fields): a consultation that waits for the board."""

    def make(owner=None, **fields):
        owner = owner or person(hangzhou, "investigator", time_zone="Asia/Shanghai")
        now = timezone.now()
        facts = {
            "programme": programme, "institution": hangzhou, "owner": owner, "kind": "design", "title": "Stroke units",
            "asked": "How large?", "status": "accepted", "submitted": now - timedelta(days=1),
            "due": now + timedelta(days=4),
        } | fields  # fmt: skip
        return Consultation.objects.create(**facts)

    return make


@pytest.fixture
def clinic(programme):
    return Clinic.objects.create(
        programme=programme, title_en="Design clinic", title_zh="设计门诊", time_zone="America/New_York",
        first=timezone.localdate(), at=time(20), minutes=60, rule="FREQ=MONTHLY;BYDAY=3WE",
    )  # fmt: skip


@pytest.fixture
def session(clinic):
    """A clinic's session a week from now."""
    starts = (timezone.now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
    return Session.objects.create(
        programme=clinic.programme, clinic=clinic, starts=starts, minutes=60, time_zone=clinic.time_zone,
        join_url="https://meet.example.org/board",
    )  # fmt: skip


@pytest.fixture
def scene(programme, hangzhou, boston, person, seat, make_case):
    """A board of three, one with a conflict with the one case; a coordinator on each side; an auditor."""
    from equipoise.web.advice.actions_board import declare_conflict

    coordinator = person(hangzhou, "coordinator", time_zone="Asia/Shanghai", language="zh-hans")
    other = person(boston, "coordinator", time_zone="America/New_York")
    adviser, colleague, conflicted = seat(), seat(), seat()
    requester = person(hangzhou, "investigator", time_zone="Asia/Shanghai")
    case = make_case(requester, title="Zebrafish trial of the rival", adviser=adviser, status="assigned")
    declare_conflict(member=conflicted, by=conflicted.user, reason="A rival trial", person=requester)
    return SimpleNamespace(
        coordinator=coordinator, other=other, adviser=adviser, colleague=colleague, conflicted=conflicted,
        requester=requester, case=case, auditor=person(boston, "auditor"), investigator=person(hangzhou, "investigator"),
        outsider=person(None), programme=programme,
    )  # fmt: skip


def at(zone, year, month, day, hour, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)
