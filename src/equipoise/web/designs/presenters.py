"""A search and its answer as rows for a page: plain dictionaries, in the reader's language."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from equipoise.search import Candidate, ScenarioResult, SearchResult, can_be_told
from equipoise.web.designs import words
from equipoise.web.designs.explorer import ORDERS, View
from equipoise.web.designs.models import Search
from equipoise.web.designs.money import money
from equipoise.web.designs.reasons import percent, present_reasons

FIRST = 12
"""Rows of the table before one asks for all."""


def present_progress(search: Search) -> dict[str, Any]:
    """How far it is, in words and in per cent (None while that is not known)."""
    known = search.stage in ("designs", "trials") and search.total
    return {
        "stage": words.STAGES.get(search.stage, ""),
        "percent": round(100 * search.done / search.total) if known else None,
        "stopping": search.cancel_asked,
    }


def present_answer(result: SearchResult, view: View, *, all_rows: bool) -> dict[str, Any]:
    """Everything on the page of a finished search."""
    best, shown = result.candidate(result.recommended), view.shown(result)
    compared = view.compared(result)
    passing = sum(view.passes(candidate) for candidate in result.candidates)
    rows = shown if all_rows else _first(shown, view)
    return {
        "best": best and present_design(result, best),
        "best_sentence": best and words.sentence(best),
        "reasons": present_reasons(result),
        "axes": [
            {"name": name, "label": label, "url": view.address(x=name), "now": view.x == name} for name, label in words.AXES.items()
        ],
        "rows": [_row(result, candidate, view) for candidate in rows],
        "columns": [{"order": order, "label": label, "url": view.address(order=order), "now": view.order == order}
                    for order, label in zip(ORDERS, column_names(result), strict=True)],
        "effort": _("%(n)s designs in %(s)s s") % {"n": f"{result.evaluated:,}", "s": f"{result.seconds:.1f}"},
        "spent": _spent(result),
        "spoken": _spoken(passing, compared),
        "passing": passing,
        "kept": len(result.candidates),
        "filtered": view.unfiltered() != replace(view, everything=False),
        "most_months": "" if view.most_months is None else f"{view.most_months:.8g}",
        "unfiltered": view.unfiltered().address(),
        "front_kept": sum(candidate.on_front for candidate in result.candidates),
        "shown": len(shown),
        "hidden": len(shown) - len(rows),
        "compared": [present_design(result, candidate) | {"remove": view.address(compare=view.toggled(candidate.id).compare)}
                     for candidate in compared],
        "comparison": present_comparison(result, compared),
        "sequential": any(candidate.design["looks"] > 1 for candidate in compared),
        "looks": present_looks(result, compared),
        "robustness": [
            {
                "scenario": limit.scenario,
                "now": percent(limit.weight_now),
                "limit": _("any weight") if limit.weight_limit is None else percent(limit.weight_limit),
                "then": limit.then or "",
                "url": _beside(result, view, limit.then),
            }
            for limit in result.robustness
        ],
        "families": {name: words.FAMILIES[name] for name in sorted({held.family for held in result.candidates})},
        "looks_choices": sorted({held.design["looks"] for held in result.candidates}),
        "query": view.address(),
        "view": view,
        "result": result,
    }  # fmt: skip


def column_names(result: SearchResult) -> list[str]:
    """Headings of the table of designs, in the order of ORDERS."""
    cost = _("Cost expected (%(currency)s)") % {"currency": result.question.cost.currency}
    return [_("Design"), _("Assurance"), _("Patients expected"), _("Patients at most"), _("Months expected"), cost]


def present_design(result: SearchResult, candidate: Candidate) -> dict[str, Any]:
    """A design with its figures as text."""
    planned = candidate.scenarios[result.question.primary]
    return {
        "id": candidate.id,
        "told": can_be_told(result.question, candidate.family),
        "roles": [words.ROLES[role] for role in candidate.roles if role in words.ROLES],
        "sentence": words.sentence(candidate),
        "family": words.FAMILIES[candidate.family],
        "power": _power(planned),
        "assurance": percent(candidate.assurance, 1),
        "expected_patients": f"{candidate.expected_patients:,.0f}",
        "max_patients": f"{candidate.max_patients:,.0f}",
        "expected_months": f"{candidate.expected_months:.1f}",
        "max_months": f"{planned.max_months:.1f}",
        "expected_cost": money(candidate.expected_cost),
    }


def present_comparison(result: SearchResult, compared: list[Candidate]) -> list[dict[str, Any]]:
    """Rows of the side-by-side table: a heading and one cell for each design; a row without cells divides."""
    if not compared:
        return []
    rows = [
        _facts(_("Kind of design"), [words.FAMILIES[held.family] for held in compared]),
        _facts(_("Patients (treatment + control)"), [
            f"{held.design['patients_treatment']:,} + {held.design['patients_control']:,}" for held in compared]),
        _facts(_("Sites"), [f"{held.design['sites']:,}" for held in compared]),
        _facts(_("Looks"), [str(held.design["looks"]) for held in compared]),
        _facts(_("Efficacy bounds"), [
            "–" if held.design["looks"] == 1 else words.SPENDING[held.design["spending"]] for held in compared]),
        _facts(_("Futility"), [
            "–" if held.design["futility_spending"] == "none" else words.SPENDING[held.design["futility_spending"]]
            for held in compared]),
        _facts(_("Assurance"), [percent(held.assurance, 1) for held in compared]),
        _facts(_("Months expected"), [f"{held.expected_months:.1f}" for held in compared]),
        _facts(column_names(result)[-1], [money(held.expected_cost) for held in compared]),
    ]  # fmt: skip
    if any(held.design["events"] for held in compared):
        rows.insert(2, _facts(_("Events"), [f"{held.design['events']:,}" for held in compared]))
    for place, scenario in enumerate(result.question.scenarios):
        under = [held.scenarios[place] for held in compared]
        rows += [
            {"divider": scenario.name, "primary": scenario.primary},
            _facts(_("Power"), [_power(row) for row in under]),
            _facts(_("Type I error"), [f"{row.type_one_error:.4f}" for row in under]),
            _facts(_("Stops early"), [percent(row.stop_early) for row in under]),
            _facts(_("Patients expected / at most"), [f"{row.expected_patients:,.0f} / {row.max_patients:,.0f}" for row in under]),
            _facts(_("Months expected / at most"), [f"{row.expected_months:.1f} / {row.max_months:.1f}" for row in under]),
        ]  # fmt: skip
    return rows


def present_looks(result: SearchResult, compared: list[Candidate]) -> list[dict[str, Any]]:
    """For each design with several looks, a row a look; months and chances as in the primary scenario."""
    tables = []
    for held in compared:
        if held.design["looks"] == 1:
            continue
        planned, design = held.scenarios[result.question.primary], held.design
        tables.append({
            "id": held.id,
            "rows": [
                {
                    "look": look + 1,
                    "information": percent(design["information"][look]),
                    "month": f"{planned.months[look]:.1f}",
                    "patients": f"{planned.patients[look]:,.0f}",
                    "critical": "–" if design["critical"][look] is None else f"{design['critical'][look]:.4f}",
                    "nominal": "–" if design["nominal_p"][look] is None else f"{design['nominal_p'][look]:.5f}",
                    "futility": "–" if design["futility"][look] is None else f"{design['futility'][look]:.4f}",
                    "efficacy_stop": percent(planned.stop_efficacy[look], 1),
                    "futility_stop": _futility_stop(planned.stop_futility[look], design, look),
                }
                for look in range(design["looks"])
            ],
        })  # fmt: skip
    return tables


def _power(row: ScenarioResult) -> str:
    """The power; with its standard error where it was simulated."""
    power = percent(row.power, 1)
    return f"{power} ± {100 * row.power_error:.1f}" if row.power_error else power


def _spent(result: SearchResult) -> str:
    """What virtual trials were lived through, for a search that has some."""
    spent = result.simulation
    if spent is None:
        return ""
    facts = {"designs": f"{spent.candidates:,}", "trials": f"{spent.trials:,}", "sure": percent(spent.confidence, 1)}
    return (
        _(
            "%(designs)s designs lived through %(trials)s virtual trials, most of them where it was not clear who is better. "
            "It is %(sure)s sure that no other of them is clearly better than the best. ± is one standard error."
        )
        % facts
    )


def _futility_stop(chance: float, design: Mapping[str, Any], look: int) -> str:
    """A dash where nothing stops for futility: without a bound, and at the end, where the trial is over anyway."""
    stops = design["futility"][look] is not None and look + 1 < design["looks"]
    return percent(chance, 1) if stops else "–"


def _spoken(passing: int, compared: list[Candidate]) -> str:
    """What a change of the explorer has come to, for those who do not see it."""
    names = _(", ").join(held.id for held in compared) or _("none")
    return _("%(n)s designs pass the filters. Side by side: %(names)s.") % {"n": passing, "names": names}


def _beside(result: SearchResult, view: View, name: str | None) -> str:
    """Where the recommended design stands beside another; nowhere for one that the answer does not describe."""
    if not name or result.candidate(name) is None or not result.recommended:
        return ""
    return view.address(compare=(result.recommended, name)) + "#compare"


def _facts(label: str, cells: list[Any]) -> dict[str, Any]:
    return {"label": label, "cells": cells}


def _first(shown: list[Candidate], view: View) -> list[Candidate]:
    """Those with a role or compared, then the best, in the order shown."""
    named = [held for held in shown if held.roles or held.id in view.compare]
    rest = [held for held in shown if held not in named][: max(FIRST - len(named), 0)]
    wanted = {held.id for held in (*named, *rest)}
    return [held for held in shown if held.id in wanted]


def _row(result: SearchResult, candidate: Candidate, view: View) -> dict[str, Any]:
    compared = candidate.id in view.compare
    return present_design(result, candidate) | {
        "compared": compared,
        "on_front": candidate.on_front,
        "toggle": view.toggle_address(candidate.id),
        "makes_room": view.makes_room(candidate.id),
        "place": view.compare.index(candidate.id) + 1 if compared else None,
    }
