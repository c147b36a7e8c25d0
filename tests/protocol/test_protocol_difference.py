from hypothesis import given, settings
from hypothesis import strategies as st
from protocols_at_random import protocols, texts

from equipoise.protocol.difference import compare, difference, tokens
from equipoise.protocol.document import Identity, Passage, Protocol, Section
from equipoise.protocol.parts import (
    Activity,
    Endpoint,
    Epoch,
    Estimand,
    IntercurrentEvent,
    Planned,
    Schedule,
    Visit,
)
from equipoise.protocol.words import Words


def both(text: str) -> Words:
    return Words(en=text, zh=text)


OLD = Protocol(
    identity=Identity(title=both("A trial")),
    endpoints=(Endpoint(id="E1", level="primary", text=Words(en="Death within 90 days", zh="90天内死亡")),),
    estimands=(
        Estimand(
            id="M1",
            endpoint="E1",
            treatment=both("drug"),
            population=both("all randomised"),
            summary=both("odds ratio"),
            intercurrent_events=(IntercurrentEvent(event=both("stopped"), strategy="treatment-policy"),),
        ),
    ),
    schedule=Schedule(
        epochs=(Epoch(id="T", label=both("Treatment")),),
        visits=(Visit(id="V1", epoch="T", label=both("Day 1"), day=0),),
        activities=(Activity(id="ecg", label=both("ECG")),),
        cells=(Planned(activity="ecg", visit="V1"),),
    ),
    sections=(
        Section(
            number="1.1", passages=(Passage(id="p1", text=Words(en="We enrol 1,200 patients.", zh="入组1200名患者。")),)
        ),
        Section(number="1.2"),
    ),
)


def changed(**fields: object) -> Protocol:
    return Protocol.read(OLD.model_dump(by_alias=True) | fields)


def said(pieces: object, kinds: str) -> str:
    return "".join(p.text for p in pieces if p.kind in kinds)  # type: ignore[attr-defined]


def test_words_in_english_and_signs_in_chinese() -> None:
    assert [(p.kind, p.text) for p in compare("We enrol 1,200 patients.", "We will enrol 1,400 patients.")] == [
        ("same", "We"), ("added", " will"), ("same", " enrol "), ("removed", "1,200"), ("added", "1,400"), ("same", " patients."),
    ]  # fmt: skip
    assert [(p.kind, p.text) for p in compare("入组1200名患者", "入组1400名患者")] == [
        ("same", "入组"), ("removed", "1200"), ("added", "1400"), ("same", "名患者"),
    ]  # fmt: skip


def test_a_phrase_for_a_phrase_is_one_change() -> None:
    assert [p.kind for p in compare("the red big house", "the blue small house")] == [
        "same",
        "removed",
        "added",
        "same",
    ]


@given(st.text())
def test_no_sign_is_lost_in_cutting(text: str) -> None:
    assert "".join(tokens(text)) == text


@given(texts, texts)
def test_a_comparison_holds_both_texts(old: str, new: str) -> None:
    pieces = compare(old, new)
    assert said(pieces, ("same", "removed")) == old  # type: ignore[arg-type]
    assert said(pieces, ("same", "added")) == new  # type: ignore[arg-type]


def test_an_attribute_of_an_estimand() -> None:
    estimand = OLD.estimands[0].model_dump() | {
        "intercurrent_events": [{"event": both("stopped"), "strategy": "composite"}]
    }
    (edit,) = difference(OLD, changed(estimands=[estimand])).edits
    (line,) = edit.lines
    assert (edit.kind, edit.label.en, line.label.en) == ("changed", "Estimand M1", "Intercurrent event › 1 › Strategy")
    assert line.label.zh == "伴发事件 › 1 › 策略"
    assert [(p.kind, p.text) for p in line.zh] == [("removed", "treatment-policy"), ("added", "composite")]


def test_a_visit_added_and_a_cell_removed() -> None:
    schedule = OLD.schedule.model_dump()
    schedule["visits"] = [
        *schedule["visits"],
        {"id": "V2", "epoch": "T", "label": {"en": "Week 4", "zh": "第4周"}, "day": 28},
    ]
    schedule["cells"] = []
    visit, cell = difference(OLD, changed(schedule=schedule)).edits
    assert (visit.kind, visit.place, visit.id) == ("added", "visits", "V2")
    assert {line.field: said(line.en, "added") for line in visit.lines}["day"] == "28"
    assert (cell.kind, cell.place, cell.label.zh) == ("removed", "cells", "活动时间表：V1 的 ecg")


def test_a_passage_that_went_to_another_section() -> None:
    passage = OLD.sections[0].passages[0]
    sections = [Section(number="1.1"), Section(number="1.2", passages=(passage,))]
    (edit,) = difference(OLD, changed(sections=sections)).edits
    assert (edit.kind, edit.id, edit.section) == ("moved", "p1", "1.2")


@settings(max_examples=50)
@given(protocols(), protocols())
def test_a_difference_is_empty_exactly_between_equals(old: Protocol, new: Protocol) -> None:
    assert not difference(old, old)
    assert bool(difference(old, new)) == (old != new)
