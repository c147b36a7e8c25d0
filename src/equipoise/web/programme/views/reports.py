"""The yearly report: ask for it, follow it, take it away."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from equipoise.web.access import needs
from equipoise.web.programme.actions import ask_for_report, try_again
from equipoise.web.programme.models import Programme, ReportFile, YearReport
from equipoise.web.programme.queries import year_asked, years_of
from equipoise.web.programme.tasks import STEPS
from equipoise.web.uploads import KINDS, send_file

PATIENCE = timedelta(minutes=3)
"""A report that takes longer may be asked for again."""


@needs("programme.view_yearreport", Programme, see="programme.view_programme")
@require_GET
def index(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The reports there are, and a new one."""
    found = programme.reports.select_related("asked_by").prefetch_related("files").defer("figures")
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    context = {
        "programme": programme, "page": page, "reports": page.object_list, "years": years_of(programme),
        "year": year_asked(programme, request.GET.get("year", "")),
        "may_make": request.user.has_perm("programme.make_report", programme),
    }  # fmt: skip
    return render(request, "programme/reports.html", context)


@needs("programme.make_report", Programme)
@require_POST
def make(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Ask for the report of a year."""
    year = year_asked(programme, request.POST.get("year", ""))
    return redirect(ask_for_report(programme=programme, year=year, by=request.user))


@needs("programme.view_yearreport", YearReport)
@never_cache
@require_GET
def detail(request: HttpRequest, report: YearReport) -> HttpResponse:
    """Its progress while it is made, its files when it is done."""
    return render(request, "programme/report.html", _following(request, report))


@needs("programme.view_yearreport", YearReport)
@never_cache
@require_GET
def progress(request: HttpRequest, report: YearReport) -> HttpResponse:
    """The part of the page that renews itself; once there is nothing to wait for, the whole page is asked for."""
    response = render(request, "programme/parts/report_progress.html", _following(request, report))
    if report.status != YearReport.Status.WAITING:
        response["HX-Refresh"] = "true"
    return response


@needs("programme.make_report", YearReport)
@require_POST
def again(request: HttpRequest, report: YearReport) -> HttpResponse:
    """Make a report anew that failed or was lost."""
    if report.status == YearReport.Status.FAILED or _is_late(report):
        try_again(report=report)
    return redirect(report)


@needs("programme.view_yearreport", YearReport)
@require_GET
def file(request: HttpRequest, report: YearReport, language: str, kind: str) -> HttpResponse:
    """The report in a language, as Word or PDF."""
    made = ReportFile.objects.filter(report=report, language=language, kind=kind).first()
    if made is None or report.status != YearReport.Status.DONE:
        raise Http404
    return send_file(made.file, f"report-{report.year}-{language}.{kind}", KINDS[kind][0])


def _is_late(report: YearReport) -> bool:
    return report.status == YearReport.Status.WAITING and timezone.now() - report.created > PATIENCE


def _following(request: HttpRequest, report: YearReport) -> dict:
    files = list(report.files.all())
    done = bool(report.figures) + len(files)
    return {
        "report": report, "programme": report.programme, "files": files, "percent": round(100 * done / STEPS),
        "done": done, "steps": STEPS, "late": _is_late(report),
        "may_make": request.user.has_perm("programme.make_report", report),
    }  # fmt: skip
