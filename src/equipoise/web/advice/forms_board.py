"""Forms of the board and its meetings."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.web.advice.models import Ballot, BoardMember, Clinic, Conflict, Consultation, Session
from equipoise.web.advice.presenters_board import places_of
from equipoise.web.advice.queries import visible_consultations
from equipoise.web.advice.recurrence import PATTERNS, WEEKDAYS, clean_rule, days_of, pattern_of, rule_of
from equipoise.web.people.models import Institution, User

REASON = {"rows": 3, "maxlength": 500}


def day_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_widget() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def latest_day() -> date:
    """The last day for which anything is planned."""
    return timezone.localdate() + timedelta(days=730)


def zone_choices(programme_id: int, user=None, also: str = "") -> list[tuple[str, str]]:
    """The zones of a programme's cities, by city; and of others that are in use."""
    choices = {zone.key: f"{city} ({zone.key})" for city, zone in places_of(programme_id)}
    for name in filter(None, (user and user.time_zone, also)):
        choices.setdefault(name, name)
    return list(choices.items())


class TermForm(forms.ModelForm):
    """A member's capacity and term, for coordinators."""

    class Meta:
        model = BoardMember
        fields = ["capacity", "since", "until"]
        widgets = {"since": day_widget(), "until": day_widget()}
        help_texts = {
            "capacity": gettext_lazy(
                "How many cases may wait for this member's advice at the same time; 0 for a pause."
            ),
            "until": gettext_lazy("The last day on the board. Leave it empty while it is not known."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["capacity"].max_value = 50
        self.fields["capacity"].widget.attrs |= {"min": 0, "max": 50}

    def clean_capacity(self) -> int:
        if self.cleaned_data["capacity"] > 50:
            raise ValidationError(_("At most 50."))
        return self.cleaned_data["capacity"]

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The term cannot end before it begins."))


class CapacityForm(TermForm):
    """What members change about their own seat."""

    class Meta(TermForm.Meta):
        fields = ["capacity"]


class SeatForm(TermForm):
    """A new member, found by e-mail."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("Of someone who has an account at one of the programme's institutions."),
    )
    field_order = ["email", "capacity", "since", "until"]

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, initial={"since": timezone.localdate(), "capacity": 3}, **kwargs)
        self.programme = programme

    def clean_email(self) -> str:
        inside = User.objects.filter(memberships__institution__programmes=self.programme, is_active=True)
        self.user = inside.filter(email__iexact=self.cleaned_data["email"]).distinct().first()
        if self.user is None:
            raise ValidationError(_("Nobody with this address belongs to the programme's institutions."))
        return self.cleaned_data["email"]


class ConflictForm(forms.ModelForm):
    """A conflict with a person, an institution or one case."""

    ABOUT = [
        ("person", gettext_lazy("a person")),
        ("institution", gettext_lazy("an institution")),
        ("consultation", gettext_lazy("one case")),
    ]
    about = forms.ChoiceField(label=gettext_lazy("With"), choices=ABOUT, widget=forms.RadioSelect)
    email = forms.EmailField(label=gettext_lazy("The person's e-mail"), required=False)
    number = forms.IntegerField(
        label=gettext_lazy("The case's number"), required=False, min_value=1,
        help_text=gettext_lazy("It is in the address of the case's page."),
    )  # fmt: skip
    field_order = ["about", "email", "institution", "number", "reason"]

    class Meta:
        model = Conflict
        fields = ["institution", "reason"]
        widgets = {"reason": forms.Textarea(attrs=REASON)}
        labels = {"institution": gettext_lazy("The institution")}
        help_texts = {"reason": gettext_lazy("Read by the member, coordinators and auditors only.")}

    def __init__(self, *args, member: BoardMember, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.member, self.by = member, by
        self.fields["institution"].queryset = Institution.objects.filter(programmes=member.programme_id)
        for name, about in (("email", "person"), ("institution", "institution"), ("number", "consultation")):
            self.fields[name].needed_for = dict(self.ABOUT)[about]

    def clean(self):
        about = self.cleaned_data.get("about")
        found = {
            "person": self._person,
            "institution": lambda: self.cleaned_data.get("institution") or self._needs("institution"),
            "consultation": self._case,
        }
        self.found = {about: found[about]()} if about else {}
        # a value left over from another choice is not part of the conflict
        self.cleaned_data["institution"] = self.found.get("institution")
        self.instance.person, self.instance.consultation = self.found.get("person"), self.found.get("consultation")
        self.instance.institution, self.instance.member = self.found.get("institution"), self.member

    def _post_clean(self) -> None:
        """What the model would check is checked above, at the fields."""

    def _person(self):
        if self.errors.get("email") or not self.cleaned_data.get("email"):
            return None if self.errors.get("email") else self._needs("email")
        found = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if found is None or not (found.programme_ids & self.by.programme_ids):
            self.add_error("email", _("Nobody with this address belongs to the programme's institutions."))
            return None
        if found.pk == self.member.user_id:
            self.add_error("email", _("This is the member: nobody advises on a case of their own anyway."))
        return found

    def _case(self):
        number = self.cleaned_data.get("number")
        if not number:
            return None if self.errors.get("number") else self._needs("number")
        found = visible_consultations(self.by).filter(programme=self.member.programme_id, pk=number).first()
        if found is None or found.status == Consultation.Status.DRAFT:
            self.add_error("number", _("You see no case of this number."))
            return None
        return found

    def _needs(self, field: str) -> None:
        self.add_error(field, _("This field is required."))


class ClinicForm(forms.ModelForm):
    """A regular hour: how often is chosen in words, or written as a rule."""

    OWN = "own"
    pattern = forms.ChoiceField(label=gettext_lazy("How often"))
    day = forms.ChoiceField(label=gettext_lazy("Day of the week"), choices=list(WEEKDAYS.items()), initial="WE")
    field_order = ["title_en", "title_zh", "pattern", "day", "rule", "time_zone", "at", "minutes", "first", "until"]

    class Meta:
        model = Clinic
        fields = ["title_en", "title_zh", "time_zone", "at", "minutes", "rule", "first", "until"]
        widgets = {"first": day_widget(), "until": day_widget(), "at": time_widget()}
        labels = {"first": gettext_lazy("From"), "time_zone": gettext_lazy("On the clock of")}
        help_texts = {
            "rule": gettext_lazy("Only for “by a rule of my own”, as in calendars (RFC 5545): FREQ=MONTHLY;BYDAY=3WE."),
            "time_zone": gettext_lazy("The hour stays the same there all year; elsewhere it shifts as clocks change."),
            "until": gettext_lazy("Leave it empty for a clinic without an end."),
        }

    def __init__(self, *args, programme_id: int, user, **kwargs):
        super().__init__(*args, **kwargs)
        patterns = [(name, words) for name, (_rule, words) in PATTERNS.items()]
        self.fields["pattern"].choices = [*patterns, (self.OWN, _("by a rule of my own"))]
        zones = zone_choices(programme_id, also=self.instance.time_zone)
        self.fields["time_zone"] = forms.ChoiceField(
            label=self.fields["time_zone"].label, choices=zones, help_text=self.fields["time_zone"].help_text,
        )  # fmt: skip
        self.order_fields(self.field_order)
        self.fields["rule"].required = False
        self.fields["rule"].needed_for = _("a rule of my own")
        self.fields["minutes"].widget.attrs |= {"min": 15, "max": 240, "step": 5}
        found = pattern_of(self.instance.rule) if self.instance.pk else ("monthly-3", "WE")
        self.initial |= {"pattern": found[0] if found else self.OWN, "day": found[1] if found else "WE"}
        if found:
            self.initial["rule"] = ""
        if not self.instance.pk:
            self.initial |= {"first": timezone.localdate(), "time_zone": user.time_zone}

    def clean_minutes(self) -> int:
        return _minutes(self.cleaned_data["minutes"], 15, 240)

    def clean(self):
        data = self.cleaned_data
        if data.get("pattern") == self.OWN:
            try:
                data["rule"] = clean_rule(data.get("rule", ""))
            except ValidationError as error:
                self.add_error("rule", error)
        elif data.get("pattern") and data.get("day"):
            data["rule"] = rule_of(data["pattern"], data["day"])
        first, until = data.get("first"), data.get("until")
        if first and not timezone.localdate() <= first <= latest_day():
            self.add_error("first", _("A day from today on, within two years."))
        elif first and until and until < first:
            self.add_error("until", _("The last day cannot come before the first."))
        elif first and not self.errors:
            self._check_that_it_comes_round(first, until)

    def _check_that_it_comes_round(self, first: date, until: date | None) -> None:
        horizon = min(until or date.max, first + timedelta(days=730))
        if next(days_of(self.cleaned_data["rule"], first, first, horizon), None) is None:
            self.add_error("pattern", _("Between these days, this gives no meeting at all."))


class EndForm(forms.Form):
    starting = forms.DateField(label=gettext_lazy("No meeting from"), widget=day_widget())

    def clean_starting(self) -> date:
        if self.cleaned_data["starting"] < timezone.localdate():
            raise ValidationError(_("A day to come, or today."))
        return self.cleaned_data["starting"]


class TimeForm(forms.Form):
    """A day and an hour on the clock of a place."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=day_widget())
    at = forms.TimeField(label=gettext_lazy("Begins at"), widget=time_widget())
    time_zone = forms.ChoiceField(label=gettext_lazy("On the clock of"))
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=15, max_value=240)
    join_url = forms.URLField(
        label=gettext_lazy("Address to join"), required=False, max_length=500, assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip

    def __init__(self, *args, programme_id: int, user, also: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices(programme_id, user, also)

    def clean(self):
        data = self.cleaned_data
        if data.get("day") and data.get("at") and data.get("time_zone"):
            data["starts"] = datetime.combine(data["day"], data["at"], tzinfo=ZoneInfo(data["time_zone"]))
            if data["starts"] <= timezone.now() or data["day"] > latest_day():
                self.add_error("day", _("A moment to come, within two years."))


class SessionForm(TimeForm):
    """Another time for a session, or another address to join."""

    def __init__(self, *args, session: Session, user, **kwargs):
        local = session.starts.astimezone(ZoneInfo(session.time_zone))
        initial = {
            "day": local.date(), "at": local.time(), "time_zone": session.time_zone, "minutes": session.minutes,
            "join_url": session.join_url,
        }  # fmt: skip
        super().__init__(
            *args, programme_id=session.programme_id, user=user, also=session.time_zone, initial=initial, **kwargs
        )
        self.session = session

    def clean(self):
        super().clean()
        starts = self.cleaned_data.get("starts")
        clinic = self.session.clinic
        if starts and clinic and clinic.sessions.filter(starts=starts).exclude(pk=self.session.pk).exists():
            self.add_error("at", _("This clinic has another meeting at that time."))


class NotesForm(forms.ModelForm):
    class Meta:
        model = Session
        fields = ["notes"]
        widgets = {"notes": forms.Textarea(attrs={"rows": 6})}
        help_texts = {"notes": gettext_lazy("Read by the board, coordinators and auditors, never by requesters.")}


class VoteForm(forms.Form):
    motion = forms.CharField(
        label=gettext_lazy("Motion"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A sentence that can be answered with yes or no."),
    )  # fmt: skip
    quorum = forms.IntegerField(
        label=gettext_lazy("Quorum"), min_value=1, max_value=200,
        help_text=gettext_lazy("How many votes must be cast, abstentions included, for the result to count."),
    )  # fmt: skip
    days = forms.IntegerField(label=gettext_lazy("Open for, days"), min_value=1, max_value=60, initial=7)


class BallotForm(forms.ModelForm):
    class Meta:
        model = Ballot
        fields = ["choice", "reason"]
        widgets = {"choice": forms.RadioSelect, "reason": forms.Textarea(attrs={"rows": 2, "maxlength": 1000})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = Ballot.Choice.choices


def _minutes(value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise ValidationError(_("From %(least)s to %(most)s.") % {"least": least, "most": most})
    return value
