"""The charts of a search, in the reader's language: Vega-Lite specifications and pictures of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from equipoise.charts import THEMES, boundary_chart, front_chart, power_chart
from equipoise.search import SearchResult, power_curve
from equipoise.web.designs import words
from equipoise.web.designs.explorer import View
from equipoise.web.designs.money import unit_for

WIDTHS = range(200, 1401)


@dataclass(frozen=True)
class Look:
    """How a chart is to be drawn: how wide, on light or dark, and whether it can be moved."""

    width: int = 700
    theme: str = "light"
    interactive: bool = False

    @classmethod
    def read(cls, query: QueryDict, *, interactive: bool) -> Look:
        """From the address; what it says wrongly is as if it said nothing."""
        width, theme = query.get("width", ""), query.get("theme", "")
        wide = int(width) if width.isascii() and width.isdecimal() and len(width) < 5 else 0
        return cls(
            width=wide if wide in WIDTHS else cls.width,
            theme=theme if theme in THEMES else cls.theme,
            interactive=interactive,
        )


def front(result: SearchResult, view: View, look: Look) -> Any:
    """Assurance over what it costs, for the designs that the view shows."""
    spoken = [candidate.model_copy(update={"text": words.sentence(candidate)}) for candidate in view.shown(result)]
    shown = result.model_copy(update={"candidates": tuple(spoken)})
    labels, unit = words.front_labels(view.x), 1.0
    if view.x == "expected_cost" and spoken:
        unit, word = unit_for(min(candidate.expected_cost for candidate in spoken))
        labels[view.x] += (
            f" ({word} {result.question.cost.currency})" if word else f" ({result.question.cost.currency})"
        )
    return front_chart(
        shown, x=view.x, unit=unit, labels=labels, marked=view.compare, width=look.width, theme=THEMES[look.theme],
        interactive=look.interactive,
    )  # fmt: skip


def power(result: SearchResult, view: View, look: Look) -> Any:
    """Power over the effect of the designs compared."""
    curves = {
        candidate.id: power_curve(result.question, candidate.family, candidate.design, points=41)
        for candidate in view.compared(result)
    }
    effect = next((curve["effect_label"] for curve in curves.values()), "")
    return power_chart(
        curves, target=result.question.endpoint.power, labels=words.power_labels(effect), width=look.width,
        theme=THEMES[look.theme],
    )  # fmt: skip


def boundaries(result: SearchResult, view: View, look: Look) -> Any:
    """Boundaries over the looks of the designs compared."""
    return boundary_chart(
        view.compared(result), labels=words.boundary_labels(), width=look.width, theme=THEMES[look.theme]
    )


CHARTS: dict[str, Callable[[SearchResult, View, Look], Any]] = {
    "front": front,
    "power": power,
    "boundaries": boundaries,
}


def picture(chart: Any) -> bytes:
    """The chart as SVG."""
    import vl_convert

    return vl_convert.vegalite_to_svg(chart.to_json()).encode()
