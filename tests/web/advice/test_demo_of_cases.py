"""The demo year of the board: every state, both languages, nothing in the future, and once."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from equipoise.web.advice.demo import load_demo
from equipoise.web.advice.models import Advice, Consultation, Event, Recommendation
from equipoise.web.advice.queries import adoption, turnaround
from equipoise.web.people.demo import demo_people
from equipoise.web.people.demo import load_demo as load_people
from equipoise.web.programme.models import Programme
from equipoise.web.questions.demo import load_demo_questions

pytestmark = pytest.mark.django_db
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))


@pytest.fixture
def loaded(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    load_people()
    load_demo_questions(EXAMPLES)
    from equipoise.web.people.models import Institution

    today = timezone.localdate()
    programme = Programme.objects.create(
        name_en="Demo", starts_on=today - timedelta(days=365), ends_on=today + timedelta(days=900)
    )
    programme.institutions.set(Institution.objects.all())
    from equipoise.web.questions.models import Question

    Question.objects.update(shared_with=programme)
    load_demo(programme, demo_people())
    return programme


def test_a_year_in_every_state(loaded, client_of):
    cases = Consultation.objects.all()
    assert cases.count() >= 28
    assert set(cases.values_list("status", flat=True)) == set(Consultation.Status.values)
    assert set(cases.values_list("language", flat=True)) == {"en", "zh-hans"}
    assert cases.exclude(question=None).count() >= 12
    assert {"open", "adopted", "declined"} <= set(Recommendation.objects.values_list("state", flat=True))
    assert Recommendation.objects.filter(taken_in_version=2).exists()
    assert Advice.objects.filter(kind="second").exists()
    now = timezone.now()
    assert not Event.objects.filter(at__gt=now).exists()
    assert not cases.filter(submitted__gt=now).exists()
    assert not Advice.objects.filter(created__gt=now).exists()
    assert not Recommendation.objects.filter(answered__gt=now).exists()
    assert any(case.is_overdue for case in cases)
    found = turnaround(loaded, now - timedelta(days=400), now)
    assert 1 < found["median_days"] < 12
    assert adoption(loaded, now - timedelta(days=400), now)["adopted"] > 20
    before = cases.count()
    load_demo(loaded, demo_people())
    assert cases.count() == before
    people = demo_people()
    for name in ("lin.xiao", "zhou.ning", "m.ellery", "r.haldane"):
        client = client_of(people[name])
        assert client.get("/board/").status_code == 200
        for case in cases:
            assert client.get(case.get_absolute_url()).status_code in (200, 404)
