"""Lists of who was in a meeting, as the meeting services write them."""

import contextlib
import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from equipoise.web.lectures.meeting_list import Line, minutes_present, read_meeting
from equipoise.web.sheets import read_rows

ZOOM = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
812 3456 7890,Lecture,09/17/2025 07:55:00 PM,09/17/2025 09:05:00 PM,host@example.org,70,3

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
林晓,Lin@example.org,09/17/2025 08:01:00 PM,09/17/2025 08:31:00 PM,30,No
林晓 (phone),lin@example.org,09/17/2025 08:20:00 PM,09/17/2025 09:00:00 PM,40,No
A guest,,09/17/2025 08:00:00 PM,09/17/2025 09:00:00 PM,60,Yes
"""
TENCENT = """用户昵称（入会昵称）,邮箱,首次入会时间,最后退会时间,累计参会时长
林晓(lin),lin@example.org,2025-09-18 08:01:10,2025-09-18 08:59:41,00:58:31
周宁,zhou@example.org,2025-09-18 08:00:00,2025-09-18 08:05:00,00:05:00
"""
TEAMS = (
    "1. Summary\nMeeting title\tLecture\nAttended participants\t2\n\n2. Participants\n"
    "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
    "Maren Ellery\t9/17/25, 8:00:02 PM\t9/17/25, 9:02:05 PM\t1h 2m 3s\tellery@example.org\tx\tOrganizer\n"
    "Lin Xiao\t9/17/25, 8:10:00 PM\t9/17/25, 8:40:00 PM\t30m\tlin@example.org\tx\tAttendee\n\n"
    "3. In-Meeting Activities\nName\tJoin Time\tLeave Time\tDuration\tEmail\n"
    "Lin Xiao\t9/17/25, 8:10:00 PM\t9/17/25, 8:40:00 PM\t30m\tlin@example.org\n"
)


def lines(text, encoding="utf-8", name="list.csv"):
    return read_meeting(read_rows(text.encode(encoding), name))


def test_zoom_joined_twice_at_once_counts_once():
    found = lines(ZOOM)
    assert [(line.line, line.email, line.minutes) for line in found] == [
        (5, "lin@example.org", 30),
        (6, "lin@example.org", 40),
        (7, "", 60),
    ]
    assert minutes_present(found[:2]) == 59  # 20:01 to 21:00, on two devices
    assert [bool(line.problem) for line in found] == [False, False, True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_tencent_in_chinese_of_any_encoding(encoding):
    found = lines(TENCENT, encoding)
    assert [(line.name, line.email, minutes_present([line])) for line in found] == [
        ("林晓(lin)", "lin@example.org", 59),
        ("周宁", "zhou@example.org", 5),
    ]


def test_teams_tabs_in_utf_16_and_only_the_table_of_participants():
    found = lines(TEAMS, "utf-16")
    assert [(line.email, minutes_present([line])) for line in found] == [
        ("ellery@example.org", 62),
        ("lin@example.org", 30),
    ]


def test_minutes_alone_are_added_up():
    found = lines("Name;E-mail;Minutes\nLin;lin@example.org;12\nLin;lin@example.org;30.4\n")
    assert minutes_present(found) == 42
    assert minutes_present(lines("Name,Email\nLin,lin@example.org\n")) is None


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",12", "No e-mail"),
        ("not an address,12", "not an e-mail"),
        ("lin@example.org,an hour or so", "duration that cannot be read"),
        ("lin@example.org,-5", "duration that cannot be read"),
    ],
)
def test_each_fault_of_a_line_is_named(row, problem):
    assert problem in lines(f"Name,Email,Minutes\nLin,{row}\n")[0].problem


@pytest.mark.parametrize(
    ("times", "problem"),
    [
        ("yesterday,2025-09-18 09:00", "time that cannot be read: yesterday"),
        ("2025-09-18 09:00,2025-09-18 08:00", "Left before joining"),
        ("2025-09-18 08:00,2025-13-45 09:00", "time that cannot be read: 2025-13-45"),
    ],
)
def test_each_fault_of_times_is_named(times, problem):
    assert problem in lines(f"Name,Email,Join Time,Leave Time\nLin,lin@example.org,{times}\n")[0].problem


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Name,Email,Minutes\n", "\n\n\n"])
def test_what_is_no_list_says_so(text):
    with pytest.raises(ValidationError):
        lines(text)


def test_a_workbook_reads_as_its_text_does():
    book = openpyxl.Workbook()
    for row in read_rows(TENCENT.encode(), "x.csv"):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    assert [line.email for line in read_meeting(read_rows(file.getvalue(), "list.xlsx"))] == [
        "lin@example.org", "zhou@example.org",
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"PK\x03\x04 not a workbook", b"\x00\x01\x02", b"a\x00b,c"])
def test_a_broken_file_is_refused(data):
    for name in ("list.xlsx", "list.csv"):
        with pytest.raises(ValidationError):
            read_meeting(read_rows(data, name))


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 120)), min_size=1, max_size=6))
def test_time_present_is_the_minutes_covered_by_any_line(spans):
    """Against a count of the minutes, one by one."""
    from datetime import datetime, timedelta

    zero = datetime(2025, 9, 17, 20)  # noqa: DTZ001
    found = [
        Line(1, "", "a@b.cd", zero + timedelta(minutes=start), zero + timedelta(minutes=start + length), None)
        for start, length in spans
    ]
    covered = {minute for start, length in spans for minute in range(start, start + length)}
    assert minutes_present(found) == len(covered)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_refused(data):
    for name in ("x.csv", "x.xlsx"):
        with contextlib.suppress(ValidationError):
            read_meeting(read_rows(data, name))
