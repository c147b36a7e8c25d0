"""The year at a glance, and the papers of the agreement."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from equipoise.web.access import needs
from equipoise.web.programme.actions import add_document, change_programme, remove_document
from equipoise.web.programme.forms import DocumentForm, ProgrammeForm
from equipoise.web.programme.models import Document, Programme
from equipoise.web.programme.presenters import present_term, present_year
from equipoise.web.programme.queries import papers, visible_programmes, year_asked, years_of
from equipoise.web.uploads import send_file


@needs("programme.list_programmes")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The reader's programmes; the only one there is opens at once."""
    programmes = list(visible_programmes(request.user).prefetch_related("institutions"))
    if len(programmes) == 1:
        return redirect(programmes[0])
    return render(request, "programme/list.html", {"programmes": programmes})


@needs("programme.view_programme", Programme)
@require_GET
def detail(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The year at a glance; and the agreement, for those who keep it."""
    return _page(request, programme, DocumentForm())


def _page(request: HttpRequest, programme: Programme, form: DocumentForm, status: int = 200) -> HttpResponse:
    year, user = year_asked(programme, request.GET.get("year", "")), request.user
    may = {
        name: user.has_perm(f"programme.{permission}", programme)
        for name, permission in (("change", "change_programme"), ("read_papers", "view_papers"), ("cohort", "view_cohort"),
                                 ("report", "make_report"), ("reports", "view_yearreport"))
    }  # fmt: skip
    context = {"programme": programme, "institutions": list(programme.institutions.order_by("pk")), "may": may}
    context |= {"year": year, "years": years_of(programme), **present_year(programme, year)}
    if may["read_papers"]:
        contacts = programme.contacts.order_by("family_name", "given_name")
        context |= {"term": present_term(programme), "contacts": contacts, "documents": papers(programme), "form": form}
    return render(request, "programme/detail.html", context, status=status)


@needs("programme.change_programme", Programme)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The agreement's facts."""
    form = ProgrammeForm(request.POST or None, instance=programme)
    if request.method == "POST" and form.is_valid():
        change_programme(programme=form.instance, contacts=form.cleaned_data["contacts"])
        messages.success(request, _("Saved."))
        return redirect(programme)
    status = 422 if request.method == "POST" else 200
    shown = Programme.objects.get(pk=programme.pk)  # not what was typed
    return render(request, "programme/edit.html", {"form": form, "programme": shown}, status=status)


@needs("programme.change_programme", Programme)
@require_POST
def add(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Add a document to the papers."""
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, programme, form, 422)
    add_document(programme=programme, by=request.user, **form.cleaned_data)
    messages.success(request, _("The document has been added."))
    return redirect(programme.get_absolute_url() + "#papers")


@needs("programme.view_document", Document)
@require_GET
def download(request: HttpRequest, document: Document) -> HttpResponse:
    """A document of the agreement."""
    return send_file(document.file, document.filename)


@needs("programme.change_programme", Document)
@require_POST
def remove(request: HttpRequest, document: Document) -> HttpResponse:
    """Remove a document."""
    programme = document.programme
    remove_document(document=document)
    messages.success(request, _("The document has been removed."))
    return redirect(programme.get_absolute_url() + "#papers")
