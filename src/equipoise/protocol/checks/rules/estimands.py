"""Objectives, endpoints and estimands: each needs the others, and they must speak of the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from equipoise.protocol.checks.reading import Reading
from equipoise.protocol.checks.report import Finding, Place
from equipoise.protocol.checks.rules.finding import found, part, section
from equipoise.protocol.checks.stated import TIME, days
from equipoise.protocol.difference import tokens
from equipoise.protocol.parts import Endpoint

OTHER_SUMMARY: dict[str, str] = {
    "survival": r"difference in means|odds ratio|均数差|比值比",
    "proportion": r"hazard ratio|difference in means|均数差|\bHR\b",
    "mean": r"hazard ratio|odds ratio|risk ratio|rate ratio|比值比|风险比|率比|\bHR\b",
    "count": r"hazard ratio|odds ratio|difference in means|均数差|比值比|\bHR\b",
}
"""Words of population-level summaries that belong to other kinds of endpoint."""
PRIMARY = re.compile(
    r"primary (?:endpoint|outcome|end point)(?: measure)?(?: is| was|:| will be)+\s*(?P<what>.+)|主要(?:研究)?(?:终点|结局)(?:指标)?(?:为|是|:|：)+\s*(?P<zh>.+)",
    re.IGNORECASE,
)


def objectives(reading: Reading) -> Iterator[Finding]:
    """An objective is made precise by estimands, or at least has endpoints; a primary one must have an estimand."""
    protocol = reading.protocol
    if not any(objective.level == "primary" for objective in protocol.objectives):
        yield found(
            "no-primary-objective",
            "gap",
            "No primary objective is stated.",
            "未说明主要目的。",
            section("3.1"),
            items=("10",),
        )
    for each in protocol.objectives:
        here = part("objectives", each.id, each.text)
        if not each.estimands and (each.level == "primary" or (each.level == "secondary" and not each.endpoints)):
            yield found(
                "objective-without-estimand", "gap",
                f"Objective {each.id} has no estimand.", f"目的{each.id}没有估计目标。", here, items=("10", "16"),
            )  # fmt: skip
        for name in each.estimands:
            endpoint = _endpoint(reading, next(e.endpoint for e in protocol.estimands if e.id == name))
            if endpoint.level != each.level:
                yield found(
                    "levels-differ", "contradiction",
                    f"Objective {each.id} is {each.level}, but its endpoint {endpoint.id} is {endpoint.level}.",
                    f"目的{each.id}为{LEVELS[each.level]}目的，而其终点{endpoint.id}为{LEVELS[endpoint.level]}终点。",
                    here, part("endpoints", endpoint.id, endpoint.text), items=("10", "16"),
                )  # fmt: skip


LEVELS = {"primary": "主要", "secondary": "次要", "exploratory": "探索性"}


def endpoints(reading: Reading) -> Iterator[Finding]:
    """An endpoint is measured by some activity at some visit, and the schedule has that activity there."""
    protocol = reading.protocol
    if not any(endpoint.level == "primary" for endpoint in protocol.endpoints):
        yield found(
            "no-primary-endpoint",
            "gap",
            "No primary endpoint is stated.",
            "未说明主要终点。",
            section("3.1"),
            items=("16",),
        )
    for each in protocol.endpoints:
        here = part("endpoints", each.id, each.text)
        if not each.visits or not each.activities:
            yield found(
                "endpoint-unmeasured", "gap",
                f"Endpoint {each.id} has no visit or no activity that measures it.",
                f"终点{each.id}没有用于测量的访视或活动。", here, items=("16", "18"),
            )  # fmt: skip
            continue
        for visit in each.visits:
            if not any(protocol.schedule.cell(activity, visit) for activity in each.activities):
                yield found(
                    "endpoint-not-in-schedule", "contradiction",
                    f"Endpoint {each.id} is to be measured at visit {visit}, but the schedule has none of its activities there.",
                    f"终点{each.id}应在访视{visit}测量，而活动时间表在该访视没有相应活动。",
                    here, part("visits", visit), items=("16", "18"),
                )  # fmt: skip


def endpoint_time(reading: Reading) -> Iterator[Finding]:
    """The time that an endpoint names lies at one of its visits, and within the schedule."""
    visits = {visit.id: visit for visit in reading.protocol.schedule.visits}
    for each in reading.protocol.endpoints:
        planned = [visits[name] for name in each.visits if visits[name].day is not None]
        times = {round(days(match)) for text in (each.text.en, each.text.zh) for match in re.finditer(TIME, text)}
        for time in sorted(times):
            if planned and not any(abs((v.day or 0) - time) <= max(7, v.before, v.after, 0.04 * time) for v in planned):
                last = max(planned, key=lambda visit: visit.day or 0)
                yield found(
                    "endpoint-time", "contradiction",
                    f"Endpoint {each.id} speaks of day {time}, but it is measured on day {last.day} (visit {last.id}).",
                    f"终点{each.id}的时间为第{time}天，而测量在第{last.day}天（访视{last.id}）。",
                    part("endpoints", each.id, each.text), part("visits", last.id, last.label), items=("16", "18"),
                )  # fmt: skip


def estimands(reading: Reading) -> Iterator[Finding]:
    """An estimand has an analysis, strategies for intercurrent events, and a summary that fits its endpoint."""
    protocol = reading.protocol
    for each in protocol.estimands:
        here, endpoint = part("estimands", each.id, each.summary), _endpoint(reading, each.endpoint)
        if not each.analysis.said("en").strip():
            yield found(
                "estimand-without-analysis", "gap",
                f"Estimand {each.id} has no analysis.", f"估计目标{each.id}没有对应的分析。", here, items=("27a",),
            )  # fmt: skip
        if not each.intercurrent_events:
            yield found(
                "no-intercurrent-events", "gap",
                f"Estimand {each.id} names no intercurrent event and no strategy.",
                f"估计目标{each.id}未列出伴发事件及其处理策略。", here, items=("27a",),
            )  # fmt: skip
        if not any(each.id in objective.estimands for objective in protocol.objectives):
            yield found(
                "estimand-without-objective", "gap",
                f"Estimand {each.id} belongs to no objective.", f"估计目标{each.id}不属于任何目的。", here, items=("10",),
            )  # fmt: skip
        said = f"{each.summary.en} {each.summary.zh}"
        wrong = endpoint.kind and re.search(OTHER_SUMMARY[endpoint.kind], said, re.IGNORECASE)
        if endpoint.kind and wrong:
            yield found(
                "summary-and-kind", "contradiction",
                f"The summary of estimand {each.id} ({wrong[0]}) does not fit its endpoint {endpoint.id}, which is a {endpoint.kind}.",
                f"估计目标{each.id}的汇总指标（{wrong[0]}）与终点{endpoint.id}的类型（{KINDS[endpoint.kind]}）不符。",
                here, part("endpoints", endpoint.id, endpoint.text), items=("16", "27a"),
            )  # fmt: skip


KINDS = {"mean": "均数", "proportion": "比例", "survival": "生存时间", "count": "事件计数"}


def primary_endpoint_said(reading: Reading) -> Iterator[Finding]:
    """Where the text says what the primary endpoint is, it says what the typed endpoint says."""
    primaries = [e for e in reading.protocol.endpoints if e.level == "primary"]
    for sentence in reading.sentences if primaries else ():
        match = PRIMARY.search(sentence.text)
        if match is None:
            continue
        said = match["what"] or match["zh"]
        agreed = max(primaries, key=lambda endpoint: _alike(said, endpoint, reading, sentence.language))
        if _alike(said, agreed, reading, sentence.language) < 0.34 or not _same_times(said, agreed):
            yield found(
                "primary-endpoint", "contradiction",
                f"Section {sentence.place.section} gives another primary endpoint than endpoint {agreed.id}.",
                f"{sentence.place.section}节所述主要终点与终点{agreed.id}不同。",
                sentence.place, part("endpoints", agreed.id, agreed.text), items=("16",),
            )  # fmt: skip


def kind_of_design(reading: Reading) -> Iterator[Finding]:
    """The primary endpoint is of the kind that the design was computed for."""
    source = reading.protocol.source
    for each in reading.protocol.endpoints if source else ():
        if each.level == "primary" and each.kind and source and each.kind != source.question.endpoint.kind:
            yield found(
                "endpoint-kind", "contradiction",
                f"Endpoint {each.id} is a {each.kind}, but the design was computed for a {source.question.endpoint.kind}.",
                f"终点{each.id}的类型为{KINDS[each.kind]}，而设计按{KINDS[source.question.endpoint.kind]}计算。",
                part("endpoints", each.id, each.text), Place(part="source", id="kind"), items=("16", "19"),
            )  # fmt: skip


def multiplicity(reading: Reading) -> Iterator[Finding]:
    """Several primary endpoints need a rule for the overall error."""
    primaries = [e.id for e in reading.protocol.endpoints if e.level == "primary"]
    if len(primaries) > 1 and not re.search(
        r"(?i)co-primary|hierarch|bonferroni|holm|hochberg|gatekeep|fixed[- ]sequence|graphical|closed|split|共同主要|层级|序贯检验|分割|闭合|多重性校正",
        reading.said("10.10", "10.4"),
    ):
        yield found(
            "multiplicity", "gap",
            f"There are {len(primaries)} primary endpoints ({', '.join(primaries)}), and no rule for the overall type I error.",
            f"有{len(primaries)}个主要终点（{'、'.join(primaries)}），但未说明如何控制总I类错误。",
            section("10.10"), part("endpoints", primaries[0]), items=("27a",),
        )  # fmt: skip


def _endpoint(reading: Reading, name: str) -> Endpoint:
    return next(endpoint for endpoint in reading.protocol.endpoints if endpoint.id == name)


_EMPTY = {
    "a",
    "an",
    "and",
    "at",
    "by",
    "death?",
    "each",
    "first",
    "for",
    "from",
    "in",
    "is",
    "of",
    "or",
    "the",
    "to",
    "was",
    "will",
    "with",
    "within",
    "after",
    "until",
    "any",
    "的",
    "在",
    "为",
    "及",
    "和",
    "或",
    "后",
    "内",
    "是",
    "由",
    "与",
    "于",
}


def _alike(said: str, endpoint: Endpoint, reading: Reading, language: str) -> float:
    """The share of the endpoint's words that a sentence has."""
    own = reading.resolved(endpoint.text.only("en" if language == "en" else "zh"), "en" if language == "en" else "zh")
    wanted = _content(own)
    return len(wanted & _content(said)) / len(wanted) if wanted else 1.0


def _content(text: str) -> set[str]:
    return {
        t.lower().rstrip("s")
        for t in tokens(text)
        if t.strip() and t.lower() not in _EMPTY and any(c.isalnum() for c in t)
    }


def _same_times(said: str, endpoint: Endpoint) -> bool:
    """No time in the sentence differs from those of the endpoint."""
    own = [days(m) for text in (endpoint.text.en, endpoint.text.zh) for m in re.finditer(TIME, text)]
    return (
        all(any(abs(days(m) - t) <= max(1.0, 0.04 * t) for t in own) for m in re.finditer(TIME, said)) if own else True
    )
