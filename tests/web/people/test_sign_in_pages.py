"""Passwords and the second step, as far as they need no real browser."""

import re

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts
from django.urls import reverse
from django.utils import translation
from web_fixtures import PASSWORD

from equipoise.web.people import actions
from equipoise.web.people.forms import WelcomeForm

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012345"])
def test_what_is_wrong_with_a_password_is_said_in_chinese(password):
    with translation.override("zh-hans"):
        form = WelcomeForm({"family_name": "苏", "password": password})
        assert form.errors["password"]
        for said in (*form.errors["password"], *password_validators_help_texts()):
            assert re.search("[\u4e00-\u9fff]", said), said


def test_the_code_to_scan_is_part_of_the_page(client_of, person, hangzhou):
    """An image in a data: address would break the policy, and stay away."""
    client = client_of(person(hangzhou))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert re.search(r'<div class="qr" role="img" aria-label="[^"]+"><svg ', page.text)
    assert "data:" not in page.text
    assert not re.search(r"<svg[^>]*\sstyle=", page.text)


def test_an_invitation_is_in_the_coordinators_language_unless_they_say_otherwise(
    client_of, person, hangzhou, programme
):
    page = client_of(person(hangzhou, "coordinator", language="zh-hans")).get("/people/invitations/")
    assert page.context["form"]["language"].value() == "zh-hans"


def test_an_invitation_that_has_expired_says_so_and_lets_nobody_in(client, person, hangzhou):
    from datetime import timedelta

    from django.utils import timezone

    from equipoise.web.notices.models import Mail
    from equipoise.web.people.models import Invitation, User

    actions.invite(by=person(hangzhou, "coordinator"), email="new@example.org", institution=hangzhou,
                   role="investigator", language="en")  # fmt: skip
    token = Mail.objects.get(to="new@example.org").body.split("/people/welcome/")[1].split("/")[0]
    Invitation.objects.update(expires=timezone.now() - timedelta(minutes=1))
    facts = {"family_name": "New", "password": "a good long pass phrase"}
    assert client.get(f"/people/welcome/{token}/").status_code == 404
    assert client.post(f"/people/welcome/{token}/", facts).status_code == 404
    assert not User.objects.filter(email="new@example.org").exists()
