"""The front: assurance against what a design costs, in patients, months or money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.charts.style import LIGHT, Theme, styled

if TYPE_CHECKING:
    from equipoise.search import SearchResult

AXES = {
    "expected_patients": "Patients expected",
    "max_patients": "Patients at most",
    "expected_months": "Months expected",
    "expected_cost": "Cost expected",
}
LABELS = {
    **AXES,
    "assurance": "Assurance",
    "family": "Kind of design",
    "design": "Design",
    "fixed": "Fixed",
    "group-sequential": "Group-sequential",
    "cluster": "Cluster-randomised",
    "stepped-wedge": "Stepped wedge",
    "crossover": "Crossover",
    "re-estimation": "Size chosen anew",
    "recommended": "Recommended",
    "plain-fixed": "Plain fixed",
}
COLOURS = ("fixed", "group-sequential", "cluster", "stepped-wedge", "crossover", "re-estimation")
"""The families in the order of `Theme.families`."""
FORMATS = {"expected_patients": ",.0f", "max_patients": ",.0f", "expected_months": ",.1f", "expected_cost": ",.4~g"}


def front_chart(
    result: SearchResult, *, x: str = "expected_patients", unit: float = 1.0, labels: Mapping[str, str] | None = None,
    marked: Sequence[str] = (), width: int = 640, theme: Theme = LIGHT, interactive: bool = False,
) -> Any:  # fmt: skip
    """Every kept candidate as a point, assurance over `x` (a key of AXES) in units of `unit`; the front is filled.

    The recommended design and the plain fixed one are named and ringed; those whose ids are in `marked` are ringed in the
    colours that `power_chart` gives them in the same order. `interactive` charts can be
    moved and zoomed, and the point nearest to the pointer is the one meant.
    """
    import altair as alt

    words = {**LABELS, **(labels or {})}
    rings = dict(zip(marked, theme.palette, strict=False))
    rows = [
        {
            "id": candidate.id,
            "x": getattr(candidate, x) / unit,
            "assurance": candidate.assurance,
            "family": words[candidate.family],
            "front": candidate.on_front,
            "name": next((words[role] for role in ("recommended", "plain-fixed") if role in candidate.roles), ""),
            "ring": rings.get(candidate.id)
            or (theme.mark if {"recommended", "plain-fixed"} & {*candidate.roles} else ""),
            "text": candidate.text,
        }
        for candidate in result.candidates
    ]
    families = sorted({candidate.family for candidate in result.candidates}, key=COLOURS.index)
    scale = alt.Scale(
        domain=[words[family] for family in families],
        range=[theme.families[COLOURS.index(family)] for family in families],
    )
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("x:Q", title=words[x], scale=alt.Scale(zero=False, nice=True),
                axis=alt.Axis(format=FORMATS[x], tickCount=max(width // 90, 3))),
        y=alt.Y("assurance:Q", title=words["assurance"], scale=alt.Scale(zero=False), axis=alt.Axis(format=".0%")),
        tooltip=[
            alt.Tooltip("id:N", title=words["design"]),
            alt.Tooltip("text:N", title=" "),
            alt.Tooltip("x:Q", title=words[x], format=FORMATS[x]),
            alt.Tooltip("assurance:Q", title=words["assurance"], format=".1%"),
        ],
    )  # fmt: skip
    near = alt.selection_point(name="near", on="pointermove", nearest=True, empty=False, clear="pointerout")
    points = base.mark_point(size=36, opacity=0.85).encode(
        stroke=alt.Stroke("family:N", title=words["family"], scale=scale),
        fill=alt.Fill("family:N", title=words["family"], scale=scale),
        fillOpacity=alt.condition("datum.front", alt.value(0.8), alt.value(0)),
        size=alt.condition(near, alt.value(170), alt.value(36)) if interactive else alt.value(36),
    )

    def named(role: str, **place: Any) -> Any:
        chosen = base.transform_filter(alt.datum.name == words[role]).encode(text="name:N")
        return chosen.mark_text(fontSize=12, fontWeight=600, color=theme.ink, baseline="middle", **place)

    if interactive:
        # the wheel alone scrolls the page
        whole = alt.selection_interval(
            name="whole", bind="scales", clear=False, zoom="wheel![event.ctrlKey || event.metaKey]"
        )
        points = points.add_params(near, whole)
    ringed = base.transform_filter("datum.ring != ''")
    ringed = ringed.mark_point(size=330, strokeWidth=3, filled=False, stroke=alt.ExprRef(expr="datum.ring"))
    # words stay inside the frame, and apart where the two are neighbours
    left, inner = "scale('x', datum.x) < width / 2", "scale('x', datum.x) < 0.7 * width"
    best = named("recommended", dy=-20, align=alt.ExprRef(f"{left} ? 'left' : 'right'"))
    plain = named(
        "plain-fixed", dx=alt.ExprRef(f"{inner} ? 16 : -16"), align=alt.ExprRef(f"{inner} ? 'left' : 'right'")
    )
    return styled(points + ringed + best + plain, width=width, theme=theme)
