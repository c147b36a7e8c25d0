"""From a question written in steps to a recommendation explored, as a reader does it, in English and in Chinese."""

import re

import pytest

from equipoise.web.designs.models import Search
from equipoise.web.questions.models import Question

STEPS = [
    ("title", "Early mobilisation after stroke"),
    ("picot__population", "Adults within 24 hours of an ischaemic stroke"),
    ("picot__intervention", "Mobilisation within 24 hours"),
    ("picot__comparator", "Usual care"),
    ("picot__outcome", "Modified Rankin scale of 0 to 2"),
    ("picot__time", "90 days"),
]


def fill(page, values):
    for name, value in values:
        page.locator(f"[name={name}]").fill(value)


def go_on(page):
    page.locator(".question-form button[type=submit]:visible").last.click()
    page.wait_for_load_state()


def choose(page, name, value):
    page.locator(f"[name={name}][value='{value}'], select[name={name}]").first.evaluate(
        "(field, value) => { if (field.tagName === 'SELECT') field.value = value; else field.click(); }", value
    )


def write_question(page, axe, shot, mark):
    page.goto("/questions/new/")
    axe(page)
    fill(page, STEPS)
    go_on(page)
    assert "/edit/endpoint/" in page.url
    axe(page)
    choose(page, "endpoint__kind", "proportion")
    choose(page, "endpoint__objective", "superiority")
    choose(page, "endpoint__better", "higher")
    shot(page, f"endpoint-{mark}")
    go_on(page)
    assert "/edit/scenarios/" in page.url, page.locator(".errorlist").all_inner_texts()
    fill(page, [("scenarios-0-control", "50"), ("scenarios-0-treatment", "60")])
    page.locator("[name=action][value=add]").click()
    page.locator("[name=scenarios-1-name]").wait_for()
    assert page.locator("[name=scenarios-0-treatment]").input_value() == "60"  # what was typed stays
    fill(page, [("scenarios-1-name", "smaller"), ("scenarios-1-control", "50"), ("scenarios-1-treatment", "56")])
    axe(page)
    shot(page, f"scenarios-{mark}")
    go_on(page)
    assert "/edit/conduct/" in page.url, page.locator(".errorlist").all_inner_texts()
    fill(page, [("recruitment__sites", "20"), ("recruitment__patients_per_site_month", "2"), ("follow_up__months", "3"),
                ("cost__per_patient", "900"), ("cost__per_site", "8000")])  # fmt: skip
    axe(page)
    go_on(page)
    assert "/edit/consider/" in page.url, page.locator(".errorlist").all_inner_texts()
    fill(page, [("consider__looks", "2, 3")])
    axe(page)
    go_on(page)
    assert "/edit/check/" in page.url, page.locator(".errorlist").all_inner_texts()
    axe(page)
    shot(page, f"check-{mark}")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/questions/\d+/$"))


def test_from_a_question_to_a_recommendation(
    signed_in_page, language, axe, shot, run_tasks, sign_in, open_page, person, hangzhou
):
    page = signed_in_page
    write_question(page, axe, shot, language)
    question = Question.objects.get()
    assert question.status == "ready"
    axe(page)
    shot(page, f"question-{language}")
    page.locator(f"form[action='/questions/{question.pk}/search/'] button").click()
    page.locator("#progress progress").wait_for()
    axe(page)
    shot(page, f"waiting-{language}")
    run_tasks()
    page.locator("#recommended").wait_for()
    search = Search.objects.get()
    assert page.locator(".recommendation .badge").inner_text() == search.recommended
    page.locator("[data-drawn=yes]").nth(2).wait_for()
    axe(page)
    shot(page, f"explorer-{language}")

    page.locator(".tabs a").nth(1).click()
    page.wait_for_url(re.compile("x=max_patients"))
    page.locator(".filters [name=looks]").select_option("3")
    page.wait_for_url(re.compile("looks=3"))
    other = page.locator("tbody tr:not(.chosen)").first
    name = other.get_attribute("id")
    other.locator("a.toggle").click()
    page.locator(f"#compare ~ .table-frame thead >> text={name}").wait_for()
    assert name in page.url
    page.locator("[data-drawn=yes]").nth(2).wait_for()
    axe(page)
    shot(page, f"compared-{language}")

    colleague = sign_in(open_page(language), person(hangzhou, "adviser", language=language))
    colleague.goto(page.url)
    colleague.locator(f"#compare ~ .table-frame thead >> text={name}").wait_for()
    assert colleague.locator(".filters [name=looks]").input_value() == "3"
    colleague.locator("[data-drawn=yes]").nth(2).wait_for()


def test_a_point_of_the_front_is_hovered_and_picked(open_page, sign_in, investigator, searched):
    page = sign_in(open_page("en"), investigator)
    page.goto(searched.get_absolute_url())
    page.locator("[data-drawn=yes]").nth(2).wait_for()
    before = page.locator(".comparison thead th").count()
    canvas = page.locator("[data-pick] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    found = False
    for step in range(4, 60):
        for height in range(2, 40):
            page.mouse.move(box["x"] + box["width"] * step / 60, box["y"] + box["height"] * height / 60)
            if page.locator(".chart-tip").count():
                found = True
                break
        if found:
            break
    assert found
    picked = re.search(r"(fx|gs)-\d{6}", page.locator(".chart-tip").inner_text())[0]
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(re.compile("compare="))
    page.wait_for_function(f"document.querySelectorAll('.comparison thead th').length !== {before}")
    assert (picked in page.url) == (before == 2 or picked in page.url)


def test_a_drawn_chart_keeps_its_name_and_a_change_is_told_without_losing_the_focus(
    open_page, sign_in, investigator, searched
):
    page = sign_in(open_page("en"), investigator)
    warnings = []
    page.on("console", lambda message: message.type == "warning" and warnings.append(message.text))
    page.goto(searched.get_absolute_url())
    page.locator("[data-drawn=yes]").nth(2).wait_for()
    names = page.locator(".drawing").evaluate_all("drawn => drawn.map(chart => chart.getAttribute('aria-label'))")
    assert names == page.locator("figure img").evaluate_all("pictures => pictures.map(picture => picture.alt)")
    added = page.locator("tr:not(.chosen) a.toggle").first
    name = added.get_attribute("id").removeprefix("toggle-")
    added.click()
    page.locator("#spoken").filter(has_text=name).wait_for(state="attached")
    assert page.evaluate("document.activeElement.id") == f"toggle-{name}"
    page.locator(f"#remove-{name}").click()
    page.locator(f"#remove-{name}").wait_for(state="detached")
    page.wait_for_function("document.activeElement.id === 'compare'")
    page.locator("#copy").click()
    page.locator("#spoken").filter(has_text="copied").wait_for(state="attached")
    page.locator("[data-drawn=yes]").nth(2).wait_for()
    assert warnings == []


@pytest.mark.parametrize("width", [390, 768])
def test_on_a_small_screen_nothing_is_cut_off(open_page, sign_in, investigator, searched, language, width, shot, axe):
    investigator.language = language
    investigator.save()
    page = sign_in(open_page(language, width=width), investigator)
    pk = searched.question_id
    for address in ("/", "/questions/", f"/questions/{pk}/", f"/questions/{pk}/edit/scenarios/",
                    f"/questions/{pk}/edit/consider/", searched.get_absolute_url()):  # fmt: skip
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        axe(page)
        shot(page, f"small-{width}-{language}{address.replace('/', '-')}")


def test_in_the_dark_too(open_page, sign_in, investigator, searched, axe, shot):
    page = sign_in(open_page("en", color_scheme="dark"), investigator)
    for address in ("/", f"/questions/{searched.question_id}/", searched.get_absolute_url()):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        axe(page)
        shot(page, f"dark{address.replace('/', '-')}")


def test_without_javascript_the_path_is_the_same(open_page, sign_in, investigator, searched, run_tasks):
    page = sign_in(open_page("en", javascript=False), investigator)
    page.goto(searched.question.get_absolute_url())
    page.locator(f"form[action='/questions/{searched.question_id}/search/'] button").click()
    assert page.locator("#progress progress").count()
    run_tasks()
    page.locator("figure img").first.wait_for()  # the page looks again by itself
    assert page.locator("figure img").count() == 3
    for picture in page.locator("figure img").all():
        assert page.request.get(picture.get_attribute("src")).headers["content-type"] == "image/svg+xml"
    page.locator("a.toggle").last.click()
    assert "compare=" in page.url
    page.locator(".filters [name=most_patients]").fill("700")
    page.locator(".filters button").click()
    assert "most_patients=700" in page.url


@pytest.fixture
def searched(investigator, hangzhou):
    """A search that is done."""
    from pathlib import Path

    from equipoise.search import read_question, run_search
    from equipoise.web.designs import actions
    from equipoise.web.questions.actions import start_question

    asked = read_question(Path(__file__).parents[2] / "examples" / "pci-stable-angina.toml")
    payload = asked.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    question = start_question(owner=investigator, institution=hangzhou, payload=payload)
    search = actions.start_search(question=question, owner=investigator)
    actions.take_up(search.pk)
    actions.finish(search.pk, run_search(asked))
    search.refresh_from_db()
    return search
