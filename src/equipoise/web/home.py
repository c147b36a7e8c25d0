"""The first page of a member: what waits, what comes next, what one is working on. The same few queries for everyone."""

from django.utils import timezone
from django.utils.translation import gettext as _

from equipoise.web.advice.queries import waiting_for
from equipoise.web.advice.queries_board import visible_sessions
from equipoise.web.designs.queries import recent_searches
from equipoise.web.lectures.models import Lecture
from equipoise.web.lectures.queries import coming_lectures, visible_lectures, with_mine
from equipoise.web.notices.queries import notices_of
from equipoise.web.questions.queries import recent_questions

MOST = 6


def present_home(user) -> dict:
    """What the page shows."""
    in_programme = user.has_perm("lectures.list_lectures")
    return {
        "waiting": _waiting(user) if in_programme else [],
        "lectures": _lectures(user) if in_programme else [],
        "sessions": _sessions(user) if in_programme else [],
        "in_programme": in_programme,
        "news": list(notices_of(user).filter(read__isnull=True)[:MOST]),
        "questions": recent_questions(user),
        "searches": recent_searches(user),
        "may_ask": user.has_perm("questions.add_question"),
        "may_consult": user.has_perm("advice.add_consultation"),
    }


def _waiting(user) -> list[dict]:
    """Cases to act on, and invitations to speak; what is overdue first."""
    cases = [
        {"words": each.words, "title": each.title, "url": each.url, "due": each.due, "overdue": each.overdue}
        for each in waiting_for(user)
    ]
    asked = Lecture.objects.filter(speaker=user, status=Lecture.Status.INVITED, starts__gte=timezone.now())[:MOST]
    talks = [
        {
            "words": _("Asked to speak"),
            "title": lecture.topic,
            "url": lecture.get_absolute_url(),
            "due": None,
            "overdue": False,
        }
        for lecture in asked
    ]
    return sorted(cases + talks, key=lambda each: not each["overdue"])[: 2 * MOST]


def _lectures(user) -> list[Lecture]:
    coming = (
        coming_lectures(visible_lectures(user)).filter(starts__isnull=False).exclude(status=Lecture.Status.CANCELLED)
    )
    return list(with_mine(coming, user)[:3])


def _sessions(user) -> list:
    return list(visible_sessions(user).filter(status="planned", starts__gte=timezone.now()).order_by("starts")[:2])
