"""The demo people can sign in, and loading them twice changes nothing."""

import pytest

pytestmark = pytest.mark.django_db


def test_everyone_can_sign_in_and_loading_again_makes_nobody_new(tmp_path, monkeypatch, client):
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    from equipoise.web.people.demo import load_demo
    from equipoise.web.people.models import Institution, Membership, User

    accounts = load_demo()
    assert load_demo() == accounts
    assert User.objects.count() == Membership.objects.count() == len(accounts)
    assert Institution.objects.count() == 2
    for email, password in accounts.items():
        assert client.login(username=email, password=password) or client.login(email=email, password=password)
    assert (tmp_path / "demo-password").stat().st_mode & 0o077 == 0
