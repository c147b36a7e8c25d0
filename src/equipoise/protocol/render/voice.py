"""How a text in two languages is said in one of them: its references resolved, and its translation's state beside it."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.protocol.render.blocks import Block, Cell, Paragraph, Span, Spans
from equipoise.protocol.render.labels import label, label_words
from equipoise.protocol.render.passages import passage_blocks, text_spans
from equipoise.protocol.render.references import Targets
from equipoise.protocol.words import Language, Words


@dataclass(frozen=True)
class Voice:
    """A language to speak in. `alone` where no other language stands beside: then what is not translated is said in the other."""

    language: Language
    known: Targets
    alone: bool = True

    def label(self, name: str) -> str:
        """One of the document's own words."""
        return label(name, self.language)

    def text(self, words: Words) -> str:
        """The bare text, in the other language if there is none in this."""
        return words.said(self.language)

    def spans(self, words: Words) -> Spans:
        """A typed part's text."""
        return self._remark(words, text_spans(self._chosen(words), self.known, self.language))

    def blocks(self, words: Words) -> tuple[Block, ...]:
        """A passage's text; the remark on its translation stands over it."""
        remark = self._remark(words, ())
        over = (Paragraph(remark),) if remark else ()
        return (*over, *passage_blocks(self._chosen(words), self.known, self.language))

    def head(self, name: str, *, columns: int = 1) -> Cell:
        """A cell that names its column or row by one of the document's own words."""
        return Cell((Span(self.label(name), strong=True),), columns, head=True)

    def cell(self, words: Words, *, anchor: str = "") -> Cell:
        """A cell with a typed part's text."""
        return Cell(self.spans(words), anchor=anchor)

    def own(self, name: str) -> Cell:
        """A cell with one of the document's own words."""
        return self.cell(label_words(name))

    def _chosen(self, words: Words) -> str:
        return words.said(self.language) if self.alone else words.only(self.language)

    def _remark(self, words: Words, spans: Spans) -> Spans:
        """The spans, and what a reader must know of this language's text: not there, or made from words that changed."""
        missing = words.missing() == self.language
        if not missing and words.out_of_date() != self.language:
            return spans
        remark = Span(self.label("missing" if missing else "out_of_date"), flag=True)
        return (*spans, Span(" "), remark) if spans else (remark,)


def cell(text: str, *, align: str = "left", strong: bool = False) -> Cell:
    """A cell with a bare text."""
    assert align in ("left", "center", "right")
    return Cell((Span(text, strong=strong),) if text else (), align=align)
