"""Forms of coordinators, and the filters of the list."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipoise.web.advice.deadlines import END_OF_DAY
from equipoise.web.advice.models import BoardMember, Consultation
from equipoise.web.advice.queries import sitting


class DecideForm(forms.Form):
    """Whether the board takes a request."""

    decision = forms.ChoiceField(choices=[("accept", ""), ("decline", ""), ("ask-back", "")])
    reason = forms.CharField(
        label=_("Reason, or what is needed"), max_length=900, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The requester reads it."),
    )  # fmt: skip

    def clean(self):
        data = super().clean()
        if data.get("decision") in ("decline", "ask-back") and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why, so that the requester can go on from there."))
        return data


class ScheduleForm(forms.Form):
    """How urgent it is, and until when."""

    urgency = forms.ChoiceField(label=_("Urgency"), choices=Consultation.Urgency.choices)
    due = forms.DateField(
        label=_("Due on"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it empty for the usual date: working days by the urgency and the adviser's holidays."),
    )  # fmt: skip

    def __init__(self, *args, zone, **options):
        self.zone = zone
        super().__init__(*args, **options)

    def clean_due(self) -> datetime | None:
        day = self.cleaned_data["due"]
        if day is None:
            return None
        moment = datetime.combine(day, END_OF_DAY, self.zone)
        if moment < timezone.now() or day.year > timezone.now().year + 1:
            raise forms.ValidationError(_("Choose a day from today on, within a year."))
        return moment


class AssignForm(forms.Form):
    """Who advises, and in which seat."""

    member = forms.ModelChoiceField(BoardMember.objects.none())
    seat = forms.ChoiceField(choices=[("first", ""), ("second", "")])

    def __init__(self, *args, case: Consultation, **options):
        super().__init__(*args, **options)
        self.fields["member"].queryset = sitting(case.programme_id)


class FilterForm(forms.Form):
    """What of the list is shown; what makes no sense is left out without complaint."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    kind = forms.ChoiceField(label=_("Kind of request"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False)
    words = forms.CharField(
        label=_("Words"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name, choices in (
            ("status", Consultation.Status.choices),
            ("kind", Consultation.Kind.choices),
            ("urgency", Consultation.Urgency.choices),
        ):
            self.fields[name].choices = [("", _("any")), *choices]
        for field in self.fields.values():
            field.needed_for = " "

    def apply(self, cases):
        """The cases that pass."""
        self.is_valid()
        given = {name: self.cleaned_data.get(name) for name in self.fields}
        for name in ("status", "kind", "urgency"):
            if given[name]:
                cases = cases.filter(**{name: given[name]})
        if given["overdue"]:
            cases = cases.filter(status__in=Consultation.AWAITED, due__lt=timezone.now())
        return cases, given["words"] or ""
