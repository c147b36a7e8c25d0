"""What coordinators write about a programme."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from equipoise.web.people.queries import members_of
from equipoise.web.programme.models import Document, Programme
from equipoise.web.uploads import DOCUMENTS, check_upload

MOST_CONTACTS = 20


class ProgrammeForm(forms.ModelForm):
    """The agreement: names, term, aims, contacts, and what the year is measured by."""

    contacts = forms.CharField(
        label=_("Contacts"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("E-mails of members of the programme, one a line. They see its papers and are told of its renewal."),
    )  # fmt: skip

    class Meta:
        model = Programme
        fields = ["name_en", "name_zh", "signed_on", "starts_on", "ends_on", "renewal_notice_days", "aims_en", "aims_zh",
                  "lectures_a_year", "review_days"]  # fmt: skip
        labels = {
            "name_en": _("Name in English"), "name_zh": _("Name in Chinese"), "signed_on": _("Agreement signed on"),
            "starts_on": _("Term begins"), "ends_on": _("Term ends"), "aims_en": _("Aims in English"),
            "aims_zh": _("Aims in Chinese"), "renewal_notice_days": _("First reminder of renewal, days ahead"),
            "lectures_a_year": _("Lectures a year"), "review_days": _("Working days to the board's first answer"),
        }  # fmt: skip
        help_texts = {"renewal_notice_days": _("Later reminders come 60, 30 and 7 days before the end.")}
        widgets = {
            **{name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("signed_on", "starts_on", "ends_on")},
            **{name: forms.Textarea(attrs={"rows": 6}) for name in ("aims_en", "aims_zh")},
        }  # fmt: skip

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        known = self.instance.contacts.order_by("email").values_list("email", flat=True)
        self.initial["contacts"] = "\n".join(known)
        self.fields["lectures_a_year"].min_value = 1

    def clean_contacts(self) -> list:
        """The people meant; everyone must be a member of the programme."""
        mails = {word.lower() for word in self.cleaned_data["contacts"].replace(",", " ").replace(";", " ").split()}
        if len(mails) > MOST_CONTACTS:
            raise ValidationError(_("At most %(most)s contacts.") % {"most": MOST_CONTACTS})
        found = list(members_of(self.instance.pk).filter(email__in=mails))
        if strangers := sorted(mails - {person.email.lower() for person in found}):
            raise ValidationError(_("Not members of the programme: %(mails)s.") % {"mails": ", ".join(strangers)[:300]})
        return found

    def clean_lectures_a_year(self) -> int:
        return self._between("lectures_a_year", 1, 366)

    def clean_review_days(self) -> int:
        return self._between("review_days", 1, 90)

    def clean_renewal_notice_days(self) -> int:
        return self._between("renewal_notice_days", 1, 730)

    def clean(self) -> dict:
        told = super().clean()
        starts, ends = told.get("starts_on"), told.get("ends_on")
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("The term must end after it begins."))
        if starts and not 1990 <= starts.year <= 2100:
            self.add_error("starts_on", _("Enter a year from 1990 to 2100."))
        return told

    def _between(self, name: str, least: int, most: int) -> int:
        value = self.cleaned_data[name]
        if not least <= value <= most:
            raise ValidationError(_("Enter a number from %(least)s to %(most)s.") % {"least": least, "most": most})
        return value


class DocumentForm(forms.ModelForm):
    """A document of the agreement."""

    class Meta:
        model = Document
        fields = ["title", "file"]
        labels = {"title": _("Title of the document"), "file": _("File")}
        help_texts = {"file": _("Such as the signed agreement, as PDF or Word.")}

    def clean_file(self):
        check_upload(self.cleaned_data["file"], DOCUMENTS)
        return self.cleaned_data["file"]
