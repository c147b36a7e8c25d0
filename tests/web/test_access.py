"""Deny by default: what a view does not say, nobody gets."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import URLPattern, get_resolver

from equipoise.web.access import DenyByDefaultMiddleware


def views(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from views(pattern.url_patterns)


def test_every_view_of_ours_says_who_may_enter():
    ours = [view for view in views(get_resolver().url_patterns) if view.__module__.startswith("equipoise.")]
    assert ours
    assert [view.__qualname__ for view in ours if not hasattr(view, "access")] == []


def test_a_view_that_does_not_say_is_closed(rf):
    def forgotten(request):
        raise AssertionError("never reached")

    forgotten.__module__ = "equipoise.web.somewhere"
    with pytest.raises(PermissionDenied):
        DenyByDefaultMiddleware(None).process_view(rf.get("/"), forgotten, [], {})
