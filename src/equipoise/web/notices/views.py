"""A person's own notices."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from equipoise.web.access import needs
from equipoise.web.notices.queries import notices_of


@needs("notices.list_notices")
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All of the reader's notices, latest first."""
    page = Paginator(notices_of(request.user), 30).get_page(request.GET.get("page"))
    return render(request, "notices/list.html", {"page": page, "notices": page.object_list})


@needs("notices.list_notices")
@require_POST
def read(request: HttpRequest, number: int) -> HttpResponse:
    """The reader has seen one, and goes where it leads."""
    notice = get_object_or_404(notices_of(request.user), pk=number)
    notices_of(request.user).filter(pk=number, read__isnull=True).update(read=timezone.now())
    inside = url_has_allowed_host_and_scheme(notice.url, None) and notice.url.startswith("/")
    return redirect(notice.url if inside else "notices:list")


@needs("notices.list_notices")
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """The reader has seen them all."""
    notices_of(request.user).filter(read__isnull=True).update(read=timezone.now())
    return redirect("notices:list")
