"""The workbench at the size of a large programme: 20,000 people, 500 lectures, 50,000 consultations, 20 requests a second.

    python tools/with_postgresql.py python -m benchmarks web

Fills the database named by $EQUIPOISE_DATABASE_URL (an empty one), serves it as in production, and asks for every list and
home page as people of every role; prints the median and the 95th percentile of each page, in milliseconds.
"""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

PEOPLE, LECTURES, CONSULTATIONS = 20_000, 500, 50_000
RATE, SECONDS = 20, 60
PAGES = ["/", "/lectures/", "/questions/", "/searches/", "/board/", "/board/members/", "/programme/1/", "/people/", "/notices/",
         "/find?q=stroke", "/people/?q=an&role=investigator", "/board/?status=submitted", "/programme/1/cohort/",
         "/programme/1/cohort/?sort=consultations&order=down"]  # fmt: skip
OVERSEERS = ("coordinator", "auditor")
"""Who alone may see the cohort."""


def fill() -> dict[str, list[int]]:
    """People by role, their questions, lectures, consultations and notices."""
    from django.utils import timezone

    from equipoise.web.advice.models import BoardMember, Consultation
    from equipoise.web.lectures.models import Attendance, Lecture, Registration, Series
    from equipoise.web.notices.models import Notice
    from equipoise.web.people.models import Institution, Membership, User
    from equipoise.web.programme.models import Programme
    from equipoise.web.questions.models import Question

    chance, now = random.Random(1), timezone.now()
    places = [Institution.objects.create(name_en="Lakeside", name_zh="湖畔", city_en="Hangzhou", time_zone="Asia/Shanghai"),
              Institution.objects.create(name_en="Harbor", city_en="Boston", time_zone="America/New_York")]  # fmt: skip
    programme = Programme.objects.create(name_en="P", starts_on=date(2024, 1, 1), ends_on=date(2030, 1, 1))
    programme.institutions.set(places)
    people = User.objects.bulk_create(
        [User(email=f"p{number}@example.org", family_name=f"Family{number}", given_name="An", password="!",
              department=f"Department {number % 60}") for number in range(PEOPLE)], batch_size=2000)  # fmt: skip
    roles = ["coordinator"] * 4 + ["auditor"] * 4 + ["adviser"] * 40 + ["speaker"] * 100
    roles += ["investigator"] * (PEOPLE - len(roles))
    Membership.objects.bulk_create(
        [Membership(user=person, institution=places[number % 2], role=role)
         for number, (person, role) in enumerate(zip(people, roles, strict=True))], batch_size=2000)  # fmt: skip
    advisers, speakers, investigators = people[8:48], people[48:148], people[148:]
    board = BoardMember.objects.bulk_create(
        [BoardMember(programme=programme, user=each, since=date(2024, 1, 1)) for each in advisers]
    )
    series = {
        year: Series.objects.create(programme=programme, year=year, title_en=str(year)) for year in range(2020, 2030)
    }
    begins = [now + timedelta(days=6 * (number - LECTURES + 40)) for number in range(LECTURES)]
    lectures = Lecture.objects.bulk_create(
        [Lecture(series=series.get(when.year, series[2029]), programme=programme, topic_en=f"Stroke trials {number}", starts=when,
                 status="held" if when < now else "confirmed", speaker=chance.choice(speakers), competencies=["science"])
         for number, when in enumerate(begins)])  # fmt: skip
    comers = [(lecture, person) for lecture in lectures for person in chance.sample(investigators, 60)]
    Registration.objects.bulk_create(
        [Registration(lecture=each, user=person) for each, person in comers], batch_size=5000
    )
    Attendance.objects.bulk_create(
        [Attendance(lecture=each, user=person, how="code", entered_by=person) for each, person in comers if each.starts < now],
        batch_size=5000)  # fmt: skip
    questions = Question.objects.bulk_create(
        [Question(owner=person, institution=places[number % 2], title=f"Question {number} on stroke", payload={"title": "x"})
         for number, person in enumerate(investigators[:10_000])], batch_size=2000)  # fmt: skip
    statuses = ["submitted"] * 1 + ["accepted"] * 1 + ["assigned"] * 3 + ["advised"] * 5 + ["closed"] * 190
    rows = []
    for number in range(CONSULTATIONS):
        status, asked = chance.choice(statuses), now - timedelta(hours=chance.randrange(24 * 900))
        advised = asked + timedelta(days=4) if status in ("advised", "closed") else None
        rows.append(Consultation(
            programme=programme, institution=places[number % 2], owner=chance.choice(investigators), kind="design",
            title=f"Consultation {number} on stroke", asked="?", status=status, question=chance.choice(questions), question_version=1,
            adviser=None if status in ("submitted", "accepted") else chance.choice(board), submitted=asked,
            assigned=asked, advised=advised, due=asked + timedelta(days=7)))  # fmt: skip
    Consultation.objects.bulk_create(rows, batch_size=2000)
    readers = {
        "investigator": investigators[:20],
        "coordinator": people[:4],
        "auditor": people[4:8],
        "adviser": advisers[:10],
    }
    Notice.objects.bulk_create(
        [Notice(user=person, key=str(number), kind="x", text_en="News", text_zh="新", url="/")
         for group in readers.values() for person in group for number in range(200)], batch_size=5000)  # fmt: skip
    return {role: [person.pk for person in group] for role, group in readers.items()}


def sessions(readers: dict[str, list[int]]) -> list[tuple[str, str]]:
    """(role, session key) of signed-in readers."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from equipoise.web.people.models import User

    made = []
    for role, keys in readers.items():
        for user in User.objects.filter(pk__in=keys):
            store = SessionStore()
            store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
            store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            store.save()
            made.append((role, store.session_key))
    return made


def ask(port: int, page: str, key: str) -> tuple[int, float]:
    """The status and the milliseconds of one request."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", page, headers={"Cookie": f"sessionid={key}", "Host": f"127.0.0.1:{port}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, (time.perf_counter() - started) * 1000


def wait_for(port: int) -> None:
    """Until the server answers; a minute at most."""
    for _ in range(120):
        time.sleep(0.5)
        try:
            if ask(port, "/healthz", "")[0] == 200:
                return
        except OSError:
            continue
    raise SystemExit("web: the server does not answer")


def load(port: int, keys: list[tuple[str, str]]) -> dict[str, list[float]]:
    """RATE requests a second for SECONDS, evenly; times by page."""
    chance, times, wrong = random.Random(2), {page: [] for page in PAGES}, []
    overseers = [(role, key) for role, key in keys if role in OVERSEERS]
    with ThreadPoolExecutor(32) as pool:

        def one(page: str, role: str, key: str) -> None:
            status, took = ask(port, page, key)
            (times[page] if status in (200, 302) else wrong).append(
                took if status in (200, 302) else (page, role, status)
            )

        begin = time.perf_counter()
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, begin + number / RATE - time.perf_counter()))
            page = PAGES[number % len(PAGES)]
            readers = overseers if "cohort" in page else keys
            pool.submit(one, page, *chance.choice(readers))
    if wrong:
        print("not answered:", sorted({str(each) for each in wrong})[:10])
    return times


def main() -> None:
    """Fill, serve, ask, print."""
    if not os.environ.get("EQUIPOISE_DATABASE_URL"):
        print("web: needs PostgreSQL: python tools/with_postgresql.py python -m benchmarks web")
        return
    os.environ.setdefault("EQUIPOISE_HOME", tempfile.mkdtemp(prefix="equipoise-bench-"))
    from equipoise.web.serve import prepare

    prepare()
    started = time.perf_counter()
    keys = sessions(fill())
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()
    print(
        f"filled in {time.perf_counter() - started:.0f} s: {PEOPLE:,} people, {LECTURES} lectures, {CONSULTATIONS:,} consultations"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "equipoise.web.wsgi:application", "--interface", "wsgi", "--host", "127.0.0.1",
               "--port", str(port), "--workers", "2", "--blocking-threads", "4"]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(port)
        for page in PAGES:  # warm
            for _role, key in keys[:4]:
                ask(port, page, key)
        times = load(port, keys)
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # nothing to keep, and its workers hold on to open connections
        server.wait()
    every = sorted(took for page in times.values() for took in page)
    for page, took in times.items():
        took.sort()
        if took:
            print(
                f"{page:36} median {took[len(took) // 2]:6.0f} ms   95th percentile {took[int(0.95 * len(took))]:6.0f} ms   of {len(took)}"
            )
    print(f"all pages: 95th percentile {every[int(0.95 * len(every))]:.0f} ms at {RATE} requests a second")
