"""The demo series is whole, and loading it again adds nothing."""

import struct
import zlib
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from equipoise.web.lectures.certificates import holds
from equipoise.web.lectures.demo import load_demo
from equipoise.web.lectures.demo_recording import _pixels, film
from equipoise.web.lectures.models import (
    Attendance,
    AudienceQuestion,
    Caption,
    Certificate,
    Feedback,
    Lecture,
    Material,
    QuizAttempt,
    QuizItem,
    Registration,
    Vote,
)
from equipoise.web.lectures.presenters_learning import present_feedback
from equipoise.web.lectures.webvtt import read_captions
from equipoise.web.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(tmp_path, settings, monkeypatch):
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    settings.MEDIA_ROOT = tmp_path / "media"
    from equipoise.web.people import demo as people_demo
    from equipoise.web.programme.demo import _programme

    people_demo.load_demo()
    people = people_demo.demo_people()
    programme = _programme(people)
    for user in people.values():
        for known in ("programme_ids", "coordinated_programme_ids", "roles"):
            user.__dict__.pop(known, None)
    return programme, people


def test_a_whole_year_of_lectures_in_every_state(loaded):
    programme, people = loaded
    lectures = load_demo(programme, people)
    assert len(lectures) >= 12
    assert {lecture.status for lecture in lectures} == set(Lecture.Status.values)
    assert {lecture.starts.astimezone(ZoneInfo("America/New_York")).hour for lecture in lectures} == {20}
    assert {lecture.starts.astimezone(ZoneInfo("Asia/Shanghai")).hour for lecture in lectures} == {8, 9}
    assert all(lecture.topic_zh and lecture.summary_zh and lecture.summary_en for lecture in lectures)
    held = [lecture for lecture in lectures if lecture.status == "held"]
    assert all(lecture.attendances.exists() and lecture.registrations.exists() for lecture in held)
    kept = (Lecture, Registration, Attendance, AudienceQuestion, Vote, Material, Caption, QuizItem, QuizAttempt, Feedback,
            Certificate, Notice)  # fmt: skip
    before = [model.objects.count() for model in kept]
    assert all(before)
    load_demo(programme, people)
    assert [model.objects.count() for model in kept] == before


def test_lectures_leave_behind_what_was_shown_asked_and_learnt(loaded):
    programme, people = loaded
    held = [lecture for lecture in load_demo(programme, people) if lecture.status == "held"]
    there = set(Attendance.objects.values_list("lecture", "user"))
    for model in (QuizAttempt, Feedback, Certificate):
        assert set(model.objects.values_list("lecture", "user")) <= there
    for lecture in held:
        slides = lecture.materials.get(kind="slides").file
        with slides.open("rb") as file:
            assert file.read(5) == b"%PDF-"
        assert lecture.certificates.exists()
        assert present_feedback(lecture)["enough"]
        questions = lecture.audience_questions
        assert questions.filter(votes__isnull=False).exists()
        assert all(question.phase == "during" for question in questions.all())
    assert sum(lecture.quiz_attempts.exists() for lecture in held) >= 3
    assert all(holds(certificate) for certificate in Certificate.objects.all())
    recording = Material.objects.get(kind="recording")
    assert {caption.language for caption in recording.captions.all()} == {"en", "zh-hans"}
    assert all(len(read_captions(caption.text)) >= 8 for caption in recording.captions.all())
    for field, model in (("comment", Feedback), ("text", AudienceQuestion)):
        words = set(model.objects.exclude(**{field: ""}).values_list(field, flat=True))
        chinese = {text for text in words if any("\u4e00" <= letter <= "\u9fff" for letter in text)}
        assert chinese
        assert words - chinese
    assert Feedback.objects.filter(created__gt=timezone.now()).count() == 0


@pytest.mark.parametrize("kind", range(5))
def test_the_pictures_of_a_film_are_read_whatever_their_filter(kind):
    choose = Random(kind)
    wide, high = 32, 16
    rows = [[choose.randrange(256) for _ in range(4 * wide)] for _ in range(high)]

    def guess(x, y):
        a = rows[y][x - 4] if x >= 4 else 0
        b = rows[y - 1][x] if y else 0
        c = rows[y - 1][x - 4] if y and x >= 4 else 0
        nearest = min((a, b, c), key=lambda value: abs(a + b - c - value))
        return (0, a, b, (a + b) // 2, nearest)[kind]

    data = b"".join(bytes([kind, *((rows[y][x] - guess(x, y)) % 256 for x in range(4 * wide))]) for y in range(high))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 6, 0, 0, 0)), (b"IDAT", zlib.compress(data))]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(body)) + name + body + bytes(4) for name, body in parts)
    assert _pixels(png).reshape(high, -1).tolist() == rows
    made = film([png, png], 5)
    assert made[4:8] == b"ftyp"
    assert made.count(b"\0\0\x01") == made[made.index(b"moov") :].count(b"\0\0\x01")


def test_the_pages_of_the_demo_are_shown_to_everyone_in_it(loaded, client_of):
    programme, people = loaded
    lectures = load_demo(programme, people)
    for name in ("zhou.ning", "lin.xiao", "m.ellery", "r.haldane"):
        client = client_of(people[name])
        assert client.get("/lectures/").status_code == 200
        seen = [client.get(lecture.get_absolute_url()).status_code for lecture in lectures]
        assert seen.count(200) >= 8
        assert client.get(lectures[0].series.get_absolute_url()).status_code == 200
