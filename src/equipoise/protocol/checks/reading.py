"""A protocol's text as sentences, with references resolved and numbers in digits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from equipoise.protocol.checks.numerals import plain_numbers
from equipoise.protocol.checks.report import Place
from equipoise.protocol.document import Passage, Protocol
from equipoise.protocol.facts import facts
from equipoise.protocol.figures import Fact
from equipoise.protocol.gaps import gaps
from equipoise.protocol.render.references import REFERENCE, Targets, targets
from equipoise.protocol.words import LANGUAGES, Language

ENOUGH = 25
"""Letters (a Chinese sign counts as three) that a passage must have outside its gaps to say anything."""
_ENDS = re.compile(r"(?<=[。；！？])|(?<=[.;!?])\s+(?=[A-Z\d(])|\n+")
_CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


class Sentence(NamedTuple):
    """A sentence with its place; numbers are digits without separators."""

    text: str
    language: Language
    place: Place


class Reading:
    """A protocol with what its checks ask of it again and again, worked out once."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """The facts of the design, none where the protocol has no source."""
        return facts(self.protocol.source) if self.protocol.source else {}

    @cached_property
    def targets(self) -> Targets:
        """What every reference stands for."""
        return targets(self.protocol, self.facts)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence of every passage, in both languages."""
        return tuple(
            sentence
            for section in self.protocol.sections
            for passage in section.passages
            for language in LANGUAGES
            for sentence in self._cut(section.number, passage, language)
        )

    @property
    def of_this_trial(self) -> tuple[Sentence, ...]:
        """All but the introduction and the references, which tell of other studies."""
        return tuple(s for s in self.sentences if not any(inside(s.place.section, number) for number in ("2", "14")))

    def within(self, *sections: str) -> tuple[Sentence, ...]:
        """The sentences of these sections and what stands below them."""
        return tuple(s for s in self.sentences if any(inside(s.place.section, number) for number in sections))

    def said(self, *sections: str) -> str:
        """All text of these sections in both languages, in digits; gaps say nothing."""
        return "\n".join(s.text for s in self.within(*sections))

    @cached_property
    def everything(self) -> str:
        """All text, of passages and of objectives, endpoints and arms."""
        protocol = self.protocol
        texts = [part.text for part in (*protocol.objectives, *protocol.endpoints, *protocol.criteria)]
        return "\n".join([*(s.text for s in self.sentences), *(f"{words.en}\n{words.zh}" for words in texts)])

    def passages(self, *sections: str) -> list[Place]:
        """The passages of these sections that say something beside what they still ask for."""
        said: dict[Place, int] = {}
        for sentence in self.within(*sections):
            place = sentence.place.model_copy(update={"quote": ""})
            said[place] = said.get(place, 0) + len(sentence.text) * (3 if sentence.language == "zh" else 1)
        return [place for place, letters in said.items() if letters >= ENOUGH]

    def resolved(self, text: str, language: Language) -> str:
        """A text as it reads: facts in their place, names of parts by their labels, gaps gone."""
        return REFERENCE.sub(lambda m: self._named(m[1], m[2].strip(), language), text)

    def gaps(self, *sections: str) -> list[tuple[Place, str]]:
        """What is still asked for in these sections, each once."""
        found: list[tuple[Place, str]] = []
        for section in self.protocol.sections:
            if sections and not any(inside(section.number, number) for number in sections):
                continue
            for passage in section.passages:
                asked = gaps(passage.text.en) or gaps(passage.text.zh)
                found += [(Place(section=section.number, passage=passage.id, quote=text), text) for text in asked]
        return found

    def _cut(self, number: str, passage: Passage, language: Language) -> Iterable[Sentence]:
        text = _CODE.sub("", passage.text.only(language))
        for line in text.splitlines():
            for part in _ENDS.split(plain_numbers(self.resolved(_row(line), language)).replace("*", "")):
                if part.strip():
                    quote = part.strip()[:200]
                    yield Sentence(part.strip(), language, Place(section=number, passage=passage.id, quote=quote))

    def _named(self, kind: str, name: str, language: Language) -> str:
        if kind == "todo":
            return ""
        target = self.targets.get(f"{kind}:{name}")
        return target.words.said(language) if target else name


def inside(number: str, above: str) -> bool:
    """Whether a section is this one or below it."""
    return number == above or number.startswith(above + ".")


def _row(line: str) -> str:
    """A two-column table row reads as "label: value"; wider tables hold figures that no sentence claims."""
    if not line.lstrip().startswith("|"):
        return line
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    return f"{cells[0]}: {cells[1]}" if len(cells) == 2 and not set(cells[0]) <= set(":- ") else ""
