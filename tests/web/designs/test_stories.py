"""One virtual trial on a page: it is the trial of the search, pictures and all; what is not there is not found."""

import json
from pathlib import Path

import pytest

from equipoise.search import can_be_told, read_question, run_search, story_of
from equipoise.web.designs import actions
from equipoise.web.questions.actions import start_question

pytestmark = pytest.mark.django_db
EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module", params=["hip-arthroscopy", "cisatracurium-ards", "nivolumab-squamous-lung-cancer"])
def answer(request):
    asked = read_question(EXAMPLES / f"{request.param}.toml")
    few = asked.consider.model_copy(update={"looks": (3,), "sizes": 1, "spending": ("obrien-fleming-type",)})
    return run_search(asked.model_copy(update={"consider": few}))


@pytest.fixture
def search(hangzhou, person, answer):
    owner = person(hangzhou, "investigator")
    payload = answer.question.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    question = start_question(owner=owner, institution=hangzhou, payload=payload)
    search = actions.start_search(question=question, owner=owner)
    actions.take_up(search.pk)
    actions.finish(search.pk, answer)
    return search


def sequential(answer):
    return next(candidate for candidate in answer.candidates if candidate.family == "group-sequential")


def test_the_page_tells_the_trial(client_of, search, answer):
    client, design = client_of(search.owner), sequential(answer)
    told = story_of(answer.question, design.family, design.design, scenario=0, number=4)
    page = client.get(f"/searches/{search.pk}/designs/{design.id}/trial/", {"scenario": 0, "number": 5})
    assert page.status_code == 200
    rows = page.context["looks"]
    assert len(rows) == len(told.looks)
    assert [row["patients"] for row in rows] == [f"{look.patients:,}" for look in told.looks]
    assert [row["z"] for row in rows] == ["–" if look.z is None else f"{look.z:.3f}" for look in told.looks]
    text = page.content.decode()
    assert f"{told.looks[-1].patients:,} patients" in text
    assert "number=4" in text
    assert "number=6" in text


def test_its_pictures_have_the_same_figures(client_of, search, answer):
    client, design = client_of(search.owner), sequential(answer)
    told = story_of(answer.question, design.family, design.design, scenario=0, number=0)
    place = f"/searches/{search.pk}/designs/{design.id}/trial"
    spec = json.loads(client.get(f"{place}/path.json", {"scenario": 0, "number": 1}).content)
    rows = spec["data"]["values"]
    path = [row["y"] for row in rows if row["line"] == "This trial"]
    assert path == [look.z for look in told.looks if look.z is not None]
    bounds = [row["y"] for row in rows if row["line"] == "Stop for efficacy above"]
    assert bounds == [bound for bound in design.design["critical"] if bound is not None]
    for name in ("path", "arms", "recruitment"):
        picture = client.get(f"{place}/{name}.svg", {"theme": "dark"})
        assert picture["Content-Type"] == "image/svg+xml"
        assert b"<svg" in picture.content


def test_trials_go_on_with_the_power_of_the_design(answer):
    design = sequential(answer)
    ends = [
        story_of(answer.question, design.family, design.design, scenario=answer.question.primary, number=n).outcome
        for n in range(60)
    ]
    assert 60 * 0.6 < sum(end == 1 for end in ends) <= 60


@pytest.mark.parametrize(
    "query", ["scenario=99", "scenario=x", "number=0", "number=10001", "number=-1", "number=1e3", "number=1.5"]
)
def test_what_is_not_there_is_not_found(client_of, search, answer, query):
    client, design = client_of(search.owner), sequential(answer)
    assert client.get(f"/searches/{search.pk}/designs/{design.id}/trial/?{query}").status_code == 404
    assert client.get(f"/searches/{search.pk}/designs/gs-999999/trial/").status_code == 404
    assert client.get(f"/searches/{search.pk}/designs/{design.id}/trial/other.svg").status_code == 404
    assert client.get(f"/searches/{search.pk}/designs/{design.id}/trial/path.exe").status_code == 404


def test_families_without_stories_say_so():
    asked = read_question(EXAMPLES / "vilanterol-copd.toml")
    assert not can_be_told(asked, "cluster")
