"""Asking for the board and its meetings: always without what a declared conflict closes to the reader."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Case, Count, Exists, F, IntegerField, OrderBy, OuterRef, Q, QuerySet, When
from django.utils import timezone

from equipoise.web.advice.models import BoardMember, Conflict, Consultation, Session
from equipoise.web.advice.queries import conflicts_of, own_cases, sitting, visible_consultations
from equipoise.web.people.models import Holiday, User
from equipoise.web.programme.models import Programme

URGENCY = Case(
    When(urgency=Consultation.Urgency.URGENT, then=0),
    When(urgency=Consultation.Urgency.SOON, then=1),
    default=2,
    output_field=IntegerField(),
)


def programmes_of(user) -> QuerySet[Programme]:
    """The programmes that a person belongs to, those under way first."""
    return Programme.objects.filter(pk__in=user.programme_ids).order_by("-ends_on", "pk")


def holidays_of(programme_id: int) -> QuerySet[Holiday]:
    """The holidays of all institutions of a programme."""
    return Holiday.objects.filter(institution__programmes=programme_id).select_related("institution")


def reads_for(user, thing) -> bool:
    """Whether the person is a coordinator or an auditor of the thing's programme."""
    audits = any(role == "auditor" for _place, role in user.roles)
    return thing.programme_id in user.coordinated_programme_ids or (audits and thing.programme_id in user.programme_ids)


def conflicts_shown(user, member: BoardMember) -> QuerySet[Conflict]:
    """A member's conflicts, for those who may know of them: the member, coordinators and auditors."""
    if member.user_id != user.pk and not reads_for(user, member):
        return Conflict.objects.none()
    return member.conflicts.select_related("person", "institution", "consultation", "declared_by")


def without_conflict(users, case: Consultation) -> list[User]:
    """Those to whom the case is open."""
    return [user for user in users if not conflicts_of(user).close(case)]


def advisers_of(case: Consultation) -> list[User]:
    """The advisers of a case, without those that it is closed to."""
    return without_conflict([member.user for member in (case.adviser, case.second_adviser) if member], case)


def team_of(case: Consultation) -> list[User]:
    """The requester and the team."""
    return [case.owner, *case.team.all()]


# Sessions and their agendas


def by_need(cases: QuerySet[Consultation], *first: OrderBy) -> QuerySet[Consultation]:
    """The most urgent first, then those that wait longest; before that, by `first`."""
    return cases.annotate(need=URGENCY).order_by(*first, "need", F("submitted").asc(nulls_last=True), "pk")


def agenda(user, session: Session) -> QuerySet[Consultation]:
    """What a person may know of a session's agenda; `may_read` where the case itself is open to them."""
    cases = session.consultations.all()
    if not (reads_for(user, session) or sitting(session.programme_id).filter(user=user).exists()):
        cases = cases.filter(own_cases(user))
    else:
        cases = cases.filter(own_cases(user) | ~conflicts_of(user).closed())
    readable = visible_consultations(user).filter(pk=OuterRef("pk"))
    cases = cases.annotate(may_read=Exists(readable)).select_related("owner", "institution", "adviser__user")
    return in_agenda_order(cases)


def in_agenda_order(cases: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """As a coordinator put them; what nobody placed comes after, by need."""
    return by_need(cases, F("agenda_place").asc(nulls_last=True))


def waiting_for(user, session: Session) -> QuerySet[Consultation]:
    """Open cases that are on no coming agenda, without those closed to the reader; `kept` if to someone on the board."""
    elsewhere = Q(session__status=Session.Status.PLANNED, session__starts__gte=timezone.now())
    cases = Consultation.objects.filter(programme=session.programme_id, status__in=Consultation.AWAITED).exclude(
        elsewhere
    )
    cases = cases.exclude(session=session).exclude(conflicts_of(user).closed())
    return by_need(cases.annotate(kept=closed_to_the_board(session)).select_related("owner", "institution"))


def closed_to_the_board(session: Session) -> Exists:
    """Whether someone who sits on the board at the time has a conflict with the case."""
    present = sitting(session.programme_id, session.starts.date()).values("pk")
    team = Consultation.team.through.objects.filter(consultation=OuterRef(OuterRef("pk"))).values("user")
    about = (
        Q(person=OuterRef("owner"))
        | Q(institution=OuterRef("institution"))
        | Q(consultation=OuterRef("pk"))
        | Q(person__in=team)
    )
    return Exists(Conflict.objects.filter(about, member__in=present, ended__isnull=True))


def visible_sessions(user) -> QuerySet[Session]:
    """The rows for which the person has advice.view_session, but a meeting about a case that is closed to them."""
    reads = user.coordinated_programme_ids
    if any(role == "auditor" for _place, role in user.roles):
        reads |= user.programme_ids
    today = timezone.localdate()
    seats = BoardMember.objects.filter(Q(until__isnull=True) | Q(until__gte=today), user=user, since__lte=today)
    board = Q(programme__in=reads) | Q(programme__in=seats.values("programme"))
    closed = Consultation.objects.filter(_closed_to(user), session=OuterRef("pk"))
    own = Q(Exists(Consultation.objects.filter(session=OuterRef("pk"), owner=user)))
    private = Consultation.objects.filter(session=OuterRef("pk"), pk__in=visible_consultations(user).values("pk"))
    open_to = Q(clinic__isnull=False) | (Q(Exists(private)) & ~Q(Exists(closed)))
    return Session.objects.filter(own | (board & open_to), programme__in=user.programme_ids).select_related("clinic")


def with_agenda_size(user, sessions: Iterable[Session]) -> list[Session]:
    """Sessions with `size`: how many cases of the agenda the person may know of."""
    rows = list(sessions)
    seats = BoardMember.objects.filter(user=user).values("programme")
    audited = user.programme_ids if any(role == "auditor" for _place, role in user.roles) else frozenset()
    theirs = Q(programme__in=user.coordinated_programme_ids | audited) | Q(programme__in=seats)
    cases = Consultation.objects.filter(own_cases(user) | (theirs & ~conflicts_of(user).closed()), session__in=rows)
    sizes = dict(cases.order_by().values_list("session").annotate(Count("pk")))
    for session in rows:
        session.size = sizes.get(session.pk, 0)
    return rows


def holidays_of_person(user, programme_id: int) -> list[tuple[date, date]]:
    """The holidays (first, last) of where a person works in a programme."""
    places = Holiday.objects.filter(institution__programmes=programme_id, institution__in=user.institution_ids)
    return list(places.values_list("first", "last"))


def may_see(user, session: Session) -> bool:
    """Whether a session may be shown: one about a single case only where that case may be."""
    return session.clinic_id is not None or visible_sessions(user).filter(pk=session.pk).exists()


def may_read_notes(user, session: Session) -> bool:
    """Notes speak of every case that was ever on the agenda: for the board, coordinators and auditors without a conflict."""
    if not (reads_for(user, session) or sitting(session.programme_id).filter(user=user).exists()):
        return False
    ever = Consultation.history.filter(session=session.pk).values("id")
    return not Consultation.objects.filter(pk__in=ever).filter(_closed_to(user)).exists()


def people_of(session: Session) -> list[User]:
    """Whom a session concerns: the board and those with a case, or the two sides of the one case."""
    cases = list(session.consultations.select_related("owner", "adviser__user", "second_adviser__user"))
    people = {case.owner_id: case.owner for case in cases}
    if session.clinic_id:
        members = sitting(session.programme_id, session.starts.date())
        people |= {member.user_id: member.user for member in members}
    for case in cases:
        people |= {user.pk: user for user in [*advisers_of(case), *team_of(case)]}
    return list(people.values())


def busy_of(user, after: datetime, before: datetime) -> list[tuple[datetime, datetime]]:
    """What takes up a person's time: meetings of the board, lectures to give or to attend."""
    from equipoise.web.lectures.models import Lecture

    meetings = Session.objects.filter(concerns(user), starts__lt=before, starts__gt=after).exclude(
        status=Session.Status.CANCELLED
    )
    registered = Q(registrations__user=user, registrations__withdrawn__isnull=True)
    lectures = (
        Lecture.objects.filter(Q(speaker=user) | registered, starts__lt=before, starts__gt=after)
        .exclude(status=Lecture.Status.CANCELLED)
        .distinct()
    )
    return [(thing.starts, thing.ends) for thing in [*meetings, *lectures]]


def concerns(user) -> Q:
    """The sessions that a person is to come to: of their board, or where their own cases are talked about."""
    today = timezone.localdate()
    seats = BoardMember.objects.filter(Q(until__isnull=True) | Q(until__gte=today), user=user, since__lte=today)
    advised = Consultation.objects.filter(Q(adviser__user=user) | Q(second_adviser__user=user)).exclude(
        _closed_to(user)
    )
    board = Q(programme__in=seats.values("programme")) | Q(programme__in=user.coordinated_programme_ids)
    cases = Consultation.objects.filter(session__isnull=False).filter(own_cases(user) | Q(pk__in=advised.values("pk")))
    return (Q(clinic__isnull=False) & board) | Q(pk__in=cases.values("session"))


def _closed_to(user) -> Q:
    """Cases closed to a person who is not of their team."""
    return conflicts_of(user).closed() & ~own_cases(user)
