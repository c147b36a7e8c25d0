"""What a check of a protocol answers: checklist items, findings, how ready it is, and what to do next."""

from __future__ import annotations

from typing import Literal

from equipoise.protocol.words import Words
from equipoise.value import Value

Level = Literal["contradiction", "gap", "advice"]
"""A contradiction: two places cannot both be right. A gap: something must be there and is not. Advice: look again."""
Status = Literal["met", "partly", "missing", "contradictory", "not-applicable"]


class Place(Value):
    """Where something is said: a passage of a section, or a part ("endpoints", "E1"), with the words that stand there."""

    section: str = ""
    passage: str = ""
    part: str = ""
    """The list of the part: "endpoints", "visits", "identity", "source"."""
    id: str = ""
    quote: str = ""


class Finding(Value):
    """One thing wrong, in both languages, with everything that disagrees in `places`: what is questioned comes first."""

    code: str
    level: Level
    text: Words
    places: tuple[Place, ...] = ()
    items: tuple[str, ...] = ()
    """The checklist items that it touches."""

    @property
    def here(self) -> Place | None:
        """Where to look first."""
        return self.places[0] if self.places else None

    @property
    def there(self) -> Place | None:
        """What it disagrees with."""
        return self.places[1] if len(self.places) > 1 else None


class Item(Value):
    """A checklist item as this protocol meets it."""

    number: str
    """As the checklist prints it: "27a"."""
    title: Words
    asks: Words
    status: Status
    places: tuple[Place, ...] = ()
    """Where it is met, as far as it is."""
    lacks: Words = Words()
    """What is still wanted; why it does not apply, where it does not."""
    findings: tuple[str, ...] = ()
    """Codes of the findings that touch it."""


class Step(Value):
    """One of the next things to do, and how many points of readiness it brings."""

    text: Words
    place: Place | None = None
    gain: float = 0.0
    code: str = ""
    """The finding's code or, for a checklist item, its number."""


class Report(Value):
    """A protocol, checked."""

    checklist: Literal["SPIRIT 2025", "TARGET 2025"]
    items: tuple[Item, ...]
    findings: tuple[Finding, ...]
    readiness: int
    """0 to 100; 100 exactly where nothing is left to do. See `score.readiness`."""
    next: tuple[Step, ...]
    """The next three things to do, the most pressing first."""

    def count(self, status: Status) -> int:
        """How many items have this status."""
        return sum(item.status == status for item in self.items)

    def of_level(self, level: Level) -> tuple[Finding, ...]:
        """The findings of one level."""
        return tuple(finding for finding in self.findings if finding.level == level)
