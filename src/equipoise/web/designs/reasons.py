"""Why a design is recommended, in the reader's language, from the codes and figures of the search."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.search import SearchResult

FIGURES = {
    "expected_patients": (
        gettext_lazy("%(by)s fewer patients expected"),
        gettext_lazy("%(by)s more patients expected"),
    ),
    "max_patients": (gettext_lazy("%(by)s fewer patients at most"), gettext_lazy("%(by)s more patients at most")),
    "expected_months": (
        gettext_lazy("%(by)s shorter expected duration"),
        gettext_lazy("%(by)s longer expected duration"),
    ),
    "expected_cost": (gettext_lazy("%(by)s less expected cost"), gettext_lazy("%(by)s more expected cost")),
    "assurance": (gettext_lazy("%(by)s points more assurance"), gettext_lazy("%(by)s points less assurance")),
}
LIMITS = {
    "max_patients": gettext_lazy("the limit of patients rules out %(count)s"),
    "max_months": gettext_lazy("the limit of months rules out %(count)s"),
    "max_cost": gettext_lazy("the limit of cost rules out %(count)s"),
}


def present_reasons(result: SearchResult) -> list[dict[str, Any]]:
    """Each reason as {"code", "text"}; a code that is not known here keeps the library's sentence."""
    return [
        {"code": reason.code, "text": _SENTENCES.get(reason.code, lambda result, values, text=reason.text: text)(
            result, reason.values)}
        for reason in result.reasons
    ]  # fmt: skip


def percent(value: float, digits: int = 0) -> str:
    return f"{value:.{digits}%}"


def _best_score(result: SearchResult, values: dict[str, Any]) -> str:
    primary = result.question.scenarios[result.question.primary].name
    return _(
        "Of %(feasible)s designs with at least %(power)s power in “%(scenario)s” and within the limits, it has the best "
        "balance of the preferences stated."
    ) % {"feasible": f"{values['feasible']:,}", "power": percent(values["power"]), "scenario": primary}


def _gains(values: dict[str, Any], which: int) -> str:
    parts = []
    for name, by in values.items():
        if name in FIGURES:
            shown = f"{100 * by:.1f}" if name == "assurance" else percent(by, 1)
            parts.append(FIGURES[name][which] % {"by": shown})
    return _(", ").join(parts)


def _saves_against_fixed(result: SearchResult, values: dict[str, Any]) -> str:
    return _("Against the plain design with one analysis it gains: %(list)s.") % {"list": _gains(values, 0)}


def _costs_against_fixed(result: SearchResult, values: dict[str, Any]) -> str:
    return _("Against the plain design with one analysis it gives up: %(list)s.") % {"list": _losses(values)}


def _gains_over_next(result: SearchResult, values: dict[str, Any]) -> str:
    return _("Against its nearest rival (%(id)s) it gains: %(list)s.") % {
        "id": values["other"], "list": _gains(values, 0),
    }  # fmt: skip


def _gives_up_to_next(result: SearchResult, values: dict[str, Any]) -> str:
    return _("Against its nearest rival (%(id)s) it gives up: %(list)s.") % {
        "id": values["other"], "list": _losses(values),
    }  # fmt: skip


def _losses(values: dict[str, Any]) -> str:
    return _gains(values, 1)


def _power_by_scenario(result: SearchResult, values: dict[str, Any]) -> str:
    return _(
        "Its power runs from %(lowest)s (“%(lowest_scenario)s”) to %(highest)s (“%(highest_scenario)s”); averaged over the "
        "scenarios' weights, the assurance, it is %(assurance)s."
    ) % (values | {name: percent(values[name], 1) for name in ("lowest", "highest", "assurance")})


def _stops_early(result: SearchResult, values: dict[str, Any]) -> str:
    primary = result.question.scenarios[result.question.primary].name
    return _("If all is as in “%(scenario)s”, it stops early with a chance of %(chance)s.") % {
        "scenario": primary, "chance": percent(values["chance"]),
    }  # fmt: skip


def _robust(result: SearchResult, values: dict[str, Any]) -> str:
    return _("No other kind of design wins, whichever scenario is given more weight.")


def _fragile(result: SearchResult, values: dict[str, Any]) -> str:
    return _(
        "It stays the best until “%(scenario)s” weighs more than %(weight_limit)s (now %(weight_now)s); then %(then)s wins."
    ) % (values | {name: percent(values[name]) for name in ("weight_limit", "weight_now")})


def _nothing_feasible(result: SearchResult, values: dict[str, Any]) -> str:
    limits = [LIMITS[name] % {"count": f"{values[name]:,}"} for name in LIMITS if values.get(name)]
    words = {"evaluated": f"{values['evaluated']:,}", "limits": _(", ").join(limits)}
    if limits:
        return _("None of %(evaluated)s designs fits: of those with the target power, %(limits)s.") % words
    return _("None of %(evaluated)s designs reaches the target power and all of its looks in every scenario.") % words


_SENTENCES = {
    "best-score": _best_score,
    "saves-against-fixed": _saves_against_fixed,
    "costs-against-fixed": _costs_against_fixed,
    "gains-over-next": _gains_over_next,
    "gives-up-to-next": _gives_up_to_next,
    "power-by-scenario": _power_by_scenario,
    "stops-early": _stops_early,
    "robust": _robust,
    "fragile": _fragile,
    "nothing-feasible": _nothing_feasible,
}
