"""Asking for programmes, their people, and what comes next in them."""

from datetime import UTC, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from equipoise.web.advice.models import Session
from equipoise.web.lectures.models import Lecture
from equipoise.web.people.models import User
from equipoise.web.people.queries import coordinators_of
from equipoise.web.programme.models import Document, Programme, YearReport

SETTLED = (Lecture.Status.CONFIRMED, Lecture.Status.HELD)


def visible_programmes(user) -> QuerySet[Programme]:
    """The rows for which the person has programme.view_programme (a test holds the two together)."""
    if not user.is_active:
        return Programme.objects.none()
    return Programme.objects.filter(pk__in=user.programme_ids)


def visible_reports(user) -> QuerySet[YearReport]:
    """The rows for which the person has programme.view_yearreport."""
    if not user.is_active:
        return YearReport.objects.none()
    audited = user.programme_ids if any(role == "auditor" for _place, role in user.roles) else frozenset()
    return YearReport.objects.filter(programme__in=user.coordinated_programme_ids | audited).select_related("programme")


def contacts_and_coordinators(programme: Programme) -> QuerySet[User]:
    """Those who answer for the agreement."""
    coordinators = coordinators_of(programme.pk).values("pk")
    contacts = programme.contacts.order_by().values("pk")
    return User.objects.filter(Q(pk__in=coordinators) | Q(pk__in=contacts), is_active=True)


def bounds(year: int) -> tuple[datetime, datetime]:
    """The first instant of a year and of the next, in universal time: the same for every reader."""
    return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)


def years_of(programme: Programme) -> list[int]:
    """The years of the term up to the coming one, the latest first."""
    first, coming = programme.starts_on.year, timezone.localdate().year + 1
    return list(range(max(first, min(coming, programme.ends_on.year)), first - 1, -1))


def year_asked(programme: Programme, asked: str) -> int:
    """The year that was asked for if there is one, else this one, or the nearest of the term."""
    years = years_of(programme)
    if asked.isdecimal() and len(asked) == 4 and int(asked) in years:
        return int(asked)
    return max(years[-1], min(timezone.localdate().year, years[0]))


def coming_lectures(programme_ids) -> QuerySet[Lecture]:
    """Announced lectures that are still to come, the next first."""
    coming = Lecture.objects.filter(
        programme__in=programme_ids, starts__gte=timezone.now(), status=Lecture.Status.CONFIRMED
    )
    return coming.select_related("speaker").order_by("starts", "pk")


def next_session(programme: Programme) -> Session | None:
    """The board's next hour."""
    coming = Session.objects.filter(
        programme=programme, starts__gte=timezone.now(), status=Session.Status.PLANNED, clinic__isnull=False
    )
    return coming.select_related("clinic").order_by("starts").first()


def papers(programme: Programme) -> QuerySet[Document]:
    return programme.documents.select_related("added_by")
