"""The validation report of the documentation, made from a report's figures."""

from __future__ import annotations

from pathlib import Path

from equipoise.errors import InputError
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

The largest difference of a bound, about 1e-6, is about 4e-7 of the bound. It is rpact's: its root finder stops once the error
spent is right to 1e-8, and at a bound near 3, where the density is 0.0044, that leaves the bound open to about 2e-6. Levels
and errors spent at an early look may be as small as 1e-12, so there a relative difference of 5e-6 is an absolute one of 7e-18.

## When a difference is explained

A figure beyond tolerance is *explained* only by what can be shown on its own row; every such row is listed, none is dropped.

- *Group-sequential bounds.* Equipoise computes the error that rpact's own bounds spend (its crossing probabilities are
  accurate to 1e-9). Where they miss the error they should spend, the text says by how much, and a size or power that follows
  from rpact's bounds is explained by them. The row must agree with itself (its levels are those of its bounds, it states all
  of its error as spent, a futility bound goes with the row's size and power), and the miss must be of rpact's size: at most
  1e-4, more only where looks lie less than 3% of the information apart, which rpact's grid does not resolve.
- *Limits of rpact.* It puts a bound that spends less than about 1e-15 at infinity and integrates to 7.5 there, puts no futility
  bound below -6 (and writes -6 where there is none), and looks for a repeated p-value by bisection from 1e-5, to 1e-5.
- *A last look before all information is in.* Both spend only what the spending function has released. Of the expected size
  rpact then counts a trial that ends at the last look as all of the information; Equipoise counts what it has.
- *Simulations.* Both are random: within four joint standard errors.

"""


def write_report(report: Report, path: Path) -> None:
    """Write the report as Markdown. Raises InputError."""
    try:
        path.write_text(document(report), encoding="utf-8")
    except OSError as error:
        raise InputError("--report", str(path), f"a file that can be written ({error.strerror})") from None


def document(report: Report) -> str:
    """The report as Markdown."""
    files = dict.fromkeys(column.file for column in report.tables)
    parts = [HEAD]
    for file in files:
        columns = [column for column in report.tables if column.file == file]
        parts.append(f"## {file}\n\n{_table(columns)}\n")
    parts += [_differences("Explained by the peer's own error", report.explained)]
    parts += [_differences("Beyond tolerance", report.beyond)]
    if report.faults:
        parts.append("## Not read\n\n" + "\n".join(f"- {fault}" for fault in report.faults) + "\n")
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
