"""A request in ten minutes: one page in three groups. Only a title is needed to keep it; the rest, to send it."""

from django import forms
from django.conf import settings
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from equipoise.web.advice.actions.request import MOST_FILES, lacks
from equipoise.web.advice.forms.about import choices_for, read_about, value_of
from equipoise.web.advice.models import Consultation
from equipoise.web.lectures.models import Lecture
from equipoise.web.people.expertise import METHODS, SPECIALTIES
from equipoise.web.people.models import User
from equipoise.web.programme.models import Programme
from equipoise.web.uploads import DOCUMENTS, check_upload

MOST_FOUND = 8
MOST_LECTURES = 30


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each checked."""

    def clean(self, data, initial=None):
        files = [held for held in data or [] if held]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_now("At most %(most)s files.") % {"most": MOST_FILES})
        for file in files:
            check_upload(file)
        return files


class RequestForm(forms.Form):
    """What a person asks the board. `place` is a choice only for those who belong to several."""

    place = forms.ChoiceField(label=_("For"))
    title = forms.CharField(
        label=_("In one line"), max_length=200, help_text=_("By this the board will know the case.")
    )
    kind = forms.ChoiceField(label=_("What is it about?"), choices=Consultation.Kind.choices, widget=forms.RadioSelect)
    urgency = forms.ChoiceField(
        label=_("How soon do you need an answer?"), choices=Consultation.Urgency.choices, widget=forms.RadioSelect
    )
    asked = forms.CharField(
        label=_("What do you want to know?"), max_length=5000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}), help_text=_("The decision you face, and what you want the board to say about it."),
    )  # fmt: skip
    tried = forms.CharField(
        label=_("What have you tried or considered?"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    background = forms.CharField(
        label=_("Background"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What an adviser at another hospital needs to know. Never names or record numbers of patients."),
    )  # fmt: skip
    about = forms.CharField(
        label=_("The question or design it is about"), required=False, widget=forms.Select,
        help_text=_("The board sees it as it is now, even if you change it later."),
    )  # fmt: skip
    lecture = forms.ModelChoiceField(
        Lecture.objects.none(), label=_("The lecture that led to it"), required=False, empty_label="–"
    )
    files = FilesField(
        label=_("Files"), required=False, widget=FilesInput(attrs={"accept": ",".join(f".{kind}" for kind in DOCUMENTS)}),
        help_text=_("A draft protocol, a paper, a table of summary figures. No patient data."),
    )  # fmt: skip
    methods = forms.MultipleChoiceField(
        label=_("Methods"), choices=list(METHODS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    specialties = forms.MultipleChoiceField(
        label=_("Specialties"), choices=list(SPECIALTIES.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(label=_("Language in which you prefer the advice"), choices=settings.LANGUAGES)
    team = forms.ModelMultipleChoiceField(User.objects.none(), label=_("Team"), required=False)
    colleague = forms.CharField(label=_("Find a colleague by name or e-mail"), max_length=80, required=False)

    def __init__(self, data=None, files=None, *, user, case: Consultation | None = None, asked: dict | None = None):
        user = case.owner if case else user  # one of the team writes for the requester
        self.user, self.case = user, case
        asked = asked or {}
        start = {"kind": Consultation.Kind.QUESTION, "urgency": Consultation.Urgency.ROUTINE, "language": user.language}
        super().__init__(data, files, initial=start | asked | (data_of(case) if case else {}))
        self.places = places_of(user) if case is None else {}
        self.fields["place"].choices = [(value, place.name) for value, (_programme, place) in self.places.items()]
        if len(self.places) < 2:
            del self.fields["place"]
        self.fields["asked"].needed_for = _("needed to send it")
        self.fields["methods"].needed_for = _("at least one of these or of the specialties")
        self.fields["about"].widget.choices = choices_for(user, case, asked.get("about", ""))
        self.fields["lecture"].queryset = lectures_for(user, self.initial.get("lecture"))
        self.fields["team"].queryset = colleagues_of(user)

    def clean_about(self):
        return read_about(self.cleaned_data["about"], self.user, self.case)

    def where(self) -> tuple:
        """(programme, institution) of a new request."""
        chosen = self.cleaned_data.get("place")
        return self.places[chosen] if chosen else next(iter(self.places.values()))

    def facts(self) -> dict:
        """The fields of a consultation that are plain values."""
        data = self.cleaned_data
        plain = ("title", "kind", "urgency", "asked", "tried", "background", "lecture", "language")
        return {name: data[name] for name in plain} | {"expertise": data["methods"] + data["specialties"]}

    def people(self) -> dict:
        """Who is of the team, and who else was found by name; whatever else is wrong with the form."""
        chosen = self["team"].value() or []
        return people_for(self.user, chosen, self["colleague"].value() or "")


def data_of(case: Consultation) -> dict:
    """A case as what its form was filled with."""
    plain = ("title", "kind", "urgency", "asked", "tried", "background", "language")
    return {name: getattr(case, name) for name in plain} | {
        "lecture": case.lecture_id, "about": value_of(case), "team": list(case.team.values_list("pk", flat=True)),
        "methods": [code for code in case.expertise if code in METHODS],
        "specialties": [code for code in case.expertise if code in SPECIALTIES],
    }  # fmt: skip


def say_what_lacks(form: RequestForm, case: Consultation) -> None:
    """Mark each field that must be filled before the request can go out."""
    words = {
        "title": _("Give the request a title."),
        "kind": _("Say what it is about."),
        "asked": _("Write what you want to know."),
        "expertise": _("Choose at least one method or specialty, so that the right adviser can be found."),
        "about": _(
            "Choose the question or design, or add a file or some background: the board needs something to go by."
        ),
    }
    form.is_valid()
    for name in lacks(case):
        form.add_error("methods" if name == "expertise" else name, words[name])


def places_of(user) -> dict[str, tuple]:
    """Where a person may ask: {value: (programme, institution)} for each programme of a place where they may write."""
    writing = user.memberships.exclude(role="auditor").values("institution")
    today = timezone.localdate()
    programmes = Programme.objects.filter(pk__in=user.programme_ids).order_by("-ends_on", "pk")
    running = [held for held in programmes if held.starts_on <= today <= held.ends_on] or list(programmes[:1])
    return {
        f"{programme.pk}-{place.pk}": (programme, place)
        for programme in running
        for place in programme.institutions.filter(pk__in=writing)
    }


def lectures_for(user, named: int | None) -> QuerySet[Lecture]:
    """The lectures that may have led to a request: the latest that a member can have heard, and one that is named."""
    heard = Lecture.objects.filter(programme__in=user.programme_ids, starts__isnull=False)
    heard = heard.filter(status__in=(Lecture.Status.CONFIRMED, Lecture.Status.HELD))
    latest = heard.filter(starts__lte=timezone.now()).order_by("-starts").values_list("pk", flat=True)[:MOST_LECTURES]
    return heard.filter(pk__in=[*latest, *([named] if named else [])]).order_by("-starts")


def colleagues_of(user) -> QuerySet[User]:
    """The active people of one's own institutions."""
    places = user.institution_ids
    found = User.objects.filter(is_active=True, memberships__institution__in=places)
    return found.exclude(pk=user.pk).distinct()


def people_for(user, chosen, words: str) -> dict:
    """{"chosen": people of the team, "found": others with every word in their name or address, "words": the words}."""
    keys = [int(pk) for pk in chosen if str(pk).isdecimal() and len(str(pk)) < 10]
    found = colleagues_of(user).exclude(pk__in=keys)
    joined = Concat("family_name", "given_name", Value(" "), "email", output_field=CharField())
    for word in words.split()[:4]:
        found = found.annotate(joined=joined).filter(joined__icontains=word)
    return {
        "chosen": colleagues_of(user).filter(pk__in=keys),
        "found": found[:MOST_FOUND] if words.strip() else [],
        "words": words,
    }
