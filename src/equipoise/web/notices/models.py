"""Notices in the workbench, and mail on its way out."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipoise.web.bilingual import bilingual


class Notice(models.Model):
    """Something one person should know, in both languages. `key` is its identity: the same thing is told once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    text_en = models.CharField(max_length=500)
    text_zh = models.CharField(max_length=500)
    url = models.CharField(max_length=300, blank=True)
    urgent = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    read = models.DateTimeField(null=True, blank=True)
    digested = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="each_thing_is_told_once")]
        indexes = [models.Index(fields=["user", "read", "-created"], name="notice_inbox")]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    text = bilingual("text")

    def __str__(self) -> str:
        return self.text_en


class Mail(models.Model):
    """A mail in the outbox: sent once, tried again while the server is down. `key` is its identity, as for a notice."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="mails_out")
    subject = models.CharField(max_length=300)
    body = models.TextField()
    calendar = models.TextField(blank=True)  # an iCalendar object to go with it
    calendar_method = models.CharField(max_length=10, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    due = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    sent = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due", "pk"]
        indexes = [models.Index(fields=["status", "due"], name="mail_outbox")]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")

    def __str__(self) -> str:
        return self.subject
