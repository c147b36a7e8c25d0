"""The numbers under which registries know each other's trials."""

from __future__ import annotations

import re

from equipoise.portfolio.record import Record

PATTERNS: dict[str, re.Pattern[str]] = {
    "ClinicalTrials.gov": re.compile(r"\bNCT\s?-?(\d{8})\b", re.IGNORECASE),
    "ChiCTR": re.compile(r"\bChiCTR-?([A-Z]{0,4}-?\d{8,10})\b", re.IGNORECASE),
    "EudraCT": re.compile(r"\b(?:EUCTR)?(20\d{2}-\d{6}-\d{2})(?:-\d{2}|-[A-Z]{2})?\b", re.IGNORECASE),
    "ISRCTN": re.compile(r"\bISRCTN\s?(\d{8})\b", re.IGNORECASE),
    "WHO": re.compile(r"\bU\s?(1111-\d{4}-\d{4})\b", re.IGNORECASE),
    "ANZCTR": re.compile(r"\bACTRN(\d{14})\b", re.IGNORECASE),
    "CTRI": re.compile(r"\bCTRI/(\d{4}/\d{2,3}/\d{6})\b", re.IGNORECASE),
    "jRCT": re.compile(r"\bjRCT([s\d]\d{9,11})\b", re.IGNORECASE),
    "UMIN": re.compile(r"\b(?:JPRN-)?UMIN(\d{9})\b", re.IGNORECASE),
    "DRKS": re.compile(r"\bDRKS(\d{8})\b", re.IGNORECASE),
    "IRCT": re.compile(r"\bIRCT(\d{8,16}N\d{1,3})\b", re.IGNORECASE),
    "KCT": re.compile(r"\bKCT(\d{7})\b", re.IGNORECASE),
    "CTR": re.compile(r"\bCTR(20\d{6})\b"),  # the drug trials of China's regulator
}
"""Each registry's number, as its own site writes it; sources: the registries' pages and WHO's list of primary registries."""


def canonical(text: str) -> tuple[str, ...]:
    """The registry numbers in a text, each written one way: "NCT01234567", "EudraCT 2018-001234-12"."""
    return tuple(f"{name} {found.upper()}" for name, pattern in PATTERNS.items() for found in pattern.findall(text))


def identifiers_of(record: Record) -> tuple[str, ...]:
    """All registry numbers of a record, its own first."""
    own = canonical(record.registry_id) or (f"{record.registry} {record.registry_id}".strip(),)
    others = (found for given in record.secondary_ids for found in canonical(given.id))
    return tuple(dict.fromkeys((*own, *others)))
