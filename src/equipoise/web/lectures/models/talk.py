"""What the audience asks: before, during and after."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from equipoise.web.lectures.models.lecture import Lecture


class AudienceQuestion(models.Model):
    """A question from the audience, and its answer."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="audience_questions")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="audience_questions")
    text = models.TextField(_("question"), max_length=1500)
    created = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(_("answer"), max_length=5000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered = models.DateTimeField(null=True, blank=True)
    hidden = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["created"]
        verbose_name = _("question from the audience")
        verbose_name_plural = _("questions from the audience")

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def phase(self) -> str:
        """before, during or after the lecture."""
        starts, ends = self.lecture.starts, self.lecture.ends
        if starts is None or self.created < starts:
            return "before"
        return "during" if self.created <= ends else "after"


class Vote(models.Model):
    """A person wants this question answered too."""

    question = models.ForeignKey(AudienceQuestion, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="one_vote_each")]
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
