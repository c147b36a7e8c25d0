"""Triage by coordinators: take it or not, by when, and who advises."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from equipoise.errors import InputError
from equipoise.web.access import needs
from equipoise.web.advice import actions
from equipoise.web.advice.forms import AssignForm, DecideForm, ScheduleForm
from equipoise.web.advice.models import Consultation
from equipoise.web.advice.presenters import present_case, present_matches
from equipoise.web.advice.suggestions import suggest
from equipoise.web.advice.views.common import attempt

Status = Consultation.Status


@needs("advice.triage_consultation", Consultation)
@require_GET
def triage(request: HttpRequest, case: Consultation) -> HttpResponse:
    """All that a coordinator decides, on one page, beside the case in short."""
    return _show(request, case)


def _show(request: HttpRequest, case: Consultation, *, status: int = 200, **forms) -> HttpResponse:
    if case.status not in Consultation.OPEN:
        return redirect(case)
    context = present_case(request.user, case) | {
        "decide_form": DecideForm(),
        "schedule_form": ScheduleForm(initial={"urgency": case.urgency}, zone=case.institution.zone),
        "matches": present_matches(suggest(case), case),
        "may_decide": case.status in (Status.SUBMITTED, Status.ACCEPTED),
        "may_schedule": case.status in Consultation.AWAITED,
        "may_assign": case.status in (Status.SUBMITTED, Status.ACCEPTED, Status.ASSIGNED),
        "may_second": case.status in (Status.ACCEPTED, Status.ASSIGNED, Status.ADVISED) and case.adviser_id,
    }
    return render(request, "advice/triage.html", context | forms, status=status)


@needs("advice.triage_consultation", Consultation)
@require_POST
def decide(request: HttpRequest, case: Consultation) -> HttpResponse:
    """Take it, do not, or ask back."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _show(request, case, decide_form=form, status=422)
    decision, reason = form.cleaned_data["decision"], form.cleaned_data["reason"]
    facts = {"case": case, "by": request.user}
    if decision == "accept":
        attempt(request, actions.accept, **facts)
        return redirect("advice:triage", case.pk)
    act = actions.decline if decision == "decline" else actions.ask_back
    if attempt(request, act, **facts, reason=reason):
        messages.success(request, _("The requester is told, with your reason."))
    return redirect("advice:list")


@needs("advice.triage_consultation", Consultation)
@require_POST
def schedule(request: HttpRequest, case: Consultation) -> HttpResponse:
    """Another urgency or date."""
    zone = case.adviser.user.zone if case.adviser else case.institution.zone
    form = ScheduleForm(request.POST, zone=zone)
    if not form.is_valid():
        return _show(request, case, schedule_form=form, status=422)
    data = form.cleaned_data
    if attempt(request, actions.reschedule, case=case, by=request.user, urgency=data["urgency"], due=data["due"]):
        messages.success(request, _("The date is changed."))
    return redirect("advice:triage", case.pk)


@needs("advice.triage_consultation", Consultation)
@require_POST
def assign(request: HttpRequest, case: Consultation) -> HttpResponse:
    """Give the case to a member of the board."""
    form = AssignForm(request.POST, case=case)
    if not form.is_valid():
        messages.error(request, _("Choose a member who sits on the board."))
        return redirect("advice:triage", case.pk)
    second = form.cleaned_data["seat"] == "second"
    try:
        actions.assign(case=case, by=request.user, member=form.cleaned_data["member"], second=second)
    except InputError as error:
        free = error.field == "member"
        messages.error(
            request, _("This member cannot advise on the case.") if free else _("The case has changed meanwhile.")
        )
        return redirect("advice:triage", case.pk)
    messages.success(request, _("Asked. The adviser is told."))
    return redirect(case)


@needs("advice.triage_consultation", Consultation)
@require_POST
def release(request: HttpRequest, case: Consultation) -> HttpResponse:
    """No second opinion after all."""
    attempt(request, actions.release_second, case=case, by=request.user)
    return redirect("advice:triage", case.pk)
