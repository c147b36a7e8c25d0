"""The front: assurance against what a design costs, in patients, months or money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.charts.style import styled

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
    "recommended": "Recommended",
    "plain-fixed": "Plain fixed",
}
COLOURS = {
    "fixed": "#6b7280",
    "group-sequential": "#0b6e99",
    "cluster": "#117733",
    "stepped-wedge": "#d55e00",
    "crossover": "#aa4499",
}


def front_chart(
    result: SearchResult, *, x: str = "expected_patients", labels: Mapping[str, str] | None = None,
    marked: Sequence[str] = (), width: int = 640,
) -> Any:  # fmt: skip
    """Every kept feasible candidate as a point, assurance over `x` (a key of AXES); the front is filled.

    The recommended design, the plain fixed one and those whose ids are in `marked` are named.
    """
    import altair as alt

    words = {**LABELS, **(labels or {})}
    rows = [
        {
            "id": candidate.id,
            "x": getattr(candidate, x),
            "assurance": candidate.assurance,
            "family": words[candidate.family],
            "front": candidate.on_front,
            "name": _name(candidate.roles, candidate.id, marked, words),
            "text": candidate.text,
        }
        for candidate in result.candidates
    ]
    families = sorted({candidate.family for candidate in result.candidates}, key=list(COLOURS).index)
    colour = alt.Color(
        "family:N", title=words["family"],
        scale=alt.Scale(domain=[words[family] for family in families], range=[COLOURS[family] for family in families]),
    )  # fmt: skip
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("x:Q", title=words[x], scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(format="~s")),
        y=alt.Y("assurance:Q", title=words["assurance"], scale=alt.Scale(zero=False), axis=alt.Axis(format=".0%")),
    )
    points = base.mark_point(size=70, opacity=0.75).encode(
        color=colour,
        fill=alt.condition("datum.front", colour, alt.value("transparent")),
        tooltip=[
            alt.Tooltip("id:N", title=words["design"]),
            alt.Tooltip("text:N", title=" "),
            alt.Tooltip("x:Q", title=words[x], format=",.1f"),
            alt.Tooltip("assurance:Q", title=words["assurance"], format=".1%"),
        ],
    )
    named = base.transform_filter("datum.name != ''")
    rings = named.mark_point(size=240, strokeWidth=2.5, color="#111827", stroke="#d55e00")
    texts = named.mark_text(dy=-16, fontSize=12, fontWeight=600, color="#d55e00").encode(text="name:N")
    return styled(points + rings + texts, width=width)


def _name(roles: Sequence[str], identity: str, marked: Sequence[str], words: Mapping[str, str]) -> str:
    for role in ("recommended", "plain-fixed"):
        if role in roles:
            return words[role]
    return identity if identity in marked else ""
