"""House rules: what contradicts itself, and what no protocol should be without."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from equipoise.protocol.checks.quantities import QUANTITIES
from equipoise.protocol.checks.reading import Reading
from equipoise.protocol.checks.report import Finding
from equipoise.protocol.checks.rules import conduct, documents, estimands, schedule
from equipoise.protocol.checks.stated import disagreements

Rule = Callable[[Reading], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    estimands.objectives, estimands.endpoints, estimands.endpoint_time, estimands.estimands,
    estimands.primary_endpoint_said, estimands.kind_of_design, estimands.multiplicity,
    schedule.windows, schedule.consent_first, schedule.empty_rows, schedule.safety_watched, schedule.within_follow_up,
    conduct.blinding, conduct.unblinding, conduct.interim_looks, conduct.arms, conduct.doses, conduct.strata,
    conduct.sites, conduct.countries, conduct.participants,
    documents.references, documents.amendments, documents.names, documents.translations, documents.gaps_left,
)  # fmt: skip


def findings(reading: Reading) -> list[Finding]:
    """All that the house rules find: contradictions first, otherwise in the order of the rules."""
    found = [finding for quantity in QUANTITIES for finding in disagreements(reading, quantity)]
    found += [finding for rule in RULES for finding in rule(reading)]
    unique = list(dict.fromkeys(found))
    order = {"contradiction": 0, "gap": 1, "advice": 2}
    return sorted(unique, key=lambda finding: order[finding.level])
