"""When a lecture can be: against the calendar as printed, and a slow search of every minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.web.lectures import slots
from equipoise.web.lectures.slots import Busy, Place, Rule

BOSTON, HANGZHOU = ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")
PLACES = (Place("Hangzhou", HANGZHOU), Place("Boston", BOSTON))
THIRD_WEDNESDAY = Rule(3, 2, time(20), BOSTON)
# the third Wednesdays of 2026, read from a printed calendar
WEDNESDAYS = [21, 18, 18, 15, 20, 17, 15, 19, 16, 21, 18, 16]


def test_every_third_wednesday_at_20_in_boston_is_9_in_hangzhou_in_winter_and_8_in_summer():
    dates = [found.starts for found in slots.occurrences(THIRD_WEDNESDAY, date(2026, 1, 1), 12, 60, PLACES)]
    there = [moment.astimezone(BOSTON) for moment in dates]
    assert [(moment.month, moment.day, moment.hour) for moment in there] == [
        (month, day, 20) for month, day in enumerate(WEDNESDAYS, 1)
    ]
    here = [moment.astimezone(HANGZHOU) for moment in dates]
    assert {moment.weekday() for moment in here} == {3}
    assert [moment.hour for moment in here] == [9, 9, 8, 8, 8, 8, 8, 8, 8, 8, 9, 9]


def test_the_shift_is_told_for_the_listeners_and_not_for_the_speaker():
    dates = [found.starts for found in slots.occurrences(THIRD_WEDNESDAY, date(2026, 1, 1), 12, 60, PLACES)]
    hour, none = timedelta(hours=1), timedelta(0)
    assert slots.shifts(dates, BOSTON) == [none] * 12
    assert slots.shifts(dates, HANGZHOU) == [none, none, -hour, *[none] * 7, hour, none]
    assert slots.shifts([], HANGZHOU) == []


def test_a_shift_over_midnight_is_the_short_way_round():
    before, now = datetime(2026, 1, 1, 15, 30, tzinfo=UTC), datetime(2026, 1, 2, 16, 30, tzinfo=UTC)
    assert slots.shift(before, now, HANGZHOU) == timedelta(hours=1)  # 23:30, then 00:30
    assert slots.shift(now, before, HANGZHOU) == timedelta(hours=-1)


@pytest.mark.parametrize(
    ("day", "at", "there", "twice", "utc"),
    [
        (date(2026, 3, 8), time(1, 59), True, False, "2026-03-08T06:59"),
        (date(2026, 3, 8), time(2, 30), False, False, "2026-03-08T07:30"),  # skipped: it is 03:30 summer time
        (date(2026, 3, 8), time(3, 0), True, False, "2026-03-08T07:00"),
        (date(2026, 11, 1), time(1, 30), True, True, "2026-11-01T05:30"),  # the first of the two
        (date(2026, 11, 1), time(2, 0), True, False, "2026-11-01T07:00"),
    ],
)
def test_wall_times_where_clocks_change(day, at, there, twice, utc):
    assert slots.exists(day, at, BOSTON) is there
    assert slots.comes_twice(day, at, BOSTON) is twice
    assert slots.instant(day, at, BOSTON) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2037, 12, 31)), st.times(), st.sampled_from([BOSTON, HANGZHOU, ZoneInfo("UTC")]))
def test_a_wall_time_that_exists_comes_back(day, at, zone):
    at = at.replace(microsecond=0, fold=0)
    back = slots.instant(day, at, zone).astimezone(zone)
    assert ((back.date(), back.time().replace(fold=0)) == (day, at)) is slots.exists(day, at, zone)


def test_the_nth_weekday():
    assert slots.nth_weekday(2026, 2, 6, 1) == date(2026, 2, 1)  # February 2026 begins on a Sunday
    assert slots.nth_weekday(2026, 2, 5, -1) == date(2026, 2, 28)
    assert slots.nth_weekday(2028, 2, 1, -1) == date(2028, 2, 29)
    assert list(slots.months(date(2025, 11, 30), 4)) == [(2025, 11), (2025, 12), (2026, 1), (2026, 2)]


def test_what_speaks_against_a_time_is_named_with_its_place():
    spring = (date(2026, 2, 16), date(2026, 2, 23), "Spring Festival")
    places = (Place("Hangzhou", HANGZHOU, (spring,)), Place("Boston", BOSTON))
    starts = datetime(2026, 2, 18, 20, tzinfo=BOSTON)  # Thursday 09:00 in Hangzhou, in the festival
    busy = [Busy(starts + timedelta(minutes=59), starts + timedelta(minutes=90), "Clinic")]
    assert [(found.code, found.place, found.name) for found in slots.objections(starts, 60, places, busy)] == [
        ("holiday", "Hangzhou", "Spring Festival"),
        ("busy", "", "Clinic"),
    ]
    noon = datetime(2026, 3, 13, 12, tzinfo=BOSTON)  # Saturday 00:00 in Hangzhou
    assert [(found.code, found.place) for found in slots.objections(noon, 60, places)] == [
        ("weekend", "Hangzhou"),
        ("night", "Hangzhou"),
    ]


def test_what_ends_as_another_begins_is_not_in_its_way():
    starts = datetime(2026, 3, 18, 20, tzinfo=BOSTON)
    around = [Busy(starts - timedelta(hours=1), starts), Busy(starts + timedelta(hours=1), starts + timedelta(hours=2))]
    assert slots.objections(starts, 60, PLACES, around) == ()


def slowly(year, month, minutes, places, busy):
    """Every half-hour of the month, judged by plain comparison of clocks."""
    moment = datetime(year, month, 1, tzinfo=places[0].zone).astimezone(UTC)
    while moment.astimezone(places[0].zone).month == month:
        good = True
        for place in places:
            start = moment.astimezone(place.zone)
            end = (moment + timedelta(minutes=minutes)).astimezone(place.zone)
            good &= start.weekday() in range(5) and start.day == end.day
            good &= (start.hour, start.minute) >= (7, 0) and (end.hour, end.minute) <= (22, 0)
            good &= not any(first <= start.date() <= last for first, last, _name in place.days_off)
        good &= not any(
            max(moment, other.starts) < min(moment + timedelta(minutes=minutes), other.ends) for other in busy
        )
        if good:
            yield moment
        moment += timedelta(minutes=30)


@pytest.mark.parametrize("month", [2, 3, 4, 10, 11])
@pytest.mark.parametrize("minutes", [45, 60, 120])
def test_suggestions_are_all_the_times_that_a_slow_search_finds(month, minutes):
    festival = (date(2026, 2, 16), date(2026, 2, 23), "Spring Festival")
    national = (date(2026, 10, 1), date(2026, 10, 7), "National Day")
    places = (Place("Hangzhou", HANGZHOU, (festival, national)), Place("Boston", BOSTON))
    busy = [Busy(datetime(2026, month, 11, 0, tzinfo=UTC), datetime(2026, month, 12, 2, tzinfo=UTC))]
    found = slots.suggest(2026, month, minutes, places, busy, most=10_000, a_day=10_000)
    assert sorted(slot.starts for slot in found) == list(slowly(2026, month, minutes, places, busy))
    assert [slot.score for slot in found] == sorted((slot.score for slot in found), reverse=True)
    assert all(0 < slot.score <= 100 for slot in found)


def test_a_day_is_suggested_once_and_nothing_that_is_past():
    after = datetime(2026, 3, 15, tzinfo=UTC)
    found = slots.suggest(2026, 3, 60, PLACES, after=after)
    days = [slot.starts.astimezone(HANGZHOU).date() for slot in found]
    assert len(set(days)) == len(days) == 12
    assert min(slot.starts for slot in found) > after


def test_three_places_and_one_place():
    london = Place("London", ZoneInfo("Europe/London"))
    pacific = Place("San Francisco", ZoneInfo("America/Los_Angeles"))
    mornings = slots.suggest(2026, 6, 60, (*PLACES, london), most=1000, a_day=1000)
    assert {slot.starts.hour for slot in mornings} == {11, 12, 13}  # 07:00 to 09:00 in Boston
    assert slots.suggest(2026, 6, 60, (*PLACES, london, pacific), most=1000) == []
    alone = slots.suggest(2026, 6, 60, (london,))
    assert {slot.score for slot in alone} == {100}


def test_the_working_day_is_more_welcome_than_the_evening():
    morning = slots.score(datetime(2026, 6, 3, 10, tzinfo=HANGZHOU), 60, PLACES[:1])
    evening = slots.score(datetime(2026, 6, 3, 20, tzinfo=HANGZHOU), 60, PLACES[:1])
    night = slots.score(datetime(2026, 6, 3, 23, tzinfo=HANGZHOU), 60, PLACES[:1])
    assert morning == 100 > evening > night == 0
