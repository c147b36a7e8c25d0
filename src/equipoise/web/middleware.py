"""What each request knows of its reader: the language and the time zone they chose."""

import zoneinfo

from django.conf import settings
from django.utils import timezone, translation


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
