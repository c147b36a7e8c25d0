"""The report of a search as one page of HTML that needs nothing else."""

from __future__ import annotations

from html import escape
from importlib import resources
from string import Template
from typing import Any

from equipoise import __version__
from equipoise.charts import boundary_chart, front_chart, power_chart
from equipoise.cli.tables import ROLES
from equipoise.search import Candidate, SearchResult, power_curve

Row = list[str]


def report_html(result: SearchResult) -> str:
    """The question, the recommendation and why, the designs side by side, charts, and every figure by scenario."""
    page = Template(resources.files("equipoise.cli").joinpath("report.html").read_text("utf-8"))
    best = result.candidate(result.recommended)
    lead = (
        f"{result.evaluated:,} designs judged under {len(result.question.scenarios)} scenarios; {result.feasible:,} reach the "
        f"target power of {result.question.endpoint.power:.0%} within the limits; {result.front_size:,} are on the front."
    )
    if result.simulation:
        lead += f" {result.simulation.sentence}"
    return page.substitute(
        title=escape(result.question.title),
        lead=escape(lead),
        best_title=escape(f"Recommended: {best.id}" if best else "No design can be recommended"),
        best_text=escape(best.text if best else ""),
        why="".join(f"<li>{escape(sentence)}</li>" for sentence in result.why),
        question=_question(result),
        designs=_designs(result),
        front=_svg(front_chart(result)),
        details=_details(result, best) if best else "",
        robustness=_robustness(result),
        version=__version__,
    )


def table(headings: Row, rows: list[Row], words: int = 1) -> str:
    """A table in a frame that scrolls; the first `words` columns hold words, the others numbers."""
    kind = ["", ' class="wide"'][:words] + [' class="n"'] * (len(headings) - words)
    head = "".join(f'<th scope="col"{style}>{escape(cell)}</th>' for cell, style in zip(headings, kind, strict=True))
    lines = [
        "<tr>" + "".join(f"<td{style}>{escape(cell)}</td>" for cell, style in zip(row, kind, strict=True)) + "</tr>"
        for row in rows
    ]
    return f'<div class="frame" tabindex="0" role="group" aria-label="{escape(headings[0] or "table")}"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _question(result: SearchResult) -> str:
    picot = result.question.picot
    parts = {name.capitalize(): value for name, value in picot.model_dump().items()}
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in parts.items())


def _designs(result: SearchResult) -> str:
    primary, currency = result.question.primary, result.question.cost.currency
    headings = [
        "Design", "In words", "Power as planned", "Assurance", "Patients expected", "Patients at most", "Months expected",
        f"Cost expected ({currency})",
    ]  # fmt: skip
    rows = [
        [
            f"{candidate.id}: {', '.join(ROLES[role].lower() for role in candidate.roles)}", candidate.text,
            f"{candidate.scenarios[primary].power:.1%}", f"{candidate.assurance:.1%}",
            f"{candidate.expected_patients:,.0f}", f"{candidate.max_patients:,.0f}", f"{candidate.expected_months:.1f}",
            f"{candidate.expected_cost:,.0f}",
        ]
        for candidate in result.candidates
        if candidate.roles
    ]  # fmt: skip
    return table(headings, rows, words=2)


def _details(result: SearchResult, best: Candidate) -> str:
    question = result.question
    fixed = result.with_role("plain-fixed")
    compared = [best] + ([fixed] if fixed and fixed.id != best.id else [])
    curves = {candidate.id: power_curve(question, candidate.family, candidate.design) for candidate in compared}
    effect = curves[best.id]["effect_label"].capitalize()
    parts = [f"<h2>{escape(best.id)} under each scenario</h2>", _scenarios(best, question.cost.currency)]
    parts += [
        "<h2>Power over the effect</h2>",
        _figure(
            power_chart(curves, target=question.endpoint.power, labels={"effect": effect}),
            "The dashed line is the target power.",
        ),
    ]
    if best.design["looks"] > 1:
        parts += [
            "<h2>Looks and boundaries</h2>",
            _looks(best, question.primary),
            _figure(
                boundary_chart([best]),
                "Stop for efficacy on or above the upper bounds, for futility below the lower ones.",
            ),
        ]
    return "".join(parts)


def _scenarios(best: Candidate, currency: str) -> str:
    headings = [
        "Scenario",
        "Power",
        "Type I error",
        "Stops early",
        "Patients expected",
        "at most",
        "Months expected",
        "at most",
        f"Cost ({currency})",
    ]
    rows = [
        [
            row.name, f"{row.power:.1%}", f"{row.type_one_error:.4f}", f"{row.stop_early:.0%}",
            f"{row.expected_patients:,.0f}", f"{row.max_patients:,.0f}", f"{row.expected_months:.1f}",
            f"{row.max_months:.1f}", f"{row.expected_cost:,.0f}",
        ]
        for row in best.scenarios
    ]  # fmt: skip
    return table(headings, rows)


def _looks(best: Candidate, primary: int) -> str:
    facts, row = best.design, best.scenarios[primary]
    rows = [
        [
            str(k + 1), f"{facts['information'][k]:.1%}", f"{row.months[k]:.1f}", f"{row.patients[k]:,.0f}",
            f"{facts['critical'][k]:.4f}", f"{facts['nominal_p'][k]:.5f}",
            "–" if facts["futility"][k] is None else f"{facts['futility'][k]:.4f}",
            f"{row.stop_efficacy[k]:.1%}", f"{row.stop_futility[k]:.1%}",
        ]
        for k in range(facts["looks"])
    ]  # fmt: skip
    headings = [
        "Look",
        "Information",
        "Month",
        "Patients",
        "Reject at Z ≥",
        "one-sided p ≤",
        "Stop below Z",
        "Chance: efficacy",
        "Chance: futility or no rejection",
    ]
    return table(headings, rows)


def _robustness(result: SearchResult) -> str:
    if not result.robustness:
        return "<p>Nothing is recommended.</p>"
    rows = [
        [
            limit.scenario, f"{limit.weight_now:.0%}",
            "any" if limit.weight_limit is None else f"{limit.weight_limit:.0%}", limit.then or "–",
        ]
        for limit in result.robustness
    ]  # fmt: skip
    return table(["Scenario", "Weight now", "Stays best up to", "Then wins"], rows)


def _figure(chart: Any, caption: str) -> str:
    return f"<figure>{_svg(chart)}<figcaption>{escape(caption)}</figcaption></figure>"


def _svg(chart: Any) -> str:
    import vl_convert

    return vl_convert.vegalite_to_svg(chart.to_json())
