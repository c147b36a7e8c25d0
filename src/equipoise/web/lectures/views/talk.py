"""What the audience asks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise.web.access import needs
from equipoise.web.lectures import actions_learning
from equipoise.web.lectures.forms_learning import AnswerForm, AskForm, HideForm
from equipoise.web.lectures.models import AudienceQuestion, Lecture
from equipoise.web.lectures.presenters_learning import present_talk
from equipoise.web.lectures.queries_learning import audience_questions

either = require_http_methods(["GET", "HEAD", "POST"])


@needs("lectures.view_lecture", Lecture)
@never_cache
@require_GET
def index(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """All of them; a page that renews itself asks for the list alone, and gets nothing when nothing has changed."""
    talk = present_talk(lecture, request.user, request.GET.get("page"))
    if request.htmx:
        if request.GET.get("seen") == talk["seen"]:
            return HttpResponse(status=204)
        return render(request, "lectures/learning/parts/questions.html", {"lecture": lecture, "talk": talk})
    return render(request, "lectures/learning/talk_page.html", {"lecture": lecture, "talk": talk})


@needs("lectures.take_part", Lecture)
@require_POST
def ask(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Ask."""
    if lecture.status == Lecture.Status.CANCELLED:
        messages.warning(request, _("The lecture is cancelled."))
        return redirect(lecture)
    form = AskForm(request.POST)
    if not form.is_valid():
        context = {"lecture": lecture, "ask_form": form, "talk": present_talk(lecture, request.user)}
        return render(request, "lectures/learning/talk_page.html", context, status=422)
    question = actions_learning.ask(lecture=lecture, user=request.user, text=form.cleaned_data["text"])
    messages.success(request, _("Your question is asked."))
    return redirect(actions_learning.address_of(question))


@needs("lectures.take_part", Lecture)
@require_POST
def vote(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Want a question answered too, or no longer."""
    question = _question(request, lecture, number)
    actions_learning.vote(question=question, user=request.user, give=request.POST.get("vote") != "withdraw")
    if request.htmx:
        talk = present_talk(lecture, request.user, request.GET.get("page"))
        return render(request, "lectures/learning/parts/questions.html", {"lecture": lecture, "talk": talk})
    return redirect(actions_learning.address_of(question))


@needs("lectures.keep_lecture", Lecture)
@either
def answer(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Answer a question."""
    question = _question(request, lecture, number)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"answer": question.answer})
    if request.method == "POST" and form.is_valid():
        actions_learning.answer(question=question, by=request.user, text=form.cleaned_data["answer"])
        messages.success(request, _("The answer is there."))
        return redirect(actions_learning.address_of(question))
    context = {"lecture": lecture, "question": question, "form": form}
    return render(request, "lectures/learning/answer.html", context, status=_status(request))


@needs("lectures.change_lecture", Lecture)
@either
def hide(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Hide a question with a reason, or show it again."""
    question = _question(request, lecture, number)
    form = HideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and question.hidden:
        actions_learning.show(question=question)
        messages.success(request, _("The question is shown again."))
        return redirect(actions_learning.address_of(question))
    if request.method == "POST" and form.is_valid():
        actions_learning.hide(question=question, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The question is hidden."))
        return redirect(actions_learning.address_of(question))
    context = {"lecture": lecture, "question": question, "form": form}
    return render(request, "lectures/learning/hide.html", context, status=_status(request))


def _question(request: HttpRequest, lecture: Lecture, number: int) -> AudienceQuestion:
    """One that the person may read; a hidden one is not there for others."""
    question = get_object_or_404(audience_questions(lecture, request.user), pk=number)
    question.lecture = lecture
    return question


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200
