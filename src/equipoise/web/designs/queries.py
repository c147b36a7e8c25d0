"""Asking for searches."""

from django.db.models import Q, QuerySet

from equipoise.web.advice.queries import cases_of_adviser
from equipoise.web.designs.models import Search


def visible_searches(user) -> QuerySet[Search]:
    """The rows for which the person has designs.view_search (a test holds the two together), without their answers."""
    if not user.is_active:
        return Search.objects.none()
    mine = Q(owner=user) | Q(institution__in=user.institution_ids) | Q(question__shared_with__in=user.programme_ids)
    advised = Q(question__in=cases_of_adviser(user).values("question"))
    return Search.objects.filter(mine | advised).select_related("question", "owner", "institution").defer("result")


def recent_searches(user, limit: int = 6) -> list[Search]:
    """The person's own, latest first."""
    own = Search.objects.filter(owner=user).select_related("question", "owner", "institution").defer("result")
    return list(own[:limit])
