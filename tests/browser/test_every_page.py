"""Every page of the demo year as people of each role see it: accessible in light and in dark, in Chinese on a phone and in
English on a desk, without an error, and no wider than the screen."""

import re
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve, reverse
from django.utils import timezone

from equipoise.web.advice.models import Consultation
from equipoise.web.lectures.models import Lecture, Material
from equipoise.web.notices.models import Mail
from equipoise.web.people.models import User

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
READERS = ("zhou.ning", "lin.xiao", "m.ellery", "r.haldane", "w.zhao")  # and a visitor
STARTS = ("/", "/find?q=stroke", "/account/2fa/", "/account/password/change/", "/account/login/", "/lectures/verify/")
ASKED_FOR, LOOKED_AT = 5, 2  # pages of one kind: so many are asked for by each reader, and looked at by all of them
SCREENS = (("zh-hans", 390, 2), ("en", 1280, 1))  # the second page of a kind is looked at on the phone alone
OF_COLOUR = ("color-contrast", "link-in-text-block")  # what can differ in the dark
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"#]+)')
STICKS_OUT = """() => {
  const screen = document.documentElement;
  const out = [...document.querySelectorAll("body *")].filter((part) => part.getBoundingClientRect().right > screen.clientWidth + 1);
  return screen.scrollWidth > screen.clientWidth ? out.slice(0, 4).map((part) => part.outerHTML.slice(0, 120)).concat(screen.scrollWidth) : null;
}"""
NOT_PAGES = {
    # what is posted to, what is part of a page, and files
    "advice": "agenda-earlier agenda-off agenda-put answer assign ballot colleagues conflict-end decide detach file measures-csv release reopen reopen-recommendation schedule session-calendar session-notes session-step step-aside submit vote-close withdraw",
    "designs": "cancel chart csv json picture progress start story-chart",
    "lectures": "attendance_add attendance_csv attendance_remove captions certificate_pdf certificate_revoke code_count confirm decide example example_copy ics invite material_file material_place quiz_item_remove register renew sheet_template talk_ask talk_vote withdraw",
    "notices": "read read_all",
    "people": "do_import fill_holidays new_feed remove_holiday sheet_template withdraw",
    "programme": "add_document cohort_csv cv document list remove_document report report_again report_file report_progress",
    "questions": "download share",
}


@pytest.fixture
def year(tmp_path, monkeypatch, settings, run_tasks):
    """The demo programme with a search and a report made, an invitation, and a lecture that goes on now; its people."""
    from equipoise.web.designs.actions import start_search
    from equipoise.web.people.actions import invite
    from equipoise.web.people.demo import demo_people, load_demo
    from equipoise.web.programme.actions import ask_for_report
    from equipoise.web.programme.demo import load_year
    from equipoise.web.questions.demo import load_demo_questions

    monkeypatch.setenv("EQUIPOISE_HOME", str(tmp_path))
    settings.MEDIA_ROOT = tmp_path / "media"
    load_demo()
    questions = load_demo_questions(EXAMPLES)
    people = demo_people()
    programme = load_year(people)
    coming = Lecture.objects.filter(status="confirmed", starts__gt=timezone.now()).order_by("starts").first()
    Lecture.objects.filter(pk=coming.pk).update(starts=timezone.now() - timedelta(minutes=10))
    mine = next(question for question in questions if "clopidogrel" in question.title.lower())
    start_search(question=mine, owner=mine.owner)
    ask_for_report(programme=programme, year=timezone.now().year, by=people["zhou.ning"])
    run_tasks()
    by = people["zhou.ning"]
    invite(by=by, email="new@hangzhou.example.org", institution=by.institutions.get(), role="investigator")
    return people


def no_link_leads_to(people: dict[str, User]) -> list[tuple[User | None, str]]:
    """Pages that one comes to in another way: by mail, after a button, or because one has begun something."""
    draft = Consultation.objects.filter(status="draft").first()
    material = Material.objects.filter(kind="slides").first()
    welcome = re.search(r"/people/welcome/\S+/", Mail.objects.get(to="new@hangzhou.example.org").body)[0]
    held = Lecture.objects.filter(status="held", attendances__user=people["lin.xiao"]).first()
    return [
        (draft.owner, reverse("advice:edit", args=[draft.pk])),
        (draft.owner, reverse("advice:edit", args=[draft.pk]) + "?check"),
        (people["zhou.ning"], reverse("lectures:material_remove", args=[material.lecture_id, material.pk])),
        (people["lin.xiao"], reverse("lectures:certificate", args=[held.pk])),
        (None, welcome),
    ]


def pages_of(user: User | None) -> dict[str, list[str]]:
    """The addresses of every kind of page that links lead the person to, the fullest first."""
    cache.clear()  # nobody here guesses codes
    client = client_for(user)
    waiting, seen, asked = list(STARTS), set(), Counter()
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    while waiting:
        address = waiting.pop(0).replace("&amp;", "&")
        kind = kind_of(address)
        if address in seen or kind is None or asked[kind] >= ASKED_FOR:
            continue
        seen.add(address)
        asked[kind] += 1
        answer = client.get(address)
        assert answer.status_code in (200, 302), (user, address, answer.status_code)
        if answer.status_code == 302:
            waiting.append(answer["Location"])
        elif answer["Content-Type"].startswith("text/html"):
            found[kind].append((len(answer.content), address))
            waiting += LINK.findall(answer.text)
        else:
            asked[kind] = ASKED_FOR  # files are not looked at
            answer.getvalue()
            answer.close()
    return {kind: [address for _size, address in sorted(held, reverse=True)] for kind, held in found.items()}


def client_for(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def kind_of(address: str) -> str | None:
    """The view and what it is asked; None for what is not a page of ours."""
    place = urlsplit(address)
    if place.netloc or place.scheme:
        return None
    try:
        name = resolve(place.path).view_name
    except Resolver404:
        return None
    return name + re.sub(r"=[^&]*", "", f"?{place.query}" if place.query else "")


def choose(people: dict[str, User]) -> dict[User | None, list[tuple[str, int]]]:
    """For each reader the pages to look at, and which of its kind each is: two of each, for two readers, and not the same
    where there are several."""
    chosen, looked, taken = defaultdict(list), Counter(), set()
    for user in (*(people[name] for name in READERS), None):
        for kind, addresses in pages_of(user).items():
            if looked[kind] < LOOKED_AT:
                address = next((address for address in addresses if address not in taken), addresses[0])
                looked[kind] += 1
                taken.add(address)
                chosen[user].append((address, looked[kind]))
    for user, address in no_link_leads_to(people):
        chosen[user].append((address, 1))
    return chosen


def faults_of(page, axe, address: str) -> list[str]:
    """What is wrong with a page, in light and in dark."""
    found = []
    page.emulate_media(color_scheme="light")
    answer = page.goto(address)
    if answer.status != 200:
        found.append(f"status {answer.status}")
    if charts := page.locator("[data-chart]").count():
        page.locator("[data-drawn=yes]").nth(charts - 1).wait_for()
    if too_wide := page.evaluate(STICKS_OUT):
        found.append(f"wider than the screen: {too_wide}")
    for scheme, rules in (("light", ()), ("dark", OF_COLOUR)):
        page.emulate_media(color_scheme=scheme)
        try:
            axe(page, *rules)
        except AssertionError as fault:
            found.append(f"{scheme}: {fault}")
    return found


def test_every_page_is_accessible_and_without_an_error(year, open_page, live_server, axe):
    chosen = choose(year)
    names = {resolve(urlsplit(address).path).view_name for held in chosen.values() for address, _place in held}
    for room, others in NOT_PAGES.items():
        every = {name for name in get_resolver().namespace_dict[room][1].reverse_dict if isinstance(name, str)}
        assert {name for name in every if f"{room}:{name}" not in names} == set(others.split())
    faults = []
    for language, width, most in SCREENS:
        for user, held in chosen.items():
            page = open_page(language, width, reduced_motion="reduce")  # nothing fades while it is looked at
            page.set_default_timeout(30_000)
            if user is not None:
                User.objects.filter(pk=user.pk).update(language=language)
                session = client_for(user).cookies["sessionid"].value
                page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            said: list[str] = []
            page.on("console", lambda message, said=said: message.type == "error" and said.append(message.text))
            for address in (address for address, place in held if place <= most):
                found = [*faults_of(page, axe, address), *said]
                said.clear()
                faults += [f"{user or 'a visitor'}, {language}, {address}: {fault}" for fault in found]
            page.context.close()
    assert not faults, "\n".join(faults)
