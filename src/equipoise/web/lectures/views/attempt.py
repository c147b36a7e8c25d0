"""Doing what was asked, or saying why it cannot be done."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from equipoise.web.lectures.actions import NotPossibleError


def attempt(request: HttpRequest, action: Callable[[], object], done: str = "") -> bool:
    """Whether the action was possible; the reader is told either way."""
    try:
        action()
    except NotPossibleError as error:
        messages.error(request, " ".join(error.messages))
        return False
    if done:
        messages.success(request, done)
    return True
