"""The trial schema: a participant's way from screening through allocation and arms to the analyses, as one drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from equipoise.protocol.document import Protocol
from equipoise.protocol.parts import Epoch
from equipoise.protocol.render.labels import label
from equipoise.protocol.words import Language

DRAWING = Path(__file__).parent / "typst" / "drawing.typ"
_CONTROLS = {"active-comparator", "placebo", "no-intervention", "sham"}


def schema_data(protocol: Protocol, language: Language) -> dict[str, Any]:
    """What the drawing shows, in words of this language; {} where there is no arm to draw.

    `before` and `after` are the epochs before and after allocation with their days, `arms` the arms with what they get and
    how many, `looks` the analyses with the share of the information at each.
    """
    if not protocol.arms:
        return {}
    epochs = protocol.schedule.epochs
    before = [epoch for epoch in epochs if _precedes(protocol, epoch)]
    return {
        "language": language,
        "participants": label("participants", language),
        "planned": _planned(protocol),
        "allocation": label("randomisation" if protocol.kind == "randomised" else "time_zero", language),
        "ratio": " : ".join(f"{arm.share:g}" for arm in protocol.arms) if protocol.kind == "randomised" else "",
        "before": [_epoch(protocol, epoch, language) for epoch in before],
        "after": [_epoch(protocol, epoch, language) for epoch in epochs if epoch not in before]
        or [{"label": label("followed", language), "days": ""}],
        "arms": _arms(protocol, language),
        "looks": _looks(protocol, language),
    }


def schema_in_words(data: dict[str, Any], language: Language) -> str:
    """The drawing in a sentence or two, for those who do not see it."""
    comma, stop, colon = ("，", "。", "：") if language == "zh" else (", ", ". ", ": ")
    epochs = [epoch["label"] for epoch in (*data["before"], *data["after"])]
    told = [
        comma.join(epochs),
        data["allocation"]
        + (f" {data['ratio']}" if data["ratio"] else "")
        + colon
        + comma.join(arm["label"] for arm in data["arms"]),
        comma.join(f"{look['label']} ({look['share']})" for look in data["looks"]),
    ]
    return stop.join(part for part in told if part).strip() + stop.strip()


def draw_schema(protocol: Protocol, language: Language) -> str:
    """The trial schema as SVG; "" where the protocol has no arms. Letters are outlines, so that no font is needed."""
    from equipoise.typeset import make_drawing

    data = schema_data(protocol, language)
    return make_drawing(DRAWING, data) if data else ""


def picture_schema(data: dict[str, Any], *, ppi: float = 220) -> bytes:
    """The same drawing as a picture (PNG), for documents that take no SVG."""
    from equipoise.typeset import make_pictures

    return make_pictures(DRAWING, data, ppi=ppi)[0]


def _days(protocol: Protocol, epoch: Epoch) -> list[int]:
    visits = (visit for visit in protocol.schedule.visits if visit.epoch == epoch.id)
    return [visit.day for visit in visits if visit.day is not None]


def _precedes(protocol: Protocol, epoch: Epoch) -> bool:
    """Whether the epoch ends before allocation: by its kind, else by its days."""
    if epoch.kind is not None:
        return epoch.kind in ("screening", "run-in", "baseline")
    days = _days(protocol, epoch)
    return bool(days) and min(days) < 0 and max(days) <= 0


def _epoch(protocol: Protocol, epoch: Epoch, language: Language) -> dict[str, str]:
    days = [str(day).replace("-", "−") for day in sorted(_days(protocol, epoch))]
    name = "on_day" if len({*days}) == 1 else "to_day"
    said = label(name, language).format(a=days[0], b=days[-1]) if days else ""
    return {"label": epoch.label.said(language), "days": said}


def _design(protocol: Protocol) -> dict[str, Any]:
    return protocol.source.candidate.design if protocol.source is not None else {}


def _planned(protocol: Protocol) -> str:
    """How many participants, as the protocol says it, else the design."""
    planned = protocol.participants.planned or _design(protocol).get("patients")
    return f"n = {planned:,.0f}" if planned else ""


def _arms(protocol: Protocol, language: Language) -> list[dict[str, str]]:
    design, two = _design(protocol), len(protocol.arms) == 2
    agreed = protocol.participants.planned in (None, design.get("patients"))
    found: list[dict[str, str]] = []
    for arm in protocol.arms:
        size = design.get("patients_control" if arm.role in _CONTROLS else "patients_treatment")
        one_each = two and len({each.role in _CONTROLS for each in protocol.arms}) == 2
        found.append({
            "label": arm.label.said(language), "intervention": arm.intervention.said(language),
            "size": f"n = {size:,.0f}" if size and one_each and agreed else "",
        })  # fmt: skip
    return found


def _looks(protocol: Protocol, language: Language) -> list[dict[str, Any]]:
    """The interim analyses and the final one, each at its share of the information; none where there is but one."""
    information = _design(protocol).get("information") or []
    if len(information) < 2:
        return []
    of = label("information", language)
    return [
        {
            "label": label("final", language) if at == information[-1] else f"{label('interim', language)} {place}",
            "share": f"{of} {at:.0%}" if language == "zh" else f"{at:.0%} {of}",
            "at": at,
        }
        for place, at in enumerate(information, 1)
    ]
