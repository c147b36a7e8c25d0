"""The typed parts of a protocol: objectives, estimands, endpoints, criteria, arms, schedule of activities, sites."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.protocol.words import Words
from equipoise.value import Value

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,39}$")]
"""An identity inside one protocol, such as "I3" or "visit-2"; text refers to it, so it is never used again."""
Level = Literal["primary", "secondary", "exploratory"]
Strategy = Literal["treatment-policy", "hypothetical", "composite", "while-on-treatment", "principal-stratum"]
"""Strategies for intercurrent events, ICH E9(R1), section A.3.2."""


class IntercurrentEvent(Value):
    """An event after treatment began that changes what the outcome means, and how the estimand deals with it."""

    event: Words
    strategy: Strategy
    rationale: Words = Words()


class Endpoint(Value):
    """A variable measured in each participant, at stated visits."""

    id: Name
    level: Level
    text: Words
    visits: tuple[Name, ...] = ()
    activities: tuple[Name, ...] = ()
    """The activities of the schedule that measure it."""
    kind: Literal["mean", "proportion", "survival", "count"] | None = None


class Estimand(Value):
    """What is to be estimated: the five attributes of ICH E9(R1), section A.3.1 (treatment, population, variable,
    intercurrent events, population-level summary)."""

    id: Name
    endpoint: Name
    treatment: Words
    population: Words
    intercurrent_events: tuple[IntercurrentEvent, ...] = ()
    summary: Words
    analysis: Words = Words()
    """The main analysis aligned to it; sensitivity analyses follow."""
    sensitivity: tuple[Words, ...] = ()


class Objective(Value):
    """What the study is to find out, with the estimands that make it precise."""

    id: Name
    level: Level
    text: Words
    estimands: tuple[Name, ...] = ()
    endpoints: tuple[Name, ...] = ()
    """Endpoints that serve it without an estimand of their own, as secondary ones often do."""


class Criterion(Value):
    """One numbered eligibility criterion; exclusion criteria say who may not take part."""

    id: Name
    kind: Literal["inclusion", "exclusion"]
    text: Words


InterventionKind = Literal[
    "drug", "biologic", "device", "procedure", "surgery", "radiation", "behavioural", "dietary", "diagnostic", "vaccine",
    "combination", "genetic",
]  # fmt: skip
"""What registries and CDISC ask of each intervention (codelist C99078)."""


class Arm(Value):
    """A group of participants and what they are given; `share` is relative to the other arms'."""

    id: Name
    role: Literal["experimental", "active-comparator", "placebo", "no-intervention", "sham", "other"]
    label: Words
    intervention: Words = Words()
    kind: InterventionKind | None = None
    """None where nobody said it."""
    share: Annotated[float, Field(gt=0)] = 1.0


class Epoch(Value):
    """A stretch of a participant's time in the study: screening, treatment, follow-up."""

    id: Name
    label: Words
    kind: Literal["screening", "run-in", "baseline", "treatment", "washout", "follow-up"] | None = None
    """None where nobody said it; it then follows from the days of its visits."""


class Visit(Value):
    """A planned contact; `day` counts from randomisation (day 0), which may be `before` days early and `after` days late."""

    id: Name
    epoch: Name
    label: Words
    day: int | None = None
    """None where the day is not planned, as for an unscheduled or early-termination visit."""
    before: Annotated[int, Field(ge=0)] = 0
    after: Annotated[int, Field(ge=0)] = 0
    place: Literal["site", "telephone", "home", "remote"] = "site"


class Activity(Value):
    """Something done at visits, such as an electrocardiogram."""

    id: Name
    label: Words
    group: Words = Words()


class Planned(Value):
    """One cell of the schedule: the activity is done at this visit, perhaps only under a condition."""

    activity: Name
    visit: Name
    condition: Words = Words()


class Schedule(Value):
    """The schedule of activities, activities in rows and visits in columns."""

    epochs: tuple[Epoch, ...] = ()
    visits: tuple[Visit, ...] = ()
    activities: tuple[Activity, ...] = ()
    cells: tuple[Planned, ...] = ()
    notes: Words = Words()

    def cell(self, activity: str, visit: str) -> Planned | None:
        """The cell where the two meet, None where nothing is done."""
        return next((c for c in self.cells if c.activity == activity and c.visit == visit), None)


class Participants(Value):
    """Who may take part, as registries and CDISC ask for it in fields; the criteria say it in words."""

    conditions: tuple[Words, ...] = ()
    """The disease or condition studied."""
    minimum_age: Annotated[float, Field(ge=0)] | None = None
    """Years; None for no limit."""
    maximum_age: Annotated[float, Field(ge=0)] | None = None
    sex: Literal["all", "female", "male"] = "all"
    healthy: bool = False
    """Whether healthy volunteers may take part."""
    planned: Annotated[int, Field(ge=0)] | None = None
    """How many are to be enrolled; None where the design's number stands."""


class Registration(Value):
    """What a registry asks for that no section of the protocol says in one field."""

    purpose: Literal[
        "", "treatment", "prevention", "diagnostic", "supportive-care", "screening", "health-services", "basic-science"
    ] = ""
    keywords: tuple[Words, ...] = ()
    start: str = ""
    """ISO 8601 date or month, as are the two that follow."""
    primary_completion: str = ""
    completion: str = ""
    sharing: Literal["", "yes", "no", "undecided"] = ""
    """Whether data of individual participants will be shared."""
    sharing_plan: Words = Words()


class Site(Value):
    """A place that enrols, its ethics committee, and how many it is to enrol."""

    id: Name
    name: Words
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    """ISO 3166-1 alpha-2."""
    investigator: Words = Words()
    ethics: Words = Words()
    ethics_approval: str = ""
    target: Annotated[int, Field(ge=0)] | None = None


class Role(Value):
    """Who does what, centrally or at each site."""

    id: Name
    level: Literal["central", "local"]
    label: Words
    duties: Words = Words()


class Amendment(Value):
    """A numbered change of a protocol in force, and why."""

    number: Annotated[int, Field(ge=1)]
    date: str
    version: str
    reason: Words
    sections: tuple[str, ...] = ()
