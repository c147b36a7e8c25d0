"""Asking for questions."""

from django.db.models import Q, QuerySet

from equipoise.web.questions.models import Question


def visible_questions(user) -> QuerySet[Question]:
    """The rows for which the person has questions.view_question (a test holds the two together)."""
    mine = Q(owner=user) | Q(institution__in=user.institution_ids)
    return (
        Question.objects.filter(mine).select_related("owner", "institution")
        if user.is_active
        else Question.objects.none()
    )


def recent_questions(user, limit: int = 6) -> list[Question]:
    """The person's own, latest first."""
    return list(Question.objects.filter(owner=user).select_related("owner", "institution")[:limit])
