"""The rooms that a reader may enter, for the head of every page."""

from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from equipoise.web.notices.queries import unread

ROOMS = (
    # address, the permission to enter, what it is called
    ("lectures:list", "lectures.list_lectures", _("Lectures")),
    ("questions:list", "questions.list_questions", _("Questions")),
    ("designs:list", "designs.list_searches", _("Searches")),
    ("advice:list", "advice.list_consultations", _("Board")),
    ("programme:list", "programme.list_programmes", _("Programme")),
    ("people:list", "people.list_people", _("People")),
)


def navigation(request) -> dict:
    """`navigation`: the address, the text, and whether the reader is there now; `unread`: how many notices are new."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    links = []
    for name, permission, text in ROOMS:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if user.has_perm(permission):
            links.append({"url": url, "text": text, "here": request.path.startswith(url)})
    return {"navigation": links, "unread": SimpleLazyObject(lambda: unread(user))}
