"""What can happen to a vote of the whole board: opened, voted, closed with a result."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext_lazy

from equipoise.web.advice.models import Ballot, BoardMember, BoardVote, Consultation, Event
from equipoise.web.advice.presenters_board import when
from equipoise.web.advice.queries import sitting
from equipoise.web.advice.queries_board import team_of, without_conflict
from equipoise.web.advice.suggestions import barred
from equipoise.web.notices.actions import tell
from equipoise.web.people.queries import coordinators_of


@dataclass(frozen=True)
class Outcome:
    """The count: it carries with more for than against, once a quorum has voted (abstentions count as votes cast)."""

    votes_for: int
    against: int
    abstained: int
    quorum: int

    @property
    def cast(self) -> int:
        return self.votes_for + self.against + self.abstained

    @property
    def reached(self) -> bool:
        return self.cast >= self.quorum

    @property
    def carried(self) -> bool:
        return self.reached and self.votes_for > self.against

    @property
    def words(self) -> str:
        return str(RESULTS[self.result])

    @property
    def result(self) -> str:
        return "carried" if self.carried else "not-carried" if self.reached else "no-quorum"


def outcome(vote: BoardVote) -> Outcome:
    """The count of a vote's ballots as they are."""
    counts = dict(vote.ballots.order_by().values_list("choice").annotate(Count("pk")))
    choices = (Ballot.Choice.FOR, Ballot.Choice.AGAINST, Ballot.Choice.ABSTAIN)
    return Outcome(*(counts.get(choice, 0) for choice in choices), quorum=vote.quorum)


def eligible(case: Consultation) -> list[BoardMember]:
    """Who may vote on a case: those who sit on the board, but for the case's own team and those with a conflict."""
    return list(sitting(case.programme_id).exclude(pk__in=barred(case)))


def may_vote(user, vote: BoardVote) -> BoardMember | None:
    """The seat from which a person may vote now."""
    if vote.closed or vote.closes <= timezone.now():
        return None
    return next((member for member in eligible(vote.consultation) if member.user_id == user.pk), None)


@transaction.atomic
def open_vote(*, case: Consultation, motion: str, quorum: int, closes: datetime, by) -> BoardVote:
    """Put a motion to the whole board."""
    Consultation.objects.select_for_update().get(pk=case.pk)
    if not case.is_open:
        raise ValidationError(_("This consultation is not open."))
    if case.votes.filter(closed__isnull=True).exists():
        raise ValidationError(_("A vote on this consultation is open already."))
    members = eligible(case)
    if quorum > len(members):
        raise ValidationError(
            {"quorum": _("Only %(number)s members may vote on this case.") % {"number": len(members)}}
        )
    vote = BoardVote.objects.create(consultation=case, motion=motion, quorum=quorum, closes=closes, opened_by=by)
    Event.objects.create(consultation=case, kind="vote-opened", by=by)
    tell(
        [member.user for member in members], key=f"advice:{case.pk}:vote:{vote.pk}:opened", kind="vote",
        text=gettext_noop("The whole board is asked to vote on “%(title)s”, until %(when)s."),
        values={"title": case.title, "when": when(case.programme_id, closes)}, url=vote_url(vote),
    )  # fmt: skip
    return vote


@transaction.atomic
def cast_ballot(*, vote: BoardVote, member: BoardMember, choice: str, reason: str = "") -> Ballot:
    """A member's vote; the latest counts, until the vote closes."""
    vote = BoardVote.objects.select_for_update().get(pk=vote.pk)
    if may_vote(member.user, vote) is None:
        raise ValidationError(_("You cannot vote: the vote is closed, or a conflict keeps you from it."))
    facts = {"choice": choice, "reason": reason}
    return Ballot.objects.update_or_create(vote=vote, member=member, defaults=facts)[0]


@transaction.atomic
def close_vote(*, vote: BoardVote, by=None) -> Outcome:
    """Count, and record the result. Ballots of those who may not vote any more are taken out first, so that what is
    kept is what was counted."""
    vote = BoardVote.objects.select_for_update().select_related("consultation", "opened_by").get(pk=vote.pk)
    if vote.closed:
        return outcome(vote)
    case = vote.consultation
    members = eligible(case)
    vote.ballots.exclude(member__in=members).delete()
    vote.closed = timezone.now()
    vote.save(update_fields=["closed"])
    found = outcome(vote)
    note = " · ".join(_said(found, language) for language in ("en", "zh-hans"))
    Event.objects.create(consultation=case, kind="vote-closed", by=by or vote.opened_by, note=note)
    people = [*team_of(case), *without_conflict(coordinators_of(case.programme_id), case)]
    tell(
        [*people, *(member.user for member in members)], key=f"advice:{case.pk}:vote:{vote.pk}:closed", kind="vote", text=SAID[found.result],
        values={"title": case.title, "for": found.votes_for, "against": found.against, "abstained": found.abstained,
                "quorum": found.quorum, "cast": found.cast},
        url=vote_url(vote),
    )  # fmt: skip
    return found


SAID = {
    "carried": gettext_noop(
        "The board's vote on “%(title)s” carried: %(for)s for, %(against)s against, %(abstained)s abstained."
    ),
    "not-carried": gettext_noop(
        "The board's vote on “%(title)s” did not carry: %(for)s for, %(against)s against, %(abstained)s abstained."
    ),
    "no-quorum": gettext_noop("The board's vote on “%(title)s” has no quorum: %(cast)s votes of %(quorum)s needed."),
}


def _said(found: Outcome, language: str) -> str:
    """The result in a few words, for the record."""
    with translation.override(language):
        return _("%(result)s: %(for)s for, %(against)s against, %(abstained)s abstained") % {
            "result": RESULTS[found.result], "for": found.votes_for, "against": found.against,
            "abstained": found.abstained,
        }  # fmt: skip


RESULTS = {
    "carried": pgettext_lazy("a vote", "Carried"),
    "not-carried": pgettext_lazy("a vote", "Not carried"),
    "no-quorum": pgettext_lazy("a vote", "No quorum"),
}


def vote_url(vote: BoardVote) -> str:
    return reverse("advice:vote", args=[vote.consultation_id, vote.pk])
