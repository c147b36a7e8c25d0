"""A programme of two hospitals, its people, and lectures in it."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation


@pytest.fixture(autouse=True)
def _in_english():
    """What a request of another test spoke is not spoken on."""
    with translation.override("en"):
        yield


@pytest.fixture
def programme(hangzhou, boston):
    from equipoise.web.programme.models import Programme

    hangzhou.city_en, hangzhou.city_zh, boston.city_en, boston.city_zh = "Hangzhou", "杭州", "Boston", "波士顿"
    hangzhou.save()
    boston.save()
    today = timezone.now().date()
    made = Programme.objects.create(
        name_en="Lakeside and Harbor", starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=900)
    )
    made.institutions.set([hangzhou, boston])
    return made


@pytest.fixture
def series(programme):
    from equipoise.web.lectures.models import Series

    return Series.objects.create(
        programme=programme, year=timezone.now().year, title_en="The year", title_zh="年度讲座"
    )


@pytest.fixture
def coordinator(hangzhou, person):
    return person(
        hangzhou, "coordinator", email="coordinator@example.org", family_name="周", given_name="宁",
        language="zh-hans", time_zone="Asia/Shanghai",
    )  # fmt: skip


@pytest.fixture
def speaker(boston, person):
    return person(
        boston, "speaker", email="speaker@example.org", family_name="Ellery", given_name="Maren",
        time_zone="America/New_York",
    )  # fmt: skip


@pytest.fixture
def investigator(hangzhou, person):
    return person(hangzhou, email="lin@example.org", family_name="林", given_name="晓", time_zone="Asia/Shanghai")


@pytest.fixture
def lecture(series, speaker):
    """make(status="confirmed", days=10, **facts): a lecture so many days from now (negative: past)."""
    from equipoise.web.lectures.models import Lecture

    def make(status="confirmed", days=10.0, **facts):
        now = timezone.now().replace(second=0, microsecond=0)
        given = {
            "series": series, "programme": series.programme, "topic_en": "Why trials stop early",
            "topic_zh": "试验为何提前终止", "speaker": speaker, "status": status, "starts": now + timedelta(days=days),
            "time_zone": "America/New_York", "competencies": ["science", "ethics"],
            "announced": now if status in ("confirmed", "held") else None,
        }  # fmt: skip
        return Lecture.objects.create(**(given | facts))

    return make
