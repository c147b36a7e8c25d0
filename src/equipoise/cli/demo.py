"""`equipoise demo`: the main job from end to end on a real question, then the workbench."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

QUESTION = "dapagliflozin-hfref.toml"


def run(host: str, port: int) -> None:
    """Load the demo programme, print the search of a real question, and serve until stopped."""
    from equipoise.cli.search import search_file
    from equipoise.web.serve import check_address, load_demo, serve

    console = Console()
    check_address(host, port)
    console.print("Loading the demo programme ...")
    searched = examples() / QUESTION
    accounts = load_demo([searched, *sorted(set(examples().glob("*.toml")) - {searched})])
    result = search_file(searched, as_json=False, out=None, workers=None, keep=200)

    from equipoise.web.designs.demo import keep_demo_search  # a model, so only once the workbench is set up

    keep_demo_search(result)
    console.print(f"The workbench is at [bold]http://{host}:{port}[/bold] (Ctrl-C stops it). Sign in as one of:")
    for email, password in accounts.items():
        console.print(f"  {email}   password: {password}", highlight=False)
    serve(host, port, with_worker=True)


def examples() -> Path:
    """The folder of example questions: in the installed package, or beside the source."""
    inside = Path(__file__).parent.parent / "examples"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "examples"
