"""The steps one, two, four and five of a question: a form each. Step three is in scenarios.py, step six checks."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from equipoise.web.questions.forms.fields import NumberField, NumbersField, PercentField
from equipoise.web.questions.forms.parts import PartsForm, fault_together


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
    endpoint__margin = NumberField(
        label=_("Margin"),
        required=False,
        help_text=_(
            "The largest loss that patients and colleagues would still accept, in the units of the comparison: 0.05 is "
            "5 percentage points, 1.3 a ratio up to 1.3. For superiority leave it empty, unless a hazard ratio such as 0.7 "
            "must be beaten."
        ),
    )
    endpoint__power = PercentField(
        label=_("Power, %"),
        help_text=_("The chance that the trial succeeds if the effect is as in your main scenario. Usual: 80 or 90."),
    )
    endpoint__alpha = PercentField(
        label=_("Significance level, %"),
        help_text=_("The chance of success although there is no effect. Usual: 2.5 one-sided, which is 5 two-sided."),
    )
    endpoint__sided = forms.TypedChoiceField(
        label=_("Test"),
        coerce=int,
        choices=[(1, _("one-sided")), (2, _("two-sided"))],
        help_text=_("Most protocols say two-sided; for non-inferiority and equivalence choose one-sided."),
    )

    def _initial(self, payload):
        return {
            "endpoint__kind": "proportion",
            "endpoint__better": "lower",
            "endpoint__objective": "superiority",
            "endpoint__power": 0.9,
            "endpoint__alpha": 0.025,
            "endpoint__sided": 1,
        } | super()._initial(payload)

    def arranged(self, parts):
        endpoint = parts["endpoint"]
        kept = self.payload.get("endpoint", {})
        if endpoint.get("kind") != "proportion":
            endpoint.pop("measure", None)
        if endpoint.get("objective") == "superiority" and endpoint.get("kind") != "survival":
            endpoint.pop("margin", None)
        # set by a file, and without a question here
        for name, kind in (("test", "mean"), ("events_formula", "survival")):
            if name in kept and endpoint.get("kind") == kind:
                endpoint[name] = kept[name]
        return parts


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
    cost__currency = forms.CharField(label=_("Currency"), required=False, max_length=12)
    cost__fixed = NumberField(label=_("Whatever the size"), required=False)
    cost__per_site = NumberField(label=_("Per site"), required=False)
    cost__per_patient = NumberField(label=_("Per patient"), required=False)
    cost__per_patient_month = NumberField(label=_("Per patient and month"), required=False)
    cost__per_look = NumberField(label=_("Per interim look"), required=False)
    limits__max_patients = forms.IntegerField(label=_("At most this many patients"), required=False, min_value=1)
    limits__max_months = NumberField(label=_("At most this many months"), required=False)
    limits__max_cost = NumberField(label=_("At most this cost"), required=False)

    groups = [
        (_("Recruitment"), "", "recruitment__"),
        (_("Follow-up"), "", "follow_up__"),
        (_("Cost"), _("Leave empty what you do not know. A rough figure is enough to compare designs."), "cost__"),
        (_("Limits"), _("What cannot be exceeded, whatever the gain."), "limits__"),
    ]


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
    clusters__size = NumbersField(
        label=_("Patients in a cluster"),
        whole=True,
        required=False,
        help_text=_("For the stepped wedge, in each cluster and period."),
    )
    clusters__size_cv = NumberField(
        label=_("How much cluster sizes vary"),
        required=False,
        help_text=_("Their standard deviation divided by their mean; 0 if all are alike, 0.4 is common."),
    )
    clusters__available = forms.IntegerField(label=_("Clusters to be had"), required=False, min_value=1)
    clusters__steps = NumbersField(label=_("Steps of the wedge"), whole=True, required=False)
    clusters__period_months = NumberField(label=_("Length of a period, months"), required=False)
    preferences__expected_patients = NumberField(label=_("Fewer patients, on average"), required=False)
    preferences__max_patients = NumberField(label=_("Fewer patients, at the most"), required=False)
    preferences__expected_months = NumberField(label=_("An answer sooner"), required=False)
    preferences__expected_cost = NumberField(label=_("Lower cost"), required=False)
    preferences__assurance = NumberField(label=_("Surer to find a real effect"), required=False)
    preferences__simplicity = NumberField(label=_("A simpler design"), required=False)

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
            if error := fault_together(whole, ("endpoint", "scenarios", "clusters", "consider", "preferences")):
                self.show(error)
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
         ("consider", "clusters", "preferences"), ConsiderForm),
    Step("check", _("Check"), _("Everything on one page, before it is searched."), ()),
)  # fmt: skip


def step_of(field: str) -> Step:
    """The step on which a fault's field is written; the check itself for whatever has none."""
    part = field.split(".", maxsplit=1)[0]
    return next((step for step in STEPS if part in step.parts), STEPS[-1])
