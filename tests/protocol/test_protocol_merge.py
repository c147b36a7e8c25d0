from collections import Counter

from hypothesis import given, settings
from protocols_at_random import protocols, texts

from equipoise.protocol.difference import leaves, tokens
from equipoise.protocol.document import Identity, Passage, Protocol, Section
from equipoise.protocol.merge import Conflict, _fields, merge, merge_text
from equipoise.protocol.parts import Activity, Endpoint, Epoch, Schedule, Visit
from equipoise.protocol.words import Words

BASE = (
    "The trial will enrol 200 patients at 10 sites over two years, and follow each patient for 12 weeks after surgery."
)


def both(text: str) -> Words:
    return Words(en=text, zh=text)


def with_text(text: Words) -> Protocol:
    return Protocol(
        identity=Identity(title=both("A")), sections=(Section(number="1", passages=(Passage(id="p", text=text),)),)
    )


def test_changes_far_from_each_other_are_both_taken() -> None:
    merged = merge_text(BASE, BASE.replace("200", "240"), BASE.replace("12 weeks", "24 weeks"))
    assert not merged.conflicts
    assert merged.text() == BASE.replace("200", "240").replace("12 weeks", "24 weeks")


def test_changes_near_each_other_are_a_conflict_and_no_mixture() -> None:
    merged = merge_text(BASE, BASE.replace("12 weeks", "24 weeks"), BASE.replace("12 weeks", "12 months"))
    (conflict,) = merged.conflicts
    assert ("12 weeks" in conflict.base, "24 weeks" in conflict.mine, "12 months" in conflict.theirs) == (
        True,
        True,
        True,
    )
    assert merged.text() == BASE.replace("12 weeks", "24 weeks")
    assert merged.text("theirs") == BASE.replace("12 weeks", "12 months")


def test_chinese_is_merged_by_signs() -> None:
    base = "本试验计划入组200名患者，每名患者随访12周，主要终点为总生存期。"
    merged = merge_text(base, base.replace("200", "240"), base.replace("总生存期", "无进展生存期"))
    assert merged.text() == base.replace("200", "240").replace("总生存期", "无进展生存期")
    assert not merged.conflicts


def test_one_edits_english_the_other_the_translation() -> None:
    base = Words(en="Two years.").translated("zh", "两年。")
    mine, theirs = base.with_text("en", "Three years."), base.with_text("zh", "二年。")
    merged = merge(*map(with_text, (base, mine, theirs)))
    text = merged.protocol.sections[0].passages[0].text
    assert (text.en, text.zh, text.out_of_date(), merged.conflicts) == ("Three years.", "二年。", "zh", ())


def test_a_conflict_in_a_passage_names_its_place_and_language() -> None:
    merged = merge(*(with_text(Words(en=BASE.replace("200", n), zh="同")) for n in ("200", "240", "300")))
    (conflict,) = merged.conflicts
    assert (conflict.place, conflict.language) == ("passages.p.passage.text", "en")
    assert [("200" in conflict.base), ("240" in conflict.mine), ("300" in conflict.theirs)] == [True] * 3


def test_a_part_removed_by_one_and_changed_by_the_other_stays() -> None:
    old = Protocol(
        identity=Identity(title=both("A")), endpoints=(Endpoint(id="E1", level="primary", text=both("death")),)
    )
    mine, theirs = (old.model_dump(by_alias=True) for _ in range(2))
    mine["endpoints"] = []
    theirs["endpoints"][0]["level"] = "secondary"
    merged = merge(old, Protocol.read(mine), Protocol.read(theirs))
    assert [e.level for e in merged.protocol.endpoints] == ["secondary"]
    (conflict,) = merged.conflicts
    assert (conflict.place, conflict.mine) == ("endpoints.E1", "")
    assert "death" in conflict.theirs


def test_a_visit_removed_by_one_and_used_by_the_other_comes_back() -> None:
    schedule = {
        "epochs": (Epoch(id="T", label=both("T")),),
        "visits": (Visit(id="V1", epoch="T", label=both("week 1"), day=7),),
        "activities": (Activity(id="ecg", label=both("ECG")),),
    }
    old = Protocol(identity=Identity(title=both("A")), schedule=Schedule(**schedule))
    mine = old.model_copy(update={"schedule": Schedule()})
    theirs = Protocol.read(
        old.model_dump(by_alias=True) | {"schedule": Schedule(**schedule, cells=({"activity": "ecg", "visit": "V1"},))}
    )
    merged = merge(old, mine, theirs)
    assert [v.id for v in merged.protocol.schedule.visits] == ["V1"]
    assert {c.place for c in merged.conflicts} == {"activities.ecg", "visits.V1", "epochs.T"}


@given(texts, texts, texts)
def test_no_added_word_of_a_text_is_lost(base: str, mine: str, theirs: str) -> None:
    merged = merge_text(base, mine, theirs)
    found = Counter(tokens(merged.text()))
    for part in merged.conflicts:
        found += Counter(tokens(part.mine)) | Counter(tokens(part.theirs))
    for side in (mine, theirs):
        added = Counter(tokens(side)) - Counter(tokens(base))
        assert not {t: n for t, n in (added - found).items() if not t.isspace()}


@given(texts, texts, texts)
def test_swapping_the_sides_of_a_text_swaps_its_conflicts(base: str, mine: str, theirs: str) -> None:
    here, there = merge_text(base, mine, theirs), merge_text(base, theirs, mine)
    assert here.text("mine") == there.text("theirs")
    assert [(c.base, c.mine, c.theirs) for c in here.conflicts] == [(c.base, c.theirs, c.mine) for c in there.conflicts]


@settings(max_examples=30)
@given(protocols(), protocols())
def test_identical_sides_and_untouched_sides(base: Protocol, new: Protocol) -> None:
    for sides in ((new, new), (new, base), (base, new)):
        merged = merge(base, *sides)
        assert merged.protocol == new
        assert not merged.conflicts


def swapped(conflict: Conflict) -> Conflict:
    return conflict.model_copy(update={"mine": conflict.theirs, "theirs": conflict.mine})


@settings(max_examples=30)
@given(protocols(), protocols(), protocols())
def test_swapping_the_sides_of_a_protocol(base: Protocol, mine: Protocol, theirs: Protocol) -> None:
    here, there = merge(base, mine, theirs), merge(base, theirs, mine, prefer="theirs")
    assert here.protocol == there.protocol
    assert set(here.conflicts) == {swapped(c) for c in there.conflicts}


def vocabulary(protocol: Protocol) -> set[str]:
    said: list[str] = []
    for value in leaves(protocol).values():
        said += [value] if isinstance(value, str) else [value.en, value.zh]
    return {token for text in said for token in tokens(text) if not token.isspace()}


@settings(max_examples=30)
@given(protocols(), protocols(), protocols())
def test_no_added_word_of_a_protocol_is_lost(base: Protocol, mine: Protocol, theirs: Protocol) -> None:
    """Words that only one side knows are marked, so that finding them is finding that side's."""
    mine, theirs = marked(mine, "mine"), marked(theirs, "theirs")
    merged = merge(base, mine, theirs)
    found = vocabulary(merged.protocol) | {
        t for c in merged.conflicts for side in (c.mine, c.theirs) for t in tokens(side)
    }
    for side in (mine, theirs):
        assert not {t for t in vocabulary(side) - vocabulary(base) if t not in found}


def marked(protocol: Protocol, mark: str) -> Protocol:
    """The same with each passage's text, criterion and estimand ending in a word of its own."""
    data = protocol.model_dump(by_alias=True)
    passages = [p for section in data["sections"] for p in section["passages"]]
    for place, words in enumerate(
        [
            *(p["text"] for p in passages),
            *(c["text"] for c in data["criteria"]),
            *(e["summary"] for e in data["estimands"]),
        ]
    ):
        for language in ("en", "zh"):
            words[language] += f" {mark}{'x' * (place + 1)}{language}"
    return Protocol.read(data)


def test_every_field_of_a_protocol_is_merged() -> None:
    assert set(Protocol.model_fields) <= set(_fields(with_text(both("x")))) | {"schema_version", "schedule"}
