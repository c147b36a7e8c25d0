"""One lecture: its page, its calendar file, registering; and how to subscribe to all of them."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from equipoise.web.access import needs
from equipoise.web.calendars import calendar_file
from equipoise.web.lectures import calendar, presence, queries
from equipoise.web.lectures.models import Lecture
from equipoise.web.lectures.presenters import present_lecture
from equipoise.web.lectures.presenters_learning import present_learning
from equipoise.web.lectures.views.attempt import attempt
from equipoise.web.people.actions import renew_feed
from equipoise.web.people.templatetags.times import cities


@needs("lectures.view_lecture", Lecture)
@require_safe
def detail(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """Everything about a lecture, as far as the reader may see it."""
    context = {"lecture": lecture, "row": present_lecture(lecture, request.user)}
    return render(request, "lectures/detail.html", context | present_learning(lecture, request.user))


@needs("lectures.take_part", Lecture)
@require_POST
def register(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """I mean to come."""
    done = _("You are registered. The lecture is in your calendar, and you are reminded of it.")
    attempt(request, lambda: presence.register(lecture=lecture, user=request.user), done)
    return redirect(lecture)


@needs("lectures.take_part", Lecture)
@require_POST
def withdraw(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """I do not come after all."""
    done = _("Your place is free again. You may register again at any time.")
    attempt(request, lambda: presence.withdraw(lecture=lecture, user=request.user), done)
    return redirect(lecture)


@needs("lectures.view_lecture", Lecture)
@require_safe
def ics(request: HttpRequest, lecture: Lecture) -> HttpResponse:
    """The lecture as a file for a calendar."""
    if lecture.starts is None:
        return redirect(lecture)
    held = queries.registration_of(lecture, request.user)
    registered = held is not None and held.withdrawn is None
    with_links = calendar.may_join(request.user, lecture, registered)
    body = calendar_file([calendar.entry(lecture, cities(request.user), with_links=with_links)])
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="lecture-{lecture.pk}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


@needs("lectures.list_lectures")
@require_safe
def subscribe(request: HttpRequest) -> HttpResponse:
    """How to have the calendar follow: the secret address, once there is one."""
    token = request.user.feed_token
    address = settings.SITE_URL + reverse("feed", args=[token]) if token else ""
    place = urlsplit(address)
    webcal = f"webcal://{place.netloc}{place.path}" if address else ""
    choices = (
        {"name": _("My lectures and meetings"), "help": _("Those you are registered for or give."), "query": ""},
        {"name": _("Every lecture of the programme"), "help": _("And your own meetings."), "query": "?lectures=all"},
    )
    feeds = [choice | {"address": address + choice["query"], "webcal": webcal + choice["query"]} for choice in choices]
    response = render(request, "lectures/subscribe.html", {"feeds": feeds if address else []})
    response["Cache-Control"] = "private, no-store"
    return response


@needs("lectures.list_lectures")
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """A new secret address; the old one shows nothing any more."""
    done = _("You have a new address. The old one shows nothing any more.") if request.user.feed_token else ""
    attempt(request, lambda: renew_feed(request.user), done)
    return redirect("lectures:subscribe")
