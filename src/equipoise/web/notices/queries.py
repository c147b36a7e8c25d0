"""Asking for notices."""

from django.db.models import QuerySet

from equipoise.web.notices.models import Notice


def notices_of(user) -> QuerySet[Notice]:
    """A person's own, latest first."""
    return Notice.objects.filter(user=user)


def unread(user, most: int = 100) -> int:
    """How many a person has not read; no more than `most` are counted."""
    return len(notices_of(user).filter(read__isnull=True).order_by().values_list("pk", flat=True)[:most])
