"""The commands, and how what goes wrong is said: one line and an exit status, never a traceback."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated

import typer

from equipoise import __version__
from equipoise.errors import InputError, NoSolutionError

WRONG_INPUT, FAILED, INTERRUPTED = 2, 70, 130

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="From a clinical question to a study worth running.",
)  # fmt: skip

File = Annotated[Path, typer.Argument(help="A question file (TOML).", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]


def main() -> None:
    """Run the command; what goes wrong ends in one line on standard error."""
    try:
        sys.exit(app(standalone_mode=False))  # None, or the status of a typer.Exit
    except (InputError, NoSolutionError) as error:
        _say(str(error))
        sys.exit(WRONG_INPUT)
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted; nothing was changed")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        said = getattr(error, "format_message", None)  # wrong use, as the command parser says it
        if said is not None:
            _say(said())
            sys.exit(WRONG_INPUT)
        log = Path(tempfile.mkdtemp(prefix="equipoise-")) / "error.log"
        log.write_text(traceback.format_exc(), encoding="utf-8")
        _say(f"something went wrong that should not ({type(error).__name__}); the details are in {log}")
        sys.exit(FAILED)


def _say(message: str) -> None:
    print("equipoise: " + " ".join(message.split()), file=sys.stderr)  # noqa: T201


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
    keep: Annotated[int, typer.Option(min=1, help="Candidates described in full.")] = 200,
) -> None:
    """Search the designs for a question, and recommend one."""
    from equipoise.cli.search import search_file

    search_file(file, as_json=as_json, out=out, workers=workers, keep=keep)


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
    """Recompute reference values, and say how far they are."""
    from equipoise.cli.validate import validate_and_show

    raise typer.Exit(0 if validate_and_show(files or None, report) else 1)


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
