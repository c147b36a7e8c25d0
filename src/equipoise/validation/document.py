"""The validation report of the documentation, made from a report's figures."""

from __future__ import annotations

from pathlib import Path

from equipoise.validation.report import Column, Difference, Report

HEAD = """# Validation report

Made by `equipoise validate --report docs/validation.md`; every figure below was recomputed when it was made. "Largest
relative" is relative to the peer's figure. A figure is within tolerance when its absolute or its relative error is.

The reference figures are outputs of R's rpact 3.3.4 at full precision (`src/equipoise/validation/reference/README.md`).
Beside them, the tests hold every routine against a slower version written separately (`tests/`): the multivariate normal
distribution and a plain recursion for group-sequential chances, quadrature and virtual trials for survival, explicit
covariance matrices for clusters, exact enumeration for proportions, and pairs compared one by one for the front.

One convention differs. Where rpact simulates the t test (`simulated.csv`, row 6) it combines the t statistics of the stages by
inverse normal weights; Equipoise computes the t statistic of all patients so far. That row lies about three joint standard
errors apart, more than chance alone would put it, and still within the limit of four.

"""


def write_report(report: Report, path: Path) -> None:
    """Write the report as Markdown."""
    path.write_text(document(report), encoding="utf-8")


def document(report: Report) -> str:
    """The report as Markdown."""
    files = dict.fromkeys(column.file for column in report.tables)
    parts = [HEAD]
    for file in files:
        columns = [column for column in report.tables if column.file == file]
        parts.append(f"## {file}\n\n{_table(columns)}\n")
    parts += [_differences("Explained by the peer's own error", report.explained)]
    parts += [_differences("Beyond tolerance", report.beyond)]
    return "\n".join(parts).rstrip() + "\n"


def _table(columns: list[Column]) -> str:
    lines = [
        "| column | rows | largest absolute | largest relative | tolerance | explained | beyond |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for column in columns:
        tolerance = f"{column.tolerance:.0e}" if column.tolerance else "Monte-Carlo error"
        lines.append(
            f"| {column.column} | {column.rows} | {column.largest_absolute:.1e} | {column.largest_relative:.1e} | "
            f"{tolerance} | {column.explained} | {column.beyond} |"
        )
    return "\n".join(lines) + "\n"


def _differences(title: str, differences: list[Difference]) -> str:
    if not differences:
        return f"## {title}\n\nNone.\n"
    lines = [
        f"- {difference.file} row {difference.row}, {difference.column}: peer {difference.expected}; "
        f"Equipoise {difference.got}. {difference.explanation or ''}".rstrip()
        for difference in differences
    ]
    return f"## {title}\n\n" + "\n".join(lines) + "\n"
