"""Asking for people and invitations."""

from django.db.models import Q, QuerySet

from equipoise.web.people.models import Institution, Invitation, Membership, User


def visible_people(user) -> QuerySet[User]:
    """The rows for which the person has people.view_user (a test holds the two together)."""
    if not user.is_active:
        return User.objects.none()
    places = _institutions_around(user)
    colleagues = Membership.objects.filter(institution__in=places).values("user")
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=colleagues))


def _institutions_around(user) -> QuerySet[Institution]:
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


def find(user, words: list[str]) -> QuerySet[User]:
    """People whom the person may see, by name, department or e-mail; every word must be somewhere."""
    found = visible_people(user).filter(is_active=True)
    for word in words:
        fields = ("family_name", "given_name", "department", "email")
        either = Q()
        for field in fields:
            either |= Q(**{f"{field}__icontains": word})
        found = found.filter(either)
    return found
