"""The yearly report: made by one click, its numbers those of the database, in Word and PDF, in both languages."""

import io

import docx
import pytest
from django.urls import reverse
from django.utils import translation
from programme.conftest import YEAR

from equipoise.web.lectures.models import Attendance
from equipoise.web.programme import tasks
from equipoise.web.programme.models import YearReport
from equipoise.web.programme.report import make_figures
from equipoise.web.programme.report_words import report_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def coordinator(people, client_of):
    return client_of(people["coordinator"])


def read(response) -> docx.document.Document:
    return docx.Document(io.BytesIO(response.getvalue()))


def facts(document) -> dict[str, str]:
    """The cells of the tables of two columns."""
    return {
        row.cells[0].text: row.cells[1].text for table in document.tables for row in table.rows if len(row.cells) == 2
    }


def words(document) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


@pytest.mark.django_db(transaction=True)
def test_one_click_makes_it_and_its_numbers_are_those_of_the_database(programme, year, coordinator, run_tasks):
    page = coordinator.post(reverse("programme:report", args=[programme.pk]), {"year": YEAR})
    report = YearReport.objects.get()
    assert page["Location"] == report.get_absolute_url()
    assert "hx-get" in coordinator.get(page["Location"]).content.decode()
    assert run_tasks() == 1
    report.refresh_from_db()
    assert (report.status, report.fault) == ("done", "")
    assert coordinator.get(reverse("programme:report_progress", args=[report.pk]))["HX-Refresh"] == "true"
    pdf = {}
    for language in ("en", "zh-hans"):
        response = coordinator.get(reverse("programme:report_file", args=[report.pk, language, "pdf"]))
        pdf[language] = response.getvalue()
        assert pdf[language].startswith(b"%PDF")
    assert pdf["en"] != pdf["zh-hans"]
    english = read(coordinator.get(reverse("programme:report_file", args=[report.pk, "en", "docx"])))
    told = facts(english)
    assert told["Lectures held"] == "3 of 12 agreed for a year"
    assert told["Attendances"] == f"{Attendance.objects.count()} by 6 people"
    assert (told["Consultations requested"], told["Of these with advice"]) == ("3", "2 (67 %)")
    assert (told["Recommendations given"], told["Recommendations adopted"]) == ("4", "2")
    assert told["Recommendations declined, with a reason"] == told["Recommendations not answered yet"] == "1"
    assert told["Days from the request to the advice (median)"] == "3.0"
    assert (told["a design"], told["the question itself"], told["a protocol"]) == ("2", "1", "0")
    assert told["Confidence before a lecture, 1 to 5"] == "2.0"
    [lectures] = [
        table for table in english.tables if table.rows[0].cells[1].text == "Topic" and len(table.columns) == 6
    ]
    first = [cell.text for cell in lectures.rows[1].cells]
    assert first[1:] == ["Randomisation", "A Speakerson", "6", "6", "4.0"]
    assert first[0].count("\n") == 1
    assert f"{YEAR}-01-15 09:00" in first[0]
    assert f"{YEAR}-01-14 20:00" in first[0]
    assert lectures.rows[2].cells[5].text == "–"  # nobody said how useful it was
    assert "Next year" in words(english)
    chinese = read(coordinator.get(reverse("programme:report_file", args=[report.pk, "zh-hans", "docx"])))
    assert "随机化" in words(chinese)
    assert programme.name_zh in words(chinese)
    assert [row.style.name for row in english.paragraphs if row.style.name.startswith("Heading")] == ["Heading 1"] * 7


def test_it_names_no_requester_no_patient_and_no_invited_speaker(programme, year):
    figures = make_figures(programme, YEAR)
    for language in ("en", "zh-hans"):
        for text in (str(figures), str(report_paper(figures, language))):
            for closed in ("Requesterson", "Secret", "patient of 63", "Lonely Department', 1"):
                assert closed not in text
            assert "Speakerson" in text
    assert figures["plan"][0]["speaker"] == ""  # proposed, and not asked yet


def test_the_figures_stay_as_they_were(programme, year, people):
    report = YearReport.objects.create(programme=programme, year=YEAR, asked_by=people["coordinator"])
    tasks.make_report.func(report.pk)
    report.refresh_from_db()
    before = report.figures
    Attendance.objects.all().delete()
    YearReport.objects.update(status="waiting")
    tasks.make_report.func(report.pk)
    report.refresh_from_db()
    assert report.figures == before
    assert report.files.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_report_that_fails_says_so_and_can_be_made_again(programme, people, coordinator, monkeypatch, run_tasks):
    def broken(_paper):
        raise OSError("no room on the disk")

    monkeypatch.setitem(tasks.MAKERS, "pdf", broken)
    report = YearReport.objects.create(programme=programme, year=YEAR, asked_by=people["coordinator"])
    tasks.make_report.func(report.pk)
    report.refresh_from_db()
    assert report.status == "failed"
    page = coordinator.get(report.get_absolute_url()).content.decode()
    assert "could not be made" in page
    assert "no room" not in page
    monkeypatch.undo()
    coordinator.post(reverse("programme:report_again", args=[report.pk]))
    run_tasks()
    report.refresh_from_db()
    assert (report.status, report.files.count()) == ("done", 4)


def test_asking_twice_makes_one(programme, coordinator):
    for _ in range(2):
        coordinator.post(reverse("programme:report", args=[programme.pk]), {"year": YEAR})
    assert YearReport.objects.count() == 1


@pytest.mark.parametrize("asked", ["", "abc", "0", "99999999999", "1066"])
def test_a_year_that_is_none_is_this_one(programme, coordinator, asked):
    coordinator.post(reverse("programme:report", args=[programme.pk]), {"year": asked})
    assert YearReport.objects.get().year == YEAR


def test_a_file_that_is_not_there_is_not_found(programme, people, coordinator):
    report = YearReport.objects.create(programme=programme, year=YEAR, asked_by=people["coordinator"], status="done")
    for language, kind in (("en", "pdf"), ("de", "pdf"), ("en", "exe")):
        address = reverse("programme:report_file", args=[report.pk, language, kind])
        assert coordinator.get(address).status_code == 404


def test_an_empty_year_has_a_report(programme, people):
    with translation.override("zh-hans"):
        figures = make_figures(programme, YEAR)
    assert figures["lectures"] == []
    for language in ("en", "zh-hans"):
        paper = report_paper(figures, language)
        for maker in tasks.MAKERS.values():
            assert maker(paper)


def test_what_people_wrote_is_never_source(programme, lecture_of):
    lecture_of(topic_en='#read("/etc/passwd") $x$ *b* @ref \\ <tag>', topic_zh="#include")
    figures = make_figures(programme, YEAR)
    assert tasks.MAKERS["pdf"](report_paper(figures, "en")).startswith(b"%PDF")
