"""Pictures of one virtual trial: how patients came, how the arms fared, and the path of the statistic to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from equipoise.charts.style import DASHES, LIGHT, Theme, line_legend, styled

if TYPE_CHECKING:
    from equipoise.simulate import Story

LABELS = {
    "month": "Month",
    "months_in": "Months since enrolment",
    "patients": "Patients",
    "each_arm": "Patients of the arm",
    "event_free": "Without event",
    "mean": "Mean so far",
    "proportion": "Proportion so far",
    "information": "Information",
    "z": "Z",
    "treatment": "Treatment",
    "control": "Control",
    "arm": "Arm",
    "line": "Line",
    "path": "This trial",
    "efficacy": "Stop for efficacy above",
    "futility": "Stop for futility below",
}


def recruitment_chart(
    told: Story, *, labels: Mapping[str, str] | None = None, width: int = 640, theme: Theme = LIGHT
) -> Any:
    """Patients of each arm over calendar months; nothing where a trial has no calendar."""
    words = {**LABELS, **(labels or {})}
    rows = [
        {"arm": words[name], "x": month, "y": place + 1}
        for name, arm in _arms(told)
        for place, month in enumerate(arm.arrivals)
    ]
    return _by_arm(rows, words, words["month"], words["patients"], width, theme, "step-after")


def arms_chart(told: Story, *, labels: Mapping[str, str] | None = None, width: int = 640, theme: Theme = LIGHT) -> Any:
    """Kaplan-Meier curves, or the mean of each arm's first patients at every look."""
    words = {**LABELS, **(labels or {})}
    survival = told.kind == "survival"
    rows = []
    for name, arm in _arms(told):
        points = list(zip(arm.at, arm.values, strict=True))
        if survival:
            points = [(0.0, 1.0), *points, (arm.until or 0.0, points[-1][1] if points else 1.0)]
        rows += [{"arm": words[name], "x": x, "y": y} for x, y in points]
    titles = (words["months_in"], words["event_free"]) if survival else (words["each_arm"], words[told.kind])
    return _by_arm(rows, words, *titles, width, theme, "step-after" if survival else "linear")


def path_chart(
    told: Story,
    design: Mapping[str, Any],
    *,
    labels: Mapping[str, str] | None = None,
    width: int = 640,
    theme: Theme = LIGHT,
) -> Any:
    """The statistic at each look that was held, between the boundaries of the design's planned looks."""
    import altair as alt

    words = {**LABELS, **(labels or {})}
    lines = {
        "path": [(look.information, look.z) for look in told.looks],
        "efficacy": zip(design["information"], design["critical"], strict=True),
        "futility": zip(design["information"], design["futility"], strict=True),
    }
    rows = [{"line": words[line], "x": x, "y": y} for line, points in lines.items() for x, y in points if y is not None]
    used = {row["line"] for row in rows}
    names = [words[line] for line in lines if words[line] in used]
    colours = [theme.mark, theme.palette[0], theme.axis][: len(names)]
    legend = alt.Legend(symbolType="stroke", symbolSize=900, symbolStrokeWidth=2.5, columns=max(width // 240, 1))
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("x:Q", title=words["information"], axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("y:Q", title=words["z"], scale=alt.Scale(zero=True)),
        color=alt.Color("line:N", title=words["line"], legend=legend, scale=alt.Scale(domain=names, range=colours)),
        tooltip=[
            alt.Tooltip("line:N", title=words["line"]),
            alt.Tooltip("x:Q", title=words["information"], format=".1%"),
            alt.Tooltip("y:Q", title=words["z"], format=".3f"),
        ],
    )
    dashes = alt.StrokeDash(
        "line:N", title=words["line"], legend=legend, scale=alt.Scale(domain=names, range=DASHES[: len(names)])
    )
    return styled(
        base.mark_line(strokeWidth=2).encode(strokeDash=dashes) + base.mark_point(size=90, filled=True),
        width=width,
        height=300,
        theme=theme,
    )


def _arms(told: Story) -> tuple[tuple[str, Any], tuple[str, Any]]:
    return ("treatment", told.treatment), ("control", told.control)


def _by_arm(
    rows: list[dict[str, Any]], words: Mapping[str, str], x: str, y: str, width: int, theme: Theme, how: str
) -> Any:
    import altair as alt

    names = [words["treatment"], words["control"]]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2, interpolate=how)  # pyright: ignore[reportArgumentType]
        .encode(
            x=alt.X("x:Q", title=x),
            y=alt.Y("y:Q", title=y, scale=alt.Scale(zero=False)),
            color=alt.Color(
                "arm:N", title=words["arm"], legend=line_legend(width),
                scale=alt.Scale(domain=names, range=theme.palette[:2]),
            ),
            strokeDash=alt.StrokeDash(
                "arm:N", title=words["arm"], legend=line_legend(width), scale=alt.Scale(domain=names, range=DASHES[:2])
            ),
        )
    )  # fmt: skip
    return styled(chart, width=width, height=300, theme=theme)
