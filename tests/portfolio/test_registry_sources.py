"""Every field of every real record holds what stands at its documented place, found by a walk that knows nothing else."""

import re
from itertools import chain
from xml.etree import ElementTree as ET

import pytest
from portfolio.registry_files import HERE, REAL, studies

from equipoise.portfolio import SOURCES, Record, read_records

CODED = {  # fields that say with our few words what the registry says with its own
    "kind", "secondary_ids.issuer", "phases", "status", "allocation", "masking", "sex", "minimum_age", "maximum_age", "start_actual",
    "primary_completion_actual", "completion_actual", "enrolment_planned", "enrolment_actual",
}  # fmt: skip
NOT_PUBLISHED = {"schema_version", "layout"}


def walk(node, path):
    """All values at a path such as "a.b[].c"."""
    if not path:
        return [node]
    name, _, rest = path.partition(".")
    here = node.get(name.removesuffix("[]")) if isinstance(node, dict) else None
    if here is None:
        return []
    return list(chain.from_iterable(walk(item, rest) for item in here)) if name.endswith("[]") else walk(here, rest)


def published(study, source):
    for alternative in source.split(" | "):
        found = list(chain.from_iterable(walk(study, part) for part in alternative.split(" + ") if '"' not in part))
        if found:
            return found
    return []


def held(record, field):
    """The record's values of a field such as "sites.city"."""
    name, _, part = field.partition(".")
    value = getattr(record, name)
    values = list(value) if isinstance(value, tuple) else [value]
    if part:
        values = [getattr(item, part) for item in values]
        values = list(chain.from_iterable(item if isinstance(item, tuple) else [item] for item in values))
    return [item for item in values if item not in (None, "")]


@pytest.fixture(scope="module")
def pairs():
    return list(zip(studies(), read_records([REAL]), strict=True))


@pytest.mark.parametrize("field", [field for field in SOURCES["ctgov"] if field not in CODED])
def test_the_field_is_what_stands_at_its_place(field, pairs):
    source, seen = SOURCES["ctgov"][field], 0
    for study, record in pairs:
        expected = [item for item in published(study, source) if item != ""]
        if source.startswith('"'):
            expected = [
                source.split('"')[1] + "".join(map(str, expected or published(study, source.split('" + ')[-1])))
            ]
            if field == "registry":
                expected = ["ClinicalTrials.gov"]
        if field == "investigators.role":
            chief = published(study, "protocolSection.sponsorCollaboratorsModule.responsibleParty.investigatorFullName")
            expected = [*expected, *(["RESPONSIBLE_PARTY"] if chief else [])]
        if field in ("conditions", "keywords", "collaborators", "countries"):
            expected = list(dict.fromkeys(expected))
        assert held(record, field) == expected, record.registry_id
        seen += len(expected)
    assert seen > 0


def test_codes_say_what_the_registry_says(pairs):
    for study, record in pairs:
        design = study["protocolSection"].get("designModule", {})
        info = design.get("designInfo", {})
        assert record.phases == tuple(
            {"EARLY_PHASE1": "early-1", "NA": "not-applicable"}.get(phase, phase.removeprefix("PHASE"))
            for phase in design.get("phases", [])
        )
        words = {"RANDOMIZED": "randomised", "NON_RANDOMIZED": "non-randomised"}
        assert record.allocation == words.get(info.get("allocation"))
        assert record.masking == (info.get("maskingInfo", {}).get("masking") or "").lower() or record.masking is None
        assert record.kind == design["studyType"].lower()
        enrolment = design.get("enrollmentInfo", {})
        assert record.enrolment == enrolment.get("count")
        assert (record.enrolment_actual is not None) == (enrolment.get("type") == "ACTUAL")
        status = study["protocolSection"]["statusModule"]
        for name, key in (
            ("start", "start"),
            ("completion", "completion"),
            ("primary_completion", "primaryCompletion"),
        ):
            kind = status.get(f"{key}DateStruct", {}).get("type")
            assert getattr(record, f"{name}_actual") == (kind and kind == "ACTUAL")
        eligibility = study["protocolSection"]["eligibilityModule"]
        assert record.sex == eligibility["sex"].lower()
        for name, key in (("minimum_age", "minimumAge"), ("maximum_age", "maximumAge")):
            if found := re.fullmatch(r"(\d+) Years?", eligibility.get(key, "")):
                assert getattr(record, name) == int(found[1])


def test_every_field_that_a_layout_fills_is_documented_and_no_other():
    files = {"ctgov": REAL, "who": HERE / "who.xml", "ictrp": HERE / "ictrp.xml"}
    for layout, file in files.items():
        documented = {field.partition(".")[0] for field in SOURCES[layout]}
        assert documented <= set(Record.model_fields)
        filled = set()
        for record in read_records([file]):
            filled |= set(record.model_dump(exclude_defaults=True)) - NOT_PUBLISHED
        assert filled <= documented, layout


@pytest.mark.parametrize("layout", ["who", "ictrp"])
def test_the_places_in_xml_are_those_that_are_read(layout):
    root = ET.parse(HERE / f"{layout}.xml").getroot()
    trials = [element for element in root if element.tag.lower() == "trial"]
    records = list(read_records([HERE / f"{layout}.xml"]))
    for field, source in SOURCES[layout].items():
        places = [place for alternative in source.split(" | ") for place in alternative.split(" + ")]
        for trial, record in zip(trials, records, strict=True):
            text = " ".join(
                " ".join((element.text or "").split()) for place in places for element in trial.iterfind(place)
            )
            if field in CODED | {"registered", "updated", "start", "completion", "results_posted", "eligibility"}:
                assert bool(held(record, field)) <= bool(text.strip()) or field == "results_posted" or field in CODED
            else:
                for value in held(record, field):
                    parts = str(value).split() if field != "contacts.name" else list(str(value))
                    assert all(part in text for part in parts if part.strip()), (field, value)
