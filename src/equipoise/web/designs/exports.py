"""What can be taken away from a search: its charts, its table, its answer."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from equipoise.search import candidates_csv
from equipoise.web.access import needs
from equipoise.web.designs.charts import CHARTS, Look, picture
from equipoise.web.designs.explorer import View
from equipoise.web.designs.models import Search
from equipoise.web.designs.views import answer


@needs("designs.view_search", Search)
@require_GET
def chart_json(request: HttpRequest, search: Search, name: str) -> HttpResponse:
    """A chart's Vega-Lite specification, for the page to draw."""
    return HttpResponse(_chart(request, search, name, interactive=True).to_json(), content_type="application/json")


@needs("designs.view_search", Search)
@require_GET
def chart_svg(request: HttpRequest, search: Search, name: str) -> HttpResponse:
    """A chart as a picture, for readers without JavaScript and for papers."""
    return HttpResponse(picture(_chart(request, search, name, interactive=False)), content_type="image/svg+xml")


@needs("designs.view_search", Search)
@require_GET
def result_json(request: HttpRequest, search: Search) -> HttpResponse:
    """The answer as `equipoise search --json` gives it."""
    _done(search)
    return _file(search.result, "application/json", f"search-{search.pk}.json")


@needs("designs.view_search", Search)
@require_GET
def table_csv(request: HttpRequest, search: Search) -> HttpResponse:
    """The kept designs as a table."""
    _done(search)
    text = candidates_csv(answer(search)).encode("utf-8-sig")
    return _file(text, "text/csv; charset=utf-8", f"search-{search.pk}.csv")


def _chart(request: HttpRequest, search: Search, name: str, *, interactive: bool):
    _done(search)
    if name not in CHARTS:
        raise Http404
    result = answer(search)
    return CHARTS[name](result, View.read(request.GET, result), Look.read(request.GET, interactive=interactive))


def _done(search: Search) -> None:
    if search.status != Search.Status.DONE:
        raise Http404


def _file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
