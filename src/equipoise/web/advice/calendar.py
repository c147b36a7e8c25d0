"""Meetings of the board in a person's calendar. No title of a case is ever in it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from equipoise.web.advice.models import Session
from equipoise.web.advice.presenters_board import places_of
from equipoise.web.advice.queries_board import concerns
from equipoise.web.calendars import Entry, times_text

BACK, AHEAD = timedelta(days=90), timedelta(days=400)


def entries_of(user) -> list[Entry]:
    """The meetings that concern a person: of boards they sit on or coordinate, and about their own cases."""
    now = timezone.now()
    sessions = Session.objects.filter(concerns(user), starts__gte=now - BACK, starts__lte=now + AHEAD)
    with translation.override(user.language):
        return [entry_of(session) for session in sessions.select_related("clinic", "programme")]


def entry_of(session: Session) -> Entry:
    """A session as an event, in the language in force."""
    zone = ZoneInfo(session.time_zone)
    title = _("Advisory board: clinic") if session.clinic_id else _("Advisory board: consultation")
    url = settings.SITE_URL + session.get_absolute_url()
    lines = [times_text(session.starts, session.minutes, places_of(session.programme_id))]
    if session.join_url:
        lines.append(_("Join: %(address)s") % {"address": session.join_url})
    return Entry(
        uid=f"{session.uid}@equipoise", sequence=session.sequence, starts=session.starts, ends=session.ends, zone=zone,
        title=title, description="\n".join([*lines, url]), url=url, location=session.join_url,
        cancelled=session.status == Session.Status.CANCELLED, changed=session.changed,
    )  # fmt: skip
