"""The protocol as one value: identity, typed parts, and sections of passages, each of which knows where it came from."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from equipoise.errors import InputError
from equipoise.protocol.parts import (
    Amendment,
    Arm,
    Criterion,
    Endpoint,
    Estimand,
    Name,
    Objective,
    Participants,
    Registration,
    Role,
    Schedule,
    Site,
)  # fmt: skip
from equipoise.protocol.words import Words, digest
from equipoise.search import Candidate, Question
from equipoise.value import Value


class Origin(Value):
    """Where a generated passage came from: the writer, the facts it used, and the words it wrote.

    A passage whose words still are `wrote` was not touched by a person; one whose facts differ from those that the writer
    would use now is out of date.
    """

    writer: str
    facts: dict[str, Any] = {}
    wrote: Words


class Passage(Value):
    """A piece of a section, in a small Markdown: paragraphs, lists, tables, **strong**, *emphasis*, and references.

    A reference is `{{kind:id}}` and is shown as the number, label or figure it stands for: `{{section:10.11}}`,
    `{{criterion:I3}}`, `{{endpoint:E1}}`, `{{objective:O1}}`, `{{visit:V2}}`, `{{arm:A}}`, `{{fact:max_patients}}`.
    `{{todo:who assesses the outcome}}` marks a gap that the design cannot fill and an investigator must (gaps.py).
    """

    id: Name
    text: Words
    origin: Origin | None = None

    @property
    def edited(self) -> bool:
        """Whether a person changed what a writer wrote."""
        return self.origin is not None and (self.text.en, self.text.zh) != (self.origin.wrote.en, self.origin.wrote.zh)


class Section(Value):
    """What stands under one number of the template."""

    number: Annotated[str, Field(pattern=r"^\d{1,2}(\.\d{1,2}){0,4}$")]
    title: Words = Words()
    """Empty where the template's own title stands."""
    passages: tuple[Passage, ...] = ()


class Source(Value):
    """The design that the protocol is written from: the question and the candidate as the search gave them.

    `translations` has the question's own texts (title, PICOT, scenario names) in the other language, by the original.
    """

    question: Question
    candidate: Candidate
    translations: dict[str, str] = {}

    @property
    def digest(self) -> str:
        """The same for the same question and design."""
        return digest(json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True))


class Identity(Value):
    """What the title page says."""

    title: Words
    short_title: Words = Words()
    acronym: str = ""
    protocol_number: str = ""
    version: str = "0.1"
    date: str = ""
    """ISO 8601, of this version."""
    phase: Literal["", "1", "1/2", "2", "2/3", "3", "3/4", "4", "not-applicable"] = ""
    sponsor: Words = Words()
    registrations: dict[str, str] = {}
    """Registry, such as "ClinicalTrials.gov" or "ChiCTR", to number."""
    funding: Words = Words()
    blinding: Literal["open", "single", "double", "triple", "outcome-assessor"] = "open"


class Protocol(Value):
    """A whole protocol. References between parts are checked; InputError names the first that leads nowhere."""

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    kind: Literal["randomised", "emulation"] = "randomised"
    identity: Identity
    objectives: tuple[Objective, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    estimands: tuple[Estimand, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    arms: tuple[Arm, ...] = ()
    schedule: Schedule = Schedule()
    participants: Participants = Participants()
    registration: Registration = Registration()
    sites: tuple[Site, ...] = ()
    roles: tuple[Role, ...] = ()
    sections: tuple[Section, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    source: Source | None = None
    kept: dict[str, Any] = {}
    """An imported document (`document`) and the identities of the parts in it (`ids`), where this model has no room for
    all that it says; exported again unchanged but for what changed here."""

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: what a signature signs."""
        data = self.model_dump(mode="json", by_alias=True)
        return digest(json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")))

    def section(self, number: str) -> Section | None:
        """The section with this number, None where nothing was written."""
        return next((section for section in self.sections if section.number == number), None)

    @model_validator(mode="after")
    def _names_are_used_once(self) -> Self:
        named = ("objectives", "endpoints", "estimands", "criteria", "arms", "sites", "roles")
        for field in named:
            _once(field, [part.id for part in getattr(self, field)])
        for field in ("epochs", "visits", "activities"):
            _once(f"schedule.{field}", [part.id for part in getattr(self.schedule, field)])
        _once("sections", [section.number for section in self.sections])
        _once("passages", [passage.id for section in self.sections for passage in section.passages])
        return self

    @model_validator(mode="after")
    def _references_lead_somewhere(self) -> Self:
        endpoints, estimands = {e.id for e in self.endpoints}, {e.id for e in self.estimands}
        visits, activities = {v.id for v in self.schedule.visits}, {a.id for a in self.schedule.activities}
        epochs = {e.id for e in self.schedule.epochs}
        for place, estimand in enumerate(self.estimands, 1):
            _known(f"estimands.{place}.endpoint", estimand.endpoint, endpoints)
        for place, objective in enumerate(self.objectives, 1):
            for name in objective.estimands:
                _known(f"objectives.{place}.estimands", name, estimands)
            for name in objective.endpoints:
                _known(f"objectives.{place}.endpoints", name, endpoints)
        for place, endpoint in enumerate(self.endpoints, 1):
            for name in endpoint.visits:
                _known(f"endpoints.{place}.visits", name, visits)
            for name in endpoint.activities:
                _known(f"endpoints.{place}.activities", name, activities)
        for place, visit in enumerate(self.schedule.visits, 1):
            _known(f"schedule.visits.{place}.epoch", visit.epoch, epochs)
        for place, cell in enumerate(self.schedule.cells, 1):
            _known(f"schedule.cells.{place}.activity", cell.activity, activities)
            _known(f"schedule.cells.{place}.visit", cell.visit, visits)
        return self


def _once(field: str, names: list[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InputError(f"{field}.{place + 1}", name, "a name that no other has")


def _known(field: str, name: str, known: set[str]) -> None:
    if name not in known:
        raise InputError(field, name, "one of " + ", ".join(sorted(known)) if known else "none, since there are none")
