"""Recurrence and slots: when meetings are, apart from any database."""

from datetime import date, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from board_things import NEW_YORK, SHANGHAI, UTC, at
from django.core.exceptions import ValidationError
from django.utils import translation

from equipoise.web.advice.recurrence import clean_rule, describe, occurrences, rule_of, shifts
from equipoise.web.advice.slots import Side, find_slots, suits

BOTH = [NEW_YORK, SHANGHAI]


def clinic(rule="FREQ=MONTHLY;BYDAY=3WE", **fields):
    facts = {"first": date(2026, 1, 1), "at": time(20), "minutes": 60, "time_zone": "America/New_York", "until": None}
    return SimpleNamespace(rule=rule, **(facts | fields))


def days(found, zone=NEW_YORK):
    return [occurrence.starts.astimezone(zone).date() for occurrence in found]


def test_every_third_wednesday_keeps_the_wall_clock_of_its_zone():
    found = occurrences(clinic(), date(2026, 1, 1), date(2026, 12, 31))
    assert len(found) == 12
    assert days(found)[:3] == [date(2026, 1, 21), date(2026, 2, 18), date(2026, 3, 18)]
    assert {occurrence.starts.astimezone(NEW_YORK).time() for occurrence in found} == {time(20)}
    hours = [occurrence.starts.astimezone(SHANGHAI).hour for occurrence in found]
    assert hours == [9, 9, 8, 8, 8, 8, 8, 8, 8, 8, 9, 9]  # Thursdays in Hangzhou


def test_the_shift_of_the_clock_is_announced_where_the_hour_changes():
    moments = [occurrence.starts for occurrence in occurrences(clinic(), date(2026, 1, 1), date(2026, 12, 31))]
    found = shifts(moments, BOTH)
    assert [(shift.zone.key, shift.before, shift.after) for shift in found] == [
        ("Asia/Shanghai", time(9), time(8)), ("Asia/Shanghai", time(8), time(9)),
    ]  # fmt: skip
    assert [shift.starts.astimezone(NEW_YORK).date() for shift in found] == [date(2026, 3, 18), date(2026, 11, 18)]


def test_a_clinic_on_the_clock_of_hangzhou_shifts_in_boston():
    held = clinic(time_zone="Asia/Shanghai", at=time(8))
    moments = [occurrence.starts for occurrence in occurrences(held, date(2026, 1, 1), date(2026, 12, 31))]
    assert {shift.zone.key for shift in shifts(moments, BOTH)} == {"America/New_York"}


def test_a_move_by_hand_is_no_shift_of_the_clock():
    assert shifts([at(NEW_YORK, 2026, 5, 6, 20), at(NEW_YORK, 2026, 6, 3, 19)], BOTH) == []


def test_holidays_count_on_the_local_day_of_each_hospital():
    place = SimpleNamespace(zone=SHANGHAI)
    thursday = SimpleNamespace(first=date(2026, 1, 22), last=date(2026, 1, 22), institution=place)
    found = occurrences(clinic(), date(2026, 1, 1), date(2026, 2, 28), [thursday])
    assert [bool(occurrence.holidays) for occurrence in found] == [True, False]  # Wednesday evening is Thursday there


def test_every_second_week_counts_from_the_first_day():
    held = clinic(rule_of("biweekly", "MO"), first=date(2026, 1, 5))
    assert days(occurrences(held, date(2026, 2, 1), date(2026, 3, 10))) == [
        date(2026, 2, 2), date(2026, 2, 16), date(2026, 3, 2),
    ]  # fmt: skip


@translation.override("en")
def test_rules_are_said_in_words_and_others_as_written():
    assert describe("FREQ=MONTHLY;BYDAY=3WE") == "every third Wednesday of the month"
    assert describe("FREQ=WEEKLY;BYDAY=TU") == "every Tuesday"
    assert describe("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO") == "Monday of every second week"
    assert describe("FREQ=MONTHLY;BYMONTHDAY=15") == "FREQ=MONTHLY;BYMONTHDAY=15"


def test_a_rule_of_ones_own_is_cleaned():
    assert clean_rule(" rrule:freq=monthly; byday=1MO,3MO; ") == "FREQ=MONTHLY;BYDAY=1MO,3MO"
    assert clean_rule("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1") == "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"


@pytest.mark.parametrize(
    "rule",
    ["", "monthly", "FREQ=SECONDLY", "FREQ=DAILY", "FREQ=WEEKLY;BYHOUR=9", "FREQ=MONTHLY;BYDAY=5WE", "FREQ=MONTHLY;FREQ=WEEKLY",
     "FREQ=MONTHLY;UNTIL=20270101", "FREQ=MONTHLY;COUNT=3", "FREQ=MONTHLY;BYEASTER=1", "FREQ=WEEKLY;INTERVAL=0",
     "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=", "FREQ=WEEKLY\nDTSTART:19000101", "FREQ=WEEKLY;;"],
)  # fmt: skip
def test_what_is_no_rule_or_might_never_come_round_is_refused(rule):
    if rule == "FREQ=WEEKLY;;":
        assert clean_rule(rule) == "FREQ=WEEKLY"
        return
    with pytest.raises(ValidationError):
        clean_rule(rule)


# Slots


def test_in_winter_the_shared_hour_is_boston_s_evening():
    found = find_slots(Side(NEW_YORK), Side(SHANGHAI), after=at(UTC, 2026, 1, 5, 0))
    assert found
    assert all(slot.in_working_hours for slot in found)
    assert {slot.starts.astimezone(NEW_YORK).time() for slot in found} <= {time(18), time(18, 30)}
    assert all(slot.starts.astimezone(zone).weekday() < 5 for slot in found for zone in BOTH)


def test_in_summer_no_hour_lies_in_both_days_and_the_nearest_are_offered():
    found = find_slots(Side(NEW_YORK), Side(SHANGHAI), after=at(UTC, 2026, 6, 1, 0))
    assert found
    assert not any(slot.in_working_hours for slot in found)
    for slot in found:
        for zone in BOTH:
            assert time(6) <= slot.starts.astimezone(zone).time() < time(22)


def test_nobody_is_asked_to_come_on_days_off_or_when_busy():
    free = find_slots(Side(NEW_YORK), Side(SHANGHAI), after=at(UTC, 2026, 1, 5, 0))
    first = free[0].starts
    off = first.astimezone(SHANGHAI).date()
    other = find_slots(Side(NEW_YORK), Side(SHANGHAI, days_off=[(off, off)]), after=at(UTC, 2026, 1, 5, 0))
    assert off not in {slot.starts.astimezone(SHANGHAI).date() for slot in other}
    busy = Side(NEW_YORK, busy=[(first - timedelta(minutes=10), first + timedelta(minutes=10))])
    assert suits(busy, Side(SHANGHAI), first, 30) is None
    assert suits(busy, Side(SHANGHAI), first + timedelta(minutes=30), 30) is not None


def test_agreeable_hours_come_first_and_days_are_spread():
    near = Side(ZoneInfo("America/Chicago"))
    found = find_slots(Side(NEW_YORK), near, after=at(UTC, 2026, 1, 5, 0), limit=6)
    assert {slot.band for slot in found} == {0}
    days_used = [slot.starts.astimezone(NEW_YORK).date() for slot in found]
    assert all(days_used.count(day) <= 2 for day in days_used)


def test_a_meeting_over_midnight_suits_nobody():
    assert suits(Side(UTC), Side(UTC), at(UTC, 2026, 1, 5, 23, 45), 30) is None
