"""Step three: one row of assumptions after another, in the terms of the endpoint."""

from django import forms
from django.utils.translation import gettext_lazy as _

from equipoise.errors import InputError
from equipoise.web.questions.forms.fields import EventFreeField, NumberField, PercentField
from equipoise.web.questions.forms.parts import faults_together
from equipoise.web.questions.phrases import explain

MOST = 50

TERMS = {
    "mean": ("difference", "sd", "sd_control"),
    "proportion": ("control", "treatment"),
    "survival": ("hazard_ratio", "control_median_months", "control_event_free", "effect_delay_months"),
    "count": ("control_rate", "rate_ratio", "dispersion"),
}
NEEDED = {"difference", "sd", "control", "treatment", "hazard_ratio", "control_rate", "rate_ratio"}
COMMON = ("name", "weight")
MORE = ("dropout", "recruitment", "icc", "cac", "correlation")


class ScenarioForm(forms.Form):
    """One scenario; only the terms of the endpoint's kind are asked."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as: as expected, smaller effect."))
    weight = NumberField(label=_("How likely, as a weight"), help_text=_("2 is twice as likely as 1."))
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
        ends="low",
        label=_("Without an outcome, %"),
        help_text=_("Lost or withdrawn; for time until an event, within 12 months."),
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
        for name in list(self.fields):
            if name not in (*COMMON, *TERMS[kind], *MORE) or (name == "correlation" and kind != "mean"):
                del self.fields[name]
            elif name not in (*NEEDED, *COMMON):
                self.fields[name].required = False

    def common_fields(self):
        return [self[name] for name in COMMON]

    def main_fields(self):
        return [self[name] for name in self.fields if name not in (*COMMON, *MORE)]

    def more_fields(self):
        return [self[name] for name in MORE if name in self.fields]

    @property
    def more_is_open(self) -> bool:
        return any(field.errors or field.value() not in (None, "") for field in self.more_fields())

    def value(self) -> dict:
        """The scenario as the question file has it."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", {}, False)}


class ScenarioRows:
    """The scenarios of a question as a list of forms; rows come and go with or without scripts. `main` is the main one's place."""

    def __init__(self, payload: dict, data=None):
        self.payload, self.kind = payload, payload["endpoint"]["kind"]
        self.faults: list[str] = []
        if data is None:
            rows = payload.get("scenarios") or [{"name": str(_("as expected"))}]
            self.forms = [self._form(place, initial={"weight": 1} | row) for place, row in enumerate(rows)]
            self.main = main_place(rows)
        else:
            self.forms = [self._form(place, data=data) for place in range(_count(data))]
            main = data.get("scenarios-main", "")
            self.main = int(main) if main.isdecimal() and len(main) < 4 and int(main) < len(self.forms) else 0

    def _form(self, place: int, **options) -> ScenarioForm:
        return ScenarioForm(prefix=f"scenarios-{place}", kind=self.kind, **options)

    def after(self, action: str) -> "ScenarioRows":
        """The rows as typed, with one more ("add") or one fewer ("remove-2"); nothing is checked yet."""
        rows = [{name: form[name].data for name in form.fields} for form in self.forms]
        fresh = ScenarioRows.__new__(ScenarioRows)
        fresh.payload, fresh.kind, fresh.faults, fresh.main = self.payload, self.kind, [], self.main
        verb, _dash, place = action.partition("-")
        if verb == "add" and len(rows) < MOST:
            rows.append({key: value for key, value in rows[-1].items() if key != "name"} if rows else {})
        elif verb == "remove" and place.isdecimal() and int(place) < len(rows) and len(rows) > 1:
            del rows[int(place)]
            if int(place) <= self.main:
                fresh.main = 0 if int(place) == self.main else self.main - 1
        fresh.forms = [fresh._form(place, initial={"weight": 1} | row) for place, row in enumerate(rows)]
        return fresh

    def is_valid(self) -> bool:
        if not self.forms:
            self.faults = [_("Write down at least one scenario.")]
            return False
        for form in self.forms:
            form.full_clean()
        for error in faults_together(self.payload | self.parts(), ("endpoint", "scenarios")):
            self._show(error)
        return not self.has_faults

    @property
    def has_faults(self) -> bool:
        return bool(self.faults) or any(form.is_bound and form.errors for form in self.forms)

    def parts(self) -> dict:
        rows = [form.value() for form in self.forms]
        return {
            "scenarios": [row | ({"primary": True} if place == self.main else {}) for place, row in enumerate(rows)]
        }

    def _show(self, error: InputError) -> None:
        """Beside its field, unless a fault is shown there already; on top where it has none."""
        path = error.field.split(".")
        form = self.forms[int(path[1]) - 1] if len(path) > 1 and path[1].isdecimal() else None
        if form is None or len(path) < 3 or path[2] not in form.fields:
            self.faults.append(explain(error))
        elif path[2] not in form.errors:
            form.add_error(path[2], explain(error))


def main_place(rows: list[dict]) -> int:
    """The scenario marked as the main one, else the heaviest, else the first: as the search takes it."""
    marked = [place for place, row in enumerate(rows) if row.get("primary")]
    return marked[0] if marked else max(range(len(rows)), key=lambda place: rows[place].get("weight", 1))


def _count(data) -> int:
    given = data.get("scenarios-total", "")
    return min(int(given), MOST) if given.isdecimal() and len(given) < 4 else 0
