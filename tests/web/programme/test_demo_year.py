"""The demo year: whole, loaded once, and in every figure of the programme."""

from pathlib import Path

import pytest
from django.utils import timezone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))[:6]


def test_the_year_is_loaded_once_and_tells_of_everything(tmp_path, monkeypatch):
    from equipoise.web.advice.models import Consultation
    from equipoise.web.lectures.models import Lecture
    from equipoise.web.notices.models import Mail
    from equipoise.web.people.demo import demo_people, load_demo
    from equipoise.web.programme.demo import NAME_ZH, load_year
    from equipoise.web.programme.models import Document
    from equipoise.web.programme.presenters import present_year
    from equipoise.web.questions.demo import load_demo_questions

    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    counts = []
    for _ in range(2):
        load_demo()
        load_demo_questions(EXAMPLES)
        programme = load_year(demo_people())
        counts.append([model.objects.count() for model in (Lecture, Consultation, Document)])
    assert counts[0] == counts[1]
    assert min(counts[0]) > 0
    assert programme.name_zh == NAME_ZH
    assert programme.institutions.count() == 2
    assert programme.shared_questions.exists()
    assert not Mail.objects.filter(status=Mail.Status.WAITING).exists()
    year = present_year(programme, timezone.localdate().year)
    assert year["lecture"]
    assert year["session"]
    assert sum(bar.number for bar in year["ages"]) > 0
