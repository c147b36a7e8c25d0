"""Slides and recordings: what may come in, what goes out to whom, captions, and the place in a recording."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from learning_world import *  # noqa: F403
from learning_world import PDF, VTT, WEBM, add_material

from equipoise.web.lectures.actions_learning import set_captions
from equipoise.web.lectures.models import Caption, Material, Place, Registration
from equipoise.web.lectures.webvtt import CaptionError, clean_captions, read_captions

pytestmark = pytest.mark.django_db


def upload(world, client, **facts):
    usual = {"kind": "slides", "title": "Slides", "language": "en", "file": SimpleUploadedFile("talk.pdf", PDF)}
    return client.post(reverse("lectures:material_new", args=[world.lecture.pk]), usual | facts)


def address(world, name, material, *more):
    return reverse(f"lectures:{name}", args=[world.lecture.pk, material.pk, *more])


def test_the_speaker_brings_slides_and_those_registered_are_told_once(world, client_of):
    from equipoise.web.notices.models import Notice

    Registration.objects.create(lecture=world.lecture, user=world.member)
    assert upload(world, client_of(world.speaker)).status_code == 302
    material = Material.objects.get()
    assert (material.media_type, material.filename, material.added_by) == ("application/pdf", "talk.pdf", world.speaker)
    notice = Notice.objects.get()
    assert notice.user == world.member
    assert "Estimands in practice" in notice.text_en
    assert "估计目标实务" in notice.text_zh


@pytest.mark.parametrize(
    ("kind", "name", "content", "said"),
    [
        ("slides", "talk.exe", b"MZ", "This kind of file is not taken"),
        ("slides", "talk.mp4", b"0000ftyp", "Allowed: pdf, pptx"),
        ("slides", "talk.pdf", b"<script>alert(1)</script>", "not what its name says"),
        ("recording", "talk.webm", b"", "empty"),
        ("recording", "talk.html", b"<html>", "Allowed: mp4, webm"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_stays_out(world, client_of, kind, name, content, said):
    response = upload(world, client_of(world.speaker), kind=kind, file=SimpleUploadedFile(name, content))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Material.objects.exists()


def test_slides_go_out_as_a_download_that_no_browser_runs(world, client_of):
    material = add_material(world, "slides", name="../../估计 目标.pdf")
    response = client_of(world.member).get(address(world, "material_file", material))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E4%BC%B0%E8%AE%A1%20")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-", 206, 0, None),
        ("bytes=0-0", 206, 0, 1),
        ("bytes=100-199", 206, 100, 200),
        ("bytes=10000-999999", 206, 10000, None),
        ("bytes=-100", 206, -100, None),
        ("bytes=-999999", 206, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("lines=0-1", 200, 0, None),
        ("bytes=a-b", 200, 0, None),
        ("", 200, 0, None),
    ],
)
def test_a_recording_goes_out_in_the_part_that_is_asked_for(world, client_of, asked, status, start, end):
    material = add_material(world)
    response = client_of(world.member).get(address(world, "material_file", material), headers={"range": asked})
    body = b"".join(response.streaming_content)
    assert response.status_code == status
    assert body == WEBM[start:end]
    assert int(response["Content-Length"]) == len(body)
    assert response["Content-Type"] == "video/webm"
    assert response["Accept-Ranges"] == "bytes"
    if status == 206:
        first = start % len(WEBM)
        assert response["Content-Range"] == f"bytes {first}-{first + len(body) - 1}/{len(WEBM)}"


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0", "bytes=20-10"])
def test_a_part_that_is_not_there_is_refused(world, client_of, asked):
    material = add_material(world)
    response = client_of(world.member).get(address(world, "material_file", material), headers={"range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(WEBM)}"


def test_a_part_of_another_version_is_the_whole(world, client_of):
    material = add_material(world)
    headers = {"range": "bytes=0-9", "if-range": '"another"'}
    response = client_of(world.member).get(address(world, "material_file", material), headers=headers)
    assert (response.status_code, b"".join(response.streaming_content)) == (200, WEBM)


def test_a_file_that_is_lost_is_not_found(world, client_of):
    for kind in ("recording", "slides"):
        material = add_material(world, kind)
        material.file.storage.delete(material.file.name)
        assert client_of(world.member).get(address(world, "material_file", material)).status_code == 404
        assert client_of(world.member).get(world.lecture.get_absolute_url()).status_code == 200


def test_removing_takes_the_bytes_too(world, client_of, django_capture_on_commit_callbacks):
    material = add_material(world, "slides")
    client, there = client_of(world.speaker), address(world, "material_remove", material)
    assert f'href="{there}"' in client.get(world.lecture.get_absolute_url()).text  # which asks first
    assert "will be gone" in client.get(there).text
    assert Material.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(there)
    assert not Material.objects.exists()
    assert not material.file.storage.exists(material.file.name)


def test_captions_in_two_languages_and_the_readers_is_shown_first(world, client_of):
    material = add_material(world)
    files = {
        "file_en": SimpleUploadedFile("en.vtt", VTT.encode()),
        "file_zh-hans": SimpleUploadedFile("zh.vtt", VTT.replace("Good evening.", "晚上好。").encode("utf-8-sig")),
    }
    assert client_of(world.speaker).post(address(world, "captions_edit", material), files).status_code == 302
    response = client_of(world.member).get(address(world, "captions", material, "zh-hans"))
    assert response["Content-Type"] == "text/vtt; charset=utf-8"
    assert response.content.decode().startswith("WEBVTT")
    assert "晚上好。" in response.content.decode()
    chinese = client_of(world.coordinator).get(address(world, "material", material))
    assert chinese.content.decode().count(" default>") == 1
    assert 'zh-hans.vtt" default>' in chinese.content.decode()
    english = client_of(world.member).get(address(world, "material", material))
    assert 'en.vtt" default>' in english.content.decode()


def test_captions_with_a_fault_change_nothing_and_say_the_line(world, client_of):
    material = add_material(world)
    set_captions(material=material, language="en", text=VTT)
    bad = SimpleUploadedFile("en.vtt", VTT.replace("00:02.000 -->", "00:02,000 -->").encode())
    response = client_of(world.speaker).post(address(world, "captions_edit", material), {"file_en": bad})
    assert response.status_code == 422
    assert "Line 6: " in response.content.decode()
    assert Caption.objects.get().text == VTT


def test_captions_are_replaced_and_removed(world, client_of):
    material = add_material(world)
    set_captions(material=material, language="en", text=VTT)
    client = client_of(world.speaker)
    other = VTT.replace("Good", "A good")
    client.post(address(world, "captions_edit", material), {"file_en": SimpleUploadedFile("a.vtt", other.encode())})
    assert Caption.objects.get().text == other
    client.post(address(world, "captions_edit", material), {"remove_en": "on"})
    assert not Caption.objects.exists()


def test_what_conforming_captions_say():
    text = (
        "WEBVTT - a title\r\nLanguage: en\r\n\r\nNOTE a remark\r\nover two lines\r\n\r\n1\r\n00:00.000 --> 00:01.500\r\nOne\r\n"
        "and more\r\n\r\n01:00:00.000\t-->\t01:00:02.000 align:start\r\n<v Ellis>Two\r\n"
    )
    cues = read_captions(clean_captions(text.encode()))
    assert [(cue.start, cue.end, cue.text) for cue in cues] == [
        (0.0, 1.5, "One\nand more"),
        (3600.0, 3602.0, "<v Ellis>Two"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1\n00:00.000 --> 00:01.000\nSubRip, not WebVTT\n", 1),
        ("WEBVTT\n", 2),
        ("WEBVTT\n00:00.000 --> 00:01.000\nOne\n", 2),
        ("WEBVTT\n\n00:00.000 -> 00:01.000\nOne\n", 4),
        ("WEBVTT\n\n00:00.000 --> 00:61.000\nOne\n", 3),
        ("WEBVTT\n\n00:00:00,000 --> 00:00:01,000\nOne\n", 3),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nOne\n", 3),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\nOne\n\n00:01.000 --> 00:02.000\nTwo\n", 6),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\n\n", 3),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\nOne\n00:03.000 --> 00:04.000\nTwo\n", 5),
        ("WEBVTT\n\nan identifier\nwithout a time\n", 4),
    ],
)
def test_the_line_of_a_fault_is_told(text, line):
    with pytest.raises(CaptionError) as caught:
        read_captions(text)
    assert caught.value.line == line


def test_captions_in_another_encoding_say_the_line():
    with pytest.raises(CaptionError) as caught:
        clean_captions(VTT.encode() + "\n00:04.000 --> 00:06.000\n你好\n".encode("gb18030"))
    assert caught.value.line == 10


def test_the_place_in_a_recording_is_ones_own_and_found_again(world, client_of):
    material = add_material(world)
    client = client_of(world.member)
    for seconds in ("12.5", "83.2"):
        assert client.post(address(world, "material_place", material), {"seconds": seconds}).status_code == 204
    assert Place.objects.get().seconds == 83.2
    page = client.get(address(world, "material", material)).content.decode()
    assert "file#t=83" in page
    assert "1:23" in page
    assert (
        f"{address(world, 'material', material)}?from=83"
        in client.get(world.lecture.get_absolute_url()).content.decode()
    )
    assert "#t=" not in client.get(address(world, "material", material) + "?from=0").content.decode()
    assert "#t=" not in client_of(world.colleague).get(address(world, "material", material)).content.decode()


@pytest.mark.parametrize("seconds", ["", "-1", "nan", "inf", "a"])
def test_a_place_that_is_no_number_of_seconds_is_refused(world, client_of, seconds):
    response = client_of(world.member).post(address(world, "material_place", add_material(world)), {"seconds": seconds})
    assert response.status_code == 400
    assert not Place.objects.exists()
