"""The command line: one thin command over each part of the workbench."""

__all__ = ["main"]


def main() -> None:
    """Run the command; Ctrl-C while it is still loading ends in one line too."""
    import sys

    try:
        from equipoise.cli.main import main as run
    except KeyboardInterrupt:
        print("equipoise: interrupted; nothing was changed", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    run()
