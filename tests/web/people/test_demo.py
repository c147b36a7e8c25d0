"""The demo people can sign in, and loading them twice changes nothing."""

import pytest

pytestmark = pytest.mark.django_db


def test_everyone_can_sign_in_and_loading_again_makes_nobody_new(tmp_path, monkeypatch, client):
    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    from equipoise.web.people.demo import PEOPLE, demo_people, load_demo
    from equipoise.web.people.demo_people import BOSTON, HANGZHOU
    from equipoise.web.people.expertise import EXPERTISE
    from equipoise.web.people.models import Holiday, Institution, Membership, User

    accounts = load_demo()
    everyone, days = User.objects.count(), Holiday.objects.count()
    assert everyone == len(PEOPLE) + len(HANGZHOU) + len(BOSTON) == len(demo_people())
    assert load_demo() == accounts
    assert (User.objects.count(), Holiday.objects.count()) == (everyone, days)
    assert Membership.objects.count() == everyone
    assert len(accounts) == len(PEOPLE)
    assert Institution.objects.count() == 2
    assert days > 20
    for user in User.objects.all():
        user.clean_fields()
        assert set(user.expertise) <= set(EXPERTISE)
        assert user.department
        assert user.languages
    for email, password in accounts.items():
        assert client.login(username=email, password=password) or client.login(email=email, password=password)
    assert (tmp_path / "demo-password").stat().st_mode & 0o077 == 0
