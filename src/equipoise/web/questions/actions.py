"""What can happen to a question."""

from django.db import transaction

from equipoise import search
from equipoise.errors import InputError
from equipoise.web.questions.models import Question
from equipoise.web.questions.sense import fault_of_sense


@transaction.atomic
def start_question(*, owner, institution, payload: dict) -> Question:
    """Write a new question down; it is ready at once if it is complete."""
    question = Question(owner=owner, institution=institution, payload=payload, title=payload["title"])
    question.status = _status(payload, finished=True)
    question.save()
    return question


@transaction.atomic
def change_question(*, question: Question, parts: dict, finished: bool = False) -> Question:
    """Replace some parts of the payload (None takes a part away), as a new version when that changes anything.

    `finished` says that the owner holds it to be complete; a ready question that no longer is one is a draft again.
    """
    question = Question.objects.select_for_update().get(pk=question.pk)
    payload = {name: part for name, part in (question.payload | parts).items() if part is not None}
    status = _status(payload, finished=finished or question.status == Question.Status.READY)
    if payload == question.payload and status == question.status:
        return question
    if payload != question.payload:
        question.version += 1
    question.payload, question.title, question.status = payload, payload["title"], status
    question.save()
    return question


def share_question(*, question: Question, programme) -> None:
    """Let the members of a programme read the question and its searches; None takes that back."""
    Question.objects.filter(pk=question.pk).update(shared_with=programme)


def fault(payload: dict) -> InputError | None:
    """The first fault that keeps a payload from being searched."""
    try:
        return fault_of_sense(search.Question.read(payload))
    except InputError as error:
        return error


def with_usual_currency(payload: dict, institution) -> dict:
    """A new payload whose costs will be in the currency of the place, unless its owner names another."""
    return {"cost": {"currency": "CNY" if institution.language == "zh-hans" else "USD"}} | payload


def _status(payload: dict, *, finished: bool) -> str:
    return Question.Status.READY if finished and fault(payload) is None else Question.Status.DRAFT
