"""The library's terms in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.search import Candidate

FAMILIES = {
    "fixed": gettext_lazy("Fixed"),
    "group-sequential": gettext_lazy("Group-sequential"),
    "cluster": gettext_lazy("Cluster-randomised"),
    "stepped-wedge": gettext_lazy("Stepped wedge"),
    "crossover": gettext_lazy("Crossover"),
    "re-estimation": gettext_lazy("Size chosen anew"),
}
SPENDING = {
    "obrien-fleming-type": gettext_lazy("O'Brien–Fleming-type"),
    "pocock-type": gettext_lazy("Pocock-type"),
    "hwang-shih-decani": gettext_lazy("Hwang–Shih–DeCani"),
    "kim-demets": gettext_lazy("Kim–DeMets"),
    "obrien-fleming": gettext_lazy("O'Brien–Fleming"),
    "pocock": gettext_lazy("Pocock"),
    "wang-tsiatis": gettext_lazy("Wang–Tsiatis"),
}
ROLES = {
    "recommended": gettext_lazy("Recommended"),
    "plain-fixed": gettext_lazy("Plain fixed design"),
    "highest-assurance": gettext_lazy("Highest assurance"),
    "fewest-expected-patients": gettext_lazy("Fewest patients expected"),
    "smallest-maximum": gettext_lazy("Smallest maximum"),
    "fastest": gettext_lazy("Fastest"),
    "cheapest": gettext_lazy("Cheapest"),
}
AXES = {
    "expected_patients": gettext_lazy("Patients expected"),
    "max_patients": gettext_lazy("Patients at most"),
    "expected_months": gettext_lazy("Months expected"),
    "expected_cost": gettext_lazy("Cost expected"),
}
STAGES = {
    "": gettext_lazy("Waiting for the worker"),
    "boundaries": gettext_lazy("Laying out the designs and their boundaries"),
    "designs": gettext_lazy("Judging every design under every scenario"),
    "trials": gettext_lazy("Living through virtual trials"),
    "front": gettext_lazy("Choosing the recommendation"),
}
EFFECTS = {
    "difference": gettext_lazy("Difference in means"),
    "hazard ratio": gettext_lazy("Hazard ratio"),
    "rate ratio": gettext_lazy("Rate ratio"),
    "risk on treatment": gettext_lazy("Risk on treatment"),
}


def sentence(candidate: Candidate) -> str:
    """The design in one sentence."""
    facts = candidate.design
    words = {name: f"{value:,}" if isinstance(value, int) else value for name, value in facts.items()}
    if candidate.family == "cluster":
        words["clusters"] = f"{facts['clusters_treatment'] + facts['clusters_control']:,}"
        return _("%(clusters)s clusters of %(cluster_size)s, %(patients)s patients in all, analysed once.") % words
    if candidate.family == "stepped-wedge":
        return (
            _(
                "Stepped wedge of %(steps)s steps, %(clusters_per_step)s clusters crossing at each, "
                "%(cluster_period_size)s patients a cluster-period, %(patients)s patients in all."
            )
            % words
        )
    words["size"] = _size(facts, words)
    if candidate.family == "crossover":
        return _("%(size)s, each taking both treatments, at %(sites)s sites.") % words
    if candidate.family == "fixed":
        return _("%(size)s at %(sites)s sites, analysed once at the end.") % words
    words["bounds"] = SPENDING[facts["spending"]]
    if candidate.family == "re-estimation":
        words |= {"times": f"{facts['most_increase']:g}", "from": f"{facts['promising_from']:.0%}"}
        return (
            _(
                "%(size)s at %(sites)s sites, up to %(times)s times as many if the interim look finds a conditional power "
                "of %(from)s or more, with %(bounds)s bounds."
            )
            % words
        )
    if facts["futility_spending"] == "none":
        return _("%(size)s at %(sites)s sites, %(looks)s looks with %(bounds)s bounds.") % words
    words["futility"] = SPENDING[facts["futility_spending"]]
    return (
        _("%(size)s at %(sites)s sites, %(looks)s looks with %(bounds)s bounds and %(futility)s stopping for futility.")
        % words
    )


def _size(facts: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    text = _("%(patients)s patients") % words
    if facts["ratio"] != 1:
        text += f" ({facts['ratio']:g}:1)"
    if facts["events"]:
        text = _("%(patients)s and %(events)s events") % {"patients": text, "events": words["events"]}
    return text


def front_labels(x: str) -> dict[str, str]:
    """Words of the chart of the front."""
    return {name: str(word) for name, word in (FAMILIES | AXES).items()} | {
        "assurance": _("Assurance"), "family": _("Kind of design"), "design": _("Design"),
        "recommended": _("Recommended"), "plain-fixed": _("Plain fixed"),
    }  # fmt: skip


def boundary_labels() -> dict[str, str]:
    """Words of the chart of the boundaries."""
    return {
        "information": _("Information"), "z": _("Z"), "design": _("Design"), "bound": _("Bound"),
        "efficacy": _("Stop for efficacy above"), "futility": _("Stop for futility below"),
    }  # fmt: skip


def story_labels() -> dict[str, str]:
    """Words of the pictures of one virtual trial."""
    return {
        "month": _("Month"), "months_in": _("Months since enrolment"), "patients": _("Patients"),
        "each_arm": _("Patients of the arm"), "event_free": _("Without event"), "mean": _("Mean so far"),
        "proportion": _("Proportion so far"), "information": _("Information"), "z": _("Z"), "treatment": _("Treatment"),
        "control": _("Control"), "arm": _("Arm"), "line": _("Curve"), "path": _("This trial"),
        "efficacy": _("Stop for efficacy above"), "futility": _("Stop for futility below"),
    }  # fmt: skip


def power_labels(effect: str) -> dict[str, str]:
    """Words of the chart of power; `effect` is the library's name of the axis."""
    return {
        "design": _("Design"), "power": _("Power"), "target": _("target"), "effect": str(EFFECTS.get(effect, effect)),
    }  # fmt: skip
