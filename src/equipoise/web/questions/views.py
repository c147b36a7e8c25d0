"""The pages of a question: list, new, upload, read, edit in steps, check, download."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise import search
from equipoise.errors import InputError
from equipoise.web.access import needs
from equipoise.web.paging import page_of
from equipoise.web.people.models import Institution
from equipoise.web.programme.models import Programme
from equipoise.web.questions.actions import change_question, fault, share_question, start_question, with_usual_currency
from equipoise.web.questions.forms import STEPS, ScenarioRows, UploadForm
from equipoise.web.questions.models import Question
from equipoise.web.questions.presenters import (
    present_fault,
    present_sections,
    present_steps,
    present_versions,
    step_before,
)
from equipoise.web.questions.queries import visible_questions

FORMS = {step.name: step for step in STEPS if step.form}
either = require_http_methods(["GET", "HEAD", "POST"])


@needs("questions.list_questions")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every question that the reader may see."""
    page = page_of(visible_questions(request.user), request.GET.get("page"), 24)
    return render(request, "questions/list.html", {"page": page, "questions": page.rows})


@needs("questions.add_question")
@either
def new(request: HttpRequest) -> HttpResponse:
    """The first step, before there is a question."""
    form = FORMS["question"].form(request.POST or None, payload={})
    if request.method == "POST" and form.is_valid():
        institution = _institution(request)
        payload = with_usual_currency(form.parts(), institution)
        question = start_question(owner=request.user, institution=institution, payload=payload)
        return redirect(present_steps(question)[1]["url"])
    context = {"form": form, "step": FORMS["question"], "steps": present_steps(None, now="question")}
    context["places"] = _places(request)
    return render(request, "questions/new.html", context, status=_status(request, form))


@needs("questions.add_question")
@either
def upload(request: HttpRequest) -> HttpResponse:
    """Take in a question file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        question = start_question(owner=request.user, institution=_institution(request), payload=form.payload)
        if question.status == Question.Status.READY:
            messages.success(request, _("The file is read and the question is ready to search."))
        else:
            messages.warning(request, _("The file is read and kept as a draft: see below what keeps it from a search."))
        return redirect(question)
    return render(
        request, "questions/upload.html", {"form": form, "places": _places(request)}, status=_status(request, form)
    )


@needs("questions.view_question", Question)
@require_GET
def detail(request: HttpRequest, question: Question, version: int | None = None) -> HttpResponse:
    """A question to read, as it is or as it was at a version."""
    shown = question if version is None else _version(question, version)
    context = {
        "question": question,
        "shown": shown,
        "latest": shown.version == question.version,
        "sections": present_sections(shown),
        "versions": present_versions(question),
        "may_change": request.user.has_perm("questions.change_question", question),
        "may_share": request.user.has_perm("questions.share_question", question),
        "programmes": Programme.objects.filter(pk__in=request.user.programme_ids),
        "may_consult": request.user.has_perm("advice.add_consultation"),
        "may_search": request.user.has_perm("designs.start_search", question),
        "fault": present_fault(shown, fault(shown.payload)),
    }
    return render(request, "questions/detail.html", context)


@needs("questions.share_question", Question)
@require_POST
def share(request: HttpRequest, question: Question) -> HttpResponse:
    """Let the programme chosen read the question, or nobody but one's own institution."""
    chosen = request.POST.get("programme", "")
    programme = Programme.objects.filter(
        pk__in=request.user.programme_ids, pk=int(chosen) if chosen.isdecimal() else 0
    ).first()
    if chosen and programme is None:
        raise Http404
    share_question(question=question, programme=programme)
    if programme:
        done = _("Shared with %(programme)s: its members can read the question and its searches.")
        messages.success(request, done % {"programme": programme.name})
    else:
        messages.success(request, _("No longer shared."))
    return redirect(question)


@needs("questions.change_question", Question)
@either
def edit(request: HttpRequest, question: Question, name: str) -> HttpResponse:
    """One of the steps that are a plain form."""
    if name not in FORMS:
        raise Http404
    step = FORMS[name]
    form = step.form(request.POST if request.method == "POST" else None, payload=question.payload)
    if request.method == "POST" and form.is_valid():
        change_question(question=question, parts=form.parts())
        return redirect(_next(question, name))
    context = {"question": question, "form": form, "step": step, "steps": present_steps(question, now=name)}
    context["back"] = step_before(question, name)
    return render(request, "questions/step.html", context, status=_status(request, form))


@needs("questions.change_question", Question)
@either
def scenarios(request: HttpRequest, question: Question) -> HttpResponse:
    """Step three: rows of assumptions, which come and go without losing what was typed."""
    if "endpoint" not in question.payload:
        messages.warning(request, _("First say how the outcome is measured: the scenarios depend on it."))
        return redirect("questions:edit", question.pk, "endpoint")
    status = 200
    rows = ScenarioRows(question.payload, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if action := request.POST.get("action"):
            rows = rows.after(action)
        elif rows.is_valid():
            change_question(question=question, parts=rows.parts())
            return redirect(_next(question, "scenarios"))
        else:
            status = 422
    step = next(step for step in STEPS if step.name == "scenarios")
    context = {"question": question, "rows": rows, "step": step, "steps": present_steps(question, now="scenarios")}
    context["back"] = step_before(question, "scenarios")
    return render(request, "questions/scenarios.html", context, status=status)


@needs("questions.change_question", Question)
@either
def check(request: HttpRequest, question: Question) -> HttpResponse:
    """Everything on one page; saving it says that it is ready."""
    found = fault(question.payload)
    if request.method == "POST" and found is None:
        change_question(question=question, parts={}, finished=True)
        messages.success(request, _("Saved. The question is ready to search."))
        return redirect(question)
    context = {
        "question": question,
        "step": STEPS[-1],
        "steps": present_steps(question, now="check"),
        "back": step_before(question, "check"),
        "sections": present_sections(question),
        "may_change": True,
        "latest": True,
        "fault": present_fault(question, found),
    }
    return render(request, "questions/check.html", context, status=422 if request.method == "POST" else 200)


@needs("questions.view_question", Question)
@require_GET
def download(request: HttpRequest, question: Question) -> HttpResponse:
    """The question file, of a version if one is asked for; a draft that cannot be searched yet has none."""
    version = request.GET.get("version", "")
    shown = _version(question, int(version)) if version.isdecimal() and len(version) < 9 else question
    try:
        text = search.write_toml(shown.read())
    except InputError:
        messages.warning(request, _("The question is not complete yet, so there is no file of it."))
        return redirect(question)
    name = f"question-{question.pk}-v{shown.version}.toml"
    return HttpResponse(
        text,
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _version(question: Question, version: int) -> Question:
    try:
        return question.at_version(version)
    except Question.DoesNotExist:
        raise Http404 from None


def _next(question: Question, name: str) -> str:
    steps = present_steps(question)
    return steps[[step["name"] for step in steps].index(name) + 1]["url"]


def _places(request: HttpRequest) -> list[Institution]:
    """Where the person may write."""
    writing = request.user.memberships.exclude(role="auditor")
    return list(Institution.objects.filter(memberships__in=writing).distinct())


def _institution(request: HttpRequest) -> Institution:
    """The place that was chosen; the only one there is needs no choice."""
    places = _places(request)
    chosen = [place for place in places if str(place.pk) == request.POST.get("institution")]
    if not places:
        raise PermissionDenied
    return (chosen or places)[0]


def _status(request: HttpRequest, form) -> int:
    return 422 if request.method == "POST" and form.errors else 200
