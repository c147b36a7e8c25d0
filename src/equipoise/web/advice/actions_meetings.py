"""What can happen to clinics and sessions: planned, moved, cancelled, held; everyone concerned is told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from equipoise.web.advice.calendar import entry_of
from equipoise.web.advice.models import Clinic, Consultation, Event, Session
from equipoise.web.advice.presenters_board import when
from equipoise.web.advice.queries_board import advisers_of, holidays_of, in_agenda_order, people_of, team_of
from equipoise.web.advice.recurrence import Occurrence, occurrences
from equipoise.web.calendars import calendar_file
from equipoise.web.notices.actions import tell

HORIZON = relativedelta(months=6)
Status = Session.Status


def planned_until(clinic: Clinic) -> date:
    """The last day for which sessions are planned now."""
    return timezone.now().astimezone(clinic.zone).date() + HORIZON


def expected(clinic: Clinic, after: date | None = None) -> list[Occurrence]:
    """What the rule gives from a day (today) on, as far as is planned ahead, with the holidays that come between."""
    start = after or timezone.now().astimezone(clinic.zone).date()
    return occurrences(clinic, start, planned_until(clinic), holidays_of(clinic.programme_id))


@transaction.atomic
def plan_sessions(*, clinic: Clinic) -> list[Session]:
    """Make the sessions of the next months that are not there yet. Repeating it makes nothing twice: a time that a
    session of the clinic ever had is not planned again, though it was moved or cancelled since."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    now = timezone.now()
    known = set(Session.history.filter(clinic=clinic.pk, starts__gte=now).values_list("starts", flat=True))
    fresh = [found.starts for found in expected(clinic) if not found.holidays and found.starts > now]
    return [_add(clinic, starts) for starts in fresh if starts not in known]


@transaction.atomic
def start_clinic(*, clinic: Clinic, by) -> Clinic:
    """A new clinic, with its sessions."""
    clinic.save()
    plan_sessions(clinic=clinic)
    return clinic


@transaction.atomic
def change_clinic(*, clinic: Clinic, starting: date, by) -> None:
    """Let the clinic follow its (changed) rule from a day on: coming sessions move to the new times one by one, with
    their agendas; those left over are cancelled, and those missing are made."""
    clinic.first = starting
    clinic.save()
    coming = list(_coming(clinic, starting))
    cancelled = {
        session.starts.astimezone(clinic.zone).date()
        for session in clinic.sessions.filter(status=Status.CANCELLED, starts__gte=timezone.now())
    }
    wanted = [
        found.starts
        for found in expected(clinic, starting)
        if not found.holidays and found.starts > timezone.now()
        and found.starts.astimezone(clinic.zone).date() not in cancelled
    ]  # fmt: skip
    for session in coming[len(wanted) :]:
        cancel_session(session=session, by=by)
    # those that move later go last to first, so that no two of a clinic are ever at the same time
    pairs = list(zip(coming, wanted, strict=False))
    for session, starts in _clear_of_each_other(pairs):
        move_session(session=session, starts=starts, minutes=clinic.minutes, time_zone=clinic.time_zone, by=by)
    for starts in wanted[len(coming) :]:
        _add(clinic, starts)


@transaction.atomic
def end_clinic(*, clinic: Clinic, starting: date, by) -> None:
    """No session of the clinic from a day on."""
    for session in _coming(clinic, starting):
        cancel_session(session=session, by=by)
    clinic.until = starting - timedelta(days=1)
    clinic.save()


@transaction.atomic
def move_session(
    *, session: Session, starts: datetime, minutes: int, time_zone: str, by, join_url: str | None = None
) -> None:
    """Another time, or another address to join; all whom it concerns are told."""
    before = (session.starts, session.minutes)
    address = session.join_url if join_url is None else join_url
    if (*before, session.time_zone, session.join_url) == (starts, minutes, time_zone, address):
        return
    session.starts, session.minutes, session.time_zone, session.join_url = starts, minutes, time_zone, address
    session.sequence += 1
    session.save()
    text = (
        gettext_noop("The meeting of the board has moved. It is now on %(when)s.")
        if before != (starts, minutes)
        else gettext_noop("The meeting of the board on %(when)s has another address to join.")
    )
    tell_of(session, key=f"session:{session.pk}:changed:{session.sequence}", text=text, by=by)


@transaction.atomic
def cancel_session(*, session: Session, by) -> None:
    """The session will not be; what was on its agenda waits for another."""
    if session.status != Status.PLANNED:
        return
    _set_status(session, Status.CANCELLED)
    text = gettext_noop("The meeting of the board on %(when)s is cancelled.")
    tell_of(session, key=f"session:{session.pk}:cancelled:{session.sequence}", text=text, by=by)


@transaction.atomic
def plan_again(*, session: Session, by) -> None:
    """A cancelled session takes place after all."""
    if session.status == Status.CANCELLED:
        _set_status(session, Status.PLANNED)
        text = gettext_noop("The meeting of the board on %(when)s takes place after all.")
        tell_of(session, key=f"session:{session.pk}:again:{session.sequence}", text=text, by=by)


@transaction.atomic
def hold_session(*, session: Session, by) -> None:
    """It took place."""
    if session.status == Status.PLANNED:
        session.status = Status.HELD
        session.save()
        for case in session.consultations.all():
            Event.objects.create(consultation=case, kind="discussed", by=by)


@transaction.atomic
def write_notes(*, session: Session, notes: str) -> None:
    session.notes = notes
    session.save()


@transaction.atomic
def put_on_agenda(*, session: Session, case: Consultation, by) -> None:
    """The case is to be discussed at the session; its requester and advisers are told."""
    if case.session_id == session.pk:
        return
    case.session, case.agenda_place = session, None
    case.save()
    event = Event.objects.create(consultation=case, kind="on-agenda", by=by)
    text = gettext_noop("Your consultation will be discussed on %(when)s.")
    tell_of_case(session, event, text)


@transaction.atomic
def take_off_agenda(*, session: Session, case: Consultation, by) -> None:
    if case.session_id == session.pk:
        case.session = case.agenda_place = None
        case.save()
        event = Event.objects.create(consultation=case, kind="off-agenda", by=by)
        text = gettext_noop("Your consultation is no longer on the agenda of %(when)s; it waits for another meeting.")
        tell_of_case(session, event, text)


@transaction.atomic
def discuss_earlier(*, session: Session, case: Consultation) -> None:
    """The case changes places with the one before it on the agenda."""
    order = list(in_agenda_order(session.consultations.all()))
    place = [held.pk for held in order].index(case.pk)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    for number, held in enumerate(order, 1):
        if held.agenda_place != number:
            held.agenda_place = number
            held.save(update_fields=["agenda_place"])


@transaction.atomic
def agree_time(
    *, case: Consultation, starts: datetime, minutes: int, time_zone: str, by, join_url: str = ""
) -> Session:
    """A meeting about the one case; one that was agreed before moves."""
    session = case.session
    if session and session.clinic_id is None and session.status == Status.PLANNED:
        move_session(
            session=session, starts=starts, minutes=minutes, time_zone=time_zone, by=by,
            join_url=join_url or session.join_url,
        )  # fmt: skip
        return session
    session = Session.objects.create(
        programme=case.programme, starts=starts, minutes=minutes, time_zone=time_zone, join_url=join_url
    )
    case.session = session
    case.save()
    event = Event.objects.create(consultation=case, kind="time-agreed", by=by)
    text = gettext_noop("A meeting about your consultation is agreed for %(when)s.")
    tell_of(session, key=f"advice:{case.pk}:time-agreed:{event.pk}", text=text, by=by)
    return session


def tell_of_case(session: Session, event: Event, text: str) -> None:
    """Tell a case's own people when it is talked about."""
    case = event.consultation
    people = [user for user in [*team_of(case), *advisers_of(case)] if user.pk != event.by_id]
    tell(
        people, key=f"advice:{case.pk}:{event.kind}:{event.pk}", kind="session", text=text,
        values={"when": when(session.programme_id, session.starts)}, url=case.get_absolute_url(),
    )  # fmt: skip


def tell_of(session: Session, *, key: str, text: str, by=None, people=None) -> None:
    """Tell those whom a session concerns, but for who did it, each with the event in their own language."""
    people = [user for user in (people_of(session) if people is None else people) if by is None or user.pk != by.pk]
    for language in {user.language for user in people}:
        readers = [user for user in people if user.language == language]
        with translation.override(language):
            method = "CANCEL" if session.status == Status.CANCELLED else "PUBLISH"
            event = calendar_file([entry_of(session)], method=method).decode()
        tell(
            readers, key=key, kind="session", text=text, url=session.get_absolute_url(),
            values={"when": when(session.programme_id, session.starts)}, calendar=event, calendar_method=method,
        )  # fmt: skip


def _coming(clinic: Clinic, starting: date):
    begin = datetime.combine(starting, datetime.min.time(), tzinfo=ZoneInfo(clinic.time_zone))
    return clinic.sessions.select_for_update().filter(status=Status.PLANNED, starts__gte=max(begin, timezone.now()))


def _add(clinic: Clinic, starts: datetime) -> Session:
    latest = clinic.sessions.order_by("-starts").values_list("join_url", flat=True).first()
    return Session.objects.create(
        programme_id=clinic.programme_id, clinic=clinic, starts=starts, minutes=clinic.minutes,
        time_zone=clinic.time_zone, join_url=latest or "",
    )  # fmt: skip


def _clear_of_each_other(pairs: list[tuple[Session, datetime]]) -> list[tuple[Session, datetime]]:
    """Pairs in an order in which no session moves to a time that another still has."""
    waiting, answer = list(pairs), []
    while waiting:
        taken = {session.starts for session, _starts in waiting}
        free = [pair for pair in waiting if pair[1] == pair[0].starts or pair[1] not in taken]
        answer.extend(free or waiting)
        waiting = [pair for pair in waiting if pair not in free] if free else []
    return answer


def _set_status(session: Session, status: str) -> None:
    session.status = status
    session.sequence += 1
    session.save()
