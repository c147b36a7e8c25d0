"""Lectures from a spreadsheet: every problem of every row before anything is taken in."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from equipoise.web.lectures.models import Lecture, Series
from equipoise.web.lectures.spreadsheet import read_lectures, take_in, template_file
from equipoise.web.sheets import read_rows

pytestmark = pytest.mark.django_db
HEAD = "topic in english,topic in chinese,date,time,time zone,minutes,speaker e-mail,language,competencies\n"


def read(text, series):
    return read_lectures(read_rows(text.encode(), "lectures.csv"), series)


def test_every_problem_of_every_row(series, speaker):
    rows = read(
        HEAD
        + "Margins,界值,2031-01-15,20:00,America/New_York,60,speaker@example.org,English,science; Ethical and participant safety considerations\n"
        + ",,2031-02-30,25:00,Mars,5,nobody@example.org,Latin,magic\n"
        + "Margins,,2031-01-15,20:00,America/New_York,60,,,\n"
        + "Clocks,,2031-03-09,02:30,America/New_York,60,,,\n"
        + "Without a date,,,,,,,,\n",
        series,
    )
    assert [len(row.problems) for row in rows] == [0, 8, 1, 1, 0]
    for word in ("Topic in English", "Day", "Hour", "On the clock of", "Minutes", "Speaker", "Language", "magic"):
        assert any(word in problem for problem in rows[1].problems), word
    assert "already" in rows[2].problems[0]
    assert "skip" in rows[3].problems[0]
    assert rows[0].facts["competencies"] == ["science", "ethics"]
    assert rows[0].facts["speaker"] == speaker
    assert not Lecture.objects.exists()
    made = take_in(rows, series)
    assert [one.topic_en for one in made] == ["Margins", "Without a date"]
    assert {one.status for one in made} == {"proposed"}
    assert take_in(read(HEAD + "Margins,,2031-01-15,20:00,America/New_York,60,,,\n", series), series) == []


def test_many_rows_ask_the_database_as_often_as_few(series, speaker, boston, person):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    others = [person(boston, "speaker").email for _number in range(8)]
    counts = []
    for name, emails in (("few", [speaker.email]), ("many", [*others, speaker.email.upper(), others[0]] * 2)):
        lines = [
            f"{name} {number},,2031-{1 + number % 12:02}-15,20:00,America/New_York,60,{email},,science\n"
            for number, email in enumerate(emails)
        ]
        with CaptureQueriesContext(connection) as queries:
            rows = read(HEAD + "".join(lines), Series.objects.get())
            made = take_in(rows, Series.objects.get())
        assert all(row.facts["speaker"] is not None for row in rows)
        assert [one.topic_en for one in made] == [f"{name} {number}" for number in range(len(emails))]
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert [one.history.count() for one in Lecture.objects.all()] == [1] * 21


def test_what_is_no_good_time_is_a_warning_and_no_problem(series):
    row = read(HEAD + "Saturday night,,2031-01-18,23:30,America/New_York,60,,,\n", series)[0]
    assert row.problems == []
    assert len(row.warnings) == 3  # a Sunday in Hangzhou, a Saturday in Boston, and night there


def test_a_workbook_with_real_dates_and_chinese_headings(series):
    book = openpyxl.Workbook()
    book.active.append(["英文题目", "中文题目", "日期", "时间", "时区", "时长"])
    book.active.append(["Margins", "界值", date(2031, 1, 15), "20:00", "America/New_York", 90])
    file = io.BytesIO()
    book.save(file)
    row = read_lectures(read_rows(file.getvalue(), "x.xlsx"), series)[0]
    assert row.problems == []
    assert (row.facts["topic_zh"], row.facts["minutes"]) == ("界值", 90)
    assert row.facts["starts"].isoformat() == "2031-01-16T01:00:00+00:00"


def test_the_example_file_is_read_but_for_its_speaker(series):
    row = read_lectures(read_rows(template_file(), "lectures.csv"), series)[0]
    assert len(row.problems) == 1
    assert "e-mail" in row.problems[0]


def test_the_page_shows_first_and_takes_in_then(series, coordinator, client_of, speaker):
    coordinator.language = "en"
    coordinator.save()
    client, address = client_of(coordinator), reverse("lectures:import", args=[series.pk])
    text = HEAD + "Margins,,2031-01-15,20:00,America/New_York,60,speaker@example.org,,\n,,,,,,,,science\n"
    response = client.post(address, {"file": SimpleUploadedFile("a.csv", text.encode())})
    assert "1 of 2 rows can be taken in" in response.content.decode()
    assert not Lecture.objects.exists()
    sealed = response.context["sealed"]
    for _again in range(2):
        client.post(address, {"sealed": sealed})
    assert Lecture.objects.get().speaker == speaker
    assert client.post(address, {"sealed": "x"}).status_code == 302
    for name, data in (("a.pdf", b"%PDF-1.7"), ("a.csv", b"x,y\n1,2\n"), ("a.xlsx", b"PK\x03\x04"), ("a.csv", b"")):
        assert client.post(address, {"file": SimpleUploadedFile(name, data)}).status_code == 422
    assert Lecture.objects.count() == 1
