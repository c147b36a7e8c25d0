"""Inviting: by name, from a spreadsheet; and accepting."""

from django.contrib import messages
from django.contrib.auth import login
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise.web.access import needs, open_to_all
from equipoise.web.people.actions import accept, invitation_for, invite, withdraw
from equipoise.web.people.forms import InvitationForm, SheetForm, WelcomeForm
from equipoise.web.people.importing import dry_run, invite_all
from equipoise.web.people.models import Invitation, User
from equipoise.web.people.queries import coordinated_institutions, invitations_of

SALT = "people.import"


@needs("people.add_invitation")
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Invite someone; who has been invited."""
    places = coordinated_institutions(request.user)
    usual = {"language": request.user.language}
    form = InvitationForm(request.POST or None, institutions=places, initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invite(by=request.user, **form.cleaned_data)
        except ValidationError as fault:
            form.add_error("email", fault)
        else:
            messages.success(request, _("%(email)s has been invited.") % {"email": invitation.email})
            return redirect("people:invitations")
    page = Paginator(invitations_of(request.user), 30).get_page(request.GET.get("page"))
    return render(request, "people/invitations.html", {"form": form, "page": page, "invitations": page.object_list})


@needs("people.withdraw_invitation", Invitation)
@require_POST
def take_back(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Take an invitation back."""
    withdraw(invitation)
    messages.success(request, _("The invitation has been withdrawn."))
    return redirect("people:invitations")


@needs("people.import_people")
@require_http_methods(["GET", "POST"])
def from_sheet(request: HttpRequest) -> HttpResponse:
    """Read a spreadsheet, and show each row with its problems; nothing is done yet."""
    form, rows = SheetForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        rows = dry_run(form.rows, list(coordinated_institutions(request.user)))
    context = {"form": form, "rows": rows}
    if rows is not None:
        good = [row.facts for row in rows if not row.problems]
        context |= {
            "good": len(good),
            "bad": len(rows) - len(good),
            "sealed": signing.dumps(good, salt=SALT, compress=True),
        }
    return render(request, "people/import.html", context)


@needs("people.import_people")
@require_POST
def do_import(request: HttpRequest) -> HttpResponse:
    """Invite those of the dry run that had no problem: all of them, or nobody."""
    try:
        facts = signing.loads(request.POST.get("sealed", ""), salt=SALT, max_age=3600)
        places = list(coordinated_institutions(request.user))
        count = invite_all(facts, by=request.user, institutions=places)
    except (signing.BadSignature, KeyError):
        messages.error(request, _("This list is too old. Read the spreadsheet again; nobody was invited."))
        return redirect("people:import")
    except ValidationError as fault:
        messages.error(request, _("Nobody was invited: %(fault)s") % {"fault": " ".join(fault.messages)})
        return redirect("people:import")
    done = ngettext("%(count)d person has been invited.", "%(count)d people have been invited.", count)
    messages.success(request, done % {"count": count})
    return redirect("people:invitations")


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: with the account one has, or with a new one."""
    invitation = invitation_for(token)
    if invitation is None:
        return render(request, "people/invitation_gone.html", status=404)
    known = User.objects.filter(email__iexact=invitation.email).first()
    if known:
        return _join(request, invitation, known)
    names = {"family_name": invitation.family_name, "given_name": invitation.given_name}
    form = WelcomeForm(request.POST or None, initial=names)
    if request.method == "POST" and form.is_valid():
        user = accept(invitation=invitation, **form.cleaned_data)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("people:me")
    return render(request, "people/welcome.html", {"invitation": invitation, "form": form})


def _join(request: HttpRequest, invitation: Invitation, known: User) -> HttpResponse:
    """For someone who has an account: it is theirs to say yes, signed in."""
    mine = request.user.is_authenticated and request.user.pk == known.pk
    if request.method == "POST" and mine:
        accept(invitation=invitation, user=request.user)
        messages.success(request, _("Welcome."))
        return redirect("home")
    return render(request, "people/join.html", {"invitation": invitation, "mine": mine})


@needs("people.import_people")
@require_GET
def sheet_template(request: HttpRequest) -> HttpResponse:
    """An empty spreadsheet with the headings and one example."""
    place = coordinated_institutions(request.user).first()
    text = "email,family_name,given_name,role,institution,language\r\n"
    text += f'wang.fang@example.org,Wang,Fang,investigator,"{place.name_en}",zh\r\n'
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response
