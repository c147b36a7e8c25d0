"""The facts of the board's members for a case, and the adviser who may take it."""

from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from equipoise.web.advice import matching
from equipoise.web.advice.models import Advice, BoardMember, Conflict, Consultation
from equipoise.web.advice.queries import sitting
from equipoise.web.people.models import Holiday, Institution, Membership


def suggest(case: Consultation) -> list[matching.Match]:
    """The members of the board for a case, the most suitable first; those whom a conflict bars are left out."""
    return matching.rank(_need(case), _members(case))


def barred(case: Consultation) -> frozenset[int]:
    """The members whom a declared conflict, or their place in the team, keeps from a case."""
    team = {case.owner_id, *case.team.values_list("pk", flat=True)}
    about = Q(person__in=team) | Q(institution=case.institution_id) | Q(consultation=case)
    declared = Conflict.objects.filter(about, member__programme=case.programme_id, ended__isnull=True)
    own = BoardMember.objects.filter(programme=case.programme_id, user__in=team)
    return frozenset(declared.values_list("member", flat=True)) | frozenset(own.values_list("pk", flat=True))


def place_of(member: BoardMember) -> Institution:
    """Where a member works: where they advise, if at one of the programme's institutions, else where they have a role."""
    roles = Membership.objects.filter(user=member.user_id).select_related("institution")
    inside = set(member.programme.institutions.values_list("pk", flat=True))
    ordered = sorted(roles, key=lambda role: (role.institution_id not in inside, role.role != Membership.Role.ADVISER))
    return ordered[0].institution if ordered else member.programme.institutions.first()


def loads(members: QuerySet[BoardMember]) -> dict[int, int]:
    """How many cases each member has at hand, second opinions included."""
    counts = dict.fromkeys(members.order_by().values_list("pk", flat=True), 0)
    given = Consultation.objects.filter(adviser__in=list(counts), status=Consultation.Status.ASSIGNED).order_by()
    counts |= dict(given.values_list("adviser").annotate(Count("pk")))
    open_cases = Consultation.objects.filter(
        second_adviser__in=list(counts), status__in=(Consultation.Status.ASSIGNED, Consultation.Status.ADVISED)
    )
    pending = open_cases.exclude(advice__kind=Advice.Kind.SECOND).order_by()
    for member, number in pending.values_list("second_adviser").annotate(Count("pk")):
        counts[member] += number
    return counts


def _need(case: Consultation) -> matching.Need:
    return matching.Need(
        expertise=frozenset(case.expertise), language=case.language, zone=case.owner.time_zone, day=timezone.localdate()
    )


def _members(case: Consultation) -> list[matching.Member]:
    seats = sitting(case.programme_id)
    barred_members, at_hand = barred(case), loads(BoardMember.objects.filter(pk__in=seats.values("pk")))
    away = _away([seat.user_id for seat in seats], timezone.localdate())
    return [
        matching.Member(
            id=seat.pk, expertise=frozenset(seat.user.expertise),
            languages=frozenset(seat.user.languages or [seat.user.language]), zone=seat.user.time_zone,
            load=at_hand[seat.pk], capacity=seat.capacity, conflicted=seat.pk in barred_members,
            away_until=away.get(seat.user_id),
        )
        for seat in seats
    ]  # fmt: skip


def _away(users: list[int], day: date) -> dict[int, date]:
    """For each person whose every place has a holiday on a day, its last day."""
    rows = Membership.objects.filter(user__in=users).order_by().values_list("user", "institution").distinct()
    now = Holiday.objects.filter(first__lte=day, last__gte=day, institution__people__in=users)
    closed = dict(now.values_list("institution", "last"))
    places: dict[int, set[int]] = {}
    for user, place in rows:
        places.setdefault(user, set()).add(place)
    return {user: min(closed[place] for place in held) for user, held in places.items() if held <= closed.keys()}
