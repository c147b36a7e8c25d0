"""Searches in the workbench: asked for, followed, cancelled, lost, answered, taken away."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.http import QueryDict
from django.utils import timezone

from equipoise.search import read_question, run_search
from equipoise.web.designs import actions, tasks
from equipoise.web.designs.explorer import MOST_COMPARED, View
from equipoise.web.designs.models import SILENCE, Search
from equipoise.web.designs.queries import visible_searches
from equipoise.web.questions.actions import change_question, start_question

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLE = Path(__file__).parents[3] / "examples" / "pci-stable-angina.toml"


@pytest.fixture(scope="module")
def answer():
    return run_search(read_question(EXAMPLE))


@pytest.fixture
def owner(hangzhou, person):
    return person(hangzhou, "investigator")


@pytest.fixture
def question(owner, hangzhou):
    payload = read_question(EXAMPLE).model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    return start_question(owner=owner, institution=hangzhou, payload=payload)


@pytest.fixture
def client(owner, client_of):
    return client_of(owner)


@pytest.fixture
def done(question, owner, answer):
    search = actions.start_search(question=question, owner=owner)
    actions.take_up(search.pk)
    actions.finish(search.pk, answer)
    search.refresh_from_db()
    return search


def test_asking_searches_in_the_background_and_answers(client, question, run_tasks):
    started = client.post(f"/questions/{question.pk}/search/", follow=True)
    page = started.content.decode()
    assert "Waiting for the worker" in page
    assert "every 700ms" in page
    assert '<meta http-equiv="refresh"' in page  # without JavaScript
    assert run_tasks() == 1
    search = Search.objects.get()
    renewed = client.get(f"/searches/{search.pk}/progress/")
    assert renewed["HX-Refresh"] == "true"
    assert search.status == "done"
    assert search.evaluated == search.read().evaluated > 1000
    page = client.get(search.get_absolute_url()).content.decode()
    assert search.recommended in page
    assert "Why this one" in page


def test_the_answer_is_that_of_the_library(done, answer):
    assert done.read() == answer


def test_a_search_that_waits_is_cancelled_at_once(client, question, owner, run_tasks):
    search = actions.start_search(question=question, owner=owner)
    client.post(f"/searches/{search.pk}/cancel/")
    run_tasks()
    search.refresh_from_db()
    assert (search.status, search.result) == ("cancelled", "")


def test_a_search_that_runs_is_cancelled_when_its_worker_hears_of_it(question, owner, monkeypatch):
    search = actions.start_search(question=question, owner=owner)
    monkeypatch.setattr(tasks, "PULSE", 0.0)
    told = []

    def tell(pk, stage, done, total):
        told.append(stage)
        if len(told) == 5:
            actions.cancel_search(Search.objects.get(pk=pk))
        return real(pk, stage, done, total)

    real = actions.tell_progress
    monkeypatch.setattr(actions, "tell_progress", tell)
    tasks.run.func(search.pk)
    search.refresh_from_db()
    assert (search.status, search.result) == ("cancelled", "")
    assert len(told) < 10


def test_a_search_whose_worker_died_says_so_and_can_be_started_again(client, question, owner):
    search = actions.start_search(question=question, owner=owner)
    actions.take_up(search.pk)
    Search.objects.filter(pk=search.pk).update(heard=timezone.now() - SILENCE - timedelta(seconds=1))
    page = client.get(search.get_absolute_url()).content.decode()
    assert "start it again" in page
    assert "Search again" in page
    search.refresh_from_db()
    assert search.status == "failed"


def without_benefit(payload):
    sign = 1 if payload["endpoint"].get("better") == "higher" else -1
    return [row | {"difference": -abs(row["difference"]) * sign} for row in payload["scenarios"]]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_search_without_an_answer_says_so_and_where_to_mend_the_question(client, question, owner, language):
    owner.language = language
    owner.save()
    change_question(question=question, parts={"scenarios": without_benefit(question.payload)})
    question.refresh_from_db()
    search = actions.start_search(question=question, owner=owner)
    tasks.run.func(search.pk)
    search.refresh_from_db()
    assert search.found_nothing
    page = client.get(search.get_absolute_url()).content.decode()
    assert "endpoint.better" not in page
    assert f'href="/questions/{question.pk}/edit/scenarios/"' in page
    assert {"en": "The search found no design", "zh-hans": "搜索未找到设计"}[language] in page
    cards = client.get("/searches/").content.decode()
    assert {"en": "found no design", "zh-hans": "未找到设计"}[language] in cards
    assert "failed" not in cards


def test_what_the_search_refuses_is_named_by_its_label(client, question, owner):
    search = actions.start_search(question=question, owner=owner)
    actions.take_up(search.pk)
    actions.fail(search.pk, "limits.max_patients: 3 was given; allowed: more")
    page = client.get(search.get_absolute_url()).content.decode()
    assert "limits.max_patients" not in page
    assert f'href="/questions/{question.pk}/edit/conduct/"' in page


def test_limits_that_rule_all_out_are_told_with_those_that_would_do(client, question, owner):
    change_question(question=question, parts={"limits": {"max_patients": 20}})
    question.refresh_from_db()
    search = actions.start_search(question=question, owner=owner)
    tasks.run.func(search.pk)
    search.refresh_from_db()
    [plain] = search.read().candidates
    answered = client.get(search.get_absolute_url())
    page = answered.content.decode()
    assert f"{plain.max_patients:,.0f} patients (the limit is 20)" in page
    assert f'href="/questions/{question.pk}/edit/conduct/"' in page
    assert "No design is on the front" in page
    assert "no other beats" not in page


def test_what_should_not_happen_is_told_without_its_details(client, question, owner, monkeypatch):
    search = actions.start_search(question=question, owner=owner)
    monkeypatch.setattr(tasks, "run_search", lambda *_, **__: 1 / 0)
    tasks.run.func(search.pk)
    page = client.get(search.get_absolute_url()).content.decode()
    assert "went wrong on our side" in page
    assert "ZeroDivision" not in page


def test_a_draft_cannot_be_searched(client, question):
    question.payload.pop("scenarios")
    question.save()
    page = client.post(f"/questions/{question.pk}/search/", follow=True).content.decode()
    assert "not complete yet" in page
    assert not Search.objects.exists()


def test_an_answer_to_an_earlier_version_says_so(client, done, question):
    assert "The question has changed since" not in client.get(done.get_absolute_url()).content.decode()
    title = question.title
    change_question(question=question, parts={"title": "Another title"})
    page = client.get(done.get_absolute_url()).content.decode()
    assert "The question has changed since" in page
    assert f"<h1>{title}</h1>" in page
    assert "Another title" not in page


def test_who_comes_by_the_address_of_an_action_is_led_to_its_page(client, done, question):
    assert client.get(f"/questions/{question.pk}/search/").url == question.get_absolute_url()
    assert client.get(f"/searches/{done.pk}/cancel/").url == done.get_absolute_url()
    assert Search.objects.count() == 1


class TestExplorer:
    def test_an_address_brings_another_reader_to_the_same_view(self, done, answer, client, client_of, hangzhou, person):
        shown = [candidate.id for candidate in answer.candidates[:3]]
        address = f"{done.get_absolute_url()}?x=max_patients&order=expected_months&looks=3&compare={','.join(shown)}"
        mine, theirs = (
            asked.get(address).context["view"] for asked in (client, client_of(person(hangzhou, "adviser")))
        )
        assert mine == theirs
        assert (mine.x, mine.order, mine.looks, list(mine.compare)) == ("max_patients", "expected_months", 3, shown)

    def test_a_view_survives_its_address(self, answer):
        view = View(x="expected_cost", order="assurance", family="fixed", looks=2, futility="no", most_patients=300,
                    most_months=40, everything=True, compare=(answer.recommended,))  # fmt: skip
        assert View.read(QueryDict(view.address()[1:]), answer) == view

    @pytest.mark.parametrize("query", ["x=nonsense", "looks=two", "compare=gs-999999,<script>", "most_patients=-1",
                                       "order=rank;drop", "looks=99999999999999999999", "most_months=%C2%B2"])  # fmt: skip
    def test_a_wrong_address_is_as_if_it_said_nothing(self, client, done, query):
        page = client.get(f"{done.get_absolute_url()}?{query}")
        assert page.status_code == 200
        assert b"<script>gs" not in page.content

    def test_filters_choose_the_designs(self, answer):
        view = View(looks=3, futility="no", most_patients=230)
        shown = view.shown(answer)
        assert shown
        assert all(held.on_front and held.design["looks"] == 3 and held.max_patients <= 230 for held in shown)
        assert all(held.design["futility_spending"] == "none" for held in shown)
        assert len(View(everything=True).shown(answer)) == len(answer.candidates)

    def test_up_to_four_designs_are_compared(self, client, done, answer):
        view = View()
        for candidate in answer.candidates[:6]:
            view = view.toggled(candidate.id)
        assert len(view.compare) == MOST_COMPARED
        assert view.compare[-1] == answer.candidates[5].id
        assert view.toggled(view.compare[0]).compare == view.compare[1:]
        picked = answer.candidates[4].id
        there = client.get(f"{done.get_absolute_url()}?x=max_patients&toggle={picked}", follow=True)
        assert picked in there.context["view"].compare
        assert there.context["view"].x == "max_patients"

    def test_a_fifth_design_says_which_one_makes_room(self, client, done, answer):
        four = [candidate.id for candidate in answer.candidates[:4]]
        fifth = answer.candidates[4].id
        address = f"{done.get_absolute_url()}?compare={','.join(four)}"
        assert f"Compare {fifth} in place of {four[3]}" in client.get(address).content.decode()
        page = client.get(f"{address}&toggle={fifth}", follow=True)
        assert page.context["gone"] == four[3]
        assert f"{four[3]} made room" in page.content.decode()
        assert not client.get(f"{address}&gone=<script>").context["gone"]

    def test_filters_that_let_nothing_through_can_be_cleared(self, client, done):
        page = client.get(f"{done.get_absolute_url()}?most_patients=1&compare=")
        assert "No design passes the filters" in page.content.decode()
        assert b"data-pick" not in page.content
        assert page.context["unfiltered"] == "?compare="

    def test_months_may_have_a_fraction(self, answer):
        view = View.read(QueryDict("most_months=30.5"), answer)
        assert view.most_months == 30.5
        assert "most_months=30.5" in view.address()

    def test_it_says_how_many_of_the_front_were_kept(self, client, done, answer):
        kept = sum(candidate.on_front for candidate in answer.candidates)
        page = client.get(done.get_absolute_url()).content.decode()
        assert f"{answer.front_size} designs are on the front" in page
        assert f"The {kept} best of them were kept" in page

    def test_the_last_look_does_not_stop_for_futility(self, client, done, answer):
        [table, *_] = client.get(done.get_absolute_url()).context["looks"]
        assert table["rows"][-1]["futility_stop"] == "–"

    def test_the_design_that_would_win_stands_beside_the_best_in_one_step(self, client, done, answer):
        rows = client.get(done.get_absolute_url()).context["robustness"]
        for row in rows:
            known = bool(row["then"] and answer.candidate(row["then"]))
            assert bool(row["url"]) == known
            assert not known or f"compare={answer.recommended},{row['then']}" in row["url"]

    def test_the_address_of_the_view_can_be_copied(self, client, done):
        page = client.get(f"{done.get_absolute_url()}?x=max_patients")
        assert page.context["link"].startswith("http://testserver/searches/")
        assert "x=max_patients" in page.context["link"]

    def test_the_figures_on_the_page_are_those_of_the_answer(self, client, done, answer):
        best = answer.candidate(answer.recommended)
        context = client.get(done.get_absolute_url()).context
        assert context["best"]["assurance"] == f"{best.assurance:.1%}"
        table = {
            (row["label"], place): row["cells"][0] for place, row in enumerate(context["comparison"]) if "cells" in row
        }
        assert f"{best.scenarios[0].power:.1%}" in table.values()
        assert [row["critical"] for row in context["looks"][0]["rows"]] == [f"{z:.4f}" for z in best.design["critical"]]

    def test_every_reason_is_told_in_chinese_too(self, client, done, answer, owner):
        owner.language = "zh-hans"
        owner.save()
        page = client.get(done.get_absolute_url())
        told = [reason["text"] for reason in page.context["reasons"]]
        assert len(told) == len(answer.reasons)
        assert not set(told) & set(answer.why)
        assert "为什么推荐它" in page.content.decode()


class TestTakeAway:
    def test_json_is_the_answer_itself(self, client, done, answer):
        sent = client.get(f"/searches/{done.pk}/result.json")
        assert json.loads(sent.content) == json.loads(answer.model_dump_json(by_alias=True))
        assert "attachment" in sent["Content-Disposition"]

    def test_csv_has_a_row_a_design(self, client, done, answer):
        rows = list(
            csv.DictReader(io.StringIO(client.get(f"/searches/{done.pk}/candidates.csv").content.decode("utf-8-sig")))
        )
        assert [row["id"] for row in rows] == [candidate.id for candidate in answer.candidates]

    @pytest.mark.parametrize("name", ["front", "power", "boundaries"])
    def test_charts_are_specifications_and_pictures(self, client, done, name):
        spec = client.get(f"/searches/{done.pk}/charts/{name}.json")
        assert "vega-lite" in json.loads(spec.content)["$schema"]
        picture = client.get(f"/searches/{done.pk}/charts/{name}.svg")
        assert picture["Content-Type"] == "image/svg+xml"
        assert picture.content.startswith(b"<svg")

    def test_a_chart_is_as_wide_and_as_dark_as_asked(self, client, done):
        spec = client.get(f"/searches/{done.pk}/charts/power.json?width=320&theme=dark").json()
        assert spec["width"] == 320
        assert spec["config"]["axis"]["labelColor"] != client.get(f"/searches/{done.pk}/charts/power.json").json()[
            "config"]["axis"]["labelColor"]  # fmt: skip
        for wrong in ("width=9999999", "width=-1", "width=%C2%B2", "theme=<script>"):
            assert client.get(f"/searches/{done.pk}/charts/power.json?{wrong}").json()["width"] == 700

    def test_a_picture_names_the_designs(self, client, done, answer):
        for name in ("power", "boundaries"):
            picture = client.get(f"/searches/{done.pk}/charts/{name}.svg").content.decode()
            assert f">{answer.recommended}<" in picture

    def test_there_is_nothing_to_take_before_the_end(self, client, question, owner):
        search = actions.start_search(question=question, owner=owner)
        for name in ("result.json", "candidates.csv", "charts/front.json", "charts/front.svg"):
            assert client.get(f"/searches/{search.pk}/{name}").status_code == 404
        assert client.get(f"/searches/{search.pk}/charts/other.json").status_code == 404


def test_the_list_and_the_home_page_show_it(client, done):
    for address in ("/searches/", "/"):
        assert done.get_absolute_url() in client.get(address).content.decode()


def test_the_query_and_the_permission_agree(done, hangzhou, boston, person, owner):
    people = [owner, person(hangzhou, "auditor"), person(boston, "investigator"), person()]
    for reader in people:
        assert visible_searches(reader).exists() == reader.has_perm("designs.view_search", done)


def test_a_search_ends_only_once(done, answer):
    actions.fail(done.pk, "late")
    actions.stop(done.pk)
    done.refresh_from_db()
    assert done.status == "done"
    assert actions.take_up(done.pk) is None
