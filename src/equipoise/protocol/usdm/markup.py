"""Text of USDM documents is XHTML; text of protocols is small Markdown (sections) or plain (parts). From one to the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_BLANK = re.compile(r"\n\s*\n")
_STYLE = re.compile(r' style="text-align:[a-z]+"')
_TAG = re.compile(r'<usdm:tag\s+name="([^"]*)"\s*(?:/>|>\s*</usdm:tag>)')
_REFERENCE = re.compile(r"<usdm:ref\s([^>]*?)/?>(?:\s*</usdm:ref>)?")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_SPACES = re.compile(r"[ \t]+\n")


def division(markdown: str) -> str:
    """A section's Markdown as one XHTML division, as narrative content is."""
    html = _STYLE.sub("", _markdown().render(markdown)).strip()
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{html}</div>'


def paragraphs(text: str) -> str:
    """A part's plain text as XHTML paragraphs."""
    return "".join(
        f"<p>{'<br/>'.join(escape(line, quote=False) for line in part.strip().splitlines())}</p>"
        for part in _BLANK.split(text)
        if part.strip()
    )


def plain(xhtml: str) -> str:
    """XHTML as Markdown; a text without tags is itself."""
    if "<" not in xhtml and "&" not in xhtml:
        return xhtml.strip()
    from markdownify import markdownify

    found = markdownify(
        xhtml, heading_style="ATX", bullets="-", newline_style="backslash",
        escape_asterisks=False, escape_underscores=False, escape_misc=False,
    )  # fmt: skip
    return re.sub(r"\n{3,}", "\n\n", _SPACES.sub("\n", found).replace("\\\n", "\n")).strip()


def tags(xhtml: str, known: dict[str, str]) -> str:
    """XHTML with its tags replaced by what the dictionary says of them."""
    return _TAG.sub(lambda match: known.get(match[1], f"[{match[1]}]"), xhtml)


def resolved(xhtml: str, said: Callable[[str, str], str]) -> str:
    """XHTML with its references to other objects replaced by what `said` (by id and attribute) says there."""

    def one(match: re.Match[str]) -> str:
        found = dict(_ATTRIBUTE.findall(match[1]))
        return escape(said(found.get("id", ""), found.get("attribute", "")), quote=False)

    return _REFERENCE.sub(one, xhtml)


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "xhtmlOut": True}).enable("table")
