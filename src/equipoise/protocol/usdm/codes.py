"""Codes of USDM documents: CDISC controlled terminology of one release, ISO languages and countries."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

CDISC = "http://www.cdisc.org"
RELEASE = "2026-03-27"
"""The release of CDISC terminology whose codes and preferred terms stand below (SDTM and DDF, published by NCI EVS)."""


class Term(NamedTuple):
    """A code in a system, and what it is called there."""

    code: str
    decode: str
    system: str = CDISC
    version: str = RELEASE


LEVELS = {
    "primary": Term("C85826", "Trial Primary Objective"),
    "secondary": Term("C85827", "Trial Secondary Objective"),
    "exploratory": Term("C163559", "Trial Exploratory Objective"),
}
"""Codelist C188725."""
ENDPOINT_LEVELS = {
    "primary": Term("C94496", "Primary Endpoint"),
    "secondary": Term("C139173", "Secondary Endpoint"),
    "exploratory": Term("C170559", "Exploratory Endpoint"),
}
"""C188726."""
ARMS = {
    "experimental": Term("C174266", "Investigational Arm"),
    "active-comparator": Term("C174267", "Active Comparator Arm"),
    "placebo": Term("C174268", "Placebo Control Arm"),
    "sham": Term("C174269", "Sham Comparator Arm"),
    "no-intervention": Term("C174270", "No Intervention Arm"),
    "other": Term("C15538", "Protocol Treatment Arm"),
}
"""C174222."""
INTERVENTION_ROLES = {
    "experimental": Term("C41161", "Protocol Agent"),
    "active-comparator": Term("C68609", "Active Comparator"),
    "placebo": Term("C753", "Placebo"),
    "sham": Term("C753", "Placebo"),
    "no-intervention": Term("C165822", "Background Treatment"),
    "other": Term("C41161", "Protocol Agent"),
}
"""C207417."""
INTERVENTIONS = {
    "drug": Term("C1909", "Pharmacologic Substance"),
    "biologic": Term("C307", "Biological Agent"),
    "device": Term("C16830", "Medical Device"),
    "procedure": Term("C98769", "Physical Medical Procedure"),
    "surgery": Term("C15329", "Surgical Procedure"),
    "radiation": Term("C15313", "Radiation Therapy"),
    "behavioural": Term("C15184", "Behavioral Intervention"),
    "dietary": Term("C1505", "Dietary Supplement"),
    "diagnostic": Term("C18020", "Diagnostic Procedure"),
    "vaccine": Term("C923", "Vaccine"),
    "combination": Term("C54696", "Combination Product"),
    "genetic": Term("C15238", "Gene Therapy"),
}
"""C99078."""
EPOCHS = {
    "screening": Term("C202487", "Screening Epoch"),
    "run-in": Term("C98779", "Run-in Period"),
    "baseline": Term("C125938", "Baseline Epoch"),
    "treatment": Term("C101526", "Treatment Epoch"),
    "washout": Term("C42872", "Washout Period"),
    "follow-up": Term("C202578", "Follow-Up Epoch"),
}
"""C99079."""
PHASES = {
    "1": Term("C15600", "Phase I Trial"),
    "1/2": Term("C15693", "Phase I/II Trial"),
    "2": Term("C15601", "Phase II Trial"),
    "2/3": Term("C15694", "Phase II/III Trial"),
    "3": Term("C15602", "Phase III Trial"),
    "4": Term("C15603", "Phase IV Trial"),
    "not-applicable": Term("C48660", "Not Applicable"),
}
"""C66737, which has no phase III/IV: such a trial is said to be of phase III, and what was meant is kept beside it."""
BLINDINGS = {
    "open": Term("C49659", "Open Label Study"),
    "single": Term("C28233", "Single Blind Study"),
    "double": Term("C15228", "Double Blind Study"),
    "outcome-assessor": Term("C187674", "Observer Blind Study"),
}
"""C66735; a triple-blind trial is a double-blind one with three masked roles."""
MASKED = {
    "single": ("participant",),
    "double": ("participant", "investigator"),
    "triple": ("participant", "investigator", "assessor"),
    "outcome-assessor": ("assessor",),
}
ROLES = {
    "sponsor": Term("C70793", "Clinical Study Sponsor"),
    "participant": Term("C41189", "Study Subject"),
    "investigator": Term("C25936", "Investigator"),
    "assessor": Term("C207599", "Outcomes Assessor"),
    "principal-investigator": Term("C19924", "Principal Investigator"),
}
"""C215480."""
PURPOSES = {
    "treatment": Term("C49656", "Treatment Study"),
    "prevention": Term("C49657", "Prevention Study"),
    "diagnostic": Term("C49653", "Diagnosis Study"),
    "supportive-care": Term("C71486", "Supportive Care Study"),
    "screening": Term("C71485", "Screening Study"),
    "health-services": Term("C15245", "Health Services Research"),
    "basic-science": Term("C15714", "Basic Research"),
}
"""C66736."""
SEXES = {"female": Term("C16576", "Female"), "male": Term("C20197", "Male")}
"""C66732."""
CRITERIA = {"inclusion": Term("C25532", "Inclusion Criteria"), "exclusion": Term("C25370", "Exclusion Criteria")}
"""C66797."""
TITLES = {
    "title": Term("C207616", "Official Study Title"),
    "short_title": Term("C207615", "Brief Study Title"),
    "acronym": Term("C207646", "Study Acronym"),
}
"""C207419."""
SETTINGS = {"site": Term("C16696", "Hospital"), "home": Term("C18002", "Home")}
"""C127262."""
CONTACTS = {
    "site": Term("C175574", "In Person"),
    "home": Term("C175574", "In Person"),
    "telephone": Term("C171537", "Telephone Call"),
    "remote": Term("C171525", "Audio-Videoconferencing"),
}
"""C171445."""
TIMINGS = {
    "before": Term("C201357", "Before"),
    "after": Term("C201356", "After"),
    "fixed": Term("C201358", "Fixed Reference"),
}
"""C201264, by their submission values, as in the published examples."""
MODELS = {
    "parallel": Term("C82639", "Parallel Study"),
    "crossover": Term("C82637", "Crossover Study"),
    "single": Term("C82640", "Single Group Study"),
    "cohort": Term("C15208", "Cohort Study"),
}
"""C99076 and, for observational studies, C127259."""
CHARACTERISTICS = {
    "randomised": Term("C46079", "Randomized Controlled Clinical Trial"),
    "multicentre": Term("C217005", "Multicenter Study"),
    "single-centre": Term("C217004", "Single-Center Study"),
    "countries": Term("C217007", "Multiple Countries"),
    "country": Term("C217006", "Single Country"),
}
"""C207416."""
ORGANISATIONS = {"hospital": Term("C21541", "Healthcare Facility"), "registry": Term("C93453", "Study Registry")}
"""C188724."""
STATES = {"draft": Term("C85255", "Draft"), "final": Term("C25508", "Final")}
"""C188723."""
ONE = {
    "interventional": Term("C98388", "Interventional Study"),
    "observational": Term("C16084", "Observational Study"),
    "retrospective": Term("C53312", "Retrospective Study"),
    "within": Term("C188866", "Data Generated Within Study"),
    "real-world": Term("C165830", "Real-world Data"),
    "visit": Term("C25716", "Visit"),
    "start": Term("C201355", "Start to Start"),
    "global": Term("C68846", "Global"),
    "issued": Term("C215664", "Issued Date"),
    "other": Term("C17649", "Other"),
    "protocol": Term("C70817", "Study Protocol"),
    "year": Term("C29848", "Year"),
    "day": Term("C25301", "Day"),
    "given": Term("C25409", "Administration"),
}
"""Terms that stand alone: C99077, C127261, C188727, C188728, C201265, C207412, C207413, C207415, C215477, C66781, C71620."""
NOT_APPLICABLE = Term("C48660", "NOT APPLICABLE")
"""As its submission value, which an observational study's phase is expected to be called by."""
LANGUAGES = {
    "en": Term("en", "English", "ISO 639-1", "2002"),
    "zh": Term("zh", "Chinese", "ISO 639-1", "2002"),
}


def named(codelist: dict[str, Term], code: object) -> str | None:
    """What a code of this codelist is called here, None for another's."""
    return next((name for name, term in codelist.items() if term.code == code), None)


@cache
def country(alpha_2: str) -> Term:
    """A country's three-letter code and name, ISO 3166-1; its two letters where they are none of the standard's."""
    import pycountry

    found = pycountry.countries.get(alpha_2=alpha_2)
    return Term(found.alpha_3 if found else alpha_2, found.name if found else alpha_2, "ISO 3166-1 alpha-3", "2020")


@cache
def alpha_2(code: str) -> str | None:
    """A country's two letters from either of its codes, None for what is no country."""
    import pycountry

    found = pycountry.countries.get(alpha_2=code) or pycountry.countries.get(alpha_3=code)
    return found.alpha_2 if found else None
