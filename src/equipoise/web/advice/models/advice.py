"""Advice, pinned to the version it was given on, and what became of each recommendation."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from equipoise.web.advice.models.consultation import Consultation


class Advice(models.Model):
    """A structured answer of the board."""

    class Kind(models.TextChoices):
        FIRST = "first", _("advice")
        SECOND = "second", _("second opinion")
        BOARD = "board", _("advice of the whole board")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="advice")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.FIRST)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="advice")
    summary = models.TextField(_("summary"), max_length=8000)
    references = models.TextField(_("references"), max_length=5000, blank=True)
    follow_up_on = models.DateField(_("follow up on"), null=True, blank=True)
    question_version = models.PositiveIntegerField(null=True, blank=True)
    search = models.ForeignKey("designs.Search", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    design = models.CharField(max_length=20, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["created", "pk"]
        verbose_name = _("advice")
        verbose_name_plural = _("advice (several)")

    def __str__(self) -> str:
        return self.summary[:80]


class AdviceDraft(models.Model):
    """What an adviser is still writing, seen by nobody else; a row of Advice is always signed."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    payload = models.JSONField(default=dict)  # the fields of Advice, and "recommendations": [{text, strength, reason}]
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "author"], name="one_draft_each")]
        verbose_name = _("draft of advice")
        verbose_name_plural = _("drafts of advice")


class Recommendation(models.Model):
    """One actionable point; the requester answers each."""

    class Strength(models.TextChoices):
        STRONG = "strong", _("strong")
        MODERATE = "moderate", _("moderate")
        SUGGESTION = "suggestion", _("suggestion")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ADOPTED = "adopted", _("adopted")
        DECLINED = "declined", _("declined")
        SUPERSEDED = "superseded", _("superseded")

    advice = models.ForeignKey(Advice, on_delete=models.PROTECT, related_name="recommendations")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(_("recommendation"), max_length=2000)
    strength = models.CharField(_("strength"), max_length=10, choices=Strength.choices, default=Strength.MODERATE)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(_("reason for the answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered = models.DateTimeField(null=True, blank=True)
    taken_in_version = models.PositiveIntegerField(_("taken in version"), null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("superseded by"),
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", answered__isnull=True)
                | ~models.Q(state="open") & models.Q(answered__isnull=False),
                name="an_answered_recommendation_says_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(answer=""), name="declined_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="superseded") | models.Q(superseded_by__isnull=False),
                name="superseded_by_another",
            ),
        ]
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")

    def __str__(self) -> str:
        return self.text[:80]
