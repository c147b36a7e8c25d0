"""Which typed parts a checklist item counts as there, and what to call those that are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from equipoise.protocol.checks.report import Place
from equipoise.protocol.document import Protocol
from equipoise.protocol.gaps import gaps
from equipoise.protocol.words import Words


class Typed(NamedTuple):
    """A typed part: its name for readers, and where the protocol has it (None where it has not)."""

    what: Words
    where: Callable[[Protocol], Place | None]


def _said(words: Words) -> bool:
    """Whether a text says something, and not only what is to be filled in."""
    return bool(words.said("en").strip()) and not gaps(words.en) and not gaps(words.zh)


def _identity(field: str) -> Callable[[Protocol], Place | None]:
    def where(protocol: Protocol) -> Place | None:
        value = getattr(protocol.identity, field)
        there = _said(value) if isinstance(value, Words) else bool(value)
        return Place(part="identity", id=field) if there else None

    return where


def _in_title(pattern: str) -> Callable[[Protocol], Place | None]:
    def where(protocol: Protocol) -> Place | None:
        title = protocol.identity.title
        return (
            Place(part="identity", id="title") if re.search(pattern, f"{title.en} {title.zh}", re.IGNORECASE) else None
        )

    return where


def _any(kind: str, test: Callable[[object], bool] = lambda _: True) -> Callable[[Protocol], Place | None]:
    """The first part of this list that passes."""

    def where(protocol: Protocol) -> Place | None:
        part = next((each for each in getattr(protocol, kind) if test(each)), None)
        return Place(part=kind, id=part.id) if part is not None else None

    return where


def _every(kind: str, test: Callable[[object], bool]) -> Callable[[Protocol], Place | None]:
    """All parts of this list pass, and there are some."""

    def where(protocol: Protocol) -> Place | None:
        parts = getattr(protocol, kind)
        return Place(part=kind, id=parts[0].id) if parts and all(test(each) for each in parts) else None

    return where


def _has(field: str, value: object) -> Callable[[object], bool]:
    return lambda part: getattr(part, field) == value


def _says(field: str) -> Callable[[object], bool]:
    return lambda part: _said(getattr(part, field))


def _schedule(protocol: Protocol) -> Place | None:
    schedule = protocol.schedule
    return Place(part="visits", id=schedule.visits[0].id) if schedule.visits and schedule.cells else None


PARTS: dict[str, Typed] = {
    "title": Typed(Words(en="the title", zh="标题"), _identity("title")),
    "random-in-title": Typed(Words(en="“randomised” in the title", zh="标题中的“随机”"), _in_title(r"random|随机")),
    "emulation-in-title": Typed(
        Words(en="“target trial emulation” in the title", zh="标题中的“目标试验模拟”"),
        _in_title(r"target trial|emulat|目标试验|模拟"),
    ),
    "version": Typed(Words(en="the version", zh="版本号"), _identity("version")),
    "date": Typed(Words(en="the date of this version", zh="版本日期"), _identity("date")),
    "sponsor": Typed(Words(en="the sponsor", zh="申办者"), _identity("sponsor")),
    "funding": Typed(Words(en="the funding", zh="资金来源"), _identity("funding")),
    "registration": Typed(Words(en="a registration number", zh="注册号"), _identity("registrations")),
    "roles": Typed(Words(en="who does what, as roles", zh="角色与职责"), _any("roles")),
    "primary-objective": Typed(
        Words(en="a primary objective", zh="主要目的"), _any("objectives", _has("level", "primary"))
    ),
    "primary-endpoint": Typed(
        Words(en="a primary endpoint", zh="主要终点"), _any("endpoints", _has("level", "primary"))
    ),
    "secondary-endpoint": Typed(
        Words(en="a secondary endpoint", zh="次要终点"), _any("endpoints", _has("level", "secondary"))
    ),
    "endpoints-timed": Typed(
        Words(en="visits for every endpoint", zh="每个终点的访视"),
        _every("endpoints", lambda part: bool(getattr(part, "visits", ()))),
    ),
    "estimands": Typed(Words(en="an estimand", zh="估计目标"), _any("estimands", _says("summary"))),
    "analyses": Typed(
        Words(en="the analysis of every estimand", zh="每个估计目标的分析"), _every("estimands", _says("analysis"))
    ),
    "arms": Typed(Words(en="the arms", zh="组别"), _any("arms")),
    "interventions": Typed(
        Words(en="what each arm is given", zh="各组的干预内容"), _every("arms", _says("intervention"))
    ),
    "inclusion": Typed(
        Words(en="inclusion criteria", zh="入选标准"),
        _any("criteria", lambda c: getattr(c, "kind", "") == "inclusion" and _says("text")(c)),
    ),
    "exclusion": Typed(
        Words(en="exclusion criteria", zh="排除标准"),
        _any("criteria", lambda c: getattr(c, "kind", "") == "exclusion" and _says("text")(c)),
    ),
    "sites": Typed(Words(en="the sites", zh="研究中心"), _any("sites")),
    "ethics": Typed(
        Words(en="each site's approval", zh="各中心的批件"),
        _every("sites", lambda site: bool(getattr(site, "ethics_approval", ""))),
    ),
    "schedule": Typed(Words(en="the schedule of activities", zh="活动时间表"), _schedule),
}
