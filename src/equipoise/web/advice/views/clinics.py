"""The pages of clinics: the meetings to come, and the rules that make them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from equipoise.web.access import needs
from equipoise.web.advice import actions_meetings as actions
from equipoise.web.advice.forms_board import ClinicForm, EndForm
from equipoise.web.advice.models import Clinic, Session
from equipoise.web.advice.presenters_board import present_rule, present_shifts, present_skipped
from equipoise.web.advice.queries_board import visible_sessions, with_agenda_size
from equipoise.web.advice.views.board import chosen_programme, status_of
from equipoise.web.programme.models import Programme

either = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 30


@needs("advice.list_consultations")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The meetings to come that the reader may know of, those just held, and the clinics."""
    programme = chosen_programme(request)
    now, mine = timezone.now(), visible_sessions(request.user).filter(programme=programme)
    today = timezone.localdate()
    context = {
        "programme": programme, "here": "meetings",
        "coming": with_agenda_size(request.user, mine.filter(starts__gte=now).order_by("starts")[:SHOWN]),
        "past": with_agenda_size(request.user, mine.filter(starts__lt=now).order_by("-starts")[:10]),
        "clinics": [
            {"clinic": clinic, "rule": present_rule(clinic), "is_over": bool(clinic.until and clinic.until < today)}
            for clinic in programme.clinics.all()[:20]
        ],
        "may_change": request.user.has_perm("advice.change_board", programme),
    }  # fmt: skip
    return render(request, "advice/board/meetings.html", context)


@needs("advice.change_board", Programme)
@either
def new(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Plan a clinic. What the rule gives is shown before it is made."""
    clinic = Clinic(programme=programme)
    form = ClinicForm(request.POST or None, instance=clinic, programme_id=programme.pk, user=request.user)
    context = {"form": form, "programme": programme, "title": _("New clinic"), "here": "meetings"}
    return _make(request, form, context, lambda: actions.start_clinic(clinic=form.save(commit=False), by=request.user))


@needs("advice.change_session", Clinic, see="advice.view_board")
@either
def change(request: HttpRequest, clinic: Clinic) -> HttpResponse:
    """Another rule, hour or length from a day on."""
    clinic = Clinic.objects.get(pk=clinic.pk)
    initial = {"first": max(clinic.first, timezone.localdate())}
    form = ClinicForm(
        request.POST or None, instance=clinic, programme_id=clinic.programme_id, user=request.user, initial=initial
    )
    context = {"form": form, "programme": clinic.programme, "title": _("Change the clinic"), "here": "meetings"}
    context["intro"] = _(
        "Meetings before the day in “From” stay as they are. Those after it move, and people are told."
    )

    def save():
        changed = form.save(commit=False)
        actions.change_clinic(clinic=changed, starting=changed.first, by=request.user)
        return changed

    return _make(request, form, context, save)


def _make(request: HttpRequest, form: ClinicForm, context: dict, save) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        if "preview" not in request.POST:
            clinic = save()
            messages.success(request, _("Saved. The meetings of the next six months are planned."))
            return redirect("advice:clinic", clinic.pk)
        planned = form.save(commit=False)
        found = actions.expected(planned, planned.first)
        moments = [occurrence.starts for occurrence in found if not occurrence.holidays]
        context |= {
            "preview": [{"starts": moment, "minutes": planned.minutes} for moment in moments],
            "rule": present_rule(planned), "skipped": present_skipped(found),
            "shifts": present_shifts(planned.programme_id, moments), "previewed": True,
        }  # fmt: skip
    return render(request, "advice/board/clinic_form.html", context, status=status_of(request, form))


@needs("advice.view_board", Clinic)
@require_GET
def detail(request: HttpRequest, clinic: Clinic) -> HttpResponse:
    """When a clinic meets: the rule, the meetings to come, what was skipped, and when clocks shift it."""
    coming = clinic.sessions.filter(starts__gte=timezone.now()).order_by("starts")[:SHOWN]
    may_enter = visible_sessions(request.user).filter(clinic=clinic).exists()
    planned = [session.starts for session in coming if session.status == Session.Status.PLANNED]
    context = {
        "clinic": clinic, "programme": clinic.programme, "here": "meetings", "rule": present_rule(clinic),
        "coming": coming, "skipped": present_skipped(actions.expected(clinic)), "may_enter": may_enter,
        "shifts": present_shifts(clinic.programme_id, planned),
        "may_change": request.user.has_perm("advice.change_session", clinic),
    }  # fmt: skip
    return render(request, "advice/board/clinic.html", context)


@needs("advice.change_session", Clinic, see="advice.view_board")
@either
def end(request: HttpRequest, clinic: Clinic) -> HttpResponse:
    """No meeting from a day on."""
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.end_clinic(clinic=clinic, starting=form.cleaned_data["starting"], by=request.user)
        messages.success(request, _("The meetings from that day on are cancelled, and people are told."))
        return redirect("advice:clinic", clinic.pk)
    context = {"form": form, "programme": clinic.programme, "here": "meetings", "submit": _("Cancel the meetings")}
    context["title"] = _("End the clinic")
    return render(request, "advice/board/form.html", context, status=status_of(request, form))
