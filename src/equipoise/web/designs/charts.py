"""The charts of a search, in the reader's language: Vega-Lite specifications and pictures of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from equipoise.charts import boundary_chart, front_chart, power_chart
from equipoise.search import SearchResult, power_curve
from equipoise.web.designs import words
from equipoise.web.designs.explorer import View

WIDTH = 700


def front(result: SearchResult, view: View) -> Any:
    """Assurance over what it costs, for the designs that the view shows."""
    spoken = [candidate.model_copy(update={"text": words.sentence(candidate)}) for candidate in view.shown(result)]
    shown = result.model_copy(update={"candidates": tuple(spoken)})
    return front_chart(shown, x=view.x, labels=words.front_labels(view.x), marked=view.compare, width=WIDTH)


def power(result: SearchResult, view: View) -> Any:
    """Power over the effect of the designs compared."""
    curves = {
        candidate.id: power_curve(result.question, candidate.family, candidate.design, points=41)
        for candidate in view.compared(result)
    }
    effect = next((curve["effect_label"] for curve in curves.values()), "")
    return power_chart(curves, target=result.question.endpoint.power, labels=words.power_labels(effect), width=WIDTH)


def boundaries(result: SearchResult, view: View) -> Any:
    """Boundaries over the looks of the designs compared."""
    return boundary_chart(view.compared(result), labels=words.boundary_labels(), width=WIDTH)


CHARTS: dict[str, Callable[[SearchResult, View], Any]] = {"front": front, "power": power, "boundaries": boundaries}


def picture(chart: Any) -> bytes:
    """The chart as SVG."""
    import vl_convert

    return vl_convert.vegalite_to_svg(chart.to_json()).encode()
