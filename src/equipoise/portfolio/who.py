"""The two XML layouts of the World Health Organization's registry platform: a trial's element as a `Record`.

"ictrp" is what the search portal exports (root `Trials_downloaded_from_ICTRP`, flat `Trial` elements); "who" is the form in
which primary registries such as ChiCTR give their own records (`trials/trial` with `main`, `contacts`, `criteria`, ...),
after the WHO Trial Registration Data Set, version 1.3.1. Both may hold English or Chinese; the letters tell which.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, fromstring

from equipoise.errors import InputError
from equipoise.portfolio import codes
from equipoise.portfolio.record import Record

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_BREAK = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_NUMBER = re.compile(r"\d+")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_WORDED = re.compile(r"(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?\s+(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_FIRST = ("ClinicalTrials.gov", "CTG")  # whose dates the portal passes on as mm/dd/yyyy


def read_trial(content: bytes, encoding: str = "utf-8") -> Record:
    """One `Trial` or `trial` element as a record; raises `ParseError`, UnicodeDecodeError and InputError."""
    # an element alone can declare no entities, so none can be expanded
    trial = fromstring(_element(content.decode(encoding)))  # noqa: S314
    return Record.read(_who(trial) if trial.find("main") is not None else _ictrp(trial))


def _element(text: str) -> str:
    """The element without what stands behind it (the end of the file)."""
    for end in ("</Trial>", "</trial>"):
        if (place := text.rfind(end)) >= 0:
            return text[: place + len(end)]
    return text


def text_of(element: Element, path: str) -> str:
    """An element's text as a person would read it: entities and markup that the registries leave in it are resolved."""
    found = element.findtext(path) or ""
    found = _TAG.sub("", _BREAK.sub("\n", html.unescape(found))).replace("\r", "\n")
    return re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"[ \t\xa0]+", " ", found)).strip()


def parts(text: str, marks: str = ";；\n") -> tuple[str, ...]:
    """A list that a registry keeps in one text."""
    return tuple(dict.fromkeys(filter(None, (part.strip() for part in re.split(f"[{marks}]+", text)))))


def day(text: str, *, month_first: bool = False) -> str | None:
    """A date in any of the forms that registries use, as yyyy-mm-dd; None for none, InputError for no date at all."""
    text = text.strip()
    if not text or text.lower() in ("null", "n/a", "na"):
        return None
    if found := _ISO.match(text) or _COMPACT.match(text):
        year, month, dated = found.groups()
    elif found := _DAY_FIRST.match(text):
        dated, month, year = (found[2], found[1], found[3]) if month_first else found.groups()
    elif (found := _WORDED.match(text)) and found[2].lower() in _MONTHS:
        dated, month, year = found[1], str(_MONTHS.index(found[2].lower()) + 1), found[3]
    elif re.fullmatch(r"\d{4}(-\d{2})?", text):
        return text
    else:
        raise InputError("date", text, "a date such as 2024-05-17 or 17/05/2024")
    if int(month) > 12:
        month, dated = dated, month
    return f"{year}-{int(month):02d}-{int(dated):02d}" if int(month) <= 12 and int(dated) <= 31 else year


def _size(text: str) -> int | None:
    """Participants: a number, or numbers of groups ("A:20;B:10;") whose sum it is."""
    if _NUMBER.fullmatch(text.strip()):
        return int(text)
    groups = [_NUMBER.findall(part)[-1] for part in parts(text) if _NUMBER.search(part.rsplit(":", 1)[-1])]
    return sum(int(number) for number in groups) if groups else None


def _titles(public: str, scientific: str) -> dict[str, str]:
    titles = {"title": public, "scientific_title": scientific}
    return {f"{name}_{'zh' if _CHINESE.search(title) else 'en'}": title for name, title in titles.items() if title}


def _outcomes(primary: Iterable[str], secondary: Iterable[str]) -> tuple[dict[str, str], ...]:
    return (
        *({"kind": "primary", "measure": measure} for measure in primary),
        *({"kind": "secondary", "measure": measure} for measure in secondary),
    )


def _design(design: str, phase: str, kind: str, status: str) -> dict[str, object]:
    return {
        "kind": codes.kind(kind),
        "phases": codes.phases(phase),
        "status": codes.status(status),
        "status_published": status,
        "allocation": codes.allocation(design),
        "masking": codes.masking(design),
        "assignment": design,
    }


def _eligibility(inclusion: str, exclusion: str, youngest: str, oldest: str, gender: str) -> dict[str, object]:
    return {
        "eligibility": "\n\n".join(filter(None, (inclusion, exclusion))),
        "minimum_age": codes.age(youngest),
        "maximum_age": codes.age(oldest),
        "sex": codes.sex(gender),
    }


def _people(names: list[str], institution: str, role: str) -> tuple[dict[str, str], ...]:
    name = " ".join(filter(None, names))
    return ({"name": name, "role": role, "institution": institution},) if name or institution else ()


def _ictrp(trial: Element) -> dict[str, object]:
    def get(name: str) -> str:
        return text_of(trial, name)

    registry = get("Source_Register")
    american = registry in _MONTH_FIRST
    countries = parts(get("Countries"))
    return {
        "layout": "ictrp",
        "registry": registry,
        "registry_id": get("TrialID"),
        "secondary_ids": tuple({"id": given} for given in parts(get("Secondary_ID"), ";；,\n")),
        "url": get("web_address"),
        "acronym": get("Acronym"),
        "conditions": parts(get("Condition")),
        "interventions": tuple({"name": given} for given in parts(get("Intervention"))),
        "registered": day(get("Date_registration3") or get("Date_registration")),
        "updated": day(get("Last_Refreshed_on")),
        "start": day(get("Date_enrollement"), month_first=american),
        "results_posted": get("results_yes_no").lower() == "yes",
        "enrolment_planned": _size(get("Target_size")),
        "countries": countries,
        "sites": tuple({"country": country} for country in countries),
        "sponsor": get("Primary_sponsor"),
        "collaborators": parts(get("Secondary_Sponsor"), ";；\n"),
        "contacts": _people([get("Contact_Firstname"), get("Contact_Lastname")], get("Contact_Affiliation"), "contact"),
        "outcomes": _outcomes(parts(get("Primary_outcome")), parts(get("Secondary_outcome"))),
        **_titles(get("Public_title"), get("Scientific_title")),
        **_design(get("Study_design"), get("Phase"), get("Study_type"), get("Recruitment_Status")),
        **_eligibility(
            get("Inclusion_Criteria"), get("Exclusion_Criteria"),
            get("Inclusion_agemin"), get("Inclusion_agemax"), get("Inclusion_gender"),
        ),
    }  # fmt: skip


def _who(trial: Element) -> dict[str, object]:
    def get(name: str) -> str:
        return text_of(trial, name)

    def every(path: str) -> tuple[str, ...]:
        found = (text_of(element, ".") for element in trial.iterfind(path))
        return tuple(dict.fromkeys(filter(None, found)))

    identifiers = [
        {"id": text_of(given, "sec_id"), "issuer": text_of(given, "issuing_authority")}
        for given in trial.iterfind("secondary_ids/secondary_id")
    ]
    if universal := get("main/utrn"):
        identifiers.append({"id": universal, "issuer": "WHO"})
    countries = every("countries/country2")
    return {
        "layout": "who",
        "registry": get("main/reg_name"),
        "registry_id": get("main/trial_id"),
        "secondary_ids": tuple(given for given in identifiers if given["id"]),
        "url": get("main/url"),
        "acronym": get("main/acronym") or get("main/scientific_acronym"),
        "conditions": parts(get("main/hc_freetext")),
        "keywords": every("health_condition_keyword/hc_keyword"),
        "interventions": tuple({"name": given} for given in parts(get("main/i_freetext"))),
        "registered": day(get("main/date_registration")),
        "start": day(get("main/date_enrolment")),
        "start_actual": {"actual": True, "anticipated": False}.get(get("main/type_enrolment").lower()),
        "results_posted": bool(get("main/results_date_posted")),
        "enrolment_planned": _size(get("main/target_size")),
        "enrolment_actual": _size(get("main/results_actual_enrolment")),
        "completion": day(get("main/results_date_completed")),
        "countries": countries,
        "sites": tuple({"country": country} for country in countries),
        "sponsor": get("main/primary_sponsor"),
        "collaborators": every("secondary_sponsor/sponsor_name"),
        "contacts": tuple(person for given in trial.iterfind("contacts/contact") for person in _contact(given)),
        "outcomes": _outcomes(every("primary_outcome/prim_outcome"), every("secondary_outcome/sec_outcome")),
        **_titles(get("main/public_title"), get("main/scientific_title")),
        **_design(get("main/study_design"), get("main/phase"), get("main/study_type"), get("main/recruitment_status")),
        **_eligibility(
            get("criteria/inclusion_criteria"), get("criteria/exclusion_criteria"),
            get("criteria/agemin"), get("criteria/agemax"), get("criteria/gender"),
        ),
    }  # fmt: skip


def _contact(given: Element) -> tuple[dict[str, str], ...]:
    names = [text_of(given, part) for part in ("firstname", "middlename", "lastname")]
    if any(_CHINESE.search(name) for name in names):  # family name first, and no space
        names = ["".join(reversed(names))]
    return _people(names, text_of(given, "affiliation"), text_of(given, "type"))
