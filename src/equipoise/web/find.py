"""Finding anything that the reader may see: one box, one page, each room's own queries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from equipoise.web.access import signed_in
from equipoise.web.advice.queries import find as find_consultations
from equipoise.web.designs.queries import visible_searches
from equipoise.web.lectures.queries import visible_lectures
from equipoise.web.people.queries import find as find_people
from equipoise.web.questions.queries import visible_questions
from equipoise.web.words import with_words

MOST = 8
"""Of each kind, as many are shown."""


def within(visible: Callable, *fields: str) -> Callable:
    """What a person may see, with the words in those fields."""
    return lambda user, text: with_words(visible(user), fields, text)


KINDS = (
    # what it is called, and the rows for a reader and a text
    (_("Questions"), within(visible_questions, "title")),
    (_("Lectures"), within(visible_lectures, "topic_en", "topic_zh", "summary_en", "summary_zh")),
    (_("Consultations"), find_consultations),
    (_("Searches"), within(visible_searches, "question__title")),
    (_("People"), find_people),
)


def find(user, text: str) -> list[dict]:
    """For each kind the first rows that match, and whether there are more."""
    if not text.strip():
        return []
    found = []
    for title, rows_for in KINDS:
        rows = list(rows_for(user, text)[: MOST + 1])
        if rows:
            found.append({"title": title, "rows": rows[:MOST], "more": len(rows) > MOST})
    return found


@signed_in
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What matches the words, kind by kind."""
    text = request.GET.get("q", "").strip()[:200]
    return render(request, "find.html", {"text": text, "found": find(request.user, text)})
