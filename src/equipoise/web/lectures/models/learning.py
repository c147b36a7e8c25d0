"""What was learnt: quiz, feedback, certificate."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from equipoise.web.bilingual import bilingual
from equipoise.web.lectures.models.lecture import Lecture


class QuizItem(models.Model):
    """One question of the quiz. `options` are {"en", "zh"}; `correct` is the index of the right one."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="quiz_items")
    position = models.PositiveSmallIntegerField(default=0)
    text_en = models.CharField(_("question in English"), max_length=500)
    text_zh = models.CharField(_("question in Chinese"), max_length=500, blank=True)
    options = models.JSONField(default=list)
    correct = models.PositiveSmallIntegerField(_("right answer"))
    why_en = models.CharField(_("why, in English"), max_length=800, blank=True)
    why_zh = models.CharField(_("why, in Chinese"), max_length=800, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("quiz question")
        verbose_name_plural = _("quiz questions")

    text = bilingual("text")
    why = bilingual("why")

    def __str__(self) -> str:
        return self.text


class QuizAttempt(models.Model):
    """A person's answers, {item: index}, and how many were right; one that passes stays passed, whatever comes after it."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="quiz_attempts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quiz_attempts")
    answers = models.JSONField(default=dict)
    right = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("quiz attempt")
        verbose_name_plural = _("quiz attempts")


class Feedback(models.Model):
    """What a person thought of a lecture. `confidence_before` and `_after`, 1 to 5, measure what it changed."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    useful = models.PositiveSmallIntegerField(_("how useful was it"))
    confidence_before = models.PositiveSmallIntegerField(_("confidence with the topic before"))
    confidence_after = models.PositiveSmallIntegerField(_("confidence with the topic now"))
    will_change = models.BooleanField(_("I will do something differently"), default=False)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lecture", "user"], name="one_feedback_each")]
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback (several)")


class Certificate(models.Model):
    """A certificate of attendance: what it says is kept as said, with a signature that only this installation can make."""

    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="certificates")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    code = models.CharField(max_length=24, unique=True)
    said = models.JSONField()
    signature = models.CharField(max_length=120)
    issued = models.DateTimeField(auto_now_add=True)
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-issued"]
        constraints = [models.UniqueConstraint(fields=["lecture", "user"], name="one_certificate_each")]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("lectures:verify", args=[self.code])
