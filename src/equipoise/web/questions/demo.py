"""Demo questions: the example files, each written by one of the demo investigators."""

import itertools
from collections.abc import Iterable
from pathlib import Path

from equipoise.search import read_question
from equipoise.web.people.models import Membership
from equipoise.web.questions.actions import start_question
from equipoise.web.questions.models import Question


def load_demo_questions(files: Iterable[Path]) -> list[Question]:
    """Write down the questions that are not there yet, the authors taking turns in the order of the files; returns all of them."""
    authors = itertools.cycle(
        Membership.objects.filter(user__email__endswith=".example.org")
        .exclude(role=Membership.Role.AUDITOR)
        .select_related("user", "institution")
        .order_by("user_id", "pk")
    )
    questions = []
    for path, author in zip(files, authors, strict=False):
        asked = read_question(path)
        payload = asked.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        question = Question.objects.filter(title=asked.title).first() or start_question(
            owner=author.user, institution=author.institution, payload=payload
        )
        questions.append(question)
    return questions
