"""The document as such: references, gaps, both languages, amendments, versions and registration numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from equipoise.protocol.checks.reading import Reading
from equipoise.protocol.checks.report import Finding, Place
from equipoise.protocol.checks.rules.finding import found, part
from equipoise.protocol.gaps import gaps
from equipoise.protocol.render.references import unknown_references
from equipoise.protocol.template import headings
from equipoise.protocol.words import Words

CRITERION = re.compile(r"\b(?:criteri(?:on|a)) ([IE]\d{1,2})\b|标准\s?([IE]\d{1,2})(?!\d)", re.IGNORECASE)
SECTION = re.compile(r"\bsections? (\d{1,2}(?:\.\d{1,2})+)|(?<![\d.])(\d{1,2}(?:\.\d{1,2})+)\s?节", re.IGNORECASE)
VISIT = re.compile(r"\bvisit (V\d{1,2})\b|访视\s?(V\d{1,2})(?!\d)", re.IGNORECASE)
REGISTERED = re.compile(r"NCT\d{8}|ChiCTR\d{8,10}|ISRCTN\d{8}")
VERSION = re.compile(
    r"\b(?:protocol )?version (\d+(?:\.\d+)*)|方案版本(?:号)?\s*[:：为]?\s*(\d+(?:\.\d+)*)", re.IGNORECASE
)
LANGUAGES = {"en": Words(en="English", zh="英文"), "zh": Words(en="Chinese", zh="中文")}


def references(reading: Reading) -> Iterator[Finding]:
    """Every reference leads somewhere, those written out in words too."""
    for unknown in unknown_references(reading.protocol, reading.facts):
        yield _dangling(
            unknown.reference,
            Place(section=unknown.where)
            if unknown.where[:1].isdigit()
            else part("kept", unknown.where, unknown.reference),
        )
    protocol = reading.protocol
    known = {
        CRITERION: {c.id.upper() for c in protocol.criteria},
        VISIT: {v.id.upper() for v in protocol.schedule.visits},
        SECTION: {h.number for h in headings(protocol.kind)} | {s.number for s in protocol.sections},
    }
    for sentence in reading.sentences:
        for pattern, names in known.items():
            for match in pattern.finditer(sentence.text):
                name = (match[1] or match[2]).upper()
                if name not in names and not _by_number(pattern, name, reading):
                    yield _dangling(match[0], sentence.place)


def _by_number(pattern: re.Pattern[str], name: str, reading: Reading) -> bool:
    """Criteria may be called by their place: I3 is the third inclusion criterion."""
    if pattern is not CRITERION:
        return False
    kind = "inclusion" if name[0] == "I" else "exclusion"
    return 0 < int(name[1:]) <= sum(c.kind == kind for c in reading.protocol.criteria)


def _dangling(said: str, place: Place) -> Finding:
    where = f"Section {place.section}" if place.section else place.id.capitalize()
    return found(
        "unknown-reference", "contradiction",
        f"{where} refers to “{said}”, which does not exist.",
        f"{place.section + '节' if place.section else place.id}引用了不存在的“{said}”。", place,
    )  # fmt: skip


def gaps_left(reading: Reading) -> Iterator[Finding]:
    """What is still asked for, passage by passage."""
    for section in reading.protocol.sections:
        for passage in section.passages:
            asked = {language: gaps(passage.text.only(language)) for language in ("en", "zh")}
            first = asked["en"] or asked["zh"]
            if first:
                more = f" (and {len(first) - 1} more)" if len(first) > 1 else ""
                more_zh = f"（另有{len(first) - 1}处）" if len(first) > 1 else ""
                yield found(
                    "gap", "gap",
                    f"Section {section.number} still asks for: {first[0]}{more}",
                    f"{section.number}节尚待填写：{(asked['zh'] or first)[0]}{more_zh}",
                    Place(section=section.number, passage=passage.id, quote=first[0]),
                )  # fmt: skip


def translations(reading: Reading) -> Iterator[Finding]:
    """Every text is there in both languages, and no translation is older than what it translates."""
    for place, words in _all_words(reading):
        missing, old = words.missing(), words.out_of_date()
        name = place.id or place.passage
        where_en = f"Section {place.section} ({name})" if place.section else f"{place.part} {name}".strip()
        where_zh = f"{place.section}节（{name}）" if place.section else f"{place.part} {name}".strip()
        if missing:
            yield found(
                "untranslated", "gap",
                f"{where_en} has no {LANGUAGES[missing].en} text.", f"{where_zh}没有{LANGUAGES[missing].zh}文本。", place,
            )  # fmt: skip
        if old:
            yield found(
                "translation-out-of-date", "contradiction",
                f"{where_en}: the {LANGUAGES[old].en} text was translated from words that have changed since.",
                f"{where_zh}：{LANGUAGES[old].zh}文本所译的原文此后已修改。", place,
            )  # fmt: skip


def _all_words(reading: Reading) -> Iterator[tuple[Place, Words]]:
    protocol = reading.protocol
    for section in protocol.sections:
        for passage in section.passages:
            yield Place(section=section.number, passage=passage.id), passage.text
    yield part("identity", "title"), protocol.identity.title
    lists = {"objectives": protocol.objectives, "endpoints": protocol.endpoints, "criteria": protocol.criteria, "arms": protocol.arms,
             "estimands": protocol.estimands, "visits": protocol.schedule.visits, "activities": protocol.schedule.activities}  # fmt: skip
    for kind, parts in lists.items():
        for each in parts:
            for field in type(each).model_fields:
                value = getattr(each, field)
                if isinstance(value, Words):
                    yield part(kind, each.id, value), value


def amendments(reading: Reading) -> Iterator[Finding]:
    """Amendments are numbered in a row, each with its reason and the sections it changes; the last gave the version its number."""
    protocol = reading.protocol
    for place, each in enumerate(protocol.amendments, 1):
        here = part("amendments", str(each.number), each.reason)
        if not each.reason.said("en").strip():
            yield found(
                "amendment-without-reason", "gap",
                f"Amendment {each.number} gives no reason.", f"修订{each.number}未说明理由。", here, items=("31",),
            )  # fmt: skip
        if each.number != place:
            yield found(
                "amendment-number", "contradiction",
                f"Amendment {each.number} stands where number {place} is due.", f"修订{each.number}的编号应为{place}。", here, items=("31",),
            )  # fmt: skip
        known = {h.number for h in headings(protocol.kind)} | {s.number for s in protocol.sections}
        for number in each.sections:
            if number not in known:
                yield found(
                    "unknown-reference", "contradiction",
                    f"Amendment {each.number} changes section {number}, which does not exist.",
                    f"修订{each.number}涉及不存在的{number}节。", here, items=("31",),
                )  # fmt: skip
    last = protocol.amendments[-1:]
    if last and last[0].version != protocol.identity.version:
        yield found(
            "version", "contradiction",
            f"The title page says version {protocol.identity.version}, but amendment {last[0].number} made version {last[0].version}.",
            f"封面版本为{protocol.identity.version}，而修订{last[0].number}产生的版本为{last[0].version}。",
            part("identity", "version", protocol.identity.version), part("amendments", str(last[0].number)), items=("2", "31"),
        )  # fmt: skip


def names(reading: Reading) -> Iterator[Finding]:
    """Version and registration numbers in the text are those of the title page."""
    identity = reading.protocol.identity
    own = set(identity.registrations.values())
    for sentence in reading.within("1", "11.12", "10.2"):
        for match in REGISTERED.finditer(sentence.text):
            if own and match[0] not in own:
                yield found(
                    "registration-number", "contradiction",
                    f"Section {sentence.place.section} gives the registration {match[0]}; the title page has {', '.join(sorted(own))}.",
                    f"{sentence.place.section}节的注册号为{match[0]}，而封面为{'、'.join(sorted(own))}。",
                    sentence.place, part("identity", "registrations", ", ".join(sorted(own))), items=("4",),
                )  # fmt: skip
    for sentence in reading.within("1"):
        for match in VERSION.finditer(sentence.text):
            if (match[1] or match[2]) != identity.version:
                yield found(
                    "version", "contradiction",
                    f"Section {sentence.place.section} says version {match[1] or match[2]}; the title page says {identity.version}.",
                    f"{sentence.place.section}节为版本{match[1] or match[2]}，而封面为版本{identity.version}。",
                    sentence.place, part("identity", "version", identity.version), items=("2",),
                )  # fmt: skip
