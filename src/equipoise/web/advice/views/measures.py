"""How the board does, to read and as a file."""

import csv
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from equipoise.web.access import needs
from equipoise.web.advice import measures
from equipoise.web.advice.queries import sitting
from equipoise.web.advice.views.board import chosen_programme
from equipoise.web.sheets import harmless

MONTHS = (3, 6, 12, 24)
NAMES = {
    "first": gettext_lazy("to the first answer"),
    "advice": gettext_lazy("to the advice"),
    "closed": gettext_lazy("to the end"),
}


@needs("advice.list_consultations")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What is overdue, and the figures of the last months."""
    programme = _readable(request)
    now = timezone.now()
    page = Paginator(measures.overdue(request.user, programme, now), 20).get_page(request.GET.get("page"))
    context = {"programme": programme, "here": "measures", "page": page, "months_choices": MONTHS}
    return render(request, "advice/board/measures.html", context | _figures(request, programme))


@needs("advice.list_consultations")
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The figures as a table: measure, group, what, value."""
    programme = _readable(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="board-measures-{timezone.localdate():%Y-%m-%d}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["measure", "group", "what", "value"])
    for row in _rows(_figures(request, programme)):
        writer.writerow([harmless(cell) for cell in row])
    return response


def _readable(request: HttpRequest):
    """For the board, coordinators and auditors."""
    programme = chosen_programme(request)
    if not request.user.has_perm("advice.view_measures", programme):
        raise PermissionDenied
    return programme


def _figures(request: HttpRequest, programme) -> dict:
    asked = request.GET.get("months", "")
    months = int(asked) if asked in map(str, MONTHS) else 12
    since = timezone.now() - timedelta(days=round(months * 30.44))
    cases = measures.cases_for(request.user, programme)
    recent = cases.filter(submitted__gte=since)
    by_month = measures.by_month(cases, since)
    return {
        "months": months,
        "turnarounds": [
            {"row": row, "words": NAMES[row.name]} for row in measures.turnarounds(recent, programme.review_days)
        ],
        "adoption": measures.adoption_by_strength(recent),
        "advisers": measures.by_adviser(recent, sitting(programme.pk)),
        "by_month": by_month,
        "most_a_month": max((max(row["asked"], row["advised"]) for row in by_month), default=1) or 1,
    }


def _rows(figures: dict):
    for item in figures["turnarounds"]:
        row = item["row"]
        for what in ("number", "median", "ninetieth", "in_time"):
            yield "turnaround in days", row.name, what, _number(getattr(row, what))
    for row in figures["adoption"]:
        for what in ("total", "adopted", "declined", "superseded", "open"):
            yield "recommendations", row["code"], what, row[what]
    for row in figures["advisers"]:
        for what in ("load", "capacity", "advised"):
            yield "advisers", row["name"], what, row[what]
    for row in figures["by_month"]:
        for what in ("asked", "advised"):
            yield "months", f"{row['month']:%Y-%m}", what, row[what]


def _number(value) -> str | int:
    return "" if value is None else round(value, 2) if isinstance(value, float) else value
