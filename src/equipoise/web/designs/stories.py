"""One virtual trial of a design, to look at: the page, and its pictures."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from equipoise.charts import THEMES, arms_chart, path_chart, recruitment_chart
from equipoise.search import Candidate, SearchResult, can_be_told, story_of
from equipoise.web.access import needs
from equipoise.web.designs import words
from equipoise.web.designs.charts import Look, picture
from equipoise.web.designs.models import Search
from equipoise.web.designs.presenters import present_design
from equipoise.web.designs.reasons import percent
from equipoise.web.designs.views import answer

if TYPE_CHECKING:
    from equipoise.simulate import Story

CHARTS: dict[str, Callable[..., Any]] = {
    "path": path_chart,
    "arms": lambda told, _design, **how: arms_chart(told, **how),
    "recruitment": lambda told, _design, **how: recruitment_chart(told, **how),
}
LAST = 9_999


@needs("designs.view_search", Search)
@require_GET
def page(request: HttpRequest, search: Search, design: str) -> HttpResponse:
    """How one trial of the design went; others are a click away."""
    result, candidate, scenario, number = _asked(request, search, design)
    told = story_of(result.question, candidate.family, candidate.design, scenario=scenario, number=number)
    context = {
        "search": search,
        "design": present_design(result, candidate),
        "scenarios": [
            {"number": place, "name": each.name, "now": place == scenario}
            for place, each in enumerate(result.question.scenarios)
        ],
        "scenario": scenario,
        "number": number + 1,
        "before": number if number else None,
        "after": number + 2 if number < LAST else None,
        "query": f"?scenario={scenario}&number={number + 1}",
        "sentence": _sentence(told),
        "charts": [chart for chart in _charts(told) if chart["name"] != "recruitment" or told.treatment.arrivals],
        "looks": [_look(place, look, last=place == len(told.looks)) for place, look in enumerate(told.looks, 1)],
        "survival": told.kind == "survival",
    }
    return render(request, "designs/story.html", context)


@needs("designs.view_search", Search)
@require_GET
def chart(request: HttpRequest, search: Search, design: str, name: str, kind: str) -> HttpResponse:
    """A picture of the trial, to be drawn by the page (json) or ready made (svg)."""
    if name not in CHARTS or kind not in ("json", "svg"):
        raise Http404
    result, candidate, scenario, number = _asked(request, search, design)
    told = story_of(result.question, candidate.family, candidate.design, scenario=scenario, number=number)
    look = Look.read(request.GET, interactive=False)
    drawn = CHARTS[name](
        told, candidate.design, labels=words.story_labels(), width=look.width, theme=THEMES[look.theme]
    )
    if kind == "json":
        return HttpResponse(drawn.to_json(), content_type="application/json")
    return HttpResponse(picture(drawn), content_type="image/svg+xml")


def _asked(request: HttpRequest, search: Search, design: str) -> tuple[SearchResult, Candidate, int, int]:
    """The answer, the design, the scenario and the trial (both from 0); 404 where there is no such story."""
    if search.status != Search.Status.DONE:
        raise Http404
    result = answer(search)
    candidate = result.candidate(design)
    if candidate is None or not can_be_told(result.question, candidate.family):
        raise Http404
    scenario = _whole(request.GET.get("scenario"), result.question.primary)
    number = _whole(request.GET.get("number"), 1) - 1
    if scenario >= len(result.question.scenarios) or not 0 <= number <= LAST:
        raise Http404
    return result, candidate, scenario, number


def _whole(text: str | None, usual: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Http404
    return int(text)


def _sentence(told: "Story") -> str:
    """How it ended."""
    facts = {
        "look": told.look,
        "looks": len(told.looks),
        "patients": f"{told.looks[-1].patients:,}",
    }
    if told.outcome == 1:
        return _("At look %(look)s, with %(patients)s patients, it shows the benefit.") % facts
    if told.outcome == -1:
        return _("At look %(look)s, with %(patients)s patients, it stops: success has become unlikely.") % facts
    return _("It goes to its end, with %(patients)s patients, and does not show a benefit.") % facts


def _charts(told: "Story") -> list[dict[str, str]]:
    survival = told.kind == "survival"
    return [
        {"name": "path", "title": _("The path of the statistic"),
         "alt": _("The statistic at each look, between the boundaries. The table below has the same figures.")},
        {"name": "arms", "title": _("Patients without an event") if survival else _("The two arms"),
         "alt": _("How each arm fared in this trial.")},
        {"name": "recruitment", "title": _("How patients came in"), "alt": _("Patients of each arm over the months.")},
    ]  # fmt: skip


def _look(place: int, look: Any, *, last: bool) -> dict[str, str]:
    def figure(value: float | None, digits: int = 3) -> str:
        return "–" if value is None else f"{value:.{digits}f}"

    ends = {1: _("success"), -1: _("stops for futility"), 0: _("ends without success") if last else _("goes on")}
    return {
        "look": str(place),
        "month": figure(look.month, 1),
        "information": percent(look.information),
        "patients": f"{look.patients:,}",
        "events": "–" if look.events is None else f"{look.events:,}",
        "z": figure(look.z),
        "upper": figure(look.upper),
        "lower": figure(look.lower),
        "outcome": ends[look.outcome],
    }
