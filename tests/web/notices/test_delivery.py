"""Mail really sent, to a real SMTP server on loopback: none lost, none twice, whatever the server does."""

import socket
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone
from django.utils.translation import gettext_noop

from equipoise.web.notices.actions import send_mail, tell
from equipoise.web.notices.delivery import LEASE, deliver
from equipoise.web.notices.models import Mail

pytestmark = pytest.mark.django_db(transaction=True)


class Letterbox:
    """What a server took; `answers` are what it says to the next mails instead of 250."""

    def __init__(self):
        self.taken, self.answers, self.refused = [], [], set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def letterbox():
    return Letterbox()


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def smtp(settings, port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5


@pytest.fixture
def server(smtp, port, letterbox):
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield letterbox
    controller.stop()


def post(count):
    for number in range(count):
        send_mail(key=f"k{number}", to=f"p{number}@example.org", subject=f"S{number} 讲座", body="正文\nbody")


def test_mail_arrives_whole(server, person, hangzhou):
    user = person(hangzhou, language="zh-hans")
    calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"
    tell([user], key="a", kind="t", text=gettext_noop("Notices"), url="/x/", urgent=True, calendar=calendar,
         calendar_method="CANCEL")  # fmt: skip
    assert deliver() == 1
    message = server.taken[0]
    assert message["Subject"] == "通知"
    assert message["To"] == user.email
    assert message["Message-ID"] == Mail.objects.get().message_id
    part = next(message.iter_attachments())
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "CANCEL"
    assert "METHOD:CANCEL" in part.get_content()


def test_a_server_that_is_down_delays_and_loses_nothing(smtp, port, letterbox):
    post(5)
    for _ in range(3):
        assert deliver() == 0
    assert Mail.objects.filter(status=Mail.Status.WAITING, attempts=0).count() == 5
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert deliver() == 5
        assert deliver() == 0
    finally:
        controller.stop()
    assert sorted(message["To"] for message in letterbox.taken) == [f"p{number}@example.org" for number in range(5)]


def test_a_busy_server_is_tried_again_and_gets_each_once(server):
    post(3)
    server.answers = ["451 try later", "421 closing"]
    assert deliver() == 1
    assert deliver() == 0  # not yet
    assert deliver(timezone.now() + timedelta(hours=1)) == 2
    assert sorted(message["To"] for message in server.taken) == ["p0@example.org", "p1@example.org", "p2@example.org"]


def test_a_refusal_for_good_is_kept_with_its_reason_and_stops_nobody_else(server):
    post(3)
    server.refused = {"p1@example.org"}
    assert deliver() == 2
    failed = Mail.objects.get(status=Mail.Status.FAILED)
    assert (failed.to, failed.fault) == ("p1@example.org", "no such person")


def test_two_at_once_send_each_mail_once(server):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    post(30)

    def run(_):
        try:
            return deliver()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2))) == 30
    assert len({message["Message-ID"] for message in server.taken}) == len(server.taken) == 30


def test_a_mail_whose_sender_died_is_sent_after_the_lease_under_the_same_name(server):
    post(1)
    Mail.objects.update(due=timezone.now() + LEASE, attempts=1)  # in hand, and its hand gone
    assert deliver() == 0
    assert deliver(timezone.now() + 2 * LEASE) == 1
    assert server.taken[0]["Message-ID"] == Mail.objects.get().message_id


def test_a_withdrawn_mail_stays(server):
    post(1)
    Mail.objects.update(status=Mail.Status.WITHDRAWN)
    assert deliver() == 0
    assert server.taken == []
