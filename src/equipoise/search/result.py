"""What a search answers: candidates with their operating characteristics, the recommendation and its reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from equipoise.search.question import Question
from equipoise.value import Value

Progress = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and the stage."""


class SearchCancelled(Exception):  # noqa: N818  (an outcome, not an error)
    """The search was stopped on request; nothing was kept but the checkpoint, if one was asked for."""


class ScenarioResult(Value):
    """What a candidate does under one scenario; lists hold one figure a look, months count from the first site's opening."""

    name: str
    power: float
    type_one_error: float
    expected_patients: float
    max_patients: float
    expected_months: float
    max_months: float
    expected_cost: float
    stop_early: float
    stop_efficacy: tuple[float, ...]
    stop_futility: tuple[float, ...]
    months: tuple[float, ...]
    patients: tuple[float, ...]
    power_error: float = 0.0
    """The standard error of the power, where it was simulated."""


class Candidate(Value):
    """One design with its figures; those without a scenario are averaged over the scenarios' weights."""

    id: str
    family: str
    design: dict[str, Any]
    text: str
    roles: tuple[str, ...] = ()
    on_front: bool
    feasible: bool
    rank: int | None
    score: float
    assurance: float
    expected_patients: float
    max_patients: float
    expected_months: float
    expected_cost: float
    trials: int | None = None
    """Virtual trials lived through under each scenario; None where the figures are exact."""
    scenarios: tuple[ScenarioResult, ...]


class Reason(Value):
    """One reason for the recommendation: a code, the figures that go with it, and the sentence in English."""

    code: str
    values: dict[str, Any] = {}
    text: str


class Robustness(Value):
    """How far one scenario's weight may rise, the others shrinking alike, before another design wins.

    `weight_limit` is None where no other design ever wins.
    """

    scenario: str
    weight_now: float
    weight_limit: float | None
    then: str | None


class Spent(Value):
    """Virtual trials: how many candidates lived through how many, and how sure it is that the best of them is the best.

    `all_to_the_limit` is what it would have taken to bring every candidate to the same number of trials.
    """

    candidates: int
    trials: int
    all_to_the_limit: int
    confidence: float

    @property
    def sentence(self) -> str:
        """What was spent, in one English sentence."""
        return (
            f"{self.candidates:,} of them lived through {self.trials:,} virtual trials, where these decide "
            f"({self.all_to_the_limit:,} for all alike); the best of them is so, or within a hair, "
            f"with probability {self.confidence:.3f}."
        )


class SearchResult(Value):
    """The answer to a question, as `equipoise search --json` prints it."""

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    question: Question
    evaluated: int
    feasible: int
    front_size: int
    candidates: tuple[Candidate, ...]
    recommended: str | None
    why: tuple[str, ...]
    reasons: tuple[Reason, ...]
    robustness: tuple[Robustness, ...] = ()
    simulation: Spent | None = None
    seconds: float

    def candidate(self, identity: str | None) -> Candidate | None:
        """The kept candidate with this id."""
        return next((candidate for candidate in self.candidates if candidate.id == identity), None)

    def with_role(self, role: str) -> Candidate | None:
        """The candidate that plays a role, such as "recommended" or "plain-fixed"."""
        return next((candidate for candidate in self.candidates if role in candidate.roles), None)
