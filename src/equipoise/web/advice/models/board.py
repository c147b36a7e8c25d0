"""Members of the board, their conflicts, and the board's regular hours."""

import uuid
import zoneinfo
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from equipoise.web.bilingual import bilingual
from equipoise.web.people.models import Institution, validate_time_zone
from equipoise.web.programme.models import Programme


class BoardMember(models.Model):
    """A person on the board of a programme; expertise and languages are those of the person's profile."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="board")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="board_memberships")
    capacity = models.PositiveSmallIntegerField(_("consultations at a time"), default=3)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["user__family_name", "user__given_name"]
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="once_on_a_board")]
        verbose_name = _("board member")
        verbose_name_plural = _("board members")

    def __str__(self) -> str:
        return self.user.name


class Conflict(models.Model):
    """An interest that keeps a member from cases: those of a person, of an institution, or one case alone."""

    member = models.ForeignKey(BoardMember, on_delete=models.CASCADE, related_name="conflicts")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    consultation = models.ForeignKey(
        "advice.Consultation", on_delete=models.CASCADE, null=True, blank=True, related_name="conflicts"
    )
    reason = models.CharField(_("reason"), max_length=500)
    declared = models.DateTimeField(auto_now_add=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-declared"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(person__isnull=False, institution__isnull=True, consultation__isnull=True)
                    | models.Q(person__isnull=True, institution__isnull=False, consultation__isnull=True)
                    | models.Q(person__isnull=True, institution__isnull=True, consultation__isnull=False)
                ),
                name="a_conflict_is_with_one_thing",
            )
        ]
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")


class Clinic(models.Model):
    """A regular hour of the board: a rule (RFC 5545) expanded on the wall clock of its own time zone."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="clinics")
    title_en = models.CharField(_("title in English"), max_length=200)
    title_zh = models.CharField(_("title in Chinese"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    first = models.DateField(_("first day"))
    at = models.TimeField(_("begins at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    rule = models.CharField(_("recurrence"), max_length=200, default="FREQ=MONTHLY;BYDAY=3WE")
    until = models.DateField(_("last day"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["first"]
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")

    title = bilingual("title")

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Session(models.Model):
    """One meeting of the board: of a clinic, or agreed for one consultation."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="sessions")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    starts = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PLANNED)
    join_url = models.URLField(_("address to join"), max_length=500, blank=True)
    notes = models.TextField(_("notes"), max_length=10000, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["starts"]
        constraints = [models.UniqueConstraint(fields=["clinic", "starts"], name="one_session_at_a_time")]
        indexes = [models.Index(fields=["programme", "starts"], name="session_calendar")]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def get_absolute_url(self) -> str:
        return reverse("advice:session", args=[self.pk])

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.minutes)
