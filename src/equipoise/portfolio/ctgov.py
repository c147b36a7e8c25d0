"""ClinicalTrials.gov records, API version 2: a study's JSON as a `Record`.

Layout: https://clinicaltrials.gov/data-api/about-api/study-data-structure (U.S. National Library of Medicine).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from equipoise.portfolio import codes
from equipoise.portfolio.record import Record

_Parts = tuple[dict[str, object], ...]  # built as values in one pass, by the record

ISSUERS = {"EUDRACT_NUMBER": "EudraCT", "CTIS": "EU CTIS", "NIH": "NIH", "FDA": "FDA", "REGISTRY": "registry"}


class _Part(msgspec.Struct, rename="camel"):
    """What is not named in a part is skipped without being built, which is most of a study's bytes."""


class _Id(_Part):
    id: str = ""
    type: str = ""
    domain: str = ""


class _Organisation(_Part):
    full_name: str = ""


class _Identification(_Part):
    nct_id: str
    nct_id_aliases: list[str] = []
    org_study_id_info: _Id | None = None
    secondary_id_infos: list[_Id] = []
    organization: _Organisation | None = None
    brief_title: str = ""
    official_title: str = ""
    acronym: str = ""


class _Date(_Part):
    date: str = ""
    type: Literal["ACTUAL", "ESTIMATED", ""] = ""


class _Status(_Part):
    overall_status: str = ""
    why_stopped: str = ""
    start_date_struct: _Date | None = None
    primary_completion_date_struct: _Date | None = None
    completion_date_struct: _Date | None = None
    study_first_submit_date: str | None = None
    last_update_post_date_struct: _Date | None = None
    results_first_post_date_struct: _Date | None = None


class _Sponsor(_Part):
    name: str = ""
    class_: str = msgspec.field(name="class", default="")


class _Responsible(_Part):
    investigator_full_name: str = ""
    investigator_affiliation: str = ""


class _Sponsors(_Part):
    lead_sponsor: _Sponsor | None = None
    collaborators: list[_Sponsor] = []
    responsible_party: _Responsible | None = None


class _Description(_Part):
    brief_summary: str = ""


class _Conditions(_Part):
    conditions: list[str] = []
    keywords: list[str] = []


class _MaskingInfo(_Part):
    masking: str = ""
    who_masked: list[str] = []


class _DesignInfo(_Part):
    allocation: str = ""
    intervention_model: str = ""
    observational_model: str = ""
    primary_purpose: str = ""
    masking_info: _MaskingInfo | None = None


class _Enrolment(_Part):
    count: int | None = None
    type: Literal["ACTUAL", "ESTIMATED", ""] = ""


class _Design(_Part):
    study_type: str = ""
    phases: list[str] = []
    design_info: _DesignInfo | None = None
    enrollment_info: _Enrolment | None = None


class _Arm(_Part):
    label: str = ""
    type: str = ""


class _Intervention(_Part):
    name: str = ""
    type: str = ""
    other_names: list[str] = []


class _Arms(_Part):
    arm_groups: list[_Arm] = []
    interventions: list[_Intervention] = []


class _Outcome(_Part):
    measure: str = ""
    time_frame: str = ""


class _Outcomes(_Part):
    primary_outcomes: list[_Outcome] = []
    secondary_outcomes: list[_Outcome] = []
    other_outcomes: list[_Outcome] = []


class _Eligibility(_Part):
    eligibility_criteria: str = ""
    healthy_volunteers: bool | None = None
    sex: str = ""
    minimum_age: str = ""
    maximum_age: str = ""


class _Point(_Part):
    lat: float
    lon: float


class _Location(_Part):
    facility: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    status: str = ""
    geo_point: _Point | None = None


class _Person(_Part):
    name: str = ""
    role: str = ""
    affiliation: str = ""


class _Contacts(_Part):
    central_contacts: list[_Person] = []
    overall_officials: list[_Person] = []
    locations: list[_Location] = []


class _Protocol(_Part):
    identification_module: _Identification
    status_module: _Status = msgspec.field(default_factory=_Status)
    sponsor_collaborators_module: _Sponsors = msgspec.field(default_factory=_Sponsors)
    description_module: _Description = msgspec.field(default_factory=_Description)
    conditions_module: _Conditions = msgspec.field(default_factory=_Conditions)
    design_module: _Design = msgspec.field(default_factory=_Design)
    arms_interventions_module: _Arms = msgspec.field(default_factory=_Arms)
    outcomes_module: _Outcomes = msgspec.field(default_factory=_Outcomes)
    eligibility_module: _Eligibility = msgspec.field(default_factory=_Eligibility)
    contacts_locations_module: _Contacts = msgspec.field(default_factory=_Contacts)


class _Mesh(_Part):
    id: str = ""
    term: str = ""


class _Browse(_Part):
    meshes: list[_Mesh] = []


class _Derived(_Part):
    condition_browse_module: _Browse = msgspec.field(default_factory=_Browse)
    intervention_browse_module: _Browse = msgspec.field(default_factory=_Browse)


class _Study(_Part):
    protocol_section: _Protocol
    derived_section: _Derived = msgspec.field(default_factory=_Derived)
    has_results: bool = False


_decoder = msgspec.json.Decoder(_Study)


def read_study(content: bytes) -> Record:
    """One study's JSON as a record; raises `msgspec.DecodeError` (which says where) and InputError."""
    study = _decoder.decode(content)
    protocol = study.protocol_section
    return Record.read(
        {
            "layout": "ctgov",
            "registry": "ClinicalTrials.gov",
            "results_posted": study.has_results,
            "condition_terms": _terms(study.derived_section.condition_browse_module),
            "intervention_terms": _terms(study.derived_section.intervention_browse_module),
            "summary": protocol.description_module.brief_summary,
            "conditions": _words(protocol.conditions_module.conditions),
            "keywords": _words(protocol.conditions_module.keywords),
            "outcomes": _outcomes(protocol.outcomes_module),
            **_identification(protocol.identification_module),
            **_status(protocol.status_module),
            **_sponsors(protocol.sponsor_collaborators_module),
            **_design(protocol.design_module),
            **_arms(protocol.arms_interventions_module),
            **_eligibility(protocol.eligibility_module),
            **_places(protocol.contacts_locations_module, protocol.sponsor_collaborators_module),
        }
    )


def _identification(part: _Identification) -> dict[str, object]:
    others = [{"id": alias, "issuer": "ClinicalTrials.gov"} for alias in part.nct_id_aliases]
    own = part.org_study_id_info
    if own is not None and own.id:
        organisation = part.organization.full_name if part.organization else ""
        others.append({"id": own.id, "issuer": organisation})
    others += [
        {"id": given.id, "issuer": given.domain or ISSUERS.get(given.type, given.type)}
        for given in part.secondary_id_infos
        if given.id
    ]
    return {
        "registry_id": part.nct_id,
        "secondary_ids": tuple(others),
        "url": f"https://clinicaltrials.gov/study/{part.nct_id}",
        "title_en": part.brief_title,
        "scientific_title_en": part.official_title,
        "acronym": part.acronym,
    }


def _status(part: _Status) -> dict[str, object]:
    dates: dict[str, object] = {}
    for name in ("start", "primary_completion", "completion"):
        given: _Date | None = getattr(part, f"{name}_date_struct")
        if given is not None and given.date:
            dates[name] = given.date
            dates[f"{name}_actual"] = given.type == "ACTUAL" if given.type else None
    updated, results = part.last_update_post_date_struct, part.results_first_post_date_struct
    return dates | {
        "status": codes.CTGOV_STATUS.get(part.overall_status, "unknown"),
        "status_published": part.overall_status,
        "why_stopped": part.why_stopped,
        "registered": part.study_first_submit_date,
        "updated": updated.date if updated else None,
        "results_first_posted": results.date if results else None,
    }


def _sponsors(part: _Sponsors) -> dict[str, object]:
    lead = part.lead_sponsor or _Sponsor()
    return {
        "sponsor": lead.name,
        "sponsor_class": lead.class_,
        "collaborators": _words([given.name for given in part.collaborators]),
    }


def _design(part: _Design) -> dict[str, object]:
    info = part.design_info or _DesignInfo()
    masked = info.masking_info or _MaskingInfo()
    enrolment = part.enrollment_info or _Enrolment()
    came = enrolment.type == "ACTUAL"
    return {
        "kind": codes.CTGOV_KIND.get(part.study_type, "other"),
        "phases": tuple(codes.CTGOV_PHASE[code] for code in part.phases if code in codes.CTGOV_PHASE),
        "enrolment_planned": None if came else enrolment.count,
        "enrolment_actual": enrolment.count if came else None,
        "allocation": codes.CTGOV_ALLOCATION.get(info.allocation),
        "assignment": info.intervention_model or info.observational_model,
        "purpose": info.primary_purpose,
        "masking": codes.CTGOV_MASKING.get(masked.masking),
        "masked": tuple(masked.who_masked),
    }


def _arms(part: _Arms) -> dict[str, object]:
    return {
        "arms": tuple({"label": arm.label, "kind": arm.type} for arm in part.arm_groups),
        "interventions": tuple(
            {"name": given.name, "kind": given.type, "other_names": tuple(given.other_names)}
            for given in part.interventions
        ),
    }


def _outcomes(part: _Outcomes) -> _Parts:
    kinds = (
        ("primary", part.primary_outcomes),
        ("secondary", part.secondary_outcomes),
        ("other", part.other_outcomes),
    )
    return tuple(
        {"kind": kind, "measure": given.measure, "time_frame": given.time_frame}
        for kind, all_ in kinds
        for given in all_
    )


def _eligibility(part: _Eligibility) -> dict[str, object]:
    return {
        "eligibility": part.eligibility_criteria,
        "healthy_volunteers": part.healthy_volunteers,
        "sex": codes.sex(part.sex),
        "minimum_age": codes.age(part.minimum_age),
        "maximum_age": codes.age(part.maximum_age),
    }


def _places(part: _Contacts, sponsors: _Sponsors) -> dict[str, object]:
    people = [
        {"name": given.name, "role": given.role, "institution": given.affiliation}
        for given in part.overall_officials
        if given.name
    ]
    chief = sponsors.responsible_party
    if chief is not None and chief.investigator_full_name:
        people.append(
            {
                "name": chief.investigator_full_name,
                "role": "RESPONSIBLE_PARTY",
                "institution": chief.investigator_affiliation,
            }
        )
    return {
        "sites": tuple(_site(given) for given in part.locations),
        "countries": tuple(dict.fromkeys(given.country for given in part.locations if given.country)),
        "investigators": tuple(people),
        "contacts": tuple({"name": given.name, "role": given.role} for given in part.central_contacts if given.name),
    }


def _site(given: _Location) -> dict[str, object]:
    point = given.geo_point
    return {
        "facility": given.facility, "city": given.city, "region": given.state, "country": given.country, "status": given.status,
        "latitude": point.lat if point else None, "longitude": point.lon if point else None,
    }  # fmt: skip


def _terms(part: _Browse) -> _Parts:
    return tuple({"id": given.id, "name": given.term} for given in part.meshes)


def _words(given: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, given)))
