"""Any number of registry records: real ones multiplied, with varied fields, the same for the same seed.

Each copy has its own number, dates, size, status, sponsor and sites, conditions and interventions drawn from all the real
ones (a few often, most seldom, as in a registry) with made-up drugs and qualifiers among them, and eligibility criteria
drawn line by line from all real ones: so that no word stands in an unnatural share of the records.
"""

import copy
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

REAL = Path(__file__).parents[1] / "tests" / "portfolio" / "ctg-studies.json.gz"
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "pro",
    "ra",
    "so",
    "tu",
    "va",
    "xi",
    "zo",
    "lu",
    "ter",
    "mon",
)
ENDINGS = ("mab", "nib", "statin", "pril", "sartan", "gliptin", "flozin", "vir", "azole", "cillin", "oxetine", "parin")
ORGANS = [
    "breast",
    "lung",
    "colorectal",
    "prostate",
    "gastric",
    "hepatic",
    "pancreatic",
    "ovarian",
    "cervical",
    "renal",
    "bladder",
    "thyroid",
    "oesophageal",
    "cardiac",
    "cerebral",
    "pulmonary",
    "vascular",
    "retinal",
    "corneal",
    "cutaneous",
    "spinal",
    "muscular",
    "hepatic",
    "biliary",
    "intestinal",
    "nasal",
    "dental",
    "uterine",
]
DISEASES = [
    "cancer",
    "carcinoma",
    "neoplasm",
    "failure",
    "infection",
    "fibrosis",
    "stenosis",
    "ischaemia",
    "inflammation",
    "dystrophy",
    "hypertension",
    "ulcer",
    "syndrome",
    "sclerosis",
    "dysplasia",
    "fracture",
    "thrombosis",
    "insufficiency",
    "atrophy",
    "haemorrhage",
    "neuropathy",
    "lymphoma",
    "sarcoma",
]
STATUSES = (
    ("COMPLETED",) * 11 + ("RECRUITING",) * 4 + ("UNKNOWN",) * 3 + ("TERMINATED", "WITHDRAWN", "ACTIVE_NOT_RECRUITING")
)


def studies(number: int, seed: int = 1) -> Iterator[bytes]:
    """So many studies as JSON, one at a time."""
    real = json.loads(gzip.decompress(REAL.read_bytes()))
    for study in real:  # the real share of studies with results is an eighth, and their bytes are skipped in any case
        study.pop("resultsSection", None)
        study.pop("documentSection", None)
    pools = _Pools(real)
    for place in range(number):
        yield json.dumps(
            _varied(real[place % len(real)], place, pools, random.Random(seed * 1_000_003 + place))
        ).encode()


def write_studies(path: Path, number: int, seed: int = 1) -> None:
    """An array of so many studies, as the registry's own download has it; gzipped lightly if the name says so."""
    with gzip.open(path, "wb", compresslevel=1) if path.suffix == ".gz" else path.open("wb") as file:
        for place, study in enumerate(studies(number, seed)):
            file.write((b"[\n" if place == 0 else b",\n") + study)
        file.write(b"\n]\n")


class _Pools:
    """What copies draw from."""

    def __init__(self, real: list[dict]) -> None:
        sections = [study["protocolSection"] for study in real]
        self.criteria = [
            line for part in sections for line in part["eligibilityModule"]["eligibilityCriteria"].split("\n") if line
        ]
        self.outcomes = [
            outcome
            for part in sections
            for kind in ("primaryOutcomes", "secondaryOutcomes")
            for outcome in part.get("outcomesModule", {}).get(kind, [])
        ]
        self.sites = [
            site for part in sections for site in part.get("contactsLocationsModule", {}).get("locations", [])
        ]
        self.sponsors = [part["sponsorCollaboratorsModule"]["leadSponsor"]["name"] for part in sections]
        self.conditions = [name for part in sections for name in part["conditionsModule"]["conditions"]]
        self.interventions = [
            given for part in sections for given in part.get("armsInterventionsModule", {}).get("interventions", [])
        ]
        draw = random.Random(7)
        self.drugs = [
            "".join(draw.choices(SYLLABLES, k=draw.randint(2, 3))) + draw.choice(ENDINGS) for _ in range(20_000)
        ]
        self.diseases = [f"{organ} {disease}" for organ in ORGANS for disease in DISEASES]
        draw.shuffle(self.diseases)


def _seldom(draw: random.Random, pool: list) -> object:
    """One of a pool, its first ones most often (close to Zipf's law)."""
    return pool[min(int(len(pool) ** draw.random()) - 1, len(pool) - 1)]


def _varied(study: dict, place: int, pools: _Pools, draw: random.Random) -> dict:
    study = copy.copy(study)
    part = study["protocolSection"] = copy.copy(study["protocolSection"])
    for name in (
        "identificationModule",
        "statusModule",
        "conditionsModule",
        "eligibilityModule",
        "sponsorCollaboratorsModule",
    ):
        part[name] = copy.copy(part[name])
    disease, drug = _seldom(draw, pools.diseases), _seldom(draw, pools.drugs)
    number = 10_000_000 + place
    identity = part["identificationModule"]
    identity.update(
        nctId=f"NCT{number}", briefTitle=f"{drug.capitalize()} for {disease}: {_clipped(identity['briefTitle'], draw)}"
    )
    identity.update(
        officialTitle=f"A study of {drug} in {disease}. {_clipped(identity.get('officialTitle', ''), draw)}"
    )
    identity.update(orgStudyIdInfo={"id": f"ORG-{place}"}, secondaryIdInfos=[])
    part["conditionsModule"] = {
        "conditions": [disease, *draw.sample(pools.conditions, draw.randint(0, 2))],
        "keywords": [_seldom(draw, pools.diseases) for _ in range(draw.randint(0, 3))],
    }
    study["derivedSection"] = {}
    year = 2000 + int(25 * draw.random() ** 0.5)
    part["statusModule"].update(
        overallStatus=draw.choice(STATUSES),
        startDateStruct={"date": f"{year}-{draw.randint(1, 12):02d}", "type": "ACTUAL"},
        completionDateStruct={"date": f"{year + draw.randint(1, 5)}-{draw.randint(1, 12):02d}", "type": "ESTIMATED"},
        studyFirstSubmitDate=f"{year}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
    )
    design = part["designModule"] = copy.copy(part["designModule"])
    design["enrollmentInfo"] = {"count": int(10 ** draw.uniform(1, 3.3)), "type": draw.choice(["ACTUAL", "ESTIMATED"])}
    design["phases"] = [draw.choice(["NA", "NA", "PHASE1", "PHASE2", "PHASE2", "PHASE3", "PHASE4"])]
    part["armsInterventionsModule"] = {
        "interventions": [{"type": "DRUG", "name": drug}, *draw.sample(pools.interventions, draw.randint(0, 2))],
        "armGroups": [{"label": drug, "type": "EXPERIMENTAL"}, {"label": "Control", "type": "PLACEBO_COMPARATOR"}],
    }
    part["outcomesModule"] = {
        "primaryOutcomes": draw.sample(pools.outcomes, draw.randint(1, 2)),
        "secondaryOutcomes": draw.sample(pools.outcomes, draw.randint(0, 6)),
    }
    part["descriptionModule"] = {"briefSummary": " ".join(draw.sample(pools.criteria, 6))}
    part["eligibilityModule"]["eligibilityCriteria"] = "\n".join(draw.sample(pools.criteria, draw.randint(5, 20)))
    part["contactsLocationsModule"] = {"locations": draw.sample(pools.sites, int(10 ** draw.uniform(0, 1.2)))}
    part["sponsorCollaboratorsModule"]["leadSponsor"] = {"name": draw.choice(pools.sponsors), "class": "OTHER"}
    return study


def _clipped(text: str, draw: random.Random) -> str:
    """A few words of a real title, in another order."""
    words = text.split()
    return " ".join(draw.sample(words, min(len(words), draw.randint(2, 6))))
