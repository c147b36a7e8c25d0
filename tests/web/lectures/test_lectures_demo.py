"""The demo series is whole, and loading it again adds nothing."""

from zoneinfo import ZoneInfo

import pytest

from equipoise.web.lectures.demo import load_demo
from equipoise.web.lectures.models import Attendance, Lecture, Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(tmp_path, settings, monkeypatch):
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
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
    before = (Lecture.objects.count(), Registration.objects.count(), Attendance.objects.count())
    load_demo(programme, people)
    assert (Lecture.objects.count(), Registration.objects.count(), Attendance.objects.count()) == before


def test_the_pages_of_the_demo_are_shown_to_everyone_in_it(loaded, client_of):
    programme, people = loaded
    lectures = load_demo(programme, people)
    for name in ("zhou.ning", "lin.xiao", "m.ellery", "r.haldane"):
        client = client_of(people[name])
        assert client.get("/lectures/").status_code == 200
        seen = [client.get(lecture.get_absolute_url()).status_code for lecture in lectures]
        assert seen.count(200) >= 8
        assert client.get(lectures[0].series.get_absolute_url()).status_code == 200
