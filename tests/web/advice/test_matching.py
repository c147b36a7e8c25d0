"""Which adviser suits a case."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.web.advice.matching import AWAKE, OFFICE, Member, Need, rank, shared_hours

WINTER, SUMMER = date(2026, 1, 14), date(2026, 7, 15)
NEED = Need(frozenset({"survival", "cardiology"}), "en", "Asia/Shanghai", WINTER)


def order(*members):
    return [match.member.id for match in rank(NEED, members)]


def test_expertise_comes_first_then_room_then_language():
    expert = Member(1, frozenset({"survival", "cardiology"}), zone="America/New_York", load=2)
    idle = Member(2, frozenset({"survival"}), zone="America/New_York")
    fluent = Member(3, frozenset({"survival"}), frozenset({"en"}), zone="America/New_York")
    assert order(idle, expert)[0] == 1
    assert order(idle, fluent)[0] == 3


def test_conflicts_and_the_team_are_left_out_and_the_full_and_the_absent_come_last():
    best = {"expertise": NEED.expertise, "languages": frozenset({"en"})}
    members = [
        Member(1, **best, conflicted=True),
        Member(2, **best, of_the_team=True),
        Member(3, **best, load=3, capacity=3),
        Member(4, **best, away_until=WINTER),
        Member(5),
    ]
    assert order(*members) == [5, 4, 3]
    assert rank(NEED, members[:2]) == []
    full = rank(NEED, members[2:3])[0]
    assert full.full


def test_what_is_known_and_what_is_missing_are_named():
    match = rank(NEED, [Member(1, frozenset({"survival", "imaging"}))])[0]
    assert (match.known, match.missing) == (frozenset({"survival"}), frozenset({"cardiology"}))


@pytest.mark.parametrize(
    ("one", "other", "day", "between", "hours"),
    [
        ("Asia/Shanghai", "Asia/Shanghai", WINTER, OFFICE, 10),
        ("Asia/Shanghai", "America/New_York", WINTER, OFFICE, 0),
        # 07–22 in Shanghai is 18–09 in New York in winter: 18–22 and 07–09
        ("Asia/Shanghai", "America/New_York", WINTER, AWAKE, 6),
        # and 19–10 in summer: 19–22 and 07–10
        ("Asia/Shanghai", "America/New_York", SUMMER, AWAKE, 6),
        ("Asia/Shanghai", "Europe/Berlin", WINTER, OFFICE, 3),
        ("Asia/Shanghai", "Europe/Berlin", SUMMER, OFFICE, 4),
        ("Asia/Kolkata", "Europe/London", WINTER, OFFICE, 4.5),
    ],
)
def test_shared_hours_by_hand(one, other, day, between, hours):
    assert shared_hours(one, other, day, between) == hours


ZONES = st.sampled_from(
    ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "UTC", "Australia/Sydney", "Asia/Kathmandu"]
)


@given(ZONES, ZONES, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_shared_hours_are_never_more_than_a_day_of_work(one, other, day):
    assert 0 <= shared_hours(one, other, day, OFFICE) <= 10
    assert shared_hours(one, one, day, OFFICE) == 10
    assert shared_hours(one, other, day, (time(9), time(9))) == 0


CODES = st.frozensets(st.sampled_from(["survival", "cardiology", "imaging", "cluster"]))
MEMBERS = st.builds(
    Member, st.integers(1, 9), CODES, st.frozensets(st.sampled_from(["en", "zh-hans"])), ZONES, st.integers(0, 5),
    st.integers(0, 5), st.booleans(), st.booleans(),
)  # fmt: skip


@given(CODES, st.lists(MEMBERS, unique_by=lambda member: member.id))
def test_any_board_is_ranked_without_those_barred(codes, members):
    need = Need(codes, "en", "Asia/Shanghai", WINTER)
    found = rank(need, members)
    assert {match.member for match in found} == {
        held for held in members if not held.conflicted and not held.of_the_team
    }
    assert all(0 <= match.score <= 1.0000001 for match in found)
    free = [match.score for match in found if not match.full]
    assert free == sorted(free, reverse=True)
