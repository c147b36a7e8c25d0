"""A yearly series and its lectures."""

import uuid
import zoneinfo
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from equipoise.web.bilingual import bilingual
from equipoise.web.people.models import validate_time_zone
from equipoise.web.programme.models import Programme


class Series(models.Model):
    """The lectures of one year of a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="series")
    year = models.PositiveSmallIntegerField(_("year"))
    title_en = models.CharField(_("title in English"), max_length=200)
    title_zh = models.CharField(_("title in Chinese"), max_length=200, blank=True)

    class Meta:
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["programme", "year"], name="one_series_a_year")]
        verbose_name = _("series")
        verbose_name_plural = _("series (several)")

    title = bilingual("title")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("lectures:series", args=[self.pk])


class Lecture(models.Model):
    """One lecture. `starts` is the instant; `time_zone` is whose wall clock it keeps when it is moved by whole weeks."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        INVITED = "invited", _("speaker invited")
        CONFIRMED = "confirmed", _("confirmed")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="lectures")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="lectures")  # that of its series
    topic_en = models.CharField(_("topic in English"), max_length=200)
    topic_zh = models.CharField(_("topic in Chinese"), max_length=200, blank=True)
    summary_en = models.TextField(_("summary in English"), max_length=4000, blank=True)
    summary_zh = models.TextField(_("summary in Chinese"), max_length=4000, blank=True)
    competencies = models.JSONField(_("competencies"), default=list, blank=True)  # codes of lectures/competencies.py
    expertise = models.JSONField(_("fields"), default=list, blank=True)  # codes of people/expertise.py
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    speaker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="lectures",
        verbose_name=_("speaker"),
    )  # fmt: skip
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PROPOSED)
    starts = models.DateTimeField(_("begins"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone], default="UTC")
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    example = models.ForeignKey(
        "questions.Question", on_delete=models.SET_NULL, null=True, blank=True, related_name="lectures",
        verbose_name=_("worked example"),
    )  # fmt: skip
    invited = models.DateTimeField(_("speaker invited on"), null=True, blank=True, editable=False)
    announced = models.DateTimeField(_("announced on"), null=True, blank=True, editable=False)  # when first confirmed
    attendance_code = models.CharField(max_length=12, blank=True, editable=False)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=500, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["starts", "pk"]
        indexes = [models.Index(fields=["programme", "starts"], name="lecture_calendar")]
        verbose_name = _("lecture")
        verbose_name_plural = _("lectures")

    topic = bilingual("topic")
    summary = bilingual("summary")

    def __str__(self) -> str:
        return self.topic

    def get_absolute_url(self) -> str:
        return reverse("lectures:detail", args=[self.pk])

    @property
    def ends(self) -> datetime | None:
        return self.starts + timedelta(minutes=self.minutes) if self.starts else None

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_public(self) -> bool:
        """Whether members see it: it has a date, and is past the planning; once announced, it stays seen."""
        settled = self.status in (self.Status.CONFIRMED, self.Status.HELD) or self.announced is not None
        return self.starts is not None and settled

    @property
    def is_open(self) -> bool:
        """Whether it is still to be held or planned."""
        return self.status not in (self.Status.HELD, self.Status.CANCELLED)


class DateProposal(models.Model):
    """Another date that an invited speaker asks for; open until a coordinator takes it or not."""

    class Decision(models.TextChoices):
        TAKEN = "taken", _("taken")
        REFUSED = "refused", _("not possible")

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="date_proposals")
    starts = models.DateTimeField(_("begins"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    note = models.CharField(_("note"), max_length=500, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["created", "pk"]
        verbose_name = _("proposed date")
        verbose_name_plural = _("proposed dates")


class JoinLink(models.Model):
    """A way to join that works from somewhere."""

    class Region(models.TextChoices):
        CHINA = "cn", _("from China")
        USA = "us", _("from the United States")
        ANYWHERE = "any", _("from anywhere")

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="join_links")
    region = models.CharField(_("works"), max_length=3, choices=Region.choices)
    label = models.CharField(_("label"), max_length=80, blank=True)
    url = models.URLField(_("address"), max_length=500)

    class Meta:
        ordering = ["region", "pk"]
        verbose_name = _("join link")
        verbose_name_plural = _("join links")

    def __str__(self) -> str:
        return self.label or self.url
