"""What of a record is indexed: tokens by field, tags to filter by, identifiers, columns."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from equipoise.portfolio.identifiers import identifiers_of
from equipoise.portfolio.record import Record
from equipoise.portfolio.words import tokens

FIELDS = ("title", "condition", "intervention", "outcome", "place", "body")
"""Searched fields, best evidence of what a trial is about first."""


class Entry(NamedTuple):
    """A record ready to be stored: everything that needs no database."""

    registry_id: str
    layout: str
    digest: bytes
    updated: str
    body: bytes
    """The record's JSON, compressed."""
    fields: tuple[str, ...]
    """Tokens of each of FIELDS, parted by spaces."""
    tags: str
    columns: tuple[object, ...]
    """Values of COLUMNS."""
    identifiers: tuple[str, ...]


COLUMNS = (
    "registry", "status", "phase", "kind", "start", "completion", "registered", "enrolment", "countries",
)  # fmt: skip
"""What lists are narrowed, counted and sorted by, without opening the record."""


def entry_of(record: Record) -> Entry:
    """The record, ready to be stored."""
    content = record.model_dump_json(exclude_defaults=True, by_alias=True).encode()
    return Entry(
        registry_id=record.registry_id,
        layout=record.layout,
        digest=hashlib.blake2b(content, digest_size=16).digest(),
        updated=record.updated or record.registered or "",
        body=zlib.compress(content, 1),
        fields=fields_of(record),
        tags=" ".join(tags_of(record)),
        columns=(
            record.registry, record.status, "/".join(record.phases), record.kind, record.start,
            record.completion or record.primary_completion, record.registered, record.enrolment,
            "|".join(record.countries),
        ),
        identifiers=identifiers_of(record),
    )  # fmt: skip


def record_of(body: bytes) -> Record:
    """A stored record."""
    return Record.model_validate_json(zlib.decompress(body))


def fields_of(record: Record) -> tuple[str, ...]:
    """Tokens by field. Where a record is about is counted word by word; long texts only say that a word is there."""
    return (
        " ".join(_counted(texts_of(record, "title"))),
        " ".join(_counted(texts_of(record, "condition"))),
        " ".join(_counted(texts_of(record, "intervention"))),
        " ".join(_once(texts_of(record, "outcome"))),
        " ".join(_once(texts_of(record, "place"))),
        " ".join(_once(texts_of(record, "body"))),
    )


def texts_of(record: Record, field: str) -> list[str]:
    """The published texts that a searched field is made of."""
    if field == "title":
        texts = [
            record.title_en,
            record.title_zh,
            record.scientific_title_en,
            record.scientific_title_zh,
            record.acronym,
        ]
    elif field == "condition":
        texts = [*record.conditions, *record.keywords, *(term.name for term in record.condition_terms)]
    elif field == "intervention":
        texts = [text for given in record.interventions for text in (given.name, *given.other_names)]
        texts += [term.name for term in record.intervention_terms]
        texts += [arm.label for arm in record.arms]
    elif field == "outcome":
        texts = [outcome.measure for outcome in record.outcomes]
    elif field == "place":
        texts = [record.sponsor, *record.collaborators]
        texts += [text for person in record.investigators for text in (person.name, person.institution)]
        texts += [person.institution for person in record.contacts]
        texts += [text for site in record.sites for text in (site.facility, site.city, site.region, site.country)]
    else:
        texts = [record.summary, record.eligibility]
    return list(dict.fromkeys(filter(None, texts)))


def tags_of(record: Record) -> list[str]:
    """Tokens that stand for exact values, by which a search is narrowed inside the index."""
    return [
        tag("registry", record.registry),
        tag("status", record.status),
        tag("kind", record.kind),
        *(tag("phase", phase) for phase in record.phases),
        *(tag("country", country) for country in record.countries),
        *([tag("allocation", record.allocation)] if record.allocation else []),
        *([tag("masking", record.masking)] if record.masking else []),
        *([tag("results", "posted")] if record.results_posted else []),
    ]


def tag(name: str, value: str) -> str:
    """A tag's token, such as "status_recruiting"."""
    return f"{name}_{re.sub(r'[^a-z0-9]+', '_', value.lower()).strip('_')}"


def _counted(texts: Iterable[str]) -> list[str]:
    return tokens("\n".join(texts))


def _once(texts: Iterable[str]) -> list[str]:
    return tokens("\n".join(texts), numbers=False, once=True)
