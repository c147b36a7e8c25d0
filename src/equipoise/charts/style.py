"""One look for all charts: colours that the colour-blind can tell apart, room to breathe, on white and on dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
FONT = "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"


@dataclass(frozen=True)
class Theme:
    """The colours of a chart; each can be read (4.5:1) on the background it is meant for."""

    ink: str
    axis: str
    grid: str
    mark: str
    palette: tuple[str, ...]
    """For up to four designs; each also has a dash of its own."""
    families: tuple[str, ...]
    """For fixed, group-sequential, cluster, stepped-wedge and crossover designs, and sizes chosen anew."""


LIGHT = Theme(
    ink="#51646b", axis="#8a989d", grid="#e3e9ea", mark="#b84e00",
    palette=("#0b6e99", "#b84e00", "#117733", "#aa4499"),
    families=("#5b6470", "#0b6e99", "#117733", "#b84e00", "#aa4499", "#8a6d00"),
)  # fmt: skip
DARK = Theme(
    ink="#a9babf", axis="#71858b", grid="#2b3b40", mark="#ff9a4d",
    palette=("#5db8e0", "#ff9a4d", "#6cc98a", "#e58fe0"),
    families=("#b3bcc6", "#5db8e0", "#6cc98a", "#ff9a4d", "#e58fe0", "#d9c04a"),
)  # fmt: skip
THEMES = {"light": LIGHT, "dark": DARK}


def styled(chart: Any, *, width: int = 640, height: int = 360, theme: Theme = LIGHT) -> Any:
    """The chart at a size, in the house style."""
    return (
        chart.properties(width=width, height=height, padding=12)
        .configure(font=FONT, background="transparent")
        .configure_axis(
            labelFontSize=12, titleFontSize=13, titleFontWeight=500, gridColor=theme.grid, domainColor=theme.axis,
            tickColor=theme.axis, labelColor=theme.ink, titleColor=theme.ink, titlePadding=10,
            labelOverlap="greedy", labelSeparation=10,
        )
        .configure_legend(
            labelFontSize=12, titleFontSize=12, labelColor=theme.ink, titleColor=theme.ink, orient="bottom",
            columns=max(width // 200, 1),
            labelLimit=320, symbolStrokeColor=theme.ink, symbolBaseFillColor=theme.ink, symbolBaseStrokeColor=theme.ink,
        )
        .configure_view(stroke=None)
    )  # fmt: skip


def line_legend(width: int) -> Any:
    """For a chart of this width, a legend whose keys are long enough to tell one dash from another."""
    import altair as alt

    return alt.Legend(symbolType="stroke", symbolSize=900, symbolStrokeWidth=2.5, columns=max(width // 150, 1))
