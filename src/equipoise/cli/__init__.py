"""The command line: one thin command over each part of the workbench."""

from equipoise.cli.main import main

__all__ = ["main"]
