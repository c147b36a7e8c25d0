"""The calendar that people subscribe to, read back by an independent parser and by eye."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from equipoise.web.calendars import Entry, calendar_file
from equipoise.web.lectures import actions, presence
from equipoise.web.people.actions import renew_feed

pytestmark = pytest.mark.django_db


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def entry(zone="America/New_York", starts="2026-03-18T20:00", minutes=60, **facts):
    begin = datetime.fromisoformat(starts).replace(tzinfo=ZoneInfo(zone))
    given = {
        "uid": "a@equipoise", "sequence": 0, "starts": begin, "ends": begin + timedelta(minutes=minutes),
        "zone": ZoneInfo(zone), "title": "Title", "description": "", "url": "", "location": "", "cancelled": False,
        "changed": datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")),
    }  # fmt: skip
    return Entry(**(given | facts))


def offsets(lines):
    """(onset, from, to) of each part of the zone, by plain reading of the lines."""
    found, part = [], None
    for line in lines:
        if line in ("BEGIN:STANDARD", "BEGIN:DAYLIGHT"):
            part = {}
        elif line in ("END:STANDARD", "END:DAYLIGHT"):
            found.append((part["DTSTART"], part["TZOFFSETFROM"], part["TZOFFSETTO"]))
            part = None
        elif part is not None:
            name, _colon, value = line.partition(":")
            part[name] = value
    return found


def test_the_zone_has_the_changes_of_its_years_on_the_clock_before_each():
    lines = unfolded(calendar_file([entry()]).decode())
    found = offsets(lines)
    assert ("20260308T020000", "-0500", "-0400") in found
    assert ("20261101T020000", "-0400", "-0500") in found
    assert "DTSTART;TZID=America/New_York:20260318T200000" in lines
    assert "DTEND;TZID=America/New_York:20260318T210000" in lines
    shanghai = offsets(unfolded(calendar_file([entry("Asia/Shanghai")]).decode()))
    assert [part[1:] for part in shanghai] == [("+0800", "+0800")]


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"]
)
@pytest.mark.parametrize("starts", ["2026-01-21T20:00", "2026-03-18T20:00", "2026-07-15T20:00", "2026-11-18T20:00"])
def test_every_instant_is_read_back_from_the_zone_in_the_file(zone, starts):
    """The wall time and the file's own definition of the zone, with no other knowledge, give the instant."""
    made = entry(zone, starts)
    lines = unfolded(calendar_file([made]).decode())
    wall = re.search(r"DTSTART;TZID=[^:]+:(\d{8}T\d{6})", "\n".join(lines)).group(1)
    onset = max(part for part in offsets(lines) if part[0] <= wall)
    sign, hours, minutes = onset[2][0], int(onset[2][1:3]), int(onset[2][3:5])
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    told = datetime.strptime(f"{wall}Z", "%Y%m%dT%H%M%S%z") - offset
    assert told == made.starts


def test_the_file_keeps_the_rules_of_lines():
    text = calendar_file([entry(title="题" * 80 + "\n;,", description="a\nb;c,d\\e")], name="My calendar")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert b"\n" not in text.replace(b"\r\n", b"")
    read = Calendar.from_ical(text).walk("VEVENT")[0]
    assert str(read["description"]) == "a\nb;c,d\\e"
    assert str(read["summary"]).startswith("题题")
    lines = unfolded(text.decode())
    for needed in ("VERSION:2.0", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-WR-CALNAME:My calendar", "TRIGGER:-PT1H"):
        assert needed in lines
    assert not any(line.startswith("METHOD") for line in lines)


def test_an_entry_is_of_instants_and_ends_after_it_begins():
    with pytest.raises(ValueError, match="instants"):
        entry(changed=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="ends after"):
        entry(minutes=0)


def events(client, user, query=""):
    response = client.get(f"/calendar/{user.feed_token}.ics{query}")
    assert response.status_code == 200
    return {str(event["summary"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}


def test_the_feed_follows_registering_moving_and_cancelling(lecture, investigator, client_of):
    made = lecture(topic_zh="", topic_en="Margins")
    renew_feed(investigator)
    reader = client_of(None)
    assert events(reader, investigator) == {}
    presence.register(lecture=made, user=investigator)
    first = events(reader, investigator)["Margins"]
    moved = actions.reschedule_lecture(
        lecture=made, starts=made.starts + timedelta(days=1), minutes=60, time_zone=made.time_zone
    )
    second = events(reader, investigator)["Margins"]
    actions.cancel_lecture(lecture=made, reason="Flu")
    third = events(reader, investigator)["Margins"]
    assert first["uid"] == second["uid"] == third["uid"]
    assert [event["sequence"] for event in (first, second, third)] == [0, 1, 2]
    assert [str(event["status"]) for event in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert second["dtstart"].dt == moved.starts
    assert second["dtstart"].params["TZID"] == "America/New_York"
    assert "Hangzhou" in second["description"]
    assert "Boston" in second["description"]
    assert "Flu" in third["description"]
    assert [len(event.walk("VALARM")) for event in (first, second, third)] == [1, 1, 0]


def test_the_feed_of_all_has_every_announced_lecture_and_no_planned_one(lecture, investigator, client_of):
    lecture(topic_en="Announced")
    lecture("proposed", topic_en="Planned")
    lecture("invited", topic_en="Asked")
    lecture("cancelled", topic_en="Dropped")
    renew_feed(investigator)
    assert set(events(client_of(None), investigator, "?lectures=all")) == {"Announced"}
    assert set(events(client_of(None), investigator)) == set()


def test_links_to_join_are_in_the_feed_of_those_registered_the_nearest_first(lecture, investigator, client_of):
    made = lecture(topic_en="Margins")
    made.join_links.create(region="us", url="https://us.example/1")
    made.join_links.create(region="cn", url="https://cn.example/1")
    renew_feed(investigator)
    assert "cn.example" not in events(client_of(None), investigator, "?lectures=all")["Margins"]["description"]
    presence.register(lecture=made, user=investigator)
    event = events(client_of(None), investigator)["Margins"]
    assert str(event["location"]) == "https://cn.example/1"
    assert "https://us.example/1" in event["description"]


def test_the_speaker_has_the_lecture_and_each_reader_their_language(lecture, speaker, client_of):
    lecture()
    renew_feed(speaker)
    assert set(events(client_of(None), speaker)) == {"Why trials stop early"}
    speaker.language = "zh-hans"
    speaker.save()
    event = events(client_of(None), speaker)["试验为何提前终止"]
    assert "杭州" in event["description"]


def test_another_address_finds_nothing(investigator, client_of, lecture):
    reader = client_of(None)
    old = renew_feed(investigator)
    assert reader.get(f"/calendar/{old}.ics").status_code == 200
    new = renew_feed(investigator)
    for token in (old, new[:-1], new + "A", "x", "%00", "x" * 200, new.swapcase()):
        assert reader.get(f"/calendar/{token}.ics").status_code == 404
    assert reader.post(f"/calendar/{new}.ics").status_code == 405
    investigator.is_active = False
    investigator.save()
    assert reader.get(f"/calendar/{new}.ics").status_code == 404


def test_a_feed_that_has_not_changed_is_not_sent_again(lecture, investigator, client_of):
    made = lecture()
    presence.register(lecture=made, user=investigator)
    token, reader = renew_feed(investigator), client_of(None)
    first = reader.get(f"/calendar/{token}.ics")
    assert first["Cache-Control"] == "private, no-cache"
    assert "Last-Modified" in first
    again = reader.get(f"/calendar/{token}.ics", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    presence.withdraw(lecture=made, user=investigator)
    assert reader.get(f"/calendar/{token}.ics", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_the_feed_asks_as_much_for_many_lectures_as_for_few(lecture, investigator, client_of):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    token, reader = renew_feed(investigator), client_of(None)
    counts = []
    for more in (1, 12):
        for _number in range(more):
            presence.register(lecture=lecture(), user=investigator)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert reader.get(f"/calendar/{token}.ics?lectures=all").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_the_address_is_made_shown_and_renewed_on_the_page(programme, investigator, client_of):
    client, page = client_of(investigator), reverse("lectures:subscribe")
    assert ".ics" not in client.get(page).content.decode()
    client.post(reverse("lectures:renew"))
    investigator.refresh_from_db()
    first = investigator.feed_token
    shown = client.get(page)
    assert f"/calendar/{first}.ics" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    client.post(reverse("lectures:renew"))
    investigator.refresh_from_db()
    assert investigator.feed_token != first
    assert first not in client.get(page).content.decode()


def test_one_lecture_as_a_file(lecture, investigator, client_of):
    made = lecture(topic_en="Margins")
    response = client_of(investigator).get(reverse("lectures:ics", args=[made.pk]))
    event = Calendar.from_ical(response.content).walk("VEVENT")[0]
    assert str(event["summary"]) == "Margins"
    assert "attachment" in response["Content-Disposition"]
    assert timezone.now() - event["last-modified"].dt < timedelta(minutes=5)
