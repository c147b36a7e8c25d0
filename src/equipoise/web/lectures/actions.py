"""What can happen to a lecture, from the plan to the end: proposed, invited, confirmed, held, or cancelled."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from simple_history.utils import bulk_create_with_history

from equipoise.web.lectures import phrases, queries
from equipoise.web.lectures.mailing import tell_with_calendar
from equipoise.web.lectures.models import DateProposal, JoinLink, Lecture, Series
from equipoise.web.lectures.tasks import announce
from equipoise.web.notices.actions import tell
from equipoise.web.people.queries import coordinators_of

Status = Lecture.Status


class NotPossibleError(ValidationError):
    """What was asked for cannot be done as things are; the message says why."""


@transaction.atomic
def start_series(*, programme, year: int, title_en: str, title_zh: str = "") -> Series:
    """The series of a year."""
    if Series.objects.filter(programme=programme, year=year).exists():
        raise NotPossibleError(_("There is a series for this year already."))
    return Series.objects.create(programme=programme, year=year, title_en=title_en, title_zh=title_zh)


@transaction.atomic
def plan_lecture(*, series: Series, starts: datetime | None, minutes: int, time_zone: str, **facts) -> Lecture:
    """Write a new lecture down, as proposed."""
    return Lecture.objects.create(
        series=series, programme=series.programme, starts=starts, minutes=minutes, time_zone=time_zone, **facts
    )


def plan_lectures(*, series: Series, lectures: list[dict]) -> list[Lecture]:
    """Write many new lectures down at once, each as `plan_lecture` does."""
    planned = [Lecture(series=series, programme=series.programme, **facts) for facts in lectures]
    return bulk_create_with_history(planned, Lecture) if planned else []


@transaction.atomic
def change_lecture(*, lecture: Lecture, **facts) -> Lecture:
    """Change what a lecture is about, or who gives it; another speaker has to be invited first."""
    lecture = _locked(lecture)
    _refuse_if_cancelled(lecture)
    before = {name: getattr(lecture, name) for name in facts}
    for name, value in facts.items():
        setattr(lecture, name, value)
    if "speaker" in facts and facts["speaker"] != before["speaker"] and lecture.is_open:
        lecture.status, lecture.invited = Status.PROPOSED, None
        _close_proposals(lecture)
    if any(facts[name] != before[name] for name in facts):
        lecture.sequence += 1
        lecture.save()
    return lecture


@transaction.atomic
def invite_speaker(*, lecture: Lecture) -> Lecture:
    """Ask the speaker, who accepts, proposes another date, or declines."""
    lecture = _locked(lecture)
    if lecture.status != Status.PROPOSED:
        raise NotPossibleError(_("Only a proposed lecture can go out as an invitation."))
    if lecture.speaker is None or lecture.starts is None:
        raise NotPossibleError(_("Choose a speaker and a date first."))
    _refuse_if_past(lecture.starts)
    lecture.status, lecture.invited = Status.INVITED, timezone.now()
    lecture.save()
    _tell_speaker_of_invitation(lecture)
    return lecture


@transaction.atomic
def accept_invitation(*, lecture: Lecture) -> Lecture:
    """The speaker says yes: the lecture is confirmed."""
    lecture = _locked(lecture)
    _refuse_unless_invited(lecture)
    _refuse_if_past(lecture.starts)
    _confirm(lecture)
    text = gettext_noop("%(speaker)s gives the lecture “%(topic)s”: %(when)s.")
    _tell_coordinators(lecture, "accepted", text)
    return lecture


@transaction.atomic
def confirm_lecture(*, lecture: Lecture) -> Lecture:
    """A coordinator confirms what was agreed with the speaker in another way."""
    lecture = _locked(lecture)
    if lecture.status not in (Status.PROPOSED, Status.INVITED):
        raise NotPossibleError(_("This lecture is not waiting to be confirmed."))
    if lecture.speaker is None or lecture.starts is None:
        raise NotPossibleError(_("Choose a speaker and a date first."))
    _confirm(lecture)
    _tell_speaker_confirmed(lecture)
    return lecture


@transaction.atomic
def propose_date(*, lecture: Lecture, by, starts: datetime, time_zone: str, note: str = "") -> DateProposal:
    """The speaker asks for another date; a coordinator takes it or not."""
    lecture = _locked(lecture)
    if lecture.status not in (Status.INVITED, Status.CONFIRMED):
        raise NotPossibleError(_("This lecture is not waiting for an answer."))
    _refuse_if_past(starts)
    _close_proposals(lecture)
    proposal = DateProposal.objects.create(
        lecture=lecture, made_by=by, starts=starts, time_zone=time_zone, note=note[:500]
    )
    text = gettext_noop("%(speaker)s asks for another date for the lecture “%(topic)s”.")
    _tell_coordinators(lecture, f"proposal:{proposal.pk}", text)
    return proposal


@transaction.atomic
def decline_invitation(*, lecture: Lecture, note: str = "") -> Lecture:
    """The speaker says no: the lecture looks for another."""
    lecture = _locked(lecture)
    _refuse_unless_invited(lecture)
    text = gettext_noop("%(speaker)s cannot give the lecture “%(topic)s”. %(note)s")
    _tell_coordinators(lecture, "declined", text, note=note[:200])
    lecture.status, lecture.speaker, lecture.invited = Status.PROPOSED, None, None
    _close_proposals(lecture)
    lecture.sequence += 1
    lecture.save()
    return lecture


@transaction.atomic
def take_proposal(*, proposal: DateProposal, by) -> Lecture:
    """Move the lecture to the date that its speaker asked for; it is confirmed with that."""
    lecture = _locked(proposal.lecture)
    proposal = DateProposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.decision or not lecture.is_open:
        raise NotPossibleError(_("This date is not waiting for an answer any more."))
    _refuse_if_past(proposal.starts)
    proposal.decision, proposal.decided_by = DateProposal.Decision.TAKEN, by
    proposal.save()
    was_public = lecture.is_public
    lecture.starts, lecture.time_zone = proposal.starts, proposal.time_zone
    lecture.sequence += 1
    _confirm(lecture)
    _tell_speaker_confirmed(lecture)
    if was_public:
        _tell_of_new_date(lecture, [])
    return lecture


@transaction.atomic
def refuse_proposal(*, proposal: DateProposal, by) -> Lecture:
    """The date that the speaker asked for is not possible; the one of the invitation stands."""
    lecture = _locked(proposal.lecture)
    proposal = DateProposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.decision:
        raise NotPossibleError(_("This date is not waiting for an answer any more."))
    proposal.decision, proposal.decided_by = DateProposal.Decision.REFUSED, by
    proposal.save()
    text = gettext_noop("The date you asked for is not possible for the lecture “%(topic)s”. Its date: %(when)s.")
    tell(
        [lecture.speaker], key=f"lecture:{lecture.pk}:refused:{proposal.pk}", kind="lecture", text=text,
        values={"topic": phrases.topic(lecture), "when": phrases.when(lecture)}, url=_answer_url(lecture),
    )  # fmt: skip
    return lecture


@transaction.atomic
def reschedule_lecture(*, lecture: Lecture, starts: datetime, minutes: int, time_zone: str) -> Lecture:
    """Move a lecture. Whoever has it in a calendar gets it moved there; an invited speaker is asked again."""
    lecture = _locked(lecture)
    if not lecture.is_open:
        raise NotPossibleError(_("A lecture that was held or cancelled cannot be moved."))
    if (lecture.starts, lecture.minutes, lecture.time_zone) == (starts, minutes, time_zone):
        return lecture
    _refuse_if_past(starts)
    lecture.starts, lecture.minutes, lecture.time_zone = starts, minutes, time_zone
    lecture.sequence += 1
    if lecture.status == Status.INVITED:
        lecture.invited = timezone.now()
    lecture.save()
    _close_proposals(lecture)
    if lecture.status == Status.INVITED:
        _tell_speaker_of_invitation(lecture)
    _tell_of_new_date(lecture, [lecture.speaker] if lecture.status == Status.CONFIRMED else [])
    return lecture


@transaction.atomic
def cancel_lecture(*, lecture: Lecture, reason: str) -> Lecture:
    """Call a lecture off: it stays, as cancelled, in every calendar that has it."""
    lecture = _locked(lecture)
    if not lecture.is_open:
        raise NotPossibleError(_("A lecture that was held or cancelled cannot be cancelled."))
    asked = lecture.status in (Status.INVITED, Status.CONFIRMED)
    lecture.status, lecture.cancel_reason = Status.CANCELLED, reason[:500]
    lecture.sequence += 1
    lecture.save()
    _close_proposals(lecture)
    if lecture.starts is not None:
        people = [*queries.registered_people(lecture), *([lecture.speaker] if asked and lecture.speaker else [])]
        text = gettext_noop("The lecture “%(topic)s” is cancelled. %(reason)s")
        tell_with_calendar(
            people, lecture=lecture, key="cancelled", text=text, values={"reason": reason[:200]}, urgent=True
        )
    return lecture


@transaction.atomic
def hold_lecture(*, lecture: Lecture) -> Lecture:
    """The lecture has taken place."""
    lecture = _locked(lecture)
    if lecture.status == Status.CONFIRMED and lecture.ends <= timezone.now():
        lecture.status = Status.HELD
        lecture.save()
    return lecture


@transaction.atomic
def set_join_links(*, lecture: Lecture, links: list[dict]) -> Lecture:
    """The ways to join, each a region, an address and a label; calendars that have the lecture get them."""
    lecture = _locked(lecture)
    held = list(lecture.join_links.order_by("pk").values("region", "label", "url"))
    if links != held:
        lecture.join_links.all().delete()
        JoinLink.objects.bulk_create([JoinLink(lecture=lecture, **link) for link in links])
        lecture.sequence += 1
        lecture.save()
    return lecture


def _locked(lecture: Lecture) -> Lecture:
    return Lecture.objects.select_for_update().get(pk=lecture.pk)


def _confirm(lecture: Lecture) -> None:
    """Members see it from now on, and hear of it the first time."""
    lecture.status = Status.CONFIRMED
    if lecture.announced is None:
        lecture.announced = timezone.now()
        transaction.on_commit(lambda: announce.enqueue(lecture.pk))
    lecture.save()
    _close_proposals(lecture)


def _close_proposals(lecture: Lecture) -> None:
    lecture.date_proposals.filter(decision="").update(decision=DateProposal.Decision.REFUSED)


def _refuse_if_past(starts: datetime) -> None:
    if starts <= timezone.now():
        raise NotPossibleError(_("The date is past."))


def _refuse_if_cancelled(lecture: Lecture) -> None:
    if lecture.status == Status.CANCELLED:
        raise NotPossibleError(_("A cancelled lecture cannot be changed."))


def _refuse_unless_invited(lecture: Lecture) -> None:
    if lecture.status != Status.INVITED:
        raise NotPossibleError(_("This lecture is not waiting for an answer."))


def _answer_url(lecture: Lecture) -> str:
    return f"{lecture.get_absolute_url()}answer/"


def _tell_speaker_of_invitation(lecture: Lecture) -> None:
    tell(
        [lecture.speaker], key=f"lecture:{lecture.pk}:invited:{lecture.invited.isoformat()}", kind="lecture",
        text=gettext_noop("You are invited to give the lecture “%(topic)s”: %(when)s. Please answer."),
        values={"topic": phrases.topic(lecture), "when": phrases.when(lecture)}, url=_answer_url(lecture),
    )  # fmt: skip


def _tell_speaker_confirmed(lecture: Lecture) -> None:
    text = gettext_noop("Your lecture “%(topic)s” is confirmed: %(when)s.")
    tell_with_calendar([lecture.speaker], lecture=lecture, key="confirmed", text=text)


def _tell_of_new_date(lecture: Lecture, others: list) -> None:
    text = gettext_noop("The lecture “%(topic)s” has a new date: %(when)s.")
    people = [*queries.registered_people(lecture), *(person for person in others if person)]
    tell_with_calendar(people, lecture=lecture, key="moved", text=text)


def _tell_coordinators(lecture: Lecture, what: str, text: str, **values) -> None:
    speaker = lecture.speaker.name if lecture.speaker else ""
    said = {"topic": phrases.topic(lecture), "when": phrases.when(lecture), "speaker": speaker} | values
    key = f"lecture:{lecture.pk}:{what}:{lecture.sequence}:{lecture.invited.isoformat() if lecture.invited else ''}"
    tell(
        coordinators_of(lecture.programme_id), key=key, kind="lecture", text=text, values=said,
        url=lecture.get_absolute_url(),
    )  # fmt: skip
