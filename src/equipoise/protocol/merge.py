"""Two people's versions made one: three-way merge of texts and whole protocols, in which nobody's words are lost.

What only one of them changed is taken. What both changed differently is a conflict: listed with all three texts, while the
result holds the preferred side's. Changes that stand closer than `ANCHOR` unchanged words conflict too, lest "12 weeks" made
"24 weeks" by one and "12 months" by the other become "24 months", which nobody wrote.

Source: S. Khanna, K. Kunal, B. C. Pierce, "A formal investigation of diff3", FSTTCS 2007, section 2.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from equipoise.protocol.difference import LISTS, SCHEDULE, by_id, cells_by_pair, label_of, leaves, tokens
from equipoise.protocol.document import Origin, Passage, Protocol, Source
from equipoise.protocol.parts import Schedule
from equipoise.protocol.words import LANGUAGES, Language, Translation, Words
from equipoise.value import Value

Side = Literal["mine", "theirs"]
ANCHOR = 3
"""Words (Chinese: signs) that must stand unchanged between one side's change and the other's, for both to be taken."""
SINGLE = ("kind", "identity", "participants", "registration", "source", "kept")
REFERENCES = (
    ("estimands", "endpoint", "endpoints"),
    ("objectives", "estimands", "estimands"),
    ("objectives", "endpoints", "endpoints"),
    ("endpoints", "visits", "visits"),
    ("endpoints", "activities", "activities"),
    ("visits", "epoch", "epochs"),
    ("cells", "activity", "activities"),
    ("cells", "visit", "visits"),
)
"""Which field of which parts names which others."""


class Part(Value):
    """A stretch of a merged text: who wrote it, or, in a conflict, what each has there."""

    kind: Literal["same", "mine", "theirs", "both", "conflict"]
    base: str
    mine: str
    theirs: str

    def text(self, prefer: Side) -> str:
        """What stands in the result."""
        return self.theirs if self.kind == "theirs" or (self.kind == "conflict" and prefer == "theirs") else self.mine


class MergedText(Value):
    """A text merged from two versions."""

    parts: tuple[Part, ...]

    def text(self, prefer: Side = "mine") -> str:
        """The whole text, with this side's words where both wrote."""
        return "".join(part.text(prefer) for part in self.parts)

    @property
    def conflicts(self) -> tuple[Part, ...]:
        """The stretches that both changed, differently."""
        return tuple(part for part in self.parts if part.kind == "conflict")


class Conflict(Value):
    """What both changed differently, or one changed and the other removed; the removed reads as ""."""

    place: str
    """Dotted: "passages.p2.text", "visits.V3.day"."""
    label: Words
    language: Language | None = None
    """Of the text in which it is; None where the field is no text."""
    base: str
    mine: str
    theirs: str


class Merged(Value):
    """A protocol merged from two versions, with the preferred side's words in each conflict."""

    protocol: Protocol
    conflicts: tuple[Conflict, ...] = ()


class _Placed(Value):
    section: str
    passage: Passage


class Hunk(NamedTuple):
    """A stretch of the three sequences between (or in) what all of them share."""

    kind: Literal["same", "mine", "theirs", "both", "conflict"]
    base: Sequence[Any]
    mine: Sequence[Any]
    theirs: Sequence[Any]


def merge_text(base: str, mine: str, theirs: str) -> MergedText:
    """Two changed versions of one text as one, by words (English) and signs (Chinese)."""
    hunks = _hunks(tokens(base), tokens(mine), tokens(theirs), ANCHOR)
    return MergedText(
        parts=tuple(
            Part(kind=h.kind, base="".join(h.base), mine="".join(h.mine), theirs="".join(h.theirs)) for h in hunks
        )
    )


def merge(base: Protocol, mine: Protocol, theirs: Protocol, prefer: Side = "mine") -> Merged:
    """Two changed versions of one protocol as one.

    A part that one removed and the other changed, or still refers to, stays and is a conflict. Swapping the sides and the
    preference gives the same protocol.
    """
    merger = _Merger(prefer)
    done = merger.keyed("", _fields(base), _fields(mine), _fields(theirs))
    merger.keep_what_is_referred_to(done, [_fields(side) for side in (*merger.sides(mine, theirs), base)])
    return Merged(protocol=_assembled(done), conflicts=tuple(merger.conflicts))


def _hunks(base: Sequence[Hashable], mine: Sequence[Hashable], theirs: Sequence[Hashable], anchor: int) -> list[Hunk]:
    """The three sequences cut where all of them share at least `anchor` items in a row (white space does not count)."""
    hunks: list[Hunk] = []
    b = m = t = 0
    for start, mine_start, theirs_start, length in [
        *_shared(base, mine, theirs, anchor),
        (len(base), len(mine), len(theirs), 0),
    ]:
        between = (base[b:start], mine[m:mine_start], theirs[t:theirs_start])
        if any(between):
            hunks.append(Hunk(_kind(*between), *between))
        b, m, t = start + length, mine_start + length, theirs_start + length
        if length:
            hunks.append(Hunk("same", base[start:b], mine[mine_start:m], theirs[theirs_start:t]))
    return hunks


def _kind(
    base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]
) -> Literal["mine", "theirs", "both", "conflict"]:
    if mine == theirs:
        return "both"
    return "theirs" if mine == base else "mine" if theirs == base else "conflict"


def _shared(
    base: Sequence[Hashable], mine: Sequence[Hashable], theirs: Sequence[Hashable], anchor: int
) -> Iterable[tuple[int, int, int, int]]:
    """Runs that neither side touched: where they begin in each, and their length."""
    in_mine, in_theirs = _matches(base, mine), _matches(base, theirs)
    runs: list[list[int]] = []
    for place in (i for i in range(len(base)) if i in in_mine and i in in_theirs):
        here = [place, in_mine[place], in_theirs[place]]
        if runs and [start + runs[-1][3] for start in runs[-1][:3]] == here:
            runs[-1][3] += 1
        else:
            runs.append([*here, 1])
    for start, mine_start, theirs_start, length in runs:
        said = [item for item in base[start : start + length] if not (isinstance(item, str) and item.isspace())]
        at_an_end = start == 0 or start + length == len(base)
        if len(said) >= anchor or at_an_end:
            yield start, mine_start, theirs_start, length


def _matches(base: Sequence[Hashable], other: Sequence[Hashable]) -> dict[int, int]:
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {block.a + i: block.b + i for block in blocks for i in range(block.size)}


def _fields(protocol: Protocol) -> dict[str, Any]:
    """A protocol as it is merged: parts by identity, and passages apart from their sections, since a person may move them."""
    schedule = protocol.schedule
    return {
        **{name: getattr(protocol, name) for name in SINGLE},
        **{name: by_id(getattr(protocol, name)) for name in LISTS},
        **{name: by_id(getattr(schedule, name)) for name in SCHEDULE},
        "cells": cells_by_pair(schedule.cells),
        "notes": schedule.notes,
        "sections": {s.number: s.model_copy(update={"passages": ()}) for s in protocol.sections},
        "passages": {p.id: _Placed(section=s.number, passage=p) for s in protocol.sections for p in s.passages},
    }


def _assembled(done: dict[str, Any]) -> Protocol:
    placed: Iterable[_Placed] = done["passages"].values()
    sections = tuple(
        section.model_copy(update={"passages": tuple(p.passage for p in placed if p.section == number)})
        for number, section in done["sections"].items()
    )
    schedule = Schedule(notes=done["notes"], **{name: tuple(done[name].values()) for name in (*SCHEDULE, "cells")})
    single = {name: done.get(name) for name in SINGLE}
    return Protocol(
        **single, **{name: tuple(done[name].values()) for name in LISTS}, schedule=schedule, sections=sections
    )


class _Merger:
    """Collects the conflicts while values are merged."""

    def __init__(self, prefer: Side) -> None:
        self.prefer: Side = prefer
        self.conflicts: list[Conflict] = []

    def sides(self, mine: Any, theirs: Any) -> tuple[Any, Any]:
        """The preferred side first."""
        return (mine, theirs) if self.prefer == "mine" else (theirs, mine)

    def keyed(
        self, path: str, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Things by name, in the order of the side that changed the order."""
        done: dict[str, Any] = {}
        for name in _order(list(base), *map(list, self.sides(mine, theirs))):
            sides = (base.get(name), mine.get(name), theirs.get(name))
            value = self.value(f"{path}.{name}".lstrip("."), *sides)
            if value is not None:
                done[name] = value
        return done

    def value(self, path: str, base: Any, mine: Any, theirs: Any) -> Any:
        """Whichever changed; both where both did and it can be told how."""
        if mine == theirs or theirs == base:
            return mine
        if mine == base:
            return theirs
        if mine is None or theirs is None:  # removed here, changed there: what was written stays
            self.clash(path, base, mine, theirs)
            return theirs if mine is None else mine
        return self.both(path, base, mine, theirs)

    def both(self, path: str, base: Any, mine: Any, theirs: Any) -> Any:
        """What two different changes of one value come to."""
        preferred: Any = self.sides(mine, theirs)[0]
        if isinstance(mine, Words):
            return self.words(path, base or Words(), mine, theirs)
        if isinstance(mine, Translation):  # it falls out of date by itself
            return preferred
        if isinstance(mine, Value) and not isinstance(mine, (Source, Origin)):
            fields = {n: [getattr(s, n, None) for s in (base, mine, theirs)] for n in type(mine).model_fields}
            return mine.model_copy(update={n: self.value(f"{path}.{n}", *three) for n, three in fields.items()})
        if isinstance(mine, dict):
            return self.keyed(path, base or {}, mine, theirs)
        if isinstance(mine, tuple):
            return self.items(path, base or (), mine, theirs)
        self.clash(path, base, mine, theirs)
        return preferred

    def words(self, path: str, base: Words, mine: Words, theirs: Words) -> Words:
        """Each language by itself."""
        texts: dict[str, str] = {}
        for language in LANGUAGES:
            merged = merge_text(base.only(language), mine.only(language), theirs.only(language))
            texts[language] = merged.text(self.prefer)
            for part in merged.conflicts:
                self.list_conflict(path, part.base, part.mine, part.theirs, language)
        translation = self.value(f"{path}.translation", base.translation, mine.translation, theirs.translation)
        return Words(en=texts["en"], zh=texts["zh"], translation=translation)

    def items(
        self, path: str, base: tuple[Any, ...], mine: tuple[Any, ...], theirs: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        """Names: what either added, without what either removed. Other items: in sequence, as texts are."""
        first, second = self.sides(mine, theirs)
        if all(isinstance(item, str) for item in mine + theirs):
            return tuple(n for n in _order(base, first, second) if (n in mine and n in theirs) or n not in base)
        done: list[Any] = []
        for hunk in _hunks(base, mine, theirs, 1):
            if hunk.kind == "conflict":
                self.clash(path, hunk.base, hunk.mine, hunk.theirs)
            done += (
                hunk.theirs
                if hunk.kind == "theirs"
                else self.sides(hunk.mine, hunk.theirs)[0]
                if hunk.kind == "conflict"
                else hunk.mine
            )
        return tuple(done)

    def clash(self, path: str, base: Any, mine: Any, theirs: Any) -> None:
        """List a conflict between values that are no text."""
        self.list_conflict(path, _said(base), _said(mine), _said(theirs))

    def list_conflict(self, path: str, base: str, mine: str, theirs: str, language: Language | None = None) -> None:
        """List a conflict."""
        conflict = Conflict(place=path, label=label_of(path), language=language, base=base, mine=mine, theirs=theirs)
        self.conflicts.append(conflict)

    def keep_what_is_referred_to(self, done: dict[str, Any], sides: list[dict[str, Any]]) -> None:
        """Parts that one side removed while the other wrote something that needs them come back."""
        while missing := next(_missing(done), None):
            kind, name = missing
            part = next(side[kind][name] for side in sides if name in side[kind])
            done[kind][name] = part
            preferred, second = (side[kind].get(name) for side in sides[:2])
            mine, theirs = self.sides(preferred, second)
            self.clash(f"{kind}.{name}", sides[2][kind].get(name), mine, theirs)


def _missing(done: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """References in a merged protocol that lead nowhere."""
    for kind, field, target in REFERENCES:
        for part in done[kind].values():
            named = getattr(part, field)
            for name in (named,) if isinstance(named, str) else named:
                if name not in done[target]:
                    yield target, name
    for placed in done["passages"].values():
        if placed.section not in done["sections"]:
            yield "sections", placed.section


def _order(base: Sequence[str], first: Sequence[str], second: Sequence[str]) -> list[str]:
    """All names, in the order of the first side unless only the second changed it; new ones follow whom they followed."""
    common = [name for name in base if name in first and name in second]
    kept_by_first = [name for name in first if name in common] == common
    lead, follow = (
        (second, first) if kept_by_first and [n for n in second if n in common] != common else (first, second)
    )
    names = list(lead)
    for others in (follow, base):
        for place, name in enumerate(others):
            if name not in names:
                names.insert(names.index(others[place - 1]) + 1 if place else 0, name)
    return names


def _said(value: Any) -> str:
    """A value in words, field by field."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return "\n".join(_said(item) for item in value)
    said = ((label_of(f).en if f else "", text) for f, text in leaves(value).items())
    return "\n".join(": ".join(filter(None, (label, _either(text)))) for label, text in said)


def _either(text: Words | str) -> str:
    return text if isinstance(text, str) else " / ".join(filter(None, (text.en, text.zh)))
