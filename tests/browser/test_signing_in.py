"""Signing in by more than a password, in a real browser with an authenticator of its own."""

import pytest
from web_fixtures import PASSWORD


@pytest.fixture
def authenticator():
    """authenticator(page): a device with the reader's finger on it."""

    def attach(page):
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                   "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return devices

    return attach


def test_a_passkey_is_made_and_signs_in(open_page, sign_in, investigator, authenticator, axe, shot):
    page = open_page("en")
    authenticator(page)
    sign_in(page, investigator)
    page.goto("/account/2fa/webauthn/add/")
    if page.locator("[name=password]").count():
        page.fill("[name=password]", PASSWORD)
        page.locator("main [type=submit]").first.click()
    axe(page)
    shot(page, "passkey-add")
    page.locator("[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/account/2fa/**")
    page.goto("/account/2fa/webauthn/")
    assert page.locator("main").inner_text()
    page.context.clear_cookies()
    page.goto("/account/login/")
    shot(page, "login")
    page.locator("#passkey_login").click()
    page.locator(".user-menu").wait_for()


def test_the_second_step_by_a_code(open_page, sign_in, investigator, axe, shot):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time

    secret = generate_totp_secret()
    TOTP.activate(investigator, secret)
    page = open_page("zh-hans")
    page.goto("/account/login/")
    page.fill("[name=login]", investigator.email)
    page.fill("[name=password]", PASSWORD)
    page.locator(".sign-in-card form [type=submit]").first.click()
    page.wait_for_url("**/2fa/authenticate/**")
    axe(page)
    shot(page, "second-step-zh")
    counter = next(iter(yield_hotp_counters_from_time()))
    page.fill("[name=code]", f"{hotp_value(secret, counter):06}")
    page.locator("main [type=submit]").first.click()
    page.locator(".user-menu").wait_for()
