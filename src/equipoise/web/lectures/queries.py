"""Asking for lectures, and for who and what goes with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from equipoise.web.advice.models import Session
from equipoise.web.lectures.models import Lecture, Registration, Series
from equipoise.web.lectures.slots import Busy, Place
from equipoise.web.people.models import Holiday, Institution, Membership, User
from equipoise.web.people.queries import members_of

Status = Lecture.Status
SETTLED = (Status.CONFIRMED, Status.HELD)
LONGEST = timedelta(days=1)  # no lecture is longer, so that what is on now can be found by when it began
PUBLIC = Q(starts__isnull=False) & (Q(status__in=SETTLED) | Q(announced__isnull=False))


def visible_lectures(user) -> QuerySet[Lecture]:
    """The rows for which the person has lectures.view_lecture (a test holds the two together)."""
    if not user.is_active:
        return Lecture.objects.none()
    own = PUBLIC | Q(programme__in=user.coordinated_programme_ids) | Q(speaker=user)
    if any(role == "auditor" for _place, role in user.roles):
        own = Q()
    return Lecture.objects.filter(own, programme__in=user.programme_ids).select_related("speaker", "programme")


def with_mine(lectures: QuerySet[Lecture], user) -> QuerySet[Lecture]:
    """Each lecture with whether the person means to come (`registered`)."""
    coming = Registration.objects.filter(lecture=OuterRef("pk"), user=user, withdrawn__isnull=True)
    return lectures.annotate(registered=Exists(coming))


def coming_lectures(lectures: QuerySet[Lecture], now: datetime | None = None) -> QuerySet[Lecture]:
    """Those not over yet, the next first; those without a date at the end."""
    now = now or timezone.now()
    later = Q(starts__gte=now) | Q(starts__gte=now - LONGEST, starts__lt=now, status__in=_open())
    return lectures.filter(later | Q(starts__isnull=True)).order_by("starts", "pk")


def past_lectures(lectures: QuerySet[Lecture], now: datetime | None = None) -> QuerySet[Lecture]:
    """Those that are over, the latest first."""
    now = now or timezone.now()
    return lectures.filter(Q(starts__lt=now - LONGEST) | Q(starts__lt=now, status__in=(Status.HELD, Status.CANCELLED))).order_by(
        "-starts", "-pk"
    )  # fmt: skip


def _open() -> tuple[str, ...]:
    return (Status.PROPOSED, Status.INVITED, Status.CONFIRMED)


def about(lectures: QuerySet[Lecture], competency: str) -> QuerySet[Lecture]:
    """Those on one competency. As text, so that both databases can be asked."""
    named = lectures.annotate(codes=Cast("competencies", TextField()))
    return named.filter(codes__contains=f'"{competency}"')


def visible_series(user) -> QuerySet[Series]:
    """The series of the person's programmes, the latest first."""
    return Series.objects.filter(programme__in=user.programme_ids).select_related("programme")


def speakers_of(programme_id: int) -> QuerySet[User]:
    """Those who are asked to speak."""
    return members_of(programme_id, Membership.Role.SPEAKER, Membership.Role.ADVISER)


def registered_people(lecture: Lecture) -> QuerySet[User]:
    """Those who mean to come."""
    return User.objects.filter(registrations__lecture=lecture, registrations__withdrawn__isnull=True)


def registration_of(lecture: Lecture, user) -> Registration | None:
    return lecture.registrations.filter(user=user).first()


def places_taken(lecture: Lecture) -> int:
    return lecture.registrations.filter(withdrawn__isnull=True).count()


def places_of(programme_id: int, year: int | None = None, *, days_off: bool = True) -> list[Place]:
    """The programme's places, with the days each does not work (of a year and its neighbours, if one is named)."""
    institutions = list(Institution.objects.filter(programmes=programme_id).order_by("pk"))
    off = Holiday.objects.filter(institution__in=institutions) if days_off else Holiday.objects.none()
    if year is not None:
        off = off.filter(last__year__gte=year - 1, first__year__lte=year + 1)
    days: dict[int, list] = {}
    for holiday in off:
        days.setdefault(holiday.institution_id, []).append((holiday.first, holiday.last, holiday.name))
    return [Place(place.city or place.name, place.zone, tuple(days.get(place.pk, ()))) for place in institutions]


def busy_times(programme_id: int, start: datetime, end: datetime, besides: Lecture | None = None) -> list[Busy]:
    """What the programme has on between two instants: its other lectures, and the sessions of its board."""
    since = start - LONGEST
    lectures = Lecture.objects.filter(programme=programme_id, starts__gt=since, starts__lt=end).exclude(
        status=Status.CANCELLED
    )
    if besides is not None:
        lectures = lectures.exclude(pk=besides.pk)
    sessions = Session.objects.filter(programme=programme_id, starts__gt=since, starts__lt=end).exclude(
        status=Session.Status.CANCELLED
    )
    found = [Busy(lecture.starts, lecture.ends, lecture.topic) for lecture in lectures]
    return found + [Busy(session.starts, session.ends, _("a session of the board")) for session in sessions]


@dataclass(frozen=True)
class Around:
    """What a date is chosen among: a programme's places with all their days off, and what it has on."""

    places: list[Place]
    busy: list[Busy]


def around(programme_id: int) -> Around:
    """The same read once, for many dates to come."""
    now = timezone.now()
    return Around(places_of(programme_id), busy_times(programme_id, now, datetime(2101, 1, 1, tzinfo=UTC)))


def members_by_email(programme_id: int, emails: Iterable[str]) -> dict[str, User]:
    """The people of a programme whose e-mails are among these, which are in small letters."""
    wanted, found = list(dict.fromkeys(emails)), {}
    for start in range(0, len(wanted), 500):  # databases limit how many values a query has
        for person in members_of(programme_id).filter(email__in=wanted[start : start + 500]):
            found[person.email.lower()] = person
    return found


def lecture_before(lecture: Lecture) -> Lecture | None:
    """The programme's lecture before this one."""
    if lecture.starts is None:
        return None
    earlier = Lecture.objects.filter(programme=lecture.programme_id, starts__lt=lecture.starts, status__in=SETTLED)
    return earlier.order_by("-starts").first()
