"""One person's path, and everyone's."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from equipoise.web.access import needs
from equipoise.web.paging import page_of
from equipoise.web.people.models import User
from equipoise.web.programme import cohort as people_of
from equipoise.web.programme.growth import growth_of
from equipoise.web.programme.growth_words import cv_paper, present_growth
from equipoise.web.programme.models import Programme
from equipoise.web.programme.tasks import MAKERS
from equipoise.web.uploads import KINDS


@needs("people.view_growth", User)
@require_GET
def growth(request: HttpRequest, person: User) -> HttpResponse:
    """The path of one person, from clinician to physician-scientist."""
    context = {"person": person, "is_me": person.pk == request.user.pk, "languages": settings.LANGUAGES}
    return render(request, "programme/growth.html", context | present_growth(growth_of(person, request.user)))


@needs("people.view_growth", User)
@require_GET
def cv(request: HttpRequest, person: User, language: str, kind: str) -> HttpResponse:
    """The path on one page, to take away."""
    if language not in dict(settings.LANGUAGES) or kind not in MAKERS:
        raise Http404
    content = MAKERS[kind](cv_paper(growth_of(person, request.user), language))
    response = HttpResponse(content, content_type=KINDS[kind][0])
    response["Content-Disposition"] = f'attachment; filename="cv-{person.pk}-{language}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    return response


@needs("programme.view_cohort", Programme)
@require_GET
def cohort(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Everyone of the programme with what they have done."""
    asked = _asked(request)
    found = _found(programme, asked)
    people = people_of.in_order(found, programme, request.user, asked["sort"], down=asked["order"] == "down")
    page = page_of(people, request.GET.get("page"), 30)
    context = {
        "programme": programme, "page": page, "asked": asked, "institutions": people_of.people_per_institution(programme),
        "rows": people_of.with_counts(page.rows, programme, request.user),
        "columns": [_column(asked, code, name) for code, name in _columns()],
        "address": _address(asked),
    }  # fmt: skip
    return render(request, "programme/cohort.html", context)


@needs("programme.view_cohort", Programme)
@require_GET
def cohort_csv(request: HttpRequest, programme: Programme) -> StreamingHttpResponse:
    """The same as a spreadsheet."""
    lines = people_of.sheet(_found(programme, _asked(request)), programme, request.user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="people-of-programme-{programme.pk}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _columns() -> list[tuple[str, str]]:
    return [
        ("name", _("Person")), ("department", _("Institution and department")), ("lectures", _("Lectures")),
        ("certificates", _("Certificates")), ("questions", _("Questions")), ("consultations", _("Consultations")),
        ("active", _("Last signed in")),
    ]  # fmt: skip


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "institution", "sort", "order")}
    if asked["sort"] not in people_of.SORTS:
        asked["sort"] = "department"
    asked["order"] = "down" if asked["order"] == "down" else "up"
    return asked


def _found(programme: Programme, asked: dict[str, str]):
    place = int(asked["institution"][:9]) if asked["institution"].isdecimal() else None
    return people_of.find_people(programme, words=asked["q"], institution=place)


def _column(asked: dict[str, str], code: str, name: str) -> dict:
    """A heading that sorts by its column; numbers first from the top, then the other way round."""
    here, numbers = asked["sort"] == code, code in (*people_of.COUNTED, "active")
    order = ("up" if asked["order"] == "down" else "down") if here else ("down" if numbers else "up")
    return {
        "name": name, "number": code in people_of.COUNTED, "address": _address(asked | {"sort": code, "order": order}),
        "sorted": ("descending" if asked["order"] == "down" else "ascending") if here else "",
    }  # fmt: skip


def _address(asked: dict[str, str]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})
