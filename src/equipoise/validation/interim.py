"""Interim analyses, against rpact's."""

from __future__ import annotations

from equipoise.validation.table import Figures, Layout, Row


def recompute(row: Row) -> Figures:
    raise NotImplementedError


LAYOUT = Layout(
    "interim-analysis",
    ("type", "K", "alpha", "stage", "n1", "n2", "mean1", "mean2", "sd1", "sd2", "planned"),
    {},
    recompute,
)
