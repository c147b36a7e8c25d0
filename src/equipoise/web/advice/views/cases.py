"""One case: to read, to answer, to open again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from equipoise.errors import InputError
from equipoise.web.access import needs
from equipoise.web.advice import actions
from equipoise.web.advice.forms import AnswerForm, ReasonForm, ReopenForm
from equipoise.web.advice.models import Consultation, Recommendation
from equipoise.web.advice.presenters import present_case
from equipoise.web.advice.views.common import attempt


@needs("advice.view_consultation", Consultation)
@require_GET
def detail(request: HttpRequest, case: Consultation) -> HttpResponse:
    """The short, complete case."""
    return _show(request, case)


def _show(request: HttpRequest, case: Consultation, *, status: int = 200, **shown) -> HttpResponse:
    context = present_case(request.user, case, answering=shown.pop("answering", None)) | shown
    return render(request, "advice/detail.html", context, status=status)


@needs("advice.answer_advice", Consultation)
@require_POST
def answer(request: HttpRequest, case: Consultation, number: int) -> HttpResponse:
    """The requester's answer to a recommendation."""
    point = _point(case, number)
    others = list(Recommendation.objects.filter(advice__consultation=case))
    form = AnswerForm(
        request.POST, recommendation=point, others=others, latest=case.question.version if case.question else None
    )
    if not form.is_valid():
        return _show(request, case, answering=form, status=422)
    data = form.cleaned_data
    done = attempt(
        request, actions.answer_recommendation, recommendation=point, by=request.user, state=data["state"],
        answer=data["answer"], version=data.get("version"), superseded_by=data.get("superseded_by"),
    )  # fmt: skip
    if done:
        case.refresh_from_db()
        closed = case.status == Consultation.Status.CLOSED
        messages.success(
            request, _("Every recommendation is answered: the case is closed.") if closed else _("Your answer is kept.")
        )
    return redirect(f"{case.get_absolute_url()}#recommendation-{point.pk}")


@needs("advice.answer_advice", Consultation)
@require_POST
def reopen_point(request: HttpRequest, case: Consultation, number: int) -> HttpResponse:
    """An answered recommendation is open again."""
    point, form = _point(case, number), ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, case, reason_form=form, wrong=f"point-{point.pk}", status=422)
    attempt(
        request,
        actions.reopen_recommendation,
        recommendation=point,
        by=request.user,
        reason=form.cleaned_data["reason"],
    )
    return redirect(f"{case.get_absolute_url()}#recommendation-{point.pk}")


@needs("advice.view_consultation", Consultation)
@require_POST
def reopen(request: HttpRequest, case: Consultation) -> HttpResponse:
    """The whole case is open again: by the requester's team, or by a coordinator."""
    triages = request.user.has_perm("advice.triage_consultation", case)
    declined = case.status == Consultation.Status.DECLINED
    if not triages and (declined or not request.user.has_perm("advice.answer_advice", case)):
        raise PermissionDenied
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _show(request, case, reopen_form=form, wrong="reopen", status=422)
    data = form.cleaned_data
    if attempt(request, actions.reopen_case, case=case, by=request.user, reason=data["reason"], latest=data["latest"]):
        messages.success(request, _("The case is open again."))
    return redirect(case)


@needs("advice.give_advice", Consultation)
@require_POST
def step_aside(request: HttpRequest, case: Consultation) -> HttpResponse:
    """An adviser declares a conflict: the case is closed to them from now on."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, case, reason_form=form, wrong="conflict", status=422)
    seats = [seat for seat in (case.adviser, case.second_adviser) if seat and seat.user_id == request.user.pk]
    try:
        actions.step_aside(case=case, by=request.user, member=seats[0], reason=form.cleaned_data["reason"])
    except InputError:
        return redirect(case)
    messages.success(request, _("Thank you. The case is closed to you; the coordinators look for another adviser."))
    return redirect("advice:list")


def _point(case: Consultation, number: int) -> Recommendation:
    return get_object_or_404(
        Recommendation.objects.select_related("advice__consultation"), pk=number, advice__consultation=case
    )
