"""Step two: what is measured, and what would count as success."""

from django import forms
from django.utils.translation import gettext_lazy as _

from equipoise.errors import InputError
from equipoise.web.questions.forms.fields import NumberField, PercentField
from equipoise.web.questions.forms.parts import PartsForm


class EndpointForm(PartsForm):
    """What is measured, and what would count as success."""

    endpoint__kind = forms.ChoiceField(
        label=_("How is the outcome measured?"),
        widget=forms.RadioSelect,
        choices=[
            ("proportion", _("Yes or no by a set time, such as death within 30 days")),
            ("mean", _("A measurement, such as blood pressure or a score")),
            ("survival", _("Time until something happens, such as time to relapse")),
            ("count", _("How often it happens, such as exacerbations per year")),
        ],
    )
    endpoint__measure = forms.ChoiceField(
        label=_("How are the two risks compared?"),
        required=False,
        help_text=_("For an outcome of yes or no. The difference is the easiest to explain to patients."),
        choices=[("difference", _("Risk difference")), ("ratio", _("Risk ratio")), ("odds-ratio", _("Odds ratio"))],
    )
    endpoint__better = forms.ChoiceField(
        label=_("Which direction is better for the patient?"),
        widget=forms.RadioSelect,
        choices=[("lower", _("Lower or fewer, as with deaths")), ("higher", _("Higher or more, as with recoveries"))],
    )
    endpoint__objective = forms.ChoiceField(
        label=_("What do you want to show?"),
        widget=forms.RadioSelect,
        choices=[
            ("superiority", _("The intervention is better (superiority)")),
            ("non-inferiority", _("It is not worse by more than a margin (non-inferiority)")),
            ("equivalence", _("The two differ by less than a margin either way (equivalence)")),
        ],
    )
    endpoint__margin_points = PercentField(
        label=_("Margin, percentage points"),
        required=False,
        help_text=_("The largest loss that patients and colleagues would still accept; 5 means 35 % instead of 30 %."),
    )
    endpoint__margin = NumberField(
        label=_("Margin"),
        required=False,
        help_text=_(
            "The largest loss that patients and colleagues would still accept: for a measurement in its units; for a ratio "
            "the limit, such as 1.3. For superiority only a hazard ratio that must be beaten, such as 0.7."
        ),
    )
    endpoint__margin.needed_for = endpoint__margin_points.needed_for = _("needed for non-inferiority and equivalence")
    endpoint__power = PercentField(
        label=_("Power, %"),
        low=50,
        high=99.9999,
        ends="low high",
        help_text=_("The chance that the trial succeeds if the effect is as in your main scenario. Usual: 80 or 90."),
    )
    endpoint__alpha = PercentField(
        label=_("Significance level, %"),
        high=50,
        help_text=_("The chance of success although there is no effect. Usual: 2.5 one-sided, which is 5 two-sided."),
    )
    endpoint__sided = forms.TypedChoiceField(
        label=_("Test"),
        coerce=int,
        choices=[(1, _("one-sided")), (2, _("two-sided"))],
        help_text=_("Most protocols say two-sided; for non-inferiority and equivalence choose one-sided."),
    )

    def _initial(self, payload):
        initial = {
            "endpoint__kind": "proportion",
            "endpoint__better": "lower",
            "endpoint__objective": "superiority",
            "endpoint__power": 0.9,
            "endpoint__alpha": 0.025,
            "endpoint__sided": 1,
        } | super()._initial(payload)
        if _in_points({key.removeprefix("endpoint__"): value for key, value in initial.items()}):
            initial["endpoint__margin_points"] = initial.pop("endpoint__margin", None)
        return initial

    def arranged(self, parts):
        endpoint = parts["endpoint"]
        kept = self.payload.get("endpoint", {})
        if endpoint.get("kind") != "proportion":
            endpoint.pop("measure", None)
        points, other = endpoint.pop("margin_points", None), endpoint.pop("margin", None)
        margin = points if _in_points(endpoint) else other
        if margin is not None and (endpoint.get("objective") != "superiority" or endpoint.get("kind") == "survival"):
            endpoint["margin"] = margin
        # set by a file, and without a question here
        for name, kind in (("test", "mean"), ("events_formula", "survival")):
            if name in kept and endpoint.get("kind") == kind:
                endpoint[name] = kept[name]
        return parts

    def clean(self):
        kind, objective = (self.cleaned_data.get(f"endpoint__{name}") for name in ("kind", "objective"))
        pointless = {"margin_points", "margin"}
        if objective != "superiority" or kind == "survival":
            pointless.discard(self._margin())
        for name in pointless:  # hidden, so a fault there could not be mended
            self.errors.pop(f"endpoint__{name}", None)
        return super().clean()

    def show(self, error):
        if error.field == "endpoint.margin":
            error = InputError(f"endpoint.{self._margin()}", error.given, error.allowed)
        super().show(error)

    def _margin(self) -> str:
        said = {name: self.cleaned_data.get(f"endpoint__{name}") for name in ("kind", "measure")}
        return "margin_points" if _in_points(said) else "margin"


def _in_points(endpoint: dict) -> bool:
    """Whether the margin is a difference of proportions, and so asked in percentage points."""
    return endpoint.get("kind") == "proportion" and (endpoint.get("measure") or "difference") == "difference"
