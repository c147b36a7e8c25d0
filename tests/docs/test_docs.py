"""The documentation does what it says: every Python block runs and prints what stands below it, every link leads somewhere."""

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"```python\n(?P<code>.*?)```(?:\n+```text\n(?P<output>.*?)```)?", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)(?P<path>[^)#\s]+)")


def name(page):
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", [page for page in PAGES if BLOCK.search(page.read_text())], ids=name)
def test_every_python_block_runs_and_prints_what_is_shown(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    known = {}
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block["code"], name(page), "exec"), known)
        if block["output"] is not None:
            assert printed.getvalue() == block["output"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    for link in LINK.finditer(page.read_text(encoding="utf-8")):
        assert (page.parent / link["path"]).exists(), link["path"]
