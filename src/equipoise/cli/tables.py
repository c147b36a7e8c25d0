"""A result as tables for a terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from equipoise.search import Candidate, SearchResult

ROLES = {
    "recommended": "Recommended",
    "fewest-expected-patients": "Fewest expected",
    "smallest-maximum": "Smallest maximum",
    "fastest": "Fastest",
    "cheapest": "Cheapest",
    "highest-assurance": "Highest assurance",
    "plain-fixed": "Plain fixed",
}
UNBOUNDED = "-"


def terminal() -> Console:
    """Standard output; what a file says is shown as it is, never taken for markup."""
    return Console(markup=False, emoji=False, highlight=False)


def plain(text: str) -> str:
    """A file's words without characters that would steer the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def print_result(result: SearchResult, console: Console) -> None:
    """The few designs worth considering, the recommendation and why, its bounds and its figures by scenario."""
    console.print(f"\n{plain(result.question.title)}", style="bold")
    own = result.evaluated == 1
    if not own:
        console.print(
            f"{result.evaluated:,} designs under {len(result.question.scenarios)} scenarios in {result.seconds:.1f} s; "
            f"{result.feasible:,} reach the target power within the limits; {result.front_size:,} on the front.\n"
        )
        if result.simulation:
            console.print(f"{result.simulation.sentence}\n")
        named = [candidate for candidate in result.candidates if candidate.roles]
        console.print(designs_table(result, named))
        for candidate in named:
            console.print(Text.assemble("  ", (candidate.id, "bold"), f"  {candidate.text}"))
    best = result.candidates[0] if own else result.candidate(result.recommended)
    if best is None:
        console.print("No design can be recommended.", style="bold")
    else:
        name = "Your design" if own else f"Recommended: {best.id}"
        console.print(Text.assemble("\n", (name, "bold"), f"  {best.text}"))
        console.print(scenario_table(best, result.question.cost.currency))
        if best.design["looks"] > 1:
            console.print(
                looks_table(best, result.question.scenarios[result.question.primary].name, result.question.primary)
            )
    for sentence in result.why:
        console.print(f"  • {plain(sentence)}")
    console.print()


def designs_table(result: SearchResult, candidates: list[Candidate]) -> Table:
    """Designs side by side, by their averaged figures and their power as planned; each in words below."""
    primary = result.question.primary
    table = Table(
        padding=(0, 1, 0, 0), title="Worth considering", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD
    )
    currency = result.question.cost.currency
    for heading in ("", "Id"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Power", "Assur.", "Patients", "at most", "Months", plain(currency)):
        table.add_column(heading, justify="right", no_wrap=True)
    for candidate in candidates:
        style = "bold" if "recommended" in candidate.roles else None
        table.add_row(
            "\n".join(ROLES[role] for role in candidate.roles), candidate.id,
            f"{candidate.scenarios[primary].power:.1%}", f"{candidate.assurance:.1%}",
            f"{candidate.expected_patients:,.0f}", f"{candidate.max_patients:,.0f}",
            f"{candidate.expected_months:.1f}", _money(candidate.expected_cost), style=style,
        )  # fmt: skip
    table.caption = "Power as planned; all else averaged over the scenarios' weights."
    table.caption_justify = "left"
    return table


def _money(amount: float) -> str:
    """A cost in few digits: 39.9M, 820k."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if amount >= size:
            return f"{amount / size:.1f}{letter}" if amount < 100 * size else f"{amount / size:.0f}{letter}"
    return f"{amount:.0f}"


def scenario_table(candidate: Candidate, currency: str) -> Table:
    """One design under every scenario."""
    table = Table("Scenario", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("Power", "Type I", "Early", "Patients", "at most", "Months", "at most", plain(currency)):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in candidate.scenarios:
        table.add_row(
            plain(row.name), f"{row.power:.1%}", f"{row.type_one_error:.4f}", f"{row.stop_early:.0%}",
            f"{row.expected_patients:,.0f}", f"{row.max_patients:,.0f}", f"{row.expected_months:.1f}",
            f"{row.max_months:.1f}", _money(row.expected_cost),
        )  # fmt: skip
    return table


def looks_table(candidate: Candidate, scenario: str, primary: int) -> Table:
    """When the design looks, what stops it, and how likely as planned."""
    facts, row = candidate.design, candidate.scenarios[primary]
    headings = ["Look", "Info", "Month", "Patients", "Reject Z≥", "Stop Z<", "Efficacy", "Futility"]
    table = Table(
        *headings,
        box=box.SIMPLE_HEAD,
        title=f"Looks (months and chances as in “{plain(scenario)}”)",
        title_justify="left",
    )
    for k in range(facts["looks"]):
        futility = facts["futility"][k]
        last = k + 1 == facts["looks"]
        table.add_row(
            str(k + 1), f"{facts['information'][k]:.0%}", f"{row.months[k]:.1f}", f"{row.patients[k]:,.0f}",
            f"{facts['critical'][k]:.3f}", UNBOUNDED if futility is None else f"{futility:.3f}",
            f"{row.stop_efficacy[k]:.1%}", UNBOUNDED if last else f"{row.stop_futility[k]:.1%}",
        )  # fmt: skip
    return table
