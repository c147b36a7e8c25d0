"""The typed parts of a protocol as blocks: objectives with estimands, criteria, arms, sites, roles, amendments."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from equipoise.protocol.document import Protocol
from equipoise.protocol.parts import Criterion, Endpoint, Estimand, Objective
from equipoise.protocol.render.blocks import Block, Cell, Item, Items, Paragraph, Row, Span, Spans, Table
from equipoise.protocol.render.voice import Voice, cell
from equipoise.protocol.words import Words

_BREAK = (Span("\n"),)


def overview(protocol: Protocol, voice: Voice) -> tuple[Block, ...]:
    """Objectives beside their endpoints and how these are summarised, then where each endpoint is measured."""
    if not protocol.objectives:
        return ()
    head = (voice.head("level"), voice.head("objective"), voice.head("endpoint"), voice.head("summary"))
    rows = tuple(_overview_row(protocol, voice, objective) for objective in protocol.objectives)
    return (Table((head,), rows, (2, 5, 5, 4)), *_endpoints(protocol, voice))


def _overview_row(protocol: Protocol, voice: Voice, objective: Objective) -> Row:
    estimands = [each for each in protocol.estimands if each.id in objective.estimands]
    names = [*(each.endpoint for each in estimands), *objective.endpoints]
    endpoints = [each for each in protocol.endpoints if each.id in names]
    link = f"objective-{objective.id}"
    return (
        voice.own(objective.level),
        Cell(_leading(voice.spans(objective.text), link)),
        Cell(_lines(voice.spans(endpoint.text) for endpoint in endpoints)),
        Cell(_lines(voice.spans(each.summary) for each in estimands)),
    )


def _leading(spans: Spans, anchor: str) -> Spans:
    """The spans, leading where nothing else is led to."""
    return tuple(Span(span.text, span.strong, span.emphasis, flag=span.flag, to=span.to or anchor) for span in spans)


def _endpoints(protocol: Protocol, voice: Voice) -> tuple[Block, ...]:
    if not protocol.endpoints:
        return ()
    visits = {visit.id: visit for visit in protocol.schedule.visits}
    activities = {activity.id: activity for activity in protocol.schedule.activities}

    def measured(endpoint: Endpoint) -> Spans:
        named = [visits[name].label for name in endpoint.visits] + [
            activities[name].label for name in endpoint.activities
        ]
        return _lines(voice.spans(words) for words in named)

    rows = tuple(
        (voice.own(each.level), voice.cell(each.text, anchor=f"endpoint-{each.id}"), Cell(measured(each)))
        for each in protocol.endpoints
    )
    return (Table(((voice.head("level"), voice.head("endpoint"), voice.head("measured_at")),), rows, (2, 9, 5)),)


def objective(protocol: Protocol, voice: Voice, chosen: Objective) -> tuple[Block, ...]:
    """An objective with the five attributes of each of its estimands (ICH E9(R1), section A.3.1)."""
    said = Item("", (Paragraph((*_strong(voice, "objective"), *voice.spans(chosen.text))),), f"objective-{chosen.id}")
    served = [each for each in protocol.endpoints if each.id in chosen.endpoints]
    plain = tuple(Item("", (Paragraph((*_strong(voice, "endpoint"), *voice.spans(each.text))),)) for each in served)
    tables = [_estimand(protocol, voice, each) for each in protocol.estimands if each.id in chosen.estimands]
    return (Items((said, *plain)), *tables)


def _strong(voice: Voice, name: str) -> Spans:
    colon = "：" if voice.language == "zh" else ": "
    return (Span(voice.label(name) + colon, strong=True),)


def _estimand(protocol: Protocol, voice: Voice, estimand: Estimand) -> Table:
    endpoint = next(each for each in protocol.endpoints if each.id == estimand.endpoint)
    title = f"{voice.label('estimand')} {estimand.id}"
    head = (Cell((Span(title, strong=True),), 2, head=True, anchor=f"estimand-{estimand.id}"),)
    rows: list[tuple[str, Spans]] = [
        ("population", voice.spans(estimand.population)),
        ("treatment", voice.spans(estimand.treatment)),
        ("variable", voice.spans(endpoint.text)),
        ("intercurrent", _lines(_event(voice, estimand, place) for place in range(len(estimand.intercurrent_events)))),
        ("summary", voice.spans(estimand.summary)),
        ("analysis", voice.spans(estimand.analysis)),
        ("sensitivity", _lines(voice.spans(words) for words in estimand.sensitivity)),
    ]
    attributes = ("population", "treatment", "variable", "intercurrent", "summary")
    return Table(
        (head,), tuple((voice.head(name), Cell(spans)) for name, spans in rows if spans or name in attributes), (4, 11)
    )


def _event(voice: Voice, estimand: Estimand, place: int) -> Spans:
    event = estimand.intercurrent_events[place]
    left, right = ("（", "）") if voice.language == "zh" else (" (", ")")
    strategy = Span(f"{left}{voice.label(event.strategy)}{right}", emphasis=voice.language == "en")
    return (
        *voice.spans(event.event),
        strategy,
        *(_BREAK if event.rationale != Words() else ()),
        *voice.spans(event.rationale),
    )


def criteria(chosen: Iterable[Criterion], voice: Voice) -> tuple[Block, ...]:
    """Criteria, numbered (1), (2), ... as references call them."""
    items = tuple(
        Item(f"({place})", (Paragraph(voice.spans(each.text)),), f"criterion-{each.id}")
        for place, each in enumerate(chosen, 1)
    )
    return (Items(items),) if items else ()


def arms(protocol: Protocol, voice: Voice) -> tuple[Block, ...]:
    """The arms, what each is given, and in which ratio participants are allocated."""
    if not protocol.arms:
        return ()
    head = (voice.head("arm"), voice.head("role"), voice.head("intervention"), voice.head("share"))
    rows = tuple(
        (voice.cell(arm.label, anchor=f"arm-{arm.id}"), voice.own(arm.role), voice.cell(arm.intervention), cell(f"{arm.share:g}", align="center"))
        for arm in protocol.arms
    )  # fmt: skip
    return (Table((head,), rows, (4, 3, 8, 2)),)


def sites(protocol: Protocol, voice: Voice) -> tuple[Block, ...]:
    """The sites with their ethics committees and targets."""
    if not protocol.sites:
        return ()
    names = ("site", "country", "investigator", "ethics", "target")
    rows: list[Row] = [
        (
            voice.cell(site.name, anchor=f"site-{site.id}"),
            cell(site.country),
            voice.cell(site.investigator),
            Cell(_lines([voice.spans(site.ethics), (Span(site.ethics_approval),)])),
            cell("" if site.target is None else f"{site.target:,}", align="right"),
        )
        for site in protocol.sites
    ]
    targets = [site.target for site in protocol.sites if site.target is not None]
    if len(targets) == len(rows) > 1:
        total = Cell((Span(voice.label("total"), strong=True),), 4, head=True)
        rows.append((total, cell(f"{sum(targets):,}", align="right", strong=True)))
    return (Table((tuple(voice.head(name) for name in names),), tuple(rows), (5, 2, 4, 5, 2)),)


def roles(protocol: Protocol, voice: Voice) -> tuple[Block, ...]:
    """Who does what, centrally and at each site."""
    if not protocol.roles:
        return ()
    head = (voice.head("role"), voice.head("duties"))
    rows: list[Row] = []
    for level in ("central", "local"):
        chosen = [role for role in protocol.roles if role.level == level]
        if chosen:
            rows.append((voice.head(level, columns=2),))
        rows += [(voice.cell(role.label, anchor=f"role-{role.id}"), voice.cell(role.duties)) for role in chosen]
    return (Table((head,), tuple(rows), (4, 10)),)


def amendments(protocol: Protocol, voice: Voice) -> tuple[Block, ...]:
    """The amendments with their reasons, the latest first."""
    if not protocol.amendments:
        return ()
    head = tuple(voice.head(name) for name in ("number", "date", "version", "reason", "sections"))
    rows = tuple(
        (cell(str(each.number)), cell(each.date), cell(each.version), voice.cell(each.reason), Cell(_sections(each.sections)))
        for each in sorted(protocol.amendments, key=lambda each: -each.number)
    )  # fmt: skip
    return (Table((head,), rows, (2, 3, 2, 8, 4)),)


def _sections(numbers: Iterable[str]) -> Spans:
    return tuple(chain.from_iterable((Span(", "), Span(number)) for number in numbers))[1:]


def _lines(texts: Iterable[Spans]) -> Spans:
    """Texts one under the other; empty ones take no line."""
    kept = [spans for spans in texts if "".join(span.text for span in spans)]
    return tuple(chain.from_iterable((*_BREAK, *spans) for spans in kept))[1:]
