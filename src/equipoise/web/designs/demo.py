"""A demo search: the answer that the command line printed, kept for the workbench."""

from django.utils import timezone

from equipoise.search import SearchResult
from equipoise.web.designs.models import Search
from equipoise.web.questions.models import Question


def keep_demo_search(result: SearchResult) -> Search | None:
    """Keep the answer beside its demo question, once; None if that question is not there or has changed."""
    question = Question.objects.filter(title=result.question.title).first()
    if question is None or question.read() != result.question:
        return None
    known = question.searches.filter(version=question.version, status=Search.Status.DONE).first()
    return known or Search.objects.create(
        question=question, version=question.version, owner=question.owner, institution=question.institution,
        status=Search.Status.DONE, result=result.model_dump_json(by_alias=True), evaluated=result.evaluated,
        recommended=result.recommended or "", finished=timezone.now(),
    )  # fmt: skip
