"""The small Markdown of passages as blocks: paragraphs, lists, tables, code, strong, emphasis, and references.

All else that Markdown or HTML would read as markup (headings, links, images, tags, entities) is shown as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from equipoise.protocol.render.blocks import (
    Align,
    Block,
    Cell,
    Code,
    Item,
    Items,
    Paragraph,
    Row,
    Span,
    Spans,
    Table,
)  # fmt: skip
from equipoise.protocol.render.references import REFERENCE, Targets, shown
from equipoise.protocol.words import Language

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.tree import SyntaxTreeNode

_NOT_LETTERS = re.compile(r"[\W_]+")


class _Reader:
    """Turns the tree of one passage into blocks."""

    def __init__(self, known: Targets, language: Language) -> None:
        self.known: Targets = known
        self.language: Language = language

    def blocks(self, nodes: Iterable[SyntaxTreeNode]) -> tuple[Block, ...]:
        return tuple(self.block(node) for node in nodes)

    def block(self, node: SyntaxTreeNode) -> Block:
        if node.type == "fence":
            return Code(node.content.rstrip("\n"), node.info.strip())
        if node.type in ("bullet_list", "ordered_list"):
            start = int(node.attrs.get("start", 1))
            marks = [f"{start + n}." if node.type == "ordered_list" else "•" for n in range(len(node.children))]
            return Items(
                tuple(Item(mark, self.blocks(item.children)) for mark, item in zip(marks, node.children, strict=True))
            )
        if node.type == "table":
            return self.table(node)
        return Paragraph(self.spans(node))

    def table(self, node: SyntaxTreeNode) -> Table:
        head, *bodies = node.children
        rows = tuple(self.row(row, head=False) for body in bodies for row in body.children)
        heads = tuple(self.row(row, head=True) for row in head.children)
        lengths = [max(_length(row[column]) for row in (*heads, *rows)) for column in range(len(heads[0]))]
        return Table(heads, rows, tuple(float(min(max(length, 6), 40)) for length in lengths))

    def row(self, node: SyntaxTreeNode, *, head: bool) -> Row:
        return tuple(Cell(self.spans(cell), align=_align(cell), head=head) for cell in node.children)

    def spans(self, node: SyntaxTreeNode) -> Spans:
        """The spans of a block that holds inline text."""
        inline = node.children[0] if node.children else None
        return joined(self.inline(inline.children, Span(""))) if inline is not None else ()

    def inline(self, nodes: list[SyntaxTreeNode], look: Span) -> list[Span]:
        found: list[Span] = []
        for node in nodes:
            if node.type == "strong":
                found += self.inline(node.children, Span("", strong=True, emphasis=look.emphasis))
            elif node.type == "em":
                found += self.inline(node.children, Span("", strong=look.strong, emphasis=True))
            else:
                found.append(self.leaf(node, look))
        return found

    def leaf(self, node: SyntaxTreeNode, look: Span) -> Span:
        if node.type == "reference":
            match = REFERENCE.fullmatch(node.content)
            assert match is not None
            span = shown(match, self.known, self.language)
            return Span(span.text, look.strong, look.emphasis, flag=span.flag, to=span.to)
        text = {"softbreak": _SOFT, "hardbreak": "\n"}.get(node.type, node.content)
        return Span(text, look.strong, look.emphasis, code=node.type == "code_inline")


_SOFT = "\r"
"""Where the writer broke the line in the source; no text has it, since Markdown makes it a new line."""


def passage_blocks(text: str, known: Targets, language: Language) -> tuple[Block, ...]:
    """A passage's text as blocks. No letter or figure is ever lost: where markup would hide one, the text stands as it is."""
    from markdown_it.tree import SyntaxTreeNode

    tokens = _markdown().parse(text)
    if _letters(text) != _letters("".join(_said(tokens))):
        return tuple(
            Paragraph(text_spans(part, known, language)) for part in re.split(r"\n\s*\n", text) if part.strip()
        )
    return _Reader(known, language).blocks(SyntaxTreeNode(tokens).children)


def text_spans(text: str, known: Targets, language: Language) -> Spans:
    """A text without markup, but with references, as spans."""
    found: list[Span] = []
    at = 0
    for match in REFERENCE.finditer(text):
        found += [Span(text[at : match.start()]), shown(match, known, language)]
        at = match.end()
    return joined([*found, Span(text[at:])])


def joined(spans: Iterable[Span]) -> Spans:
    """Spans without the empty ones, the source's line breaks made blanks, or nothing between Chinese characters."""
    kept = [span for span in spans if span.text]
    made: list[Span] = []
    for place, span in enumerate(kept):
        if span.text != _SOFT:
            made.append(span)
            continue
        before = kept[place - 1].text[-1] if place else ""
        after = kept[place + 1].text[0] if place + 1 < len(kept) else ""
        if not (_wide(before) and _wide(after)):
            made.append(Span(" "))
    return tuple(made)


def _wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in "WF"


def _length(cell: Cell) -> int:
    """How much room a cell's text takes, in Latin letters."""
    return sum(2 if _wide(character) else 1 for span in cell.spans for character in span.text)


def _align(node: SyntaxTreeNode) -> Align:
    style = str(node.attrs.get("style", ""))
    return "right" if "right" in style else "center" if "center" in style else "left"


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", REFERENCE.sub("", text))


def _said(tokens: Iterable[Any]) -> Iterable[str]:
    """What the tokens show, in order, the numbers of lists among it."""
    for token in tokens:
        if token.children:
            yield from _said(token.children)
        elif token.type in ("list_item_open", "fence"):
            yield token.info + token.content
        else:
            yield token.content


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("zero")
    reader.enable(["table", "list", "fence", "emphasis", "backticks", "escape", "newline"])
    reader.inline.ruler.before("escape", "reference", _reference)
    return reader


def _reference(state: StateInline, silent: bool) -> bool:
    match = REFERENCE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("reference", "", 0).content = match[0]
    state.pos = match.end()
    return True
