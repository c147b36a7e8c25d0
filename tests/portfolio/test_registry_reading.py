"""Registry files are read as published, whatever they come in; what is broken is refused by its place, and costs no other."""

import gzip
import io
import json
import random
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portfolio.registry_files import HERE, REAL, as_lines, studies

from equipoise.errors import InputError
from equipoise.portfolio import Record, Refusal, read_records
from equipoise.portfolio.reading import read_stream
from equipoise.portfolio.split import JSON_START, split


def read(path):
    found = list(read_records([path]))
    records = [item for item in found if isinstance(item, Record)]
    return records, [item for item in found if isinstance(item, Refusal)]


def ids(records):
    return [record.registry_id for record in records]


PUBLISHED = [study["protocolSection"]["identificationModule"]["nctId"] for study in studies()]


def test_every_real_record_is_read_and_none_refused():
    records, refused = read(REAL)
    assert ids(records) == PUBLISHED
    assert refused == []


def pages(chosen):
    first, rest = chosen[:100], chosen[100:]
    one = json.dumps({"totalCount": len(chosen), "studies": first, "nextPageToken": "NF0g5JCEk_Jq"})
    return (one + "\n" + json.dumps({"studies": rest}, indent=2)).encode()


def zipped(chosen):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for study in chosen:
            name = study["protocolSection"]["identificationModule"]["nctId"]
            archive.writestr(f"ctg-public-xml/{name}.json", json.dumps(study, indent=1))
    return out.getvalue()


FORMS = {
    "array": lambda chosen: json.dumps(chosen).encode(),
    "indented": lambda chosen: b"\xef\xbb\xbf" + json.dumps(chosen, indent=2, ensure_ascii=False).encode(),
    "sorted": lambda chosen: json.dumps(chosen, sort_keys=True).encode(),
    "pages": pages,
    "lines": as_lines,
    "gzip": lambda chosen: gzip.compress(as_lines(chosen)),
    "zip": zipped,
}


@pytest.mark.parametrize("form", FORMS)
def test_all_that_a_registry_offers_gives_the_same_records(form, tmp_path):
    path = tmp_path / "studies"
    path.write_bytes(FORMS[form](studies()))
    records, refused = read(path)
    assert refused == []
    assert records == read(REAL)[0]


def test_a_single_study_is_read(tmp_path):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(studies()[0]))
    assert ids(read(path)[0]) == PUBLISHED[:1]


def corrupt(line):
    return {
        "cut": line[: len(line) // 2],
        "wrong type": line.replace(b'"nctId": "', b'"nctId": 5, "x": "', 1),
        "no number": line.replace(b'"nctId"', b'"nctIdentifier"', 1),
        "no UTF-8": line.replace(b'"briefTitle": "', b'"briefTitle": "\xff\xfe', 1),
        "no JSON": line.replace(b":", b"=", 40),
        "bracket": line.replace(b"}", b"]", 1),
        "bad date": re.sub(
            rb'"startDateStruct": \{"date": "[^"]*"', b'"startDateStruct": {"date": "soon"', line, count=1
        ),
    }


@pytest.mark.parametrize("fault", list(corrupt(b"")))
@pytest.mark.parametrize("form", ["array", "lines"])
def test_one_corrupt_record_among_many_is_refused_by_its_place_and_all_others_are_read(fault, form, tmp_path):
    lines = [json.dumps(study).encode() for study in studies()]
    lines[7] = corrupt(lines[7])[fault]
    path = tmp_path / "studies.json"
    path.write_bytes(b"[" + b",\n".join(lines) + b"]" if form == "array" else b"\n".join(lines))
    records, refused = read(path)
    assert ids(records) == PUBLISHED[:7] + PUBLISHED[8:]
    assert len(refused) == 1
    assert refused[0].registry_id in ("", PUBLISHED[7])
    assert refused[0].reason
    offset = int(refused[0].place.rsplit(" ", 1)[1].replace(",", ""))
    assert path.read_bytes()[offset:].startswith(lines[7][:20])


def test_what_is_no_record_between_records_is_refused_too(tmp_path):
    lines = [json.dumps(study).encode() for study in studies()[:3]]
    path = tmp_path / "studies.json"
    path.write_bytes(
        b'[{"foo": 1}, ' + lines[0] + b", null, " + lines[1] + b', {"error": "try again"},' + lines[2] + b"]"
    )
    records, refused = read(path)
    assert ids(records) == PUBLISHED[:3]
    assert [("foo" in item.reason, "null" in item.reason, "try again" in item.reason) for item in refused] == [
        (True, False, False), (False, True, False), (False, False, True),
    ]  # fmt: skip


def test_a_truncated_archive_gives_what_came_before_and_says_that_it_ends_early(tmp_path):
    whole = REAL.read_bytes()
    path = tmp_path / "studies.json.gz"
    path.write_bytes(whole[: len(whole) // 2])
    records, refused = read(path)
    assert ids(records) == PUBLISHED[: len(records)]
    assert len(records) > 100
    assert "ends early" in refused[-1].reason
    cut = zipped(studies()[:5])
    path.write_bytes(cut[:-200])
    assert "archive" in read(path)[1][0].reason


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"no registry", b"{}", b"[]", b"<html><body/></html>", b'{"studies": []}']
)
def test_what_holds_no_trial_is_refused_with_one_line(content, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    records, refused = read(path)
    assert records == []
    assert refused


def test_a_path_that_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(InputError):
        read(tmp_path / "none.json")


def test_the_who_layout_is_read_in_chinese_and_english():
    records, refused = read(HERE / "who.xml")
    assert refused == []
    first, second = records
    assert first.title_zh == "达格列净治疗射血分数保留的心力衰竭的随机对照试验"
    assert first.title_en == ""
    assert [given.id for given in first.secondary_ids] == ["NCT09999901", "U1111-1234-5678"]
    assert (first.enrolment_planned, first.start, first.start_actual) == (240, "2024-04-01", False)
    assert (first.phases, first.status, first.allocation, first.masking) == (
        ("4",),
        "not-yet-recruiting",
        "randomised",
        "double",
    )
    assert (first.minimum_age, first.maximum_age, first.sex) == (18, 80, "all")
    assert first.contacts[0].name == "张三"
    assert "<br>" not in first.eligibility
    assert [outcome.kind for outcome in first.outcomes] == ["primary", "secondary", "secondary"]
    assert (second.kind, second.title_en) == ("observational", "Acupuncture for chronic low back pain: a cohort study")


def test_the_layout_of_the_search_portal_is_read():
    records, refused = read(HERE / "ictrp.xml")
    assert refused == []
    first, second = records
    assert (first.registry, first.registry_id, first.registered) == ("ClinicalTrials.gov", "NCT09999901", "2024-03-06")
    assert (first.start, first.updated) == ("2024-04-15", "2026-09-21")
    assert first.countries == ("China", "United States")
    assert first.contacts[0].institution.startswith("Second Affiliated Hospital")
    assert second.phases == ("2", "3")
    assert (second.start, second.allocation, second.masking, second.sex) == (
        "2023-09-01",
        "randomised",
        "double",
        "all",
    )


def test_broken_xml_costs_one_record_only(tmp_path):
    text = (HERE / "ictrp.xml").read_text().replace("<Acronym/>", "<Acronym>")
    path = tmp_path / "broken.xml"
    path.write_text(text.replace("</Trials_downloaded_from_ICTRP>", ""))
    records, refused = read(path)
    assert ids(records) == ["EUCTR2023-009999-22-DE"]
    assert [item.registry_id for item in refused] == ["NCT09999901"]


def test_entities_are_not_expanded(tmp_path):
    bomb = '<!DOCTYPE trials [<!ENTITY a "aaaaaaaa">]><trials><trial><main><trial_id>&a;</trial_id></main></trial></trials>'
    path = tmp_path / "bomb.xml"
    path.write_text(bomb)
    records, refused = read(path)
    assert records == []
    assert refused


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_stream_is_cut_the_same_however_it_comes(data):
    mark = b'{ "protocolSection" :'
    parts = data.draw(st.lists(st.binary(max_size=30).filter(lambda part: b"{" not in part), min_size=1, max_size=8))
    whole = mark.join(parts)

    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(random.Random(len(parts)).randint(1, 9))

    pieces = list(split(Slow(whole), JSON_START))
    assert b"".join(piece.content for piece in pieces) == whole
    assert [piece.number for piece in pieces] == list(range(len(parts)))
    assert all(whole[piece.offset :].startswith(piece.content) for piece in pieces)


def test_a_record_without_end_does_not_fill_the_memory():
    endless = b'{"protocolSection": "' + b"x" * 50_000_000
    pieces = list(split(io.BytesIO(endless + b'{"protocolSection": 1}'), JSON_START, largest=2**21))
    assert [piece.cut for piece in pieces[1:]] == [True, False]
    assert len(pieces[1].content) < 2**22
    assert pieces[2].offset == len(endless)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_bytes_whatever_raise_an_error(content):
    for prefix in (b"", b"[", b'[{"protocolSection":', b"<trials><trial>"):
        for item in read_stream(io.BytesIO(prefix + content), "file"):
            assert isinstance(item, Record | Refusal)
