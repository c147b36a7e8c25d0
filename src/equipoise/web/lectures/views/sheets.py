"""Lectures from a spreadsheet: first what it would do, row by row, then doing it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from equipoise.web.access import needs
from equipoise.web.lectures import imports, spreadsheet
from equipoise.web.lectures.forms import SheetForm
from equipoise.web.lectures.models import Series
from equipoise.web.lectures.spreadsheet import Row


@needs("lectures.plan_series", Series, see="lectures.view_series")
@require_http_methods(["GET", "HEAD", "POST"])
def from_sheet(request: HttpRequest, series: Series) -> HttpResponse:
    """Take in the lectures of a file."""
    what = f"lectures.{series.pk}.{request.user.pk}"
    if request.method == "POST" and "sealed" in request.POST:
        return _take_in(request, series, what)
    form = SheetForm(request.POST or None, request.FILES or None)
    context = {"series": series, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            rows = spreadsheet.read_lectures(form.rows, series)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            good = [[row.line, row.cells] for row in rows if not row.problems]
            context |= {"rows": rows, "good": len(good), "sealed": imports.seal(what, good) if good else ""}
            return render(request, "lectures/import.html", context)
    return render(request, "lectures/import.html", context, status=422 if request.method == "POST" else 200)


@needs("lectures.add_lecture")
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An example file to fill in."""
    response = HttpResponse(spreadsheet.template_file(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lectures.csv"'
    return response


def _take_in(request: HttpRequest, series: Series, what: str) -> HttpResponse:
    kept = imports.unseal(what, request.POST["sealed"])
    if kept is None:
        messages.error(request, _("This list is too old, or not the one that was checked. Choose the file again."))
        return redirect("lectures:import", series.pk)
    made = spreadsheet.take_in([Row(line, cells) for line, cells in kept], series)
    messages.success(request, _("%(count)s lectures are in the plan.") % {"count": len(made)})
    return redirect("lectures:plan", series.pk)
