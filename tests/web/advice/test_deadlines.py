"""Due dates in working days."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.web.advice.deadlines import add_working_days, due_for, due_moment, is_working_day, working_days
from equipoise.web.people.models import Holiday

SPRING_FESTIVAL = (date(2026, 2, 16), date(2026, 2, 23))


@pytest.mark.parametrize(
    ("start", "days", "holidays", "end"),
    [
        (date(2026, 2, 9), 5, [], date(2026, 2, 16)),  # Monday to Monday
        (date(2026, 2, 13), 1, [], date(2026, 2, 16)),  # Friday to Monday
        (date(2026, 2, 14), 1, [], date(2026, 2, 16)),  # Saturday to Monday
        (date(2026, 2, 12), 2, [SPRING_FESTIVAL], date(2026, 2, 24)),
        (date(2026, 2, 12), 0, [], date(2026, 2, 12)),
    ],
)
def test_working_days_by_hand(start, days, holidays, end):
    assert add_working_days(start, days, holidays) == end


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 40))
def test_the_day_is_a_working_day_and_so_many_lie_between(start, days):
    end = add_working_days(start, days, [SPRING_FESTIVAL])
    between = [date.fromordinal(day) for day in range(start.toordinal() + 1, end.toordinal() + 1)]
    assert is_working_day(end, [SPRING_FESTIVAL])
    assert sum(is_working_day(day, [SPRING_FESTIVAL]) for day in between) == days


@pytest.mark.parametrize(
    ("review_days", "routine", "soon", "urgent"), [(5, 5, 3, 2), (10, 10, 6, 4), (1, 1, 1, 1), (0, 1, 1, 1)]
)
def test_the_more_urgent_the_fewer_days(review_days, routine, soon, urgent):
    found = tuple(working_days(review_days, urgency) for urgency in ("routine", "soon", "urgent"))
    assert found == (routine, soon, urgent)


def test_the_day_is_the_advisers_and_ends_at_five():
    late = datetime(2026, 3, 5, 23, tzinfo=UTC)  # Friday morning in Shanghai, Thursday evening in New York
    assert due_moment(late, 1, ZoneInfo("Asia/Shanghai")) == datetime(2026, 3, 9, 17, tzinfo=ZoneInfo("Asia/Shanghai"))
    # the clock changes on Sunday 8 March; five in the afternoon stays five
    assert due_moment(late, 2, ZoneInfo("America/New_York")) == datetime(2026, 3, 9, 21, tzinfo=UTC)


@pytest.mark.django_db
def test_holidays_of_the_place_count_and_those_of_others_do_not(make_case, hangzhou, boston):
    case = make_case("draft")
    start = datetime(2026, 7, 1, 12, tzinfo=UTC)
    free = due_for(case, boston, start)
    Holiday.objects.create(institution=hangzhou, first=date(2026, 7, 1), last=date(2026, 7, 20), name_en="Elsewhere")
    assert due_for(case, boston, start) == free
    Holiday.objects.create(institution=boston, first=date(2026, 7, 3), last=date(2026, 7, 3), name_en="Day off")
    assert (due_for(case, boston, start) - free).days == 1
