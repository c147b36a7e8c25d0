"""The personal calendar to subscribe to: whoever has its secret address reads it, and it follows every change."""

import hashlib
import re
from importlib import import_module

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.crypto import constant_time_compare
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.web.access import open_to_all
from equipoise.web.calendars import Entry, calendar_file
from equipoise.web.people.models import User

SOURCES = {
    # what the person asks for with ?lectures=: functions of a person that return entries
    "mine": ("equipoise.web.lectures.calendar.entries_of", "equipoise.web.advice.calendar.entries_of"),
    "all": ("equipoise.web.lectures.calendar.all_entries_of", "equipoise.web.advice.calendar.entries_of"),
}
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


@open_to_all
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A person's calendar, in their language and time zone; not found for any other address."""
    user = owner_of(token)
    if user is None:
        raise Http404
    which = "all" if request.GET.get("lectures") == "all" else "mine"
    with translation.override(user.language), timezone.override(user.zone):
        entries = entries_of(user, which)
        body = calendar_file(entries, name=_("Equipoise: my calendar"))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="equipoise.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if entries:
        response["Last-Modified"] = http_date(max(entry.changed for entry in entries).timestamp())
    # by the tag alone: an entry that left the calendar changes no date
    return get_conditional_response(request, etag, None, response)


def owner_of(token: str) -> User | None:
    """Whose calendar has this secret address."""
    if not TOKEN.fullmatch(token):
        return None
    user = User.objects.filter(feed_token=token, is_active=True).first()
    known = constant_time_compare(user.feed_token if user else "", token)
    return user if known else None


def entries_of(user: User, which: str = "mine") -> list[Entry]:
    """What every room has for a person's calendar."""
    found: list[Entry] = []
    for path in SOURCES[which]:
        module, name = path.rsplit(".", 1)
        found += getattr(import_module(module), name)(user)
    return found
