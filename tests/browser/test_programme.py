"""The demo programme in a browser: its year, a report made by one click, a path, the cohort."""

import re
from pathlib import Path

import pytest
from web_fixtures import PASSWORD

from equipoise.web.people.models import User
from equipoise.web.programme.models import Programme

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))[:8]


@pytest.fixture
def demo(tmp_path, monkeypatch, settings):
    """reader(name, language): one of the demo people, who reads in that language."""
    from equipoise.web.people.demo import demo_people, load_demo
    from equipoise.web.programme.demo import load_year
    from equipoise.web.questions.demo import load_demo_questions

    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    settings.MEDIA_ROOT = tmp_path / "media"
    load_demo()
    load_demo_questions(EXAMPLES)
    people = demo_people()
    load_year(people)

    def reader(name, language):
        user = User.objects.get(pk=people[name].pk)
        user.language = language
        user.set_password(PASSWORD)
        user.save()
        return user

    return reader


@pytest.mark.parametrize("width", [1280, 390])
def test_a_coordinator_sees_the_year_the_cohort_and_makes_the_report(
    demo, open_page, sign_in, axe, shot, language, width, run_tasks
):
    programme = Programme.objects.get()
    page = sign_in(open_page(language, width), demo("zhou.ning", language))
    page.goto("/programme/")
    assert page.url.endswith(programme.get_absolute_url())
    assert page.locator("#papers").count() == 1
    visit = {"year": None, "edit": "edit/", "cohort": "cohort/?sort=lectures&order=down", "reports": "reports/"}
    for name, address in visit.items():
        if address:
            page.goto(programme.get_absolute_url() + address)
        shot(page, f"{name}-{language}-{width}")
        axe(page)
        fits(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/programme/reports/*/")
    assert page.locator("progress").count() == 1
    shot(page, f"report-waiting-{language}-{width}")
    assert run_tasks() >= 1
    page.locator(".downloads").wait_for()
    axe(page)
    fits(page)
    shot(page, f"report-{language}-{width}")
    with page.expect_download() as got:
        page.locator(".downloads a[href$='en.pdf']").click()
    assert Path(got.value.path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_physician_sees_the_year_and_the_own_path(demo, open_page, sign_in, axe, shot, language, width):
    user = demo("lin.xiao", language)
    page = sign_in(open_page(language, width), user)
    page.goto("/programme/")
    assert page.locator("#papers").count() == 0
    page.locator(f"main a[href$='/growth/{user.pk}/']").click()
    page.wait_for_url(re.compile(r"/growth/\d+/"))
    assert page.locator(".stages [aria-current=step]").count() == 1
    shot(page, f"growth-{language}-{width}")
    axe(page)
    fits(page)
    for address in ("/people/me/", f"/people/{user.pk}/"):
        page.goto(address)
        assert page.locator(f"main a[href$='/growth/{user.pk}/']").count() == 1


def fits(page):
    """Nothing hangs over the right edge of the window."""
    over = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("main *")]
        .filter(each => each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML.slice(0, 80))"""
    )
    assert over == []
