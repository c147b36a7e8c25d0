"""Recomputing reference files, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from equipoise.errors import InputError, NoSolutionError
from equipoise.validation import fixed, group_sequential, interim, simulated, survival
from equipoise.validation.table import Layout, Row, read_rows

LAYOUTS = (group_sequential.LAYOUT, fixed.LAYOUT, survival.LAYOUT, interim.LAYOUT, simulated.LAYOUT)


@dataclass
class Column:
    """How far one column of one file is from what was recomputed."""

    file: str
    column: str
    tolerance: float
    rows: int = 0
    largest_absolute: float = 0.0
    largest_relative: float = 0.0
    beyond: int = 0
    explained: int = 0


@dataclass(frozen=True)
class Difference:
    """One figure beyond the tolerance; `explanation` says why it agrees all the same, or is None."""

    file: str
    row: int
    column: str
    expected: str
    got: str
    explanation: str | None = None


@dataclass
class Report:
    """Every column checked, every figure beyond tolerance, and those that the peer's own error explains."""

    tables: list[Column] = field(default_factory=list["Column"])
    beyond: list[Difference] = field(default_factory=list["Difference"])
    explained: list[Difference] = field(default_factory=list["Difference"])

    @property
    def ok(self) -> bool:
        """Whether every figure is within tolerance, or explained by the peer's own error."""
        return not self.beyond


def shipped_files() -> list[Path]:
    """The reference files that the package ships."""
    folder = Path(str(resources.files("equipoise.validation"))) / "reference"
    return sorted(folder.glob("*.csv"))


def validate_files(paths: Sequence[Path] | None = None) -> Report:
    """Recompute every row of these reference files (all that the package ships if None). Raises InputError."""
    report = Report()
    for path in paths or shipped_files():
        rows = read_rows(path)
        if not rows:
            raise InputError(path.name, "no rows", "a heading and at least one row")
        _validate(report, _layout_of(path, rows[0]), rows)
    return report


def _layout_of(path: Path, row: Row) -> Layout:
    fitting = [layout for layout in LAYOUTS if set(layout.columns) <= set(row.cells)]
    if not fitting:
        nearest = max(LAYOUTS, key=lambda layout: len(set(layout.columns) & set(row.cells)))
        missing = [column for column in nearest.columns if column not in row.cells]
        raise InputError(
            path.name, sorted(row.cells), f"a known layout; {nearest.name} also needs {', '.join(missing)}"
        )
    return max(fitting, key=lambda layout: len(layout.columns))


def _validate(report: Report, layout: Layout, rows: list[Row]) -> None:
    columns = {
        name: Column(rows[0].file, name, tolerance)
        for name, tolerance in layout.tolerance.items()
        if name in rows[0].cells
    }
    for row in rows:
        try:
            figures = layout.recompute(row)
        except NoSolutionError as error:
            raise InputError(f"{row.file} row {row.line}", str(error), "a row that has a solution") from None
        except InputError as error:
            if error.field.startswith(row.file):
                raise
            raise InputError(f"{row.file} row {row.line} {error.field}", error.given, error.allowed) from None
        for name, column in columns.items():
            given = row.numbers(name)
            if not all(math.isnan(value) for value in given):
                _compare(report, layout, row, column, given, figures[name], figures)
    report.tables += columns.values()


def _compare(
    report: Report, layout: Layout, row: Row, column: Column, given: list[float], got: list[float], figures: object
) -> None:
    column.rows += 1
    known = [(theirs, ours) for theirs, ours in zip(given, got, strict=False) if not math.isnan(theirs)]
    absolute = [abs(ours - theirs) if not math.isnan(ours) else math.inf for theirs, ours in known]
    relative = [gap / abs(theirs) if theirs else gap for gap, (theirs, _) in zip(absolute, known, strict=True)]
    same_length = len(given) <= len(got)
    column.largest_absolute = max(column.largest_absolute, *absolute) if same_length else math.inf
    column.largest_relative = max(column.largest_relative, *relative) if same_length else math.inf
    within = all(min(gaps) <= column.tolerance for gaps in zip(absolute, relative, strict=True))
    if within and same_length:
        return
    why = layout.peer_error(row, column.column, given, figures) if same_length else None  # pyright: ignore
    difference = Difference(row.file, row.line, column.column, _show(given), _show(got), why)
    if why is None:
        column.beyond += 1
        report.beyond.append(difference)
    else:
        column.explained += 1
        report.explained.append(difference)


def _show(values: list[float]) -> str:
    return "; ".join("NA" if math.isnan(value) else f"{value:.10g}" for value in values)
