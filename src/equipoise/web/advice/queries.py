"""Asking for consultations and the board: always without what a declared conflict closes."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from equipoise.web.advice.figures import adoption, open_by_age, turnaround
from equipoise.web.advice.models import Advice, BoardMember, BoardVote, Conflict, Consultation, Recommendation
from equipoise.web.words import with_all_words

__all__ = ["adoption", "open_by_age", "turnaround"]
MOST_WAITING = 20
"""Cases of each kind that a list of what waits names."""


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


def seats_of(user) -> dict[int, int]:
    """{seat: programme} of every seat that a person has, or had: advice may outlast a term of office.

    Asked once per request.
    """
    if not hasattr(user, "_seats"):
        user._seats = dict(BoardMember.objects.filter(user=user).values_list("pk", "programme"))
    return user._seats


def cases_of_adviser(user) -> QuerySet[Consultation]:
    """The submitted cases that a person advises on, and may."""
    seats = seats_of(user)
    if not seats:
        return Consultation.objects.none()
    cases = Consultation.objects.filter(Q(adviser__in=seats) | Q(second_adviser__in=seats))
    return cases.exclude(status=Consultation.Status.DRAFT).exclude(conflicts_of(user).closed())


def visible_consultations(user) -> QuerySet[Consultation]:
    """The rows for which the person has advice.view_consultation (a test holds the two together).

    What is known of the person is asked first, so that the rows are found by their indexes.
    """
    if not user.is_active:
        return Consultation.objects.none()
    audited = user.programme_ids if any(role == "auditor" for _place, role in user.roles) else frozenset()
    read = user.coordinated_programme_ids | audited
    seats = seats_of(user)
    work = Q(programme__in=read) | Q(adviser__in=seats) | Q(second_adviser__in=seats)
    voted = set(seats.values()) - read
    if voted:
        work |= Q(pk__in=BoardVote.objects.filter(consultation__programme__in=voted).values("consultation"))
    work &= ~Q(status=Consultation.Status.DRAFT) & ~conflicts_of(user).closed()
    return Consultation.objects.filter(own_cases(user) | work)


def team_cases(user) -> list[int]:
    """The cases of which the person is of the team, without having asked themselves; asked once per request."""
    if not hasattr(user, "_team_cases"):
        rows = Consultation.team.through.objects.filter(user=user)
        user._team_cases = list(rows.values_list("consultation", flat=True))
    return user._team_cases


def own_cases(user) -> Q:
    """The cases that a person asked for, or is of the team of."""
    return Q(owner=user) | Q(pk__in=team_cases(user))


def with_names(cases: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """With everyone whom a row of a list names."""
    return cases.select_related("owner", "institution", "programme", "adviser__user", "second_adviser__user")


def own_consultations(user) -> QuerySet[Consultation]:
    """Those that the person asked for, or is of the team of."""
    return Consultation.objects.filter(own_cases(user))


def to_triage(user) -> QuerySet[Consultation]:
    """Those for which the person, as a coordinator, is to find an adviser; never one's own."""
    waiting = (Consultation.Status.SUBMITTED, Consultation.Status.ACCEPTED)
    found = Consultation.objects.filter(programme__in=user.coordinated_programme_ids, status__in=waiting)
    return found.exclude(own_cases(user)).exclude(conflicts_of(user).closed())


def to_advise(user) -> QuerySet[Consultation]:
    """Those on which the person still owes advice."""
    seats = seats_of(user)
    first = Q(adviser__in=seats, status=Consultation.Status.ASSIGNED)
    said = Advice.objects.filter(consultation=OuterRef("pk"), author=user, kind=Advice.Kind.SECOND)
    asked = (Consultation.Status.ASSIGNED, Consultation.Status.ADVISED)
    return cases_of_adviser(user).filter(first | (Q(second_adviser__in=seats, status__in=asked) & ~Exists(said)))


def to_answer(user) -> QuerySet[Consultation]:
    """One's own with advice that still has open recommendations."""
    still_open = Recommendation.objects.filter(advice__consultation=OuterRef("pk"), state=Recommendation.State.OPEN)
    advised = (Consultation.Status.ASSIGNED, Consultation.Status.ADVISED)
    return own_consultations(user).filter(Exists(still_open), status__in=advised)


def asked_back(user) -> QuerySet[Consultation]:
    """One's own that a coordinator sent back for more."""
    return own_consultations(user).filter(status=Consultation.Status.DRAFT, submitted__isnull=False)


def find(user, words: str) -> QuerySet[Consultation]:
    """The consultations that the person may see with every word in them, latest first; none without a word."""
    if not words.strip():
        return Consultation.objects.none()
    return with_all_words(visible_consultations(user), words).select_related("owner", "institution")


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a person: why, and on which case. `code` is triage, advise, answer or complete."""

    code: str
    case: Consultation

    WORDS = {
        "triage": _("To triage"),
        "advise": _("To advise"),
        "answer": _("Recommendations to answer"),
        "complete": _("Sent back: more is needed"),
    }

    @property
    def words(self) -> str:
        return str(self.WORDS[self.code])

    @property
    def title(self) -> str:
        return self.case.title

    @property
    def url(self) -> str:
        return self.case.get_absolute_url()

    @property
    def since(self) -> datetime:
        """When it began to wait."""
        moments = {"triage": self.case.submitted, "advise": self.case.assigned, "answer": self.case.advised}
        return moments.get(self.code) or self.case.created

    @property
    def due(self) -> datetime | None:
        return self.case.due if self.code in ("triage", "advise") else None

    @property
    def overdue(self) -> bool:
        return self.due is not None and self.case.is_overdue


def waiting_for(user) -> list[Waiting]:
    """What waits for the person, what is due first first; the same few questions for everyone."""
    if not user.is_active:
        return []
    kinds = (("triage", to_triage), ("advise", to_advise), ("answer", to_answer), ("complete", asked_back))
    keys = {code: list(ask(user).values_list("pk", flat=True)[:MOST_WAITING]) for code, ask in kinds}
    cases = with_names(Consultation.objects.filter(pk__in=[key for held in keys.values() for key in held])).in_bulk()
    found = [Waiting(code, cases[key]) for code, held in keys.items() for key in held]
    return sorted(found, key=lambda held: (held.due or held.since, held.case.pk))
