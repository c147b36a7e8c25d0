"""Reference files: rows of text, read with errors that name the file, the row and the column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from equipoise.errors import InputError
from equipoise.search.file import read_text

Figures = Mapping[str, "list[float]"]

NOTES = ("package", "actions", "call")
"""Columns that say where a row comes from; no figure."""


@dataclass(frozen=True)
class Row:
    """One row of a reference file."""

    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell as it stands; raise InputError where the file has no such column."""
        if column not in self.cells:
            raise InputError(self.where(column), None, "a cell; the file lacks this column")
        return self.cells[column].strip()

    def where(self, column: str) -> str:
        """The cell's place, as an error names it."""
        return f"{self.file} row {self.line} {column}"

    def wrong(self, column: str, allowed: str) -> InputError:
        """The error that names this cell."""
        return InputError(self.where(column), self.text(column) or None, allowed)

    def figures(self, column: str) -> list[float]:
        """The peer's figures, NA as nan, Inf allowed; an empty cell is an empty list."""
        cell = self.text(column)
        try:
            return [_figure(part.strip()) for part in cell.split(";")] if cell else []
        except ValueError:
            raise self.wrong(column, "numbers separated by ;") from None

    def numbers(self, column: str) -> list[float]:
        """The finite numbers of a list, at least one."""
        found = self.figures(column)
        if not found or not all(math.isfinite(value) for value in found):
            raise self.wrong(column, "finite numbers separated by ;")
        return found

    def number(self, column: str, above: float = -math.inf, below: float = math.inf) -> float:
        """One number between these two."""
        try:
            found = float(self.text(column))
        except ValueError:
            found = math.nan
        if not (math.isfinite(found) and above < found < below):
            limits = [f"above {above:g}"] * (above > -math.inf) + [f"below {below:g}"] * (below < math.inf)
            raise self.wrong(column, " ".join(["one number", " and ".join(limits)]).strip())
        return found

    def whole(self, column: str, least: int, most: int) -> int:
        """One whole number of this range."""
        try:
            found = float(self.text(column))
        except ValueError:
            found = math.nan
        if not (least <= found <= most and found == int(found)):
            raise self.wrong(column, f"a whole number from {least} to {most}")
        return int(found)

    def wholes(self, column: str) -> list[int]:
        """A list of whole numbers above 0."""
        found = self.numbers(column)
        if any(value < 1 or value != int(value) or value > 1e9 for value in found):
            raise self.wrong(column, "whole numbers above 0")
        return [int(value) for value in found]

    def optional(self, column: str) -> float | None:
        """One number, or None for an empty cell or a column that is not there."""
        return self.number(column) if self.cells.get(column, "").strip() not in ("", "NA") else None

    def choice(self, column: str, names: Mapping[str, str]) -> str:
        """What the cell's word stands for."""
        word = self.text(column)
        if word not in names:
            raise self.wrong(column, ", ".join(names))
        return names[word]

    def flag(self, column: str) -> bool:
        """TRUE or FALSE; empty is FALSE."""
        word = self.text(column).upper()
        if word not in ("TRUE", "FALSE", ""):
            raise self.wrong(column, "TRUE or FALSE")
        return word == "TRUE"


def _figure(part: str) -> float:
    return math.nan if part in ("NA", "") else float(part)


@dataclass(frozen=True)
class Layout:
    """A kind of reference file: the columns that name its rows' inputs, and how its figures are recomputed.

    `tolerance` gives for each checked column the largest relative or absolute error, whichever is met. `peer_error` may
    say why a figure beyond it still agrees within the peer's own error. `names` are the columns behind the arguments of
    `design` that an error may name, and `also` inputs that not every file has.
    """

    name: str
    columns: tuple[str, ...]
    tolerance: Mapping[str, float]
    recompute: Callable[[Row], Figures]
    peer_error: Callable[[Row, str, list[float], Figures], str | None] = lambda row, column, given, figures: None
    names: Mapping[str, str] = field(default_factory=dict["str", "str"])
    also: tuple[str, ...] = ()


def read_rows(path: Path, name: str) -> tuple[list[Row], list[InputError]]:
    """The rows of a CSV file with a heading, and the faults of those of another length.

    `name` is how rows and errors name the file. Raises InputError when it is no such file, or has no heading or rows.
    """
    reader = csv.reader(io.StringIO(read_text(path)), strict=True)
    try:
        lines = [(reader.line_num, line) for line in reader if line]
    except csv.Error as error:
        raise InputError(name, str(error), "comma-separated values") from None
    if not lines:
        raise InputError(name, None, "a heading and rows of comma-separated values")
    heading = [cell.strip() for cell in lines[0][1]]
    twice = sorted({cell for cell in heading if heading.count(cell) > 1})
    if twice:
        raise InputError(name, ", ".join(twice), "each column once")
    if not lines[1:]:
        raise InputError(name, "no rows", "a heading and at least one row")
    faults = [
        InputError(f"{name} row {number}", f"{len(line)} cells", f"{len(heading)} cells, as the heading has")
        for number, line in lines[1:]
        if len(line) != len(heading)
    ]
    rows = [
        Row(name, number, dict(zip(heading, line, strict=True)))
        for number, line in lines[1:]
        if len(line) == len(heading)
    ]
    return rows, faults
