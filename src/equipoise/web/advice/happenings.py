"""What the events of a case are called, and who reads which."""

from django.utils.translation import gettext_lazy as _

from equipoise.web.advice.models import Consultation, Event

WORDS = {
    "drafted": _("First written"),
    "submitted": _("Sent to the board"),
    "accepted": _("Taken by the board"),
    "declined": _("Not taken"),
    "asked-back": _("Sent back for more"),
    "withdrawn": _("Withdrawn"),
    "due": _("Urgency changed"),
    "due-by-hand": _("Due date changed"),
    "assigned": _("An adviser was found"),
    "reassigned": _("Given to another adviser"),
    "second": _("A second opinion was asked for"),
    "second-released": _("No second opinion after all"),
    "conflict": _("An adviser declared a conflict and stepped aside"),
    "handed-back": _("An adviser declared a conflict and stepped aside"),
    "advised": _("Advice signed"),
    "advised-second": _("Second opinion signed"),
    "advised-board": _("Advice of the whole board"),
    "adopted": _("Recommendation adopted"),
    "recommendation-declined": _("Recommendation declined"),
    "superseded": _("Recommendation superseded"),
    "recommendation-reopened": _("Recommendation opened again"),
    "reopened": _("Opened again"),
    "closed": _("Closed: every recommendation is answered"),
    "on-agenda": _("On the agenda of a meeting"),
    "off-agenda": _("Off the agenda"),
    "time-agreed": _("A meeting was agreed"),
    "discussed": _("Discussed at a meeting"),
    "vote-opened": _("Put to the vote of the whole board"),
    "vote-closed": _("The whole board has voted"),
}
INNER = frozenset({"conflict", "handed-back", "reassigned", "second-released"})
"""Not for the requester and the team: they would tell of a conflict."""
CONFLICTS = frozenset({"conflict", "handed-back"})
"""For those alone who read for the programme."""


NAMELESS = frozenset({"time-agreed", "vote-opened", "on-agenda", "off-agenda", "discussed"})
"""Told to the requester and the team without who did it: before there is advice, the adviser's name is not theirs to know."""


def events_shown(case: Consultation, *, of_the_team: bool, for_the_programme: bool) -> list[Event]:
    """The events that a reader may know of; the team reads of the first assignment only, since a second one tells."""
    shown, assigned = [], False
    for event in case.events.select_related("by"):
        if event.kind in CONFLICTS and (of_the_team or not for_the_programme):
            continue
        if of_the_team and (event.kind in INNER or (event.kind == "assigned" and assigned)):
            continue
        assigned = assigned or event.kind == "assigned"
        nameless = of_the_team and event.kind in NAMELESS and event.by_id != case.owner_id
        event.by_shown = None if nameless else event.by
        shown.append(event)
    return shown
