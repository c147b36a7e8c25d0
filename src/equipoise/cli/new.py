"""`equipoise new`: a question asked for step by step, checked at each answer, and written as a file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from equipoise.errors import InputError
from equipoise.search import Question, parse_question, write_toml

SHARE = "such as 0.3 or 30%"
KINDS = {"1": "proportion", "2": "mean", "3": "survival", "4": "count"}
TERMS: dict[str, list[tuple[str, str, str]]] = {
    "proportion": [
        ("control", f"Share of patients with the outcome under the comparator, {SHARE}", "0.30"),
        ("treatment", f"The share you hope for under the intervention, {SHARE}", "0.22"),
    ],
    "mean": [
        ("difference", "Difference you hope for, intervention minus comparator", "5"),
        ("sd", "Standard deviation between patients", "12"),
    ],
    "survival": [
        ("control_median_months", "Median months to the event under the comparator", "24"),
        ("hazard_ratio", "Hazard ratio you hope for (0.8: a fifth fewer events)", "0.8"),
    ],
    "count": [
        ("control_rate", "Events a patient-year under the comparator", "1.2"),
        ("rate_ratio", "Rate ratio you hope for (0.75: a quarter fewer events)", "0.75"),
        ("dispersion", "Overdispersion between patients (0: none)", "0.5"),
    ],
}


class Dialogue:
    """Asks on the terminal, or takes piped lines; an answer that does not do is asked for again."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)

    def heading(self, text: str) -> None:
        """Say what the next questions are about."""
        self.console.print(f"\n[bold]{text}[/bold]")

    def ask(self, words: str, default: str, read: Callable[[str], Any]) -> Any:
        """The first answer that `read` accepts (it raises ValueError to say what is allowed)."""
        while True:
            asked = f"{words} [dim]\\[{default}][/dim]:" if default else words if words.endswith("?") else f"{words}:"
            self.console.print(asked, end=" ", highlight=False)
            line = sys.stdin.readline()
            if not line:
                raise InputError("the answers", None, f"an answer to “{words}”")
            try:
                return read(line.strip() or default)
            except ValueError as error:
                self.console.print(f"  [red]Not quite:[/red] {error}", highlight=False)


def ask(file: Path) -> None:
    """Ask for a question and write its file; an existing file is replaced only after a yes. Raises InputError."""
    dialogue = Dialogue()
    if file.exists():
        replace = dialogue.ask(
            f"{file} is there already. Replace it? (yes/no)", "no", _one_of({"yes": True, "no": False})
        )
        if not replace:
            raise InputError("the file", str(file), "another name, or yes to replace it")
    question = _question(dialogue)
    text = write_toml(question)
    parse_question(text)
    _write(file, text)
    dialogue.console.print(f"\nWritten to {file}. Next: equipoise search {file}", highlight=False)


def _question(dialogue: Dialogue) -> Question:
    dialogue.heading("The question")
    data: dict[str, Any] = {"title": dialogue.ask("A short title", "", _text)}
    parts = {
        "population": "Which patients?", "intervention": "What would be done for them?",
        "comparator": "Compared with what?", "outcome": "What outcome matters to them?",
        "time": "Measured when, or over what time?",
    }  # fmt: skip
    data["picot"] = {name: dialogue.ask(words, "", _text) for name, words in parts.items()}
    dialogue.heading("The endpoint")
    words = "The outcome is 1 yes or no, 2 a measurement, 3 the time to an event, 4 a number of events"
    kind = dialogue.ask(words, "1", _one_of(KINDS))
    data["endpoint"] = {
        "kind": kind,
        "better": dialogue.ask(
            "Which is better for the patient, lower or higher?", "lower", _one_of(_same("lower", "higher"))
        ),
        "power": dialogue.ask(f"Wanted chance of success if the effect is real, {SHARE}", "0.9", _share(0.5, 0.9999)),
    }
    dialogue.heading("What you expect, and what you fear")
    planned = {"name": "as planned", "weight": 2.0, "primary": True}
    planned |= {term: dialogue.ask(words, default, _term(kind)) for term, words, default in TERMS[kind]}
    planned["dropout"] = dialogue.ask(
        f"Share of patients lost before the outcome is known, {SHARE}", "0.05", _share(0, 0.9)
    )
    data["scenarios"] = [planned, _smaller(kind, planned)]
    dialogue.console.print("  A scenario with three quarters of that effect is added; edit the file for more.")
    dialogue.heading("Recruitment")
    data["recruitment"] = {
        "sites": dialogue.ask("How many hospitals?", "10", _whole),
        "patients_per_site_month": dialogue.ask("Patients a month at each", "1.5", _number(0.001)),
        "opening_months": dialogue.ask("Months until the last hospital has opened", "6", _number(0)),
    }
    data["follow_up"] = {"months": [dialogue.ask("Months of follow-up", "6", _number(0))]}
    return Question.read(data)


def _smaller(kind: str, planned: dict[str, Any]) -> dict[str, Any]:
    """The planned scenario with three quarters of its effect."""
    changed = {"name": "smaller effect", "weight": 1.0, "primary": False}
    if kind == "proportion":
        changed["treatment"] = round(planned["control"] + 0.75 * (planned["treatment"] - planned["control"]), 6)
    elif kind == "mean":
        changed["difference"] = round(0.75 * planned["difference"], 6)
    else:
        term = "hazard_ratio" if kind == "survival" else "rate_ratio"
        changed[term] = round(planned[term] ** 0.75, 6)
    return {**planned, **changed}


def _write(file: Path, text: str) -> None:
    """Write beside the file and move over it, so that what was there stays whole until then."""
    try:
        handle, made = tempfile.mkstemp(dir=file.parent, prefix=".making-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(made).replace(file)
    except OSError as error:
        raise InputError("the file", str(file), f"a place that can be written ({error.strerror})") from None


def _text(answer: str) -> str:
    if not answer:
        raise ValueError("a few words, please")
    return answer


def _whole(answer: str) -> int:
    if not answer.isdigit() or int(answer) < 1:
        raise ValueError("a whole number from 1, please")
    return int(answer)


def _number(low: float = float("-inf"), high: float = float("inf")) -> Callable[[str], float]:
    def read(answer: str) -> float:
        try:
            number = float(answer)
        except ValueError:
            raise ValueError("a number, please, such as 0.25") from None
        if not (low <= number <= high) or number in (float("inf"), float("-inf")):
            raise ValueError(f"a number from {low:g} to {high:g}, please")
        return number

    return read


def _share(low: float, high: float) -> Callable[[str], float]:
    """A share as a number, or in per cent."""

    def read(answer: str) -> float:
        percent = answer.endswith("%")
        try:
            number = float(answer.removesuffix("%"))
        except ValueError:
            raise ValueError(f"a share, please, {SHARE}") from None
        share = float(f"{number / 100:.15g}") if percent else number
        if not low <= share <= high:
            raise ValueError(f"a share from {low:g} to {high:g}, please, {SHARE}")
        return share

    return read


def _term(kind: str) -> Callable[[str], float]:
    return _share(1e-6, 1 - 1e-6) if kind == "proportion" else _number()


def _one_of(choices: dict[str, Any]) -> Callable[[str], Any]:
    def read(answer: str) -> Any:
        if answer.lower() not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return choices[answer.lower()]

    return read


def _same(*words: str) -> dict[str, str]:
    return {word: word for word in words}
