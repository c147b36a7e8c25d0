"""What people are told: once each, in their language, when they wish."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext_noop

from equipoise.web.notices import actions, delivery
from equipoise.web.notices.actions import first_waking_moment, tell
from equipoise.web.notices.models import Mail, Notice
from equipoise.web.people.models import Mails

pytestmark = pytest.mark.django_db
TEXT = gettext_noop("Notices")  # any string of the catalogue


def test_the_same_thing_is_told_once(person, hangzhou):
    user = person(hangzhou)
    assert len(tell([user, user], key="a", kind="test", text=TEXT)) == 1
    assert tell([user], key="a", kind="test", text=TEXT) == []
    assert Notice.objects.count() == Mail.objects.count() == 1


def test_each_reads_their_own_language(person, hangzhou):
    lin = person(hangzhou, language="zh-hans")
    kim = person(hangzhou, language="en")
    tell([lin, kim], key="a", kind="test", text=TEXT, url="/lectures/1/")
    assert [mail.subject for mail in Mail.objects.order_by("user")] == ["通知", "Notices"]
    assert all("http://127.0.0.1:8000/lectures/1/" in mail.body for mail in Mail.objects.all())


def test_someone_who_left_is_told_nothing(person, hangzhou):
    assert tell([person(hangzhou, is_active=False)], key="a", kind="test", text=TEXT) == []


def test_many_are_told_with_as_many_queries_as_few(person, hangzhou):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    people = [person(hangzhou, mails=wish) for wish in (Mails.EACH, Mails.DAILY, Mails.NEVER) * 10]
    counts = []
    for key, some in (("few", people[:3]), ("many", people)):
        with CaptureQueriesContext(connection) as queries:
            assert len(tell(some, key=key, kind="test", text=TEXT)) == len(some)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert set(Notice.objects.filter(digested=None).values_list("user__mails", flat=True)) == {Mails.DAILY, Mails.NEVER}


def test_more_than_one_statement_holds_are_told_once_each(person, hangzhou, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 4)
    people = [person(hangzhou) for _number in range(10)]
    assert len(tell(people[5:], key="a", kind="test", text=TEXT)) == 5
    assert len(tell(people, key="a", kind="test", text=TEXT)) == 5
    assert Notice.objects.count() == Mail.objects.count() == 10


def test_mail_to_a_crowd_leaves_room_for_what_is_urgent(person, hangzhou, monkeypatch):
    monkeypatch.setattr(actions, "CROWD", 4)
    people = [person(hangzhou, quiet_from=time(7), quiet_until=time(7)) for _number in range(10)]
    tell(people, key="a", kind="test", text=TEXT)
    tell(people[:1], key="b", kind="test", text=TEXT, urgent=True)
    now = timezone.now()
    assert Mail.objects.filter(due__lte=now).count() == 5
    assert Mail.objects.filter(due__lte=now + 3 * actions.A_MOMENT).count() == 11


@pytest.mark.parametrize(("mails", "urgent", "expected"), [
    (Mails.EACH, False, 1), (Mails.DAILY, False, 0), (Mails.NEVER, False, 0),
    (Mails.DAILY, True, 1), (Mails.NEVER, True, 1),
])  # fmt: skip
def test_mail_as_they_wish(person, hangzhou, mails, urgent, expected):
    tell([person(hangzhou, mails=mails)], key="a", kind="test", text=TEXT, urgent=urgent)
    assert Mail.objects.count() == expected
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(("zone", "moment", "expected"), [
    ("Asia/Shanghai", datetime(2026, 3, 3, 13, 0, tzinfo=UTC), datetime(2026, 3, 3, 23, 0, tzinfo=UTC)),  # 21:00
    ("Asia/Shanghai", datetime(2026, 3, 3, 20, 0, tzinfo=UTC), datetime(2026, 3, 3, 23, 0, tzinfo=UTC)),  # 04:00
    ("Asia/Shanghai", datetime(2026, 3, 3, 4, 0, tzinfo=UTC), datetime(2026, 3, 3, 4, 0, tzinfo=UTC)),  # noon
    # the clocks go forward in the night: seven in the morning comes an hour sooner
    ("America/New_York", datetime(2026, 3, 8, 3, 0, tzinfo=UTC), datetime(2026, 3, 8, 11, 0, tzinfo=UTC)),
])  # fmt: skip
def test_quiet_hours_are_those_of_the_reader(person, hangzhou, zone, moment, expected):
    assert first_waking_moment(person(hangzhou, time_zone=zone), moment) == expected


def test_no_quiet_hours_and_hours_within_a_day(person, hangzhou):
    noon = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
    assert first_waking_moment(person(hangzhou, quiet_from=time(7), quiet_until=time(7)), noon) == noon
    siesta = person(hangzhou, quiet_from=time(11, 30), quiet_until=time(13))
    assert first_waking_moment(siesta, noon) == noon.replace(hour=13)


def test_one_mail_a_day_holds_all_and_comes_once(person, hangzhou):
    user = person(hangzhou, mails=Mails.DAILY, time_zone="Asia/Shanghai", language="zh-hans")
    for number in range(3):
        tell([user], key=f"thing {number}", kind="test", text=TEXT, url=f"/questions/{number}/")
    night = datetime(2026, 3, 3, 22, 0, tzinfo=UTC)  # 06:00 in Hangzhou
    assert delivery.digest(night) == 0
    assert delivery.digest(night + timedelta(hours=2)) == 1
    assert delivery.digest(night + timedelta(hours=3)) == 0
    mail = Mail.objects.get()
    assert all(f"/questions/{number}/" in mail.body for number in range(3))
    tell([user], key="later", kind="test", text=TEXT)
    assert delivery.digest(night + timedelta(hours=4)) == 0
    assert delivery.digest(night + timedelta(hours=26)) == 1
    assert Mail.objects.count() == 2


def test_what_was_read_is_not_mailed(person, hangzhou):
    user = person(hangzhou, mails=Mails.DAILY)
    tell([user], key="a", kind="test", text=TEXT)
    Notice.objects.update(read=timezone.now())
    assert delivery.digest(datetime(2026, 3, 3, 12, 0, tzinfo=UTC)) == 0


class TestPages:
    def test_only_ones_own(self, person, hangzhou, client_of):
        mine, theirs = person(hangzhou), person(hangzhou)
        tell([theirs], key="secret", kind="test", text=gettext_noop("Mark all as read"), url="/questions/7/")
        other = Notice.objects.get()
        client = client_of(mine)
        assert "Nothing is new" in client.get("/notices/").text
        assert client.post(f"/notices/{other.pk}/read/").status_code == 404
        client.post("/notices/read/")
        other.refresh_from_db()
        assert other.read is None

    def test_reading_one_leads_on(self, person, hangzhou, client_of):
        user = person(hangzhou)
        tell([user], key="a", kind="test", text=TEXT, url="/questions/")
        client = client_of(user)
        assert '<span class="count">1' in client.get("/notices/").text
        answer = client.post(f"/notices/{Notice.objects.get().pk}/read/")
        assert answer["Location"] == "/questions/"
        assert '<span class="count">' not in client.get("/notices/").text

    def test_a_visitor_is_sent_to_sign_in(self, client):
        assert client.get("/notices/").status_code == 302

    def test_as_many_queries_for_many_as_for_few(self, person, hangzhou, client_of):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client, counts = client_of(user := person(hangzhou)), []
        for number in (1, 25):
            for each in range(number):
                tell([user], key=f"{number} {each}", kind="test", text=TEXT)
            with CaptureQueriesContext(connection) as queries:
                client.get("/notices/")
            counts.append(len(queries))
        assert counts[0] == counts[1]
