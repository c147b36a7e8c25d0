"""What a lecture taught: its quiz, feedback and worked example."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise.web.access import needs
from equipoise.web.lectures import actions_learning
from equipoise.web.lectures.forms_learning import ExampleForm, FeedbackForm, QuizForm, QuizItemForm
from equipoise.web.lectures.models import Feedback, Lecture, QuizItem
from equipoise.web.lectures.presenters_learning import present_answers, present_feedback, present_quiz_people
from equipoise.web.lectures.queries_learning import (
    has_begun,
    latest_answer,
    places_to_write,
    quiz_people,
    shares_right,
    standing,
)

either = require_http_methods(["GET", "HEAD", "POST"])


@needs("lectures.take_part", Lecture)
@either
def quiz(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Take the quiz, once the lecture has begun, as often as one likes."""
    items = list(lecture.quiz_items.all())
    if not items or not has_begun(lecture):
        messages.warning(
            request, _("The quiz opens when the lecture begins.") if items else _("This lecture has no quiz.")
        )
        return redirect(lecture)
    form = QuizForm(request.POST if request.method == "POST" else None, items=items, chinese=_chinese())
    if request.method == "POST" and form.is_valid():
        actions_learning.take_quiz(lecture=lecture, user=request.user, items=items, answers=form.answers())
        return redirect("lectures:quiz_result", lecture.pk)
    return _page(request, "quiz", {"lecture": lecture, "form": form})


@needs("lectures.take_part", Lecture)
@require_GET
def quiz_result(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """One's latest answers, the right ones, and why."""
    stands = standing(lecture, request.user)
    if stands.latest is None:
        return redirect("lectures:quiz", lecture.pk)
    rows = present_answers(list(lecture.quiz_items.all()), stands.latest, chinese=_chinese())
    return render(request, "lectures/learning/quiz_result.html", {"lecture": lecture, "standing": stands, "rows": rows})


@needs("lectures.view_attendance", Lecture)
@require_GET
def quiz_overview(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Who took it and how they stand, and which questions are hard."""
    page = Paginator(quiz_people(lecture), 50).get_page(request.GET.get("page"))
    items = list(lecture.quiz_items.all())
    context = {
        "lecture": lecture,
        "page": page,
        "people": present_quiz_people(page.object_list),
        "items": shares_right(lecture, items),
    }
    return render(request, "lectures/learning/quiz_overview.html", context)


@needs("lectures.keep_lecture", Lecture)
@require_GET
def quiz_items(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """The questions of the quiz, to edit."""
    return render(request, "lectures/learning/quiz_items.html", {"lecture": lecture, "items": lecture.quiz_items.all()})


@needs("lectures.keep_lecture", Lecture)
@either
def quiz_item(request: HttpRequest, lecture: Lecture, number: int | None = None) -> HttpResponse:
    """A new question of the quiz, or one there is."""
    item = None if number is None else _item(lecture, number)
    form = QuizItemForm(request.POST if request.method == "POST" else None, instance=item)
    if request.method == "POST" and form.is_valid():
        stored = None if item is None else _item(lecture, item.pk)
        actions_learning.save_quiz_item(lecture=lecture, item=stored, facts=form.facts())
        messages.success(request, _("The question is saved."))
        return redirect("lectures:quiz_items", lecture.pk)
    return _page(request, "quiz_item", {"lecture": lecture, "form": form, "item": item})


@needs("lectures.keep_lecture", Lecture)
@require_POST
def quiz_item_remove(request: HttpRequest, lecture: Lecture, number: int) -> HttpResponse:
    """Take a question out of the quiz; results that people have stay as they are."""
    _item(lecture, number).delete()
    messages.success(request, _("The question is taken out of the quiz."))
    return redirect("lectures:quiz_items", lecture.pk)


@needs("lectures.take_part", Lecture)
@either
def feedback(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Give feedback, or change it."""
    if not has_begun(lecture):
        messages.warning(request, _("Feedback opens when the lecture begins."))
        return redirect(lecture)
    given = Feedback.objects.filter(lecture=lecture, user=request.user).first()
    form = FeedbackForm(request.POST if request.method == "POST" else None, instance=given)
    if request.method == "POST" and form.is_valid():
        actions_learning.give_feedback(lecture=lecture, user=request.user, facts=form.cleaned_data)
        messages.success(request, _("Thank you."))
        return redirect(f"{lecture.get_absolute_url()}#learning")
    return _page(request, "feedback", {"lecture": lecture, "form": form})


@needs("lectures.view_attendance", Lecture)
@require_GET
def feedback_summary(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """What people said, together; nothing while there are too few to hide among."""
    return render(
        request, "lectures/learning/feedback_summary.html", {"lecture": lecture, "summary": present_feedback(lecture)}
    )


@needs("lectures.view_lecture", Lecture)
@require_GET
def example(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """The worked example in the design page; where it has not been searched, the question, from which it can be."""
    question = lecture.example
    if question is None or not request.user.has_perm("questions.view_question", question):
        raise Http404
    return redirect(latest_answer(question, request.user) or question)


@needs("lectures.keep_lecture", Lecture)
@either
def example_choose(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Choose the worked example."""
    form = ExampleForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        lecture=lecture,
        initial={"question": lecture.example},
    )
    if request.method == "POST":
        form = ExampleForm(request.POST, user=request.user, lecture=lecture)
        if form.is_valid():
            actions_learning.choose_example(lecture=lecture, question=form.cleaned_data["question"])
            messages.success(request, _("The worked example is saved."))
            return redirect(f"{lecture.get_absolute_url()}#learning")
    return _page(request, "example_choose", {"lecture": lecture, "form": form})


@needs("lectures.take_part", Lecture)
@require_POST
def example_copy(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """A copy of the worked example of one's own."""
    question = lecture.example
    if question is None or not request.user.has_perm("questions.view_question", question):
        raise Http404
    places = places_to_write(request.user)
    if not places:
        raise PermissionDenied
    chosen = next((place for place in places if str(place.pk) == request.POST.get("institution")), places[0])
    copied = actions_learning.copy_example(question=question, owner=request.user, institution=chosen)
    messages.success(request, _("This copy is yours: change what you like."))
    return redirect(copied)


def _item(lecture: Lecture, number: int) -> QuizItem:
    return get_object_or_404(lecture.quiz_items, pk=number)


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _page(request: HttpRequest, name: str, context: dict) -> HttpResponse:
    return render(request, f"lectures/learning/{name}.html", context, status=422 if request.method == "POST" else 200)
