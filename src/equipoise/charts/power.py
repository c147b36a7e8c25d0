"""Power over the effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equipoise.charts.style import DASHES, PALETTE, styled

LABELS = {"design": "Design", "power": "Power", "effect": "Effect", "target": "target"}


def power_chart(
    curves: Mapping[str, Mapping[str, Any]], *, target: float, labels: Mapping[str, str] | None = None, width: int = 640
) -> Any:
    """Curves as `power_curve` gives them, by design id, with the target power; `labels["effect"]` names the axis."""
    import altair as alt

    words = {**LABELS, **(labels or {})}
    ids = list(curves)
    rows = [
        {"design": name, "effect": effect, "power": power}
        for name, curve in curves.items()
        for effect, power in zip(curve["effect"], curve["power"], strict=True)
    ]
    lines = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("effect:Q", title=words["effect"], scale=alt.Scale(zero=False, nice=False)),
            y=alt.Y("power:Q", title=words["power"], axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("design:N", title=words["design"], scale=alt.Scale(domain=ids, range=PALETTE[: len(ids)])),
            strokeDash=alt.StrokeDash("design:N", legend=None, scale=alt.Scale(domain=ids, range=DASHES[: len(ids)])),
            tooltip=[
                alt.Tooltip("design:N", title=words["design"]),
                alt.Tooltip("effect:Q", title=words["effect"], format=".3f"),
                alt.Tooltip("power:Q", title=words["power"], format=".1%"),
            ],
        )
    )
    rule = (
        alt.Chart(alt.Data(values=[{"target": target}])).mark_rule(strokeDash=[3, 3], color="#888").encode(y="target:Q")
    )
    return styled(rule + lines, width=width)
