"""The study design as USDM objects: arms, epochs, cells, participants, objectives, endpoints, estimands."""

from __future__ import annotations

from equipoise.protocol.document import Protocol
from equipoise.protocol.parts import Arm, Endpoint, Epoch, Estimand, Objective
from equipoise.protocol.usdm.codes import (
    ARMS,
    BLINDINGS,
    CHARACTERISTICS,
    CRITERIA,
    ENDPOINT_LEVELS,
    EPOCHS,
    INTERVENTION_ROLES,
    INTERVENTIONS,
    LEVELS,
    MODELS,
    NOT_APPLICABLE,
    ONE,
    PHASES,
    PURPOSES,
    SEXES,
    Term,
)  # fmt: skip
from equipoise.protocol.usdm.objects import Object, Objects, chain
from equipoise.protocol.usdm.schedule import activities, encounters, timelines

ANY_AGE = (0.0, 120.0)
"""The standard wants both ends of the range of ages; these stand where the protocol sets no limit."""
DRUG_PHASES = ("1", "1/2", "2", "2/3", "3", "3/4", "4")


def design(protocol: Protocol, make: Objects, documents: list[str]) -> Object:
    """The one study design of a protocol: interventional, or observational for an emulation."""
    trial = protocol.kind == "randomised"
    kind = "InterventionalStudyDesign" if trial else "ObservationalStudyDesign"
    made = make.make(
        kind, "design", name="Study design", description="", rationale=_rationale(protocol, make),
        studyType=make.code("design-type", ONE["interventional" if trial else "observational"]),
        characteristics=_characteristics(protocol, make), documentVersionIds=documents,
        arms=[_arm(protocol, arm, make) for arm in protocol.arms], epochs=_epochs(protocol, make),
        elements=_elements(protocol, make), studyCells=_cells(protocol, make),
        objectives=[_objective(protocol, objective, make) for objective in protocol.objectives],
        estimands=[_estimand(protocol, estimand, make) for estimand in protocol.estimands],
        analysisPopulations=[_analysis_population(estimand, make) for estimand in protocol.estimands],
        eligibilityCriteria=_criteria(protocol, make), population=_population(protocol, make),
        indications=_indications(protocol, make),
        studyInterventionIds=[make.id("StudyIntervention", arm.id) for arm in protocol.arms],
        encounters=encounters(protocol, make), activities=activities(protocol, make),
        scheduleTimelines=timelines(protocol, make),
    )  # fmt: skip
    (_interventional if trial else _observational)(protocol, make, made)
    return made


def _rationale(protocol: Protocol, make: Objects) -> str:
    """What the section on the choice of design says; an imported design keeps its own."""
    section = protocol.section("4.2" if protocol.kind == "randomised" else "4")
    if make.known or section is None:
        return ""
    return "\n\n".join(passage.text.said("en") for passage in section.passages)


def _interventional(protocol: Protocol, make: Objects, made: Object) -> None:
    identity = protocol.identity
    phase = PHASES.get("3" if identity.phase == "3/4" else identity.phase)
    if phase:
        made["studyPhase"] = make.alias("design-phase", phase)
    made["model"] = make.code("design-model", _model(protocol))
    blinding = "double" if identity.blinding == "triple" else identity.blinding
    made["blindingSchema"] = make.alias("design-blinding", BLINDINGS[blinding])
    purpose = PURPOSES.get(protocol.registration.purpose)
    if purpose:
        made["intentTypes"] = [make.code("design-purpose", purpose)]
    made["subTypes"] = []


def _observational(protocol: Protocol, make: Objects, made: Object) -> None:
    made["studyPhase"] = make.alias("design-phase", NOT_APPLICABLE)
    made["model"] = make.code("design-model", MODELS["cohort"])
    made["timePerspective"] = make.code("design-time", ONE["retrospective"])


def _model(protocol: Protocol) -> Term:
    if protocol.source and protocol.source.candidate.family == "crossover":
        return MODELS["crossover"]
    return MODELS["single" if len(protocol.arms) == 1 else "parallel"]


def _characteristics(protocol: Protocol, make: Objects) -> list[Object]:
    said = ["randomised"] if protocol.kind == "randomised" and len(protocol.arms) > 1 else []
    if protocol.sites:
        said.append("multicentre" if len(protocol.sites) > 1 else "single-centre")
        said.append("countries" if len({site.country for site in protocol.sites}) > 1 else "country")
    return [make.code(f"design-{name}", CHARACTERISTICS[name]) for name in said]


def _arm(protocol: Protocol, arm: Arm, make: Objects) -> Object:
    real = protocol.kind == "emulation"
    made = make.make(
        "StudyArm", arm.id, name=make.name("StudyArm", arm.id), type=make.code(f"arm-{arm.id}-type", ARMS[arm.role]),
        dataOriginDescription="Routine data" if real else "Data collected from the participants of the study",
        dataOriginType=make.code(f"arm-{arm.id}-origin", ONE["real-world" if real else "within"]),
        populationIds=[make.id("StudyDesignPopulation", "population")],
    )  # fmt: skip
    make.say(made, "label", arm.label)
    make.extend(made, {"share": "" if arm.share == 1 else repr(arm.share), "kind": arm.kind or ""})
    return made


def interventions(protocol: Protocol, make: Objects) -> list[Object]:
    """One intervention for each arm: what its participants are given."""
    found: list[Object] = []
    for arm in protocol.arms:
        # a phase is a drug's; where nobody said what is given, it tells a drug from what is done to a participant
        kind = arm.kind or ("drug" if protocol.identity.phase in DRUG_PHASES else "procedure")
        made = make.make(
            "StudyIntervention", arm.id, name=make.name("StudyIntervention", arm.id), label=arm.label.said("en"),
            role=make.code(f"intervention-{arm.id}-role", INTERVENTION_ROLES[arm.role]),
            type=make.code(f"intervention-{arm.id}-type", INTERVENTIONS[kind]),
        )  # fmt: skip
        make.say(made, "description", arm.intervention)
        found.append(made)
    return found


def epoch_kinds(protocol: Protocol) -> dict[str, str]:
    """The kind of each epoch. Where nobody said it, treatment is from the first epoch that has a visit after day 0."""
    days = {
        epoch.id: [v.day for v in protocol.schedule.visits if v.epoch == epoch.id] for epoch in protocol.schedule.epochs
    }
    after = [name for name, planned in days.items() if any(day is not None and day > 0 for day in planned)]
    at = [name for name, planned in days.items() if 0 in planned]
    treatment = (after or at or list(days))[:1]
    found: dict[str, str] = {}
    place = "screening"
    for epoch in protocol.schedule.epochs:
        here = epoch.id in treatment
        found[epoch.id] = epoch.kind or ("treatment" if here else place)
        place = "follow-up" if here else place
    return found


def _epochs(protocol: Protocol, make: Objects) -> list[Object]:
    kinds = epoch_kinds(protocol)

    def one(epoch: Epoch) -> Object:
        made = make.make(
            "StudyEpoch", epoch.id, name=make.name("StudyEpoch", epoch.id),
            type=make.code(f"epoch-{epoch.id}-type", EPOCHS[kinds[epoch.id]]),
        )  # fmt: skip
        make.say(made, "label", epoch.label)
        make.extend(made, {"kind": "" if epoch.kind else "from the days of its visits"})
        return made

    return chain(one(epoch) for epoch in protocol.schedule.epochs)


def _elements(protocol: Protocol, make: Objects) -> list[Object]:
    """What happens in an epoch: in treatment, something else in each arm."""
    found: list[Object] = []
    for epoch, kind in epoch_kinds(protocol).items():
        arms = protocol.arms if kind == "treatment" else (None,)
        for arm in arms:
            name = f"{epoch}-{arm.id}" if arm else epoch
            given = [make.id("StudyIntervention", arm.id)] if arm else []
            made = make.make("StudyElement", name, name=make.name("StudyElement", name), studyInterventionIds=given)
            found.append(made)
    return found


def _cells(protocol: Protocol, make: Objects) -> list[Object]:
    found: list[Object] = []
    for arm in protocol.arms:
        for epoch, kind in epoch_kinds(protocol).items():
            element = make.id("StudyElement", f"{epoch}-{arm.id}" if kind == "treatment" else epoch)
            ids = {"armId": make.id("StudyArm", arm.id), "epochId": make.id("StudyEpoch", epoch)}
            found.append(make.make("StudyCell", f"{arm.id}-{epoch}", **ids, elementIds=[element]))
    return found


def owners(protocol: Protocol) -> dict[str, str]:
    """The objective that each endpoint stands under: one that names it, else the first of its level, else the first."""
    found: dict[str, str] = {}
    variable = {estimand.id: estimand.endpoint for estimand in protocol.estimands}
    for objective in protocol.objectives:
        for name in (*(variable[estimand] for estimand in objective.estimands), *objective.endpoints):
            found.setdefault(name, objective.id)
    for endpoint in protocol.endpoints:
        level = [objective.id for objective in protocol.objectives if objective.level == endpoint.level]
        for name in (*level, *(objective.id for objective in protocol.objectives)):
            found.setdefault(endpoint.id, name)
    return found


def _objective(protocol: Protocol, objective: Objective, make: Objects) -> Object:
    owned = [e for e in protocol.endpoints if owners(protocol)[e.id] == objective.id]
    made = make.make(
        "Objective", objective.id, name=make.name("Objective", objective.id), text="",
        level=make.code(f"objective-{objective.id}-level", LEVELS[objective.level]),
        endpoints=[_endpoint(endpoint, make) for endpoint in owned],
    )  # fmt: skip
    make.say(made, "text", objective.text, html=True)
    make.extend(made, {"estimands": " ".join(objective.estimands), "endpoints": " ".join(objective.endpoints)})
    return made


def _endpoint(endpoint: Endpoint, make: Objects) -> Object:
    made = make.make(
        "Endpoint", endpoint.id, name=make.name("Endpoint", endpoint.id), text="", purpose="",
        level=make.code(f"endpoint-{endpoint.id}-level", ENDPOINT_LEVELS[endpoint.level]),
    )  # fmt: skip
    make.say(made, "text", endpoint.text, html=True)
    said = {
        "visits": " ".join(endpoint.visits),
        "activities": " ".join(endpoint.activities),
        "kind": endpoint.kind or "",
    }
    make.extend(made, said)
    return made


def _analysis_population(estimand: Estimand, make: Objects) -> Object:
    name = make.name("AnalysisPopulation", f"Population of {estimand.id}")
    made = make.make(
        "AnalysisPopulation", estimand.id, name=name, subsetOfIds=[make.id("StudyDesignPopulation", "population")]
    )
    make.say(made, "text", estimand.population)
    return made


def _estimand(protocol: Protocol, estimand: Estimand, make: Objects) -> Object:
    made = make.make(
        "Estimand", estimand.id, name=make.name("Estimand", estimand.id),
        populationSummary=estimand.summary.said("en"),
        analysisPopulationId=make.id("AnalysisPopulation", estimand.id),
        interventionIds=[make.id("StudyIntervention", arm.id) for arm in protocol.arms],
        variableOfInterestId=make.id("Endpoint", estimand.endpoint), intercurrentEvents=[],
    )  # fmt: skip
    make.say(made, "populationSummary", estimand.summary)
    for place, event in enumerate(estimand.intercurrent_events, 1):
        key = f"{estimand.id}-{place}"
        one = make.make(
            "IntercurrentEvent", key, name=make.name("IntercurrentEvent", key), text="", strategy=event.strategy
        )
        make.say(one, "text", event.event, html=True)
        make.words(one, {"rationale": event.rationale})
        made["intercurrentEvents"].append(one)
    more = {f"sensitivity-{place}": words for place, words in enumerate(estimand.sensitivity, 1)}
    make.words(made, {"treatment": estimand.treatment, "analysis": estimand.analysis, **more})
    return made


def _criteria(protocol: Protocol, make: Objects) -> list[Object]:
    found: list[Object] = []
    count = {"inclusion": 0, "exclusion": 0}
    for criterion in protocol.criteria:
        count[criterion.kind] += 1
        key = criterion.id
        found.append(
            make.make(
                "EligibilityCriterion", key, name=make.name("EligibilityCriterion", key),
                category=make.code(f"criterion-{key}-category", CRITERIA[criterion.kind]),
                identifier=str(count[criterion.kind]), criterionItemId=make.id("EligibilityCriterionItem", key),
            )
        )  # fmt: skip
    return found


def criterion_items(protocol: Protocol, make: Objects) -> list[Object]:
    """What the criteria say."""
    found: list[Object] = []
    for criterion in protocol.criteria:
        name = make.name("EligibilityCriterionItem", criterion.id)
        made = make.make("EligibilityCriterionItem", criterion.id, name=name)
        make.say(made, "text", criterion.text, html=True)
        found.append(made)
    return found


def _population(protocol: Protocol, make: Objects) -> Object:
    who = protocol.participants
    planned = planned_number(protocol)
    sexes = ("female", "male") if who.sex == "all" else (who.sex,)
    low = ANY_AGE[0] if who.minimum_age is None else who.minimum_age
    high = ANY_AGE[1] if who.maximum_age is None else who.maximum_age
    made = make.make(
        "StudyDesignPopulation", "population", name="Study population", includesHealthySubjects=who.healthy,
        criterionIds=[make.id("EligibilityCriterion", criterion.id) for criterion in protocol.criteria],
        plannedSex=[make.code(f"population-{sex}", SEXES[sex]) for sex in sexes],
        plannedAge=make.make(
            "Range", "population-age", minValue=make.quantity("population-youngest", low, ONE["year"]),
            maxValue=make.quantity("population-oldest", high, ONE["year"]), isApproximate=False,
        ),
        plannedEnrollmentNumber=None if planned is None else make.quantity("population-planned", planned),
    )  # fmt: skip
    unlimited = [name for name, age in (("minimum", who.minimum_age), ("maximum", who.maximum_age)) if age is None]
    made_from_design = "yes" if who.planned is None and planned is not None else ""
    make.extend(made, {"no-limit": " ".join(unlimited), "planned-by-design": made_from_design})
    return made


def planned_number(protocol: Protocol) -> int | None:
    """How many are to be enrolled: as the protocol says, else as its design needs."""
    if protocol.participants.planned is not None or protocol.source is None:
        return protocol.participants.planned
    return int(protocol.source.candidate.design["patients"])


def _indications(protocol: Protocol, make: Objects) -> list[Object]:
    found: list[Object] = []
    for place, condition in enumerate(protocol.participants.conditions, 1):
        name = make.name("Indication", f"Condition {place}")
        made = make.make("Indication", str(place), name=name, isRareDisease=False)
        make.say(made, "label", condition)
        found.append(made)
    return found
