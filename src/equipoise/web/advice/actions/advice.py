"""Advice: kept as a draft, signed once, pinned to the version; and what became of each recommendation."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from equipoise.errors import InputError
from equipoise.web.advice.actions.steps import held, note
from equipoise.web.advice.deadlines import due_for
from equipoise.web.advice.models import Advice, AdviceDraft, Consultation, Recommendation
from equipoise.web.advice.suggestions import barred, place_of
from equipoise.web.advice.telling import advisers_of, announce, coordinators_of, team_of

Status, State = Consultation.Status, Recommendation.State
MOST_RECOMMENDATIONS = 10


@transaction.atomic
def keep_draft(*, case: Consultation, by, payload: dict) -> AdviceDraft:
    """Keep what an adviser has written so far; nobody else sees it."""
    held(case, Status.ASSIGNED, Status.ADVISED)
    return AdviceDraft.objects.update_or_create(consultation=case, author=by, defaults={"payload": payload})[0]


@transaction.atomic
def sign_advice(*, case: Consultation, by, payload: dict, kind: str | None = None) -> Advice:
    """Publish advice, pinned to what the case is about; raises InputError without a summary or recommendations.

    The kind is that of the author's seat unless one is given (the whole board's).
    """
    case = held(case, Status.ASSIGNED, Status.ADVISED)
    points = payload.get("recommendations", [])
    if not payload.get("summary", "").strip():
        raise InputError("summary", "", "some words")
    if not 1 <= len(points) <= MOST_RECOMMENDATIONS:
        raise InputError("recommendations", len(points), f"1 to {MOST_RECOMMENDATIONS}")
    follow_up = payload.get("follow_up_on")
    advice = Advice.objects.create(
        consultation=case, kind=kind or _kind(case, by), author=by, summary=payload["summary"],
        references=payload.get("references", ""), follow_up_on=date.fromisoformat(follow_up) if follow_up else None,
        question_version=case.question_version, search=case.search, design=case.design,
    )  # fmt: skip
    for position, point in enumerate(points, start=1):
        Recommendation.objects.create(advice=advice, position=position, **point)
    AdviceDraft.objects.filter(consultation=case, author=by).delete()
    if advice.kind != Advice.Kind.SECOND:
        case.status, case.advised = Status.ADVISED, case.advised or advice.created
    case.save()
    event = note(case, "advised" if advice.kind == Advice.Kind.FIRST else f"advised-{advice.kind}", by)
    here = f"#advice-{advice.pk}"
    announce(
        event,
        [*team_of(case), *coordinators_of(case)],
        gettext_noop("The board's advice is there: %(title)s"),
        here=here,
    )
    return advice


@transaction.atomic
def answer_recommendation(
    *, recommendation: Recommendation, by, state: str, answer: str = "", version: int | None = None,
    superseded_by: Recommendation | None = None,
) -> Recommendation:  # fmt: skip
    """The requester's answer to an open recommendation; the case closes with the last. Raises InputError where a
    reason, a version that exists, or another recommendation of the case is needed and not given."""
    case = held(recommendation.advice.consultation, Status.ASSIGNED, Status.ADVISED)
    point = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    if point.state != State.OPEN:
        raise InputError("state", point.state, "open")
    if state == State.DECLINED and not answer.strip():
        raise InputError("answer", answer, "a reason")
    if state == State.ADOPTED:
        point.taken_in_version = _version(case, point, version)
    elif state == State.SUPERSEDED:
        point.superseded_by = _successor(case, point, superseded_by)
    elif state != State.DECLINED:
        raise InputError("state", state, "adopted, declined or superseded")
    point.state, point.answer, point.answered_by, point.answered = state, answer.strip(), by, timezone.now()
    point.save()
    kind = "recommendation-declined" if state == State.DECLINED else state
    event = note(case, kind, by, _labelled(point, point.answer))
    announce(event, advisers_of(case), _ANSWERS[state], here=f"#recommendation-{point.pk}")
    close_if_answered(case, by)
    return point


@transaction.atomic
def reopen_recommendation(*, recommendation: Recommendation, by, reason: str) -> Recommendation:
    """Open again what was answered, with a reason; a closed case is open again with it."""
    case = held(recommendation.advice.consultation, Status.ASSIGNED, Status.ADVISED, Status.CLOSED)
    point = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    if point.state == State.OPEN or not reason.strip():
        raise InputError("reason", reason, "some words, for a recommendation that was answered")
    point.state, point.answer, point.answered, point.answered_by = State.OPEN, "", None, None
    point.taken_in_version = point.superseded_by = None
    point.save()
    if case.status == Status.CLOSED:
        case.status, case.closed = Status.ADVISED, None
        case.save()
    event = note(case, "recommendation-reopened", by, _labelled(point, reason))
    told = [*team_of(case), *advisers_of(case)]
    announce(event, told, gettext_noop("A recommendation is open again: %(title)s"), here=f"#recommendation-{point.pk}")
    return point


@transaction.atomic
def reopen_case(*, case: Consultation, by, reason: str, latest: bool = False) -> Consultation:
    """Ask again, with a reason; about the question's latest version if so wished (a design stays with its search)."""
    case = held(case, Status.ADVISED, Status.CLOSED, Status.DECLINED)
    if not reason.strip():
        raise InputError("reason", reason, "some words")
    if latest and case.question_id:
        case.question_version, case.search, case.design = case.question.version, None, ""
    has_adviser = case.adviser is not None and case.adviser_id not in barred(case)
    case.status = Status.ASSIGNED if has_adviser else Status.ACCEPTED
    case.closed, case.due = (
        None,
        due_for(case, place_of(case.adviser) if has_adviser else case.institution, timezone.now()),
    )
    case.save()
    event = note(case, "reopened", by, reason)
    told = [*team_of(case), *coordinators_of(case), *advisers_of(case)]
    announce(event, told, gettext_noop("A consultation is open again: %(title)s"))
    return case


_ANSWERS = {
    State.ADOPTED: gettext_noop("A recommendation of yours was adopted: %(title)s"),
    State.DECLINED: gettext_noop("A recommendation of yours was declined, with a reason: %(title)s"),
    State.SUPERSEDED: gettext_noop("A recommendation of yours was superseded: %(title)s"),
}


def _kind(case: Consultation, by) -> str:
    second = case.second_adviser is not None and case.second_adviser.user_id == by.pk
    return Advice.Kind.SECOND if second else Advice.Kind.FIRST


def _version(case: Consultation, point: Recommendation, version: int | None) -> int | None:
    """The question's version in which it was taken; the latest if none is named, none without a question."""
    if case.question_id is None:
        return None
    first, latest = point.advice.question_version or 1, case.question.version
    if version is not None and not first <= version <= latest:
        raise InputError("version", version, f"{first} to {latest}")
    return version or latest


def _successor(case: Consultation, point: Recommendation, other: Recommendation | None) -> Recommendation:
    if other is None or other.pk == point.pk or other.advice.consultation_id != case.pk or _leads_to(other, point):
        raise InputError("superseded_by", other and other.pk, "another recommendation of the consultation")
    return other


def _leads_to(other: Recommendation, point: Recommendation) -> bool:
    """Whether the other was itself superseded, in the end, by this one."""
    while other.superseded_by is not None:
        other = other.superseded_by
        if other.pk == point.pk:
            return True
    return False


def _labelled(point: Recommendation, text: str) -> str:
    return f"{point.text[:80]}: {text}" if text else point.text[:80]


def close_if_answered(case: Consultation, by) -> None:
    """Close an advised case with nothing open: no recommendation, and no second opinion outstanding."""
    still_open = Recommendation.objects.filter(advice__consultation=case, state=State.OPEN).exists()
    outstanding = case.second_adviser_id and not case.advice.filter(kind=Advice.Kind.SECOND).exists()
    if still_open or outstanding or case.status != Status.ADVISED:
        return
    case.status, case.closed = Status.CLOSED, timezone.now()
    case.save()
    event = note(case, "closed", by)
    announce(
        event, [*advisers_of(case), *coordinators_of(case)], gettext_noop("Every recommendation is answered: %(title)s")
    )
