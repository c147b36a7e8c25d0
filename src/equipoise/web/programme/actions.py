"""What can happen to a programme and to its reports."""

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from equipoise.web.programme.models import Document, Programme, ReportFile, YearReport
from equipoise.web.uploads import clean_filename

Status = YearReport.Status


@transaction.atomic
def change_programme(*, programme: Programme, contacts: list) -> None:
    """Keep what a form has put into the programme, and who its contacts are."""
    programme.save()
    programme.contacts.set(contacts)


@transaction.atomic
def add_document(*, programme: Programme, by, title: str, file: UploadedFile) -> Document:
    """Keep a document of the agreement."""
    return Document.objects.create(
        programme=programme, title=title, file=file, filename=clean_filename(file), added_by=by
    )


@transaction.atomic
def remove_document(*, document: Document) -> None:
    """Remove a document, and its file once that is sure."""
    stored = document.file
    document.delete()
    transaction.on_commit(lambda: stored.delete(save=False))


@transaction.atomic
def ask_for_report(*, programme: Programme, year: int, by) -> YearReport:
    """A yearly report, which the worker makes; one that is being made is not begun twice."""
    from equipoise.web.programme.tasks import make_report

    waiting = programme.reports.select_for_update().filter(year=year, status=Status.WAITING).first()
    if waiting is not None:
        return waiting
    report = YearReport.objects.create(programme=programme, year=year, asked_by=by)
    transaction.on_commit(lambda: make_report.enqueue(report.pk))
    return report


@transaction.atomic
def try_again(*, report: YearReport) -> bool:
    """Have a report that failed, or that its worker lost, made anew; whether there was anything to do."""
    from equipoise.web.programme.tasks import make_report

    if report.status == Status.DONE:
        return False
    YearReport.objects.filter(pk=report.pk).update(status=Status.WAITING, fault="")
    transaction.on_commit(lambda: make_report.enqueue(report.pk))
    return True


def keep_figures(*, report: YearReport, figures: dict) -> None:
    """Freeze the figures with the report."""
    report.figures = figures
    report.save(update_fields=["figures"])


def keep_file(*, report: YearReport, language: str, kind: str, content: bytes) -> ReportFile:
    """Keep one of the report's files."""
    facts = {"file": ContentFile(content, name=kind)}
    return ReportFile.objects.update_or_create(report=report, language=language, kind=kind, defaults=facts)[0]


def end_report(*, report: YearReport, fault: str = "") -> None:
    """The report is done, or has failed."""
    status = Status.FAILED if fault else Status.DONE
    YearReport.objects.filter(pk=report.pk).update(status=status, fault=fault[:200])
