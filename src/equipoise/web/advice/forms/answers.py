"""The requester's answers, and reasons."""

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from equipoise.web.advice.models import Recommendation

State = Recommendation.State
ANSWERS = [
    (State.ADOPTED, _("Adopt it")),
    (State.DECLINED, _("Decline it, with a reason")),
    (State.SUPERSEDED, _("Another recommendation takes its place")),
]


class ReasonForm(forms.Form):
    """Words that must be there."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ReopenForm(ReasonForm):
    """A case opened again, about the question as it is now if so wished."""

    latest = forms.BooleanField(label=_("Ask about the question's latest version"), required=False)


class AnswerForm(forms.Form):
    """What became of one recommendation. Versions are those from the one that was advised on."""

    state = forms.ChoiceField(label=_("Your answer"), choices=ANSWERS, widget=forms.RadioSelect)
    version = forms.TypedChoiceField(label=_("Taken in"), coerce=int, empty_value=None, required=False)
    superseded_by = forms.TypedChoiceField(
        label=_("Which takes its place"), coerce=int, empty_value=None, required=False
    )
    answer = forms.CharField(
        label=_("Reason or remark"), max_length=900, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data=None, *, recommendation: Recommendation, others: list[Recommendation], latest: int | None):
        super().__init__(data, prefix=f"r{recommendation.pk}")
        first = recommendation.advice.question_version
        if first and latest:
            versions = range(latest, first - 1, -1)
            self.fields["version"].choices = [
                (version, _("version %(number)s") % {"number": version}) for version in list(versions)[:50]
            ]
        else:
            del self.fields["version"]
        self.others = {other.pk: other for other in others if other.pk != recommendation.pk}
        if self.others:
            named = [(pk, Truncator(other.text).chars(90)) for pk, other in self.others.items()]
            self.fields["superseded_by"].choices = [("", "–"), *named]
        else:
            del self.fields["superseded_by"]
            self.fields["state"].choices = ANSWERS[:2]

    def clean(self):
        data = super().clean()
        if data.get("state") == State.DECLINED and not data.get("answer", "").strip():
            self.add_error("answer", _("Say why, so that the adviser learns from it."))
        if data.get("state") == State.SUPERSEDED and not data.get("superseded_by"):
            self.add_error(
                "superseded_by" if "superseded_by" in self.fields else "state", _("Choose which takes its place.")
            )
        data["superseded_by"] = self.others.get(data.get("superseded_by"))
        return data
