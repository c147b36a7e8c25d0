"""A programme: institutions, their agreement, and its documents."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from equipoise.web.bilingual import bilingual
from equipoise.web.people.models import Institution


class Programme(models.Model):
    """A collaboration under an agreement between institutions, with a term, aims and members."""

    name_en = models.CharField(_("name in English"), max_length=200, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    institutions = models.ManyToManyField(Institution, related_name="programmes", verbose_name=_("institutions"))
    signed_on = models.DateField(_("agreement signed on"), null=True, blank=True)
    starts_on = models.DateField(_("term begins"))
    ends_on = models.DateField(_("term ends"))
    aims_en = models.TextField(_("aims in English"), max_length=5000, blank=True)
    aims_zh = models.TextField(_("aims in Chinese"), max_length=5000, blank=True)
    renewal_notice_days = models.PositiveSmallIntegerField(_("remind of renewal, days ahead"), default=120)
    contacts = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("contacts")
    )
    lectures_a_year = models.PositiveSmallIntegerField(_("lectures a year"), default=12)
    review_days = models.PositiveSmallIntegerField(_("days to a first answer of the board"), default=5)
    history = HistoricalRecords(m2m_fields=[institutions, contacts])

    class Meta:
        ordering = ["name_en"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="term_ends_after_it_begins"
            )
        ]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    name = bilingual("name")
    aims = bilingual("aims")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("programme:detail", args=[self.pk])

    @property
    def programme_id(self) -> int:
        return self.pk

    @property
    def days_left(self) -> int:
        return (self.ends_on - timezone.localdate()).days

    @property
    def renewal_is_due(self) -> bool:
        return 0 <= self.days_left <= self.renewal_notice_days


def document_place(document: "Document", filename: str) -> str:
    """A name nobody can guess, and that says nothing of what is inside."""
    return f"programme/{document.programme_id}/{uuid.uuid4().hex}"


class Document(models.Model):
    """A document of the agreement."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to=document_place)
    filename = models.CharField(max_length=200, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.title


class YearReport(models.Model):
    """A yearly report for both heads of research, made in the background; the figures it was made of stay with it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="reports")
    year = models.PositiveSmallIntegerField(_("year"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    figures = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("yearly report")
        verbose_name_plural = _("yearly reports")

    def __str__(self) -> str:
        return f"{self.programme} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("programme:report_page", args=[self.pk])


def report_place(made: "ReportFile", filename: str) -> str:
    """A name nobody can guess."""
    return f"programme/{made.report.programme_id}/{uuid.uuid4().hex}"


class ReportFile(models.Model):
    """A yearly report in one language, as Word or PDF."""

    class Kind(models.TextChoices):
        WORD = "docx", _("Word")
        PDF = "pdf", _("PDF")

    report = models.ForeignKey(YearReport, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices)
    file = models.FileField(_("file"), upload_to=report_place)

    class Meta:
        ordering = ["language", "kind"]
        constraints = [models.UniqueConstraint(fields=["report", "language", "kind"], name="one_file_of_each_kind")]
        verbose_name = _("file of a report")
        verbose_name_plural = _("files of reports")
