"""A protocol made ready to be laid out in one language: title page, signature page, and sections with all their parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from equipoise.protocol.document import Protocol
from equipoise.protocol.render import parts
from equipoise.protocol.render.activities import schedule
from equipoise.protocol.render.blocks import (
    Block,
    Cell,
    Document,
    Figure,
    Front,
    Paragraph,
    Piece,
    Rendered,
    Row,
    Signing,
    Span,
    Spans,
    Table,
)  # fmt: skip
from equipoise.protocol.render.labels import label_words
from equipoise.protocol.render.places import PLACES, Part, objective_places, section_titles, shown_sections
from equipoise.protocol.render.references import Facts, targets
from equipoise.protocol.render.voice import Voice, cell
from equipoise.protocol.schema import schema_data, schema_in_words
from equipoise.protocol.words import Language, Words


@dataclass(frozen=True)
class Signature:
    """A signature that was given: by whom, in which role, what it means, when (as it is to be printed), and of which digest."""

    name: str
    role: str
    meaning: str
    when: str
    digest: str


def render(
    protocol: Protocol, language: Language, *, facts: Facts | None = None, signatures: Sequence[Signature] = (),
    parallel: bool = False,
) -> Document:  # fmt: skip
    """The document in one language; for `parallel`, where the other stands beside it, what is not translated stays out.

    `facts` are what `{{fact:name}}` stands for; without them they are taken from the protocol's own source.
    """
    voice = Voice(language, targets(protocol, known_facts(protocol) if facts is None else facts), alone=not parallel)
    pieces = _typed(protocol, voice)
    for section in protocol.sections:
        written = [Piece(voice.blocks(passage.text)) for passage in section.passages if passage.text != Words()]
        pieces[section.number] = written + pieces.get(section.number, [])
    titles = section_titles(protocol)
    numbers = shown_sections(protocol, {number for number, held in pieces.items() if held})
    parents = {number.rpartition(".")[0] for number in numbers}
    empty = Piece((Paragraph((Span(voice.label("empty"), flag=True),)),))
    turned = PLACES[protocol.kind]["schedule"] if protocol.schedule.visits and protocol.schedule.activities else ""
    sections = tuple(
        Rendered(
            number,
            voice.text(titles[number]),
            tuple(pieces.get(number) or (() if number in parents else (empty,))),
            number == turned,
        )
        for number in numbers
    )
    names = ("page", "contents", "confidential")
    return Document(
        language, _front(protocol, voice), _signing(protocol, voice, signatures), voice.label("contents"), sections,
        {name: voice.label(name) for name in names},
    )  # fmt: skip


def known_facts(protocol: Protocol) -> Facts:
    """The facts of the protocol's source, none without a source."""
    if protocol.source is None:
        return {}
    from equipoise.protocol.facts import facts

    return facts(protocol.source)


def _typed(protocol: Protocol, voice: Voice) -> dict[str, list[Piece]]:
    """The typed parts, by the section they stand in."""
    places = PLACES[protocol.kind]
    held: dict[str, list[Piece]] = {}

    def put(number: str, blocks: Iterable[Block]) -> None:
        if made := tuple(blocks):
            held.setdefault(number, []).append(Piece(made, wide=any(isinstance(b, Table | Figure) for b in made)))

    data = schema_data(protocol, voice.language)
    put(places["schema"], (Figure(data, schema_in_words(data, voice.language)),) if data else ())
    put(places["overview"], parts.overview(protocol, voice))
    own = objective_places(protocol)
    for objective in protocol.objectives:
        put(own[objective.id], parts.objective(protocol, voice, objective))
    for kind in ("inclusion", "exclusion"):
        chosen = [criterion for criterion in protocol.criteria if criterion.kind == kind]
        together = places["inclusion"] == places["exclusion"] and bool(chosen)
        put(places[kind], ((_title(voice, kind),) if together else ()) + parts.criteria(chosen, voice))
    tables: tuple[tuple[Part, tuple[Block, ...]], ...] = (
        ("arms", parts.arms(protocol, voice)),
        ("schedule", schedule(protocol.schedule, voice)),
        ("sites", parts.sites(protocol, voice)),
        ("roles", parts.roles(protocol, voice)),
        ("amendments", parts.amendments(protocol, voice)),
    )
    for name, blocks in tables:
        put(places[name], blocks)
    return held


def _title(voice: Voice, name: str) -> Paragraph:
    return Paragraph(voice.spans(label_words(name)), title=True)


def _front(protocol: Protocol, voice: Voice) -> Front:
    identity = protocol.identity
    colon = "：" if voice.language == "zh" else ": "
    said: list[tuple[str, Spans]] = [
        (name, voice.spans(words) if isinstance(words, Words) else (Span(words),) if words else ())
        for name, words in (
            ("acronym", identity.acronym),
            ("short_title", identity.short_title),
            ("protocol_number", identity.protocol_number),
            ("version", identity.version),
            ("date", identity.date),
            ("amendment", str(max((each.number for each in protocol.amendments), default=""))),
            ("phase", _phase(protocol, voice)),
            ("blinding", voice.label(identity.blinding) if protocol.kind == "randomised" else ""),
            ("sponsor", identity.sponsor),
            ("funding", identity.funding),
            ("registration", "\n".join(f"{name}{colon}{number}" for name, number in identity.registrations.items())),
        )
    ]
    version = f"{voice.label('version')} {identity.version}" + (f" ({identity.date})" if identity.date else "")
    short = identity.acronym or voice.text(identity.short_title) or voice.text(identity.title)
    return Front(
        voice.text(identity.title),
        voice.label("protocol" if protocol.kind == "randomised" else "emulation"),
        tuple((voice.label(name), spans) for name, spans in said if spans),
        " · ".join(filter(None, [short, identity.protocol_number])),
        version.replace("(", "（").replace(")", "）") if voice.language == "zh" else version,
        voice.label("confidential"),
    )


def _phase(protocol: Protocol, voice: Voice) -> str:
    phase = protocol.identity.phase
    return voice.label(phase) if phase == "not-applicable" else phase


def _signing(protocol: Protocol, voice: Voice, signatures: Sequence[Signature]) -> Signing:
    """The signatures given; without any, room for the sponsor's and the investigator's."""
    head = tuple(voice.head(name) for name in ("role", "name", "signature", "date"))
    rows: tuple[Row, ...] = tuple(
        (cell(each.role), cell(each.name), _electronic(voice, each), cell(each.when)) for each in signatures
    ) or tuple(
        (voice.own(name), cell(""), cell("\n\n"), cell("")) for name in ("sponsor_signatory", "principal_investigator")
    )
    return Signing(
        voice.label("signing"), voice.label("statement"), Table((head,), rows, (4, 4, 5, 4)),
        f"{voice.label('digest')}: {protocol.digest}",
    )  # fmt: skip


def _electronic(voice: Voice, given: Signature) -> Cell:
    """What stands for a signature: its meaning, and the digest of what was signed."""
    return Cell((Span(f"{voice.label('signed')}: {given.meaning}\n"), Span(given.digest[:16], code=True)))
