"""The study and its version as USDM objects: titles, identifiers, organisations, roles, amendments, dates."""

from __future__ import annotations

import re

from equipoise.protocol.document import Protocol
from equipoise.protocol.parts import Amendment, Site
from equipoise.protocol.template import heading
from equipoise.protocol.usdm.codes import MASKED, ONE, ORGANISATIONS, ROLES, TITLES, country
from equipoise.protocol.usdm.design import criterion_items, design, interventions
from equipoise.protocol.usdm.document import documents, items
from equipoise.protocol.usdm.objects import Object, Objects, chain
from equipoise.protocol.usdm.schedule import conditions, surrogates
from equipoise.protocol.words import Words

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NO_ROOM = {"kind", "roles", "registration", "source", "sections"}
"""What the standard has no attributes for, or none that keep all that it says; kept as JSON in an extension."""


def write(protocol: Protocol, make: Objects) -> Object:
    """The whole document, made anew."""
    identity = protocol.identity
    documented = documents(protocol, make)
    versions = [version["id"] for document in documented for version in document["versions"]]
    version = _version(protocol, make, versions)
    name = identity.acronym or identity.protocol_number or identity.title.said("en")
    study = make.make(
        "Study", "study", name=name, label=identity.short_title.said("en"), versions=[version], documentedBy=documented
    )
    return {"study": study, "usdmVersion": "4.0.0", "systemName": "Equipoise", "systemVersion": "1"}


def _version(protocol: Protocol, make: Objects, documents_: list[str]) -> Object:
    sections = protocol.section("2.1")
    why = "" if make.known or sections is None else "\n\n".join(p.text.said("en") for p in sections.passages)
    made = make.make(
        "StudyVersion", "version", versionIdentifier=protocol.identity.version, rationale=why,
        documentVersionIds=documents_, titles=_titles(protocol, make), studyIdentifiers=_identifiers(protocol, make),
        organizations=_organisations(protocol, make), roles=_roles(protocol, make),
        studyDesigns=[design(protocol, make, [])], studyInterventions=interventions(protocol, make),
        eligibilityCriterionItems=criterion_items(protocol, make), narrativeContentItems=items(protocol, make),
        conditions=conditions(protocol, make), bcSurrogates=surrogates(protocol, make),
        amendments=_amendments(protocol, make),
        dateValues=_dates("version", protocol.identity.date, make),
    )  # fmt: skip
    kept = protocol.model_copy(update={}).model_dump_json(include=NO_ROOM, exclude_defaults=True, by_alias=True)
    make.extend(made, {"protocol": "" if kept == "{}" else kept})
    make.words(made, {"funding": protocol.identity.funding})
    make.extend(
        made, {"phase": "3/4" if protocol.identity.phase == "3/4" else "", "date": _odd(protocol.identity.date)}
    )
    return made


def _odd(date: str) -> str:
    """A date that the standard could not hold."""
    return "" if _DATE.fullmatch(date) else date


def _titles(protocol: Protocol, make: Objects) -> list[Object]:
    identity = protocol.identity
    said = {"title": identity.title, "short_title": identity.short_title, "acronym": Words(en=identity.acronym)}
    found: list[Object] = []
    for name, words in said.items():
        if words == Words():
            continue
        made = make.make("StudyTitle", name, type=make.code(f"title-{name}", TITLES[name]))
        make.say(made, "text", words)
        found.append(made)
    return found


def _identifiers(protocol: Protocol, make: Objects) -> list[Object]:
    found = [
        make.make(
            "StudyIdentifier", "sponsor", text=protocol.identity.protocol_number,
            scopeId=make.id("Organization", "sponsor"),
        )
    ]  # fmt: skip
    for registry, number in protocol.identity.registrations.items():
        scope = make.id("Organization", f"registry-{registry}")
        found.append(make.make("StudyIdentifier", registry, text=number, scopeId=scope))
    return found


def _organisations(protocol: Protocol, make: Objects) -> list[Object]:
    identity = protocol.identity
    sponsor = make.make(
        "Organization", "sponsor", name=make.name("Organization", identity.sponsor.said("en") or "Sponsor"),
        type=make.code("sponsor-type", ORGANISATIONS["hospital"]), identifierScheme="", identifier="",
    )  # fmt: skip
    make.say(sponsor, "label", identity.sponsor)
    registries = [
        make.make(
            "Organization", f"registry-{name}", name=make.name("Organization", name), label=name,
            type=make.code(f"registry-{name}-type", ORGANISATIONS["registry"]), identifierScheme="", identifier="",
        )
        for name in identity.registrations
    ]  # fmt: skip
    return [sponsor, *registries, *(_site(site, make) for site in protocol.sites)]


def _site(site: Site, make: Objects) -> Object:
    """A site is an organisation that manages itself."""
    inner = make.make(
        "StudySite", site.id, name=make.name("StudySite", site.id),
        country=make.code(f"site-{site.id}-country", country(site.country)),
    )  # fmt: skip
    make.say(inner, "label", site.name)
    make.words(inner, {"ethics": site.ethics, "investigator": site.investigator})
    target = "" if site.target is None else str(site.target)
    make.extend(inner, {"ethics-approval": site.ethics_approval, "target": target})
    name = site.name.said("en") or site.id
    return make.make(
        "Organization", f"site-{site.id}", name=make.name("Organization", name), label=name,
        type=make.code(f"site-{site.id}-type", ORGANISATIONS["hospital"]), identifierScheme="", identifier="",
        managedSites=[inner],
    )  # fmt: skip


def _roles(protocol: Protocol, make: Objects) -> list[Object]:
    sponsor = make.make(
        "StudyRole", "sponsor", name=make.name("StudyRole", "Sponsor"), code=make.code("role-sponsor", ROLES["sponsor"]),
        appliesToIds=[make.id("StudyVersion", "version")], organizationIds=[make.id("Organization", "sponsor")],
    )  # fmt: skip
    return [sponsor, *_investigators(protocol, make), *_masked(protocol, make)]


def _investigators(protocol: Protocol, make: Objects) -> list[Object]:
    people = [
        make.make(
            "AssignedPerson", site.id, name=make.name("AssignedPerson", f"{site.id} investigator"),
            personName=make.make("PersonName", site.id, text=site.investigator.said("en")),
            jobTitle="Principal investigator", organizationId=make.id("Organization", f"site-{site.id}"),
        )
        for site in protocol.sites
        if site.investigator != Words()
    ]  # fmt: skip
    if not people:
        return []
    role = make.make(
        "StudyRole", "investigators", name=make.name("StudyRole", "Principal investigators"), assignedPersons=people,
        code=make.code("role-investigators", ROLES["principal-investigator"]),
        appliesToIds=[make.id("StudyVersion", "version")],
    )  # fmt: skip
    return [role]


def _masked(protocol: Protocol, make: Objects) -> list[Object]:
    """Who does not know the allocation."""
    kind = "InterventionalStudyDesign" if protocol.kind == "randomised" else "ObservationalStudyDesign"
    return [
        make.make(
            "StudyRole", f"masked-{name}", name=make.name("StudyRole", f"Masked {name}"),
            code=make.code(f"role-masked-{name}", ROLES[name]), appliesToIds=[make.id(kind, "design")],
            masking=make.make("Masking", name, text=f"The {name} does not know the allocation", isMasked=True),
        )
        for name in MASKED.get(protocol.identity.blinding, ())
    ]  # fmt: skip


def _amendments(protocol: Protocol, make: Objects) -> list[Object]:
    """In order, each knowing only the one before it."""
    found = chain(_amendment(protocol, amendment, make) for amendment in protocol.amendments)
    for made in found:
        del made["nextId"]
    return found


def _amendment(protocol: Protocol, amendment: Amendment, make: Objects) -> Object:
    key = str(amendment.number)
    scope = make.make("GeographicScope", f"amendment-{key}", type=make.code(f"amendment-{key}-scope", ONE["global"]))
    made = make.make(
        "StudyAmendment", key, name=make.name("StudyAmendment", f"Amendment {key}"), number=key, summary="",
        primaryReason=make.make(
            "StudyAmendmentReason", key, code=make.code(f"amendment-{key}-reason", ONE["other"]),
            otherReason=amendment.reason.said("en"),
        ),
        changes=[
            make.make(
                "StudyChange", key, name=make.name("StudyChange", f"Change {key}"), summary=amendment.reason.said("en"),
                rationale=amendment.reason.said("en"), changedSections=_changed(protocol, amendment, make),
            )
        ],
        geographicScopes=[scope], dateValues=_dates(f"amendment-{key}", amendment.date, make),
    )  # fmt: skip
    make.say(made, "summary", amendment.reason)
    make.extend(made, {"version": amendment.version, "date": _odd(amendment.date)})
    return made


def _changed(protocol: Protocol, amendment: Amendment, make: Objects) -> list[Object]:
    found: list[Object] = []
    language = "zh" if make.id("StudyDefinitionDocument", "zh") in make.known.values() else "en"
    for number in amendment.sections:
        section, template = protocol.section(number), heading(protocol.kind, number)
        own = section.title if section and section.title != Words() else template.title if template else Words()
        found.append(
            make.make(
                "DocumentContentReference", f"{amendment.number}-{number}", sectionNumber=number,
                sectionTitle=own.said("en") or number, appliesToId=make.id("StudyDefinitionDocument", language),
            )
        )  # fmt: skip
    return found


def _dates(key: str, date: str, make: Objects) -> list[Object]:
    if not _DATE.fullmatch(date):
        return []
    scope = make.make("GeographicScope", f"date-{key}", type=make.code(f"date-{key}-scope", ONE["global"]))
    name = make.name("GovernanceDate", f"Date of {key}")
    made = make.make(
        "GovernanceDate", key, name=name, type=make.code(f"date-{key}-type", ONE["issued"]), dateValue=date,
        geographicScopes=[scope],
    )  # fmt: skip
    return [made]
