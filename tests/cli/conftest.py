"""Running the command as a user does, in this process."""

import sys

import pytest

from equipoise.cli import main


@pytest.fixture
def equipoise(monkeypatch, capsys):
    """Run `equipoise ...`; returns (exit status, standard output, standard error)."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["equipoise", *map(str, arguments)])
        status = 0
        try:
            main()
        except SystemExit as leave:
            status = leave.code or 0
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


@pytest.fixture
def small(tmp_path):
    """A small question file."""
    from equipoise.search import write_toml
    from tests.search.questions import question

    path = tmp_path / "small.toml"
    path.write_text(write_toml(question("mean")), encoding="utf-8")
    return path
