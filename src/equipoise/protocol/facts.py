"""The facts of a design, by name: what the writers write from, and what `{{fact:name}}` in anyone's text stands for."""

from __future__ import annotations

from math import ceil

from equipoise.protocol.assumptions import assumptions
from equipoise.protocol.document import Source
from equipoise.protocol.figures import (
    Fact,
    decimals,
    given,
    given_percent,
    named,
    p_value,
    percent,
    ratio,
    said,
    whole,
)  # fmt: skip
from equipoise.protocol.names import FAMILIES, KINDS, MEASURES, OBJECTIVES, SPENDING
from equipoise.search import ScenarioResult

Facts = dict[str, Fact]


def facts(source: Source) -> Facts:
    """Every fact of a source by name: question, size, calendar, assumptions, looks (`look_1_month`), scenarios (`scenario_2_power`)."""
    found: Facts = {}
    for part in (_question, _endpoint, _size, _groups, _sequential, _calendar, _looks, _scenarios):
        found |= part(source)
    return found


def own_words(source: Source, text: str) -> Fact:
    """A text of the question's author, with its translation where the source has one."""
    other = source.translations.get(text, text)
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    return named(text, other, text) if chinese else named(text, text, other)


def in_sentence(text: str) -> str:
    """A phrase made fit for the middle of a sentence: no full stop at its end, no capital but of a name or an abbreviation."""
    text = text.strip().rstrip(".。")
    first = text.split(" ", 1)[0]
    plain = first[1:] == "" or (first[1:].replace("-", "").islower() and "'" not in first and first not in _NAMES)
    return text[:1].lower() + text[1:] if plain else text


_NAMES = {"Chinese", "American", "European", "Asian", "African", "Japanese", "Vietnamese", "Indian", "Bayesian"}


def _phrase(source: Source, text: str) -> Fact:
    fact = own_words(source, text)
    return named(text, in_sentence(fact.en), in_sentence(fact.zh))


def _question(source: Source) -> Facts:
    question = source.question
    picot = question.picot
    found = {name: _phrase(source, text) for name, text in picot.model_dump().items()}
    return {
        **found,
        "title": own_words(source, question.title),
        "centres": named(
            None, *(("multicentre", "多中心") if source.candidate.design["sites"] > 1 else ("single-centre", "单中心"))
        ),
        "sites": whole(int(source.candidate.design["sites"])),
        "patients_per_site_month": given(question.recruitment.patients_per_site_month),
        "opening_months": given(question.recruitment.opening_months),
        "scenarios": whole(len(question.scenarios)),
    }


def _endpoint(source: Source) -> Facts:
    endpoint = source.question.endpoint
    measure = measure_of(source)
    # two-sided intervals whose lower or upper half has the one-sided error of the claim
    confidence = 1 - 2 * endpoint.one_sided_alpha
    found = {
        "kind": named(endpoint.kind, *KINDS[endpoint.kind]),
        "objective": named(endpoint.objective, *OBJECTIVES[endpoint.objective]),
        "measure": named(measure, *MEASURES[measure]),
        "alpha": given(endpoint.alpha),
        "alpha_one_sided": given(endpoint.one_sided_alpha),
        "alpha_two_sided": given(2 * endpoint.one_sided_alpha),
        "confidence": given_percent(confidence),
        "sided": named(endpoint.sided, *(("one-sided", "单侧") if endpoint.sided == 1 else ("two-sided", "双侧"))),
        "better": named(endpoint.better, endpoint.better, "越低越好" if endpoint.better == "lower" else "越高越好"),
        "target_power": given_percent(endpoint.power),
    }
    return found | _hypotheses(source)


def measure_of(source: Source) -> str:
    """The scale of the effect; clusters are compared by differences (but times to events)."""
    endpoint, grouped = source.question.endpoint, source.candidate.family in ("cluster", "stepped-wedge")
    if endpoint.kind == "proportion":
        return "difference" if grouped else endpoint.measure
    return "rate-difference" if endpoint.kind == "count" and grouped else endpoint.kind


def _hypotheses(source: Source) -> Facts:
    """The value under the null hypothesis, the direction of benefit, and the limits that a margin sets."""
    endpoint, measure = source.question.endpoint, measure_of(source)
    ratio_scale = measure in ("ratio", "odds-ratio", "survival", "count")
    signs = ("<", "≥") if endpoint.better == "lower" else (">", "≤")
    found = {
        "null_value": given(1 if ratio_scale else 0),
        "benefit_sign": said(signs[0], signs[0]),
        "null_sign": said(signs[1], signs[1]),
    }
    margin = endpoint.margin
    if margin is None:
        return found
    shown = _points if measure == "difference" else given
    lowest = 1 / margin if ratio_scale else -margin
    limit = margin if ratio_scale or endpoint.better == "lower" else -margin
    return found | {"margin": shown(margin), "limit": shown(limit), "lowest": shown(lowest)}


def _points(margin: float) -> Fact:
    shown = given(100 * margin).en
    return named(margin, f"{shown} percentage points", f"{shown}个百分点")


def _size(source: Source) -> Facts:
    candidate, question = source.candidate, source.question
    design, primary = candidate.design, candidate.scenarios[question.primary]
    found = {
        "design": said(candidate.id, candidate.id),
        "family": named(candidate.family, *FAMILIES[candidate.family]),
        "patients": whole(design["patients"]),
        "patients_treatment": whole(design["patients_treatment"]),
        "patients_control": whole(design["patients_control"]),
        "ratio": ratio(design["ratio"]),
        "follow_up_months": given(design["follow_up_months"]),
        "looks": whole(design["looks"]),
        "interim_looks": whole(design["looks"] - 1),
        "power": percent(primary.power),
        "type_one_error": said(primary.type_one_error, f"{primary.type_one_error:.4g}"),
        "expected_patients": whole(primary.expected_patients),
        "max_patients": whole(primary.max_patients),
        "stop_early": percent(primary.stop_early),
        "assurance": percent(candidate.assurance),
        "expected_patients_overall": whole(candidate.expected_patients),
        "primary_scenario": own_words(source, primary.name),
    }
    if design.get("events"):
        found["events"] = whole(design["events"])
    if candidate.trials:
        found["virtual_trials"] = whole(candidate.trials)
        found["power_error"] = percent(primary.power_error, 2)
    return found


def _groups(source: Source) -> Facts:
    """Clusters, steps and periods, where the design has them."""
    design, plan = source.candidate.design, source.question.clusters
    counts = (
        "clusters_treatment",
        "clusters_control",
        "cluster_size",
        "steps",
        "clusters_per_step",
        "cluster_period_size",
    )
    found = {name: whole(design[name]) for name in counts if name in design}
    if "clusters_treatment" in design:
        found["clusters"] = whole(design["clusters_treatment"] + design["clusters_control"])
    if "steps" in design:
        found["clusters"] = whole(design["steps"] * design["clusters_per_step"])
        found["periods"] = whole(design["steps"] + 1)
        found["period_months"] = given(design["period_months"])
        found["wedge_months"] = given((design["steps"] + 1) * design["period_months"])
    if plan is not None:
        found["size_cv"] = given(plan.size_cv)
    return found


def _sequential(source: Source) -> Facts:
    """How the errors are spent, and by how much the size may grow."""
    design = source.candidate.design
    found: Facts = {}
    if design["looks"] > 1:
        found["spending"] = _spending(design["spending"], design.get("spending_parameter"))
        if design["futility_spending"] != "none":
            found["futility_spending"] = _spending(design["futility_spending"], design.get("futility_parameter"))
            found["binding"] = named(
                design["binding"], *(("binding", "有约束力") if design["binding"] else ("non-binding", "无约束力"))
            )
    if "most_increase" in design:
        found["most_increase"] = given(design["most_increase"])
        found["promising_from"] = given_percent(design["promising_from"])
    return found


def _spending(name: str, parameter: float | None) -> Fact:
    en, zh, letter = SPENDING[name]
    if parameter is None:
        return named(name, en, zh)
    value = given(parameter).en
    return named([name, parameter], f"{en} with {letter} = {value}", f"{zh}（{letter} = {value}）")


def _calendar(source: Source) -> Facts:
    """Months from the first site's opening, in the primary scenario."""
    candidate, question = source.candidate, source.question
    primary = candidate.scenarios[question.primary]
    return {
        "max_months": decimals(primary.max_months, 1),
        "expected_months": decimals(primary.expected_months, 1),
        "final_month": decimals(primary.months[-1], 1),
        "recruitment_months": decimals(max(primary.months[-1] - candidate.design["follow_up_months"], 0.0), 1),
    }


def _looks(source: Source) -> Facts:
    """What happens at each look in the primary scenario, and its boundaries."""
    candidate = source.candidate
    design, row = candidate.design, candidate.scenarios[source.question.primary]
    found: Facts = {}
    for k in range(design["looks"]):
        name = f"look_{k + 1}"
        found |= {
            f"{name}_information": percent(design["information"][k]),
            f"{name}_month": decimals(row.months[k], 1),
            f"{name}_patients": whole(row.patients[k]),
            f"{name}_critical": decimals(design["critical"][k], 4),
            f"{name}_p": p_value(design["nominal_p"][k]),
            f"{name}_futility": _bound(design["futility"][k]),
            f"{name}_stop_efficacy": percent(row.stop_efficacy[k]),
            f"{name}_stop_futility": percent(row.stop_futility[k]),
        }
        if design.get("events"):
            found[f"{name}_events"] = whole(ceil(design["information"][k] * design["events"] - 1e-9))
    return found


def _bound(bound: float | None) -> Fact:
    return decimals(bound, 4) if bound is not None else said(None, "–")


def _scenarios(source: Source) -> Facts:
    """Every scenario: its assumptions, and what the design does under it."""
    found: Facts = {}
    rows = zip(source.question.scenarios, source.candidate.scenarios, strict=True)
    for place, (scenario, row) in enumerate(rows, 1):
        name = f"scenario_{place}"
        found[f"{name}_name"] = own_words(source, scenario.name)
        found[f"{name}_assumptions"] = assumptions(source.question, scenario)
        found |= {f"{name}_{figure}": fact for figure, fact in _figures(row).items()}
    found["assumptions"] = found[f"scenario_{source.question.primary + 1}_assumptions"]
    found["dropout"] = given_percent(source.question.scenarios[source.question.primary].dropout)
    return found


def _figures(row: ScenarioResult) -> Facts:
    return {
        "power": percent(row.power),
        "type_one_error": said(row.type_one_error, f"{row.type_one_error:.4g}"),
        "expected_patients": whole(row.expected_patients),
        "max_patients": whole(row.max_patients),
        "expected_months": decimals(row.expected_months, 1),
        "max_months": decimals(row.max_months, 1),
        "stop_early": percent(row.stop_early),
    }
