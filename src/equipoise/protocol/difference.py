"""What differs between two versions of a protocol, for a person to read: parts added, removed, moved, and words changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from equipoise.protocol.document import Passage, Protocol, Section
from equipoise.protocol.labels import FIELDS, name_of
from equipoise.protocol.parts import Planned
from equipoise.protocol.words import Language, Words
from equipoise.value import Value

Kind = Literal["added", "removed", "changed", "moved"]
TOKEN = re.compile(
    r"\{\{[^{}]*\}\}|\d+(?:[.,]\d+)*%?|[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_\u3400-\u9fff]+)*|\s+|.", re.DOTALL
)
"""A reference, a number, a word, white space, or one sign; Chinese, written without spaces, goes sign by sign."""
LISTS = ("objectives", "endpoints", "estimands", "criteria", "arms", "sites", "roles", "amendments")
SCHEDULE = ("epochs", "visits", "activities")


class Piece(Value):
    """A stretch of text that both versions have, or only one of them."""

    kind: Literal["same", "added", "removed"]
    text: str


class Line(Value):
    """One field of a part, compared in each language; a field that is no text reads the same in both."""

    field: str
    label: Words
    en: tuple[Piece, ...]
    zh: tuple[Piece, ...]

    def pieces(self, language: Language) -> tuple[Piece, ...]:
        """The comparison in this language."""
        return self.en if language == "en" else self.zh


class Edit(Value):
    """One part or passage that differs, and the fields in which it does (all that say something where it is new or gone)."""

    kind: Kind
    place: str
    """The list that it stands in: "visits", "estimands", "passages", ..."""
    id: str
    label: Words
    """What a reader calls it: "Visit V3", "Section 3.1"."""
    section: str = ""
    """Where it is a passage or a section: the number."""
    lines: tuple[Line, ...] = ()


class Difference(Value):
    """All that differs, in the order of the document; nothing where two versions are equal."""

    edits: tuple[Edit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.edits)


class Held(NamedTuple):
    """A passage and the section that it stands in."""

    section: str
    passage: Passage


def tokens(text: str) -> list[str]:
    """Words, numbers, references, signs and the spaces between them; joined, they are the text again."""
    return TOKEN.findall(text)


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts compared by words (English) and signs (Chinese); removed stands before added."""
    before, after = tokens(old), tokens(new)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in _whole_phrases(
        SequenceMatcher(None, before, after, autojunk=False).get_opcodes(), before
    ):
        if tag == "equal":
            pieces.append(Piece(kind="same", text="".join(before[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece(kind="removed", text="".join(before[i1:i2])))
        if j2 > j1:
            pieces.append(Piece(kind="added", text="".join(after[j1:j2])))
    return tuple(pieces)


def difference(old: Protocol, new: Protocol) -> Difference:
    """What differs between two versions of a protocol; empty exactly where they are equal."""
    edits = [
        *_one("identity", old.identity, new.identity),
        *_one("kind", {"kind": old.kind}, {"kind": new.kind}),
        *(edit for name in LISTS for edit in _list(name, by_id(getattr(old, name)), by_id(getattr(new, name)))),
        *_schedule(old, new),
        *_one("participants", old.participants, new.participants),
        *_one("registration", old.registration, new.registration),
        *_sections(old, new),
        *_one("source", _source(old), _source(new)),
        *_one("kept", old.kept, new.kept),
    ]
    return Difference(edits=tuple(edits))


Opcode = tuple[str, int, int, int, int]


def _whole_phrases(opcodes: Iterable[Opcode], before: Sequence[str]) -> list[Opcode]:
    """Changes that only white space parts become one change, which reads as people write: a phrase for a phrase."""
    joined: list[Opcode] = []
    for code in opcodes:
        blank = code[0] == "equal" and "".join(before[code[1] : code[2]]).isspace()
        if joined and joined[-1][0] != "equal" and (code[0] != "equal" or blank):
            joined[-1] = ("replace", joined[-1][1], code[2], joined[-1][3], code[4])
        else:
            joined.append(code)
    return joined


def by_id(parts: Iterable[Any]) -> dict[str, Any]:
    return {str(getattr(part, "id", None) or getattr(part, "number", "")): part for part in parts}


def _list(place: str, old: dict[str, Any], new: dict[str, Any]) -> list[Edit]:
    """Parts by identity, in the new order; those that are gone come last."""
    out_of_order = _moved(list(old), list(new))
    edits: list[Edit] = []
    for name, part in new.items():
        if name not in old:
            edits.append(_edit("added", place, name, part, None, part))
        elif old[name] != part:
            edits.append(_edit("changed", place, name, part, old[name], part))
        if name in out_of_order:
            edits.append(Edit(kind="moved", place=place, id=name, label=name_of(place, name, part)))
    return edits + [_edit("removed", place, name, part, part, None) for name, part in old.items() if name not in new]


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The fewest of the common names whose moving explains the new order."""
    before, after = [n for n in old if n in new], [n for n in new if n in old]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stayed = {name for block in blocks for name in after[block.b : block.b + block.size]}
    return set(after) - stayed


def _edit(kind: Kind, place: str, name: str, part: object, old: object, new: object, section: str = "") -> Edit:
    lines = _lines(old, new)
    if any(line.field == "text" for line in lines):  # what a writer wrote stands there once, not twice
        lines = [line for line in lines if line.field != "origin.wrote"]
    return Edit(kind=kind, place=place, id=name, label=name_of(place, name, part), section=section, lines=tuple(lines))


def _one(place: str, old: object, new: object) -> list[Edit]:
    return [] if old == new else [_edit("changed", place, place, new, old, new)]


def _schedule(old: Protocol, new: Protocol) -> list[Edit]:
    before, after = old.schedule, new.schedule
    edits = [e for name in SCHEDULE for e in _list(name, by_id(getattr(before, name)), by_id(getattr(after, name)))]
    return [
        *edits,
        *_list("cells", cells_by_pair(before.cells), cells_by_pair(after.cells)),
        *_one("notes", {"notes": before.notes}, {"notes": after.notes}),
    ]


def cells_by_pair(cells: Iterable[Planned]) -> dict[str, Planned]:
    """Cells by activity and visit; a second cell for the same pair is told apart by how many came before it."""
    named: dict[str, Planned] = {}
    for cell in cells:
        name = f"{cell.activity}@{cell.visit}"
        while name in named:
            name += "+"
        named[name] = cell
    return named


def _sections(old: Protocol, new: Protocol) -> list[Edit]:
    """Sections by number (their own title), then passages by identity, wherever they stand."""
    before, after = _passages(old), _passages(new)
    edits = _list("sections", _titles(old.sections), _titles(new.sections))
    for name, held in after.items():
        was = before.get(name)
        if was is None:
            edits.append(_edit("added", "passages", name, held, None, held.passage, held.section))
            continue
        if was.passage != held.passage:
            edits.append(_edit("changed", "passages", name, held, was.passage, held.passage, held.section))
        if was.section != held.section:
            old_place, new_place = {"section": was.section}, {"section": held.section}
            edits.append(_edit("moved", "passages", name, held, old_place, new_place, held.section))
    for section in new.sections:
        same = old.section(section.number)
        for name in _moved([p.id for p in same.passages], [p.id for p in section.passages]) if same else ():
            edits.append(
                Edit(
                    kind="moved",
                    place="passages",
                    id=name,
                    label=name_of("passages", name, after[name]),
                    section=section.number,
                )
            )
    return edits + [
        _edit("removed", "passages", name, held, held.passage, None, held.section)
        for name, held in before.items()
        if name not in after
    ]


def _titles(sections: Iterable[Section]) -> dict[str, Section]:
    return {section.number: section.model_copy(update={"passages": ()}) for section in sections}


def _passages(protocol: Protocol) -> dict[str, Held]:
    return {p.id: Held(section.number, p) for section in protocol.sections for p in section.passages}


def _source(protocol: Protocol) -> dict[str, Any]:
    """Of the question and the design only what a reader can follow: the figures of each scenario come with the design."""
    source = protocol.source
    if source is None:
        return {}
    return {
        "question": source.question.model_dump(mode="json", by_alias=True),
        "design": source.candidate.design | {"id": source.candidate.id, "text": source.candidate.text},
        "digest": source.digest,
    }


def _lines(old: object, new: object) -> list[Line]:
    before, after = leaves(old), leaves(new)
    return [
        Line(field=field, label=label_of(field), **_compared(before.get(field, ""), after.get(field, "")))
        for field in [*after, *(field for field in before if field not in after)]
        if before.get(field, "") != after.get(field, "")
    ]


def _compared(old: Words | str, new: Words | str) -> dict[str, tuple[Piece, ...]]:
    if isinstance(old, str) and isinstance(new, str):
        pieces = compare(old, new)
        return {"en": pieces, "zh": pieces}
    before, after = (side if isinstance(side, Words) else Words(en=side, zh=side) for side in (old, new))
    return {"en": compare(before.en, after.en), "zh": compare(before.zh, after.zh)}


def leaves(part: object, path: str = "") -> dict[str, Words | str]:
    """What a part says, field by field; what says nothing is left out."""
    if isinstance(part, Words):
        said: dict[str, Words | str] = (
            {path or "text": part.model_copy(update={"translation": None})} if part.en or part.zh else {}
        )
        return said | ({f"{path}.translation": part.translation.of[:12]} if part.translation else {})
    if isinstance(part, Value):
        part = {name: getattr(part, name) for name in type(part).model_fields}
    if isinstance(part, dict):
        items = ((str(key), value) for key, value in part.items())
    elif isinstance(part, (list, tuple)) and any(isinstance(item, (Value, dict, list, tuple)) for item in part):
        items = ((str(place), value) for place, value in enumerate(part, 1))
    else:
        return {path: _plain(part)} if part not in (None, "", (), []) else {}
    return {f: said for key, value in items for f, said in leaves(value, f"{path}.{key}".lstrip(".")).items()}


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def label_of(field: str) -> Words:
    """A dotted path in words: "intercurrent_events.2.strategy" is "Intercurrent event 2: Strategy"."""
    named = [FIELDS.get(step, Words(en=step, zh=step)) for step in field.split(".")]
    return Words(en=" › ".join(w.en for w in named), zh=" › ".join(w.zh for w in named))
