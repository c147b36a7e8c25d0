"""What the views of a case share."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from equipoise.errors import InputError

either = require_http_methods(["GET", "HEAD", "POST"])


def attempt(request: HttpRequest, act: Callable, **facts):
    """Do it; where the case has moved on meanwhile, say so and change nothing (the answer is then None)."""
    try:
        return act(**facts)
    except InputError:
        messages.error(request, _("That cannot be done now: the case has changed meanwhile. Here it is as it is."))
        return None


def whole(text: str | None) -> int | None:
    """A number of a row as given in an address; None for what is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None
