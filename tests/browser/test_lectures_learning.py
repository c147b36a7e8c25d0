"""A lecture between Shanghai and New York: ask, vote, answer, watch, quiz, feedback, certificate, in two browsers."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

RECORDING = Path(__file__).parent / "data" / "recording.webm"
ENGLISH = "WEBVTT\n\n00:00.000 --> 00:20.000\nGood evening.\n\n00:20.000 --> 00:40.000\nGood morning, Hangzhou.\n"
CHINESE = ENGLISH.replace("Good evening.", "晚上好。").replace("Good morning, Hangzhou.", "杭州，早上好。")
EXAMPLE = Path(__file__).parents[2] / "examples" / "infliximab-biosimilar.toml"


@pytest.fixture
def lecture(hangzhou, boston, person, settings, tmp_path):
    from equipoise.search import read_question
    from equipoise.web.lectures.models import Lecture, Series
    from equipoise.web.programme.models import Programme
    from equipoise.web.questions.actions import start_question

    settings.MEDIA_ROOT = tmp_path / "media"
    hangzhou.city_en, hangzhou.city_zh = "Hangzhou", "杭州"
    boston.city_en, boston.city_zh = "Boston", "波士顿"
    hangzhou.save(), boston.save()
    today = timezone.localdate()
    programme = Programme.objects.create(
        name_en="Lakeside and Harbor", name_zh="湖畔与海港", starts_on=today, ends_on=today + timedelta(days=900)
    )
    programme.institutions.set([hangzhou, boston])
    speaker = person(boston, "speaker", family_name="Ellis", given_name="Margaret", time_zone="America/New_York")
    series = Series.objects.create(programme=programme, year=today.year, title_en="Methods", title_zh="研究方法")
    lecture = Lecture.objects.create(
        series=series, programme=programme, topic_en="Estimands in practice", topic_zh="估计目标实务", speaker=speaker,
        status="confirmed", starts=timezone.now() - timedelta(minutes=10), time_zone="America/New_York",
        competencies=["science", "data"], summary_en="What exactly does a trial estimate?", summary_zh="试验究竟估计什么？",
    )  # fmt: skip
    payload = read_question(EXAMPLE).model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    start_question(owner=speaker, institution=boston, payload=payload)
    return lecture


@pytest.fixture
def listener(hangzhou, person):
    return person(
        hangzhou, "investigator", family_name="林", given_name="晓喆", language="zh-hans", time_zone="Asia/Shanghai"
    )


def part(name: str, lecture, *more) -> str:
    return reverse(f"lectures:{name}", args=[lecture.pk, *more])


def until(page, expression: str) -> None:
    """Wait for something to be so; the page's policy forbids Playwright's own way, which compiles in the page."""
    for _try in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(150)
    raise AssertionError(expression)


def test_a_lecture_in_two_places(lecture, listener, person, hangzhou, open_page, sign_in, axe, shot):
    from equipoise.web.lectures.models import Attendance, Certificate, Material, Place

    chinese = sign_in(open_page("zh-hans", timezone_id="Asia/Shanghai"), listener)
    english = sign_in(open_page("en", timezone_id="America/New_York"), lecture.speaker)
    here = lecture.get_absolute_url()

    # asked in Hangzhou, seen in Boston without asking for the page again, and answered
    english.goto(part("talk", lecture))
    chinese.goto(here)
    chinese.fill("#ask-text", "受试者换药时应选用哪种估计目标？")
    chinese.locator(".ask [type=submit]").click()
    chinese.get_by_text("您的问题已提交").wait_for()
    english.get_by_text("受试者换药时").first.wait_for(timeout=15_000)
    english.locator("button.vote-button").click()
    english.locator("button.vote-button[aria-pressed=true]").wait_for()
    assert english.locator(".vote-count").inner_text() == "1"
    chinese.locator(".vote-count", has_text="1").wait_for(timeout=15_000)
    axe(english)
    shot(english, "talk-en")
    english.get_by_role("link", name=re.compile("^Answer")).click()
    english.fill("[name=answer]", "The one your question is about: treatment policy if the switch is part of care.")
    axe(english)
    english.locator("main form [type=submit]").click()
    english.get_by_text("The answer is there.").wait_for()
    chinese.get_by_text("treatment policy").wait_for(timeout=15_000)
    axe(chinese)
    shot(chinese, "detail-zh")

    # the recording comes with its captions, and a quiz, and the worked example
    english.goto(part("material_new", lecture))
    english.select_option("[name=kind]", "recording")
    english.fill("[name=title]", "Estimands in practice, the recording")
    english.set_input_files("[name=file]", RECORDING)
    axe(english)
    shot(english, "material-form-en")
    english.locator("main form [type=submit]").click()
    english.wait_for_url("**/captions/")
    for language, text in (("en", ENGLISH), ("zh-hans", CHINESE)):
        file = {"name": f"{language}.vtt", "mimeType": "text/vtt", "buffer": text.encode()}
        english.set_input_files(f"[name='file_{language}']", file)
    axe(english)
    english.locator("main form [type=submit]").click()
    material = Material.objects.get()
    english.wait_for_url(f"**{part('material', lecture, material.pk)}")
    for number in range(1, 4):
        english.goto(part("quiz_item_new", lecture))
        english.fill("[name=text_en]", f"Question {number} about estimands?")
        english.fill("[name=text_zh]", f"关于估计目标的第 {number} 题？")
        for place, (word, zh) in enumerate((("a test", "一种检验"), ("what is estimated", "所要估计的量"))):
            english.fill(f"[name=option_{place}_en]", word)
            english.fill(f"[name=option_{place}_zh]", zh)
        english.select_option("[name=correct]", "1")
        english.fill("[name=why_en]", "An estimand says what is estimated, before how.")
        if number == 1:
            axe(english)
            shot(english, "quiz-item-en")
        english.locator("main form.card [type=submit]").click()
        english.wait_for_url("**/quiz/items/")
    axe(english)
    shot(english, "quiz-items-en")
    english.goto(part("example_choose", lecture))
    english.select_option("[name=question]", index=1)
    english.locator("main form [type=submit]").click()
    english.get_by_text("The worked example is saved.").wait_for()
    axe(english)
    shot(english, "detail-en")

    # watched in Hangzhou with Chinese captions, left, and found again
    chinese.goto(part("material", lecture, material.pk))
    track = "document.querySelector('video').textTracks"
    until(
        chinese,
        f"[...{track}].some(t => t.mode == 'showing' && t.language == 'zh-hans' && t.cues && t.cues.length == 2)",
    )
    chinese.evaluate(
        "() => { const v = document.querySelector('video'); v.muted = true; v.currentTime = 25; return v.play(); }"
    )
    until(chinese, "document.querySelector('video').currentTime > 25.2")
    until(chinese, f"[...{track}].find(t => t.mode == 'showing').activeCues[0]?.text == '杭州，早上好。'")
    chinese.select_option("#speed", "1.5")
    assert chinese.evaluate("document.querySelector('video').playbackRate") == 1.5
    with chinese.expect_response(re.compile("/place/$")) as told:
        chinese.evaluate("document.querySelector('video').pause()")
    assert told.value.status == 204
    assert 25 <= Place.objects.get(user=listener).seconds <= 40
    axe(chinese)
    shot(chinese, "player-zh")
    chinese.goto(here)
    chinese.get_by_role("link", name=re.compile("从 0:2. 继续|从 0:3. 继续")).click()
    until(chinese, "document.querySelector('video').currentTime >= 25")
    until(chinese, "document.querySelector('video').readyState >= 2")
    assert (
        english.request.get(part("material_file", lecture, material.pk), headers={"Range": "bytes=0-99"}).status == 206
    )

    # quiz, feedback, certificate
    lecture.status = "held"
    lecture.save()
    Attendance.objects.create(lecture=lecture, user=listener, how="code", entered_by=listener)
    chinese.goto(part("certificate", lecture))
    chinese.get_by_text("测验尚未通过").wait_for()
    axe(chinese)
    shot(chinese, "certificate-missing-zh")
    chinese.get_by_role("button", name="参加测验").click()
    axe(chinese)
    shot(chinese, "quiz-zh")
    for group in chinese.locator("fieldset.field").all():
        group.get_by_label("所要估计的量").check()
    chinese.locator("main form.card [type=submit]").click()
    chinese.get_by_text("3 题答对 3 题").first.wait_for()
    axe(chinese)
    shot(chinese, "quiz-result-zh")
    chinese.goto(part("feedback", lecture))
    for name, mark in (("useful", 5), ("confidence_before", 2), ("confidence_after", 4)):
        chinese.locator(f"[name={name}][value='{mark}']").check()
    axe(chinese)
    shot(chinese, "feedback-zh")
    chinese.locator("main form.card [type=submit]").click()
    chinese.get_by_text("谢谢").first.wait_for()
    chinese.get_by_role("button", name="领取证书").click()
    with chinese.expect_download() as download:
        chinese.get_by_role("button", name="下载（PDF）").click()
    code = Certificate.objects.get().code
    assert download.value.suggested_filename == f"certificate-{code}.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    axe(chinese)
    shot(chinese, "certificate-zh")

    # anyone verifies it, without an account, as typed from paper
    stranger = open_page("en", width=390)
    stranger.goto(reverse("lectures:verify_form"))
    axe(stranger)
    stranger.fill("#code", code.removeprefix("EQ-").lower().replace("-", " "))
    stranger.locator(".verify-form [type=submit]").click()
    stranger.get_by_text("林晓喆").wait_for()
    stranger.get_by_text("有效").first.wait_for()
    axe(stranger)
    shot(stranger, "verify-390")

    # what the speaker sees of it
    from equipoise.web.lectures.actions_learning import give_feedback

    for before, after in ((1, 3), (2, 4), (3, 3), (2, 5)):
        facts = {"useful": after, "confidence_before": before, "confidence_after": after, "will_change": True}
        give_feedback(lecture=lecture, user=person(hangzhou), facts=facts | {"comment": f"Useful on the ward. {after}"})
    for name in ("feedback_summary", "quiz_overview", "certificates"):
        english.goto(part(name, lecture))
        axe(english)
        shot(english, f"{name}-en")


def test_without_javascript_all_but_the_memory_works(lecture, listener, open_page, sign_in):
    from equipoise.web.lectures.models import AudienceQuestion, Vote

    page = sign_in(open_page("en", javascript=False), listener)
    page.goto(lecture.get_absolute_url())
    page.fill("#ask-text", "Does it work without scripts?")
    page.locator(".ask [type=submit]").click()
    page.wait_for_url("**#question-*")
    page.locator("button.vote-button").click()
    page.wait_for_url("**#question-*")
    assert AudienceQuestion.objects.count() == Vote.objects.count() == 1


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_it_fits(lecture, listener, person, hangzhou, open_page, sign_in, axe, shot, width, language):
    from django.core.files.base import File

    from equipoise.web.lectures import actions_learning as actions
    from equipoise.web.lectures.models import Attendance

    with RECORDING.open("rb") as file:
        material = actions.add_material(
            lecture=lecture, by=lecture.speaker, kind="recording", title="Estimands in practice, the recording",
            language="en", file=File(file, name="recording.webm"), media_type="video/webm",
        )  # fmt: skip
    actions.remember_place(material=material, user=listener, seconds=21)
    for text in (
        "受试者换药时应选用哪种估计目标？",
        "Is a per-protocol analysis ever an estimand?",
        "缺失数据如何处理？",
    ):
        question = actions.ask(lecture=lecture, user=listener, text=text)
    actions.answer(question=question, by=lecture.speaker, text="按伴发事件的处理策略而定。\nSee ICH E9(R1).")
    actions.hide(
        question=actions.ask(lecture=lecture, user=listener, text="张三，床号 7"),
        by=lecture.speaker,
        reason="names a patient",
    )
    item = actions.save_quiz_item(lecture=lecture, item=None, facts={
        "text_en": "What does an estimand name?", "text_zh": "估计目标指什么？", "correct": 1, "why_en": "Five attributes.",
        "why_zh": "五个属性。", "options": [{"en": "a test", "zh": "一种检验"}, {"en": "what is estimated", "zh": "所估计的量"}],
    })  # fmt: skip
    actions.take_quiz(lecture=lecture, user=listener, items=[item], answers={item.pk: 0})
    Attendance.objects.create(lecture=lecture, user=listener, how="code", entered_by=listener)
    coordinator = person(hangzhou, "coordinator", language=language, time_zone="Asia/Shanghai")
    listener.language = language
    listener.save()
    reader, keeper = (sign_in(open_page(language, width=width), user) for user in (listener, coordinator))
    pages = {
        reader: ["talk", "quiz", "quiz_result", "feedback", "certificate"],
        keeper: ["material_new", "quiz_items", "quiz_item_new", "quiz_overview", "feedback_summary", "certificates", "example_choose"],
    }  # fmt: skip
    for page, names in pages.items():
        for address in [
            lecture.get_absolute_url(),
            part("material", lecture, material.pk),
            *(part(name, lecture) for name in names),
        ]:
            page.goto(address)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, address
            axe(page)
            name = address.strip("/").replace("/", "-")
            shot(page, f"{language}-{width}-{'keeper' if page is keeper else 'reader'}-{name}")
