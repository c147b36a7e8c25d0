"""Writing advice: a draft that only its author sees, signed once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from equipoise.web.access import needs
from equipoise.web.advice import actions
from equipoise.web.advice.forms import AdviceForm, PointRows
from equipoise.web.advice.models import Consultation
from equipoise.web.advice.presenters import present_case
from equipoise.web.advice.views.common import attempt, either


@needs("advice.give_advice", Consultation)
@either
def advise(request: HttpRequest, case: Consultation) -> HttpResponse:
    """Write, add a row, keep, or sign."""
    if case.status not in (Consultation.Status.ASSIGNED, Consultation.Status.ADVISED):
        messages.warning(request, _("This case does not wait for advice."))
        return redirect(case)
    if request.method != "POST":
        draft = case.drafts.filter(author=request.user).first()
        payload = draft.payload if draft else {}
        return _show(
            request, case, AdviceForm(initial=payload), PointRows(points=payload.get("recommendations", [])), draft
        )
    action = request.POST.get("action", "keep")
    signing = action == "sign"
    form = AdviceForm(request.POST, signing=signing)
    rows = PointRows(request.POST, signing=signing, more=action == "more")
    good = form.is_valid() and rows.is_valid()
    if good and action == "more":
        attempt(request, actions.keep_draft, case=case, by=request.user, payload=_payload(form, rows))
    elif good:
        return _keep(request, case, _payload(form, rows), signing=signing)
    return _show(request, case, form, rows, status=200 if good else 422)


def _keep(request: HttpRequest, case: Consultation, payload: dict, *, signing: bool) -> HttpResponse:
    if signing:
        advice = attempt(request, actions.sign_advice, case=case, by=request.user, payload=payload)
        if advice:
            messages.success(request, _("Signed. The requester is told."))
            return redirect(f"{case.get_absolute_url()}#advice-{advice.pk}")
        return redirect(case)
    if attempt(request, actions.keep_draft, case=case, by=request.user, payload=payload):
        messages.success(request, _("Your draft is kept. Nobody else sees it until you sign."))
    return redirect("advice:advise", case.pk)


def _payload(form: AdviceForm, rows: PointRows) -> dict:
    data = form.cleaned_data
    day = data["follow_up_on"]
    return {
        "summary": data["summary"], "references": data["references"],
        "follow_up_on": day.isoformat() if day else "", "recommendations": rows.points(),
    }  # fmt: skip


def _show(request, case: Consultation, form, rows, draft=None, *, status: int = 200) -> HttpResponse:
    context = present_case(request.user, case) | {"form": form, "rows": rows, "draft": draft}
    return render(request, "advice/advise.html", context, status=status)
