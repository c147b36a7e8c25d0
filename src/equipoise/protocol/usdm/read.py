"""A protocol out of a USDM document."""

from __future__ import annotations

import json
from typing import Any

from equipoise.protocol.document import Identity, Protocol
from equipoise.protocol.parts import Amendment, Site
from equipoise.protocol.usdm.codes import BLINDINGS, ORGANISATIONS, PHASES, ROLES, TITLES, alpha_2
from equipoise.protocol.usdm.index import Index, extensions, own_words, term
from equipoise.protocol.usdm.names import Names
from equipoise.protocol.usdm.objects import Object
from equipoise.protocol.usdm.read_design import arms, criteria, endpoints, estimands, objectives, participants
from equipoise.protocol.usdm.read_document import sections, unchanged
from equipoise.protocol.usdm.read_schedule import schedule
from equipoise.protocol.words import Words


def read(index: Index, names: Names) -> Protocol:
    """The first version of the study and its first design; what else there is stays in the document."""
    study = index.data["study"]
    version = study["versions"][0]
    design = version["studyDesigns"][0]
    for key, found in (("study", study), ("version", version), ("design", design)):
        names.keep(key, found)
    kept: dict[str, Any] = json.loads(extensions(version).get("protocol") or "{}")
    kind = kept.setdefault(
        "kind", "randomised" if design["instanceType"] == "InterventionalStudyDesign" else "emulation"
    )
    timed = schedule(design, version, index, names)
    estimated = estimands(design, index, names)
    fields = {
        "identity": _identity(version, design, index, names), "schedule": timed, "estimands": estimated,
        "endpoints": endpoints(design, index, names), "objectives": objectives(design, estimated, index, names),
        "criteria": criteria(design, index, names), "arms": arms(design, version, index, names),
        "participants": participants(design, index, names), "sites": _sites(version, index, names),
        "amendments": _amendments(version, index, names),
    }  # fmt: skip
    ours = "sections" in kept
    text = kept.pop("sections", None) if ours else sections(study, kind, index, names)
    protocol = Protocol.read({**fields, **kept, "sections": text})
    return protocol.model_copy(update={"sections": unchanged(protocol, study, index)}) if ours else protocol


def _identity(version: Object, design: Object, index: Index, names: Names) -> Identity:
    titles: dict[str, Words] = {}
    for title in version["titles"]:
        name = term(TITLES, title["type"])
        if name and name not in titles:
            names.keep(name, title)
            titles[name] = index.words(title, "text")
    date = next(iter(version.get("dateValues") or []), None)
    names.keep("version", date)
    own = extensions(version)
    phase: Any = own.get("phase") or term(PHASES, design.get("studyPhase")) or ""
    sponsor = _sponsor(version, index)
    names.keep("sponsor", sponsor)
    return Identity(
        title=titles.get("title", Words()), short_title=titles.get("short_title", Words()),
        acronym=titles.get("acronym", Words()).said("en"), version=version["versionIdentifier"],
        date=own.get("date") or (date["dateValue"] if date else ""), phase="" if design["instanceType"] != "InterventionalStudyDesign" else phase,
        sponsor=index.words(sponsor, "label") if sponsor else Words(), funding=own_words(version, "funding"),
        blinding=_blinding(version, design), **_identifiers(version, sponsor, index, names),
    )  # fmt: skip


def _sponsor(version: Object, index: Index) -> Object | None:
    for role in version.get("roles") or []:
        if term(ROLES, role["code"]) == "sponsor" and role.get("organizationIds"):
            names = role["organizationIds"]
            return index.objects[names[0]]
    known = {each["scopeId"] for each in version["studyIdentifiers"]}
    said = [each for each in version.get("organizations") or [] if "Sponsor" in each["type"]["decode"]]
    return next((each for each in said if each["id"] in known), None)


def _identifiers(version: Object, sponsor: Object | None, index: Index, names: Names) -> dict[str, Any]:
    number, registrations = "", dict[str, str]()
    for each in version["studyIdentifiers"]:
        scope = index.objects[each["scopeId"]]
        if sponsor is not None and scope is sponsor:
            names.keep("sponsor", each)
            number = each["text"]
        elif term(ORGANISATIONS, scope.get("type")) == "registry":
            name = scope.get("label") or scope["name"]
            names.keep(name, each)
            names.keep(f"registry-{name}", scope)
            registrations[name] = each["text"]
    return {"protocol_number": number, "registrations": registrations}


def _blinding(version: Object, design: Object) -> Any:
    masked = {
        term(ROLES, role["code"]) for role in version.get("roles") or [] if (role.get("masking") or {}).get("isMasked")
    }
    said = term(BLINDINGS, design.get("blindingSchema"))
    if said is None:
        return "outcome-assessor" if masked == {"assessor"} else "single" if masked == {"participant"} else "open"
    return "triple" if said == "double" and {"participant", "investigator", "assessor"} <= masked else said


def _sites(version: Object, index: Index, names: Names) -> tuple[Site, ...]:
    """The sites whose country is one."""
    found: list[Site] = []
    for organisation in version.get("organizations") or []:
        managed = organisation.get("managedSites") or []
        for each in managed:
            own, land = extensions(each), alpha_2(each["country"]["code"])
            if land is None:
                continue
            name = names.name(each)
            if len(managed) == 1:
                names.keep(f"site-{name}", organisation)
            target = int(own["target"]) if "target" in own else None
            found.append(
                Site(
                    id=name, name=index.words(each, "label", "name"), country=land, ethics=own_words(each, "ethics"),
                    investigator=own_words(each, "investigator"), target=target,
                    ethics_approval=own.get("ethics-approval", ""),
                )
            )  # fmt: skip
    return tuple(found)


def _amendments(version: Object, index: Index, names: Names) -> tuple[Amendment, ...]:
    found: dict[int, Amendment] = {}
    for place, each in enumerate(version.get("amendments") or [], 1):
        said = each["number"]
        number = int(said) if said.isdecimal() and int(said) and int(said) not in found else place
        own = extensions(each)
        dates = [one["dateValue"] for one in each.get("dateValues") or []]
        changed = [one["sectionNumber"].rstrip(".") for change in each["changes"] for one in change["changedSections"]]
        names.keep(str(number), each)
        found[number] = Amendment(
            number=number, date=own.get("date") or next(iter(dates), ""), version=own.get("version", ""),
            reason=index.words(each, "summary"), sections=tuple(dict.fromkeys(changed)),
        )  # fmt: skip
    return tuple(found[number] for number in sorted(found))
