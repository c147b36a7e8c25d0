"""Slides, recordings and their captions."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from equipoise.web.lectures.models.lecture import Lecture


def material_place(thing, filename: str) -> str:
    """A name nobody can guess, and that says nothing of what is inside."""
    return f"lectures/{uuid.uuid4().hex}"


class Material(models.Model):
    """A file of a lecture."""

    class Kind(models.TextChoices):
        SLIDES = "slides", _("slides")
        RECORDING = "recording", _("recording")
        READING = "reading", _("reading")

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="materials")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    file = models.FileField(_("file"), upload_to=material_place)
    filename = models.CharField(max_length=200, editable=False)
    media_type = models.CharField(max_length=80, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "created"]
        verbose_name = _("material")
        verbose_name_plural = _("materials")

    def __str__(self) -> str:
        return self.title


class Caption(models.Model):
    """A recording's words in one language, as WebVTT text."""

    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    text = models.TextField()

    class Meta:
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["material", "language"], name="one_caption_a_language")]
        verbose_name = _("captions")
        verbose_name_plural = _("captions (several)")


class Place(models.Model):
    """Where a person stopped watching."""

    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="places")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seconds = models.FloatField(default=0)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["material", "user"], name="one_place_each")]
        verbose_name = _("place in a recording")
        verbose_name_plural = _("places in recordings")
