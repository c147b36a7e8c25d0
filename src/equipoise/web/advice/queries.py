"""Asking for consultations and the board: always without what a declared conflict closes."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from equipoise.web.advice.models import BoardMember, BoardVote, Conflict, Consultation


@dataclass(frozen=True)
class Conflicts:
    """Whose cases, which institutions' cases and which cases are closed to one person."""

    people: frozenset[int]
    institutions: frozenset[int]
    consultations: frozenset[int]

    def close(self, case: Consultation) -> bool:
        """Whether the case is closed to the person."""
        return (
            case.owner_id in self.people
            or case.institution_id in self.institutions
            or case.pk in self.consultations
            or (bool(self.people) and case.team.filter(pk__in=self.people).exists())
        )

    def closed(self) -> Q:
        """The cases that are closed to the person."""
        team = Consultation.team.through.objects.filter(consultation=OuterRef("pk"), user__in=self.people)
        found = Q(owner__in=self.people) | Q(institution__in=self.institutions) | Q(pk__in=self.consultations)
        return found | Q(Exists(team)) if self.people else found


def conflicts_of(user) -> Conflicts:
    """A person's declared conflicts that have not ended; asked once per request."""
    if not hasattr(user, "_conflicts"):
        rows = list(
            Conflict.objects.filter(member__user=user, ended__isnull=True).values_list(
                "person", "institution", "consultation"
            )
        )
        user._conflicts = Conflicts(*(frozenset(row[place] for row in rows if row[place]) for place in range(3)))
    return user._conflicts


def board_member(user, thing) -> BoardMember | None:
    """The person's seat on the board of the thing's programme, if there is one today."""
    return sitting(thing.programme_id).filter(user=user).first()


def sitting(programme_id: int, on: date | None = None) -> QuerySet[BoardMember]:
    """The members of a programme's board on a day."""
    day = on or date.today()  # noqa: DTZ011  (a term of office is in whole days)
    in_office = Q(until__isnull=True) | Q(until__gte=day)
    return BoardMember.objects.filter(in_office, programme=programme_id, since__lte=day).select_related("user")


def cases_of_adviser(user) -> QuerySet[Consultation]:
    """The submitted cases that a person advises on, and may."""
    mine = Q(adviser__user=user) | Q(second_adviser__user=user)
    return (
        Consultation.objects.filter(mine).exclude(status=Consultation.Status.DRAFT).exclude(conflicts_of(user).closed())
    )


def visible_consultations(user) -> QuerySet[Consultation]:
    """The rows for which the person has advice.view_consultation (a test holds the two together)."""
    if not user.is_active:
        return Consultation.objects.none()
    own = Q(owner=user) | Q(pk__in=Consultation.team.through.objects.filter(user=user).values("consultation"))
    audited = user.programme_ids if any(role == "auditor" for _place, role in user.roles) else frozenset()
    voting = BoardVote.objects.filter(consultation=OuterRef("pk"))
    seats = BoardMember.objects.filter(user=user).values("programme")
    work = (
        Q(programme__in=user.coordinated_programme_ids | audited)
        | Q(adviser__user=user)
        | Q(second_adviser__user=user)
        | (Q(programme__in=seats) & Q(Exists(voting)))
    )
    work &= ~Q(status=Consultation.Status.DRAFT) & ~conflicts_of(user).closed()
    return Consultation.objects.filter(own | work)
