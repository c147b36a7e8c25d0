"""Structured advice: a summary, one to ten recommendations in rows, references and a date to come back to it."""

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipoise.web.advice.actions.advice import MOST_RECOMMENDATIONS
from equipoise.web.advice.models import Recommendation

FIRST_ROWS = 3


class AdviceForm(forms.Form):
    """Around the recommendations. `signing` says whether it must be complete."""

    summary = forms.CharField(
        label=_("Summary"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The answer in a few sentences, for a physician who is not a statistician."),
    )  # fmt: skip
    references = forms.CharField(
        label=_("References"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One to a line."),
    )  # fmt: skip
    follow_up_on = forms.DateField(
        label=_("Follow up on"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("On this day the requester is reminded of what is still open."),
    )  # fmt: skip

    def __init__(self, *args, signing: bool = False, **options):
        super().__init__(*args, **options)
        self.signing = signing
        self.fields["summary"].needed_for = _("needed to sign")

    def clean_summary(self) -> str:
        text = self.cleaned_data["summary"].strip()
        if self.signing and not text:
            raise forms.ValidationError(_("Write a summary before you sign."))
        return text

    def clean_follow_up_on(self):
        day = self.cleaned_data["follow_up_on"]
        today = timezone.localdate()
        if day and (day < today or day.year > today.year + 3):
            raise forms.ValidationError(_("Choose a day from today on, within three years."))
        return day


class PointForm(forms.Form):
    """One recommendation."""

    text = forms.CharField(
        label=_("What to do"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One thing to do, so that it can be adopted or declined."),
    )  # fmt: skip
    strength = forms.ChoiceField(
        label=_("Strength"), choices=Recommendation.Strength.choices, initial=Recommendation.Strength.MODERATE
    )
    reason = forms.CharField(label=_("Why"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.prefix in (None, "points-0"):  # one is enough
            self.fields["text"].needed_for = self.fields["reason"].needed_for = _("needed to sign")


class _Points(BaseFormSet):
    signing = False

    def clean(self):
        rows = [form for form in self.forms if any(form.cleaned_data.get(name) for name in ("text", "reason"))]
        if self.signing and not rows:
            raise forms.ValidationError(_("Write at least one recommendation before you sign."))
        for form in rows if self.signing else ():
            if not form.cleaned_data.get("text", "").strip():
                form.add_error("text", _("Write the recommendation, or clear the row."))
            if not form.cleaned_data.get("reason", "").strip():
                form.add_error("reason", _("Say why."))


_Rows = formset_factory(PointForm, _Points, extra=0, min_num=0, max_num=MOST_RECOMMENDATIONS, absolute_max=30)


class PointRows(_Rows):
    """The rows; `more` adds one, keeping what was typed."""

    def __init__(self, data=None, *, points: list[dict] = (), signing: bool = False, more: bool = False):
        self.signing = signing
        if data is not None and more:
            data = data.copy()
            given = data.get("points-TOTAL_FORMS", "")
            if given.isascii() and given.isdecimal() and int(given) < MOST_RECOMMENDATIONS:
                data["points-TOTAL_FORMS"] = str(int(given) + 1)
                data[f"points-{int(given)}-strength"] = Recommendation.Strength.MODERATE
        start = list(points) + [{} for _place in range(max(FIRST_ROWS - len(points), 0))]
        super().__init__(data, prefix="points", initial=start if data is None else None)

    @property
    def may_have_more(self) -> bool:
        return len(self.forms) < MOST_RECOMMENDATIONS

    def points(self) -> list[dict]:
        """The filled rows."""
        names = ("text", "strength", "reason")
        rows = [{name: form.cleaned_data.get(name, "") for name in names} for form in self.forms]
        return [row for row in rows if row["text"].strip() or row["reason"].strip()]
