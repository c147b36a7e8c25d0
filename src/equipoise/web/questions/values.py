"""The values of a question as they will be searched, each with its label, in the reader's language."""

from typing import get_args

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise import search
from equipoise.errors import InputError
from equipoise.web.questions.forms import STEPS, main_place
from equipoise.web.questions.forms.fields import tidy
from equipoise.web.questions.forms.scenarios import ScenarioForm

# what a file can say, and no form asks: label, and the words for its values
ONLY_IN_FILES = {
    "endpoint": {
        "test": (gettext_lazy("Test of the means"), {"t": gettext_lazy("t test"), "z": gettext_lazy("z test")}),
        "events_formula": (
            gettext_lazy("Formula for the events"),
            {"schoenfeld": "Schoenfeld", "freedman": "Freedman"},
        ),
    },
    "consider": {
        "binding": (
            gettext_lazy("Rules for stopping without success"),
            {"True": gettext_lazy("must be obeyed (binding)"), "False": gettext_lazy("may be overruled (not binding)")},
        ),
        "timing": (
            gettext_lazy("When the looks are"),
            {
                "even": gettext_lazy("evenly spaced"),
                "late": gettext_lazy("late"),
                "root": gettext_lazy("by the square root"),
            },
        ),
        "sizes": (gettext_lazy("Sizes tried of each shape"), {}),
    },
    "simulation": {
        "first_trials": (gettext_lazy("Virtual trials of every design"), {}),
        "trials": (gettext_lazy("Virtual trials of designs worth considering"), {}),
        "most_trials": (gettext_lazy("Virtual trials of those that may be the best"), {}),
        "confidence": (gettext_lazy("How sure the best is to be"), {}),
        "seed": (gettext_lazy("Seed of the random numbers"), {}),
    },
}
PUBLISHED = {
    "source": gettext_lazy("Source"),
    "patients": gettext_lazy("Patients"),
    "events": gettext_lazy("Events"),
    "clusters": gettext_lazy("Clusters"),
    "note": gettext_lazy("Note"),
}
SEQUENTIAL = {"looks", "spending", "futility", "binding", "timing"}


def in_force(payload: dict) -> dict:
    """The payload with every default filled in; of a draft, each part that can be read by itself."""
    try:
        return search.Question.read(payload).model_dump(mode="json", by_alias=True, exclude_none=True)
    except InputError:
        return {name: _part_in_force(name, part) for name, part in payload.items()}


def _part_in_force(name: str, part):
    field = search.Question.model_fields.get(name)
    models = [one for one in _inside(field.annotation) if hasattr(one, "read")] if field else []
    if name == "scenarios" and isinstance(part, list):
        return [_read(models[0], row) for row in part]
    return _read(models[0], part) if models else part


def _inside(kind) -> list:
    """A type and those it is made of."""
    return [kind, *(one for part in get_args(kind) for one in _inside(part))]


def _read(model, data):
    try:
        return model.read(data).model_dump(mode="json", by_alias=True, exclude_none=True)
    except InputError:
        return data


def facts_of(step, payload: dict) -> list[dict]:
    """The answers of one step as {"label", "value"}."""
    form = step.form(payload=payload)
    facts = []
    for field in form:
        part, _sep, key = field.name.partition("__")
        value = form.initial.get(field.name) if part in payload else None
        if key and _pointless(part, key, payload):
            continue
        if value not in (None, "", [], {}):
            shown = spoken(field, value)
            money = (part == "cost" and key != "currency") or key == "max_cost"
            currency = payload.get("cost", {}).get("currency", "")
            if part == "preferences":
                shown = _("weight %(n)s") % {"n": shown}
            facts.append({"label": field.label, "value": f"{shown} {currency}".strip() if money else shown})
    for part in step.parts:
        for key, (label, words) in ONLY_IN_FILES.get(part, {}).items():
            value = payload.get(part, {}).get(key)
            if value is not None and not _pointless(part, key, payload):
                values = value if isinstance(value, list) else [value]
                facts.append({"label": label, "value": "\n".join(str(words.get(str(one), one)) for one in values)})
    return facts


def published_facts(payload: dict) -> list[dict]:
    """What the trial's own publication gives, where the file says it."""
    given = payload.get("published") or {}
    return [{"label": label, "value": str(given[name])} for name, label in PUBLISHED.items() if given.get(name)]


def _pointless(part: str, key: str, payload: dict) -> bool:
    """Whether other answers leave a value without meaning."""
    kind = payload.get("endpoint", {}).get("kind")
    families = payload.get("consider", {}).get("families", [])
    if part == "endpoint":
        return {"measure": "proportion", "test": "mean", "events_formula": "survival"}.get(key, kind) != kind
    if part == "follow_up" and key == "per_patient":
        return kind != "survival"
    if part == "clusters" and key in ("steps", "period_months"):
        return "stepped-wedge" not in families
    if part == "simulation":
        return payload.get("consider", {}).get("judged") != "simulated"
    return part == "consider" and key in SEQUENTIAL and "group-sequential" not in families


def spoken(field, value) -> str:
    """A value as the field's own words, units and separators."""
    choices = {str(key): str(label) for key, label in getattr(field.field, "choices", [])}
    if choices:
        values = value if isinstance(value, list | tuple) else [value]
        return "\n".join(choices.get(str(item), str(item)) for item in values)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    shown = field.field.prepare_value(value)
    return f"{tidy(shown):,}" if isinstance(shown, int | float) else str(shown)


def scenario_table(payload: dict) -> dict:
    """The scenarios side by side: a column each, a row for each assumption."""
    rows = payload["scenarios"]
    form = ScenarioForm(kind=payload["endpoint"]["kind"])
    main = main_place(rows)
    grouped = any(row.get("icc") is not None for row in rows)
    names = [
        name
        for name in form.fields
        if name != "name" and any(row.get(name) is not None for row in rows) and (name != "cac" or grouped)
    ]
    return {
        "columns": [{"name": row.get("name", ""), "main": place == main} for place, row in enumerate(rows)],
        "rows": [
            {
                "label": form.fields[name].label,
                "cells": ["" if row.get(name) is None else spoken(form[name], row[name]) for row in rows],
            }
            for name in names
        ],
    }


def field_label(path: str) -> str:
    """The label of the field that a dotted path names, with the scenario's place where it is in one; else its step's title."""
    parts = path.split(".")
    if parts[0] == "scenarios" and len(parts) > 1:
        field = ScenarioForm.base_fields.get(parts[2]) if len(parts) > 2 else None
        where = _("Scenario %(place)s") % {"place": parts[1]}
        return _("%(scenario)s, “%(field)s”") % {"scenario": where, "field": field.label} if field else where
    for step in STEPS:
        field = step.form.base_fields.get("__".join(parts[:2])) if step.form else None
        if field:
            return str(field.label)
    if len(parts) > 1:
        return str(ONLY_IN_FILES.get(parts[0], {}).get(parts[1], [f"“{path}”"])[0])
    return next((str(step.title) for step in STEPS if path in step.parts), f"“{path}”")
