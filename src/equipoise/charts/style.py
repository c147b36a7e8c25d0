"""One look for all charts: colours that the colour-blind can tell apart, room to breathe."""

from __future__ import annotations

from typing import Any

PALETTE = ["#0b6e99", "#d55e00", "#117733", "#aa4499"]
"""For up to four designs; each also has a dash and a shape of its own."""
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
FONT = "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"


def styled(chart: Any, width: int = 640, height: int = 360) -> Any:
    """The chart at a size, in the house style."""
    return (
        chart.properties(width=width, height=height, padding=12)
        .configure(font=FONT, background="transparent")
        .configure_axis(
            labelFontSize=12, titleFontSize=13, titleFontWeight=500, gridColor="#8884", domainColor="#888",
            tickColor="#888", labelColor="#666", titleColor="#666", titlePadding=10,
        )
        .configure_legend(
            labelFontSize=12, titleFontSize=12, labelColor="#666", titleColor="#666", orient="bottom", columns=2,
            labelLimit=320,
        )
        .configure_view(stroke=None)
    )  # fmt: skip
