"""Why a search has nothing to recommend, in the reader's language, and what could be changed so that it has."""

import math
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.search import Candidate, SearchResult
from equipoise.web.designs.models import Search
from equipoise.web.questions.forms import Step, step_of
from equipoise.web.questions.models import Question
from equipoise.web.questions.presenters import field_label

LIMITS = {
    "max_patients": gettext_lazy("%(needed)s patients (the limit is %(limit)s)"),
    "max_months": gettext_lazy("%(needed)s months (the limit is %(limit)s)"),
    "max_cost": gettext_lazy("%(needed)s %(currency)s (the limit is %(limit)s)"),
}


def present_fault(search: Search, may_change: bool) -> dict[str, Any] | None:
    """Why a search ended without an answer: a title, sentences, and the steps in which to mend the question."""
    if search.status != Search.Status.FAILED:
        return None
    if search.fault == Search.LOST:
        text = _("The worker that ran it stopped before the end. Nothing is lost: start it again.")
        return {"title": _("The search was interrupted"), "texts": [text], "steps": []}
    if search.fault == Search.UNEXPECTED:
        text = _("Something went wrong on our side. It is written down for the administrator.")
        return {"title": _("The search failed"), "texts": [text], "steps": []}
    if search.found_nothing:
        return _no_design(search, may_change)
    field = search.fault.partition(":")[0]
    text = _("The search cannot begin with what the question says here: %(field)s.") % {"field": field_label(field)}
    return {"title": _("The question cannot be searched yet"), "texts": [text],
            "steps": _links(search.question, [step_of(field)], may_change)}  # fmt: skip


def _no_design(search: Search, may_change: bool) -> dict[str, Any]:
    asked = search.question.at_version(search.version).read()
    words = {"scenario": asked.scenarios[asked.primary].name, "power": f"{asked.endpoint.power:.0%}"}
    texts = [
        _("No design reaches the target power (%(power)s) in the scenario that is planned for, “%(scenario)s”, whatever its size.") % words,
        _("Look at the effect in that scenario: it must be a benefit, in the direction that counts as better."),
    ]  # fmt: skip
    fields = ["scenarios", "endpoint"]
    if asked.endpoint.objective != "superiority":
        texts[-1] = _(
            "Look at the effect in that scenario: it must lie within the margin, on the side that counts as a success."
        )
    if asked.clusters is not None:
        texts.append(_("Or there are too few clusters: see how many are available."))
        fields.append("clusters")
    steps = _links(search.question, [step_of(field) for field in fields], may_change)
    return {"title": _("The search found no design"), "texts": texts, "steps": steps}


def present_limits(result: SearchResult, question: Question, may_change: bool) -> dict[str, Any] | None:
    """Where limits rule every design out: which would let one in that the answer describes, and where they are written."""
    primary, limits = result.question.primary, result.question.limits
    if result.recommended or all(getattr(limits, name) is None for name in LIMITS):
        return None
    able = [
        held for held in result.candidates if held.scenarios[primary].power >= result.question.endpoint.power - 1e-6
    ]
    wanted = [(held, passed) for held in able if (passed := _passed(result, held))]
    if not wanted:
        return None
    held, passed = min(wanted, key=lambda pair: max(needed / limit for needed, limit in pair[1].values()))
    # rounded up, or the limit named would not suffice
    shown = {"max_patients": lambda n: f"{math.ceil(n):,}", "max_months": lambda n: f"{math.ceil(10 * n) / 10:g}",
             "max_cost": lambda n: f"{math.ceil(n):,}"}  # fmt: skip
    needs = [
        LIMITS[name] % {
            "needed": shown[name](needed), "limit": shown[name](limit), "currency": result.question.cost.currency,
        }
        for name, (needed, limit) in passed.items()
    ]  # fmt: skip
    text = _("Limits that would suffice, by the design described below (%(id)s): %(list)s. Smaller ones may do.") % {
        "id": held.id, "list": _(", ").join(needs),
    }  # fmt: skip
    return {"text": text, "steps": _links(question, [step_of("limits")], may_change)}


def _passed(result: SearchResult, held: Candidate) -> dict[str, tuple[float, float]]:
    """The limits that a design passes, with what it needs; the greatest cost is known for one analysis only."""
    planned, limits = held.scenarios[result.question.primary], result.question.limits
    needs = {"max_patients": planned.max_patients, "max_months": planned.max_months}
    if held.design["looks"] == 1:
        needs["max_cost"] = planned.expected_cost
    return {
        name: (needed, limit)
        for name, needed in needs.items()
        if (limit := getattr(limits, name)) is not None and needed > limit * (1 + 1e-9)
    }


def _links(question: Question, steps: list[Step], may_change: bool) -> list[dict[str, Any]]:
    """Each step once, with its address for whoever may write there."""

    def address(step: Step) -> str:
        if step.name in ("scenarios", "check"):
            return reverse(f"questions:{step.name}", args=[question.pk])
        return reverse("questions:edit", args=[question.pk, step.name])

    return [{"title": step.title, "url": address(step) if may_change else ""} for step in dict.fromkeys(steps)]
