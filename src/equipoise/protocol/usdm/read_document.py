"""The sections of a protocol out of the narrative content of USDM documents, one for each language."""

from __future__ import annotations

import re

from equipoise.protocol.document import Passage, Protocol, Section
from equipoise.protocol.template import heading
from equipoise.protocol.usdm.document import items
from equipoise.protocol.usdm.index import Index
from equipoise.protocol.usdm.names import Names
from equipoise.protocol.usdm.objects import Object, Objects
from equipoise.protocol.words import LANGUAGES, Language, Words

_NUMBER = re.compile(r"\d{1,2}(\.\d{1,2}){0,4}")


def sections(study: Object, kind: str, index: Index, names: Names) -> tuple[Section, ...]:
    """What stands under each number. What has none, such as an appendix, gets the next chapter's."""
    found: dict[str, dict[Language, tuple[str, str]]] = {}
    for language in LANGUAGES:
        document = _chosen(study, language)
        for number, content in _numbered(document, language, names):
            text = index.text(index.objects[content["contentItemId"]], "text") if content.get("contentItemId") else ""
            found.setdefault(number, {})[language] = (content.get("sectionTitle") or "", text)
    return tuple(_section(number, said, kind) for number, said in found.items())


def _chosen(study: Object, language: Language) -> Object | None:
    """The document in this language: the one on ICH M11's template if anything is written in it, else the first."""
    mine = [each for each in study.get("documentedBy") or [] if each["language"]["code"].lower().startswith(language)]
    ours = [each for each in mine if "M11" in each["templateName"] and _written(each)]
    return next(iter(ours or mine), None)


def _written(document: Object) -> bool:
    return any(each.get("contentItemId") for version in document["versions"] for each in version.get("contents") or [])


def _numbered(document: Object | None, language: Language, names: Names) -> list[tuple[str, Object]]:
    if document is None or not document.get("versions"):
        return []
    version = document["versions"][0]
    names.keep(language, document)
    names.keep(language, version)
    found: dict[str, Object] = {}
    rest: list[Object] = []
    for content in version.get("contents") or []:
        number = (content.get("sectionNumber") or "").rstrip(".")
        if _NUMBER.fullmatch(number) and number not in found:
            found[number] = content
        else:
            rest.append(content)
    chapter = max((int(number.split(".")[0]) for number in found), default=0)
    found |= {str(chapter + count): content for count, content in enumerate(rest, 1) if chapter + count < 100}
    for number, content in found.items():
        key = f"{language}-{number}"
        names.keep(key, content)
        if content.get("contentItemId"):
            names.keep(key, {"id": content["contentItemId"], "instanceType": "NarrativeContentItem"})
    return list(found.items())


def _section(number: str, said: dict[Language, tuple[str, str]], kind: str) -> Section:
    template = heading("emulation" if kind == "emulation" else "randomised", number)
    titles: dict[Language, str] = {language: title for language, (title, _) in said.items()}
    own = Words() if template and all(template.title.only(k) == v for k, v in titles.items()) else Words(**titles)
    words = Words(**{language: text for language, (_, text) in said.items()})
    passages = (Passage(id=f"s{number.replace('.', '-')}", text=words),) if words != Words() else ()
    return Section(number=number, title=own, passages=passages)


def unchanged(protocol: Protocol, study: Object, index: Index) -> tuple[Section, ...]:
    """The sections of a document that was written here, with their passages; those that another hand changed are read."""
    written = {each["id"]: each["text"] for each in items(protocol, Objects({}))}
    there = {each["id"]: each["text"] for version in study["versions"] for each in version["narrativeContentItems"]}
    found: list[Section] = []
    for section in protocol.sections:
        passages = section.passages
        for language in LANGUAGES:
            key = f"NarrativeContentItem_{language}-{section.number}"
            if key in there and there[key] != written.get(key):
                passages = _replaced(passages, language, index.text(index.objects[key], "text"), section.number)
        found.append(section.model_copy(update={"passages": passages}))
    return tuple(found)


def _replaced(passages: tuple[Passage, ...], language: Language, text: str, number: str) -> tuple[Passage, ...]:
    """The new text stands in the first passage, and the others say nothing in this language."""
    first, *others = passages or (Passage(id=f"s{number.replace('.', '-')}", text=Words()),)
    return (
        first.model_copy(update={"text": first.text.with_text(language, text)}),
        *(each.model_copy(update={"text": each.text.with_text(language, "")}) for each in others),
    )
