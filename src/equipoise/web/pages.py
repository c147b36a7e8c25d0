"""Pages that belong to no room: home, language, health and errors."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from equipoise.web.access import open_to_all
from equipoise.web.home import present_home


@open_to_all
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What Equipoise is, to a visitor; what waits and what comes next, to a member."""
    if not request.user.is_authenticated:
        return render(request, "landing.html")
    return render(request, "dashboard.html", present_home(request.user))


@open_to_all
@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers and the database can be read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@open_to_all
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and remember it for the reader."""
    language, back = request.POST.get("language"), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
        )
        if request.user.is_authenticated:
            request.user.language = language
            request.user.save(update_fields=["language"])
    return response


@open_to_all
def closed(request: HttpRequest) -> HttpResponse:
    """Addresses are the coordinators' to keep: there is no page to change one's own."""
    return not_found(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # without context processors: they may be what failed
    return render(None, "500.html", status=500)
