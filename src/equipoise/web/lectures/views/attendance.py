"""Who was there: the code that is shown and entered, the list, entries by hand, and a meeting's list."""

import csv
import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from equipoise.web.access import needs
from equipoise.web.lectures import imports, presence, queries
from equipoise.web.lectures.actions import NotPossibleError
from equipoise.web.lectures.forms import CodeForm, MeetingForm, PersonForm
from equipoise.web.lectures.models import Attendance, Lecture
from equipoise.web.lectures.views.attempt import attempt
from equipoise.web.sheets import harmless

either = require_http_methods(["GET", "HEAD", "POST"])
ON_A_PAGE = 50


@needs("lectures.keep_lecture", Lecture)
@either
def code(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """The code, as large as the screen allows; a new one for the asking."""
    if request.method == "POST":
        attempt(request, lambda: presence.open_code(lecture=lecture))
        return redirect("lectures:code", lecture.pk)
    counts = lecture.is_public and presence.code_is_valid(lecture)
    context = {
        "lecture": lecture,
        "valid": counts,
        "code": lecture.attendance_code if counts else "",
        "there": lecture.attendances.count(),
        "until": lecture.ends + presence.AFTER if lecture.starts else None,
        "since": lecture.starts - presence.BEFORE if lecture.starts else None,
    }
    return render(request, "lectures/code.html", context)


@needs("lectures.keep_lecture", Lecture)
@require_safe
def count(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """How many have entered the code: a part of the page above that renews itself."""
    return render(request, "lectures/parts/there.html", {"there": lecture.attendances.count()})


@needs("lectures.take_part", Lecture)
@either
def attend(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Enter the code that is shown."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            presence.attend_by_code(lecture=lecture, user=request.user, code=form.cleaned_data["code"])
        except NotPossibleError as error:
            form.add_error("code", error)
        else:
            messages.success(request, _("You were there: it is noted."))
            return redirect(lecture)
    context = {"lecture": lecture, "form": form, "attended": lecture.attendances.filter(user=request.user).exists()}
    return render(request, "lectures/attend.html", context, status=422 if request.method == "POST" else 200)


@needs("lectures.view_attendance", Lecture)
@require_safe
def index(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Who was there, and how that is known."""
    context = _list(request, lecture) | {"form": PersonForm(programme_id=lecture.programme_id)}
    return render(request, "lectures/attendance.html", context)


@needs("lectures.keep_lecture", Lecture)
@require_POST
def add(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Someone was there, as the coordinator or the speaker knows."""
    form = PersonForm(request.POST, programme_id=lecture.programme_id)
    if form.is_valid():
        action = lambda: presence.enter_attendance(lecture=lecture, person=form.person, by=request.user)  # noqa: E731
        attempt(request, action, _("%(name)s is noted as having been there.") % {"name": form.person.name})
        return redirect("lectures:attendance", lecture.pk)
    return render(request, "lectures/attendance.html", _list(request, lecture) | {"form": form}, status=422)


@needs("lectures.keep_lecture", Lecture)
@require_POST
def remove(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Someone was not there after all."""
    attendance = get_object_or_404(Attendance, pk=number, lecture=lecture)
    presence.remove_attendance(attendance=attendance)
    messages.success(request, _("Removed from the list."))
    return redirect("lectures:attendance", lecture.pk)


@needs("lectures.keep_lecture", Lecture)
@either
def meeting(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Take in a meeting's list: first what it would do, line by line, then doing it."""
    if request.method == "POST" and "sealed" in request.POST:
        return _take_in(request, lecture)
    form = MeetingForm(request.POST or None, request.FILES or None, initial={"least": 20})
    context = {"lecture": lecture, "form": form}
    if request.method == "POST" and form.is_valid():
        run = imports.run_meeting(lecture, form.lines, form.cleaned_data["least"])
        kept = {str(pk): minutes for pk, minutes in run.minutes.items()}
        context |= {"run": run, "sealed": imports.seal(f"meeting.{lecture.pk}.{request.user.pk}", kept)}
        return render(request, "lectures/meeting.html", context)
    return render(request, "lectures/meeting.html", context, status=422 if request.method == "POST" else 200)


@needs("lectures.view_attendance", Lecture)
@require_safe
def download(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """The list as a table."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_("Person"), _("E-mail"), _("Department"), _("Minutes"), _("How it is known")])
    for row in lecture.attendances.select_related("user").order_by("user__family_name", "user__given_name"):
        cells = (row.user.name, row.user.email, row.user.department, row.minutes or "", row.get_how_display())
        writer.writerow([harmless(cell) for cell in cells])
    response = HttpResponse(b"\xef\xbb\xbf" + text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="attendance-{lecture.pk}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _take_in(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    kept = imports.unseal(f"meeting.{lecture.pk}.{request.user.pk}", request.POST["sealed"])
    if kept is None:
        messages.error(request, _("This list is too old, or not the one that was checked. Choose the file again."))
        return redirect("lectures:meeting", lecture.pk)
    minutes = {int(pk): there for pk, there in kept.items()}
    try:
        fresh = presence.take_in_list(lecture=lecture, minutes=minutes, by=request.user)
    except NotPossibleError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Taken in: %(count)s people who were not on the list before.") % {"count": fresh})
    return redirect("lectures:attendance", lecture.pk)


def _list(request: HttpRequest, lecture: Lecture) -> dict:
    rows = lecture.attendances.select_related("user", "entered_by").order_by("-created", "-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    return {
        "lecture": lecture,
        "page": page,
        "rows": page.object_list,
        "total": page.paginator.count,
        "registered": queries.places_taken(lecture),
        "may_keep": request.user.has_perm("lectures.keep_lecture", lecture),
    }
