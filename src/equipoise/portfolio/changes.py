"""What changed between two versions of a record."""

from __future__ import annotations

from equipoise.portfolio.record import Record
from equipoise.value import Value

GROUPS: dict[str, tuple[str, ...]] = {
    "status": ("status", "status_published", "why_stopped"),
    "enrolment": ("enrolment_planned", "enrolment_actual"),
    "outcomes": ("outcomes",),
    "dates": (
        "start", "start_actual", "primary_completion", "primary_completion_actual", "completion", "completion_actual",
    ),
    "sites": ("sites", "countries"),
    "results": ("results_posted", "results_first_posted"),
}  # fmt: skip
"""The fields whose changes matter to a reader of trials; any other is "text"."""


class Change(Value):
    """One field's change: what it no longer says and what it says now, each item as text."""

    field: str
    group: str
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def changes(before: Record, after: Record) -> tuple[Change, ...]:
    """Every field that differs, except the date of the update itself."""
    found: list[Change] = []
    for field in Record.model_fields:
        old, new = getattr(before, field), getattr(after, field)
        if old == new or field in ("schema_version", "layout", "updated"):
            continue
        olds, news = _items(old), _items(new)
        found.append(
            Change(
                field=field,
                group=next((name for name, fields in GROUPS.items() if field in fields), "text"),
                removed=tuple(item for item in olds if item not in news),
                added=tuple(item for item in news if item not in olds),
            )
        )
    return tuple(found)


def _items(value: object) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, tuple):
        return tuple(_text(item) for item in value)
    return (_text(value),)


def _text(item: object) -> str:
    if isinstance(item, Value):
        given = item.model_dump(exclude_defaults=True)
        return "; ".join(", ".join(part) if isinstance(part, tuple) else str(part) for part in given.values())
    return str(item)
