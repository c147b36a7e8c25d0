"""A consultation: a request to the board, pinned to the version that it is about."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Concat, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from equipoise.web.advice.models.board import BoardMember, Session
from equipoise.web.people.models import Institution
from equipoise.web.programme.models import Programme


class Consultation(models.Model):
    """A request to the board. `question_version` and `design` pin what the advice is about."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("the question itself")
        DESIGN = "design", _("a design")
        PROTOCOL = "protocol", _("a protocol")
        STATISTICS = "statistics", _("statistics")
        CONDUCT = "conduct", _("running a study")
        REAL_WORLD = "real-world", _("an analysis of real-world data")

    class Urgency(models.TextChoices):
        ROUTINE = "routine", _("routine")
        SOON = "soon", _("within two weeks")
        URGENT = "urgent", _("within days")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for triage")
        ACCEPTED = "accepted", _("waiting for an adviser")
        ASSIGNED = "assigned", _("with an adviser")
        ADVISED = "advised", _("advice given")
        CLOSED = "closed", _("closed")
        DECLINED = "declined", _("not taken")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN = (Status.SUBMITTED, Status.ACCEPTED, Status.ASSIGNED, Status.ADVISED)
    AWAITED = (Status.SUBMITTED, Status.ACCEPTED, Status.ASSIGNED)  # the board owes an answer

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="consultations")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="consultations")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consultations")
    team = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="team_consultations")
    kind = models.CharField(_("what it is about"), max_length=12, choices=Kind.choices)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.ROUTINE)
    title = models.CharField(_("title of the request"), max_length=200)
    asked = models.TextField(_("what you want to know"), max_length=5000)
    background = models.TextField(_("background"), max_length=8000, blank=True)
    tried = models.TextField(_("what was tried"), max_length=5000, blank=True)
    expertise = models.JSONField(_("fields"), default=list, blank=True)  # codes of people/expertise.py
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    question = models.ForeignKey(
        "questions.Question", on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    question_version = models.PositiveIntegerField(null=True, blank=True)
    search = models.ForeignKey(
        "designs.Search", on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    design = models.CharField(max_length=20, blank=True)  # a candidate of the search
    adviser = models.ForeignKey(
        BoardMember, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    second_adviser = models.ForeignKey(BoardMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="consultations")
    agenda_place = models.PositiveSmallIntegerField(null=True, blank=True)  # where a coordinator put it; else by need
    lecture = models.ForeignKey(
        "lectures.Lecture", on_delete=models.SET_NULL, null=True, blank=True, related_name="consultations",
        verbose_name=_("the lecture that led to it"),
    )  # fmt: skip
    created = models.DateTimeField(auto_now_add=True)
    submitted = models.DateTimeField(null=True, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    assigned = models.DateTimeField(null=True, blank=True)
    advised = models.DateTimeField(null=True, blank=True)
    closed = models.DateTimeField(null=True, blank=True)
    # both texts in small letters, kept by the database: PostgreSQL finds words in it several times as fast
    searchable = models.GeneratedField(
        expression=Lower(Concat("title", models.Value(" "), "asked", output_field=models.TextField())),
        output_field=models.TextField(),
        db_persist=True,
    )
    history = HistoricalRecords(m2m_fields=[team], excluded_fields=["searchable"])

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [
            models.Index(fields=["programme", "status", "-created"], name="consultation_list"),
            models.Index(fields=["-created", "-id"], name="consultation_latest"),
            models.Index(fields=["owner", "-created"], name="consultation_own"),
            models.Index(fields=["adviser", "status"], name="consultation_load"),
            models.Index(fields=["second_adviser", "status"], name="consultation_second_load"),
            models.Index(fields=["programme", "advised"], name="consultation_turnaround"),
        ]
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("advice:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether the board owes an answer that was due before now; a case opened again is due again."""
        return self.status in self.AWAITED and self.due is not None and self.due < timezone.now()


def attachment_place(attachment: "Attachment", filename: str) -> str:
    """A name nobody can guess, and that says nothing of what is inside."""
    return f"advice/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """A file that goes with a consultation."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(_("file"), upload_to=attachment_place)
    filename = models.CharField(max_length=200, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.filename


class Event(models.Model):
    """Something that happened to a consultation; rows are only ever added."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
