"""Finding anything that the reader may see: one box, one page, each room's own queries."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from equipoise.web.access import signed_in
from equipoise.web.advice.queries import visible_consultations
from equipoise.web.designs.queries import visible_searches
from equipoise.web.lectures.queries import visible_lectures
from equipoise.web.people.queries import visible_people
from equipoise.web.questions.queries import visible_questions

MOST = 8
"""Of each kind, as many are shown."""
MOST_WORDS = 6
KINDS = (
    # what it is called, what the reader may see of it, where the words may stand
    (_("Questions"), visible_questions, ("title",)),
    (_("Lectures"), visible_lectures, ("topic_en", "topic_zh", "summary_en", "summary_zh")),
    (_("Consultations"), visible_consultations, ("title", "asked")),
    (_("Searches"), visible_searches, ("question__title",)),
    (_("People"), visible_people, ("family_name", "given_name", "department")),
)


def matching(rows: QuerySet, fields: tuple[str, ...], words: list[str]) -> QuerySet:
    """The rows that have every word in one field or another."""
    for word in words:
        either = Q()
        for field in fields:
            either |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(either)
    return rows


def find(user, text: str) -> list[dict]:
    """For each kind the first rows that match, and whether there are more."""
    words = text.split()[:MOST_WORDS]
    if not words:
        return []
    found = []
    for title, visible, fields in KINDS:
        rows = list(matching(visible(user), fields, words)[: MOST + 1])
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
