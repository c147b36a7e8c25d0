"""`equipoise validate`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from equipoise.validation import Report, validate_files


def validate_and_show(files: Sequence[Path] | None, report_to: Path | None) -> bool:
    """Recompute the files, print what differs, write the report if asked; whether all is well."""
    report = validate_files(files)
    console = Console(soft_wrap=True, markup=False, emoji=False)
    console.print(_table(report))
    for difference in report.explained:
        place = f"{difference.file} row {difference.row} {difference.column}"
        console.print(f"explained: {place}: {difference.explanation}", highlight=False)
    for difference in report.beyond:
        place = f"{difference.file} row {difference.row} {difference.column}"
        console.print(f"BEYOND: {place}: expected {difference.expected}, got {difference.got}", highlight=False)
    rows = sum(column.rows for column in report.tables)
    verdict = "all within tolerance" if report.ok else f"{len(report.beyond)} beyond tolerance"
    console.print(f"{rows:,} cells checked, {len(report.explained)} within the peer's own error, {verdict}.")
    if report_to is not None:
        from equipoise.validation.document import write_report

        write_report(report, report_to)
    return report.ok


def _table(report: Report) -> Table:
    table = Table("File", "Column", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("Rows", "Absolute", "Relative", "Tolerance", "Expl.", "Beyond"):
        table.add_column(heading, justify="right")
    for column in report.tables:
        tolerance = f"{column.tolerance:.0e}" if column.tolerance else "peer's"
        table.add_row(
            column.file, column.column, str(column.rows), f"{column.largest_absolute:.1e}",
            f"{column.largest_relative:.1e}", tolerance, str(column.explained), str(column.beyond),
        )  # fmt: skip
    return table
