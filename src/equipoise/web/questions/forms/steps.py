"""The six steps: a form each for one, four and five; two is in endpoint.py, three in scenarios.py, and six only checks."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from equipoise.web.questions.forms.endpoint import EndpointForm
from equipoise.web.questions.forms.fields import NumberField, NumbersField
from equipoise.web.questions.forms.parts import PartsForm, faults_together


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PicotForm(PartsForm):
    """What is asked, of whom."""

    title = forms.CharField(
        label=_("Title"),
        max_length=300,
        help_text=_("One line by which colleagues will recognise the question."),
    )
    picot__population = forms.CharField(
        label=_("Population"),
        widget=_lines(2),
        max_length=4000,
        help_text=_("Which patients? Say what a colleague at the other hospital needs in order to pick the same ones."),
    )
    picot__intervention = forms.CharField(
        label=_("Intervention"), widget=_lines(2), max_length=4000, help_text=_("What would the new group receive?")
    )
    picot__comparator = forms.CharField(
        label=_("Comparator"),
        widget=_lines(2),
        max_length=4000,
        help_text=_("What would the others receive: placebo, usual care, another treatment?"),
    )
    picot__outcome = forms.CharField(
        label=_("Outcome"),
        widget=_lines(2),
        max_length=4000,
        help_text=_("The one result that would decide the matter. Others can be secondary."),
    )
    picot__time = forms.CharField(
        label=_("Time"),
        widget=_lines(1),
        max_length=4000,
        help_text=_("When is the outcome measured, or how long is each patient followed?"),
    )


class ConductForm(PartsForm):
    """How patients come, how long they stay, what it costs and what cannot be exceeded."""

    recruitment__sites = NumbersField(
        label=_("Number of sites"), whole=True, help_text=_("Several numbers are compared, such as 10, 20, 30.")
    )
    recruitment__patients_per_site_month = NumberField(
        label=_("Patients per site and month"),
        help_text=_("What a site really enrols, not what it sees. Half of what sites promise is a fair guess."),
    )
    recruitment__opening_months = NumberField(
        label=_("Months until all sites are open"),
        required=False,
        help_text=_("Sites open one after another, evenly."),
    )
    follow_up__months = NumbersField(
        label=_("Follow-up, months"),
        help_text=_(
            "From a patient's entry to the outcome; for time until an event, from the last entry to the end. Several "
            "numbers are compared."
        ),
    )
    follow_up__per_patient = forms.BooleanField(
        label=_("Stop each patient's follow-up after that many months"),
        required=False,
        help_text=_("Only for time until an event."),
    )
    cost__currency = forms.CharField(
        label=_("Currency"),
        required=False,
        max_length=12,
        help_text=_("One for all amounts on this page, such as CNY or USD."),
    )
    cost__fixed = NumberField(
        label=_("Fixed cost of the trial"),
        required=False,
        help_text=_("What is spent whatever the size: protocol, database, statistician."),
    )
    cost__per_site = NumberField(
        label=_("Per site"), required=False, help_text=_("Once for each hospital: opening, training, visits.")
    )
    cost__per_patient = NumberField(
        label=_("Per patient"),
        required=False,
        help_text=_("Once for each patient: treatment, tests, the hospital's fee."),
    )
    cost__per_patient_month = NumberField(
        label=_("Per patient and month"),
        required=False,
        help_text=_("For each month that a patient is followed: visits, drugs, samples."),
    )
    cost__per_look = NumberField(
        label=_("Per analysis"),
        required=False,
        help_text=_("For each look at the data, the final one too: cleaning them, the monitoring board's meeting."),
    )
    limits__max_patients = forms.IntegerField(
        label=_("At most this many patients"),
        required=False,
        min_value=1,
        help_text=_("In all groups together. Larger designs are left out."),
    )
    limits__max_months = NumberField(
        label=_("At most this many months"),
        required=False,
        help_text=_("From the first patient to the final analysis, in the main scenario and without an early stop."),
    )
    limits__max_cost = NumberField(
        label=_("At most this cost"),
        required=False,
        help_text=_("In the currency above, in the main scenario and without an early stop."),
    )

    groups = [
        (_("Recruitment"), "", "recruitment__"),
        (_("Follow-up"), "", "follow_up__"),
        (_("Cost"), _("Leave empty what you do not know. A rough figure is enough to compare designs."), "cost__"),
        (_("Limits"), _("What cannot be exceeded, whatever the gain."), "limits__"),
    ]

    def _initial(self, payload):
        initial = super()._initial(payload)
        amounts = initial.keys() & self._amounts()
        return initial | ({"cost__currency": "USD"} if amounts and "cost__currency" not in initial else {})

    def _amounts(self) -> set[str]:
        return {name for name in self.base_fields if name.startswith("cost__")} - {"cost__currency"} | {
            "limits__max_cost"
        }

    def clean(self):
        super().clean()
        if not self.cleaned_data.get("cost__currency") and any(self.cleaned_data.get(name) for name in self._amounts()):
            self.add_error("cost__currency", _("Name the currency of the amounts, such as CNY or USD."))
        return self.cleaned_data


class ConsiderForm(PartsForm):
    """Which designs are tried, and what matters most."""

    consider__families = forms.MultipleChoiceField(
        label=_("Designs to try"),
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("fixed", _("Fixed: one analysis at the end")),
            ("group-sequential", _("Group-sequential: interim looks that may stop early")),
            ("cluster", _("Cluster: wards, clinics or villages are randomised")),
            ("stepped-wedge", _("Stepped wedge: clusters start one after another")),
            ("crossover", _("Crossover: each patient receives both; for measurements")),
            ("re-estimation", _("Size chosen anew: begin smaller, grow if an interim look is promising")),
        ],
    )
    consider__looks = NumbersField(
        label=_("Number of analyses"),
        whole=True,
        required=False,
        help_text=_("For group-sequential designs, the final one included. Several are compared."),
    )
    consider__spending = forms.MultipleChoiceField(
        label=_("Stopping early for success"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("How readily an interim look may end the trial. If unsure, leave them as they are."),
        choices=[
            ("obrien-fleming-type", _("Hardly at first, then more readily (O'Brien–Fleming type)")),
            ("pocock-type", _("Equally readily at every look (Pocock type)")),
            ("hwang-shih-decani", _("In between (Hwang–Shih–DeCani)")),
            ("kim-demets", _("In between (Kim–DeMets)")),
            ("obrien-fleming", _("O'Brien–Fleming, evenly spaced looks")),
            ("pocock", _("Pocock, evenly spaced looks")),
            ("wang-tsiatis", _("Wang–Tsiatis, evenly spaced looks")),
        ],
    )
    consider__futility = forms.MultipleChoiceField(
        label=_("Stopping early when success has become unlikely"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("none", _("Never")),
            ("obrien-fleming-type", _("Only late (O'Brien–Fleming type)")),
            ("hwang-shih-decani", _("In between (Hwang–Shih–DeCani)")),
            ("kim-demets", _("In between (Kim–DeMets)")),
            ("pocock-type", _("From the first look (Pocock type)")),
        ],
    )
    consider__ratio = NumbersField(
        label=_("Patients on the intervention for each on the comparator"),
        required=False,
        help_text=_("1 is equal groups, 2 is two to one. Several are compared."),
    )
    consider__judged = forms.ChoiceField(
        label=_("How fixed and group-sequential designs are judged"),
        required=False,
        help_text=_("Formulas take seconds; virtual trials take minutes, and show what small numbers do to them."),
        choices=[("exact", _("By formulas")), ("simulated", _("By virtual trials"))],
    )
    clusters__size = NumbersField(
        label=_("Patients in a cluster"),
        whole=True,
        required=False,
        help_text=_("For the stepped wedge, in each cluster and period."),
    )
    clusters__size.needed_for = _("needed for designs with clusters")
    clusters__size_cv = NumberField(
        label=_("How much cluster sizes vary"),
        required=False,
        help_text=_("Their standard deviation divided by their mean; 0 if all are alike, 0.4 is common."),
    )
    clusters__available = forms.IntegerField(
        label=_("Clusters to be had"),
        required=False,
        min_value=1,
        help_text=_("How many wards, clinics or villages could take part at the most. Empty: no limit."),
    )
    clusters__steps = NumbersField(
        label=_("Steps of the wedge"),
        whole=True,
        required=False,
        help_text=_("How many times clusters change over, 2 to 20. Several are compared; empty: 3, 4, 5, 6."),
    )
    clusters__period_months = NumberField(
        label=_("Length of a period, months"),
        required=False,
        help_text=_("For the stepped wedge: the time from one step to the next. Empty: 3."),
    )
    preferences__expected_patients = NumberField(
        label=_("Fewer patients, on average"),
        required=False,
        help_text=_("Over the scenarios, with early stops counted. Usual: 1."),
    )
    preferences__max_patients = NumberField(
        label=_("Fewer patients, at the most"),
        required=False,
        help_text=_("If the trial runs to its end. Usual: 0.5."),
    )
    preferences__expected_months = NumberField(
        label=_("An answer sooner"), required=False, help_text=_("Months until the trial stops, on average. Usual: 1.")
    )
    preferences__expected_cost = NumberField(
        label=_("Lower cost"), required=False, help_text=_("On average; only if you gave costs in step 4. Usual: 0.5.")
    )
    preferences__assurance = NumberField(
        label=_("Surer to find a real effect"),
        required=False,
        help_text=_("The power, averaged over your scenarios by their weights. Usual: 0.4."),
    )
    preferences__simplicity = NumberField(
        label=_("A simpler design"),
        required=False,
        help_text=_("Fewer looks; decides between near equals. Usual: 0.01."),
    )

    groups = [
        (_("What to consider"), "", "consider__"),
        (_("Clusters"), _("Needed for cluster and stepped-wedge designs only."), "clusters__"),
        (
            _("What matters most"),
            _("Weights: 0 does not matter, 1 matters, 2 matters twice as much. They need not add up to anything."),
            "preferences__",
        ),
    ]

    def _initial(self, payload):
        from equipoise import search

        fields = search.Question.model_fields
        usual = {}
        for part in ("consider", "preferences"):
            usual |= {f"{part}__{key}": value for key, value in fields[part].default.model_dump(mode="json").items()}
        if payload.get("endpoint", {}).get("objective") == "equivalence":
            usual["consider__families"] = ["fixed"]  # no interim looks for equivalence
        return {name: value for name, value in usual.items() if name in self.base_fields} | super()._initial(payload)

    def arranged(self, parts):
        for part in ("consider", "preferences"):
            # keys set by a file, and without a question here
            kept = self.payload.get(part, {})
            parts[part] = {key: kept[key] for key in kept if f"{part}__{key}" not in self.fields} | parts[part]
        if not {"cluster", "stepped-wedge"} & set(parts["consider"].get("families", [])):
            parts["clusters"] = None
        return parts

    def clean(self):
        super().clean()
        if not self.errors and {"endpoint", "scenarios"} <= self.payload.keys():
            parts = {name: part for name, part in self.parts().items() if part is not None}
            whole = {name: part for name, part in self.payload.items() if name != "clusters"} | parts
            for error in faults_together(whole, ("endpoint", "scenarios", "clusters", "consider", "preferences")):
                if error.field.partition(".")[0] in ("clusters", "consider", "preferences"):
                    self.show(error)  # what other steps lack is said on the last
        return self.cleaned_data


@dataclass(frozen=True)
class Step:
    """One page of the form, and the parts of the question file that it writes."""

    name: str
    title: str
    intro: str
    parts: tuple[str, ...]
    form: type[PartsForm] | None = None


STEPS = (
    Step("question", _("The question"), _("Write it as you would tell a colleague. It can be changed later."),
         ("title", "picot"), PicotForm),
    Step("endpoint", _("Success"), _("What is measured, and what result would convince you and others."),
         ("endpoint",), EndpointForm),
    Step("scenarios", _("Scenarios"), _("What may be true? Nobody knows yet, so write down the likely and the less "
         "likely. A good design does well in most of them."), ("scenarios",)),
    Step("conduct", _("Conduct"), _("How the trial would run at your hospitals."),
         ("recruitment", "follow_up", "cost", "limits"), ConductForm),
    Step("consider", _("Choices"), _("What the search tries, and what you care about. The usual choices are filled in."),
         ("consider", "clusters", "preferences", "simulation"), ConsiderForm),
    Step("check", _("Check"), _("Everything on one page, before it is searched."), ()),
)  # fmt: skip


def step_of(field: str) -> Step:
    """The step on which a fault's field is written; the check itself for whatever has none."""
    part = field.split(".", maxsplit=1)[0]
    return next((step for step in STEPS if part in step.parts), STEPS[-1])
