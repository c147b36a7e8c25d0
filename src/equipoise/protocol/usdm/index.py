"""A USDM document that was checked: valid by the published schema, its identities used once, its references leading somewhere."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from equipoise.errors import InputError
from equipoise.protocol.usdm.codes import Term
from equipoise.protocol.usdm.markup import plain, resolved, tags
from equipoise.protocol.usdm.objects import EXTENSION, Object
from equipoise.protocol.words import Translation, Words

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator


class Index:
    """The objects of a document by identity, and how to read their words. InputError names the first fault."""

    def __init__(self, data: object) -> None:
        self.data = _checked(data)
        self.objects: dict[str, Object] = {}
        places: dict[str, str] = {}
        for place, found in walk(self.data["study"], "study"):
            name = found.get("id")
            if name in self.objects:
                raise InputError(f"{place}.id", name, f"an identity that no other has; {places[name]} has it")
            if name:
                self.objects[name], places[name] = found, place
        for place, found in walk(self.data["study"], "study"):
            for field, name in ids(found):
                if name not in self.objects:
                    raise InputError(f"{place}.{field}", name, "the id of an object in this document")

    def text(self, found: Object, attribute: str) -> str:
        """An attribute's text as Markdown, its tags and references replaced by what they stand for."""
        written = found.get(attribute) or ""
        if "<usdm:" in written:
            dictionary = self.objects.get(found.get("dictionaryId") or "", {})
            written = tags(written, {each["tag"]: each["reference"] for each in dictionary.get("parameterMaps", [])})
            written = resolved(written, self.said)
        return plain(written)

    def said(self, name: str, attribute: str) -> str:
        """What an attribute of an object says, as text."""
        value = self.objects.get(name, {}).get(attribute)
        return (
            ""
            if value is None or isinstance(value, dict | list)
            else f"{value:g}"
            if isinstance(value, float)
            else str(value)
        )

    def words(self, found: Object, *attributes: str) -> Words:
        """The words of the first of these attributes that says something."""
        for attribute in attributes:
            text, own = self.text(found, attribute), extensions(found)
            chinese = own.get(f"zh:{attribute}", "")
            if not text and not chinese:
                continue
            more = json.loads(own.get(f"said:{attribute}", "{}"))
            english = own.get(f"exact:{attribute}", text) if more.get("en", True) else ""
            made = more.get("translation")
            return Words(en=english, zh=chinese, translation=Translation(**made) if made else None)
        return Words()


def walk(found: Any, place: str) -> Iterator[tuple[str, Object]]:
    """Every object with the path to it, counted from 1 as people do."""
    if isinstance(found, dict):
        yield place, found
        for field, value in found.items():
            yield from walk(value, f"{place}.{field}")
    elif isinstance(found, list):
        for count, value in enumerate(found, 1):
            yield from walk(value, f"{place}.{count}")


def ids(found: Object) -> Iterator[tuple[str, str]]:
    """The references of an object to others, with the field that each stands in."""
    for field, value in found.items():
        if field.endswith("Id") and isinstance(value, str) and value:
            yield field, value
        elif field.endswith("Ids") and isinstance(value, list):
            yield from ((f"{field}.{count}", each) for count, each in enumerate(value, 1) if isinstance(each, str))


def extensions(found: Object) -> dict[str, str]:
    """The extension attributes of ours that an object has."""
    said = found.get("extensionAttributes") or []
    return {
        each["url"].removeprefix(EXTENSION): each.get("valueString") or ""
        for each in said
        if each["url"].startswith(EXTENSION)
    }


def own_words(found: Object, name: str) -> Words:
    """Words of ours that the standard has no attribute for."""
    said = extensions(found).get(f"words:{name}")
    return Words.model_validate_json(said) if said else Words()


def term(codelist: dict[str, Term], code: Object | None) -> str | None:
    """What a code, or an alias of one, is called here: by its code, else by what it is called there."""
    said = (code or {}).get("standardCode") or code or {}
    for name, one in codelist.items():
        if one.code == said.get("code"):
            return name
    wanted = str(said.get("decode", "")).casefold()
    return next((name for name, one in codelist.items() if one.decode.casefold() == wanted), None)


def _checked(data: object) -> dict[str, Any]:
    if not isinstance(data, dict) or not isinstance(data.get("study"), dict):
        raise InputError("study", type(data).__name__, "a USDM document: a JSON object with a study in it")
    version = str(data.get("usdmVersion", ""))
    if not version.startswith("4."):
        raise InputError("usdmVersion", version, "4.0.0; other versions are to be converted first")
    from jsonschema.exceptions import best_match

    fault = best_match(_validator().iter_errors(data))
    if fault is not None:
        path = [str(part + 1) if isinstance(part, int) else str(part) for part in fault.absolute_path]
        raise InputError(".".join(path) or "the file", _short(fault.instance), fault.message[:200])
    if not data["study"].get("versions") or not data["study"]["versions"][0].get("studyDesigns"):
        raise InputError("study.versions", None, "a study version with a study design in it")
    return data


def _short(value: object) -> object:
    return f"a {type(value).__name__}" if isinstance(value, dict | list) else value


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    packed = resources.files("equipoise.protocol.usdm").joinpath("USDM_API.json.gz").read_bytes()
    schema = json.loads(gzip.decompress(packed))
    return Draft202012Validator({**schema, "$ref": "#/components/schemas/Wrapper-Input"})
