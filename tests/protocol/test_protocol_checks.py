"""A contradiction planted in each of many places of a good protocol is found, where it is, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from good_protocol import PATIENTS, good, rewrite
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.protocol.checks import check
from equipoise.protocol.checks.numerals import chinese, plain_numbers
from equipoise.protocol.checks.score import points

Change = Callable[[dict[str, Any]], None]
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def put(path: str, value: object) -> Change:
    """A change that puts a value at a dotted path, where numbers count from 0; past the end it is added."""

    def change(data: Any) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in steps:
            data = data[step]
        if isinstance(last, int) and last == len(data):
            data.append(value)
        else:
            data[last] = value

    return change


def drop(path: str, *, but: Callable[[Any], bool] = lambda _: False) -> Change:
    """A change that takes items out of a list."""

    def change(data: Any) -> None:
        *steps, last = path.split(".")
        for step in steps:
            data = data[step]
        data[last] = [item for item in data[last] if but(item)]

    return change


def all_of(*changes: Change) -> Change:
    def change(data: dict[str, Any]) -> None:
        for each in changes:
            each(data)

    return change


def both(text: str) -> dict[str, str]:
    return {"en": text, "zh": text}


IN_ENGLISH = {
    "size in the synopsis": (rewrite("1.1", "en", "In total {{fact:patients}} participants", "In total 2,400 participants"), "sample-size", "1.1"),
    "size in the synopsis table": (rewrite("1.1", "en", "participants | {{fact:patients}}", "participants | 2,000"), "sample-size", "1.1"),
    "size in its own section": (rewrite("10.11", "en", "total of {{fact:patients}}", "total of two thousand"), "sample-size", "10.11"),
    "power": (rewrite("10.11", "en", "90% power", "80% power"), "power", "10.11"),
    "power as a share": (rewrite("1.1", "en", "90% power", "a power of 0.85"), "power", "1.1"),
    "alpha": (rewrite("10.1", "en", "level of 0.05", "level of 0.025"), "alpha", "10.1"),
    "sidedness": (rewrite("10.11", "en", "two-sided alpha", "one-sided alpha"), "alpha", "10.11"),
    "dropout": (rewrite("10.11", "en", "5% loss", "15% loss"), "dropout", "10.11"),
    "interim analyses": (rewrite("1.1", "en", "two interim analyses", "three interim analyses"), "interim-analyses", "1.1"),
    "interim analyses denied": (rewrite("1.1", "en", "There are two interim analyses", "No interim analysis is planned"), "interim-analyses", "1.1"),
    "boundary": (rewrite("10.9", "en", "{{fact:look_2_critical}}", "2.9300"), "boundary", "10.9"),
    "ratio": (rewrite("6.7.2", "en", "ratio of 1:1", "ratio of 2:1"), "allocation", "6.7.2"),
    "arms": (rewrite("4.1", "en", "with two arms", "with three arms"), "arms", "4.1"),
    "sites": (rewrite("4.1", "en", "at 4 sites", "at twelve sites"), "sites", "4.1"),
    "countries": (rewrite("1.1", "en", "in 2 countries", "in 3 countries"), "countries", "1.1"),
    "follow-up": (rewrite("1.1", "en", "followed for 90 days", "followed for 12 months"), "follow-up", "1.1"),
    "duration": (rewrite("4.1", "en", "Treatment lasts", "The trial is expected to last 6 years. Treatment lasts"), "duration", "4.1"),
    "lower age": (rewrite("5.1", "en", "aged 40 to 80", "aged 18 to 80"), "age-lower", "5.1"),
    "upper age": (rewrite("1.1", "en", "aged 40 to 80", "aged 40 to 75"), "age-upper", "1.1"),
    "blinding": (rewrite("4.1", "en", "double-blind", "open-label"), "blinding", "4.1"),
    "dose": (rewrite("1.1", "en", "clopidogrel 75 mg", "clopidogrel 150 mg"), "dose", "1.1"),
    "primary endpoint": (rewrite("1.1", "en", "is a new stroke, ischaemic or haemorrhagic, within", "is death from any cause within"), "primary-endpoint", "1.1"),
    "time of the primary endpoint": (rewrite("10.4.1.1", "en", "within 90 days", "within 180 days"), "primary-endpoint", "10.4.1.1"),
    "criterion": (rewrite("6.1", "en", "Criterion E2", "Criterion E9"), "unknown-reference", "6.1"),
    "section": (rewrite("4.3", "en", "section 10.9", "section 10.19"), "unknown-reference", "4.3"),
    "reference": (rewrite("7.1", "en", "Follow-up continues.", "Follow-up continues ({{visit:V9}})."), "unknown-reference", "7.1"),
    "stratum": (rewrite("6.7.2", "en", "age and diabetes", "age and smoking"), "stratum-not-collected", "6.7.2"),
    "registration": (rewrite("11.12", "en", "NCT01234567", "NCT07654321"), "registration-number", "11.12"),
    "version": (rewrite("1.1", "en", "version 2.0", "version 1.0"), "version", "1.1"),
    "interims in section 10.9 denied": (rewrite("10.9", "en", "Two interim analyses are planned", "There is no interim analysis"), "interim-not-described", "10.9"),
}  # fmt: skip

IN_CHINESE = {
    "size": (rewrite("1.1", "zh", "共入组{{fact:patients}}名", "共入组2,400名"), "sample-size", "1.1"),
    "size in numerals": (rewrite("10.11", "zh", "{{fact:patients}}名", "二千四百名"), "sample-size", "10.11"),
    "size in the table": (rewrite("1.1", "zh", "| {{fact:patients}}名", "| ２４００名"), "sample-size", "1.1"),
    "power": (rewrite("1.1", "zh", "百分之九十", "百分之八十"), "power", "1.1"),
    "alpha": (rewrite("10.1", "zh", "检验水准为0.05", "检验水准为0.025"), "alpha", "10.1"),
    "sidedness": (rewrite("10.11", "zh", "双侧α", "单侧α"), "alpha", "10.11"),
    "dropout": (rewrite("10.11", "zh", "失访率5%", "失访率百分之十五"), "dropout", "10.11"),
    "interim analyses": (rewrite("10.9", "zh", "计划两次", "计划三次"), "interim-analyses", "10.9"),
    "interim analyses denied": (rewrite("1.1", "zh", "设两次期中分析", "不设期中分析"), "interim-analyses", "1.1"),
    "boundary": (rewrite("10.9", "zh", "第一次z值超过{{fact:look_1_critical}}", "第一次z值超过2.80"), "boundary", "10.9"),
    "ratio": (rewrite("6.7.2", "zh", "1:1", "二比一"), "allocation", "6.7.2"),
    "arms": (rewrite("4.1", "zh", "设两组", "设三组"), "arms", "4.1"),
    "sites": (rewrite("4.1", "zh", "四家研究中心", "十二家研究中心"), "sites", "4.1"),
    "countries": (rewrite("1.1", "zh", "两个国家", "三个国家"), "countries", "1.1"),
    "follow-up": (rewrite("4.1", "zh", "随访90天", "随访一年"), "follow-up", "4.1"),
    "duration": (rewrite("4.1", "zh", "两组治疗均", "试验预计持续6年。两组治疗均"), "duration", "4.1"),
    "lower age": (rewrite("5.1", "zh", "40至80岁", "18至80岁"), "age-lower", "5.1"),
    "upper age": (rewrite("1.1", "zh", "40至80岁", "40至75岁"), "age-upper", "1.1"),
    "blinding": (rewrite("1.1", "zh", "双盲、", "单盲、"), "blinding", "1.1"),
    "dose": (rewrite("1.1", "zh", "氯吡格雷75 mg", "氯吡格雷150 mg"), "dose", "1.1"),
    "primary endpoint": (rewrite("1.1", "zh", "90天内新发卒中（缺血性或出血性）", "全因死亡"), "primary-endpoint", "1.1"),
    "time of the primary endpoint": (rewrite("10.4.1.1", "zh", "90天内", "180天内"), "primary-endpoint", "10.4.1.1"),
    "criterion": (rewrite("6.1", "zh", "标准E2", "标准E9"), "unknown-reference", "6.1"),
    "section": (rewrite("4.3", "zh", "10.9节", "10.19节"), "unknown-reference", "4.3"),
    "stratum": (rewrite("6.7.2", "zh", "年龄和糖尿病", "年龄和吸烟"), "stratum-not-collected", "6.7.2"),
    "registration": (rewrite("11.12", "zh", "NCT01234567", "NCT07654321"), "registration-number", "11.12"),
    "version": (rewrite("1.1", "zh", "方案版本2.0", "方案版本1.0"), "version", "1.1"),
}  # fmt: skip

IN_PARTS = {
    "endpoint not in the schedule": (drop("schedule.cells", but=lambda c: (c["activity"], c["visit"]) != ("stroke", "V4")), "endpoint-not-in-schedule", "E1"),
    "endpoint without a visit": (put("endpoints.0.visits", []), "endpoint-unmeasured", "E1"),
    "endpoint's time and visit": (put("endpoints.0.visits", ["V2"]), "endpoint-time", "E1"),
    "endpoint's level": (put("endpoints.0.level", "secondary"), "levels-differ", "O1"),
    "endpoint of another kind": (put("endpoints.0.kind", "survival"), "endpoint-kind", "E1"),
    "summary of another kind": (put("estimands.0.summary", {"en": "Hazard ratio", "zh": "风险比（HR）"}), "summary-and-kind", "EM1"),
    "estimand without analysis": (put("estimands.0.analysis", {}), "estimand-without-analysis", "EM1"),
    "no intercurrent events": (put("estimands.0.intercurrent_events", []), "no-intercurrent-events", "EM1"),
    "objective without estimand": (put("objectives.0.estimands", []), "objective-without-estimand", "O1"),
    "second primary endpoint": (put("endpoints.1.level", "primary"), "multiplicity", ""),
    "before consent": (all_of(put("schedule.visits.0.day", 1), put("schedule.visits", [
        {"id": "V0", "epoch": "SCR", "label": {"en": "Telephone screen", "zh": "电话筛查"}, "day": -3},
        {"id": "V1", "epoch": "SCR", "label": {"en": "Randomisation", "zh": "随机"}, "day": 0},
        {"id": "V2", "epoch": "TRT", "label": {"en": "Week 3", "zh": "第3周"}, "day": 21},
        {"id": "V3", "epoch": "FU", "label": {"en": "Day 45", "zh": "第45天"}, "day": 45},
        {"id": "V4", "epoch": "FU", "label": {"en": "Day 90", "zh": "第90天"}, "day": 90}]),
        put("schedule.cells.9", {"activity": "nihss", "visit": "V0"})), "before-consent", "nihss"),
    "windows overlap": (put("schedule.visits.2.before", 25), "windows-overlap", "V3"),
    "visits out of order": (put("schedule.visits.2.day", 10), "visits-out-of-order", "V3"),
    "no visit as late as the follow-up": (all_of(drop("schedule.visits", but=lambda v: v["id"] != "V4"), drop("schedule.cells", but=lambda c: c["visit"] != "V4"),
        put("endpoints.0.visits", ["V3"]), put("endpoints.1.visits", ["V3"])), "follow-up-too-short", "V3"),
    "targets of the sites": (put("sites.3.target", 400), "site-targets", ""),
    "ethics of a site": (put("sites.2.ethics_approval", ""), "ethics-missing", "S3"),
    "an arm that cannot be blinded": (put("arms.1.role", "no-intervention"), "open-arm", "B"),
    "shares of the arms": (put("arms.0.share", 2.0), "allocation", "6.7.2"),
    "unblinding in an open trial": (put("identity.blinding", "open"), "unblinding-in-open-trial", "6.7.4"),
    "amendment without reason": (put("amendments.0.reason", {}), "amendment-without-reason", "1"),
    "version of the amendment": (put("amendments.0.version", "3.0"), "version", "version"),
    "amendment of no section": (put("amendments.0.sections", ["99"]), "unknown-reference", "1"),
    "translation missing": (put("criteria.0.text", {"en": "Aged 40 to 80 years"}), "untranslated", "I1"),
    "translation out of date": (put("criteria.2.text", {"en": "Bleeding", "zh": "出血", "translation": {"into": "zh", "of": "0" * 64}}), "translation-out-of-date", "E1"),
    "participants in the registration": (put("participants.planned", 2000), "planned-participants", "planned"),
    "age in the registration": (put("participants.maximum_age", 75), "age-field", "maximum_age"),
    "no safety visit": (drop("schedule.cells", but=lambda c: c["activity"] != "ae"), "safety-not-scheduled", "1.3"),
}  # fmt: skip
TEXTS = {where for _, _, where in (IN_ENGLISH | IN_CHINESE).values()} - {"6.7.4"}
RELATED = {"interim-not-described": {"interim-analyses"}}
PLANTED = [
    pytest.param(change, code, where, id=f"{kind}: {name}")
    for kind, cases in (("English", IN_ENGLISH), ("Chinese", IN_CHINESE), ("parts", IN_PARTS))
    for name, (change, code, where) in cases.items()
]


def test_the_good_protocol_has_nothing_against_it() -> None:
    report = check(good())
    assert report.findings == ()
    assert [item.number for item in report.items if item.status != "met"] == []
    assert (report.readiness, report.next) == (100, ())


@pytest.mark.parametrize(("change", "code", "where"), PLANTED)
def test_a_planted_contradiction_is_found_where_it_is(change: Change, code: str, where: str) -> None:
    report = check(good(change))
    found = [finding for finding in report.findings if finding.code == code]
    assert found, [finding.code for finding in report.findings]
    assert any(where in ("", place.section, place.id) for finding in found for place in finding.places[:1])
    assert all(finding.text.en and finding.text.zh for finding in report.findings)
    assert report.readiness < 100
    assert report.next
    if where in TEXTS:  # planted in a section's text: it is found alone
        assert {finding.code for finding in report.findings} <= {code} | RELATED.get(code, set())


@pytest.mark.parametrize(
    "change",
    [
        rewrite("1.1", "en", "In total {{fact:patients}}", "In total 2,146"),
        rewrite("1.1", "en", "In total {{fact:patients}}", "In total two thousand one hundred and forty-six"),
        rewrite("1.1", "zh", "共入组{{fact:patients}}名", "共入组２，１４６名".replace("，", "")),
        rewrite("1.1", "zh", "共入组{{fact:patients}}名", "共入组二千一百四十六名"),
        rewrite("1.1", "en", "{{fact:patients}} participants will", "{{fact:patients}} participants (1,073 in each arm) will"),
        rewrite("1.1", "zh", "共入组{{fact:patients}}名受试者", "共入组{{fact:patients}}名受试者（每组1073名）"),
        rewrite("10.11", "en", "A total of", "We expect to screen 4,000 patients. A total of"),
        rewrite("10.11", "en", "90% power", "90.8% power"),
        rewrite("10.1", "en", "two-sided at a significance level of 0.05", "one-sided at a significance level of 0.025"),
        rewrite("10.9", "en", "Only the", "At the first interim analysis the nominal level is 0.0002. Only the"),
        rewrite("1.1", "en", "followed for 90 days", "followed for 13 weeks"),
        rewrite("1.1", "en", "Each participant is", "Ten participants at each site have a substudy visit. Each participant is"),
        rewrite("2.1", "en", "Whether the balance", "A published open-label trial enrolled 5,170 patients at 114 sites with 85% power. Whether the balance"),
        rewrite("4.1", "zh", "两组治疗", "第三组无。两组治疗"),
        rewrite("6.4", "en", "Trial tablets", "Aspirin may be lowered to 50 mg. Trial tablets"),
        rewrite("5.1", "en", "Participants are adults", "Age is taken from the identity card. Participants are adults"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_contradiction_is_left_alone(change: Change) -> None:
    assert check(good(change)).findings == ()


def test_without_a_design_sections_are_compared_with_each_other() -> None:
    plain = put("source", None)
    change = all_of(plain, rewrite("10.1", "en", "level of 0.05", "level of 0.01"))
    assert "alpha" not in {finding.code for finding in check(good(plain)).findings}
    (finding,) = (finding for finding in check(good(change)).findings if finding.code == "alpha")
    assert (finding.here.section, finding.there.section) == ("10.1", "1.1")  # type: ignore[union-attr]


def test_a_finding_says_what_is_said_here_and_there() -> None:
    (finding,) = check(good(IN_ENGLISH["size in the synopsis"][0])).findings
    assert finding.text.en == "Sample size: section 1.1 says 2400, but the design has 2146."
    assert finding.text.zh == "样本量：1.1节为2400，而设计为2146。"
    assert "In total 2400 participants" in finding.here.quote  # type: ignore[union-attr]


def test_a_contradiction_marks_its_items() -> None:
    items = {item.number: item for item in check(good(IN_ENGLISH["alpha"][0])).items}
    assert (items["27a"].status, items["27a"].findings) == ("contradictory", ("alpha",))


def test_a_gap_counts_as_missing() -> None:
    report = check(
        good(rewrite("4.2.3", "en", good().section("4.2.3").passages[0].text.en, "{{todo:why this comparator}}"))
    )  # type: ignore[union-attr]
    item = next(item for item in report.items if item.number == "9b")
    assert item.status == "partly"
    both_languages = all_of(
        *(
            rewrite("4.2.3", lang, getattr(good().section("4.2.3").passages[0].text, lang), "{{todo:why}}")
            for lang in ("en", "zh")
        )  # type: ignore[union-attr]
    )
    report = check(good(both_languages))
    assert next(item for item in report.items if item.number == "9b").status == "missing"
    assert [finding.code for finding in report.findings] == ["gap"]
    assert report.next[0].code == "9b"


def test_an_empty_section_is_missing() -> None:
    change = drop("sections", but=lambda section: section["number"] != "6.8")
    items = {item.number: item.status for item in check(good(change)).items}
    assert items["15c"] == "missing"


def test_an_open_trial_needs_no_unblinding() -> None:
    change = all_of(
        put("identity.blinding", "open"),
        drop("sections", but=lambda section: section["number"] not in ("6.7.3", "6.7.4", "1.1")),
        rewrite("4.1", "en", "double-blind", "open-label"), rewrite("4.1", "zh", "双盲", "开放"),
    )  # fmt: skip
    report = check(good(change))
    assert {item.number: item.status for item in report.items}["24c"] == "not-applicable"
    assert "blinding" not in {finding.code for finding in report.findings}


def test_interims_without_a_committee() -> None:
    change = all_of(
        rewrite("11.4", "en", "An independent data monitoring committee of two physicians and a statistician sees", "The statistician sees"),
        rewrite("11.4", "zh", "独立的数据监查委员会由两名医师和一名统计师组成", "统计师"),
    )  # fmt: skip
    assert "no-monitoring-committee" in {finding.code for finding in check(good(change)).findings}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(IN_PARTS)), min_size=1, max_size=3, unique=True),
    st.sets(st.sampled_from(["alpha", "power", "ratio"])),
)
def test_fixing_a_finding_never_lowers_readiness(parts: list[str], texts: set[str]) -> None:
    planted = [IN_ENGLISH[name][0] for name in sorted(texts)]
    try:
        report = check(good(all_of(IN_PARTS[parts[0]][0], *planted)))
    except (IndexError, KeyError):  # two changes of the same list
        return
    for finding in report.findings:
        left = tuple(each for each in report.findings if each is not finding)
        assert points(report.items, left) >= points(report.items, report.findings)
    better = tuple(item.model_copy(update={"status": "met"}) for item in report.items)
    assert points(better, report.findings) >= points(report.items, report.findings)
    assert all(step.gain > 0 for step in report.next)
    assert check(good(*[all_of(*planted)] if planted else [])).readiness >= report.readiness


@given(st.integers(0, 99_999))
def test_numbers_are_read_however_they_are_written(number: int) -> None:
    for written in (f"{number:,}", str(number), str(number).translate(WIDE)):
        assert plain_numbers(f"共{written}例") == f"共{number}例"
    assert plain_numbers(f"共{in_chinese(number)}例") == f"共{number}例"
    assert chinese(in_chinese(number)) == number


def in_chinese(number: int) -> str:
    """A slow, obvious way to write a number up to 99,999."""
    digits, ranks = "零一二三四五六七八九", ["万", "千", "百", "十", ""]
    written, zero = "", False
    for digit, rank in zip(f"{number:05d}", ranks, strict=True):
        if digit == "0":
            zero = bool(written)
        else:
            written += ("零" if zero else "") + digits[int(digit)] + rank
            zero = False
    return written or "零"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("twenty-one sites and two hundred and forty patients", "21 sites and 240 patients"),
        ("a two-sided test in three-arm trials", "a two-sided test in 3-arm trials"),
        ("把握度为百分之九十点五", "把握度为90.5%"),
        ("按二比一随机", "按2:1随机"),
        (
            "１，２００ patients, 12.5% of 9,600",
            "１，２００ patients, 12.5% of 9600".translate(str.maketrans("１２００", "1200")),
        ),
        ("第一次期中分析", "第1次期中分析"),
    ],
)
def test_numerals(written: str, plain: str) -> None:
    assert plain_numbers(written) == plain


def test_the_size_is_that_of_the_design() -> None:
    assert good().source.candidate.design["patients"] == PATIENTS  # type: ignore[union-attr]
