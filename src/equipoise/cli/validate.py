"""`equipoise validate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from equipoise.cli.tables import plain
from equipoise.errors import InputError
from equipoise.validation import Column, Report, validate_files

BEYOND, UNREAD = 1, 2


def validate_and_show(files: Sequence[Path] | None, report_to: Path | None) -> int:
    """Recompute the files, print what differs, write the report if asked.

    Returns 0 if all is well, 1 if a figure is beyond tolerance, 2 if a file or a row could not be read (each said on
    standard error). Raises InputError for a report that cannot be written, before any work.
    """
    if report_to is not None:
        _check_place(report_to)
    report = validate_files(files)
    if report.tables:
        _print(report)
    for note in report.notes:
        _say(f"note: {note}")
    for fault in report.faults:
        _say(str(fault))
    if report_to is not None:
        from equipoise.validation.document import write_report

        write_report(report, report_to)
    if report.faults:
        return UNREAD
    return 0 if report.ok else BEYOND


def _print(report: Report) -> None:
    console = Console(soft_wrap=True, markup=False, emoji=False, highlight=False)
    for file in dict.fromkeys(column.file for column in report.tables):
        console.print(plain(file), style="bold")
        console.print(_table([column for column in report.tables if column.file == file]))
    for difference in report.explained:
        place = f"{difference.file} row {difference.row} {difference.column}"
        figures = f"expected {difference.expected}, got {difference.got}"
        console.print(f"explained: {plain(place)}: {figures}; {difference.explanation}")
    for difference in report.beyond:
        place = f"{difference.file} row {difference.row} {difference.column}"
        console.print(f"BEYOND: {plain(place)}: expected {difference.expected}, got {difference.got}")
    unread = f", {len(report.faults)} not read" if report.faults else ""
    verdict = f"{len(report.beyond)} beyond tolerance" if report.beyond else "all within tolerance"
    if not report.cells:
        verdict = "nothing compared"
    console.print(
        f"{report.cells:,} cells checked, {len(report.explained)} within the peer's own error, {verdict}{unread}."
    )


def _say(line: str) -> None:
    print(f"equipoise: {plain(line)}", file=sys.stderr)  # noqa: T201


def _check_place(report: Path) -> None:
    folder = report.absolute().parent
    if report.is_dir() or not folder.is_dir() or not os.access(report if report.exists() else folder, os.W_OK):
        raise InputError("--report", str(report), "a file that can be written, in a folder that is there")


def _table(columns: list[Column]) -> Table:
    """One file's columns; narrow enough for 80 letters without cutting a name."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("Column", no_wrap=True, min_width=max(len(column.column) for column in columns))
    for heading in ("Rows", "Absolute", "Relative", "Tolerance", "Expl.", "Beyond"):
        table.add_column(heading, justify="right", no_wrap=True)
    for column in columns:
        tolerance = f"{column.tolerance:.0e}" if column.tolerance else "peer's"
        table.add_row(
            column.column, str(column.rows), f"{column.largest_absolute:.1e}", f"{column.largest_relative:.1e}",
            tolerance, str(column.explained), str(column.beyond),
        )  # fmt: skip
    return table
