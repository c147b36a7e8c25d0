"""Power over the effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equipoise.charts.style import DASHES, LIGHT, Theme, line_legend, styled

LABELS = {"design": "Design", "power": "Power", "effect": "Effect", "target": "target"}


def power_chart(
    curves: Mapping[str, Mapping[str, Any]], *, target: float, labels: Mapping[str, str] | None = None, width: int = 640,
    theme: Theme = LIGHT,
) -> Any:  # fmt: skip
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
            color=alt.Color(
                "design:N", title=words["design"], legend=line_legend(width),
                scale=alt.Scale(domain=ids, range=theme.palette[: len(ids)]),
            ),
            strokeDash=alt.StrokeDash(
                "design:N", title=words["design"], legend=line_legend(width),
                scale=alt.Scale(domain=ids, range=DASHES[: len(ids)]),
            ),
            tooltip=[
                alt.Tooltip("design:N", title=words["design"]),
                alt.Tooltip("effect:Q", title=words["effect"], format=".3f"),
                alt.Tooltip("power:Q", title=words["power"], format=".1%"),
            ],
        )
    )  # fmt: skip
    aim = alt.Chart(alt.Data(values=[{"target": target, "name": words["target"]}])).encode(y="target:Q")
    rule = aim.mark_rule(strokeDash=[3, 3], color=theme.axis)
    name = aim.mark_text(align="left", baseline="bottom", dx=4, dy=-3, fontSize=12, color=theme.ink).encode(
        x=alt.value(0), text="name:N"
    )
    return styled(rule + lines + name, width=width, theme=theme)
