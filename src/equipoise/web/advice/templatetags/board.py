"""What the board does with a case, for the case's own page."""

from django import template

from equipoise.web.advice.actions_votes import outcome
from equipoise.web.advice.queries_board import may_see

register = template.Library()


@register.inclusion_tag("advice/board/case.html", takes_context=True)
def board_of_case(context, case):
    """`{% board_of_case case %}`: the meeting and the votes, with what the reader may do about them."""
    user = context["request"].user
    of_the_team = case.owner_id == user.pk or case.team.filter(pk=user.pk).exists()
    leads = not of_the_team and (
        user.has_perm("advice.triage_consultation", case) or user.has_perm("advice.give_advice", case)
    )
    session = case.session
    votes = [{"vote": vote, "outcome": outcome(vote) if vote.closed else None} for vote in case.votes.all()]
    sees = session is not None and user.has_perm("advice.view_session", session) and may_see(user, session)
    return {
        "request": context["request"], "case": case, "session": session, "votes": votes, "sees_session": sees,
        "may_agree": leads and case.is_open and case.adviser_id is not None,
        "may_open_vote": leads and case.is_open and not any(held["vote"].closed is None for held in votes),
    }  # fmt: skip
