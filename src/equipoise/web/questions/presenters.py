"""A question as rows for a page: plain dictionaries, in the reader's language."""

from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.errors import InputError
from equipoise.web.questions.forms import STEPS, step_of
from equipoise.web.questions.models import Question
from equipoise.web.questions.phrases import explain
from equipoise.web.questions.values import facts_of, field_label, in_force, published_facts, scenario_table


def present_steps(question: Question | None, now: str = "") -> list[dict]:
    """The six steps with their addresses (none before there is a question), which is open and which are written."""
    written = set(question.payload) if question else set()
    ready = (
        question is not None and question.status == Question.Status.READY
    )  # what a file leaves out has its usual values
    return [
        {
            "name": step.name,
            "title": step.title,
            "url": _address(question, step.name) if question else "",
            "now": step.name == now,
            "done": bool(step.parts) and (ready or step.parts[0] in written),
        }
        for step in STEPS
    ]


def step_before(question: Question, now: str) -> str:
    """The address of the step before this one; empty for the first."""
    place = [step.name for step in STEPS].index(now)
    return _address(question, STEPS[place - 1].name) if place else ""


def present_fault(question: Question, error: InputError | None) -> dict | None:
    """What is still wrong, in which step, and where to mend it."""
    if error is None:
        return None
    step = step_of(error.field)
    unwritten = error.given is None and error.field in step.parts and error.field not in question.payload
    if unwritten and error.field != "clusters":
        text = _("This step is not written yet.")
    else:
        label, text = field_label(error.field), explain(error)
        if label != step.title:
            text = _("%(field)s: %(fault)s") % {"field": label, "fault": text}
    return {"text": text, "step": step.title, "url": _address(question, step.name)}


def present_sections(question: Question) -> list[dict]:
    """The question step by step, as labelled facts, with the usual values where none were given; scenarios as one table."""
    payload = in_force(question.payload)
    sections = []
    for step in STEPS:
        section = {"name": step.name, "title": step.title, "url": _address(question, step.name)}
        section["facts"] = facts_of(step, payload) if step.form else []
        if step.name == "scenarios" and payload.get("scenarios") and "endpoint" in payload:
            section["table"] = scenario_table(payload)
        if section["facts"] or "table" in section:
            sections.append(section)
    if facts := published_facts(payload):
        sections.append({"name": "published", "title": _("As published"), "facts": facts})
    return sections


def present_versions(question: Question, most: int = 50) -> list[dict]:
    """The versions, latest first: when, by whom, and the steps that were changed."""
    records = question.history.select_related("history_user").order_by("version", "history_date", "history_id")
    versions: dict[int, dict] = {}
    before: dict = {}
    for record in records:
        payload = in_force(record.payload)
        held = versions.get(record.version)
        if held is None:
            changed = [
                step.title for step in STEPS if any(payload.get(part) != before.get(part) for part in step.parts)
            ]
            versions[record.version] = held = {"number": record.version, "changed": changed if versions else []}
        held |= {"date": record.history_date, "by": record.history_user.name if record.history_user else ""}
        before = payload
    return list(versions.values())[::-1][:most]


def _address(question: Question, name: str) -> str:
    if name in ("scenarios", "check"):
        return reverse(f"questions:{name}", args=[question.pk])
    return reverse("questions:edit", args=[question.pk, name])
