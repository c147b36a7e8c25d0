"""Certificates: earned by attendance, the same bytes each time, verified by anyone, forged by nobody."""

import json

import pytest
from django.core.cache import cache
from django.urls import reverse
from learning_world import *  # noqa: F403
from learning_world import add_quiz, attend

from equipoise.web.lectures import certificates
from equipoise.web.lectures.actions_learning import take_quiz
from equipoise.web.lectures.models import Certificate

pytestmark = pytest.mark.django_db


def get_it(world, client_of, user=None):
    return client_of(user or world.member).post(reverse("lectures:certificate", args=[world.lecture.pk]))


def verify(client, code):
    return client.get(reverse("lectures:verify", args=[code]))


@pytest.fixture
def certificate(world):
    attend(world, world.member)
    return certificates.issue_certificate(lecture=world.lecture, user=world.member)


def test_whoever_attended_gets_one_and_only_one(world, client_of):
    attend(world, world.member)
    for _again in range(2):
        assert get_it(world, client_of).status_code == 302
    made = Certificate.objects.get()
    assert made.said["name"] == "林晓"
    assert made.said["institution"] == ["Lakeside Teaching Hospital", "湖畔教学医院"]
    assert made.said["topic"] == ["Estimands in practice", "估计目标实务"]
    assert made.said["competencies"][0] == ["Scientific concepts and research design", "科学概念与研究设计"]
    assert made.said["quiz"] is None


@pytest.mark.parametrize(
    ("held", "there", "right", "said"),
    [
        (False, True, 5, "The lecture has not been held yet"),
        (True, False, 5, "Your attendance is not recorded"),
        (True, True, 2, "The quiz is not passed yet"),
        (True, True, None, "The quiz is not passed yet"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_issued(world, client_of, held, there, right, said):
    items = add_quiz(world)
    world.lecture.status = "held" if held else "confirmed"
    world.lecture.save()
    if there:
        attend(world, world.member)
    if right is not None:
        answers = {item.pk: int(n < right) for n, item in enumerate(items)}
        take_quiz(lecture=world.lecture, user=world.member, items=items, answers=answers)
    response = get_it(world, client_of)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Certificate.objects.exists()


def test_the_pdf_is_the_same_each_time_and_carries_the_code(world, client_of, certificate):
    address = reverse("lectures:certificate_pdf", args=[certificate.code])
    first = client_of(world.member).get(address)
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == f'attachment; filename="certificate-{certificate.code}.pdf"'
    assert first.content.startswith(b"%PDF-")
    assert first.content == client_of(world.member).get(address).content


def test_anyone_reads_in_both_languages_what_it_says(certificate, client_of):
    page = verify(client_of(None), certificate.code).content.decode()
    for words in (
        "Valid.",
        "有效",
        "林晓",
        "湖畔教学医院",
        "Estimands in practice",
        "估计目标实务",
        "Margaret Ellis",
        "America/New_York",
    ):
        assert words in page


def test_a_code_is_read_as_people_type_it(certificate, client_of):
    typed = certificate.code.removeprefix("EQ-").lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for code in (typed, f"eq {typed}", certificate.code.replace("-", "")):
        response = client_of(None).get(reverse("lectures:verify_form"), {"code": code})
        assert response["Location"] == reverse("lectures:verify", args=[certificate.code]), code


@pytest.mark.parametrize("code", ["EQ-0000-0000-0000-0000", "x", "' OR 1=1 --", "%00", "证书"])
def test_a_code_that_was_never_issued_is_not_found_in_both_languages(certificate, client_of, code):
    response = verify(client_of(None), code)
    assert response.status_code == 404
    assert "No such certificate." in response.content.decode()
    assert "没有此证书" in response.content.decode()
    assert "林晓" not in response.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Somebody Else"},
        {"topic": ["Another", "另一讲"]},
        {"minutes": 600},
        {"issued": "2020-01-01"},
        {"more": 1},
    ],
)
def test_a_row_changed_in_the_database_does_not_hold(world, certificate, client_of, change):
    certificate.said = certificate.said | change
    certificate.save()
    response = verify(client_of(None), certificate.code)
    assert "Not valid" in response.content.decode()
    assert "Valid." not in response.content.decode()
    assert "Somebody Else" not in response.content.decode()
    assert client_of(world.member).get(reverse("lectures:certificate_pdf", args=[certificate.code])).status_code == 302


@pytest.mark.parametrize("said", [None, [], "text", 5])
def test_a_row_with_nonsense_does_not_hold(certificate, client_of, said):
    Certificate.objects.filter(pk=certificate.pk).update(said=said if said is not None else {})
    assert "Not valid" in verify(client_of(None), certificate.code).content.decode()


def test_what_another_certificate_says_cannot_be_put_under_this_code(world, certificate, client_of):
    attend(world, world.colleague)
    other = certificates.issue_certificate(lecture=world.lecture, user=world.colleague)
    certificate.said, certificate.signature = other.said, other.signature
    certificate.save()
    assert "Not valid" in verify(client_of(None), certificate.code).content.decode()


def test_nobody_signs_without_the_secret_key(certificate, settings):
    assert certificates.holds(certificate)
    held = settings.SECRET_KEY
    settings.SECRET_KEY = "the key of another installation, or of a forger"
    assert not certificates.holds(certificate)
    settings.SECRET_KEY_FALLBACKS = [held]
    assert certificates.holds(certificate)


def test_the_signature_does_not_depend_on_the_order_in_which_the_database_gives_it_back(certificate):
    turned = json.loads(json.dumps(dict(reversed(certificate.said.items()))))
    assert list(turned) != list(certificate.said)
    assert certificates.sign(turned) == certificate.signature


def test_a_revoked_certificate_says_so_until_it_stands_again(world, certificate, client_of):
    address = reverse("lectures:certificate_revoke", args=[world.lecture.pk, certificate.pk])
    client_of(world.coordinator).post(address, {"revoke": "yes"})
    page = verify(client_of(None), certificate.code).content.decode()
    assert "Revoked" in page
    assert "已撤销" in page
    assert "Valid." not in page
    assert client_of(world.member).get(reverse("lectures:certificate_pdf", args=[certificate.code])).status_code == 302
    client_of(world.coordinator).post(address, {"revoke": "no"})
    assert "Valid." in verify(client_of(None), certificate.code).content.decode()


def test_guessing_codes_is_slowed_down(certificate, client_of):
    cache.clear()
    client = client_of(None)
    statuses = [verify(client, f"EQ-0000-0000-0000-{n:04}").status_code for n in range(40)]
    assert statuses[:30] == [404] * 30
    assert 429 in statuses[30:]
    assert "Too many codes" in client.get(reverse("lectures:verify", args=[certificate.code])).content.decode()
    cache.clear()


def test_the_hours_are_told_on_the_lectures_own_clock(certificate):
    said = certificate.said | {"starts": "2026-11-18T20:00:00-05:00", "minutes": 90, "time_zone": "America/New_York"}
    assert certificates.when(said) == [
        "18 November 2026, 20:00–21:30 (America/New_York, UTC-05:00)",
        "2026年11月18日 20:00–21:30（America/New_York, UTC-05:00）",
    ]
