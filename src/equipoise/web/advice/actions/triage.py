"""Triage: whether the board takes a request, by when, and who advises."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from equipoise.errors import InputError
from equipoise.web.advice.actions.advice import close_if_answered
from equipoise.web.advice.actions.steps import held, note
from equipoise.web.advice.deadlines import due_for
from equipoise.web.advice.models import AdviceDraft, BoardMember, Conflict, Consultation
from equipoise.web.advice.queries import sitting
from equipoise.web.advice.suggestions import barred, place_of
from equipoise.web.advice.telling import advisers_of, announce, coordinators_of, forget, team_of

Status = Consultation.Status


@transaction.atomic
def accept(*, case: Consultation, by) -> Consultation:
    """The board takes the request."""
    case = held(case, Status.SUBMITTED)
    case.status = Status.ACCEPTED
    case.save()
    announce(
        note(case, "accepted", by),
        team_of(case),
        gettext_noop("The board takes your request and looks for an adviser: %(title)s"),
    )
    return case


@transaction.atomic
def decline(*, case: Consultation, by, reason: str) -> Consultation:
    """The board does not take the request, and says why."""
    case = held(case, Status.SUBMITTED, Status.ACCEPTED)
    case.status, case.closed = Status.DECLINED, timezone.now()
    case.save()
    event = note(case, "declined", by, _said(reason))
    announce(event, team_of(case), gettext_noop("The board cannot take your request; the reason is with it: %(title)s"))
    return case


@transaction.atomic
def ask_back(*, case: Consultation, by, reason: str) -> Consultation:
    """Back to the requester's desk, with what is needed."""
    case = held(case, Status.SUBMITTED, Status.ACCEPTED)
    case.status, case.due = Status.DRAFT, None
    case.save()
    event = note(case, "asked-back", by, _said(reason))
    announce(event, team_of(case), gettext_noop("The board needs more from you before it can help: %(title)s"))
    return case


@transaction.atomic
def reschedule(*, case: Consultation, by, urgency: str, due: datetime | None = None) -> Consultation:
    """Another urgency, and with it another date; or a date by hand."""
    case = held(case, *Consultation.AWAITED)
    case.urgency = Consultation.Urgency(urgency)
    place = place_of(case.adviser) if case.adviser else case.institution
    case.due = due or due_for(case, place, case.submitted)
    case.save()
    event = note(case, "due-by-hand" if due else "due", by)
    announce(event, advisers_of(case), gettext_noop("The date by which an answer is due has changed: %(title)s"))
    return case


@transaction.atomic
def assign(*, case: Consultation, by, member: BoardMember, second: bool = False) -> Consultation:
    """Give the case to a member of the board, as its adviser or for a second opinion; raises InputError for one who
    may not have it. Whoever had it before has it no longer."""
    case = held(case, Status.ACCEPTED, Status.ASSIGNED, *((Status.SUBMITTED,) if not second else (Status.ADVISED,)))
    seat, other = ("second_adviser", "adviser") if second else ("adviser", "second_adviser")
    allowed = sitting(case.programme_id).filter(pk=member.pk).exists() and member.pk not in barred(case)
    if not allowed or member.pk == getattr(case, f"{other}_id"):
        raise InputError("member", member.pk, "a member of the board who may advise on the case")
    before = getattr(case, seat)
    if before and before.pk == member.pk:
        return case
    setattr(case, seat, member)
    if not second:
        case.status, case.assigned = Status.ASSIGNED, timezone.now()
        if not case.events.filter(kind="due-by-hand").exists():
            case.due = due_for(case, place_of(member), case.submitted)
    case.save()
    if before:
        _let_go(case, before.user)
    event = note(case, ("second" if second else "reassigned" if before else "assigned"), by)
    words = (
        gettext_noop("You are asked for a second opinion: %(title)s")
        if second
        else gettext_noop("You are asked for advice: %(title)s")
    )
    announce(event, [member.user], words, urgent=case.urgency == Consultation.Urgency.URGENT)
    if before and before.user.is_active:
        _say_handed_over(event, before.user)
    return case


@transaction.atomic
def release_second(*, case: Consultation, by) -> Consultation:
    """No second opinion after all."""
    case = held(case, Status.ACCEPTED, Status.ASSIGNED, Status.ADVISED)
    before, case.second_adviser = case.second_adviser, None
    case.save()
    if before:
        _let_go(case, before.user)
        _say_handed_over(note(case, "second-released", by), before.user)
    close_if_answered(case, by)
    return case


@transaction.atomic
def step_aside(*, case: Consultation, by, member: BoardMember, reason: str) -> Consultation:
    """A member declares a conflict with a case: it is closed to them at once, and waits for another if it was theirs.

    What they were told of it is taken back; the requester is told nothing.
    """
    case = held(case)
    reason = _said(reason)[:500]
    Conflict.objects.get_or_create(
        member=member, consultation=case, ended=None, defaults={"reason": reason, "declared_by": by}
    )
    return hand_back(case=case, member=member, by=by, reason=reason)


@transaction.atomic
def hand_back(*, case: Consultation, member: BoardMember, by, reason: str = "") -> Consultation:
    """Take a case, and all that was told of it, from a member whom a declared conflict bars; coordinators learn why."""
    case = held(case)
    for person in (by, member.user):
        person.__dict__.pop("_conflicts", None)
    if case.adviser_id == member.pk:
        case.adviser = None
        if case.status == Status.ASSIGNED:
            case.status, case.assigned = Status.ACCEPTED, None
    if case.second_adviser_id == member.pk:
        case.second_adviser = None
    case.save()
    _let_go(case, member.user)
    forget(member.user, case)
    if case.status in Consultation.OPEN:
        event = note(case, "conflict", by, reason)
        others = [person for person in coordinators_of(case) if person.pk != member.user_id]
        announce(event, others, gettext_noop("An adviser stepped aside; another is needed: %(title)s"), here="triage/")
        close_if_answered(case, by)
    return case


def _let_go(case: Consultation, user) -> None:
    """What an adviser had begun to write goes with the case."""
    AdviceDraft.objects.filter(consultation=case, author=user).delete()


def _say_handed_over(event, user) -> None:
    from equipoise.web.notices.actions import tell

    case = event.consultation
    tell(
        [user], key=f"advice:{case.pk}:handed-over:{event.pk}", kind="advice-handed-over",
        text=gettext_noop("A case was handed to another adviser; you need do nothing more: %(title)s"), values={"title": case.title},
    )  # fmt: skip


def _said(reason: str) -> str:
    if not reason.strip():
        raise InputError("reason", reason, "some words")
    return reason.strip()
