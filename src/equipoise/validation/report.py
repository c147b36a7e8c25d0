"""Recomputing reference files, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from equipoise.errors import InputError, NoSolutionError
from equipoise.validation import fixed, group_sequential, interim, simulated, survival
from equipoise.validation.table import NOTES, Figures, Layout, Row, read_rows

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
    """Every column checked, every figure beyond tolerance, and those that the peer's own error explains.

    `faults` are the files and rows that could not be read or recomputed, `notes` the columns that were not compared.
    """

    tables: list[Column] = field(default_factory=list["Column"])
    beyond: list[Difference] = field(default_factory=list["Difference"])
    explained: list[Difference] = field(default_factory=list["Difference"])
    faults: list[InputError] = field(default_factory=list["InputError"])
    notes: list[str] = field(default_factory=list["str"])

    @property
    def ok(self) -> bool:
        """Whether every row was read and every figure is within tolerance, or explained by the peer's own error."""
        return not self.beyond and not self.faults

    @property
    def cells(self) -> int:
        """How many cells were compared."""
        return sum(column.rows for column in self.tables)


def shipped_files() -> list[Path]:
    """The reference files that the package ships."""
    folder = Path(str(resources.files("equipoise.validation"))) / "reference"
    return sorted(folder.glob("*.csv"))


def validate_files(paths: Sequence[Path] | None = None) -> Report:
    """Recompute every row of these reference files (all that the package ships if None).

    A file or row that cannot be read is among the report's `faults`, and the others are still compared.
    """
    report = Report()
    paths = paths or shipped_files()
    names = [path.name for path in paths]
    for path in paths:
        name = path.name if names.count(path.name) == 1 else str(path)
        try:
            rows, faults = read_rows(path, name)
            report.faults += faults
            if rows:
                _validate(report, _layout_of(name, rows[0]), rows)
        except InputError as error:
            report.faults.append(error)
    return report


def _layout_of(file: str, row: Row) -> Layout:
    fitting = [layout for layout in LAYOUTS if set(layout.columns) <= set(row.cells)]
    if not fitting:
        nearest = max(LAYOUTS, key=lambda layout: len(set(layout.columns) & set(row.cells)))
        missing = [column for column in nearest.columns if column not in row.cells]
        raise InputError(
            file, ", ".join(row.cells), f"the columns of a layout; {nearest.name} also needs {', '.join(missing)}"
        )
    return max(fitting, key=lambda layout: len(layout.columns))


def _validate(report: Report, layout: Layout, rows: list[Row]) -> None:
    file, heading = rows[0].file, rows[0].cells
    unknown = [name for name in heading if name not in (*layout.columns, *layout.tolerance, *layout.also, *NOTES)]
    columns = {name: Column(file, name, tolerance) for name, tolerance in layout.tolerance.items() if name in heading}
    if not columns:
        given = ", ".join(unknown) or "no column of figures"
        raise InputError(file, given, f"figures to compare: {', '.join(layout.tolerance)}")
    if unknown:
        report.notes.append(
            f"{file}: not compared, as the {layout.name} layout has no such column: {', '.join(unknown)}"
        )
    before = len(report.faults)
    for row in rows:
        try:
            figures = layout.recompute(row)
        except (InputError, NoSolutionError) as error:
            report.faults.append(_fault(layout, row, error))
            continue
        for name, column in columns.items():
            try:
                given = row.figures(name)
            except InputError as error:
                report.faults.append(error)
                continue
            if not all(math.isnan(value) for value in given):
                _compare(report, layout, row, column, given, figures)
    report.tables += columns.values()
    if len(report.faults) == before and not any(column.rows for column in columns.values()):
        report.faults.append(InputError(file, "no figures", f"figures in {', '.join(columns)}"))


def _fault(layout: Layout, row: Row, error: InputError | NoSolutionError) -> InputError:
    """What is wrong with a row, by the name of the column that a user knows."""
    if isinstance(error, NoSolutionError):
        return row.wrong(layout.names.get("solution", layout.columns[0]), f"inputs with a solution ({error})")
    if error.field.startswith(row.where("")):
        return error
    name = error.field.split(".")[0]
    column = layout.names.get(name, name)
    if column in row.cells:
        return row.wrong(column, error.allowed)
    return InputError(row.where(column), error.given, error.allowed)


def _compare(report: Report, layout: Layout, row: Row, column: Column, given: list[float], figures: Figures) -> None:
    name = column.column
    if name not in figures:
        report.faults.append(row.wrong(name, "an empty cell, as rows of this kind have no such figure"))
        return
    column.rows += 1
    given = _without_end(given, len(figures[name]))
    got = _without_end(figures[name], len(given))
    same_length = len(given) == len(got)
    known = [(theirs, ours) for theirs, ours in zip(given, got, strict=False) if not math.isnan(theirs)]
    absolute = [_gap(theirs, ours) for theirs, ours in known] if same_length else [math.inf]
    relative = [_share(gap, theirs) for gap, (theirs, _) in zip(absolute, known, strict=same_length)]
    column.largest_absolute = max(column.largest_absolute, *absolute)
    column.largest_relative = max(column.largest_relative, *relative)
    if same_length and all(min(gaps) <= column.tolerance for gaps in zip(absolute, relative, strict=True)):
        return
    why = layout.peer_error(row, name, given, figures) if same_length else None
    difference = Difference(row.file, row.line, name, _show(given), _show(got), why)
    if why is None:
        column.beyond += 1
        report.beyond.append(difference)
    else:
        column.explained += 1
        report.explained.append(difference)


def _without_end(values: list[float], length: int) -> list[float]:
    """The values without NAs at their end beyond this length."""
    kept = len(values)
    while kept > length and math.isnan(values[kept - 1]):
        kept -= 1
    return values[:kept]


def _gap(theirs: float, ours: float) -> float:
    if theirs == ours:
        return 0.0
    return math.inf if math.isnan(ours) else abs(ours - theirs)


def _share(gap: float, theirs: float) -> float:
    """Relative to the peer's figure, where that is a number other than 0."""
    return gap / abs(theirs) if theirs and math.isfinite(theirs) else gap


def _show(values: list[float]) -> str:
    return "; ".join("NA" if math.isnan(value) else f"{value:.10g}" for value in values)
