"""The pages of a vote of the whole board."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise.web.access import needs
from equipoise.web.advice import actions_votes as actions
from equipoise.web.advice.forms_board import BallotForm, VoteForm
from equipoise.web.advice.models import BoardVote, Consultation
from equipoise.web.advice.queries import board_member
from equipoise.web.advice.queries_board import reads_for
from equipoise.web.advice.views.board import status_of

either = require_http_methods(["GET", "HEAD", "POST"])


@needs("advice.view_consultation", Consultation)
@either
def new(request: HttpRequest, case: Consultation) -> HttpResponse:
    """Put a motion to the whole board: a coordinator, or an adviser of the case."""
    if not _leads(request.user, case):
        raise PermissionDenied
    number = len(actions.eligible(case))
    form = VoteForm(request.POST or None, initial={"quorum": number // 2 + 1})
    if request.method == "POST" and form.is_valid():
        facts = {"motion": form.cleaned_data["motion"], "quorum": form.cleaned_data["quorum"]}
        closes = timezone.now() + timedelta(days=form.cleaned_data["days"])
        try:
            vote = actions.open_vote(case=case, closes=closes, by=request.user, **facts)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The vote is open. Those who may vote are told."))
            return redirect("advice:vote", case.pk, vote.pk)
    context = {"form": form, "programme": case.programme, "here": "", "submit": _("Open the vote")}
    context |= {"title": _("Put a motion to the whole board"), "above": case}
    context["intro"] = _("%(number)s members may vote on this case. They see the case from now on.") % {
        "number": number
    }
    return render(request, "advice/board/form.html", context, status=status_of(request, form))


@needs("advice.view_consultation", Consultation)
@require_GET
def detail(request: HttpRequest, case: Consultation, number: int) -> HttpResponse:
    """The motion, one's own ballot while it is open, and the result."""
    return _page(request, get_object_or_404(BoardVote, consultation=case, pk=number))


def _page(request: HttpRequest, vote: BoardVote, form: BallotForm | None = None) -> HttpResponse:
    case, user = vote.consultation, request.user
    seat = actions.may_vote(user, vote) if user.has_perm("advice.vote", case) else None
    mine = vote.ballots.filter(member=seat).first() if seat else None
    of_the_board = reads_for(user, case) or board_member(user, case) is not None
    # ballots are secret while the vote is open; the requester reads the count, not who voted how
    shows_ballots = vote.closed and of_the_board and not _is_of_the_team(user, case)
    context = {
        "vote": vote, "case": case, "programme": case.programme, "mine": mine, "seat": seat, "here": "",
        "form": form or (BallotForm(instance=mine) if seat else None),
        "outcome": actions.outcome(vote) if vote.closed else None,
        "ballots": vote.ballots.select_related("member__user").order_by("cast") if shows_ballots else [],
        "cast": vote.ballots.count(), "eligible": len(actions.eligible(case)) if not vote.closed else None,
        "of_the_board": of_the_board, "may_close": not vote.closed and _leads(user, case),
    }  # fmt: skip
    return render(request, "advice/board/vote.html", context, status=status_of(request, form) if form else 200)


@needs("advice.vote", Consultation)
@require_POST
def ballot(request: HttpRequest, case: Consultation, number: int) -> HttpResponse:
    """Vote, or change one's vote."""
    vote = get_object_or_404(BoardVote, consultation=case, pk=number)
    form = BallotForm(request.POST)
    if not form.is_valid():
        return _page(request, vote, form)
    try:
        seat = board_member(request.user, case)
        actions.cast_ballot(vote=vote, member=seat, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Your vote is counted. You can change it until the vote closes."))
    return redirect("advice:vote", case.pk, vote.pk)


@needs("advice.view_consultation", Consultation)
@require_POST
def close(request: HttpRequest, case: Consultation, number: int) -> HttpResponse:
    """Close the vote before its time."""
    if not _leads(request.user, case):
        raise PermissionDenied
    vote = get_object_or_404(BoardVote, consultation=case, pk=number)
    found = actions.close_vote(vote=vote, by=request.user)
    messages.success(request, _("The vote is closed: %(result)s.") % {"result": found.words})
    return redirect("advice:vote", case.pk, vote.pk)


def _leads(user, case: Consultation) -> bool:
    may = user.has_perm("advice.triage_consultation", case) or user.has_perm("advice.give_advice", case)
    return may and not _is_of_the_team(user, case)


def _is_of_the_team(user, case: Consultation) -> bool:
    return case.owner_id == user.pk or case.team.filter(pk=user.pk).exists()
