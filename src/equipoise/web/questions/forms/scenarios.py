"""Step three: one row of assumptions after another, in the terms of the endpoint."""

from django import forms
from django.utils.translation import gettext_lazy as _

from equipoise.errors import InputError
from equipoise.web.questions.forms.fields import EventFreeField, NumberField, PercentField
from equipoise.web.questions.forms.parts import fault_together
from equipoise.web.questions.phrases import explain

MOST = 50

TERMS = {
    "mean": ("difference", "sd", "sd_control"),
    "proportion": ("control", "treatment"),
    "survival": ("hazard_ratio", "control_median_months", "control_event_free", "effect_delay_months"),
    "count": ("control_rate", "rate_ratio", "dispersion"),
}
NEEDED = {"difference", "sd", "control", "treatment", "hazard_ratio", "control_rate", "rate_ratio"}
COMMON = ("name", "weight", "primary")
MORE = ("dropout", "recruitment", "icc", "cac", "correlation")


class ScenarioForm(forms.Form):
    """One scenario; only the terms of the endpoint's kind are asked."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as: as expected, smaller effect."))
    weight = NumberField(label=_("How likely, as a weight"), help_text=_("2 is twice as likely as 1."))
    primary = forms.BooleanField(
        label=_("The main scenario"), required=False, help_text=_("The power you asked for is reached in this one.")
    )
    difference = NumberField(
        label=_("Difference in means"), help_text=_("Intervention minus comparator, in the outcome's units.")
    )
    sd = NumberField(
        label=_("Standard deviation"), help_text=_("How much patients differ; from a pilot or a paper's table 2.")
    )
    sd_control = NumberField(
        label=_("Standard deviation with the comparator"), help_text=_("Only if it is another one.")
    )
    control = PercentField(
        label=_("With the comparator, %"), help_text=_("Patients with the outcome, out of 100, as treated today.")
    )
    treatment = PercentField(
        label=_("With the intervention, %"), help_text=_("Patients with the outcome, out of 100, if it works as hoped.")
    )
    hazard_ratio = NumberField(
        label=_("Hazard ratio"), help_text=_("0.80 means that events come at 80 % of the comparator's pace.")
    )
    control_median_months = NumberField(
        label=_("Median time with the comparator, months"),
        help_text=_("When half of the patients have had the event; or else fill in the next field."),
    )
    control_event_free = EventFreeField(
        label=_("Without event with the comparator, month: %"),
        max_length=1000,
        help_text=_("Such as 12: 89, 24: 81, read off a published curve."),
    )
    effect_delay_months = NumberField(
        label=_("Months before the effect begins"), help_text=_("0 if it begins at once.")
    )
    control_rate = NumberField(label=_("Events per patient-year with the comparator"))
    rate_ratio = NumberField(
        label=_("Rate ratio"), help_text=_("0.75 means a quarter fewer events with the intervention.")
    )
    dispersion = NumberField(
        label=_("Dispersion"), help_text=_("How much patients differ in their rate; 0 if not at all, often 0.5 to 1.")
    )
    dropout = PercentField(
        label=_("Without an outcome, %"), help_text=_("Lost or withdrawn; for time until an event, within 12 months.")
    )
    recruitment = NumberField(
        label=_("Recruitment speed"), help_text=_("1 as planned; 0.5 if patients come half as fast.")
    )
    icc = NumberField(
        label=_("Intracluster correlation"),
        help_text=_("For designs with clusters: how alike patients in one are; often 0.01 to 0.05."),
    )
    cac = NumberField(
        label=_("Cluster autocorrelation"),
        help_text=_("For the stepped wedge: how stable a cluster is over time; 1 if fully."),
    )
    correlation = NumberField(
        label=_("Correlation within a patient"),
        help_text=_("For crossover designs: between two measurements of one patient."),
    )

    def __init__(self, *arguments, kind: str, **options):
        super().__init__(*arguments, **options)
        self.kept = {}
        for name in list(self.fields):
            if name not in (*COMMON, *TERMS[kind], *MORE) or (name == "correlation" and kind != "mean"):
                del self.fields[name]
            elif name not in (*NEEDED, *COMMON):
                self.fields[name].required = False

    def main_fields(self):
        return [self[name] for name in self.fields if name not in MORE]

    def more_fields(self):
        return [self[name] for name in MORE if name in self.fields]

    @property
    def more_is_open(self) -> bool:
        return any(field.errors or field.value() not in (None, "") for field in self.more_fields())

    def value(self) -> dict:
        """The scenario as the question file has it."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", {}, False)}


class ScenarioRows:
    """The scenarios of a question as a list of forms; rows come and go with or without scripts."""

    def __init__(self, payload: dict, data=None):
        self.payload, self.kind = payload, payload["endpoint"]["kind"]
        self.faults: list[str] = []
        if data is None:
            rows = payload.get("scenarios") or [{"name": str(_("as expected")), "weight": 1, "primary": True}]
            self.forms = [self._form(place, initial=self._spoken(row)) for place, row in enumerate(rows)]
        else:
            self.forms = [self._form(place, data=data) for place in range(_count(data))]

    def _form(self, place: int, **options) -> ScenarioForm:
        return ScenarioForm(prefix=f"scenarios-{place}", kind=self.kind, **options)

    def _spoken(self, row: dict) -> dict:
        return {"weight": 1} | row

    def after(self, action: str) -> "ScenarioRows":
        """The rows as typed, with one more ("add") or one fewer ("remove-2"); nothing is checked yet."""
        rows = [{name: form[name].data for name in form.fields} for form in self.forms]
        verb, _dash, place = action.partition("-")
        if verb == "add" and len(rows) < MOST:
            rows.append(
                {key: value for key, value in rows[-1].items() if key not in ("name", "primary")} if rows else {}
            )
        elif verb == "remove" and place.isdecimal() and int(place) < len(rows) and len(rows) > 1:
            del rows[int(place)]
        fresh = ScenarioRows.__new__(ScenarioRows)
        fresh.payload, fresh.kind, fresh.faults = self.payload, self.kind, []
        fresh.forms = [fresh._form(place, initial={"weight": 1} | row) for place, row in enumerate(rows)]
        return fresh

    def is_valid(self) -> bool:
        if not self.forms:
            self.faults = [_("Write down at least one scenario.")]
        valid = [form.is_valid() for form in self.forms]  # every row, so that each shows its own faults
        if not all(valid) or self.faults:
            return False
        if error := fault_together(self.payload | self.parts(), ("endpoint", "scenarios")):
            self._show(error)
            return False
        return True

    def parts(self) -> dict:
        return {"scenarios": [form.value() for form in self.forms]}

    def _show(self, error: InputError) -> None:
        path = error.field.split(".")
        form = self.forms[int(path[1]) - 1] if len(path) > 1 and path[1].isdecimal() else None
        if form is not None and len(path) > 2 and path[2] in form.fields:
            form.add_error(path[2], explain(error))
        else:
            self.faults.append(explain(error))


def _count(data) -> int:
    given = data.get("scenarios-total", "")
    return min(int(given), MOST) if given.isdecimal() and len(given) < 4 else 0
