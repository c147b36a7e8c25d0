"""One registry record, whatever registry it was published by, as a value."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.value import Value

Status = Literal[
    "not-yet-recruiting",
    "recruiting",
    "by-invitation",
    "active",
    "suspended",
    "completed",
    "terminated",
    "withdrawn",
    "closed",
    "expanded-access",
    "unknown",
]
Phase = Literal["early-1", "1", "2", "3", "4", "not-applicable"]
Kind = Literal["interventional", "observational", "expanded-access", "other"]
Allocation = Literal["randomised", "non-randomised"]
Masking = Literal["none", "single", "double", "triple", "quadruple", "blinded"]
Sex = Literal["all", "female", "male"]
Layout = Literal["ctgov", "who", "ictrp"]
Day = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


class Identifier(Value):
    """Another number of the same trial, with who issued it as far as the registry says."""

    id: str
    issuer: str = ""


class Intervention(Value):
    """What is done, of which kind ("DRUG", "PROCEDURE", as published), under which other names."""

    name: str
    kind: str = ""
    other_names: tuple[str, ...] = ()


class Term(Value):
    """A heading of the Medical Subject Headings that the registry itself assigned."""

    id: str
    name: str


class Arm(Value):
    """An arm as its registry names it."""

    label: str
    kind: str = ""


class Site(Value):
    """Where patients are recruited; degrees north and east where the registry gives them."""

    facility: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    status: str = ""


class Person(Value):
    """Whom to ask, by role and institution. Telephone numbers and mail addresses stay with the registry."""

    name: str
    role: str = ""
    institution: str = ""


class Outcome(Value):
    """What is measured and when."""

    kind: Literal["primary", "secondary", "other"]
    measure: str
    time_frame: str = ""


class Record(Value):
    """One trial as its registry publishes it; which published field each of these comes from is in `SOURCES`.

    Ages are in years. `enrolment_planned` and `enrolment_actual` are participants; a registry that keeps one number gives
    one of the two. Dates are as exact as published: "2024", "2024-05" or "2024-05-17". `start_actual`,
    `primary_completion_actual` and `completion_actual` are None where the registry does not say.
    """

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    layout: Layout
    registry: str
    registry_id: Annotated[str, Field(min_length=3, max_length=80)]
    secondary_ids: tuple[Identifier, ...] = ()
    url: str = ""
    title_en: str = ""
    title_zh: str = ""
    scientific_title_en: str = ""
    scientific_title_zh: str = ""
    acronym: str = ""
    summary: str = ""
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    condition_terms: tuple[Term, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    intervention_terms: tuple[Term, ...] = ()
    kind: Kind = "other"
    phases: tuple[Phase, ...] = ()
    status: Status = "unknown"
    status_published: str = ""
    why_stopped: str = ""
    registered: Day | None = None
    updated: Day | None = None
    start: Day | None = None
    start_actual: bool | None = None
    primary_completion: Day | None = None
    primary_completion_actual: bool | None = None
    completion: Day | None = None
    completion_actual: bool | None = None
    results_first_posted: Day | None = None
    results_posted: bool = False
    enrolment_planned: Annotated[int, Field(ge=0)] | None = None
    enrolment_actual: Annotated[int, Field(ge=0)] | None = None
    allocation: Allocation | None = None
    masking: Masking | None = None
    masked: tuple[str, ...] = ()
    assignment: str = ""
    purpose: str = ""
    arms: tuple[Arm, ...] = ()
    sites: tuple[Site, ...] = ()
    countries: tuple[str, ...] = ()
    sponsor: str = ""
    sponsor_class: str = ""
    collaborators: tuple[str, ...] = ()
    investigators: tuple[Person, ...] = ()
    contacts: tuple[Person, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    eligibility: str = ""
    minimum_age: Annotated[float, Field(ge=0, le=200)] | None = None
    maximum_age: Annotated[float, Field(ge=0, le=200)] | None = None
    sex: Sex | None = None
    healthy_volunteers: bool | None = None

    @property
    def title(self) -> str:
        """The best title there is, in English where there is one."""
        titles = (self.title_en, self.scientific_title_en, self.title_zh, self.scientific_title_zh)
        return next(filter(None, titles), self.registry_id)

    @property
    def enrolment(self) -> int | None:
        """Participants: those who came where that is known, else those planned."""
        return self.enrolment_planned if self.enrolment_actual is None else self.enrolment_actual


class Refusal(Value):
    """What could not be read: where it stands and why it was refused."""

    file: str
    place: str
    reason: str
    registry_id: str = ""
