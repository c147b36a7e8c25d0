"""The protocol's text as USDM objects: a document for each language, with narrative content for each section."""

from __future__ import annotations

from equipoise.protocol.document import Protocol, Section
from equipoise.protocol.render.references import REFERENCE, Targets, targets
from equipoise.protocol.template import heading, section_order
from equipoise.protocol.usdm.codes import LANGUAGES as CODES
from equipoise.protocol.usdm.codes import ONE, STATES
from equipoise.protocol.usdm.markup import division
from equipoise.protocol.usdm.objects import Object, Objects, chain
from equipoise.protocol.words import LANGUAGES, Language, Words

TEMPLATES = {"randomised": "M11", "emulation": "TARGET"}


def languages(protocol: Protocol) -> list[Language]:
    """The languages that the sections say anything in; English for a protocol without sections."""
    said: list[Language] = [
        language
        for language in LANGUAGES
        if any(passage.text.only(language) for section in protocol.sections for passage in section.passages)
    ]
    return said or ["en"]


def documents(protocol: Protocol, make: Objects) -> list[Object]:
    """One document for each language, as the standard has it."""
    return [_document(protocol, language, make) for language in languages(protocol)]


def _document(protocol: Protocol, language: Language, make: Objects) -> Object:
    draft = protocol.identity.version.startswith("0") or not protocol.identity.version
    version = make.make(
        "StudyDefinitionDocumentVersion", language, version=protocol.identity.version,
        status=make.code(f"document-{language}-status", STATES["draft" if draft else "final"]),
        contents=_contents(protocol, language, make),
    )  # fmt: skip
    return make.make(
        "StudyDefinitionDocument", language, name=make.name("StudyDefinitionDocument", f"Protocol ({language})"),
        label="Protocol", language=make.code(f"document-{language}-language", CODES[language]),
        type=make.code(f"document-{language}-type", ONE["protocol"]), templateName=TEMPLATES[protocol.kind],
        versions=[version],
    )  # fmt: skip


def _contents(protocol: Protocol, language: Language, make: Objects) -> list[Object]:
    """The headings of the sections and of those above them, in order, each pointing to what stands directly under it."""
    numbers = {section.number for section in protocol.sections}
    above = {number.rsplit(".", depth)[0] for number in numbers for depth in range(1, number.count(".") + 1)}
    ordered = sorted(numbers | above, key=section_order)
    filled = {section.number for section in protocol.sections if section_text(protocol, section, language)}
    return chain(_content(protocol, number, ordered, filled, language, make) for number in ordered)


def _content(
    protocol: Protocol, number: str, ordered: list[str], filled: set[str], language: Language, make: Objects
) -> Object:
    key = f"{language}-{number}"
    children = [each for each in ordered if each.rpartition(".")[0] == number]
    title = _title(protocol, number).said(language)
    return make.make(
        "NarrativeContent", key, name=make.name("NarrativeContent", key), sectionNumber=number,
        sectionTitle=title, displaySectionNumber=True, displaySectionTitle=bool(title),
        childIds=[make.id("NarrativeContent", f"{language}-{child}") for child in children],
        contentItemId=make.id("NarrativeContentItem", key) if number in filled or not children else None,
    )  # fmt: skip


def _title(protocol: Protocol, number: str) -> Words:
    section, template = protocol.section(number), heading(protocol.kind, number)
    if section is not None and section.title != Words():
        return section.title
    return template.title if template else Words()


def items(protocol: Protocol, make: Objects) -> list[Object]:
    """The text of each section in each language."""
    found: list[Object] = []
    for language in languages(protocol):
        known = targets(protocol)
        for content in _contents(protocol, language, Objects({})):
            number = content["sectionNumber"]
            if "contentItemId" not in content:
                continue
            section = protocol.section(number)
            key = f"{language}-{number}"
            text = section_text(protocol, section, language, known) if section else ""
            name = make.name("NarrativeContentItem", key)
            found.append(make.make("NarrativeContentItem", key, name=name, text=division(text)))
    return found


def section_text(protocol: Protocol, section: Section, language: Language, known: Targets | None = None) -> str:
    """A section's Markdown in one language, with its references resolved if they are `known`."""
    said = [passage.text.only(language) for passage in section.passages]
    text = "\n\n".join(each for each in said if each)
    return text if known is None else REFERENCE.sub(lambda match: _shown(match[1], match[2], known, language), text)


def _shown(kind: str, name: str, known: Targets, language: Language) -> str:
    target = known.get(f"{kind}:{name}")
    return target.words.said(language) if target else f"[{name}]"
