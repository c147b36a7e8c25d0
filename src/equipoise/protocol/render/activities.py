"""The schedule of activities as a table: epochs over visits, days and windows under them, conditions as notes."""

from __future__ import annotations

from itertools import groupby

from equipoise.protocol.parts import Activity, Schedule, Visit
from equipoise.protocol.render.blocks import Block, Cell, Item, Items, Paragraph, Row, Span, Spans, Table
from equipoise.protocol.render.voice import Voice, cell
from equipoise.protocol.words import Words

VISITS_A_TABLE = 14
"""How many columns a turned page holds legibly; further visits go into further tables."""


def schedule(planned: Schedule, voice: Voice) -> tuple[Block, ...]:
    """The schedule, activities in rows and visits in columns, with its notes."""
    if not planned.visits or not planned.activities:
        return ()
    notes = _Notes(voice)
    parts = -(-len(planned.visits) // VISITS_A_TABLE)
    size = -(-len(planned.visits) // parts)
    tables = [
        _table(planned, planned.visits[at : at + size], voice, notes) for at in range(0, len(planned.visits), size)
    ]
    said = voice.blocks(planned.notes) if planned.notes != Words() else ()
    return (*tables, *notes.blocks(), *said)


class _Notes:
    """The conditions met so far, each with one mark however often it is met."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.met: dict[Words, str] = {}

    def mark(self, condition: Words) -> str:
        return self.met.setdefault(condition, _letter(len(self.met)))

    def blocks(self) -> tuple[Block, ...]:
        items = tuple(Item(mark, (Paragraph(self.voice.spans(words)),)) for words, mark in self.met.items())
        return (Items(items),) if items else ()


def _letter(place: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    first, last = divmod(place, 26)
    return (_letter(first - 1) if first else "") + chr(ord("a") + last)


def _table(planned: Schedule, visits: tuple[Visit, ...], voice: Voice, notes: _Notes) -> Table:
    first = max(2.2, min(4.5, 14 / len(visits)))
    return Table(
        _head(planned, visits, voice),
        _body(planned, visits, voice, notes),
        (first, *(1.0 for _visit in visits)),
        small=True,
    )


def _head(planned: Schedule, visits: tuple[Visit, ...], voice: Voice) -> tuple[Row, ...]:
    labels = {epoch.id: epoch.label for epoch in planned.epochs}
    epochs = [voice.head("epoch")]
    for name, group in groupby(visits, key=lambda visit: visit.epoch):
        epochs.append(
            Cell(_bold(voice.spans(labels[name])), len(list(group)), "center", head=True, anchor=f"epoch-{name}")
        )
    named = [
        Cell(_bold(voice.spans(each.label)), align="center", head=True, anchor=f"visit-{each.id}") for each in visits
    ]
    rows: list[Row] = [tuple(epochs), (voice.head("visit"), *named)]
    if any(each.day is not None for each in visits):
        rows.append((voice.head("day"), *(_named("" if each.day is None else _signed(each.day)) for each in visits)))
    if any(each.before or each.after for each in visits):
        rows.append((voice.head("window"), *(_named(_window(each)) for each in visits)))
    if any(each.place != "site" for each in visits):
        rows.append((voice.head("place"), *(_named(voice.label(each.place)) for each in visits)))
    return tuple(rows)


def _body(planned: Schedule, visits: tuple[Visit, ...], voice: Voice, notes: _Notes) -> tuple[Row, ...]:
    rows: list[Row] = []
    for group, activities in groupby(planned.activities, key=lambda activity: activity.group):
        if voice.text(group):
            rows.append((Cell(_bold(voice.spans(group)), len(visits) + 1, head=True),))
        rows += [_row(planned, activity, visits, voice, notes) for activity in activities]
    return tuple(rows)


def _row(planned: Schedule, activity: Activity, visits: tuple[Visit, ...], voice: Voice, notes: _Notes) -> Row:
    cells = [voice.cell(activity.label, anchor=f"activity-{activity.id}")]
    for visit in visits:
        done = planned.cell(activity.id, visit.id)
        conditional = done is not None and done.condition != Words()
        mark = (Span(notes.mark(done.condition), raised=True),) if done is not None and conditional else ()
        cells.append(Cell((Span("X"), *mark) if done is not None else (), align="center"))
    return tuple(cells)


def _bold(spans: Spans) -> Spans:
    return tuple(span if span.flag else Span(span.text, strong=True, to=span.to) for span in spans)


def _named(text: str) -> Cell:
    return cell(text, align="center")


def _signed(day: int) -> str:
    return f"−{-day}" if day < 0 else str(day)


def _window(visit: Visit) -> str:
    if visit.before == visit.after:
        return f"±{visit.before}" if visit.before else ""
    return "/".join(
        part for part in (f"−{visit.before}" if visit.before else "", f"+{visit.after}" if visit.after else "") if part
    )
