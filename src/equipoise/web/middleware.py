"""What each request knows of its reader: who they are, and the language and the time zone they chose."""

import zoneinfo

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.utils import timezone, translation

from equipoise.web.navigation import page_of


def reader(get_response):
    """Speak the signed-in reader's language, in their time zone; LocaleMiddleware has served the others."""

    def middleware(request):
        user = request.user
        if user.is_authenticated:
            if user.language in dict(settings.LANGUAGES):
                translation.activate(user.language)
                request.LANGUAGE_CODE = translation.get_language()
            timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
        else:
            timezone.deactivate()
        return get_response(request)

    return middleware


class SignInFirst(LoginRequiredMiddleware):
    """Has visitors sign in, and then brings them to the page on which they were."""

    def handle_no_permission(self, request, view_func):
        return redirect_to_login(
            page_of(request), self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        )
