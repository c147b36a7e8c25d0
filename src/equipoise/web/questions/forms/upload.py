"""Taking in a question file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from equipoise import search
from equipoise.errors import InputError
from equipoise.web.questions.phrases import explain, line_of

LARGEST = 1_000_000  # bytes, as the command line takes


class UploadForm(forms.Form):
    """A .toml question file, read and checked by the library; `payload` has it when valid."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("Question file"),
        help_text=_("A .toml file, as downloaded from here or used by the command line."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml,application/toml,text/plain"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is too large: a question file has at most 1,000,000 bytes."))
        try:
            question = search.parse_question(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not text in UTF-8.")) from None
        except InputError as error:
            where = line_of(error) if error.field == "the file" else f"{error.field}:"
            raise forms.ValidationError(f"{where} {explain(error)}".strip()) from None
        self.payload = question.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        return file
