"""The registries' codes and free words for status, phase, masking and the like, as the few words used here."""

from __future__ import annotations

import re

from equipoise.portfolio.record import Allocation, Kind, Masking, Phase, Sex, Status

CTGOV_STATUS: dict[str, Status] = {
    "NOT_YET_RECRUITING": "not-yet-recruiting",
    "RECRUITING": "recruiting",
    "ENROLLING_BY_INVITATION": "by-invitation",
    "ACTIVE_NOT_RECRUITING": "active",
    "SUSPENDED": "suspended",
    "COMPLETED": "completed",
    "TERMINATED": "terminated",
    "WITHDRAWN": "withdrawn",
    "AVAILABLE": "expanded-access",
    "NO_LONGER_AVAILABLE": "expanded-access",
    "TEMPORARILY_NOT_AVAILABLE": "expanded-access",
    "APPROVED_FOR_MARKETING": "expanded-access",
    "WITHHELD": "unknown",
    "UNKNOWN": "unknown",
}
CTGOV_PHASE: dict[str, Phase] = {
    "EARLY_PHASE1": "early-1",
    "PHASE1": "1",
    "PHASE2": "2",
    "PHASE3": "3",
    "PHASE4": "4",
    "NA": "not-applicable",
}
CTGOV_KIND: dict[str, Kind] = {
    "INTERVENTIONAL": "interventional",
    "OBSERVATIONAL": "observational",
    "EXPANDED_ACCESS": "expanded-access",
}
CTGOV_ALLOCATION: dict[str, Allocation] = {"RANDOMIZED": "randomised", "NON_RANDOMIZED": "non-randomised"}
CTGOV_MASKING: dict[str, Masking] = {
    "NONE": "none",
    "SINGLE": "single",
    "DOUBLE": "double",
    "TRIPLE": "triple",
    "QUADRUPLE": "quadruple",
}

# Free words of the WHO layouts; the first that is found counts, so the more particular stand first.
_STATUS: tuple[tuple[str, Status], ...] = (
    (r"not yet|pending|尚未|未开始", "not-yet-recruiting"),
    (r"invitation", "by-invitation"),
    (r"withdrawn|撤", "withdrawn"),
    (r"terminat|stopped early|终止", "terminated"),
    (r"suspend|temporar|暂停", "suspended"),
    (r"active, not|active not|no longer recruit|enrolment complete|follow.?up (continuing|complete)", "active"),
    (r"not recruiting|closed|停止招募", "closed"),
    (r"complet|结束|完成|ended", "completed"),
    (r"recruit|ongoing|authori[sz]ed|正在|招募中", "recruiting"),
)
_PHASES: tuple[tuple[str, tuple[Phase, ...]], ...] = (
    (r"early phase|phase 0\b|\b0\b|零期", ("early-1",)),
    (r"\b(1|i)\s*(/|-|and|\+)\s*(phase\s*)?(2|ii)\b|i期\+ii期", ("1", "2")),
    (r"\b(2|ii)\s*(/|-|and|\+)\s*(phase\s*)?(3|iii)\b|ii期\+iii期", ("2", "3")),
    (r"\b(4|iv)\b|post.?market|iv期|上市后", ("4",)),
    (r"\b(3|iii)\b|iii期", ("3",)),
    (r"\b(2|ii)[ab]?\b|ii期", ("2",)),
    (r"\b(1|i)[ab]?\b|i期", ("1",)),
    (r"n/a|not applicable|not selected|其它|不适用", ("not-applicable",)),
)
# The European register answers each phase with yes or no.
_EUROPEAN_PHASE = re.compile(r"phase (i{1,3}|iv)\)?\s*:\s*yes", re.IGNORECASE)
_ROMAN: dict[str, Phase] = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_MASKING: tuple[tuple[str, Masking], ...] = (
    (r"open(?!:\s*no)|no mask|none|not blind|unblind|masking:\s*no\b|开放", "none"),
    (r"quadruple", "quadruple"),
    (r"triple|三盲", "triple"),
    (r"double(?! blind:\s*no)|双盲", "double"),
    (r"single(?! blind:\s*no)|单盲", "single"),
    (r"mask|blind(?!:\s*no)|盲", "blinded"),
)
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(\w*)")
_YEARS = {
    "y": 1.0, "岁": 1.0, "mo": 1 / 12, "月": 1 / 12, "w": 7 / 365.25, "周": 7 / 365.25, "d": 1 / 365.25,
    "天": 1 / 365.25, "h": 1 / 8766, "mi": 1 / 525_960,
}  # fmt: skip


def status(words: str) -> Status:
    """A recruitment status in free words; "unknown" if none of ours is in it."""
    lowered = words.lower()
    for pattern, found in _STATUS:
        if re.search(pattern, lowered):
            return found
    return "unknown"


def phases(words: str) -> tuple[Phase, ...]:
    """The phases that free words name."""
    european: list[Phase] = [_ROMAN[found.lower()] for found in _EUROPEAN_PHASE.findall(words)]
    if european or ": no" in words.lower():
        return tuple(dict.fromkeys(european))
    lowered = words.lower().replace("_", " ")
    for pattern, found in _PHASES:
        if re.search(pattern, lowered):
            return found
    return ()


def kind(words: str) -> Kind:
    """Interventional or observational, from free words in English or Chinese."""
    lowered = words.lower()
    if "expanded access" in lowered:
        return "expanded-access"
    if re.search(r"observation|观察|epidemi|流行病|diagnostic test|诊断试验|relevant factors|相关因素", lowered):
        return "observational"
    return "interventional" if re.search(r"intervention|干预|treatment|治疗|clinical trial", lowered) else "other"


def allocation(words: str) -> Allocation | None:
    """Whether free words on the design say that chance decides."""
    lowered = words.lower()
    if re.search(r"non.?randomi|not randomi|randomi[sz]ed:\s*no|非随机", lowered):
        return "non-randomised"
    return "randomised" if re.search(r"randomi|随机", lowered) else None


def masking(words: str) -> Masking | None:
    """The masking that free words on the design name."""
    lowered = words.lower()
    return next((code for pattern, code in _MASKING if re.search(pattern, lowered)), None)


def sex(words: str) -> Sex | None:
    """Whom the trial takes; the European register answers each with yes or no."""
    lowered = words.lower()
    if "female: yes" in lowered:
        return "all" if re.search(r"(?<!fe)male: yes", lowered) else "female"
    if re.search(r"both|all|男女|不限", lowered) or ("female" in lowered and re.search(r"(?<!fe)male", lowered)):
        return "all"
    if re.search(r"female|女", lowered):
        return "female"
    return "male" if re.search(r"male|男", lowered) else None


def age(words: str) -> float | None:
    """An age in years from "18 Years", "6 Months" or "18"; None where there is no limit."""
    found = _AGE.search(words)
    if found is None:
        return None
    unit = found[2].lower()
    scale = next((years for key, years in _YEARS.items() if unit.startswith(key)), 1.0)
    years = float(found[1]) * scale
    return round(years, 4) if years <= 200 else None  # 999 is how some registries say "no limit"
