"""Watching virtual trials in a real browser."""

from pathlib import Path

import pytest

from equipoise.search import read_question, run_search
from equipoise.web.designs import actions
from equipoise.web.questions.actions import start_question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_one_trial_after_another(signed_in_page, investigator, hangzhou, language, width, axe, shot):
    asked = read_question(Path(__file__).parents[2] / "examples" / "nivolumab-squamous-lung-cancer.toml")
    few = asked.consider.model_copy(update={"looks": (3,), "sizes": 1})
    asked = asked.model_copy(update={"consider": few})
    payload = asked.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    question = start_question(owner=investigator, institution=hangzhou, payload=payload)
    search = actions.start_search(question=question, owner=investigator)
    actions.take_up(search.pk)
    result = run_search(asked)
    actions.finish(search.pk, result)
    design = next(candidate for candidate in result.candidates if candidate.design["looks"] == 3)

    page = signed_in_page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/searches/{search.pk}/designs/{design.id}/trial/")
    page.wait_for_selector("figure[data-drawn=yes]")
    assert page.locator("figure.chart").count() == 3
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"story-{width}")
    before = page.locator(".lead-sentence").inner_text(), page.locator("table.looks").inner_text()
    page.locator("nav.actions a[role=button]").click()
    page.wait_for_url("**number=2*")
    page.wait_for_selector("figure[data-drawn=yes]")
    assert (page.locator(".lead-sentence").inner_text(), page.locator("table.looks").inner_text()) != before
    page.go_back()
    page.wait_for_url(f"**/designs/{design.id}/trial/")
