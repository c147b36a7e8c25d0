"""What the settings make of the environment."""

import runpy

import pytest
from allauth.account.adapter import get_adapter

import equipoise.web.settings


@pytest.fixture
def settings_of(monkeypatch, tmp_path):
    """settings_of(TLS="1"): the settings as they are read with EQUIPOISE_TLS=1."""

    def read(**variables):
        monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
        for name, value in variables.items():
            monkeypatch.setenv(f"EQUIPOISE_{name}", value)
        return runpy.run_path(equipoise.web.settings.__file__)

    return read


def test_behind_a_proxy_cookies_are_secure_and_limits_count_by_the_address_it_forwards(settings_of, settings, rf):
    plain, behind = settings_of(), settings_of(TLS="1")
    assert not plain["SESSION_COOKIE_SECURE"]
    assert behind["SESSION_COOKIE_SECURE"]
    assert behind["CSRF_COOKIE_SECURE"]
    asked = rf.get("/", REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": "192.0.2.9, 203.0.113.7"})
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = behind["ALLAUTH_TRUSTED_PROXY_COUNT"]
    assert get_adapter().get_client_ip(asked) == "203.0.113.7"  # what the proxy appended, not what a client claimed
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = plain["ALLAUTH_TRUSTED_PROXY_COUNT"]
    assert get_adapter().get_client_ip(asked) == "127.0.0.1"
