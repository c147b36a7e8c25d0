"""What a rendered document is made of: spans in blocks in sections, the same for Word, PDF and Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from equipoise.protocol.words import Language

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Span:
    """Letters of one look; "\\n" breaks the line. `to` is the anchor that it leads to, `flag` marks a remark of ours."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    raised: bool = False
    flag: bool = False
    to: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `title` stands over what follows it."""

    spans: Spans
    title: bool = False
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Item:
    """One of a list's, with what is to stand before it, such as "(3)", "2." or "•"."""

    mark: str
    blocks: tuple[Block, ...]
    anchor: str = ""


@dataclass(frozen=True)
class Items:
    """A list, numbered or not: the marks say it."""

    items: tuple[Item, ...]
    kind: Literal["items"] = "items"


@dataclass(frozen=True)
class Code:
    """Lines to be shown as they are."""

    text: str
    language: str = ""
    kind: Literal["code"] = "code"


@dataclass(frozen=True)
class Cell:
    """A cell over so many columns; `head` where it names its row, column or group."""

    spans: Spans
    columns: int = 1
    align: Align = "left"
    head: bool = False
    anchor: str = ""


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """Rows under heading rows, which are repeated on every page; `widths` are the columns' shares."""

    head: tuple[Row, ...]
    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    small: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Figure:
    """The trial schema: its data (schema.py), and in words for those who do not see it."""

    data: dict[str, object]
    alternative: str
    kind: Literal["figure"] = "figure"


Block = Paragraph | Items | Code | Table | Figure


@dataclass(frozen=True)
class Piece:
    """What belongs together, a passage or a typed part; `wide` needs the page's whole width."""

    blocks: tuple[Block, ...]
    wide: bool = False


@dataclass(frozen=True)
class Rendered:
    """A section under its heading; `landscape` where its table needs the page turned."""

    number: str
    title: str
    pieces: tuple[Piece, ...]
    landscape: bool = False

    @property
    def level(self) -> int:
        """1 for a chapter, 2 for its sections, and so on."""
        return self.number.count(".") + 1

    @property
    def anchor(self) -> str:
        """What references to it lead to."""
        return f"section-{self.number}"


@dataclass(frozen=True)
class Front:
    """The title page: title, subtitle, what identifies the document, and what runs along each page."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, Spans], ...]
    running: str
    version: str
    remark: str


@dataclass(frozen=True)
class Signing:
    """The page to be signed: the statement, the table, and the digest of what is signed."""

    title: str
    statement: str
    table: Table
    digest: str


@dataclass(frozen=True)
class Document:
    """A protocol ready to be laid out in one language."""

    language: Language
    front: Front
    signing: Signing
    contents: str
    sections: tuple[Rendered, ...]
    labels: dict[str, str]


def plain(spans: Spans) -> str:
    """The letters alone."""
    return "".join(span.text for span in spans)
