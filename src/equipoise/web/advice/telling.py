"""Who is told what of a case; nobody whom a conflict bars, and no adviser's name before the advice is signed."""

from collections.abc import Iterable

from django.db.models import Q

from equipoise.web.advice.models import Consultation, Event
from equipoise.web.notices.actions import tell
from equipoise.web.notices.models import Mail, Notice
from equipoise.web.people import queries
from equipoise.web.people.models import User


def team_of(case: Consultation) -> list[User]:
    """The requester and the team."""
    return [case.owner, *case.team.exclude(pk=case.owner_id)]


def coordinators_of(case: Consultation) -> list[User]:
    """Those who triage the case: coordinators of the programme who may see it and did not ask for it."""
    found = queries.coordinators_of(case.programme_id)
    return [user for user in found if user.has_perm("advice.triage_consultation", case)]


def advisers_of(case: Consultation) -> list[User]:
    """The advisers at hand."""
    seats = (case.adviser, case.second_adviser)
    return [seat.user for seat in seats if seat and seat.user.has_perm("advice.give_advice", case)]


def announce(
    event: Event, users: Iterable[User], text: str, *, values: dict | None = None, urgent: bool = False, here: str = ""
) -> None:
    """Tell people of an event, but for the one who brought it about; `here` is a place on the page of the case."""
    case = event.consultation
    others = [user for user in users if user.pk != event.by_id]
    tell(
        others, key=f"advice:{case.pk}:{event.kind}:{event.pk}", kind=f"advice-{event.kind}", text=text,
        values={"title": case.title} | (values or {}), url=case.get_absolute_url() + here, urgent=urgent,
    )  # fmt: skip


def forget(user: User, case: Consultation) -> None:
    """Take back what a person was told of a case, and what mail about it is still on its way."""
    told = Notice.objects.filter(user=user).filter(
        Q(url=case.get_absolute_url())
        | Q(url__startswith=case.get_absolute_url())
        | Q(key__startswith=f"advice:{case.pk}:")
    )
    keys = [f"notice:{pk}" for pk in told.values_list("pk", flat=True)]
    Mail.objects.filter(key__in=keys, status=Mail.Status.WAITING).update(status=Mail.Status.WITHDRAWN)
    told.delete()
