"""A case and its advice as a reader may see them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.web.advice.forms import AnswerForm, ReasonForm, ReopenForm
from equipoise.web.advice.happenings import WORDS, events_shown
from equipoise.web.advice.matching import Match
from equipoise.web.advice.models import Advice, BoardMember, Consultation, Recommendation
from equipoise.web.advice.pinned import pinned_design, pinned_question
from equipoise.web.people.expertise import words_for
from equipoise.web.permissions import is_of_the_team

Status, State = Consultation.Status, Recommendation.State
BADGES = {
    Status.DRAFT: "draft", Status.SUBMITTED: "warn", Status.ACCEPTED: "warn", Status.ASSIGNED: "accent",
    Status.ADVISED: "good", Status.CLOSED: "", Status.DECLINED: "bad", Status.WITHDRAWN: "",
}  # fmt: skip
STATE_BADGES = {State.OPEN: "warn", State.ADOPTED: "good", State.DECLINED: "bad", State.SUPERSEDED: ""}


@dataclass(frozen=True)
class Reader:
    """In which part a person reads a case: the requester and the team never learn of conflicts."""

    of_the_team: bool
    for_the_programme: bool

    @classmethod
    def of(cls, user, case: Consultation) -> "Reader":
        audits = any(role == "auditor" for _place, role in user.roles) and case.programme_id in user.programme_ids
        reads = audits or case.programme_id in user.coordinated_programme_ids
        return cls(of_the_team=is_of_the_team(user, case), for_the_programme=reads)


def present_case(user, case: Consultation, *, answering: AnswerForm | None = None) -> dict:
    """Everything on the page of a case; `answering` is an answer that was not right, shown where it was given."""
    reader = Reader.of(user, case)
    given = list(case.advice.select_related("author").prefetch_related("recommendations__superseded_by"))
    question = pinned_question(case, user)
    may = _may(user, case, reader)
    return {
        "case": case,
        "badge": BADGES[case.status],
        "fields": words_for(case.expertise),
        "team": list(case.team.all()),
        "advisers": advisers_shown(case, reader, given),
        "question": question,
        "design": pinned_design(case, user),
        "attachments": list(case.attachments.all()),
        "advice": [_present_advice(held, given, case, may, answering) for held in given],
        "progress": _progress(given),
        "moved": _moved(question, given),
        "events": _events(case, reader),
        "reason_form": ReasonForm(),
        "reopen_form": ReopenForm(),
        "newer": question is not None and question.moved_on,
        "has_draft": may["advise"] and case.drafts.filter(author=user).exists(),
    } | {f"may_{name}": allowed for name, allowed in may.items()}


def advisers_shown(case: Consultation, reader: Reader, given: list[Advice]) -> list[dict]:
    """Who advises; the team learns a name with the signed advice, so that a conflict before it stays unknown."""
    signed = {advice.author_id for advice in given}
    seats = ((case.adviser, _("Adviser")), (case.second_adviser, _("Second opinion")))
    return [
        {"name": seat.user.name, "role": role}
        for seat, role in seats
        if seat and (not reader.of_the_team or seat.user_id in signed)
    ]


def present_matches(matches: list[Match], case: Consultation) -> list[dict]:
    """The suggestions with their reasons in words: whether each speaks for the member, and what it is."""
    seats = {seat.pk: seat for seat in BoardMember.objects.filter(programme=case.programme_id).select_related("user")}
    return [
        {
            "seat": seats[match.member.id],
            "percent": round(100 * match.score),
            "reasons": [
                _of_fields(match),
                _of_load(match),
                _of_language(match, case),
                _of_hours(match),
                *_of_holidays(match),
            ],
            "now": match.member.id == case.adviser_id,
            "now_second": match.member.id == case.second_adviser_id,
        }
        for match in matches
    ]


def _may(user, case: Consultation, reader: Reader) -> dict[str, bool]:
    status, has = case.status, user.has_perm
    triages = has("advice.triage_consultation", case)
    answers = has("advice.answer_advice", case)
    over = status in (Status.ADVISED, Status.CLOSED)
    return {
        "change": has("advice.change_consultation", case),
        "withdraw": has("advice.withdraw_consultation", case) and (case.is_open or status == Status.DRAFT),
        "triage": triages and status in Consultation.OPEN,
        "advise": has("advice.give_advice", case) and status in (Status.ASSIGNED, Status.ADVISED),
        "step_aside": has("advice.give_advice", case) and case.is_open,
        "answer": answers and status in (Status.ASSIGNED, Status.ADVISED),
        "reopen_point": answers and status in (Status.ASSIGNED, Status.ADVISED, Status.CLOSED),
        "reopen": (over and (answers or triages)) or (status == Status.DECLINED and triages),
    }


def _present_advice(held: Advice, given: list[Advice], case: Consultation, may: dict, answering) -> dict:
    every = [point for advice in given for point in advice.recommendations.all()]
    latest = case.question.version if case.question else None
    rows = []
    for point in held.recommendations.all():
        point.advice = held
        form = None
        if may["answer"] and point.state == State.OPEN:
            form = AnswerForm(recommendation=point, others=every, latest=latest)
            if answering is not None and answering.prefix == form.prefix:
                form = answering
        rows.append(
            {"point": point, "badge": STATE_BADGES[point.state], "form": form, "wrong": bool(form and form.errors)}
        )
    return {
        "advice": held,
        "rows": rows,
        "newer": bool(latest and held.question_version and latest > held.question_version),
    }


def _progress(given: list[Advice]) -> dict | None:
    """How many recommendations there are, and how many are in each state."""
    states = [point.state for advice in given for point in advice.recommendations.all()]
    if not states:
        return None
    return {"total": len(states), "open": states.count(State.OPEN), "adopted": states.count(State.ADOPTED)}


def _moved(question, given: list[Advice]) -> dict | None:
    """That the question has moved on since the advice, and which newer version took how many recommendations."""
    versions = [advice.question_version for advice in given if advice.question_version]
    if question is None or not versions or question.latest <= min(versions):
        return None
    first = max(versions)
    taken: dict[int, int] = {}
    for point in (point for advice in given for point in advice.recommendations.all()):
        if (
            point.state == State.ADOPTED
            and point.taken_in_version
            and point.taken_in_version > point.advice.question_version
        ):
            taken[point.taken_in_version] = taken.get(point.taken_in_version, 0) + 1
    rows = [
        ngettext(
            "Version %(version)s took %(n)s recommendation.", "Version %(version)s took %(n)s recommendations.", number
        ) % {"version": version, "n": number}
        for version, number in sorted(taken.items())
    ]  # fmt: skip
    return {"latest": question.latest, "given": first, "taken": rows, "url": question.latest_url}


def _events(case: Consultation, reader: Reader) -> list[dict]:
    shown = events_shown(case, of_the_team=reader.of_the_team, for_the_programme=reader.for_the_programme)
    return [
        {"event": event, "words": WORDS.get(event.kind, "")} for event in shown if event.kind in WORDS or event.note
    ]


def _of_fields(match: Match) -> dict:
    known, missing = words_for(list(match.known)), words_for(list(match.missing))
    if not known and not missing:
        return {"good": None, "text": _("The request names no fields")}
    comma = _(", ")
    if not known:
        return {"good": False, "text": _("Knows none of the fields asked for")}
    values = {
        "known": comma.join(known),
        "missing": comma.join(missing),
        "n": len(known),
        "of": len(known) + len(missing),
    }
    if missing:
        return {"good": None, "text": _("Knows %(n)s of %(of)s fields: %(known)s; not %(missing)s") % values}
    return {"good": True, "text": _("Knows every field asked for: %(known)s") % values}


def _of_load(match: Match) -> dict:
    values = {"n": match.member.load, "of": match.member.capacity}
    if match.full:
        return {"good": False, "text": _("Has as many cases as they take: %(n)s of %(of)s") % values}
    return {"good": True, "text": _("Has room: %(n)s of %(of)s cases at hand") % values}


def _of_language(match: Match, case: Consultation) -> dict:
    values = {"language": case.get_language_display()}
    if match.speaks:
        return {"good": True, "text": _("Speaks %(language)s") % values}
    return {"good": False, "text": _("Does not name %(language)s among their languages") % values}


def _of_hours(match: Match) -> dict:
    values = {"office": f"{match.office_hours:g}", "awake": f"{match.awake_hours:g}"}
    if match.office_hours:
        return {"good": True, "text": _("%(office)s hours of a working day shared with the requester") % values}
    text = _("No working hours shared with the requester; %(awake)s hours a day when both are up (07–22)")
    return {"good": None if match.awake_hours else False, "text": text % values}


def _of_holidays(match: Match) -> list[dict]:
    until = match.member.away_until
    if until is None:
        return []
    return [{"good": False, "text": _("On holiday until %(day)s") % {"day": until.isoformat()}}]
