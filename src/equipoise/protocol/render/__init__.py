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
from equipoise.protocol.render.places import PLACES, objective_places, section_titles, shown_sections
from equipoise.protocol.render.references import REFERENCE, Facts, Target, Targets, Unknown, targets, unknown_references

__all__ = [
    "PLACES", "REFERENCE", "Block", "Cell", "Code", "Document", "Facts", "Figure", "Item", "Items", "Paragraph", "Piece", "Rendered",
    "Signature", "Span", "Table", "Target", "Targets", "Unknown", "known_facts", "objective_places", "passage_blocks", "plain",
    "render", "section_titles", "shown_sections", "targets", "text_spans", "unknown_references",
]  # fmt: skip
