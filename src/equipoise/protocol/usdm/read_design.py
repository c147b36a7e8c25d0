"""The parts of a protocol out of a USDM design: arms, objectives, endpoints, estimands, criteria, participants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from equipoise.protocol.parts import Arm, Criterion, Endpoint, Estimand, IntercurrentEvent, Objective, Participants
from equipoise.protocol.usdm.codes import ARMS, CRITERIA, ENDPOINT_LEVELS, INTERVENTIONS, LEVELS, SEXES
from equipoise.protocol.usdm.index import Index, extensions, own_words, term
from equipoise.protocol.usdm.names import Names
from equipoise.protocol.usdm.objects import Object
from equipoise.protocol.words import Words

STRATEGIES = {
    "treatment policy": "treatment-policy", "hypothetical": "hypothetical", "composite": "composite",
    "while on treatment": "while-on-treatment", "principal strat": "principal-stratum",
}  # fmt: skip
"""How the strategies of ICH E9(R1) begin where they are written out."""
YEARS = {"year": 1.0, "month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25, "hour": 1 / 8766}


def arms(design: Object, version: Object, index: Index, names: Names) -> tuple[Arm, ...]:
    """The arms, each with what its cells' elements give."""
    given = {arm["id"]: _given(arm, design, index) for arm in design["arms"]}
    found: list[Arm] = []
    for arm in design["arms"]:
        name = names.name(arm)
        for cell in design["studyCells"]:
            if cell["armId"] == arm["id"]:
                _keep_cell(name, cell, index, names)
        mine = given[arm["id"]]
        alone = len(mine) == 1 and sum(mine == other for other in given.values()) == 1
        if alone:
            names.keep(name, mine[0])
        found.append(_arm(name, arm, mine, index))
    return tuple(found)


def _given(arm: Object, design: Object, index: Index) -> list[Object]:
    """The interventions of an arm, in the order of its cells, each once."""
    elements = [name for cell in design["studyCells"] if cell["armId"] == arm["id"] for name in cell["elementIds"]]
    ids = [name for element in elements for name in index.objects[element].get("studyInterventionIds") or []]
    return [index.objects[name] for name in dict.fromkeys(ids)]


def _keep_cell(arm: str, cell: Object, index: Index, names: Names) -> None:
    epoch = names.name(index.objects[cell["epochId"]])
    names.keep(f"{arm}-{epoch}", cell)
    for element in cell["elementIds"][:1]:
        names.keep(f"{epoch}-{arm}", index.objects[element])
        names.keep(epoch, index.objects[element])


def _arm(name: str, arm: Object, given: list[Object], index: Index) -> Arm:
    own = extensions(arm)
    kinds = {term(INTERVENTIONS, each["type"]) for each in given}
    kind: Any = own.get("kind") or (kinds.pop() if len(kinds) == 1 and "origin" not in own else None)
    said = [index.words(each, "description") for each in given]
    words = (
        said[0]
        if len(said) == 1
        else Words(en="; ".join(each.en for each in said), zh="; ".join(each.zh for each in said if each.zh))
    )
    role: Any = term(ARMS, arm["type"]) or "other"
    if own_made(arm) and "kind" not in own:
        kind = None
    share = float(own.get("share", 1))
    return Arm(id=name, role=role, label=index.words(arm, "label", "name"), intervention=words, kind=kind, share=share)


def own_made(found: Object) -> bool:
    """Whether this object was written here: its identity is then its class and the part's name."""
    return found["id"] == f"{found['instanceType']}_{found['name']}"


def endpoints(design: Object, index: Index, names: Names) -> tuple[Endpoint, ...]:
    """The endpoints of all objectives."""
    found: list[Endpoint] = []
    for each in (one for objective in design.get("objectives") or [] for one in objective.get("endpoints") or []):
        own = extensions(each)
        level: Any = term(ENDPOINT_LEVELS, each["level"]) or "exploratory"
        kind: Any = own.get("kind")
        found.append(
            Endpoint(
                id=names.name(each), level=level, text=index.words(each, "text", "label", "name"), kind=kind,
                visits=tuple(own.get("visits", "").split()), activities=tuple(own.get("activities", "").split()),
            )
        )  # fmt: skip
    return tuple(found)


def objectives(design: Object, found: tuple[Estimand, ...], index: Index, names: Names) -> tuple[Objective, ...]:
    """The objectives, with their estimands and the endpoints that have none."""
    return tuple(_objective(each, found, index, names) for each in design.get("objectives") or [])


def _objective(objective: Object, found: tuple[Estimand, ...], index: Index, names: Names) -> Objective:
    own = extensions(objective)
    mine = [names.name(each) for each in objective.get("endpoints") or []]
    estimated = tuple(each.id for each in found if each.endpoint in mine)
    bare = tuple(name for name in mine if name not in {each.endpoint for each in found})
    level: Any = term(LEVELS, objective["level"]) or "exploratory"
    ours = own_made(objective)
    return Objective(
        id=names.name(objective), level=level, text=index.words(objective, "text", "label", "name"),
        estimands=tuple(own.get("estimands", "").split()) if ours else estimated,
        endpoints=tuple(own.get("endpoints", "").split()) if ours else bare,
    )  # fmt: skip


def estimands(design: Object, index: Index, names: Names) -> tuple[Estimand, ...]:
    """The estimands whose variable is an endpoint of this design."""
    known = {one["id"] for objective in design.get("objectives") or [] for one in objective.get("endpoints") or []}
    chosen = [each for each in design.get("estimands") or [] if each["variableOfInterestId"] in known]
    return tuple(_estimand(each, index, names) for each in chosen)


def _estimand(each: Object, index: Index, names: Names) -> Estimand:
    name = names.name(each)
    population = index.objects[each["analysisPopulationId"]]
    names.keep(name, population)
    treatment = own_words(each, "treatment")
    if treatment == Words() and not own_made(each):
        given = [index.words(index.objects[one], "label", "name").en for one in each["interventionIds"]]
        treatment = Words(en=", ".join(given))
    count = sum(key.startswith("words:sensitivity-") for key in extensions(each))
    return Estimand(
        id=name, endpoint=names.name(index.objects[each["variableOfInterestId"]]), treatment=treatment,
        population=index.words(population, "text"), summary=index.words(each, "populationSummary"),
        intercurrent_events=tuple(_events(name, each, index, names)), analysis=own_words(each, "analysis"),
        sensitivity=tuple(own_words(each, f"sensitivity-{place}") for place in range(1, count + 1)),
    )  # fmt: skip


def _events(estimand: str, each: Object, index: Index, names: Names) -> Iterator[IntercurrentEvent]:
    """Those whose strategy is one of the five; what is said in other words is kept, and not guessed at."""
    count = 0
    for event in each["intercurrentEvents"]:
        said = event["strategy"].casefold().replace("-", " ")
        strategy: Any = next((name for start, name in STRATEGIES.items() if said.startswith(start)), None)
        if strategy:
            count += 1
            names.keep(f"{estimand}-{count}", event)
            words = index.words(event, "text", "label", "name")
            yield IntercurrentEvent(event=words, strategy=strategy, rationale=own_words(event, "rationale"))


def criteria(design: Object, index: Index, names: Names) -> tuple[Criterion, ...]:
    """The eligibility criteria, in the document's order."""
    found: list[Criterion] = []
    for each in design.get("eligibilityCriteria") or []:
        item = index.objects[each["criterionItemId"]]
        name = names.name(each)
        names.keep(name, item)
        kind: Any = term(CRITERIA, each["category"]) or "inclusion"
        found.append(Criterion(id=name, kind=kind, text=index.words(item, "text", "label", "name")))
    return tuple(found)


def participants(design: Object, index: Index, names: Names) -> Participants:
    """Who may take part, from the population and the indications."""
    found = design["population"]
    names.keep("population", found)
    conditions: list[Words] = []
    for count, each in enumerate(design.get("indications") or [], 1):
        names.keep(str(count), each)
        conditions.append(index.words(each, "label", "description", "name"))
    sexes = {term(SEXES, each) for each in found.get("plannedSex") or []}
    sex: Any = sexes.pop() if len(sexes) == 1 else "all"
    number = found.get("plannedEnrollmentNumber") or {}
    names.keep("population-planned", number)
    by_design = "planned-by-design" in extensions(found) or "value" not in number
    return Participants(
        conditions=tuple(conditions), minimum_age=_age(found, "minimum", names), maximum_age=_age(found, "maximum", names),
        sex=sex or "all", healthy=found["includesHealthySubjects"], planned=None if by_design else round(number["value"]),
    )  # fmt: skip


def _age(found: Object, end: str, names: Names) -> float | None:
    """Years."""
    ages = found.get("plannedAge")
    if ages is None or end in extensions(found).get("no-limit", "").split():
        return None
    names.keep("population-age", ages)
    quantity = ages["minValue" if end == "minimum" else "maxValue"]
    names.keep("population-youngest" if end == "minimum" else "population-oldest", quantity)
    unit = ((quantity.get("unit") or {}).get("standardCode") or {}).get("decode", "year").casefold().rstrip("s")
    return round(quantity["value"] * YEARS.get(unit, 1.0), 2)
