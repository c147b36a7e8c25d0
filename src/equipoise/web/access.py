"""Deny by default: a view of ours that does not say who may enter is closed to everyone."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

View = Callable[..., HttpResponseBase]


def open_to_all(view: View) -> View:
    """Anyone may enter, signed in or not."""
    view.access = "everyone"
    return login_not_required(view)


def signed_in(view: View) -> View:
    """Anyone with an account may enter; the view shows only what is the reader's own."""
    view.access = "signed in"
    return view


def needs(permission: str, model: type | None = None, *, see: str | None = None) -> Callable[[View], View]:
    """The reader needs `permission`, on the `model` row named by the address (`pk`) where one is given.

    The view receives the row in place of `pk`. Without the permission `see` (by default the app's view permission) the
    answer is 404, so that outsiders do not learn what exists; with it, 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs):
            if model is None:
                if not request.user.has_perm(permission):
                    raise PermissionDenied
                return view(request, *args, **kwargs)
            thing = get_object_or_404(model, pk=kwargs.pop("pk"))
            if not request.user.has_perm(permission, thing):
                if request.user.has_perm(see or _view_permission(model), thing):
                    raise PermissionDenied
                raise Http404
            return view(request, thing, *args, **kwargs)

        guarded.access = permission
        return guarded

    return decorate


def _view_permission(model: type) -> str:
    return f"{model._meta.app_label}.view_{model._meta.model_name}"


class DenyByDefaultMiddleware:
    """Refuses our views that carry none of the three marks above."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        ours = getattr(view, "__module__", "").startswith("equipoise.")
        if ours and not hasattr(view, "access"):
            raise PermissionDenied
