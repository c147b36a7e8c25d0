"""The commands, and how what goes wrong is said: one line and an exit status, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import Annotated

import typer

from equipoise import __version__
from equipoise.errors import ApproximationWarning, InputError, NoSolutionError

WRONG_INPUT, FAILED, NOT_WRITTEN, INTERRUPTED = 2, 70, 74, 130

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="From a clinical question to a study worth running.",
)  # fmt: skip

File = Annotated[Path, typer.Argument(help="A question file (TOML).", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


def main() -> None:
    """Run the command; what goes wrong ends in one line on standard error."""
    warnings.showwarning = _note
    try:
        status = app(standalone_mode=False)  # None, or the status of a typer.Exit
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has seen enough
        _drop_output()
        sys.exit(0)
    except Exception as error:
        message, status = _told(error)
        _say(message)
        if isinstance(error, OSError):
            _drop_output()
    if status == INTERRUPTED:  # how the command parser returns Ctrl-C
        _say("interrupted; nothing was changed")
    sys.exit(status)


def _told(error: Exception) -> tuple[str, int]:
    """An error as the line that is shown, and the exit status."""
    if isinstance(error, (InputError, NoSolutionError)):
        return str(error), WRONG_INPUT
    if isinstance(error, typer.Abort):
        return "interrupted; nothing was changed", INTERRUPTED
    wrong_use = getattr(error, "format_message", None)  # as the command parser says it
    if wrong_use is not None:
        return wrong_use(), WRONG_INPUT
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return f"could not write ({error.strerror}); free some space and try again", NOT_WRITTEN
    log = Path(tempfile.mkdtemp(prefix="equipoise-")) / "error.log"
    log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return f"something went wrong that should not ({type(error).__name__}); the details are in {log}", FAILED


def _drop_output() -> None:
    """Send what is left in the output nowhere, so that Python does not complain on its way out."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _note(message: Warning | str, *_: object, **__: object) -> None:
    """A warning that is meant for users as one line; those of the numerical libraries are not."""
    if isinstance(message, ApproximationWarning):
        _say(f"note: {message}")


def _say(message: str) -> None:
    line = "".join(letter if letter.isprintable() else " " for letter in message)
    print("equipoise: " + " ".join(line.split()), file=sys.stderr)  # noqa: T201


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"equipoise {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version.")
    ] = False,
) -> None:
    """From a clinical question to a study worth running."""


@app.command()
def search(
    file: File,
    as_json: AsJson = False,
    out: Annotated[Path | None, typer.Option(help="A folder for the report, the charts and the tables.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; all processors by default.")] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Processes of this machine for virtual trials, instead of threads.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="A Dask scheduler for virtual trials, such as tcp://10.0.0.5:8786.")
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="A file to keep virtual trials in; a search that was interrupted goes on from it."),
    ] = None,
    keep: Annotated[int, typer.Option(min=1, help="Candidates described in full.")] = 200,
) -> None:
    """Search the designs for a question, and recommend one."""
    from equipoise.cli.search import check_checkpoint, search_file

    check_checkpoint(checkpoint)
    search_file(
        file, as_json=as_json, out=out, workers=workers, processes=processes, cluster=cluster, checkpoint=checkpoint,
        keep=keep,
    )  # fmt: skip


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="A question file with a [design] table.")], as_json: AsJson = False
) -> None:
    """The operating characteristics of a design of your own."""
    from equipoise.cli.search import evaluate_one

    evaluate_one(file, as_json=as_json)


@app.command()
def new(file: Annotated[Path, typer.Argument(help="Where to write the question.")] = Path("question.toml")) -> None:
    """Ask for a question step by step, and write its file."""
    from equipoise.cli.new import ask

    ask(file)


@app.command()
def validate(
    files: Annotated[list[Path] | None, typer.Argument(help="Reference files; all that are shipped if none.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the validation report (Markdown) here too.")] = None,
) -> None:
    """Recompute reference values, and say how far they are.

    Ends with 0 if all agree, 1 if a figure is beyond tolerance, 2 if a file or a row could not be read.
    """
    from equipoise.cli.validate import validate_and_show

    raise typer.Exit(validate_and_show(files or None, report))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
) -> None:
    """Serve the workbench, with its worker."""
    from equipoise.web.serve import serve as serve_workbench

    serve_workbench(host, port, with_worker=True)


@app.command()
def demo(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
) -> None:
    """Load the demo programme, search a real question, and serve the workbench."""
    from equipoise.cli.demo import run

    run(host, port)
