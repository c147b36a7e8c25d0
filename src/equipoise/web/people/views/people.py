"""The directory, a person's page, and one's own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise.web.access import needs, signed_in
from equipoise.web.paging import page_of
from equipoise.web.people.actions import renew_feed
from equipoise.web.people.expertise import EXPERTISE, words_for
from equipoise.web.people.forms import ProfileForm
from equipoise.web.people.models import Membership, User
from equipoise.web.people.queries import coordinated_institutions, find, institutions_around


@needs("people.list_people")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Everyone the reader works with, by words, role and institution."""
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "role", "institution")}
    role = asked["role"] if asked["role"] in Membership.Role.values else ""
    institution = int(asked["institution"][:9]) if asked["institution"].isdecimal() else None
    found = find(request.user, asked["q"], role, institution).prefetch_related("memberships__institution")
    page = page_of(found, request.GET.get("page"), 30)
    context = {
        "page": page, "people": page.rows, "asked": asked, "roles": Membership.Role.choices,
        "places": institutions_around(request.user),
        "may_invite": request.user.has_perm("people.add_invitation"),
    }  # fmt: skip
    return render(request, "people/list.html", context)


@needs("people.view_user", User)
@require_GET
def detail(request: HttpRequest, person: User) -> HttpResponse:
    """Who someone is: roles, fields, languages."""
    languages = dict(_languages())
    context = {
        "person": person,
        "memberships": person.memberships.select_related("institution"),
        "expertise": words_for(person.expertise),
        "languages": [languages[code] for code in person.languages if code in languages],
        "is_me": person == request.user,
        "may_see_growth": request.user.has_perm("people.view_growth", person),
    }
    return render(request, "people/detail.html", context)


def _languages():
    from django.conf import settings

    return [(code, _(name)) for code, name in settings.LANGUAGES]


@signed_in
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """The reader's own page and wishes."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("people:me")
    context = {"form": form, "fields": len(EXPERTISE), "places": coordinated_institutions(request.user)}
    return render(request, "people/me.html", context)


@signed_in
@require_POST
def new_feed(request: HttpRequest) -> HttpResponse:
    """A new secret address of the reader's calendar."""
    renew_feed(request.user)
    messages.success(request, _("The address of your calendar is new; the old one no longer works."))
    return redirect(request.POST.get("next") if request.POST.get("next") == "/lectures/calendar/" else "people:me")
