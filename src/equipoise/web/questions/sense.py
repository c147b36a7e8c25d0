"""What the library reads without complaint although no design can have the power asked for: said before a search fails."""

from equipoise import search
from equipoise.errors import InputError

EFFECT = {"proportion": "treatment", "mean": "difference", "survival": "hazard_ratio", "count": "rate_ratio"}
"""The term beside which a scenario's effect is written."""


def fault_of_sense(question: search.Question) -> InputError | None:
    """A margin that every result would be within, or a main scenario whose effect does not meet the objective."""
    endpoint = question.endpoint
    if endpoint.kind == "proportion" and not endpoint.on_ratio_scale and (endpoint.margin or 0) >= 1:
        return InputError("endpoint.margin", endpoint.margin, "a margin below 1 for a difference of proportions")
    main = question.scenarios[question.primary]
    if allowed := _missing_effect(endpoint, _effect(endpoint, main)):
        term = EFFECT[endpoint.kind]
        return InputError(f"scenarios.{question.primary + 1}.{term}", getattr(main, term), allowed)
    return None


def _missing_effect(endpoint, effect: float) -> str:
    """What the effect would have to be, if it is not that; "" if the objective can be met."""
    none = 1.0 if endpoint.on_ratio_scale else 0.0
    better = (
        (lambda value, limit: value < limit) if endpoint.better == "lower" else (lambda value, limit: value > limit)
    )
    if endpoint.objective == "superiority":
        if effect == none:
            return "an effect"
        if not better(effect, none):
            return "an effect in the better direction"
        return (
            ""
            if endpoint.margin is None or better(effect, endpoint.margin)
            else "an effect beyond the hazard ratio to beat"
        )
    margin = endpoint.margin
    if endpoint.objective == "non-inferiority":
        limit = margin if endpoint.on_ratio_scale else (margin if endpoint.better == "lower" else -margin)
        return "" if better(effect, limit) else "a loss smaller than the margin"
    low, high = sorted((margin, 1 / margin)) if endpoint.on_ratio_scale else (-margin, margin)
    return "" if low < effect < high else "a difference smaller than the margin"


def _effect(endpoint, scenario) -> float:
    """The scenario's effect on the endpoint's scale, rounded so that 0.3 - 0.2 is 0.1."""
    if endpoint.kind != "proportion":
        return getattr(scenario, EFFECT[endpoint.kind])
    treatment, control = scenario.treatment, scenario.control
    if endpoint.measure == "difference":
        return round(treatment - control, 12)
    if endpoint.measure == "ratio":
        return round(treatment / control, 12)
    return round(treatment / (1 - treatment) / (control / (1 - control)), 12)
