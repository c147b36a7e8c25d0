"""The pages of a search: ask for it, follow it, explore its answer."""

from functools import lru_cache

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from equipoise.errors import InputError
from equipoise.search import SearchResult
from equipoise.web.access import needs
from equipoise.web.designs.actions import cancel_search, give_up_if_lost, start_search
from equipoise.web.designs.explorer import View
from equipoise.web.designs.models import Search
from equipoise.web.designs.outcomes import present_fault, present_limits
from equipoise.web.designs.presenters import present_answer, present_progress
from equipoise.web.designs.queries import visible_searches
from equipoise.web.paging import page_of
from equipoise.web.questions.models import Question

either = require_http_methods(["GET", "HEAD", "POST"])


@needs("designs.list_searches")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every search that the reader may see, latest first."""
    page = page_of(visible_searches(request.user), request.GET.get("page"), 24)
    return render(request, "designs/list.html", {"page": page, "searches": page.rows})


@needs("designs.start_search", Question)
@either
def start(request: HttpRequest, question: Question) -> HttpResponse:
    """Ask for a search of the question as it is now; whoever only comes by, as after signing in, sees the question."""
    if request.method != "POST":
        return redirect(question)
    try:
        search = start_search(question=question, owner=request.user)
    except InputError:
        messages.warning(request, _("The question is not complete yet; finish it, then search."))
        return redirect(question)
    return redirect(search)


@needs("designs.view_search", Search)
@never_cache
@require_GET
def detail(request: HttpRequest, search: Search) -> HttpResponse:
    """Its progress while it runs, its answer when it is done."""
    give_up_if_lost(search)
    if search.status != Search.Status.DONE:
        return render(request, "designs/progress.html", _following(request, search))
    result = answer(search)
    view = View.read(request.GET, result)
    toggle = request.GET.get("toggle", "")
    if toggle and result.candidate(toggle):
        return redirect(search.get_absolute_url() + view.toggle_address(toggle))
    context = present_answer(result, view, all_rows=request.GET.get("rows") == "all")
    gone = result.candidate(request.GET.get("gone"))
    context |= {
        "search": search,
        "may_start": request.user.has_perm("designs.start_search", search.question),
        "may_consult": request.user.has_perm("advice.add_consultation"),
        "limits": present_limits(result, search.question, _may_change(request, search)),
        "gone": gone.id if gone and gone.id not in view.compare else "",
        "link": request.build_absolute_uri(search.get_absolute_url() + view.address()),
    }
    return render(request, "designs/explorer.html", context)


@needs("designs.view_search", Search)
@never_cache
@require_GET
def progress(request: HttpRequest, search: Search) -> HttpResponse:
    """The part of the page that renews itself; once there is nothing to wait for, the whole page is asked for."""
    give_up_if_lost(search)
    response = render(request, "designs/parts/progress.html", _following(request, search))
    if not search.is_open:
        response["HX-Refresh"] = "true"
    return response


@needs("designs.cancel_search", Search)
@either
def cancel(request: HttpRequest, search: Search) -> HttpResponse:
    """Stop it; whoever only comes by sees it."""
    if request.method == "POST":
        cancel_search(search)
    return redirect(search)


def answer(search: Search) -> SearchResult:
    """The answer of a search that is done; it never changes, so a few are kept at hand."""
    return _answer(search.pk, search.finished)


@lru_cache(maxsize=16)
def _answer(pk: int, finished) -> SearchResult:
    return Search.objects.get(pk=pk).read()


def _following(request: HttpRequest, search: Search) -> dict:
    return {
        "search": search,
        "progress": present_progress(search),
        "fault": present_fault(search, _may_change(request, search)),
        "may_cancel": search.is_open and request.user.has_perm("designs.cancel_search", search),
        "may_start": request.user.has_perm("designs.start_search", search.question),
    }


def _may_change(request: HttpRequest, search: Search) -> bool:
    return request.user.has_perm("questions.change_question", search.question)
