"""A clinic planned in Hangzhou and in Chinese, seen in Boston and in English; a vote of the whole board."""

from datetime import timedelta

import pytest
from board_things import *  # noqa: F403
from django.urls import reverse
from django.utils import timezone

from equipoise.web.advice.models import BoardVote, Clinic, Event, Session


@pytest.fixture
def board(scene):
    """The people of the scene with names of their own."""
    names = [(scene.coordinator, "周", "宁"), (scene.adviser.user, "Ellery", "Maren"), (scene.colleague.user, "Marlow", "Piers"),
             (scene.requester, "林", "晓")]  # fmt: skip
    for user, family, given in names:
        user.family_name, user.given_name = family, given
        user.save()
    user = scene.adviser.user
    user.expertise, user.languages = ["trial-design", "cluster", "neurology"], ["en", "zh-hans"]
    user.save()
    scene.case.title = "How large must a cluster trial of stroke units be?"
    scene.case.urgency = "urgent"
    scene.case.save()
    scene.conflicted.conflicts.all().delete()
    return scene


def fits(page):
    """Nothing sticks out of the page at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def look(page, axe, shot, name):
    axe(page)
    fits(page)
    shot(page, name)


def test_a_clinic_planned_in_hangzhou_is_seen_in_boston_and_the_board_votes(board, open_page, sign_in, axe, shot):
    chinese = sign_in(open_page("zh-hans"), board.coordinator)
    chinese.goto("/board/meetings/")
    look(chinese, axe, shot, "meetings-empty-zh")
    chinese.get_by_role("button", name="新建门诊时段").click()
    chinese.fill("[name=title_en]", "Design clinic")
    chinese.fill("[name=title_zh]", "设计门诊")
    chinese.select_option("[name=time_zone]", "America/New_York")
    chinese.fill("[name=at]", "20:00")
    chinese.get_by_role("button", name="先查看会议日期").click()
    chinese.locator("#preview").wait_for()
    assert "每月第三个星期三" in chinese.locator(".preview").inner_text()
    look(chinese, axe, shot, "clinic-preview-zh")
    chinese.get_by_role("button", name="保存").click()
    chinese.wait_for_url("**/board/clinics/*/")
    look(chinese, axe, shot, "clinic-zh")
    clinic = Clinic.objects.get()
    session = clinic.sessions.first()
    Session.objects.filter(pk=session.pk).update(join_url="https://meet.example.org/board")

    chinese.goto(session.get_absolute_url())
    chinese.get_by_role("button", name="按需要排满时段").click()
    chinese.locator(".agenda").wait_for()
    look(chinese, axe, shot, "session-coordinator-zh")

    english = sign_in(open_page("en"), board.adviser.user)
    english.goto(session.get_absolute_url())
    assert board.case.title in english.locator(".agenda").inner_text()
    assert "Boston" in english.locator(".lead").inner_text()
    assert "20:00–21:00" in english.locator(".lead").inner_text()
    look(english, axe, shot, "session-adviser-en")
    with english.expect_download() as file:
        english.get_by_role("button", name="To my calendar").click()
    assert file.value.suggested_filename.endswith(".ics")

    english.goto(reverse("advice:vote-new", args=[board.case.pk]))
    english.fill("[name=motion]", "The trial should be randomised by stroke unit, with at least 20 units.")
    look(english, axe, shot, "vote-new-en")
    english.get_by_role("button", name="Open the vote").click()
    english.wait_for_url("**/votes/*/")
    english.get_by_label("for", exact=True).check()
    english.get_by_role("button", name="Vote", exact=True).click()
    english.locator(".message").wait_for()
    look(english, axe, shot, "vote-open-en")

    other = sign_in(open_page("en", width=390), board.colleague.user)
    other.goto(english.url)
    other.get_by_label("for", exact=True).check()
    other.fill("[name=reason]", "Contamination would be certain within a unit.")
    other.get_by_role("button", name="Vote", exact=True).click()
    other.locator(".message").wait_for()
    look(other, axe, shot, "vote-open-390")

    english.reload()
    english.get_by_role("button", name="Close the vote now").click()
    english.locator("#result").wait_for()
    assert "Carried" in english.locator("h2#result").inner_text()
    look(english, axe, shot, "vote-closed-en")
    assert BoardVote.objects.get().closed
    assert Event.objects.filter(kind="vote-closed").exists()

    asker = sign_in(open_page("zh-hans", width=390), as_chinese(board.requester))
    asker.goto(reverse("advice:vote", args=[board.case.pk, BoardVote.objects.get().pk]))
    assert "通过" in asker.locator("h2#result").inner_text()
    assert "Marlow" not in asker.locator("main").inner_text()
    look(asker, axe, shot, "vote-requester-zh-390")


def as_chinese(user):
    user.language = "zh-hans"
    user.save()
    return user


def test_every_page_of_the_board_on_a_desktop_and_a_phone_in_both_languages(
    board, session, make_case, open_page, sign_in, axe, shot, seat, hangzhou
):
    from equipoise.web.people.models import Holiday

    board.other.language = "en"
    board.other.save()
    make_case(title="Overdue question of a registry", due=timezone.now() - timedelta(days=2), status="accepted")
    make_case(title="早期活动能否改善卒中结局？", urgency="soon", status="accepted")
    for number in range(4):
        made = make_case(
            board.requester, status="closed", adviser=board.adviser, submitted=timezone.now() - timedelta(days=30 * number + 5),
            advised=timezone.now() - timedelta(days=30 * number), closed=timezone.now(),
        )  # fmt: skip
        event = Event.objects.create(consultation=made, kind="accepted", by=board.other)
        Event.objects.filter(pk=event.pk).update(at=made.submitted + timedelta(days=1))
    day = timezone.localdate() + timedelta(days=7)
    Holiday.objects.create(
        institution=hangzhou, first=day, last=day + timedelta(days=40), name_en="Spring break", name_zh="春假"
    )
    board.adviser.conflicts.create(institution=hangzhou, reason="Employed there until May", declared_by=board.other)
    addresses = {
        "members": "/board/members/", "member": reverse("advice:member", args=[board.adviser.pk]),
        "seat": reverse("advice:seat", args=[board.programme.pk]),
        "conflict": reverse("advice:conflict", args=[board.colleague.pk]),
        "meetings": "/board/meetings/", "clinic": reverse("advice:clinic", args=[session.clinic_id]),
        "clinic-change": reverse("advice:clinic-change", args=[session.clinic_id]),
        "session": session.get_absolute_url(), "session-change": reverse("advice:session-change", args=[session.pk]),
        "agree": reverse("advice:agree", args=[board.case.pk]), "measures": "/board/measures/",
    }  # fmt: skip
    for language, user in (("en", board.other), ("zh-hans", board.coordinator)):
        for width in (1280, 390):
            page = sign_in(open_page(language, width=width), user)
            for name, address in addresses.items():
                page.goto(address)
                look(page, axe, shot, f"{name}-{language}-{width}")


def test_a_time_is_agreed_without_javascript(board, open_page, sign_in):
    page = sign_in(open_page("en", javascript=False), board.adviser.user)
    page.goto(reverse("advice:agree", args=[board.case.pk]))
    page.get_by_role("button", name="Choose").first.click()
    page.wait_for_url("**/board/sessions/*/")
    assert board.case.title in page.locator(".agenda").inner_text()
