"""Protocols drawn at random from few names and words, so that two of them often speak of the same part."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from equipoise.protocol.document import Identity, Passage, Protocol, Section
from equipoise.protocol.parts import (
    Activity,
    Criterion,
    Endpoint,
    Epoch,
    Estimand,
    IntercurrentEvent,
    Participants,
    Planned,
    Schedule,
    Visit,
)
from equipoise.protocol.words import Words

WORDS = [
    "we",
    "enrol",
    "patients",
    "at",
    "sites",
    "1,200",
    "90",
    "days",
    ".",
    ",",
    "入",
    "组",
    "患",
    "者",
    "{{criterion:I1}}",
]
texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
words = st.builds(Words, en=texts, zh=texts)
names = st.permutations(["a", "b", "c"]).flatmap(lambda order: st.integers(0, 3).map(lambda n: order[:n]))


@st.composite
def parts(draw: st.DrawFn, make: Any) -> tuple[Any, ...]:
    """Some parts of three possible names, in any order."""
    return tuple(make(draw, name) for name in draw(names))


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    """A small protocol whose references lead somewhere."""
    epochs = draw(parts(lambda d, n: Epoch(id=n, label=d(words))))
    visits = (
        draw(parts(lambda d, n: Visit(id=n, epoch=d(_one(epochs)), label=d(words), day=d(st.integers(0, 2)))))
        if epochs
        else ()
    )
    activities = draw(parts(lambda d, n: Activity(id=n, label=d(words))))
    pairs = [(a.id, v.id) for a in activities for v in visits]
    cells = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3)) if pairs else []
    endpoints = draw(
        parts(
            lambda d, n: Endpoint(
                id=n, level="primary", text=d(words), visits=d(_some(visits)), activities=d(_some(activities))
            )
        )
    )
    estimands = draw(parts(lambda d, n: _estimand(d, n, endpoints))) if endpoints else ()
    return Protocol(
        identity=Identity(title=draw(words), registrations=draw(st.dictionaries(st.sampled_from(["x", "y"]), texts))),
        endpoints=endpoints,
        estimands=estimands,
        criteria=draw(
            parts(lambda d, n: Criterion(id=n, kind=d(st.sampled_from(["inclusion", "exclusion"])), text=d(words)))
        ),
        participants=Participants(conditions=tuple(draw(st.lists(words, max_size=2))), planned=draw(st.integers(0, 2))),
        schedule=Schedule(
            epochs=epochs,
            visits=visits,
            activities=activities,
            cells=tuple(Planned(activity=a, visit=v, condition=draw(words)) for a, v in cells),
            notes=draw(words),
        ),
        sections=draw(_sections()),
        kept=draw(st.dictionaries(st.sampled_from(["x", "y"]), st.integers(0, 2))),
    )


def _one(some: tuple[Any, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from([part.id for part in some])


def _some(those: tuple[Any, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(_one(those), unique=True).map(tuple) if those else st.just(())


def _estimand(draw: st.DrawFn, name: str, endpoints: tuple[Endpoint, ...]) -> Estimand:
    return Estimand(
        id=name,
        endpoint=draw(_one(endpoints)),
        treatment=draw(words),
        population=draw(words),
        summary=draw(words),
        intercurrent_events=tuple(
            IntercurrentEvent(event=w, strategy="composite") for w in draw(st.lists(words, max_size=2))
        ),
        sensitivity=tuple(draw(st.lists(words, max_size=2))),
    )


@st.composite
def _sections(draw: st.DrawFn) -> tuple[Section, ...]:
    numbers = draw(st.permutations(["1.1", "2", "10.3"]))[: draw(st.integers(1, 3))]
    held: dict[str, list[Passage]] = {number: [] for number in numbers}
    for name in draw(names):
        held[draw(st.sampled_from(numbers))].append(Passage(id=name, text=draw(words)))
    return tuple(Section(number=n, title=draw(words), passages=tuple(held[n])) for n in numbers)
