"""Who means to come, and who came."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from equipoise.web.lectures.models.lecture import Lecture


class Registration(models.Model):
    """A person means to come; `withdrawn` when no longer."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="registrations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registrations")
    created = models.DateTimeField(auto_now_add=True)
    withdrawn = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created"]
        constraints = [models.UniqueConstraint(fields=["lecture", "user"], name="one_registration_each")]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")


class Attendance(models.Model):
    """A person was there, and how that is known."""

    class How(models.TextChoices):
        CODE = "code", _("by the code shown")
        IMPORTED = "import", _("by the meeting's list")
        ENTERED = "entered", _("entered by a coordinator")

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attendances")
    how = models.CharField(_("how it is known"), max_length=10, choices=How.choices)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created"]
        constraints = [models.UniqueConstraint(fields=["lecture", "user"], name="one_attendance_each")]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
