"""What a reader of a front is looking at: axis, filters, order and the designs compared, all held in the address."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from equipoise.search import Candidate, SearchResult
from equipoise.web.designs.words import AXES

MOST_COMPARED = 4
ORDERS = ("rank", "assurance", "expected_patients", "max_patients", "expected_months", "expected_cost")
FUTILITY = ("yes", "no")


@dataclass(frozen=True)
class View:
    """The state of the page; whatever an address says wrongly is as if it said nothing."""

    x: str = "expected_patients"
    order: str = "rank"
    family: str = ""
    looks: int | None = None
    futility: str = ""
    most_patients: int | None = None
    most_months: float | None = None
    everything: bool = False
    compare: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryDict, result: SearchResult) -> View:
        """From the address; with nothing named, the recommended design beside the plain fixed one is compared."""
        known = {candidate.id for candidate in result.candidates}
        named = dict.fromkeys(name for name in query.get("compare", "").split(",") if name in known)
        if "compare" not in query:
            plain = result.with_role("plain-fixed")
            named = dict.fromkeys(name for name in (result.recommended, plain and plain.id) if name)
        families = {candidate.family for candidate in result.candidates}
        return cls(
            x=_one_of(query.get("x"), AXES, "expected_patients"),
            order=_one_of(query.get("order"), ORDERS, "rank"),
            family=_one_of(query.get("family"), families, ""),
            looks=_whole(query.get("looks")),
            futility=_one_of(query.get("futility"), FUTILITY, ""),
            most_patients=_whole(query.get("most_patients")),
            most_months=_number(query.get("most_months")),
            everything=query.get("everything") == "1",
            compare=tuple(named)[:MOST_COMPARED],
        )

    def toggled(self, name: str) -> View:
        """With one more or one less design compared; a fifth takes the place of the one named last (see `makes_room`)."""
        if name in self.compare:
            return replace(self, compare=tuple(held for held in self.compare if held != name))
        return replace(self, compare=(*self.compare[: MOST_COMPARED - 1], name))

    def makes_room(self, name: str) -> str:
        """The design that goes when this one is compared too, if any."""
        full = len(self.compare) == MOST_COMPARED and name not in self.compare
        return self.compare[-1] if full else ""

    def toggle_address(self, name: str) -> str:
        """The address with one more or one less design compared; it says which made room."""
        gone = self.makes_room(name)
        return self.toggled(name).address() + (f"&gone={gone}" if gone else "")

    def unfiltered(self) -> View:
        """The same without filters."""
        return View(x=self.x, order=self.order, compare=self.compare)

    def address(self, **changes: Any) -> str:
        """The query string of this view with some changes, short: what is as usual is left out."""
        view, usual = replace(self, **changes), View()
        query = QueryDict(mutable=True)
        for name in ("x", "order", "family", "looks", "futility", "most_patients", "most_months"):
            value = getattr(view, name)
            if value != getattr(usual, name):
                query[name] = f"{value:.8g}" if isinstance(value, float) else str(value)
        if view.everything:
            query["everything"] = "1"
        query["compare"] = ",".join(view.compare)
        return "?" + query.urlencode(safe=",")

    def shown(self, result: SearchResult) -> list[Candidate]:
        """The candidates that pass the filters, in order; those compared always do."""
        chosen = [
            candidate for candidate in result.candidates if candidate.id in self.compare or self.passes(candidate)
        ]
        if self.order == "rank":
            return chosen
        return sorted(chosen, key=lambda candidate: getattr(candidate, self.order), reverse=self.order == "assurance")

    def compared(self, result: SearchResult) -> list[Candidate]:
        """The designs side by side, in the order in which they were named."""
        return [candidate for name in self.compare if (candidate := result.candidate(name))]

    def passes(self, candidate: Candidate) -> bool:
        """Whether the filters let a candidate through."""
        design = candidate.design
        return (
            (self.everything or candidate.on_front)
            and self.family in ("", candidate.family)
            and self.looks in (None, design["looks"])
            and (not self.futility or (design["futility_spending"] != "none") == (self.futility == "yes"))
            and (self.most_patients is None or candidate.max_patients <= self.most_patients)
            and (self.most_months is None or candidate.expected_months <= self.most_months)
        )


def _one_of(given: str | None, allowed, usual: str) -> str:
    return given if given is not None and given in allowed else usual


def _whole(given: str | None) -> int | None:
    return (
        int(given)
        if given and given.isascii() and given.isdecimal() and int(given[:9]) > 0 and len(given) < 9
        else None
    )


def _number(given: str | None) -> float | None:
    """A positive number with at most two decimals."""
    found = re.fullmatch(r"[0-9]{1,6}([.][0-9]{0,2})?", given or "")
    return float(found[0]) or None if found else None
