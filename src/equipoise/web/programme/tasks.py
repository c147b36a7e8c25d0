"""The yearly report as a background task."""

import logging

from django.conf import settings
from django_tasks import task

from equipoise.web.programme.actions import end_report, keep_figures, keep_file
from equipoise.web.programme.models import YearReport
from equipoise.web.programme.paper import to_pdf, to_word
from equipoise.web.programme.report import make_figures
from equipoise.web.programme.report_words import report_paper

MAKERS = {"docx": to_word, "pdf": to_pdf}
STEPS = 1 + len(MAKERS) * len(settings.LANGUAGES)
"""The figures, then each file."""


@task
def make_report(pk: int) -> None:
    """Make the figures and the files, if they are still waited for; whatever happens, the report's row says how it ended."""
    report = YearReport.objects.select_related("programme").filter(pk=pk, status=YearReport.Status.WAITING).first()
    if report is None:
        return
    try:
        if not report.figures:
            keep_figures(report=report, figures=make_figures(report.programme, report.year))
            report.refresh_from_db(fields=["figures"])
        for language, _name in settings.LANGUAGES:
            paper = report_paper(report.figures, language)
            for kind, maker in MAKERS.items():
                keep_file(report=report, language=language, kind=kind, content=maker(paper))
    except Exception:
        logging.getLogger(__name__).exception("yearly report %s failed", pk)
        end_report(report=report, fault="unexpected")
    else:
        end_report(report=report)
