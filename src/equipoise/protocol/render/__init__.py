"""From a protocol to blocks that every export lays out: texts parsed, references resolved, typed parts as tables and lists."""

from equipoise.protocol.render.blocks import (
    Block,
    Cell,
    Code,
    Document,
    Figure,
    Item,
    Items,
    Paragraph,
    Piece,
    Rendered,
    Span,
    Table,
    plain,
)  # fmt: skip
from equipoise.protocol.render.document import Signature, known_facts, render
from equipoise.protocol.render.passages import passage_blocks, text_spans
from equipoise.protocol.render.references import REFERENCE, Facts, Target, Targets, Unknown, targets, unknown_references

__all__ = [
    "REFERENCE", "Block", "Cell", "Code", "Document", "Facts", "Figure", "Item", "Items", "Paragraph", "Piece", "Rendered",
    "Signature", "Span", "Table", "Target", "Targets", "Unknown", "known_facts", "passage_blocks", "plain", "render",
    "targets", "text_spans", "unknown_references",
]  # fmt: skip
