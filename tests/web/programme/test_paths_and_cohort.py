"""One person's path and the cohort, against what was put in."""

import csv
import io
from datetime import timedelta

import docx
import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from programme.conftest import YEAR

from equipoise.web.people.models import User
from equipoise.web.programme import cohort
from equipoise.web.programme.growth import growth_of, stage_now, stages

pytestmark = pytest.mark.django_db
NOTHING = {"lectures": 0, "domains": 0, "ready": 0, "searches": 0, "advised": 0, "adopted": 0}


class TestGrowth:
    def test_the_counts_are_those_put_in(self, year, people):
        told = growth_of(year["owner"], people["coordinator"])
        assert told.counts == {
            "lectures": 1, "domains": 2, "questions": 1, "ready": 1, "searches": 0, "consultations": 3, "advised": 2,
            "recommendations": 4, "adopted": 2, "certificates": 1,
        }  # fmt: skip
        assert "science" not in told.missing
        assert "leadership" in told.missing

    def test_the_next_best_lecture_covers_most_of_what_is_missing(self, year, people, lecture_of):
        soon = timezone.now() + timedelta(days=1)
        lecture_of(topic_en="Known already", competencies=["science"], status="confirmed", starts=soon)
        lecture_of(
            topic_en="Not announced", competencies=["data", "management", "products"], status="invited", starts=soon
        )
        best = growth_of(year["owner"], year["owner"]).next_best
        assert best["lecture"] == year["coming"]
        assert len(best["fresh"]) == 2

    def test_of_equals_that_in_a_field_of_theirs_is_better(self, people, lecture_of):
        soon = timezone.now() + timedelta(days=1)
        lecture_of(competencies=["data"], status="confirmed", starts=soon)
        mine = lecture_of(
            competencies=["ethics"], expertise=["neurology"], status="confirmed", starts=soon + timedelta(days=9)
        )
        people["member"].expertise = ["neurology"]
        assert growth_of(people["member"], people["member"]).next_best["lecture"] == mine

    def test_what_a_conflict_closes_is_not_counted(self, year, people):
        from equipoise.web.advice.models import BoardMember, Conflict

        reader, owner = people["coordinator"], year["owner"]
        seat = BoardMember.objects.create(
            programme=owner.consultations.first().programme, user=reader, since="2026-01-01"
        )
        Conflict.objects.create(member=seat, person=owner, reason="x", declared_by=reader)
        told = growth_of(owner, User.objects.get(pk=reader.pk))
        assert (told.counts["consultations"], told.counts["recommendations"]) == (0, 0)

    def test_what_is_of_another_programme_is_not_seen(self, year, people, boston, person):
        from datetime import date

        from equipoise.web.lectures.models import Attendance, Lecture, Series
        from equipoise.web.people.models import Institution, Membership
        from equipoise.web.programme.models import Programme

        other = Programme.objects.create(name_en="Other", starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1))
        place = Institution.objects.create(name_en="Third")
        other.institutions.set([place])
        owner = year["owner"]
        Membership.objects.create(user=owner, institution=place, role="investigator")
        series = Series.objects.create(programme=other, year=YEAR, title_en="S")
        lecture = Lecture.objects.create(
            series=series, programme=other, topic_en="Elsewhere", status="held", starts=timezone.now()
        )
        Attendance.objects.create(lecture=lecture, user=owner, how="code", entered_by=owner)
        owner = User.objects.get(pk=owner.pk)
        assert growth_of(owner, people["coordinator"]).counts["lectures"] == 1
        assert growth_of(owner, owner).counts["lectures"] == 2

    @pytest.mark.parametrize(
        ("counts", "stage"),
        [({}, "clinician"), ({"lectures": 3, "domains": 3}, "learner"), ({"ready": 1}, "clinician"),
         ({"lectures": 3, "domains": 3, "ready": 1}, "asker"),
         ({"lectures": 3, "domains": 3, "ready": 1, "searches": 1, "advised": 1}, "designer"),
         ({"lectures": 6, "domains": 6, "ready": 1, "searches": 1, "advised": 1, "adopted": 2}, "scientist")],
    )  # fmt: skip
    def test_the_stages_follow_their_rules(self, counts, stage):
        assert stage_now(NOTHING | counts)["code"] == stage
        assert len(stages(NOTHING | counts)) == 5

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_the_page_and_the_cv_name_no_case_and_no_question(self, year, people, client_of, language):
        reader, owner = people["coordinator"], year["owner"]
        reader.language = language
        reader.save()
        page = client_of(reader).get(reverse("programme:growth", args=[owner.pk])).content.decode()
        assert "Randomisation" in page or "随机化" in page
        pdf = client_of(reader).get(reverse("programme:cv", args=[owner.pk, language, "pdf"])).content
        assert pdf.startswith(b"%PDF")
        assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") <= 1
        word = client_of(reader).get(reverse("programme:cv", args=[owner.pk, language, "docx"])).content
        cells = [
            cell.text for table in docx.Document(io.BytesIO(word)).tables for row in table.rows for cell in row.cells
        ]
        assert "EQ-1" in cells
        assert "Secret" not in page + "".join(cells)

    def test_a_kind_that_is_none_is_not_found(self, people, client_of):
        for language, kind in (("fr", "pdf"), ("en", "odt")):
            assert (
                client_of(people["member"])
                .get(reverse("programme:cv", args=[people["member"].pk, language, kind]))
                .status_code
                == 404
            )

    def test_a_person_without_a_programme_has_a_page(self, person, client_of, boston):
        lonely = person(boston)
        assert client_of(lonely).get(reverse("programme:growth", args=[lonely.pk])).status_code == 200


class TestCohort:
    def rows(self, programme, reader, sort="lectures", down=True, **asked):
        found = cohort.in_order(cohort.find_people(programme, **asked), programme, reader, sort, down=down)
        return cohort.with_counts(list(found[0:500]), programme, reader)

    def test_the_counts_are_those_put_in(self, programme, year, people):
        row = next(row for row in self.rows(programme, people["coordinator"]) if row["person"] == year["owner"])
        assert [row[what] for what in cohort.COUNTED] == [1, 1, 1, 3]
        assert row["places"] == ["Lakeside Teaching Hospital"]
        assert people["outsider"] not in [row["person"] for row in self.rows(programme, people["coordinator"])]

    @pytest.mark.parametrize("sort", cohort.COUNTED)
    def test_it_sorts_by_what_it_shows(self, programme, year, people, sort):
        for down in (True, False):
            numbers = [row[sort] for row in self.rows(programme, people["coordinator"], sort, down)]
            assert numbers == sorted(numbers, reverse=down)
            assert max(numbers) > 0

    @pytest.mark.parametrize("down", [True, False])
    def test_its_pages_name_everyone_once_whatever_they_are_sorted_by(self, programme, year, people, down):
        found = cohort.find_people(programme)
        for sort in cohort.SORTS:
            ranked = cohort.in_order(found, programme, people["coordinator"], sort, down=down)
            pages = [list(ranked[start : start + 3]) for start in range(0, found.count() + 3, 3)]
            everyone = [user.pk for page in pages for user in page]
            assert len(everyone) == len(set(everyone)) == found.count(), sort

    def test_it_finds_by_name_department_and_institution(self, programme, year, people, boston):
        reader = people["coordinator"]
        assert [row["person"] for row in self.rows(programme, reader, words="requesterson")] == [year["owner"]]
        assert [row["person"] for row in self.rows(programme, reader, words="lonely")] == [year["lonely"]]
        assert year["owner"] not in [row["person"] for row in self.rows(programme, reader, institution=boston.pk)]

    def test_the_page_takes_any_address(self, programme, people, client_of):
        client = client_of(people["coordinator"])
        for asked in (
            {"sort": "email"},
            {"institution": "²"},
            {"institution": "9" * 30},
            {"page": "x"},
            {"q": "%_'\""},
            {"order": "?"},
        ):
            assert client.get(reverse("programme:cohort", args=[programme.pk]), asked).status_code == 200

    def test_the_same_number_of_queries_for_any_number_of_people(
        self, programme, year, people, client_of, person, hangzhou
    ):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def asked():
            client = client_of(people["coordinator"])
            cache.clear()
            with CaptureQueriesContext(connection) as found:
                client.get(reverse("programme:cohort", args=[programme.pk]), {"sort": "questions"})
            return len(found)

        before = asked()
        for _ in range(12):
            person(hangzhou, "investigator")
        assert asked() == before < 30

    def test_the_sheet_has_everyone_and_no_formula(self, programme, year, people, client_of):
        User.objects.filter(pk=year["owner"].pk).update(department="=cmd|'/c calc'!A1")
        response = client_of(people["coordinator"]).get(reverse("programme:cohort_csv", args=[programme.pk]))
        text = response.getvalue().decode("utf-8-sig")
        head, *rows = list(csv.reader(io.StringIO(text)))
        assert len(head) == 10
        assert len(rows) == cohort.find_people(programme).count()
        [mine] = [row for row in rows if row[0] == "Requesterson"]
        assert mine[4].startswith("'=")
        assert mine[5:9] == ["1", "1", "1", "3"]
