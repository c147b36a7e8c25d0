"""What people write about themselves and others."""

import zoneinfo

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from equipoise.web.people.expertise import METHODS, SPECIALTIES
from equipoise.web.people.models import Holiday, Institution, Membership, User
from equipoise.web.sheets import read_table
from equipoise.web.uploads import check_upload

ZONES = sorted(
    name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
)


class ProfileForm(forms.ModelForm):
    """A person's own page and wishes."""

    expertise = forms.MultipleChoiceField(
        label=_("Fields of expertise"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(_("Methods"), list(METHODS.items())), (_("Specialties"), list(SPECIALTIES.items()))],
        help_text=_("Consultations and lectures find you by these."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages you work in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=settings.LANGUAGES,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(name, name.replace("_", " ")) for name in ZONES],
        help_text=_("Every time is shown in it, with the other hospital's beside."),
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["family_name", "given_name", "title", "department", "biography", "expertise", "languages", "language",
                  "time_zone", "mails", "quiet_from", "quiet_until"]  # fmt: skip
        labels = {
            "family_name": _("Family name"), "given_name": _("Given name"), "title": _("Academic title"),
            "department": _("Department"), "biography": _("About you"), "language": _("Language of the pages"),
            "mails": _("Mails"), "quiet_from": _("Quiet hours: from"), "quiet_until": _("Quiet hours: until"),
        }  # fmt: skip
        help_texts = {
            "title": _("Such as Associate professor, or MD, PhD."),
            "quiet_from": _("No mail comes in these hours of your own time zone, unless it cannot wait."),
        }
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "biography": forms.Textarea(attrs={"rows": 5}),
        }


class InvitationForm(forms.Form):
    """An offer of a role."""

    email = forms.EmailField(label=_("E-mail"))
    family_name = forms.CharField(label=_("Family name"), max_length=80, required=False)
    given_name = forms.CharField(label=_("Given name"), max_length=80, required=False)
    institution = forms.ModelChoiceField(label=_("Institution"), queryset=Institution.objects.none(), empty_label=None)
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *args, institutions, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = institutions


class WelcomeForm(forms.Form):
    """The account of someone who accepts an invitation."""

    family_name = forms.CharField(label=_("Family name"), max_length=80)
    given_name = forms.CharField(label=_("Given name"), max_length=80, required=False)
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A sentence that only you would think of is good."),
    )  # fmt: skip

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]


class HolidayForm(forms.ModelForm):
    """Days on which an institution does not work."""

    class Meta:
        model = Holiday
        fields = ["first", "last", "name_en", "name_zh"]
        labels = {"first": _("First day"), "last": _("Last day"), "name_en": _("Name in English"),
                  "name_zh": _("Name in Chinese")}  # fmt: skip
        widgets = {"first": forms.DateInput(attrs={"type": "date"}), "last": forms.DateInput(attrs={"type": "date"})}

    def clean(self) -> dict:
        found = super().clean()
        if found.get("first") and found.get("last") and found["last"] < found["first"]:
            self.add_error("last", _("The last day comes before the first."))
        return found


class SheetForm(forms.Form):
    """A spreadsheet of people."""

    file = forms.FileField(
        label=_("Spreadsheet (CSV or Excel)"),
        help_text=_(
            "Columns: email, family_name, given_name, role, institution (if you coordinate several), language."
        ),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        check_upload(file, ("csv", "txt", "xlsx"))
        self.rows = read_table(file.read(), file.name)
        return file
