"""How the trial is run: arms and blinding, randomisation, interim looks and who sees them, sites and their ethics committees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from equipoise.protocol.checks.known import AGES
from equipoise.protocol.checks.reading import Reading, Sentence
from equipoise.protocol.checks.report import Finding
from equipoise.protocol.checks.rules.finding import found, part, section
from equipoise.protocol.checks.rules.schedule import planned_visits
from equipoise.protocol.words import Words

BLINDING = {
    "open": re.compile(
        r"open[- ]label|unblinded trial|not blinded|开放(?:标签|性)?(?:试验|设计|,|，|、)|非盲", re.IGNORECASE
    ),
    "single": re.compile(r"single[- ](?:blind|masked)|单盲", re.IGNORECASE),
    "double": re.compile(r"double[- ](?:blind|masked|dummy)|双盲", re.IGNORECASE),
    "triple": re.compile(r"triple[- ](?:blind|masked)|三盲", re.IGNORECASE),
}
NAMES = {
    "open": Words(en="open", zh="开放"),
    "single": Words(en="single-blind", zh="单盲"),
    "double": Words(en="double-blind", zh="双盲"),
    "triple": Words(en="triple-blind", zh="三盲"),
    "outcome-assessor": Words(en="open with blinded assessment of the outcome", zh="开放、结局盲法评估"),
}
OTHER_TRIAL = re.compile(
    r"\b(?:previous|earlier|extension|published|not (?:possible|feasible))\b|既往|延展|扩展|无法|不可行", re.IGNORECASE
)
UNBLINDING = re.compile(r"unblind|break(?:ing)? the (?:blind|code)|code[- ]break|揭盲|破盲", re.IGNORECASE)
NOT_APPLICABLE = re.compile(
    r"not applicable|no (?:emergency )?unblinding|none|不适用|无需揭盲|不设揭盲|无须", re.IGNORECASE
)
MONITORS = re.compile(
    r"data (?:and )?(?:safety )?monitoring (?:committee|board)|\bDSMB\b|\bDMC\b|\bIDMC\b|数据(?:与|和)?安全?(?:性)?监查委员会|数据监查委员会",
    re.IGNORECASE,
)
NO_MONITORS = re.compile(
    r"no (?:independent )?data (?:and )?(?:safety )?monitoring|not (?:set up|needed|convened)|不设(?:立)?|无数据",
    re.IGNORECASE,
)
INTERIM = re.compile(r"interim (?:analys|look)|期中分析|中期分析", re.IGNORECASE)
NO_INTERIM = re.compile(
    r"\b(?:no|not|none|without|neither)\b[^.;]*interim|interim[^.;]*\b(?:no|not|none)\b|(?:不|无|未|没有)[^。；]{0,12}(?:期中|中期)|not applicable|不适用",
    re.IGNORECASE,
)
STRATIFIED = re.compile(
    r"stratif\w* (?:by|for|according to|on)\s*:?\s*(?P<en>[^.;(]+)|按(?P<zh>[^。；（(]{1,60}?)(?:进行)?分层",
    re.IGNORECASE,
)
EVERYWHERE = re.compile(
    r"\b(?:site|sites|centre|center|hospital|country|region|clinic)\b|中心|医院|国家|地区", re.IGNORECASE
)


def blinding(reading: Reading) -> Iterator[Finding]:
    """Text, arms and title page agree on who is blinded."""
    declared = reading.protocol.identity.blinding
    title = part("identity", "blinding", NAMES[declared])
    for sentence in reading.within("1", "4", "6", "10"):
        if OTHER_TRIAL.search(sentence.text):
            continue
        for kind, words in BLINDING.items():
            if (
                words.search(sentence.text)
                and kind != declared
                and not (kind == "open" and declared == "outcome-assessor")
            ):
                yield found(
                    "blinding", "contradiction",
                    f"Section {sentence.place.section} calls the trial {NAMES[kind].en}; the title page says {NAMES[declared].en}.",
                    f"{sentence.place.section}节称试验为{NAMES[kind].zh}，而封面信息为{NAMES[declared].zh}。",
                    sentence.place, title, items=("24a", "12"),
                )  # fmt: skip
    for arm in reading.protocol.arms if declared in ("double", "triple") else ():
        said = f"{arm.label.en} {arm.label.zh} {arm.intervention.en} {arm.intervention.zh}"
        if arm.role == "no-intervention" or BLINDING["open"].search(said):
            yield found(
                "open-arm", "contradiction",
                f"The trial is {NAMES[declared].en}, but arm {arm.id} cannot be blinded.",
                f"试验为{NAMES[declared].zh}，但组别{arm.id}无法设盲。", part("arms", arm.id, arm.label), title, items=("24a", "24b"),
            )  # fmt: skip


def unblinding(reading: Reading) -> Iterator[Finding]:
    """An open trial has nothing to unblind in an emergency; a blinded one must say how."""
    declared = reading.protocol.identity.blinding
    told = [s for s in reading.within("6.7.4") if UNBLINDING.search(s.text)]
    if declared in ("open", "outcome-assessor"):
        for sentence in told[:1]:
            if not NOT_APPLICABLE.search(reading.said("6.7.4")):
                yield found(
                    "unblinding-in-open-trial", "contradiction",
                    "Section 6.7.4 describes emergency unblinding, but nobody who treats participants is blinded.",
                    "6.7.4节描述了紧急揭盲，但治疗者未设盲。",
                    sentence.place, part("identity", "blinding", NAMES[declared]), items=("24c",),
                )  # fmt: skip
    elif reading.protocol.kind == "randomised" and not told:
        yield found(
            "no-unblinding", "gap", "The trial is blinded, but section 6.7.4 does not say how to unblind in an emergency.",
            "试验设盲，但6.7.4节未说明紧急揭盲的方法。", section("6.7.4"), items=("24c",),
        )  # fmt: skip


def interim_looks(reading: Reading) -> Iterator[Finding]:
    """Interim analyses are described where the design has them, and only there; somebody independent sees them."""
    if reading.protocol.kind != "randomised":
        return
    told = [s for s in reading.within("10.9", "4.2.6", "1.1") if INTERIM.search(s.text)]
    affirmed = [s for s in told if not NO_INTERIM.search(s.text)]
    denied = NO_INTERIM.search(reading.said("10.9"))
    planned = reading.facts["interim_looks"].number if "interim_looks" in reading.facts else None
    source = part("source", "interim_looks", str(planned))
    if planned == 0 and affirmed:
        yield found(
            "interim-not-in-design", "contradiction",
            f"Section {affirmed[0].place.section} describes interim analyses, but the design has one analysis only.",
            f"{affirmed[0].place.section}节描述了期中分析，但设计仅有一次分析。", affirmed[0].place, source, items=("28b",),
        )  # fmt: skip
    if planned and (denied or not any(s.place.section.startswith("10.9") for s in affirmed)):
        level = "contradiction" if denied else "gap"
        yield found(
            "interim-not-described", level,
            f"The design has {planned} interim analyses, but section 10.9 {'denies' if denied else 'does not describe'} them.",
            f"设计有{planned}次期中分析，但10.9节{'予以否认' if denied else '未作描述'}。", section("10.9"), source, items=("28b",),
        )  # fmt: skip
    if (planned or (planned is None and affirmed)) and not _monitors(reading):
        yield found(
            "no-monitoring-committee", "gap",
            "Interim results will be seen, but no independent data monitoring committee is described.",
            "将查看期中结果，但未描述独立的数据监查委员会。", section("11.4"), source, items=("28a",),
        )  # fmt: skip


def _monitors(reading: Reading) -> bool:
    roles = " ".join(f"{r.label.en} {r.label.zh}" for r in reading.protocol.roles)
    text = reading.said("11.4")
    return bool(MONITORS.search(roles) or (MONITORS.search(text) and not NO_MONITORS.search(text)))


def arms(reading: Reading) -> Iterator[Finding]:
    """A randomised trial compares at least two arms, each with something said about it."""
    protocol = reading.protocol
    if protocol.kind == "randomised" and len(protocol.arms) < 2:
        yield found(
            "too-few-arms",
            "gap",
            "Fewer than two arms are described.",
            "描述的组别少于两个。",
            section("6.1"),
            items=("12", "15a"),
        )
    for arm in protocol.arms:
        if not arm.intervention.said("en").strip():
            yield found(
                "arm-undescribed", "gap", f"Arm {arm.id} does not say what is given.", f"组别{arm.id}未说明干预内容。",
                part("arms", arm.id, arm.label), items=("15a",),
            )  # fmt: skip


def doses(reading: Reading) -> Iterator[Finding]:
    """Doses in the synopsis and the description of the intervention are those of the arms."""
    pattern = re.compile(r"(\d+(?:\.\d+)?)\s*(mg|μg|µg|mcg|mL|g|IU|毫克|微克|毫升)(?![A-Za-z/])")
    unit = {"毫克": "mg", "微克": "μg", "µg": "μg", "mcg": "μg", "毫升": "mL"}
    own = {
        (m[1], unit.get(m[2], m[2]))
        for arm in reading.protocol.arms
        for text in (arm.intervention.en, arm.intervention.zh, arm.label.en, arm.label.zh)
        for m in pattern.finditer(text)
    }
    for sentence in reading.within("1.1", "4.1") if own else ():
        for match in pattern.finditer(sentence.text):
            if (match[1], unit.get(match[2], match[2])) not in own:
                yield found(
                    "dose", "contradiction",
                    f"Section {sentence.place.section} has a dose of {match[1]} {match[2]}, which no arm has.",
                    f"{sentence.place.section}节的剂量{match[1]} {match[2]}不属于任何组别。",
                    sentence.place, part("arms", reading.protocol.arms[0].id, reading.protocol.arms[0].intervention), items=("15a",),
                )  # fmt: skip


def strata(reading: Reading) -> Iterator[Finding]:
    """What the randomisation is stratified by is known before it: collected at or before day 0."""
    schedule = reading.protocol.schedule
    early = {visit.id for visit in planned_visits(reading) if (visit.day or 0) <= 0}
    known = {cell.activity for cell in schedule.cells if cell.visit in early}
    labels = " ".join(
        f"{a.label.en} {a.label.zh} {a.group.en} {a.group.zh}" for a in schedule.activities if a.id in known
    )
    criteria = " ".join(f"{c.text.en} {c.text.zh}" for c in reading.protocol.criteria)
    collected = f"{labels} {criteria} {reading.said('8.2')}".lower()
    for sentence in reading.within("6.7.2", "6.7.1", "4.1", "1.1"):
        for match in STRATIFIED.finditer(sentence.text) if known else ():
            for factor in _factors(match["en"] or match["zh"]):
                if not EVERYWHERE.search(factor) and not _collected(factor, collected, sentence.language):
                    yield _uncollected(sentence, factor)


def _factors(text: str) -> list[str]:
    return [f.strip() for f in re.split(r",|，|、|\band\b|和|及|与", text) if f.strip()]


def _collected(factor: str, collected: str, language: str) -> bool:
    if language == "zh":
        return any(factor[i : i + 2] in collected for i in range(len(factor) - 1)) or factor in collected
    words = [
        w
        for w in re.findall(r"[a-z]{3,}", factor.lower())
        if w not in {"the", "baseline", "versus", "versu", "than", "with", "type"}
    ]
    return not words or any(re.search(rf"\b{re.escape(word.rstrip('s'))}", collected) for word in words)


def _uncollected(sentence: Sentence, factor: str) -> Finding:
    return found(
        "stratum-not-collected", "contradiction",
        f"Randomisation is stratified by “{factor}”, which is collected at no visit before it.",
        f"随机化按“{factor}”分层，但随机化前没有任何访视收集该信息。",
        sentence.place, part("activities"), items=("21b", "25a"),
    )  # fmt: skip


def sites(reading: Reading) -> Iterator[Finding]:
    """The sites' targets add up, and each has its ethics committee's approval."""
    protocol = reading.protocol
    targets = [site.target for site in protocol.sites]
    planned = protocol.participants.planned
    if planned is None and "patients" in reading.facts:
        planned = int(reading.facts["patients"].number)
    if targets and planned and all(target is not None for target in targets):
        total = sum(target or 0 for target in targets)
        if total != planned:
            yield found(
                "site-targets", "contradiction",
                f"The sites are to enrol {total} together, but {planned} are planned.",
                f"各中心计划入组合计{total}，而计划入组总数为{planned}。", part("sites"), part("participants", "planned", str(planned)),
                items=("13", "20"),
            )  # fmt: skip
    for site in protocol.sites:
        if not site.ethics_approval.strip():
            yield found(
                "ethics-missing", "gap",
                f"Site {site.id} ({site.name.said('en')}) has no ethics approval.",
                f"中心{site.id}（{site.name.said('zh')}）没有伦理批件。", part("sites", site.id, site.name), items=("30",),
            )  # fmt: skip


def countries(reading: Reading) -> Iterator[Finding]:
    """The number of countries in the text is that of the sites."""
    count = len({site.country for site in reading.protocol.sites})
    pattern = re.compile(r"\b(\d+) countries|(\d+)个国家", re.IGNORECASE)
    for sentence in reading.within("1", "4", "5", "11") if count else ():
        for match in pattern.finditer(sentence.text):
            if int(match[1] or match[2]) != count:
                yield found(
                    "countries", "contradiction",
                    f"Section {sentence.place.section} says {match[1] or match[2]} countries; the sites are in {count}.",
                    f"{sentence.place.section}节为{match[1] or match[2]}个国家，而各中心位于{count}个国家。",
                    sentence.place, part("sites"), items=("13",),
                )  # fmt: skip


def participants(reading: Reading) -> Iterator[Finding]:
    """The registry's fields agree with the criteria and the design."""
    protocol, fields = reading.protocol, reading.protocol.participants
    planned = reading.facts.get("patients")
    if (
        fields.planned is not None
        and planned
        and fields.planned not in (round(planned.number), round(reading.facts["max_patients"].number))
    ):
        yield found(
            "planned-participants", "contradiction",
            f"{fields.planned} participants are to be enrolled, but the design has {planned.en}.",
            f"计划入组{fields.planned}名，而设计为{planned.zh}名。",
            part("participants", "planned", str(fields.planned)), part("source", "patients", planned.en), items=("19",),
        )  # fmt: skip
    for field, group, en, zh in (("minimum_age", "low", "lowest", "最小"), ("maximum_age", "high", "highest", "最大")):
        given = getattr(fields, field)
        for criterion in protocol.criteria if given is not None else ():
            if criterion.kind != "inclusion":
                continue
            ages = [
                float(m[group])
                for text, patterns in ((criterion.text.en, AGES["en"]), (criterion.text.zh, AGES["zh"]))
                for pattern in patterns
                for m in re.finditer(pattern, text, re.IGNORECASE)
                if m.groupdict().get(group)
            ]
            if ages and given not in ages:
                yield found(
                    "age-field", "contradiction",
                    f"The {en} age is {given:g} in the registration, but {ages[0]:g} in criterion {criterion.id}.",
                    f"注册信息中{zh}年龄为{given:g}岁，而标准{criterion.id}为{ages[0]:g}岁。",
                    part("participants", field, f"{given:g}"), part("criteria", criterion.id, criterion.text), items=("14a",),
                )  # fmt: skip
