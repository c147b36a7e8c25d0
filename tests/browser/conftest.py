"""Chromium and the live server. Tests here are marked `browser` and skipped, with a reason, where there is no Chromium."""

import os
import shutil
from pathlib import Path

import pytest
from web_fixtures import *  # noqa: F403
from web_fixtures import PASSWORD, _plain_static_files  # noqa: F401

CHROMIUM = os.environ.get("EQUIPOISE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright's synchronous API keeps an event loop running in this thread, which Django takes for asynchronous code
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session", autouse=True)
def _static_root(django_db_setup):
    """The live server wants the folder of collected files to be there; it serves the files from where they are written."""
    from django.conf import settings

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        if os.environ.get("EQUIPOISE_REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium is required (EQUIPOISE_REQUIRE_BROWSER=1) and was not found")
        pytest.skip("no Chromium on this machine; install it, or set EQUIPOISE_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, live_server):
    """open_page(language="en", width=1280, javascript=True): a fresh page on the live server.

    At the end of the test: no error in the console (so nothing broke the Content-Security-Policy), and no request
    went to another machine.
    """
    contexts, complaints = [], []

    def make(language="en", width=1280, javascript=True, **options):
        context = chromium.new_context(
            base_url=live_server.url,
            locale={"en": "en-US", "zh-hans": "zh-CN"}[language],
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        # a form sent back with its faults (422) is what a test of a wrong form wants, and Chromium calls it an error
        page.on("console", lambda message: message.type == "error" and "status of 422" not in message.text
                and complaints.append(message.text))  # fmt: skip
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: request.url.startswith((live_server.url, "data:", "blob:"))
                or complaints.append(f"a request to {request.url}"))  # fmt: skip
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sign_in():
    """sign_in(page, user): through the form, as a person does."""

    def enter(page, user):
        page.goto("/account/login/")
        page.fill("[name=login]", user.email)
        page.fill("[name=password]", PASSWORD)
        page.locator(".sign-in-card form [type=submit]").first.click()
        page.wait_for_url("**/")
        return page

    return enter


@pytest.fixture
def investigator(hangzhou, person):
    return person(hangzhou, "investigator", family_name="林", given_name="晓", time_zone="Asia/Shanghai")


@pytest.fixture(params=["en", "zh-hans"])
def language(request):
    return request.param


@pytest.fixture
def signed_in_page(open_page, sign_in, investigator, language):
    """The investigator's page, once in English and once in Chinese."""
    investigator.language = language
    investigator.save()
    return sign_in(open_page(language), investigator)


@pytest.fixture
def axe():
    """axe(page, *rules): assert that axe-core finds nothing against WCAG 2.2 A and AA, or against these rules alone."""
    from axe_playwright_python.base import AXE_SCRIPT

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page, *rules):
        wanted = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": tags}
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        # axe would write the style sheets that it reads into the page, which our policy refuses
        options = {"runOnly": wanted, "resultTypes": ["violations"], "preload": False}
        found = page.evaluate("(options) => axe.run(options).then((results) => results.violations)", options)
        assert not found, "\n".join(
            f"{fault['id']}: {fault['help']} — {[node['target'] for node in fault['nodes'][:4]]}" for fault in found
        )

    return check


@pytest.fixture
def shot():
    """shot(page, name): a picture in $EQUIPOISE_SHOTS, when that is set."""

    def take(page, name):
        if folder := os.environ.get("EQUIPOISE_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    return take
