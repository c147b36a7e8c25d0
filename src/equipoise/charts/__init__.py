"""Charts of search results, one grammar on the page and in print: Vega-Lite specifications made with Altair.

Each takes `labels`, words by key, so that a page can pass its own language; the defaults are English.
"""

from equipoise.charts.boundaries import boundary_chart
from equipoise.charts.front import AXES, front_chart
from equipoise.charts.power import power_chart
from equipoise.charts.story import arms_chart, path_chart, recruitment_chart
from equipoise.charts.style import THEMES

__all__ = [
    "AXES", "THEMES", "arms_chart", "boundary_chart", "front_chart", "path_chart", "power_chart", "recruitment_chart",
]  # fmt: skip
