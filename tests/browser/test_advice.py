"""A request from Hangzhou, in Chinese, goes to an adviser in Boston, in English, and comes back as advice that is adopted."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from equipoise.search import read_question, run_search
from equipoise.web.advice.models import BoardMember, Consultation
from equipoise.web.designs import actions as designs
from equipoise.web.programme.models import Programme
from equipoise.web.questions.actions import change_question, start_question

EXAMPLE = Path(__file__).parents[2] / "examples" / "infliximab-biosimilar.toml"


WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter(part => part.getBoundingClientRect().right > innerWidth)
    .map(part => `${part.tagName}.${part.className}`).slice(0, 8)"""


@pytest.fixture(scope="module")
def answer():
    return run_search(read_question(EXAMPLE))


@pytest.fixture
def cast(hangzhou, boston, person):
    """The people of a programme, by what they do."""
    today = timezone.localdate()
    programme = Programme.objects.create(
        name_en="Lakeside and Harbor",
        name_zh="湖畔与海港",
        starts_on=today - timedelta(days=90),
        ends_on=today + timedelta(days=900),
    )
    programme.institutions.set([hangzhou, boston])
    for place, english, chinese in ((hangzhou, "Hangzhou", "杭州"), (boston, "Boston", "波士顿")):
        place.city_en, place.city_zh = english, chinese
        place.save()
    china = {"language": "zh-hans", "time_zone": "Asia/Shanghai"}
    america = {"language": "en", "time_zone": "America/New_York"}
    people = {
        "requester": person(hangzhou, "investigator", family_name="林", given_name="晓", department="风湿免疫科", **china),
        "colleague": person(hangzhou, "investigator", family_name="何", given_name="青", department="药剂科", **china),
        "coordinator": person(boston, "coordinator", family_name="Okafor", given_name="Tobe", **america),
        "near": person(hangzhou, "coordinator", family_name="周", given_name="宁", **china),
        "adviser": person(boston, "adviser", family_name="Ellery", given_name="Maren", languages=["en", "zh-hans"],
                          expertise=["trial-design", "sample-size", "rheumatology"], **america),
        "second": person(boston, "adviser", family_name="Marlow", given_name="Piers", languages=["en"],
                         expertise=["sample-size"], **america),
    }  # fmt: skip
    for name in ("adviser", "second"):
        BoardMember.objects.create(programme=programme, user=people[name], since=today - timedelta(days=80))
    return people


@pytest.fixture
def search(cast, hangzhou, answer):
    payload = answer.question.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    question = start_question(owner=cast["requester"], institution=hangzhou, payload=payload)
    found = designs.start_search(question=question, owner=cast["requester"])
    designs.take_up(found.pk)
    designs.finish(found.pk, answer)
    found.refresh_from_db()
    return found


@pytest.fixture
def enter(open_page, sign_in, cast):
    """enter(who, width=1280): a page of that person, in their language and place."""

    def make(who, width=1280, **options):
        user = cast[who]
        return sign_in(open_page(user.language, width, timezone_id=user.time_zone, **options), user)

    return make


@pytest.fixture
def look(axe, shot):
    """look(page, name): the page as it is, and on a phone, without a fault of accessibility and without scrolling sideways."""

    def check(page, name):
        axe(page)
        shot(page, name)
        size = page.viewport_size
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate(WIDER) == [], name
        axe(page)
        shot(page, f"{name}-phone")
        page.set_viewport_size(size)

    return check


def press(page, selector):
    page.locator(selector).click()
    page.wait_for_load_state()


def test_from_a_request_to_adoption_between_two_hospitals(cast, search, enter, look):
    asking = enter("requester")
    asking.goto("/board/")
    look(asking, "empty-zh")
    asking.goto(f"/board/new/?search={search.pk}&design={search.recommended}")
    assert asking.locator("[name=about]").input_value() == f"design:{search.pk}:{search.recommended}"
    asking.fill("[name=title]", "生物类似药的等效界值是否合理？")
    asking.locator("[name=urgency][value=soon]").check()
    press(asking, "button[value=submit]")
    assert "?check" in asking.url  # a title made a draft; the rest is asked for
    assert asking.locator(".has-error").count() == 2
    look(asking, "request-missing-zh")
    asking.fill("[name=asked]", "推荐的成组序贯设计只有一次期中分析。这个界值能否被审评机构接受？")
    asking.fill("[name=tried]", "读过两项类似研究，界值分别为 15% 与 20%。")
    for code in ("sample-size", "rheumatology"):
        asking.locator(f"[value={code}]").check()
    asking.locator("#id_colleague").press_sequentially("何青")
    asking.locator("#people label", has_text="何青").locator("input").check()
    asking.set_input_files(
        "[name=files]", {"name": "方案草案.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    )
    look(asking, "request-zh")
    press(asking, "button[value=submit]")
    case = Consultation.objects.get()
    assert (case.status, case.team.get(), case.design) == ("submitted", cast["colleague"], search.recommended)
    look(asking, "sent-zh")

    sorting = enter("coordinator")
    sorting.goto("/board/")
    look(sorting, "to-triage-en")
    press(sorting, ".case-title")
    press(sorting, f"a[href='/board/{case.pk}/triage/']")
    look(sorting, "triage-en")
    press(sorting, "button[value=accept]")
    assert sorting.locator(".match strong").first.inner_text() == "Maren Ellery"
    near = enter("near")
    near.goto(f"/board/{case.pk}/triage/")
    look(near, "triage-zh")
    press(sorting, ".match:first-child button[value=first]")
    case.refresh_from_db()
    assert case.adviser.user == cast["adviser"]

    advising = enter("adviser")
    advising.goto("/board/")
    look(advising, "advising-en")
    press(advising, ".case-title")
    look(advising, "case-for-adviser-en")
    design = advising.context.new_page()
    design.goto(advising.locator(".pinned-design a[role=button]").get_attribute("href"))
    design.locator(f".comparison thead >> text={search.recommended}").first.wait_for()
    design.close()
    press(advising, f"a[href='/board/{case.pk}/advise/']")
    advising.fill(
        "[name=summary]", "The margin is defensible; justify it from the historical effect, and plan one more look."
    )
    points = [("Justify the margin from the placebo trials", "Reviewers ask for it first."),
              ("Add a second interim look", "It saves a third of the patients when the drugs are alike."),
              ("Stratify by prior biologic", "Response differs.")]  # fmt: skip
    for row, (text, why) in enumerate(points):
        advising.fill(f"[name=points-{row}-text]", text)
        advising.fill(f"[name=points-{row}-reason]", why)
    press(advising, "button[value=more]")
    assert advising.locator("[name=points-0-text]").input_value() == points[0][0]
    advising.fill("[name=references]", "PLANETRA. Ann Rheum Dis 2013;72:1613.")
    advising.fill("[name=follow_up_on]", (timezone.localdate() + timedelta(days=30)).isoformat())
    look(advising, "advise-en")
    press(advising, "button[value=sign]")
    case.refresh_from_db()
    assert case.status == "advised"
    look(advising, "signed-en")

    change_question(question=case.question, parts={"title": case.question.title + ", second draft"})
    asking.goto(f"/board/{case.pk}/")
    assert "第 2 版" in asking.locator(".message.warning").inner_text()
    first, second, third = case.advice.get().recommendations.all()
    asking.locator(f"#recommendation-{first.pk} .answer summary").click()
    look(asking, "advice-zh")
    asking.locator(f"#recommendation-{first.pk} [value=adopted]").check()
    press(asking, f"#recommendation-{first.pk} .answer button")
    asking.locator(f"#recommendation-{second.pk} .answer summary").click()
    asking.locator(f"#recommendation-{second.pk} [value=declined]").check()
    asking.fill(f"#recommendation-{second.pk} textarea", "会议太频繁，DSMB 无法安排。")
    press(asking, f"#recommendation-{second.pk} .answer button")
    asking.locator(f"#recommendation-{third.pk} .answer summary").click()
    asking.locator(f"#recommendation-{third.pk} [value=superseded]").check()
    asking.locator(f"#recommendation-{third.pk} select[name$=superseded_by]").select_option(str(first.pk))
    press(asking, f"#recommendation-{third.pk} .answer button")
    case.refresh_from_db()
    assert case.status == "closed"
    first.refresh_from_db()
    assert first.taken_in_version == 2
    look(asking, "closed-zh")
    advising.goto(f"/board/{case.pk}/")
    assert "Version 2 took 1 recommendation." in advising.locator(".message.warning").inner_text()
    look(advising, "closed-en")


def test_a_conflict_declared_in_one_click_closes_the_case_and_stays_unknown(cast, search, enter, look, open_page):
    from equipoise.web.advice import actions
    from equipoise.web.advice.actions.request import About

    about = About(search.question_id, search.version, search.pk, search.recommended)
    facts = {
        "title": "Is the margin right?",
        "kind": "design",
        "urgency": "urgent",
        "asked": "Is it?",
        "expertise": ["sample-size"],
    }
    programme = Programme.objects.get()
    place = (programme, cast["requester"].memberships.get().institution)
    case = actions.save_request(by=cast["requester"], facts=facts, team=[], about=about, place=place)
    case = actions.submit(case=case, by=cast["requester"])
    actions.assign(case=case, by=cast["coordinator"], member=BoardMember.objects.get(user=cast["second"]))
    page = enter("second")
    page.goto(f"/board/{case.pk}/")
    page.locator("summary", has_text="conflict of interest").click()
    page.fill("#conflict-reason", "I consult for the maker.")
    look(page, "conflict-en")
    press(page, "button:has-text('step aside')")
    page.wait_for_url(re.compile("/board/$"))
    look(page, "stepped-aside-en")
    assert page.request.get(f"/board/{case.pk}/").status == 404
    asking = enter("requester")
    asking.goto(f"/board/{case.pk}/")
    text = asking.locator("main").inner_text()
    assert "Marlow" not in text
    assert "冲突" not in text
    look(asking, "after-conflict-zh")
    sorting = enter("coordinator")
    sorting.goto(f"/board/{case.pk}/triage/")
    assert "I consult for the maker." in sorting.locator(".timeline").inner_text()
    assert sorting.locator(".match strong").all_inner_texts() == ["Maren Ellery"]
