"""A question as rows for a page: plain dictionaries, in the reader's language."""

from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.errors import InputError
from equipoise.web.questions.forms import STEPS, ScenarioRows, step_of
from equipoise.web.questions.forms.fields import tidy
from equipoise.web.questions.models import Question
from equipoise.web.questions.phrases import explain


def present_steps(question: Question | None, now: str = "") -> list[dict]:
    """The six steps with their addresses (none before there is a question), which is open and which are written."""
    written = set(question.payload) if question else set()
    return [
        {
            "name": step.name,
            "title": step.title,
            "url": _address(question, step.name) if question else "",
            "now": step.name == now,
            "done": bool(set(step.parts) & written),
        }
        for step in STEPS
    ]


def present_fault(question: Question, error: InputError | None) -> dict | None:
    """What is still wrong, in which step, and where to mend it."""
    if error is None:
        return None
    step = step_of(error.field)
    missing = error.field in question.payload.keys() ^ set(step.parts) and error.given is None
    text = _("This step is not written yet.") if missing else f"{field_label(error.field)}: {explain(error)}"
    return {"text": text, "step": step.title, "url": _address(question, step.name)}


def present_sections(payload: dict) -> list[dict]:
    """The payload step by step, as labelled facts; scenarios as one table."""
    sections = []
    for step in STEPS:
        facts = [] if step.form is None else _facts(step, payload)
        section = {"name": step.name, "title": step.title, "facts": facts}
        if step.name == "scenarios" and payload.get("scenarios") and "endpoint" in payload:
            section["table"] = _scenario_table(payload)
        if facts or "table" in section:
            sections.append(section)
    return sections


def field_label(path: str) -> str:
    """The label of the field that a dotted path names, with the scenario's place where it is in one."""
    parts = path.split(".")
    if parts[0] == "scenarios" and len(parts) > 1:
        from equipoise.web.questions.forms.scenarios import ScenarioForm

        field = ScenarioForm.base_fields.get(parts[2]) if len(parts) > 2 else None
        where = _("Scenario %(place)s") % {"place": parts[1]}
        return f"{where}, {field.label}" if field else where
    for step in STEPS:
        field = step.form.base_fields.get("__".join(parts[:2])) if step.form else None
        if field:
            return str(field.label)
    return path


def _facts(step, payload: dict) -> list[dict]:
    form = step.form(payload=payload)
    facts = []
    for field in form:
        part, _sep, key = field.name.partition("__")
        value = payload.get(part, {}).get(key) if key else payload.get(part)
        if value not in (None, "", [], {}, False):
            facts.append({"label": field.label, "value": _spoken(field, value)})
    return facts


def _spoken(field, value) -> str:
    choices = {str(key): str(label) for key, label in getattr(field.field, "choices", [])}
    if choices:
        values = value if isinstance(value, list | tuple) else [value]
        return "\n".join(choices.get(str(item), str(item)) for item in values)
    if value is True:
        return _("yes")
    shown = field.field.prepare_value(value)
    return f"{tidy(shown):,}" if isinstance(shown, int | float) else str(shown)


def _scenario_table(payload: dict) -> dict:
    forms = ScenarioRows(payload).forms
    rows = payload["scenarios"]
    columns = [
        name
        for name in forms[0].fields
        if name not in ("name", "primary") and any(row.get(name) is not None for row in rows)
    ]
    return {
        "columns": [forms[0].fields[name].label for name in columns],
        "rows": [
            {
                "name": row.get("name", ""),
                "primary": row.get("primary", False),
                "cells": ["" if row.get(name) is None else _spoken(forms[0][name], row[name]) for name in columns],
            }
            for row in rows
        ],
    }


def _address(question: Question, name: str) -> str:
    if name in ("scenarios", "check"):
        return reverse(f"questions:{name}", args=[question.pk])
    return reverse("questions:edit", args=[question.pk, name])
