"""Asking for questions."""

from django.db.models import Q, QuerySet

from equipoise.web.advice.queries import cases_of_adviser
from equipoise.web.questions.models import Question


def visible_questions(user) -> QuerySet[Question]:
    """The rows for which the person has questions.view_question (a test holds the two together)."""
    if not user.is_active:
        return Question.objects.none()
    mine = Q(owner=user) | Q(institution__in=user.institution_ids) | Q(shared_with__in=user.programme_ids)
    advised = Q(pk__in=cases_of_adviser(user).values("question"))
    return Question.objects.filter(mine | advised).select_related("owner", "institution")


def recent_questions(user, limit: int = 6) -> list[Question]:
    """The person's own, latest first."""
    return list(Question.objects.filter(owner=user).select_related("owner", "institution")[:limit])
