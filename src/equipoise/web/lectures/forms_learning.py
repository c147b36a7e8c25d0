"""Forms for a lecture's materials, questions, quiz, feedback and example."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.web.lectures.models import AudienceQuestion, Feedback, Lecture, Material, QuizItem
from equipoise.web.lectures.queries_learning import possible_examples
from equipoise.web.lectures.webvtt import CaptionError, clean_captions
from equipoise.web.uploads import DOCUMENTS, check_upload

ENDINGS = {
    Material.Kind.SLIDES: ("pdf", "pptx"),
    Material.Kind.RECORDING: ("mp4", "webm"),
    Material.Kind.READING: DOCUMENTS,
}
MOST_OPTIONS = 6
MARKS = [(number, str(number)) for number in range(1, 6)]


class Choices(forms.RadioSelect):
    """Radio buttons as a list of cards."""

    def __init__(self, **options):
        super().__init__(attrs={"class": "choices"}, **options)


class MaterialForm(forms.ModelForm):
    """A file of a lecture; `media_type` is there once it is valid."""

    class Meta:
        model = Material
        fields = ["kind", "title", "language", "file"]
        help_texts = {
            "language": gettext_lazy("The language that is written or spoken in it."),
            "file": gettext_lazy("Slides: PDF or PPTX. Recordings: MP4 or WebM. Readings: PDF, Word and others."),
        }

    def clean(self) -> dict:
        facts = super().clean()
        kind, file = facts.get("kind"), facts.get("file")
        if kind and file:
            try:
                self.media_type = check_upload(file, ENDINGS[kind])
            except ValidationError as error:
                self.add_error("file", error)
        return facts


class CaptionsForm(forms.Form):
    """For each language a caption file, and whether the one there is to be taken away."""

    def __init__(self, *arguments, held: set[str], **options):
        super().__init__(*arguments, **options)
        self.held = held
        for code, name in settings.LANGUAGES:
            self.fields[f"file_{code}"] = forms.FileField(
                label=_("Captions in %(language)s") % {"language": name}, required=False,
                help_text=_("A WebVTT file (.vtt). It takes the place of the one there is.") if code in held
                else _("A WebVTT file (.vtt)."),
            )  # fmt: skip
            if code in held:
                label = _("Remove the captions in %(language)s") % {"language": name}
                self.fields[f"remove_{code}"] = forms.BooleanField(label=label, required=False)

    def clean(self) -> dict:
        facts = super().clean()
        for code, _name in settings.LANGUAGES:
            if file := facts.get(f"file_{code}"):
                try:
                    check_upload(file, ("vtt",))
                    facts[f"text_{code}"] = clean_captions(file.read())
                except CaptionError as error:
                    self.add_error(f"file_{code}", str(error))
                except ValidationError as error:
                    self.add_error(f"file_{code}", error)
        return facts

    def changes(self):
        """(language, text) of what is to change; empty text takes captions away."""
        for code, _name in settings.LANGUAGES:
            if text := self.cleaned_data.get(f"text_{code}"):
                yield code, text
            elif self.cleaned_data.get(f"remove_{code}"):
                yield code, ""


class PlaceForm(forms.Form):
    seconds = forms.FloatField(min_value=0)


class AskForm(forms.ModelForm):
    class Meta:
        model = AudienceQuestion
        fields = ["text"]


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Answer"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Everyone who may see the lecture reads it."),
    )  # fmt: skip


class HideForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=100,
        help_text=gettext_lazy("Whoever asked is told, and it is kept on record."),
    )  # fmt: skip


class QuizItemForm(forms.ModelForm):
    """A quiz question with two to six options in both languages, of which one is right."""

    class Meta:
        model = QuizItem
        fields = ["text_en", "text_zh", "why_en", "why_zh"]
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("text_en", "text_zh", "why_en", "why_zh")}

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        held = self.instance.options if self.instance.pk else []
        numbers = [(str(place), _("Option %(number)d") % {"number": place + 1}) for place in range(MOST_OPTIONS)]
        for place, (_number, label) in enumerate(numbers):
            words = held[place] if place < len(held) else {}
            for code, language in (("en", _("in English")), ("zh", _("in Chinese"))):
                self.fields[f"option_{place}_{code}"] = forms.CharField(
                    label=f"{label}, {language}", max_length=300, required=False, initial=words.get(code, "")
                )
        self.fields["correct"] = forms.ChoiceField(
            label=_("The right one"), choices=numbers, initial=str(self.instance.correct or 0)
        )

    def option_rows(self) -> list:
        """(number, English field, Chinese field) for each option."""
        return [(place + 1, self[f"option_{place}_en"], self[f"option_{place}_zh"]) for place in range(MOST_OPTIONS)]

    def clean(self) -> dict:
        facts = super().clean()
        rows = [
            {code: facts.get(f"option_{place}_{code}", "") for code in ("en", "zh")} for place in range(MOST_OPTIONS)
        ]
        filled = [place for place, row in enumerate(rows) if row["en"] or row["zh"]]
        if len(filled) < 2:
            self.add_error("option_1_en", _("A quiz question needs at least two options."))
        elif filled != list(range(len(filled))):
            self.add_error(f"option_{filled[-1]}_en", _("Leave no option empty before this one."))
        elif int(facts.get("correct") or 0) >= len(filled):
            self.add_error("correct", _("This option is empty."))
        facts["options"] = rows[: len(filled)]
        return facts

    def facts(self) -> dict:
        """What the question is to be."""
        kept = {name: self.cleaned_data[name] for name in ("text_en", "text_zh", "why_en", "why_zh", "options")}
        return kept | {"correct": int(self.cleaned_data["correct"])}


class QuizForm(forms.Form):
    """A lecture's quiz, to be taken."""

    def __init__(self, *arguments, items: list[QuizItem], chinese: bool, **options):
        super().__init__(*arguments, **options)
        for number, item in enumerate(items, start=1):
            self.fields[f"item_{item.pk}"] = forms.TypedChoiceField(
                label=f"{number}. {item.text}", coerce=int, widget=Choices(),
                choices=list(enumerate(option_words(option, chinese=chinese) for option in item.options)),
                error_messages={"required": _("Choose an answer.")},
            )  # fmt: skip

    def answers(self) -> dict[int, int]:
        return {int(name.removeprefix("item_")): choice for name, choice in self.cleaned_data.items()}


def option_words(option: dict, *, chinese: bool) -> str:
    """An option in the reader's language, or in the other where it has only that."""
    english, zh = option.get("en", ""), option.get("zh", "")
    return (zh or english) if chinese else (english or zh)


class FeedbackForm(forms.ModelForm):
    """Five short answers."""

    useful = forms.TypedChoiceField(
        label=gettext_lazy("How useful was it?"), coerce=int, choices=MARKS, widget=Choices(),
        help_text=gettext_lazy("1: not at all, 5: very"),
    )  # fmt: skip
    confidence_before = forms.TypedChoiceField(
        label=gettext_lazy("How sure of the topic were you before?"), coerce=int, choices=MARKS, widget=Choices(),
        help_text=gettext_lazy("1: not at all, 5: I could teach it"),
    )  # fmt: skip
    confidence_after = forms.TypedChoiceField(
        label=gettext_lazy("And now?"), coerce=int, choices=MARKS, widget=Choices(),
        help_text=gettext_lazy("1: not at all, 5: I could teach it"),
    )  # fmt: skip

    class Meta:
        model = Feedback
        fields = ["useful", "confidence_before", "confidence_after", "will_change", "comment"]
        widgets = {"comment": forms.Textarea(attrs={"rows": 3})}


class ExampleForm(forms.Form):
    """Which question is the lecture's example."""

    question = forms.ModelChoiceField(
        queryset=None, required=False, label=gettext_lazy("Question"), empty_label=gettext_lazy("none"),
        help_text=gettext_lazy("Those shared with the programme, and your own: choosing one of your own shares it."),
    )  # fmt: skip

    def __init__(self, *arguments, user, lecture: Lecture, **options):
        super().__init__(*arguments, **options)
        self.fields["question"].queryset = possible_examples(user, lecture)
