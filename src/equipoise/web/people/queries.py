"""Asking for people and invitations."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from equipoise.web.people.models import Institution, Invitation, Membership, User
from equipoise.web.words import with_all_words


def visible_people(user) -> QuerySet[User]:
    """The rows for which the person has people.view_user (a test holds the two together)."""
    if not user.is_active:
        return User.objects.none()
    places = institutions_around(user)
    colleagues = Membership.objects.filter(institution__in=places).values("user")
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=colleagues))


def institutions_around(user) -> QuerySet[Institution]:
    """The person's own, and those of the same programmes."""
    partners = Institution.programmes.through.objects.filter(programme__in=user.programme_ids).values("institution")
    return Institution.objects.filter(Q(pk__in=user.institution_ids) | Q(pk__in=partners))


def coordinated_institutions(user) -> QuerySet[Institution]:
    """Those that the person coordinates, and so invites for."""
    return Institution.objects.filter(pk__in=[place for place, role in user.roles if role == "coordinator"])


def invitations_of(user) -> QuerySet[Invitation]:
    """Those to the institutions that the person coordinates."""
    places = coordinated_institutions(user)
    return Invitation.objects.filter(institution__in=places).select_related("institution", "invited_by")


def find(user, text: str, role: str = "", institution: int | None = None) -> QuerySet[User]:
    """People whom the person may see, by name, department or e-mail; every word must be somewhere.

    With a role, an institution or both: who holds that role there.
    """
    people = visible_people(user).filter(is_active=True)
    held = Membership.objects.filter(user=OuterRef("pk"))
    if role:
        held = held.filter(role=role)
    if institution is not None:
        held = held.filter(institution=institution)
    return with_all_words(people.filter(Exists(held)) if role or institution is not None else people, text)


def members_of(programme_id: int, *roles: str) -> QuerySet[User]:
    """Everyone active who has a role, or one of `roles`, at an institution of the programme."""
    places = Institution.programmes.through.objects.filter(programme=programme_id).values("institution")
    held = Membership.objects.filter(institution__in=places)
    return User.objects.filter(pk__in=(held.filter(role__in=roles) if roles else held).values("user"), is_active=True)


def coordinators_of(programme_id: int) -> QuerySet[User]:
    """Who coordinates a programme, at any of its institutions."""
    return members_of(programme_id, Membership.Role.COORDINATOR)
