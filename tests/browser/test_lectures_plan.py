"""A lecture from the plan to the calendar, between Hangzhou in Chinese and Boston in English, in browsers of their own."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar


@pytest.fixture
def world(hangzhou, boston, person):
    from equipoise.web.lectures.models import Series
    from equipoise.web.programme.models import Programme

    hangzhou.city_en, hangzhou.city_zh, boston.city_en, boston.city_zh = "Hangzhou", "杭州", "Boston", "波士顿"
    hangzhou.save()
    boston.save()
    today = timezone.now().date()
    programme = Programme.objects.create(
        name_en="Lakeside and Harbor", name_zh="湖畔与海港", starts_on=today, ends_on=today + timedelta(days=900)
    )
    programme.institutions.set([hangzhou, boston])
    year = today.year + 1
    series = Series.objects.create(
        programme=programme, year=year, title_en=f"Clinical research {year}", title_zh=f"{year} 年临床研究讲座"
    )
    return {
        "series": series,
        "coordinator": person(
            hangzhou, "coordinator", family_name="周", given_name="宁", language="zh-hans", time_zone="Asia/Shanghai"
        ),
        "speaker": person(
            boston, "speaker", email="ellery@example.org", family_name="Ellery", given_name="Maren",
            time_zone="America/New_York",
        ),
        "investigator": person(
            hangzhou, family_name="林", given_name="晓", language="zh-hans", time_zone="Asia/Shanghai"
        ),
    }  # fmt: skip


def test_two_hospitals_plan_a_lecture(world, open_page, sign_in, axe, shot):
    from equipoise.web.lectures.models import Lecture

    series = world["series"]
    hangzhou = sign_in(open_page("zh-hans", timezone_id="Asia/Shanghai"), world["coordinator"])
    hangzhou.goto(f"/lectures/series/{series.pk}/plan/")
    axe(hangzhou)
    shot(hangzhou, "plan-empty-zh")
    hangzhou.goto(f"/lectures/series/{series.pk}/dates/?month={series.year}-03")
    axe(hangzhou)
    shot(hangzhou, "dates-zh")
    hangzhou.locator(".slot").first.click()
    hangzhou.fill("[name=topic_en]", "Looking early: why trials stop")
    hangzhou.fill("[name=topic_zh]", "提前查看：试验为何终止")
    hangzhou.fill("[name=speaker_email]", "ellery@example.org")
    hangzhou.fill("[name=summary_zh]", "成组序贯设计：一次期中分析的代价与收益。")
    hangzhou.check("[name=competencies][value=science]")
    axe(hangzhou)
    shot(hangzhou, "new-zh")
    hangzhou.locator("main form [type=submit]").click()
    hangzhou.locator("form[action$='/invite/'] button").click()
    hangzhou.locator(".badge.warn").first.wait_for()
    shot(hangzhou, "invited-zh")
    lecture = Lecture.objects.get()

    boston = sign_in(open_page("en", timezone_id="America/New_York"), world["speaker"])
    boston.goto(f"/lectures/{lecture.pk}/")
    boston.locator("main a[href$='/answer/']").click()
    first = boston.locator(".lecture-when time").first
    local = lecture.starts.astimezone(ZoneInfo("America/New_York"))
    assert local.strftime("%H:%M") in first.inner_text()
    axe(boston)
    shot(boston, "answer-en")
    boston.locator("[name=date]").fill(f"{series.year}-03-17")
    boston.locator("[name=at]").fill("20:00")
    boston.locator("[name=note]").first.fill("The third Wednesday suits me better.")
    boston.locator("[value=date]").click()
    boston.wait_for_url(f"**/lectures/{lecture.pk}/")

    hangzhou.goto(f"/lectures/{lecture.pk}/")
    shot(hangzhou, "proposal-zh")
    hangzhou.locator("[name=decision][value=take]").click()
    hangzhou.locator(".badge.good").first.wait_for()
    hangzhou.goto(f"/lectures/{lecture.pk}/links/")
    hangzhou.fill("[name=form-0-url]", "https://meeting.example.cn/1")
    hangzhou.fill("[name=form-1-url]", "https://meeting.example.com/1")
    axe(hangzhou)
    shot(hangzhou, "links-zh")
    hangzhou.locator("main form [type=submit]").click()

    reader = sign_in(open_page("zh-hans", timezone_id="Asia/Shanghai"), world["investigator"])
    reader.goto("/lectures/")
    axe(reader)
    shot(reader, "list-zh")
    reader.locator(".lecture-row a").click()
    assert "08:00–09:00" in reader.locator(".lecture-when").inner_text()
    assert "meeting.example.cn" not in reader.content()
    reader.locator("form[action$='/register/'] button").click()
    reader.locator(".join-links a").first.wait_for()
    assert reader.locator(".join-links a").first.get_attribute("href") == "https://meeting.example.cn/1"
    axe(reader)
    shot(reader, "registered-zh")

    reader.goto("/lectures/calendar/")
    reader.locator("form[action$='/renew/'] button").click()
    address = reader.locator("#address-1").input_value()
    axe(reader)
    shot(reader, "subscribe-zh")
    event = _event(reader, address)
    assert str(event["summary"]) == "提前查看：试验为何终止"
    assert event["dtstart"].dt == lecture.__class__.objects.get().starts
    before = event["sequence"]

    boston.goto(f"/lectures/{lecture.pk}/")
    axe(boston)
    shot(boston, "confirmed-en")
    hangzhou.goto(f"/lectures/{lecture.pk}/cancel/")
    hangzhou.fill("[name=reason]", "讲者生病")
    hangzhou.locator("main form [type=submit]").click()
    event = _event(reader, address)
    assert (str(event["status"]), event["sequence"] > before) == ("CANCELLED", True)
    reader.goto(f"/lectures/{lecture.pk}/")
    shot(reader, "cancelled-zh")


def _event(page, address):
    path = re.sub(r"^https?://[^/]+", "", address)
    body = page.request.get(path).body()
    return Calendar.from_ical(body).walk("VEVENT")[0]


def test_the_code_is_shown_and_entered(world, open_page, sign_in, axe, shot):
    from equipoise.web.lectures.models import Lecture

    lecture = Lecture.objects.create(
        series=world["series"], programme=world["series"].programme, topic_en="Margins", topic_zh="界值",
        speaker=world["speaker"], status="confirmed", starts=timezone.now() - timedelta(minutes=30),
        announced=timezone.now(), time_zone="America/New_York", competencies=["science"],
    )  # fmt: skip
    boston = sign_in(open_page("en"), world["speaker"])
    boston.goto(f"/lectures/{lecture.pk}/code/")
    boston.locator("main form [type=submit]").click()
    shown = "".join(boston.locator(".code span").all_inner_texts())
    axe(boston)
    shot(boston, "code-en")
    phone = sign_in(open_page("zh-hans", 390), world["investigator"])
    phone.goto(f"/lectures/{lecture.pk}/")
    shot(phone, "live-zh-390")
    phone.locator("main a[href$='/attend/']").click()
    axe(phone)
    shot(phone, "attend-zh-390")
    phone.fill("[name=code]", shown.lower())
    phone.locator("main form [type=submit]").click()
    phone.wait_for_url(f"**/lectures/{lecture.pk}/")
    boston.goto(f"/lectures/{lecture.pk}/attendance/")
    assert "林晓" in boston.content()
    axe(boston)
    shot(boston, "attendance-en")
    boston.goto(f"/lectures/{lecture.pk}/attendance/meeting/")
    table = "Name,Email,Minutes\nLin,person3@example.org,50\nStranger,stranger@example.org,50\nNo mail,,50\n"
    boston.set_input_files("[name=file]", {"name": "zoom.csv", "mimeType": "text/csv", "buffer": table.encode()})
    boston.locator("main form [type=submit]").click()
    boston.locator("[name=sealed]").wait_for(state="attached")
    axe(boston)
    shot(boston, "meeting-en")


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 390), ("zh-hans", 1280), ("en", 390)])
def test_the_pages_in_both_languages_and_widths(language, width, world, open_page, sign_in, axe, shot):
    from equipoise.web.lectures import slots
    from equipoise.web.lectures.models import Lecture

    series, boston = world["series"], ZoneInfo("America/New_York")
    states = ["confirmed", "confirmed", "confirmed", "invited", "proposed", "cancelled"]
    for month, status in enumerate(states, 1):
        day = slots.nth_weekday(series.year, month, 2, 3)
        Lecture.objects.create(
            series=series, programme=series.programme, topic_en=f"From a question on the ward to a trial, part {month}",
            topic_zh=f"从病房里的问题到一项临床试验（{month}）", speaker=world["speaker"] if month < 5 else None, status=status,
            starts=slots.instant(day, timezone.datetime.min.time().replace(hour=20), boston), announced=timezone.now(),
            time_zone="America/New_York", competencies=["science", "ethics", "teamwork"],
            summary_en="How a question becomes a protocol.", summary_zh="一个问题如何成为研究方案。",
        )  # fmt: skip
    world["series"].programme.institutions.first().holidays.create(
        first=f"{series.year}-02-15", last=f"{series.year}-02-23", name_en="Spring Festival", name_zh="春节"
    )
    world["coordinator"].language = language
    world["coordinator"].save()
    page = sign_in(open_page(language, width), world["coordinator"])
    march = Lecture.objects.order_by("starts")[2]
    for name, address in (
        ("list", "/lectures/"), ("series", series.get_absolute_url()), ("plan", f"/lectures/series/{series.pk}/plan/"),
        ("lecture", march.get_absolute_url()), ("move", f"/lectures/{march.pk}/move/"),
        ("regular", f"/lectures/series/{series.pk}/regular/"), ("import", f"/lectures/series/{series.pk}/import/"),
        ("subscribe", "/lectures/calendar/"),
    ):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        axe(page)
        shot(page, f"{name}-{language}-{width}")
    page.goto(f"/lectures/series/{series.pk}/regular/")
    page.locator("[name=first]").fill(f"{series.year}-07-01")
    page.locator("main form [type=submit]").first.click()
    page.locator(".occurrences").wait_for()
    axe(page)
    shot(page, f"regular-dates-{language}-{width}")
