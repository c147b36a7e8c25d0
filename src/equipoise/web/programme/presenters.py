"""A year's figures as the rows and bars of its page."""

from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from equipoise.web.advice import figures as board
from equipoise.web.programme import figures
from equipoise.web.programme.figures import Department
from equipoise.web.programme.models import Programme
from equipoise.web.programme.queries import bounds, coming_lectures, next_session

KEPT = 60
"""Seconds for which a year's slow figures are kept."""


@dataclass(frozen=True)
class Bar:
    """A row of a chart that is a table: its words, its number, and how long its bar is, in hundredths."""

    label: str
    number: int
    length: float
    tone: str = ""
    note: str = ""


def present_year(programme: Programme, year: int) -> dict:
    """Everything of the year that every member may see."""
    counts, known = figures.lecture_counts(programme, year), year_figures(programme, year)
    return {
        "lecture": coming_lectures([programme.pk]).first(),
        "session": next_session(programme),
        "counts": counts,
        "planned": (planned := max(programme.lectures_a_year, counts["held"] + counts["to_come"])),
        "held_share": share(counts["held"], planned),
        "departments": present_departments(known["departments"]),
        "ages": bars(board.open_by_age(programme), tones=("", "", "", "warn", "bad")),
        "adoption": present_adoption(known["adoption"]),
        "given": sum(known["adoption"].values()),
        "turnaround": present_turnaround(known["turnaround"]),
        "funnel": present_funnel(known["funnel"]),
        "confidence": present_confidence(known["confidence"]),
    }


def year_figures(programme: Programme, year: int) -> dict:
    """The figures that take the database long in a large programme: kept for a minute, the same for every member."""
    key, (since, until) = f"programme:{programme.pk}:{year}", bounds(year)
    known = cache.get(key)
    if known is None:
        known = {
            "departments": figures.by_department(programme, year),
            "adoption": board.adoption(programme, since, until),
            "turnaround": board.turnaround(programme, since, until),
            "funnel": figures.funnel(programme, since, until),
            "confidence": figures.confidence(programme, year),
        }
        cache.set(key, known, KEPT)
    return known


def share(part: float, whole: float) -> float:
    """In hundredths, for the length of a bar."""
    return round(min(100.0, 100 * part / whole), 1) if whole else 0.0


def per_cent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else ""


def bars(rows: list[tuple[str, int]], tones: tuple[str, ...] = ()) -> list[Bar]:
    """One bar a row, the longest of full length."""
    most = max((number for _label, number in rows), default=0)
    shades = (*tones, *[""] * len(rows))
    return [
        Bar(str(label), number, share(number, most), tone) for (label, number), tone in zip(rows, shades, strict=False)
    ]


def present_departments(rows: list[Department]) -> list[dict]:
    """The departments, with a bar for how many came."""
    most = max((row.attended or 0 for row in rows), default=0)
    return [
        {"name": row.name or _("Other departments"), "row": row, "length": share(row.attended or 0, most)}
        for row in rows
    ]


def present_adoption(counts: dict[str, int]) -> list[Bar]:
    """What became of the recommendations given."""
    words = {
        "adopted": (_("adopted"), "good"), "declined": (_("declined, with a reason"), "bad"),
        "superseded": (_("superseded"), ""), "open": (_("not answered yet"), "warn"),
    }  # fmt: skip
    total = sum(counts.values())
    return [
        Bar(label, counts[state], share(counts[state], total), tone, per_cent(counts[state], total))
        for state, (label, tone) in words.items()
    ]


def present_funnel(counts: dict[str, int]) -> list[Bar]:
    """The way from a question to advice that is followed."""
    words = {
        "questions": _("Questions begun"), "searches": _("searched for designs"),
        "consultations": _("brought to the board"), "followed": _("changed by its advice"),
    }  # fmt: skip
    total = counts["questions"]
    return [
        Bar(
            label,
            counts[code],
            share(counts[code], total),
            note="" if code == "questions" else per_cent(counts[code], total),
        )
        for code, label in words.items()
    ]


def present_turnaround(told: dict) -> dict | None:
    """How long advice took; None without any."""
    if not told["n"]:
        return None
    return told | {"in_time": round(100 * told["within_review_days"])}


def present_confidence(told: dict | None) -> dict | None:
    """Before and after, on a scale of 1 to 5."""
    if told is None:
        return None
    return told | {
        "rows": [(_("before the lecture"), told["before"], share(told["before"], 5)),
                 (_("after it"), told["after"], share(told["after"], 5))],
        "changing": per_cent(told["will_change"], told["answers"]),
    }  # fmt: skip


def present_term(programme: Programme, today: date | None = None) -> dict:
    """How the agreement stands."""
    today = today or timezone.localdate()
    if programme.days_left < 0:
        state, tone = _("ended"), "bad"
    elif programme.renewal_is_due:
        state, tone = _("renewal due"), "warn"
    else:
        state, tone = (_("in force"), "good") if programme.starts_on <= today else (_("not begun yet"), "")
    return {"state": state, "tone": tone, "days_left": max(0, programme.days_left)}
