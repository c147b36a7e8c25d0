"""A protocol as PDF, typeset by Typst: in one language, or in both beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from equipoise.protocol.document import Protocol
from equipoise.protocol.render import Document, Facts, Signature, render
from equipoise.protocol.words import LANGUAGES, Language
from equipoise.typeset import make_pdf

TEMPLATE = Path(__file__).parents[1] / "typst" / "protocol.typ"


def to_pdf(
    protocol: Protocol, language: Language | Literal["both"], *, facts: Facts | None = None,
    signatures: Sequence[Signature] = (),
) -> bytes:  # fmt: skip
    """The protocol as PDF with contents, bookmarks and a turned page for the schedule; the same protocol, the same bytes.

    "both" sets English and Chinese side by side, passage by passage, and marks translations that are missing or out of date.
    """
    chosen: tuple[Language, ...] = LANGUAGES if language == "both" else (language,)
    documents = [
        render(protocol, each, facts=facts, signatures=signatures, parallel=language == "both") for each in chosen
    ]
    return make_pdf(TEMPLATE, _layout(documents))


def _layout(documents: Sequence[Document]) -> dict[str, Any]:
    """What the template reads: the documents' sections zipped, and anchors that are each defined once."""
    first = documents[0]
    sections: list[dict[str, Any]] = []
    for same in zip(*(document.sections for document in documents), strict=True):
        section = same[0]
        sections.append({
            "number": section.number, "level": section.level, "anchor": section.anchor, "landscape": section.landscape,
            "titles": [each.title for each in same],
            "pieces": [[asdict(piece) for piece in pieces] for pieces in zip(*(each.pieces for each in same), strict=True)],
        })  # fmt: skip
    data = {
        "sides": [
            {
                "language": each.language, "front": asdict(each.front), "signing": asdict(each.signing),
                "contents": each.contents, "labels": each.labels,
            }
            for each in documents
        ],
        "sections": sections,
    }  # fmt: skip
    defined: set[str] = {section.anchor for section in first.sections}
    _define_once([section["pieces"] for section in sections], defined)
    _lead_nowhere_else(data, defined)
    return data


def _define_once(data: Any, defined: set[str]) -> None:
    """Empty the anchors that were defined before: where two stand, as for two languages, the first is led to."""
    for part in _parts(data):
        if anchor := part.get("anchor"):
            part["anchor"] = "" if anchor in defined else anchor
            defined.add(anchor)


def _lead_nowhere_else(data: Any, defined: set[str]) -> None:
    """Take away the links to what this document does not show."""
    for part in _parts(data):
        if part.get("to") and part["to"] not in defined:
            part["to"] = ""


def _parts(data: Any) -> list[dict[str, Any]]:
    """Every mapping inside, in the order of the document."""
    if isinstance(data, dict):
        return [data, *(part for value in data.values() for part in _parts(value))]
    if isinstance(data, list | tuple):
        return [part for value in data for part in _parts(value)]
    return []
