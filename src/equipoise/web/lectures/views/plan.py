"""Planning a lecture: write it down, change it, invite its speaker, move it, cancel it; and the speaker's answer."""

import zoneinfo
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from equipoise.web.access import needs
from equipoise.web.lectures import actions, queries
from equipoise.web.lectures.forms import CancelForm, JoinLinks, LectureForm, NoteForm, TimeForm, time_initial
from equipoise.web.lectures.models import DateProposal, Lecture, Series
from equipoise.web.lectures.presenters import present_row, present_slots
from equipoise.web.lectures.views.attempt import attempt

either = require_http_methods(["GET", "HEAD", "POST"])


@needs("lectures.plan_series", Series, see="lectures.view_series")
@either
def new(request: HttpRequest, series: Series) -> HttpResponse:
    """A new lecture of a series, at a suggested time or any other."""
    data = request.POST if request.method == "POST" else None
    programme = series.programme_id
    form = LectureForm(data, programme_id=programme, instance=Lecture(series=series, programme=series.programme))
    zone = request.user.time_zone
    initial = time_initial(_starts(request.GET.get("starts", "")), 60, zone)
    times = TimeForm(data, programme_id=programme, zones=(zone,), initial=initial, optional=True)
    if data is not None and form.is_valid() & times.is_valid():
        made = actions.plan_lecture(series=series, **form.facts(), **times.facts())
        _say_if_twice(request, times)
        messages.success(request, _("The lecture is in the plan, as proposed. Invite its speaker when it is ready."))
        return redirect(made)
    context = {"series": series, "form": form, "times": times, "speakers": queries.speakers_of(programme)[:200]}
    return render(request, "lectures/new.html", context, status=422 if data is not None else 200)


@needs("lectures.change_lecture", Lecture)
@either
def change(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """What it is about, and who gives it."""
    data = request.POST if request.method == "POST" else None
    form = LectureForm(data, programme_id=lecture.programme_id, instance=lecture)
    if (
        data is not None
        and form.is_valid()
        and attempt(request, lambda: actions.change_lecture(lecture=lecture, **form.facts()), _("Saved."))
    ):
        return redirect(lecture)
    speakers = queries.speakers_of(lecture.programme_id)[:200]
    context = {"lecture": lecture, "form": form, "speakers": speakers}
    return render(request, "lectures/change.html", context, status=422 if data is not None else 200)


@needs("lectures.change_lecture", Lecture)
@either
def move(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Another date; whoever has the lecture in a calendar gets it moved there."""
    data = request.POST if request.method == "POST" else None
    zones = (lecture.time_zone, lecture.speaker.time_zone if lecture.speaker else "")
    starts = _starts(request.GET.get("starts", "")) or lecture.starts
    initial = time_initial(starts, lecture.minutes, lecture.time_zone)
    form = TimeForm(data, programme_id=lecture.programme_id, zones=zones, besides=lecture, initial=initial)
    if data is not None and form.is_valid():
        _say_if_twice(request, form)
        done = _("The new date is set. Whoever had the old one in a calendar is told.")
        if attempt(request, lambda: actions.reschedule_lecture(lecture=lecture, **form.facts()), done):
            return redirect(lecture)
    month = (starts or timezone.now()).astimezone(zoneinfo.ZoneInfo(lecture.time_zone))
    context = {
        "lecture": lecture,
        "form": form,
        "coming": queries.places_taken(lecture),
        "slots": present_slots(lecture.programme_id, month.year, month.month, lecture.minutes, besides=lecture),
    }
    return render(request, "lectures/move.html", context, status=422 if data is not None else 200)


@needs("lectures.change_lecture", Lecture)
@either
def cancel(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Call it off, with a reason."""
    data = request.POST if request.method == "POST" else None
    form = CancelForm(data)
    if data is not None and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = _("The lecture is cancelled, and everyone concerned is told.")
        attempt(request, lambda: actions.cancel_lecture(lecture=lecture, reason=reason), done)
        return redirect(lecture)
    context = {"lecture": lecture, "form": form, "coming": queries.places_taken(lecture)}
    return render(request, "lectures/cancel.html", context, status=422 if data is not None else 200)


@needs("lectures.change_lecture", Lecture)
@require_POST
def invite(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Ask the speaker."""
    attempt(request, lambda: actions.invite_speaker(lecture=lecture), _("The speaker is invited, and asked to answer."))
    return redirect(lecture)


@needs("lectures.change_lecture", Lecture)
@require_POST
def confirm(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Confirm what was agreed in another way."""
    attempt(request, lambda: actions.confirm_lecture(lecture=lecture), _("The lecture is confirmed and announced."))
    return redirect(lecture)


@needs("lectures.answer_invitation", Lecture)
@either
def answer(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """The speaker accepts, asks for another date in their own time zone, or declines."""
    data = request.POST if request.method == "POST" else None
    what = request.POST.get("answer", "")
    zone = request.user.time_zone
    options = {"zones": (zone,), "besides": lecture, "programme_id": lecture.programme_id}
    times = TimeForm(
        data if what == "date" else None, initial=time_initial(lecture.starts, lecture.minutes, zone), **options
    )
    note = NoteForm(data if what in ("date", "no") else None)
    if what == "yes":
        done = _("Thank you. The lecture is confirmed.")
        attempt(request, lambda: actions.accept_invitation(lecture=lecture), done)
        return redirect(lecture)
    if what == "no" and note.is_valid():
        words = note.cleaned_data["note"]
        done = _("Thank you for answering. The coordinators are told.")
        gone = attempt(request, lambda: actions.decline_invitation(lecture=lecture, note=words), done)
        return redirect("lectures:list" if gone else lecture)
    if what == "date" and times.is_valid() & note.is_valid():
        asked = {"starts": times.starts, "time_zone": times.cleaned_data["time_zone"]}
        words = note.cleaned_data["note"]
        done = _("Thank you. The coordinators are asked whether this date is possible.")
        if attempt(request, lambda: actions.propose_date(lecture=lecture, by=request.user, note=words, **asked), done):
            return redirect(lecture)
    waiting = lecture.status == Lecture.Status.INVITED
    if lecture.status not in (Lecture.Status.INVITED, Lecture.Status.CONFIRMED):
        return redirect(lecture)
    context = {
        "lecture": lecture,
        "row": present_row(lecture, request.user),
        "times": times,
        "note": note,
        "waiting": waiting,
    }
    return render(request, "lectures/answer.html", context, status=422 if data is not None else 200)


@needs("lectures.change_lecture", Lecture)
@require_POST
def decide(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Take the date that the speaker asks for, or not."""
    proposal = get_object_or_404(DateProposal, pk=number, lecture=lecture)
    if request.POST.get("decision") == "take":
        done = _("The lecture has the date that its speaker asked for, and is confirmed.")
        attempt(request, lambda: actions.take_proposal(proposal=proposal, by=request.user), done)
    elif request.POST.get("decision") == "refuse":
        done = _("The speaker is told that the date is not possible.")
        attempt(request, lambda: actions.refuse_proposal(proposal=proposal, by=request.user), done)
    else:
        raise Http404
    return redirect(lecture)


@needs("lectures.keep_lecture", Lecture)
@either
def links(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """The ways to join: one that works in China, one in the United States, one anywhere."""
    held = list(lecture.join_links.order_by("pk").values("region", "label", "url"))
    empty = [{"region": region} for region in ("cn", "us", "any") if region not in {link["region"] for link in held}]
    data = request.POST if request.method == "POST" else None
    rows = JoinLinks(data, initial=held + empty)
    rows.extra = 1
    if data is not None and rows.is_valid():
        chosen = [
            {name: row[name] for name in ("region", "label", "url")}
            for row in rows.cleaned_data
            if row and row.get("url")
        ]
        if attempt(request, lambda: actions.set_join_links(lecture=lecture, links=chosen), _("Saved.")):
            return redirect(lecture)
    context = {"lecture": lecture, "rows": rows}
    return render(request, "lectures/links.html", context, status=422 if data is not None else 200)


def _say_if_twice(request: HttpRequest, times: TimeForm) -> None:
    if times.starts and times.comes_twice:
        messages.warning(request, _("The clocks show this hour twice on that day: the first of the two is meant."))


def _starts(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
