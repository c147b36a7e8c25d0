"""A search for designs: of which version of which question, how far it is, and its answer."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from equipoise.search import SearchResult
from equipoise.web.people.models import Institution
from equipoise.web.questions.models import Question

SILENCE = timedelta(seconds=90)
"""A running search that has said nothing for so long has lost its worker."""


class Search(models.Model):
    """One search. `result` is a search result as JSON text, there once the status is done; `fault` says why it failed."""

    LOST, UNEXPECTED, NO_DESIGN = "lost", "unexpected", "no design has the target power"

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="searches")
    version = models.PositiveIntegerField(_("version of the question"))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="searches")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="searches")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    cancel_asked = models.BooleanField(default=False)
    stage = models.CharField(max_length=20, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    fault = models.TextField(blank=True)
    result = models.TextField(blank=True)
    evaluated = models.PositiveIntegerField(default=0)
    recommended = models.CharField(max_length=20, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    heard = models.DateTimeField(_("last heard of"), auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created", "-pk"]
        verbose_name = _("search")
        verbose_name_plural = _("searches")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("designs:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether there is still something to wait for."""
        return self.status in (self.Status.WAITING, self.Status.RUNNING)

    @property
    def is_lost(self) -> bool:
        """Whether its worker has died."""
        return self.status == self.Status.RUNNING and timezone.now() - self.heard > SILENCE

    @property
    def is_stale(self) -> bool:
        """Whether the question has changed since."""
        return self.version != self.question.version

    @property
    def found_nothing(self) -> bool:
        """Whether it ran to its end and has no design to recommend."""
        if self.status == self.Status.DONE:
            return not self.recommended
        return self.status == self.Status.FAILED and self.fault.startswith(self.NO_DESIGN)

    @property
    def outcome(self) -> str:
        """The status in words, in which finding nothing is no failure."""
        return gettext("found no design") if self.found_nothing else self.get_status_display()

    @property
    def title(self) -> str:
        """The question's title in the version that was searched."""
        return self.question.at_version(self.version).title if self.is_stale else self.question.title

    def read(self) -> SearchResult:
        """The answer as the library's value."""
        return SearchResult.model_validate_json(self.result)
