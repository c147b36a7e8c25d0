"""`equipoise search` and `equipoise evaluate`."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from equipoise.cli import interrupts
from equipoise.errors import InputError
from equipoise.search import SearchCancelled, SearchResult, evaluate_file, read_question, run_search

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

STAGES = {"boundaries": "Boundaries", "designs": "Designs", "trials": "Virtual trials", "front": "Recommendation"}


def search_file(file: Path, *, as_json: bool, out: Path | None, **how: Any) -> SearchResult:
    """Search a question file's designs; print the answer, and write it to a folder if one is named. `how` is run_search's."""
    question = read_question(file)
    if out is not None:
        check_place(out)
    with progress() as report:
        try:
            result = run_search(question, on_progress=report, cancelled=lambda: bool(interrupts), **how)
        except SearchCancelled:
            raise KeyboardInterrupt from None
    if out is not None:
        from equipoise.cli.folder import write_folder

        write_folder(result, out)
    show(result, as_json=as_json)
    if out is not None and not as_json:
        from equipoise.cli.tables import terminal

        terminal().print(f"Written to {out}: report.html, front.svg, front.png, candidates.csv, result.json")
    return result


def check_place(folder: Path) -> None:
    """Raise InputError unless the folder, or the nearest there is above it, can be written; before any work."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise InputError("--out", str(folder), "a folder that can be written, or a name that is free in one")


def check_checkpoint(file: Path | None) -> None:
    """Raise InputError unless the file can be written; before any work."""
    if file is not None and (file.is_dir() or not os.access(file.absolute().parent, os.W_OK | os.X_OK)):
        raise InputError("--checkpoint", str(file), "a file in a folder that can be written")


def evaluate_one(file: Path, *, as_json: bool) -> None:
    """Print the operating characteristics of a design file."""
    show(evaluate_file(file), as_json=as_json)


def show(result: SearchResult, *, as_json: bool) -> None:
    """The result as JSON or as tables, on standard output."""
    if as_json:
        print(result.model_dump_json(by_alias=True))  # noqa: T201
        return
    from equipoise.cli.tables import print_result, terminal

    print_result(result, terminal())


@contextmanager
def progress() -> Generator[Callable[[int, int, str], None]]:
    """A progress bar on standard error, gone when done; none where no one is looking."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def report(done: int, total: int, stage: str) -> None:
            bar.update(task, completed=done, total=total, description=STAGES[stage])

        yield report
