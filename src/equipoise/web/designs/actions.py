"""What can happen to a search. Each change names the statuses it may come from, so that two at once cannot both happen."""

from django.db import transaction
from django.utils import timezone

from equipoise.search import SearchResult
from equipoise.web.designs.models import Search
from equipoise.web.questions.models import Question

Status = Search.Status


def start_search(*, question: Question, owner) -> Search:
    """Ask for a search of the question as it is now; the worker takes it up. Raises InputError for a draft."""
    from equipoise.web.designs.tasks import run

    question.read()
    with transaction.atomic():
        search = Search.objects.create(
            question=question, version=question.version, owner=owner, institution=question.institution
        )
        transaction.on_commit(lambda: run.enqueue(search.pk))
    return search


def cancel_search(search: Search) -> None:
    """Stop it: at once if it waits, as soon as its worker hears of it if it runs."""
    now = timezone.now()
    Search.objects.filter(pk=search.pk, status=Status.WAITING).update(status=Status.CANCELLED, finished=now)
    Search.objects.filter(pk=search.pk, status=Status.RUNNING).update(cancel_asked=True)


def take_up(pk: int) -> Search | None:
    """The search, now running; None if it no longer waits."""
    now = timezone.now()
    if not Search.objects.filter(pk=pk, status=Status.WAITING).update(status=Status.RUNNING, heard=now):
        return None
    return Search.objects.select_related("question").get(pk=pk)


def tell_progress(pk: int, stage: str, done: int, total: int) -> bool:
    """Write down how far it is; whether it should go on."""
    Search.objects.filter(pk=pk).update(stage=stage, done=done, total=total, heard=timezone.now())
    return Search.objects.filter(pk=pk, status=Status.RUNNING, cancel_asked=False).exists()


def finish(pk: int, result: SearchResult) -> None:
    """Keep the answer."""
    _end(
        pk, Status.DONE, result=result.model_dump_json(by_alias=True), evaluated=result.evaluated,
        recommended=result.recommended or "",
    )  # fmt: skip


def stop(pk: int) -> None:
    """It was cancelled; nothing of it is kept."""
    _end(pk, Status.CANCELLED)


def fail(pk: int, fault: str) -> None:
    """It cannot be answered; `fault` is one of Search's, or the library's sentence (outcomes.py words it for the reader)."""
    _end(pk, Status.FAILED, fault=fault)


def give_up_if_lost(search: Search) -> None:
    """A search whose worker died has failed; it can be started again."""
    if search.is_lost:
        fail(search.pk, Search.LOST)
        search.refresh_from_db()


def _end(pk: int, status: str, **facts) -> None:
    Search.objects.filter(pk=pk, status=Status.RUNNING).update(status=status, finished=timezone.now(), **facts)
