"""A protocol checked: against SPIRIT 2025 or TARGET 2025, and by house rules that find what contradicts itself."""

from __future__ import annotations

from equipoise.protocol.checks.items import judged, spirit, target
from equipoise.protocol.checks.reading import Reading
from equipoise.protocol.checks.report import Finding, Item, Place, Report, Step
from equipoise.protocol.checks.rules import findings
from equipoise.protocol.checks.score import next_steps, readiness
from equipoise.protocol.document import Protocol

__all__ = ["Finding", "Item", "Place", "Report", "Step", "check"]


def check(protocol: Protocol) -> Report:
    """Every checklist item with where it is met, everything that contradicts itself, readiness, and the next three steps."""
    reading = Reading(protocol)
    found = findings(reading)
    randomised = protocol.kind == "randomised"
    items = tuple(judged(reading, spec, found) for spec in (spirit() if randomised else target()))
    return Report(
        checklist="SPIRIT 2025" if randomised else "TARGET 2025",
        items=items,
        findings=tuple(found),
        readiness=readiness(items, tuple(found)),
        next=next_steps(items, tuple(found)),
    )
