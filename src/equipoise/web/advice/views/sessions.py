"""The page of a session, what a coordinator does there, and agreeing a time for one consultation."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise.web.access import needs
from equipoise.web.advice import actions_meetings as actions
from equipoise.web.advice.calendar import entry_of
from equipoise.web.advice.forms_board import NotesForm, SessionForm, TimeForm
from equipoise.web.advice.models import Consultation, Session
from equipoise.web.advice.presenters_board import present_shifts
from equipoise.web.advice.queries_board import (
    agenda,
    busy_of,
    holidays_of_person,
    may_read_notes,
    may_see,
    reads_for,
    waiting_for,
)
from equipoise.web.advice.slots import Side, find_slots
from equipoise.web.advice.views.board import status_of
from equipoise.web.calendars import calendar_file

either = require_http_methods(["GET", "HEAD", "POST"])
PLANNED = Session.Status.PLANNED
MOST_WAITING = 20


@needs("advice.view_session", Session)
@require_GET
def detail(request: HttpRequest, session: Session) -> HttpResponse:
    """When, how to join, and what is to be talked about."""
    return _page(request, session)


def _page(request: HttpRequest, session: Session, notes_form: NotesForm | None = None) -> HttpResponse:
    _see(request, session)
    reads_notes = may_read_notes(request.user, session)
    may_change = request.user.has_perm("advice.change_session", session)
    before = None
    if session.clinic_id:
        before = Session.objects.filter(clinic=session.clinic_id, starts__lt=session.starts).order_by("starts").last()
    context = {
        "session": session, "programme": session.programme, "here": "meetings",
        "agenda": agenda(request.user, session), "may_change": may_change,
        "reads_for": reads_for(request.user, session),
        "is_planned": session.status == PLANNED, "has_begun": session.starts <= timezone.now(),
        "shifts": present_shifts(session.programme_id, [before.starts, session.starts]) if before else [],
        "reads_notes": reads_notes,
        "notes_form": (notes_form or NotesForm(instance=session)) if may_change and reads_notes else None,
        "waiting": waiting_for(request.user, session)[:MOST_WAITING] if may_change and session.status == PLANNED else [],
    }  # fmt: skip
    status = status_of(request, notes_form) if notes_form else 200
    return render(request, "advice/board/session.html", context, status=status)


@needs("advice.view_session", Session)
@require_GET
def calendar(request: HttpRequest, session: Session) -> HttpResponse:
    """The session as a calendar file."""
    _see(request, session)
    with translation.override(request.user.language):
        method = "CANCEL" if session.status == Session.Status.CANCELLED else "PUBLISH"
        body = calendar_file([entry_of(session)], method=method)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="board-{session.starts:%Y-%m-%d}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


@needs("advice.change_session", Session)
@either
def change(request: HttpRequest, session: Session) -> HttpResponse:
    """Another time, or another address to join."""
    _see(request, session)
    if session.status != PLANNED:
        return _refuse(request, session)
    form = SessionForm(request.POST or None, session=session, user=request.user)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("starts", "minutes", "time_zone", "join_url")}
        actions.move_session(session=session, by=request.user, **facts)
        messages.success(request, _("Saved. Those whom it concerns are told, and their calendars change."))
        return redirect(session)
    context = {"form": form, "programme": session.programme, "here": "meetings", "submit": _("Save")}
    context["title"] = _("Change the meeting")
    return render(request, "advice/board/form.html", context, status=status_of(request, form))


@needs("advice.change_session", Session)
@require_POST
def step(request: HttpRequest, session: Session, name: str) -> HttpResponse:
    """Cancel it, plan it again, or mark it as held."""
    _see(request, session)
    if name == "cancel" and session.status == PLANNED:
        actions.cancel_session(session=session, by=request.user)
        messages.success(request, _("The meeting is cancelled. Those whom it concerns are told."))
    elif name == "again" and session.status == Session.Status.CANCELLED and session.starts > timezone.now():
        actions.plan_again(session=session, by=request.user)
        messages.success(request, _("The meeting takes place after all. Those whom it concerns are told."))
    elif name == "held" and session.status == PLANNED and session.starts <= timezone.now():
        actions.hold_session(session=session, by=request.user)
        messages.success(request, _("Marked as held."))
    else:
        return _refuse(request, session)
    return redirect(session)


@needs("advice.change_session", Session)
@require_POST
def notes(request: HttpRequest, session: Session) -> HttpResponse:
    """Keep notes, where no case of the agenda is closed to the writer."""
    if not may_read_notes(request.user, session):
        raise PermissionDenied
    form = NotesForm(request.POST, instance=Session.objects.get(pk=session.pk))
    if not form.is_valid():
        return _page(request, session, notes_form=form)
    actions.write_notes(session=session, notes=form.cleaned_data["notes"])
    messages.success(request, _("Saved."))
    return redirect(session)


@needs("advice.change_session", Session)
@require_POST
def put_on(request: HttpRequest, session: Session) -> HttpResponse:
    """Put waiting cases on the agenda: those that are ticked, or what fits by need."""
    _see(request, session)
    if session.status != PLANNED:
        return _refuse(request, session)
    waiting = waiting_for(request.user, session)
    if "fill" in request.POST:
        room = max(0, session.minutes // MINUTES_A_CASE - agenda(request.user, session).count())
        chosen = list(waiting.filter(kept=False)[:room])
    else:
        picked = [pk for pk in request.POST.getlist("case") if pk.isdecimal() and len(pk) < 12]
        chosen = list(waiting.filter(pk__in=picked)[:MOST_WAITING])
    for case in chosen:
        actions.put_on_agenda(session=session, case=case, by=request.user)
    if not chosen:
        messages.warning(request, _("Nothing was put on the agenda: nothing waits, or the hour is full."))
    return redirect(session)


MINUTES_A_CASE = 15


@needs("advice.change_session", Session)
@require_POST
def take_off(request: HttpRequest, session: Session, number: int) -> HttpResponse:
    _see(request, session)
    if session.status != PLANNED:
        return _refuse(request, session)
    case = get_object_or_404(agenda(request.user, session), pk=number)
    actions.take_off_agenda(session=session, case=case, by=request.user)
    return redirect(session)


@needs("advice.change_session", Session)
@require_POST
def earlier(request: HttpRequest, session: Session, number: int) -> HttpResponse:
    """Talk about a case before the one that stands above it."""
    _see(request, session)
    if session.status != PLANNED:
        return _refuse(request, session)
    case = get_object_or_404(agenda(request.user, session), pk=number)
    actions.discuss_earlier(session=session, case=case)
    return redirect(session)


@needs("advice.view_consultation", Consultation)
@either
def agree(request: HttpRequest, case: Consultation) -> HttpResponse:
    """Agree a time: hours in both working days, or one of one's own choosing."""
    user = request.user
    if not (user.has_perm("advice.triage_consultation", case) or user.has_perm("advice.give_advice", case)):
        raise PermissionDenied
    if case.adviser is None or not case.is_open:
        messages.warning(request, _("A time can be agreed once the case has an adviser, and while it is open."))
        return redirect(case)
    slots = _slots(case)
    form = TimeForm(
        request.POST if "own" in request.POST else None, programme_id=case.programme_id, user=user,
        initial={"minutes": 30, "time_zone": user.time_zone},
    )  # fmt: skip
    if request.method == "POST":
        facts = _own_time(form) if "own" in request.POST else _picked(request, slots, user)
        if facts:
            session = actions.agree_time(case=case, by=user, **facts)
            messages.success(request, _("The time is agreed. Everyone concerned is told."))
            return redirect(session)
        if "own" not in request.POST:
            messages.warning(request, _("That time is no longer free. Please choose another."))
    context = {
        "case": case, "programme": case.programme, "here": "meetings", "slots": slots, "form": form,
        "outside": bool(slots) and not slots[0].in_working_hours, "agreed": _agreed(case),
    }  # fmt: skip
    return render(request, "advice/board/agree.html", context, status=status_of(request, form))


def _slots(case: Consultation) -> list:
    after = timezone.now() + timedelta(hours=24)
    until = after + timedelta(days=29)
    sides = [
        Side(
            zone=person.zone,
            days_off=holidays_of_person(person, case.programme_id),
            busy=busy_of(person, after - timedelta(days=1), until),
        )
        for person in (case.adviser.user, case.owner)
    ]
    return find_slots(*sides, after=after)


def _own_time(form: TimeForm) -> dict | None:
    if not form.is_valid():
        return None
    return {name: form.cleaned_data[name] for name in ("starts", "minutes", "time_zone", "join_url")}


def _picked(request: HttpRequest, slots: list, user) -> dict | None:
    try:
        moment = datetime.fromisoformat(request.POST.get("slot", ""))
    except ValueError:
        return None
    found = next((slot for slot in slots if slot.starts == moment), None) if moment.tzinfo else None
    return {"starts": found.starts, "minutes": found.minutes, "time_zone": user.time_zone} if found else None


def _agreed(case: Consultation) -> Session | None:
    session = case.session
    return session if session and session.clinic_id is None and session.status == PLANNED else None


def _see(request: HttpRequest, session: Session) -> None:
    if not may_see(request.user, session):
        raise Http404


def _refuse(request: HttpRequest, session: Session) -> HttpResponse:
    messages.warning(request, _("That cannot be done with this meeting now."))
    return redirect(session)
