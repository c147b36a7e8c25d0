"""The year at a glance against what was put in, its papers, and the reminders of renewal."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from programme.conftest import YEAR

from equipoise.web.notices.models import Notice
from equipoise.web.programme import figures
from equipoise.web.programme.jobs import due_mark, remind_of_renewal
from equipoise.web.programme.models import Document, Programme
from equipoise.web.programme.presenters import present_year
from equipoise.web.programme.queries import bounds, year_asked, years_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
PDF = b"%PDF-1.7 said"


def test_the_figures_are_those_put_in(programme, year):
    assert figures.lecture_counts(programme, YEAR) == {"held": 3, "to_come": 1, "cancelled": 1}
    assert figures.funnel(programme, *bounds(YEAR)) == {
        "questions": 1,
        "searches": 0,
        "consultations": 1,
        "followed": 1,
    }
    told = figures.confidence(programme, YEAR)
    assert (told["answers"], told["before"], told["after"], told["will_change"]) == (6, 2.0, 4.0, 3)
    assert figures.certificates(programme, YEAR) == 1
    counts = figures.consultation_counts(programme, *bounds(YEAR))
    assert (counts["submitted"], counts["advised"], counts["by_kind"]) == (3, 2, {"question": 1, "design": 2})
    assert figures.lecture_counts(programme, YEAR - 1) == {"held": 0, "to_come": 0, "cancelled": 0}


def test_a_department_of_few_is_not_counted_out(programme, year, people, client_of):
    rows = {row.name: row for row in figures.by_department(programme, YEAR)}
    assert (rows["Neurology"].registered, rows["Neurology"].attended) == (7, 7)
    assert rows["Lonely Department"].attended is rows["Lonely Department"].registered is None
    page = client_of(people["member"]).get(programme.get_absolute_url(), {"year": YEAR}).content.decode()
    assert "fewer than 3" in page


def test_many_departments_are_the_largest_and_the_others(programme, person, hangzhou, lecture_of):
    from equipoise.web.lectures.models import Attendance

    lecture = lecture_of()
    for number in range(figures.MOST_DEPARTMENTS + 2):
        for _ in range(3):
            user = person(hangzhou, department=f"D{number:02}")
            Attendance.objects.create(lecture=lecture, user=user, how="code", entered_by=user)
    *named, other = figures.by_department(programme, YEAR)
    assert len(named) == figures.MOST_DEPARTMENTS
    assert (other.name, other.attended) == ("", 6)


def test_confidence_waits_for_enough_answers(programme, year, monkeypatch):
    monkeypatch.setattr(figures, "ENOUGH_ANSWERS", 7)
    assert figures.confidence(programme, YEAR) is None


def test_a_member_sees_the_year_and_nothing_of_the_agreement(programme, year, people, client_of):
    Programme.objects.filter(pk=programme.pk).update(aims_en="Aims that are for few")
    page = client_of(people["member"]).get(programme.get_absolute_url()).content.decode()
    assert "Leading teams" in page
    assert "3</strong>" in page
    for closed in ("Aims that are for few", "Secret", "Requesterson", 'id="papers"'):
        assert closed not in page
    for who in ("coordinator", "auditor", "contact"):
        assert "Aims that are for few" in client_of(people[who]).get(programme.get_absolute_url()).content.decode()


def test_the_same_number_of_queries_for_any_number_of_rows(
    programme, year, people, client_of, person, hangzhou, lecture_of
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from equipoise.web.lectures.models import Attendance, Registration

    def asked():
        client = client_of(people["coordinator"])
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            assert client.get(programme.get_absolute_url()).status_code == 200
        return len(found)

    before = asked()
    for number in range(6):
        lecture = lecture_of(topic_en=f"More {number}")
        user = person(hangzhou, department=f"More {number}")
        Registration.objects.create(lecture=lecture, user=user)
        Attendance.objects.create(lecture=lecture, user=user, how="code", entered_by=user)
    assert asked() == before < 45


def test_slow_figures_are_asked_for_once_a_minute(programme, year, people, client_of):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(who):
        with CaptureQueriesContext(connection) as found:
            page = client_of(people[who]).get(programme.get_absolute_url())
        assert "fewer than 3" in page.content.decode()
        return [query["sql"] for query in found if "lectures_attendance" in query["sql"]]

    cache.clear()
    assert asked("member")
    assert not asked("contact")


def test_the_years_are_those_of_the_term(programme):
    now = timezone.localdate().year
    programme.starts_on, programme.ends_on = date(now - 2, 5, 1), date(now + 3, 1, 1)
    assert years_of(programme) == [now + 1, now, now - 1, now - 2]
    assert [year_asked(programme, asked) for asked in ("", "x", "1066", "²", str(now - 1))] == [
        now,
        now,
        now,
        now,
        now - 1,
    ]
    programme.starts_on, programme.ends_on = date(now - 4, 1, 1), date(now - 2, 1, 1)
    assert (years_of(programme), year_asked(programme, "")) == ([now - 2, now - 3, now - 4], now - 2)


def test_an_empty_programme_has_a_page(programme, people, client_of):
    assert present_year(programme, YEAR)["confidence"] is None
    for language in ("en", "zh-hans"):
        people["coordinator"].language = language
        people["coordinator"].save()
        assert client_of(people["coordinator"]).get(programme.get_absolute_url()).status_code == 200


class TestEditing:
    def facts(self, programme, **facts):
        return {
            "name_en": programme.name_en, "name_zh": "", "signed_on": "2025-12-01", "starts_on": "2026-01-01",
            "ends_on": "2029-12-31", "renewal_notice_days": 90, "aims_en": "Learn", "aims_zh": "", "lectures_a_year": 10,
            "review_days": 4, "contacts": "",
        } | facts  # fmt: skip

    def test_what_is_written_is_kept(self, programme, people, client_of):
        mail = people["member"].email.upper()
        client = client_of(people["coordinator"])
        assert (
            client.post(
                reverse("programme:edit", args=[programme.pk]), self.facts(programme, contacts=mail)
            ).status_code
            == 302
        )
        programme.refresh_from_db()
        assert (programme.lectures_a_year, programme.review_days, programme.aims_en) == (10, 4, "Learn")
        assert list(programme.contacts.all()) == [people["member"]]

    @pytest.mark.parametrize(
        "wrong",
        [{"ends_on": "2026-01-01"}, {"ends_on": "2025-01-01"}, {"name_en": ""}, {"contacts": "nobody@example.org"},
         {"contacts": "outsider"}, {"review_days": 0}, {"lectures_a_year": -1}, {"renewal_notice_days": 99999}, {"starts_on": "x"}],
    )  # fmt: skip
    def test_what_is_wrong_changes_nothing(self, programme, people, client_of, wrong):
        before = Programme.objects.values().get()
        if wrong.get("contacts") == "outsider":
            wrong = {"contacts": people["outsider"].email}
        response = client_of(people["coordinator"]).post(
            reverse("programme:edit", args=[programme.pk]), self.facts(programme, **wrong)
        )
        assert response.status_code == 422
        assert "errorlist" in response.content.decode()
        assert Programme.objects.values().get() == before
        assert list(programme.contacts.all()) == [people["contact"]]


class TestPapers:
    def test_a_document_goes_in_and_out(self, programme, people, client_of):
        client = client_of(people["coordinator"])
        facts = {"title": "Signed", "file": SimpleUploadedFile("../签 署.pdf", PDF)}
        assert client.post(reverse("programme:add_document", args=[programme.pk]), facts).status_code == 302
        document = Document.objects.get()
        assert "签" not in document.file.name
        response = client_of(people["contact"]).get(reverse("programme:document", args=[document.pk]))
        assert b"".join(response.streaming_content) == PDF
        assert response["X-Content-Type-Options"] == "nosniff"
        for who, status in (("member", 404), ("contact", 403), ("auditor", 403), ("outsider", 404)):
            address = reverse("programme:remove_document", args=[document.pk])
            assert client_of(people[who]).post(address).status_code == status, who
        assert client.post(reverse("programme:remove_document", args=[document.pk])).status_code == 302
        assert not Document.objects.exists()

    def test_a_file_that_is_not_what_it_says_is_refused(self, programme, people, client_of):
        facts = {"title": "Signed", "file": SimpleUploadedFile("a.pdf", b"<script>")}
        response = client_of(people["coordinator"]).post(reverse("programme:add_document", args=[programme.pk]), facts)
        assert response.status_code == 422
        assert "errorlist" in response.content.decode()
        assert not Document.objects.exists()


class TestRenewal:
    @pytest.mark.parametrize(
        ("left", "mark"), [(121, None), (120, 120), (61, 120), (60, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
    )
    def test_which_reminder_is_due(self, programme, left, mark):
        programme.ends_on = timezone.localdate() + timedelta(days=left)
        assert due_mark(programme) == mark

    def test_each_is_told_once_to_contacts_and_coordinators_of_both(self, programme, people):
        programme.ends_on = timezone.localdate() + timedelta(days=100)
        programme.save()
        for _ in range(2):
            remind_of_renewal()
        told = {people[who] for who in ("contact", "coordinator", "partner")}
        assert {notice.user for notice in Notice.objects.all()} == told
        assert Notice.objects.count() == 3
        programme.ends_on = timezone.localdate() + timedelta(days=30)
        programme.save()
        remind_of_renewal()
        assert Notice.objects.count() == 6
        assert programme.name_zh in Notice.objects.first().text_zh
