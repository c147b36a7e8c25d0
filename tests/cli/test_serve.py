"""The workbench as it is started: one process of our own serves, in a home of its own."""

import os
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

# What the demo does before it serves, in small: a person who may ask for a PDF, and a PDF made in this process
SCRIPT = """
from datetime import date
from equipoise.web.serve import prepare, serve

prepare()
from django.test import Client
from equipoise.web.people.models import Institution, Membership, User
from equipoise.web.programme.models import Programme
from equipoise.web.programme.paper import Paper, to_pdf

if __name__ == "__main__":
    place = Institution.objects.create(name_en="A Hospital", time_zone="UTC")
    programme = Programme.objects.create(name_en="P", starts_on=date(2020, 1, 1), ends_on=date(2090, 1, 1))
    programme.institutions.add(place)
    user = User.objects.create(email="p@example.org", family_name="P", given_name="A")
    Membership.objects.create(user=user, institution=place, role="investigator")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    to_pdf(Paper("Title", "subtitle", "en", []))
    print(f"{{user.pk}} {{client.cookies['sessionid'].value}}", flush=True)
    serve(port={port}, with_worker=False)
"""


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(address, cookie, patience=60):
    """The answer, once the server is up."""
    until = time.monotonic() + patience
    while True:
        try:
            return urlopen(Request(address, headers={"Cookie": f"sessionid={cookie}"}), timeout=patience)
        except URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_a_pdf_made_before_serving_does_not_hold_up_those_asked_for_later(tmp_path, port):
    script = tmp_path / "start.py"
    script.write_text(SCRIPT.format(port=port))
    home = os.environ | {"EQUIPOISE_HOME": str(tmp_path / "home")}
    home.pop("EQUIPOISE_DATABASE_URL", None)
    with subprocess.Popen([sys.executable, script], env=home, stdout=subprocess.PIPE, text=True) as server:
        try:
            user, cookie = server.stdout.readline().split()
            with get(f"http://127.0.0.1:{port}/programme/growth/{user}/cv-en.pdf", cookie) as answer:
                assert answer.headers["Content-Type"] == "application/pdf"
                assert answer.read(5) == b"%PDF-"
        finally:
            server.terminate()
    assert server.returncode == 0
