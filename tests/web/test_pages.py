import re

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_a_visitor_reads_what_it_is_and_may_sign_in(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "From a clinical question to a study worth running" in page.text
    assert reverse("account_login") in page.text


def test_a_visitor_with_a_chinese_browser_reads_chinese(client):
    page = client.get("/", headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert '<html lang="zh-hans">' in page.text
    assert "登录" in page.text


def test_a_member_lands_on_the_dashboard_in_their_language_and_time_zone(client_of, person, hangzhou):
    page = client_of(person(hangzhou, language="zh-hans", time_zone="Asia/Shanghai")).get("/")
    assert "您的问题" in page.text
    assert "Shanghai" in page.text
    assert "UTC+8" in page.text


def test_every_page_forbids_scripts_and_styles_from_elsewhere_or_inline(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "data:" not in policy


def test_no_page_of_ours_carries_inline_script_or_style():
    from pathlib import Path

    import equipoise.web

    for path in Path(equipoise.web.__file__).parent.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\s(src|type=\"application/json\"))", text), path


def test_the_health_page_answers_anyone(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_language_switch_is_remembered_by_the_browser_and_for_the_person(client_of, person, hangzhou):
    user = person(hangzhou)
    client = client_of(user)
    answer = client.post("/language", {"language": "zh-hans", "next": "/healthz"})
    assert (answer.status_code, answer["Location"]) == (302, "/healthz")
    user.refresh_from_db()
    assert user.language == "zh-hans"
    assert client.cookies["language"].value == "zh-hans"


@pytest.mark.parametrize("next_page", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_language_switch_never_leads_elsewhere(client, next_page):
    assert client.post("/language", {"language": "en", "next": next_page})["Location"] == "/"


def test_on_a_form_sent_back_with_its_faults_the_switch_leads_to_the_page_of_the_form(
    client_of, person, hangzhou, programme
):
    """The address that took the form may take nothing else."""
    client = client_of(person(hangzhou, "coordinator"))
    page = client.post("/lectures/series/new/", {}, headers={"referer": "http://testserver/lectures/?year=2026"})
    assert page.status_code == 422
    assert '<input type="hidden" name="next" value="/lectures/?year=2026">' in page.text
    page = client.post("/lectures/series/new/", {}, headers={"referer": "http://elsewhere.example/trap"})
    assert '<input type="hidden" name="next" value="/">' in page.text


def test_whose_session_ended_comes_back_to_the_page_of_the_form_that_they_sent(client):
    answer = client.post("/notices/read/", headers={"referer": "http://testserver/notices/?page=2"})
    assert answer["Location"] == "/account/login/?next=/notices/%3Fpage%3D2"
    assert client.get("/notices/?page=2")["Location"] == "/account/login/?next=/notices/%3Fpage%3D2"


def test_an_unknown_language_changes_nothing(client):
    assert "language" not in client.post("/language", {"language": "xx"}).cookies


def test_an_address_that_is_not_there_says_so(client_of, person, hangzhou):
    page = client_of(person(hangzhou)).get("/no/such/page")
    assert page.status_code == 404
    assert "Nothing is here" in page.text


def test_a_fault_of_ours_shows_a_page_and_no_traceback(client, settings):
    settings.ACCOUNT_ADAPTER = "no.such.Adapter"  # breaks the sign-in page
    client.raise_request_exception = False
    page = client.get("/account/login/")
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.text
    assert "Traceback" not in page.text
    assert "no.such" not in page.text


def test_an_unknown_host_is_refused_politely(client):
    page = client.get("/", headers={"host": "elsewhere.example"})
    assert page.status_code == 400
    assert "The request could not be read" in page.text


def test_nobody_can_sign_up(client):
    page = client.get(reverse("account_signup"))
    assert "password1" not in page.text
