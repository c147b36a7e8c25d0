"""The list, the series and the plan: what is found, in which order, and with how many questions to the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from equipoise.web.lectures.models import Series

pytestmark = pytest.mark.django_db


def topics(response):
    return [row["lecture"].topic_en for row in response.context["rows"]]


def test_the_coming_and_the_past_each_in_their_order(lecture, investigator, client_of):
    for name, status, days in (
        ("later", "confirmed", 30), ("sooner", "confirmed", 3), ("old", "held", -30), ("recent", "held", -3),
        ("now", "confirmed", -0.01), ("dropped", "cancelled", 5), ("long dropped", "cancelled", -50),
    ):  # fmt: skip
        lecture(status, days=days, topic_en=name, announced=timezone.now() - timedelta(days=90))
    client = client_of(investigator)
    assert topics(client.get(reverse("lectures:list"))) == ["now", "sooner", "dropped", "later"]
    assert topics(client.get(reverse("lectures:list") + "?when=past")) == ["recent", "old", "long dropped"]


def test_a_lecture_is_in_one_of_the_two_lists_and_not_in_both(lecture, coordinator, client_of):
    for status in ("proposed", "invited", "confirmed", "held", "cancelled"):
        for days in (-40, -0.5, -0.01, 0.5, 40):
            lecture(status, days=days, topic_en=f"{status} {days}")
    client = client_of(coordinator)
    found = [
        topics(client.get(reverse("lectures:list") + which))
        for which in ("", "?page=2", "?when=past", "?when=past&page=2")
    ]
    coming = found[0] + (found[1] if found[1] != found[0] else [])
    past = found[2] + (found[3] if found[3] != found[2] else [])
    assert set(coming) & set(past) == set()
    assert len(coming) + len(past) == 25


def test_one_competency_and_one_year(lecture, series, investigator, client_of):
    other = Series.objects.create(programme=series.programme, year=series.year + 1, title_en="Next")
    lecture(topic_en="both", competencies=["science", "ethics"])
    lecture(topic_en="ethics", competencies=["ethics"], series=other)
    lecture(topic_en="none", competencies=[])
    client, address = client_of(investigator), reverse("lectures:list")
    assert set(topics(client.get(f"{address}?competency=ethics"))) == {"both", "ethics"}
    assert topics(client.get(f"{address}?competency=science")) == ["both"]
    assert topics(client.get(f"{address}?competency=ethics&year={other.year}")) == ["ethics"]
    for nonsense in (
        "?competency=%22",
        "?year=x",
        "?year=99999",
        "?page=x",
        "?page=99",
        "?when=never",
        "?competency=magic",
    ):
        assert client.get(address + nonsense).status_code == 200


@pytest.mark.parametrize("page", ["lectures:list", "lectures:series", "lectures:plan"])
def test_pages_ask_as_much_for_many_lectures_as_for_few(page, lecture, series, coordinator, client_of):
    client, counts = client_of(coordinator), []
    address = reverse(page, args=[] if page == "lectures:list" else [series.pk])
    for more in (2, 15):
        for number in range(more):
            lecture(days=5 + number)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


def test_a_lectures_page_asks_as_much_for_many_people_as_for_few(lecture, investigator, person, hangzhou, client_of):
    from equipoise.web.lectures.presence import register

    made, client, counts = lecture(), client_of(investigator), []
    for more in (1, 12):
        for _number in range(more):
            register(lecture=made, user=person(hangzhou))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(made.get_absolute_url()).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 45


def test_the_plan_shows_what_is_missing_holidays_and_objections(lecture, series, hangzhou, coordinator, client_of):
    coordinator.language = "en"
    coordinator.save()
    made = lecture("proposed", days=40)
    hangzhou.holidays.create(
        first=(made.starts - timedelta(days=1)).date(),
        last=(made.starts + timedelta(days=2)).date(),
        name_en="Festival",
    )
    page = client_of(coordinator).get(reverse("lectures:plan", args=[series.pk])).content.decode()
    assert "A holiday in Hangzhou: Festival" in page
    assert page.count('<li class="month') >= 12


def test_suggestions_stand_as_links_to_plan_with(series, coordinator, client_of):
    coordinator.language = "en"
    coordinator.save()
    address = reverse("lectures:suggestions", args=[series.pk])
    year = timezone.now().year + 1
    client = client_of(coordinator)
    page = client.get(f"{address}?month={year}-06").content.decode()
    assert page.count('class="slot"') == 10
    start = page.split("?starts=")[1].split('"')[0]
    form = client.get(reverse("lectures:new", args=[series.pk]) + f"?starts={start}").context["times"]
    assert form.initial["date"].year == year
    for nonsense in ("?month=x", "?month=0001-01", "?month=9999-99", "?minutes=-1", "?minutes=100000"):
        assert client.get(address + nonsense).status_code == 200


def test_a_series_is_begun_once_a_year(programme, coordinator, client_of):
    coordinator.language = "en"
    coordinator.save()
    client, address = client_of(coordinator), reverse("lectures:series_new")
    facts = {"programme": programme.pk, "year": "2031", "title_en": "Trials", "title_zh": "试验"}
    assert client.post(address, facts).status_code == 302
    assert "already" in client.post(address, facts).content.decode()
    for change in ({"year": "x"}, {"programme": "999"}, {"title_en": ""}):
        assert client.post(address, facts | {"year": "2032"} | change).status_code == 422
    assert Series.objects.count() == 1
