"""Boundaries drawn over the looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.charts.style import DASHES, LIGHT, Theme, line_legend, styled

if TYPE_CHECKING:
    from equipoise.search import Candidate

LABELS = {
    "information": "Information",
    "z": "Z",
    "design": "Design",
    "bound": "Bound",
    "efficacy": "Stop for efficacy above",
    "futility": "Stop for futility below",
}


def boundary_chart(
    candidates: Sequence[Candidate], *, labels: Mapping[str, str] | None = None, width: int = 640, theme: Theme = LIGHT
) -> Any:
    """Efficacy and futility bounds of up to four designs on the Z scale, over information."""
    import altair as alt

    words = {**LABELS, **(labels or {})}
    rows = [
        {"design": candidate.id, "information": t, "z": bound, "bound": words[kind]}
        for candidate in candidates
        for kind, bounds in (("efficacy", candidate.design["critical"]), ("futility", candidate.design["futility"]))
        for t, bound in zip(candidate.design["information"], bounds, strict=True)
        if bound is not None
    ]
    ids = [candidate.id for candidate in candidates]
    colour = alt.Color(
        "design:N", title=words["design"], legend=line_legend(width),
        scale=alt.Scale(domain=ids, range=theme.palette[: len(ids)]),
    )  # fmt: skip
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(
            "information:Q",
            title=words["information"],
            axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
            scale=alt.Scale(domain=[0, 1]),
        ),
        y=alt.Y("z:Q", title=words["z"], scale=alt.Scale(zero=False)),
        color=colour,
        tooltip=[
            alt.Tooltip("design:N", title=words["design"]),
            alt.Tooltip("bound:N", title=words["bound"]),
            alt.Tooltip("information:Q", title=words["information"], format=".1%"),
            alt.Tooltip("z:Q", title=words["z"], format=".3f"),
        ],
    )
    shape = alt.Shape(
        "bound:N", title=words["bound"], legend=alt.Legend(orient="top", symbolFillColor=theme.ink, symbolStrokeColor=theme.ink),
        scale=alt.Scale(domain=[words["efficacy"], words["futility"]], range=["triangle-up", "triangle-down"]),
    )  # fmt: skip
    lines = base.mark_line(strokeWidth=2).encode(
        detail="bound:N",
        strokeDash=alt.StrokeDash(
            "design:N", title=words["design"], legend=line_legend(width),
            scale=alt.Scale(domain=ids, range=DASHES[: len(ids)]),
        ),
    )  # fmt: skip
    return styled(lines + base.mark_point(size=110, filled=True).encode(shape=shape), width=width, theme=theme)
