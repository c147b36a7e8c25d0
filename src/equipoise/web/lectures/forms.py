"""What people fill in about lectures."""

import zoneinfo
from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.web.lectures import queries, slots
from equipoise.web.lectures.competencies import COMPETENCIES
from equipoise.web.lectures.models import JoinLink, Lecture, Series
from equipoise.web.lectures.phrases import objection_text
from equipoise.web.people.expertise import METHODS, SPECIALTIES
from equipoise.web.people.queries import members_of
from equipoise.web.programme.models import Programme
from equipoise.web.uploads import check_upload

WEEKDAYS = [
    (0, gettext_lazy("Monday")), (1, gettext_lazy("Tuesday")), (2, gettext_lazy("Wednesday")),
    (3, gettext_lazy("Thursday")), (4, gettext_lazy("Friday")),
]  # fmt: skip
NTHS = [
    (1, gettext_lazy("first")), (2, gettext_lazy("second")), (3, gettext_lazy("third")), (4, gettext_lazy("fourth")),
    (-1, gettext_lazy("last")),
]  # fmt: skip
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
CLOCK = forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M")


def zone_choices(programme_id: int, *others: str) -> list[tuple[str, str]]:
    """The programme's zones by the names of their cities, and any other that is in use."""
    return zones_of(queries.places_of(programme_id, days_off=False), *others)


def zones_of(places: list[slots.Place], *others: str) -> list[tuple[str, str]]:
    """The same, of places that have been read."""
    found: dict[str, list[str]] = {}
    for place in places:
        found.setdefault(place.zone.key, []).append(place.name)
    choices = {zone: f"{', '.join(dict.fromkeys(cities))} ({zone})" for zone, cities in found.items()}
    return list((choices | {zone: zone for zone in others if zone and zone not in choices}).items())


class SeriesForm(forms.Form):
    """A year's series."""

    use_required_attribute = False
    programme = forms.ModelChoiceField(Programme.objects.none(), label=gettext_lazy("Programme"), empty_label=None)
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200)
    title_zh = forms.CharField(label=gettext_lazy("Title in Chinese"), max_length=200, required=False)

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.fields["programme"].queryset = Programme.objects.filter(pk__in=user.coordinated_programme_ids)

    def clean(self):
        facts = super().clean()
        if Series.objects.filter(programme=facts.get("programme"), year=facts.get("year")).exists():
            self.add_error("year", _("There is a series for this year already."))
        return facts


class LectureForm(forms.ModelForm):
    """What a lecture is about, and who gives it."""

    use_required_attribute = False
    speaker_email = forms.EmailField(
        label=gettext_lazy("Speaker's e-mail"), required=False,
        help_text=gettext_lazy("Someone of the programme. The names of those who speak come up as you type."),
        widget=forms.EmailInput(attrs={"list": "speakers", "autocomplete": "off"}),
    )  # fmt: skip
    competencies = forms.MultipleChoiceField(
        label=gettext_lazy("Competencies"), choices=list(COMPETENCIES.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    expertise = forms.MultipleChoiceField(
        label=gettext_lazy("Fields"), required=False, widget=forms.SelectMultiple(attrs={"size": 6}),
        choices=[
            (gettext_lazy("Methods"), list(METHODS.items())), (gettext_lazy("Specialties"), list(SPECIALTIES.items())),
        ],
    )  # fmt: skip

    class Meta:
        model = Lecture
        fields = (
            "topic_en", "topic_zh", "speaker_email", "language", "summary_en", "summary_zh", "competencies",
            "expertise", "capacity",
        )  # fmt: skip
        widgets = {"summary_en": forms.Textarea(attrs={"rows": 4}), "summary_zh": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"capacity": gettext_lazy("Leave empty where everyone may come.")}

    def __init__(self, *args, programme_id: int, people: dict | None = None, **options):
        """`people`, by their e-mails, are those among whom the speaker is, where they have been read already."""
        self.programme_id, self.people = programme_id, people
        super().__init__(*args, **options)
        self.fields["capacity"].min_value = 1
        for name, label in LABELS.items():
            self.fields[name].label = label
        if self.instance.speaker_id:
            self.initial.setdefault("speaker_email", self.instance.speaker.email)

    def clean_speaker_email(self):
        email = self.cleaned_data["speaker_email"]
        self.speaker = None
        if email:
            people = (
                queries.members_by_email(self.programme_id, [email.lower()]) if self.people is None else self.people
            )
            self.speaker = people.get(email.lower())
            if self.speaker is None:
                raise ValidationError(_("Nobody in the programme has this e-mail."))
        return email

    def clean_capacity(self):
        capacity = self.cleaned_data["capacity"]
        if capacity is not None and not 1 <= capacity <= 100_000:
            raise ValidationError(_("Write a number from 1 to 100,000, or nothing."))
        return capacity

    def facts(self) -> dict:
        """What was filled in, for the actions."""
        kept = {name: self.cleaned_data[name] for name in self.Meta.fields if name != "speaker_email"}
        return kept | {"speaker": self.speaker}


LABELS = {
    "topic_en": gettext_lazy("Topic in English"), "topic_zh": gettext_lazy("Topic in Chinese"),
    "language": gettext_lazy("Language of the lecture"), "summary_en": gettext_lazy("Summary in English"),
    "summary_zh": gettext_lazy("Summary in Chinese"), "capacity": gettext_lazy("Places"),
}  # fmt: skip


class TimeForm(forms.Form):
    """When: a day and an hour on the clock of a place. What speaks against it is shown once, and may be overruled."""

    use_required_attribute = False
    time_zone = forms.ChoiceField(
        label=gettext_lazy("On the clock of"),
        help_text=gettext_lazy("The lecture keeps this place's hour, in summer and in winter."),
    )
    date = forms.DateField(label=gettext_lazy("Day"), widget=DAY)
    at = forms.TimeField(label=gettext_lazy("Hour"), widget=CLOCK)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=10, max_value=480, initial=60)
    anyway = forms.BooleanField(label=gettext_lazy("Plan it at this time all the same"), required=False)

    def __init__(
        self, *args, programme_id: int, zones: tuple = (), besides=None, optional: bool = False,
        around: queries.Around | None = None, **options,
    ):  # fmt: skip
        self.programme_id, self.besides, self.around = programme_id, besides, around
        super().__init__(*args, **options)
        known = zone_choices(programme_id, *zones) if around is None else zones_of(around.places, *zones)
        self.fields["time_zone"].choices = known
        self.objections: list[str] = []
        if optional:
            self.fields["date"].required = self.fields["at"].required = False
        if not self.is_bound or not self.data.get("objected"):
            self.fields["anyway"].widget = forms.HiddenInput()

    def clean(self):
        facts = super().clean()
        day, at, zone = facts.get("date"), facts.get("at"), facts.get("time_zone")
        self.starts: datetime | None = None
        if bool(day) != bool(at) and not self.errors:
            self.add_error("date" if at else "at", _("Give both the day and the hour, or neither."))
        if not (day and at and zone and "minutes" in facts):
            return facts
        if not 1950 <= day.year <= 2100:
            self.add_error("date", _("This is not a day that can be planned."))
            return facts
        zone = zoneinfo.ZoneInfo(zone)
        if not slots.exists(day, at, zone):
            self.add_error("at", _("The clocks skip this hour on that day, as summer time begins there."))
            return facts
        self.starts = slots.instant(day, at, zone)
        self.comes_twice = slots.comes_twice(day, at, zone)
        if self.starts <= timezone.now():
            self.add_error("date", _("The date is past."))
        elif not facts.get("anyway"):
            self.objections = self.against()
            if self.objections:
                self.fields["anyway"].widget = forms.CheckboxInput()
                self.add_error(None, _("This time is not a good one. Choose another, or say that it is meant."))
        return facts

    def against(self) -> list[str]:
        """What speaks against the time, in sentences."""
        around = self.around or queries.Around(
            queries.places_of(self.programme_id, self.starts.year),
            queries.busy_times(self.programme_id, self.starts, self.starts + queries.LONGEST, besides=self.besides),
        )
        found = slots.objections(self.starts, self.cleaned_data["minutes"], around.places, around.busy)
        return [objection_text(objection) for objection in found]

    def facts(self) -> dict:
        """The instant and the clock that it keeps, for the actions."""
        return {
            "starts": self.starts,
            "minutes": self.cleaned_data["minutes"],
            "time_zone": self.cleaned_data["time_zone"],
        }


def time_initial(starts: datetime | None, minutes: int, zone: str) -> dict:
    """What a time form shows of a time that is set."""
    if starts is None:
        return {"time_zone": zone, "minutes": minutes}
    local = starts.astimezone(zoneinfo.ZoneInfo(zone))
    return {"date": local.date(), "at": local.time(), "minutes": minutes, "time_zone": zone}


class RuleForm(forms.Form):
    """A regular date, such as every third Wednesday at 20:00 in Boston."""

    use_required_attribute = False
    nth = forms.TypedChoiceField(label=gettext_lazy("Every"), choices=NTHS, coerce=int, initial=3)
    weekday = forms.TypedChoiceField(label=gettext_lazy("Weekday"), choices=WEEKDAYS, coerce=int, initial=2)
    at = forms.TimeField(label=gettext_lazy("Hour"), widget=CLOCK)
    time_zone = forms.ChoiceField(label=gettext_lazy("On the clock of"))
    first = forms.DateField(label=gettext_lazy("From the month of"), widget=DAY)
    count = forms.IntegerField(label=gettext_lazy("Months"), min_value=1, max_value=24, initial=12)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=10, max_value=480, initial=60)

    def __init__(self, *args, programme_id: int, **options):
        super().__init__(*args, **options)
        self.fields["time_zone"].choices = zone_choices(programme_id)

    def clean_first(self):
        first = self.cleaned_data["first"]
        if not 1950 <= first.year <= 2098:
            raise ValidationError(_("This is not a day that can be planned."))
        return first

    def rule(self) -> slots.Rule:
        facts = self.cleaned_data
        return slots.Rule(facts["nth"], facts["weekday"], facts["at"], zoneinfo.ZoneInfo(facts["time_zone"]))


class JoinLinkForm(forms.ModelForm):
    """One way to join; a row without an address counts as none."""

    use_required_attribute = False
    url = forms.URLField(label=gettext_lazy("Address"), required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = JoinLink
        fields = ("region", "url", "label")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["region"].label = gettext_lazy("Works")
        self.fields["label"].label = gettext_lazy("Label")

    def clean_url(self):
        url = self.cleaned_data["url"]
        if url and not url.lower().startswith("https://"):
            raise ValidationError(_("The address must begin with https://."))
        return url


JoinLinks = forms.formset_factory(JoinLinkForm, extra=3, max_num=6)


class CancelForm(forms.Form):
    """Why a lecture does not take place; everyone concerned is told."""

    use_required_attribute = False
    reason = forms.CharField(
        label=gettext_lazy("Why it is cancelled"), max_length=200,
        help_text=gettext_lazy("Those registered and the speaker read this."),
    )  # fmt: skip


class NoteForm(forms.Form):
    """A word to the coordinators."""

    use_required_attribute = False
    note = forms.CharField(
        label=gettext_lazy("A word to the coordinators"), max_length=200, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class CodeForm(forms.Form):
    """The code that is shown."""

    use_required_attribute = False
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


class PersonForm(forms.Form):
    """Someone of the programme, by e-mail."""

    use_required_attribute = False
    email = forms.EmailField(label=gettext_lazy("E-mail of who was there"))

    def __init__(self, *args, programme_id: int, **options):
        self.programme_id = programme_id
        super().__init__(*args, **options)

    def clean_email(self):
        email = self.cleaned_data["email"]
        self.person = members_of(self.programme_id).filter(email__iexact=email).first()
        if self.person is None:
            raise ValidationError(_("Nobody in the programme has this e-mail."))
        return email


class SheetForm(forms.Form):
    """A table, as csv or xlsx; its rows are read when valid."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("A .csv or .xlsx file."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )  # fmt: skip

    def clean_file(self):
        from equipoise.web.sheets import read_rows

        file = self.cleaned_data["file"]
        if file.name.lower().endswith(".xlsx"):
            check_upload(file, ("xlsx",))
        elif not file.name.lower().endswith((".csv", ".tsv", ".txt")):
            raise ValidationError(_("This kind of file is not taken. Allowed: %(endings)s.") % {"endings": "csv, xlsx"})
        if file.size > 5_000_000:
            raise ValidationError(_("The file is too large. Allowed: %(most)s MB.") % {"most": 5})
        self.rows = read_rows(file.read(), file.name)
        return file


class MeetingForm(SheetForm):
    """A meeting's list, and how long one must have been there."""

    least = forms.IntegerField(
        label=gettext_lazy("Minutes that count as having been there"), min_value=0, max_value=480, initial=20
    )

    def clean_file(self):
        from equipoise.web.lectures.meeting_list import read_meeting

        file = super().clean_file()
        self.lines = read_meeting(self.rows)
        return file
