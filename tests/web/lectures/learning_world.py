"""A programme with a lecture that was held, its people, and a file of each kind, for the tests of what it taught."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

PDF = b"%PDF-1.7\n" + b"slides of a lecture\n" * 20
WEBM = b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 40
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nGood evening.\n\n00:02.000 --> 00:04.000\nGood morning, Hangzhou.\n"
PAYLOAD = {"title": "Does early mobilisation shorten the stay?", "picot": {"population": "adults after hip fracture"}}


@pytest.fixture
def world(hangzhou, boston, person, settings, tmp_path):
    """Everything and everyone of two hospitals with a programme, and a third that has nothing to do with it."""
    from equipoise.web.lectures.models import Lecture, Series
    from equipoise.web.people.models import Institution
    from equipoise.web.programme.models import Programme

    settings.MEDIA_ROOT = tmp_path / "media"
    today = timezone.localdate()
    programme = Programme.objects.create(
        name_en="Lakeside and Harbor", name_zh="湖畔与海港", starts_on=today, ends_on=today + timedelta(days=900)
    )
    programme.institutions.set([hangzhou, boston])
    elsewhere = Institution.objects.create(name_en="Hillside Clinic", time_zone="Europe/Oslo")
    speaker = person(boston, "speaker", family_name="Ellis", given_name="Margaret", time_zone="America/New_York")
    people = {
        "speaker": speaker,
        "coordinator": person(hangzhou, "coordinator", family_name="周", given_name="敏", language="zh-hans"),
        "member": person(hangzhou, "investigator", family_name="林", given_name="晓", time_zone="Asia/Shanghai"),
        "colleague": person(boston, "adviser", family_name="Reed", given_name="Tom"),
        "auditor": person(hangzhou, "auditor"),
        "outsider": person(elsewhere, "investigator"),
        "visitor": None,
    }
    series = Series.objects.create(programme=programme, year=today.year, title_en="Methods")
    lecture = Lecture.objects.create(
        series=series, programme=programme, topic_en="Estimands in practice", topic_zh="估计目标实务",
        speaker=speaker, status="held", starts=timezone.now() - timedelta(days=2), time_zone="America/New_York",
        competencies=["science", "data"],
    )  # fmt: skip
    return SimpleNamespace(
        programme=programme, series=series, lecture=lecture, hangzhou=hangzhou, boston=boston, elsewhere=elsewhere,
        people=people, **{name: user for name, user in people.items() if user},
    )  # fmt: skip


def add_material(world, kind="recording", content=None, name=None):
    from equipoise.web.lectures.actions_learning import add_material as act

    endings = {"recording": ("webm", "video/webm", WEBM), "slides": ("pdf", "application/pdf", PDF)}
    ending, media_type, usual = endings[kind]
    file = SimpleUploadedFile(name or f"估计目标.{ending}", usual if content is None else content)
    return act(
        lecture=world.lecture, by=world.speaker, kind=kind, title=f"The {kind}", language="en", file=file,
        media_type=media_type,
    )  # fmt: skip


def add_quiz(world, number=5):
    from equipoise.web.lectures.actions_learning import save_quiz_item

    options = [{"en": "the wrong one", "zh": "错的"}, {"en": "the right one", "zh": "对的"}]
    return [
        save_quiz_item(
            lecture=world.lecture, item=None,
            facts={"text_en": f"Question {place}?", "text_zh": f"第{place}题？", "options": options, "correct": 1,
                   "why_en": f"Because of {place}.", "why_zh": ""},
        )
        for place in range(1, number + 1)
    ]  # fmt: skip


def attend(world, user):
    from equipoise.web.lectures.models import Attendance

    return Attendance.objects.create(lecture=world.lecture, user=user, how="code", entered_by=user)


def share_example(world):
    from equipoise.web.lectures.actions_learning import choose_example
    from equipoise.web.questions.actions import start_question

    question = start_question(owner=world.speaker, institution=world.boston, payload=dict(PAYLOAD))
    choose_example(lecture=world.lecture, question=question)
    world.lecture.refresh_from_db()
    return question
