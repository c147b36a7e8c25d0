"""What the search's own names are called in a protocol, in English and in Chinese."""

from __future__ import annotations

FAMILIES: dict[str, tuple[str, str]] = {
    "fixed": ("parallel-group, with a single analysis at the end", "平行组设计，仅在结束时分析一次"),
    "group-sequential": ("parallel-group, group-sequential", "平行组、成组序贯设计"),
    "cluster": ("parallel-group, cluster-randomised", "平行组、整群随机设计"),
    "stepped-wedge": ("stepped-wedge, cluster-randomised", "阶梯整群随机设计"),
    "crossover": ("two-period, two-treatment crossover", "两阶段、两处理交叉设计"),
    "re-estimation": (
        "parallel-group, adaptive, with the sample size chosen anew at an interim analysis",
        "平行组、适应性设计，期中分析时重估样本量",
    ),
}
OBJECTIVES: dict[str, tuple[str, str]] = {
    "superiority": ("superiority", "优效性"),
    "non-inferiority": ("non-inferiority", "非劣效性"),
    "equivalence": ("equivalence", "等效性"),
}
KINDS: dict[str, tuple[str, str]] = {
    "mean": ("a continuous outcome, compared by its mean", "连续型结局，以均数比较"),
    "proportion": ("a binary outcome, compared by its proportion", "二分类结局，以比例比较"),
    "survival": ("a time to an event", "至事件发生时间"),
    "count": ("a count of events, compared by its rate", "事件计数，以发生率比较"),
}
MEASURES: dict[str, tuple[str, str]] = {
    "mean": ("difference in means", "均数差"),
    "difference": ("difference in proportions", "率差"),
    "ratio": ("ratio of proportions (risk ratio)", "率比（风险比）"),
    "odds-ratio": ("odds ratio", "比值比"),
    "survival": ("hazard ratio", "风险比（HR）"),
    "count": ("rate ratio", "发生率比"),
    "rate-difference": ("difference in rates", "发生率差"),
}
SPENDING: dict[str, tuple[str, str, str]] = {
    "obrien-fleming-type": ("Lan-DeMets O'Brien-Fleming-type spending", "Lan-DeMets O'Brien-Fleming型消耗函数", ""),
    "pocock-type": ("Lan-DeMets Pocock-type spending", "Lan-DeMets Pocock型消耗函数", ""),
    "hwang-shih-decani": ("Hwang-Shih-DeCani spending", "Hwang-Shih-DeCani消耗函数", "γ"),
    "kim-demets": ("Kim-DeMets power spending", "Kim-DeMets幂消耗函数", "ρ"),
    "obrien-fleming": ("O'Brien-Fleming boundaries", "O'Brien-Fleming界限", ""),
    "pocock": ("Pocock boundaries", "Pocock界限", ""),
    "wang-tsiatis": ("Wang-Tsiatis boundaries", "Wang-Tsiatis界限", "Δ"),
}
"""With the letter of the function's parameter."""
