"""A request: listed, written, sent, taken back; and the files that go with it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from equipoise.errors import InputError
from equipoise.web.access import needs
from equipoise.web.advice import actions
from equipoise.web.advice.forms import FilterForm, RequestForm, data_of, say_what_lacks
from equipoise.web.advice.forms.request import people_for, places_of
from equipoise.web.advice.listing import cases_on_page, scopes_of
from equipoise.web.advice.models import Consultation
from equipoise.web.advice.queries_board import programmes_of
from equipoise.web.advice.views.common import attempt, either, whole
from equipoise.web.uploads import send_file


@needs("advice.list_consultations")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The cases that the reader may see: their own, those they advise on, those to triage, or all."""
    scopes = scopes_of(request.user)
    scope = next((held for held in scopes if held.name == request.GET.get("show")), scopes[0])
    filters = FilterForm(request.GET)
    page = cases_on_page(request.user, scope.name, filters, request.GET.get("page"))
    context = {"scopes": scopes, "scope": scope, "filters": filters, "page": page}
    context["filtered"] = any(request.GET.get(name) for name in filters.fields)
    context["programme"] = programmes_of(request.user).first()
    context["may_ask"] = request.user.has_perm("advice.add_consultation") and bool(places_of(request.user))
    return render(request, "advice/list.html", context)


@needs("advice.add_consultation")
@either
def new(request: HttpRequest) -> HttpResponse:
    """Write a request; it is kept as a draft from the first time it is saved."""
    if not places_of(request.user):
        raise PermissionDenied
    return _edit(request, None)


@needs("advice.change_consultation", Consultation)
@either
def edit(request: HttpRequest, case: Consultation) -> HttpResponse:
    """Write on; `?check` marks what is missing."""
    return _edit(request, case)


def _edit(request: HttpRequest, case: Consultation | None) -> HttpResponse:
    if request.method == "POST":
        form = RequestForm(request.POST, request.FILES, user=request.user, case=case)
        if request.POST.get("action") != "find" and form.is_valid():
            kept = _keep(request, form, case)
            if kept is not None:
                return _after(request, kept)
        status = 200 if request.POST.get("action") == "find" else 422
        if status == 200:
            form.errors.clear()
    else:
        status, form = 200, RequestForm(user=request.user, case=case, asked=_asked(request))
        if case and "check" in request.GET:
            form = RequestForm(data_of(case), user=request.user, case=case)
            say_what_lacks(form, case)
    context = {"form": form, "case": case, "people": form.people()}
    context["attachments"] = list(case.attachments.all()) if case else []
    return render(request, "advice/request.html", context, status=status)


def _keep(request: HttpRequest, form: RequestForm, case: Consultation | None) -> Consultation | None:
    """Save the draft with its files; None where that cannot be, with the reason at its field."""
    data = form.cleaned_data
    files, held = data["files"], case.attachments.count() if case else 0
    if held + len(files) > actions.MOST_FILES:
        form.add_error("files", _("At most %(most)s files.") % {"most": actions.MOST_FILES})
        return None
    try:
        kept = actions.save_request(
            case=case, by=request.user, facts=form.facts(), team=data["team"], about=data["about"],
            place=None if case else form.where(),
        )  # fmt: skip
        actions.attach(case=kept, by=request.user, files=files)
    except InputError:
        form.add_error(None, _("The request was sent meanwhile, and cannot be changed any more."))
        return None
    return kept


def _after(request: HttpRequest, case: Consultation) -> HttpResponse:
    if request.POST.get("action") == "submit":
        return _send(request, case)
    messages.success(request, _("Saved as a draft. Only you and your team see it."))
    return redirect("advice:edit", case.pk) if request.POST.get("action") == "stay" else redirect(case)


@needs("advice.change_consultation", Consultation)
@require_POST
def submit(request: HttpRequest, case: Consultation) -> HttpResponse:
    """Send a draft to the board."""
    return _send(request, case)


def _send(request: HttpRequest, case: Consultation) -> HttpResponse:
    try:
        actions.submit(case=case, by=request.user)
    except InputError:
        messages.warning(request, _("The draft is saved. Before it can go to the board it needs what is marked below."))
        return redirect(reverse("advice:edit", args=[case.pk]) + "?check")
    messages.success(request, _("Sent to the board. You will be told when there is news."))
    return redirect(case)


@needs("advice.withdraw_consultation", Consultation)
@require_POST
def withdraw(request: HttpRequest, case: Consultation) -> HttpResponse:
    """Take a request back; a draft that never went out is deleted."""
    never_sent = case.submitted is None
    kept = attempt(
        request, actions.drop_or_withdraw, case=case, by=request.user, reason=request.POST.get("reason", "")[:500]
    )
    if kept is None and never_sent and not Consultation.objects.filter(pk=case.pk).exists():
        messages.success(request, _("The draft is deleted."))
        return redirect("advice:list")
    return redirect(case)


@needs("advice.add_consultation")
@require_GET
def colleagues(request: HttpRequest) -> HttpResponse:
    """The people of the team and those found by name, as the part of the form that renews itself."""
    people = people_for(request.user, request.GET.getlist("team"), request.GET.get("colleague", "")[:80])
    return render(request, "advice/parts/people.html", {"people": people})


@needs("advice.view_consultation", Consultation)
@require_GET
def download(request: HttpRequest, case: Consultation, number: int) -> HttpResponse:
    """A file that goes with the case."""
    attachment = get_object_or_404(case.attachments, pk=number)
    try:
        return send_file(attachment.file, attachment.filename)
    except FileNotFoundError:
        raise Http404 from None


@needs("advice.change_consultation", Consultation)
@require_POST
def detach(request: HttpRequest, case: Consultation, number: int) -> HttpResponse:
    """Take a file away from a draft."""
    attachment = get_object_or_404(case.attachments, pk=number)
    attempt(request, actions.detach, attachment=attachment)
    return redirect("advice:edit", case.pk)


def _asked(request: HttpRequest) -> dict:
    """What the address brings along: a lecture, a version of a question, or a design of a search."""
    found, query = {}, request.GET
    if lecture := whole(query.get("lecture")):
        found["lecture"] = lecture
    question, version, search = whole(query.get("question")), whole(query.get("version")), whole(query.get("search"))
    about = ""
    if search and query.get("design"):
        about, found["kind"] = f"design:{search}:{query['design'][:20]}", Consultation.Kind.DESIGN
    elif question:
        about = f"question:{question}:{version or latest_version(request.user, question)}"
    return found | ({"about": about} if about and _may_bring(request.user, about) else {})


def latest_version(user, question: int) -> int:
    """The version of a question that the person may bring; 0 for another."""
    from equipoise.web.advice.forms.about import questions_of

    return questions_of(user).filter(pk=question).values_list("version", flat=True).first() or 0


def _may_bring(user, about: str) -> bool:
    from django.core.exceptions import ValidationError

    from equipoise.web.advice.forms.about import read_about

    try:
        return bool(read_about(about, user, None))
    except ValidationError:
        return False
