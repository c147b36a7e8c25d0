"""A question, its versions, and who owns it."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from equipoise import search
from equipoise.web.people.models import Institution


class Question(models.Model):
    """A clinical question. `payload` has the shape of a question file, and may be incomplete while a draft.

    Each save that changes the payload is a new version; what builds on a question names the version it used.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        READY = "ready", _("ready to search")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="questions")
    shared_with = models.ForeignKey(
        "programme.Programme", on_delete=models.SET_NULL, null=True, blank=True, related_name="shared_questions",
        verbose_name=_("shared with"),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=300)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    payload = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-changed"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("questions:detail", args=[self.pk])

    def read(self) -> search.Question:
        """The question as the library's value; raises InputError for the first fault of a draft."""
        return search.Question.read(self.payload)

    def at_version(self, version: int) -> "Question":
        """The question as it was at a version; raises DoesNotExist where there was none."""
        record = self.history.filter(version=version).order_by("-history_date", "-history_id").first()
        if record is None:
            raise Question.DoesNotExist(f"question {self.pk} has no version {version}")
        return record.instance
