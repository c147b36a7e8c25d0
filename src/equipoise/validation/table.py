"""Reference files: rows of text, read with errors that name the file, the row and the column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from equipoise.errors import InputError
from equipoise.search.file import read_text

Figures = Mapping[str, "list[float]"]


@dataclass(frozen=True)
class Row:
    """One row of a reference file."""

    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell as it stands."""
        return self.cells[column].strip()

    def where(self, column: str) -> str:
        """The cell's place, as an error names it."""
        return f"{self.file} row {self.line} {column}"

    def numbers(self, column: str, separator: str = ";") -> list[float]:
        """The numbers of a list, NA as nan; an empty cell is an empty list."""
        cell = self.text(column)
        try:
            return (
                [math.nan if part.strip() in ("NA", "") else float(part) for part in cell.split(separator)]
                if cell
                else []
            )
        except ValueError:
            raise InputError(self.where(column), cell, "numbers separated by ;") from None

    def number(self, column: str) -> float:
        """One number."""
        found = self.numbers(column)
        if len(found) != 1 or math.isnan(found[0]):
            raise InputError(self.where(column), self.text(column), "one number")
        return found[0]

    def optional(self, column: str) -> float | None:
        """One number, or None for an empty cell."""
        return self.number(column) if self.text(column) else None

    def choice(self, column: str, names: Mapping[str, str]) -> str:
        """What the cell's word stands for."""
        word = self.text(column)
        if word not in names:
            raise InputError(self.where(column), word, ", ".join(names))
        return names[word]


@dataclass(frozen=True)
class Layout:
    """A kind of reference file: the columns that name its rows' inputs, and how its figures are recomputed.

    `tolerance` gives for each checked column the largest relative or absolute error, whichever is met. `peer_error` may
    say why a figure beyond it still agrees within the peer's own error.
    """

    name: str
    columns: tuple[str, ...]
    tolerance: Mapping[str, float]
    recompute: Callable[[Row], Figures]
    peer_error: Callable[[Row, str, list[float], Figures], str | None] = lambda row, column, given, figures: None


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file with a heading; raise InputError when it has none, or a row is of another length."""
    reader = csv.reader(io.StringIO(read_text(path)), strict=True)
    try:
        heading, *lines = [line for line in reader if line]
    except ValueError:
        raise InputError(path.name, None, "a heading and rows of comma-separated values") from None
    except csv.Error as error:
        raise InputError(path.name, str(error), "comma-separated values") from None
    for number, line in enumerate(lines, 2):
        if len(line) != len(heading):
            raise InputError(
                f"{path.name} row {number}", f"{len(line)} cells", f"{len(heading)} cells, as the heading has"
            )
    return [Row(path.name, number, dict(zip(heading, line, strict=True))) for number, line in enumerate(lines, 2)]
