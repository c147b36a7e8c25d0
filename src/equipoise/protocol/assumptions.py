"""A scenario's assumptions as a phrase, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Callable

from equipoise.protocol.figures import Fact, given, given_percent, named
from equipoise.search import Question
from equipoise.search.scenario import Scenario

Phrase = tuple[str, str]


def assumptions(question: Question, scenario: Scenario) -> Fact:
    """What a scenario takes for true: the outcome under control, the effect, and all that is not as usual."""
    phrases = [*_OUTCOMES[question.endpoint.kind](scenario), *_correlations(question, scenario), *_conduct(scenario)]
    return named(
        scenario.model_dump(exclude_defaults=True, exclude={"name", "weight", "primary"}),
        "; ".join(en for en, _ in phrases),
        "；".join(zh for _, zh in phrases),
    )


def _number(number: float | None) -> str:
    return given(number or 0.0).en


def _share(share: float | None) -> str:
    return given_percent(share or 0.0).en


def _mean(scenario: Scenario) -> list[Phrase]:
    effect, sd = _number(scenario.difference), _number(scenario.sd)
    if scenario.sd_control is None:
        spread = (f"standard deviation {sd}", f"标准差{sd}")
    else:
        other = _number(scenario.sd_control)
        spread = (
            f"standard deviation {sd} with the intervention and {other} on control",
            f"标准差试验组{sd}、对照组{other}",
        )
    return [
        (f"a difference in means (intervention minus control) of {effect}", f"均数差（试验组减对照组）{effect}"),
        spread,
    ]


def _proportion(scenario: Scenario) -> list[Phrase]:
    control, treatment = _share(scenario.control), _share(scenario.treatment)
    return [(f"{control} on control and {treatment} with the intervention", f"对照组{control}，试验组{treatment}")]


def _survival(scenario: Scenario) -> list[Phrase]:
    ratio = _number(scenario.hazard_ratio)
    phrases = [(f"a hazard ratio of {ratio}", f"风险比（HR）{ratio}")]
    if scenario.control_median_months is not None:
        median = _number(scenario.control_median_months)
        phrases.append((f"a median time to the event of {median} months on control", f"对照组中位事件时间{median}个月"))
    for month, fraction in scenario.event_free.items():
        share, month = _share(fraction), _number(month)
        phrases.append((f"{share} free of the event at {month} months on control", f"对照组{month}个月无事件率{share}"))
    if scenario.effect_delay_months:
        delay = _number(scenario.effect_delay_months)
        phrases.append((f"no effect in the first {delay} months", f"最初{delay}个月无效应"))
    return phrases


def _count(scenario: Scenario) -> list[Phrase]:
    rate, ratio, extra = (_number(x) for x in (scenario.control_rate, scenario.rate_ratio, scenario.dispersion))
    return [
        (f"{rate} events a patient-year on control", f"对照组每人年{rate}次事件"),
        (f"a rate ratio of {ratio}", f"发生率比{ratio}"),
        (
            f"dispersion {extra} (variance = mean + dispersion × mean²)",
            f"离散参数{extra}（方差 = 均数 + 离散参数 × 均数²）",
        ),
    ]


_OUTCOMES: dict[str, Callable[[Scenario], list[Phrase]]] = {
    "mean": _mean, "proportion": _proportion, "survival": _survival, "count": _count,
}  # fmt: skip


def _correlations(question: Question, scenario: Scenario) -> list[Phrase]:
    families = question.consider.families
    phrases: list[Phrase] = []
    if scenario.icc is not None and {"cluster", "stepped-wedge"} & set(families):
        icc = _number(scenario.icc)
        phrases.append((f"intracluster correlation {icc}", f"组内相关系数{icc}"))
        if "stepped-wedge" in families:
            cac = _number(scenario.cac)
            phrases.append((f"cluster autocorrelation {cac}", f"整群自相关{cac}"))
    if scenario.correlation is not None:
        within = _number(scenario.correlation)
        phrases.append((f"correlation within a participant {within}", f"受试者内相关{within}"))
    return phrases


def _conduct(scenario: Scenario) -> list[Phrase]:
    phrases: list[Phrase] = []
    if scenario.dropout:
        lost = _share(scenario.dropout)
        by = (" by 12 months", "12个月时") if scenario.hazard_ratio is not None else ("", "")
        phrases.append((f"{lost} lost to follow-up{by[0]}", f"{by[1]}失访{lost}"))
    if scenario.recruitment != 1:
        speed = _share(scenario.recruitment)
        phrases.append((f"recruitment at {speed} of the planned speed", f"招募速度为计划的{speed}"))
    return phrases
