"""The rooms that a reader may enter, and where the reader is, for the head of every page."""

from urllib.parse import urlsplit

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


def page_of(request) -> str:
    """The address of the page that the reader is on; of a form that was sent, the page on which it stood.

    A form's own address may take nothing but the form.
    """
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    place = urlsplit(request.META.get("HTTP_REFERER", ""))
    return place._replace(scheme="", netloc="").geturl() if place.path and place.netloc == request.get_host() else "/"


def navigation(request) -> dict:
    """`navigation`: the address, the text, and whether the reader is there now; `unread`: how many notices are new;
    `this_page`: where the reader is."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"this_page": page_of(request)}
    links = []
    for name, permission, text in ROOMS:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if user.has_perm(permission):
            links.append({"url": url, "text": text, "here": request.path.startswith(url)})
    return {"navigation": links, "unread": SimpleLazyObject(lambda: unread(user)), "this_page": page_of(request)}
