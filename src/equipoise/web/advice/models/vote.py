"""The whole board decides."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from equipoise.web.advice.models.board import BoardMember
from equipoise.web.advice.models.consultation import Consultation


class BoardVote(models.Model):
    """A motion put to every member without a conflict; it carries with a majority of a quorum."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="votes")
    motion = models.TextField(_("motion"), max_length=2000)
    quorum = models.PositiveSmallIntegerField(_("quorum"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    closes = models.DateTimeField(_("closes"))
    closed = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("board vote")
        verbose_name_plural = _("board votes")

    def __str__(self) -> str:
        return self.motion[:80]


class Ballot(models.Model):
    """A member's vote, which stands until the vote closes."""

    class Choice(models.TextChoices):
        FOR = "for", _("for")
        AGAINST = "against", _("against")
        ABSTAIN = "abstain", _("abstention")

    vote = models.ForeignKey(BoardVote, on_delete=models.CASCADE, related_name="ballots")
    member = models.ForeignKey(BoardMember, on_delete=models.PROTECT, related_name="ballots")
    choice = models.CharField(_("vote"), max_length=10, choices=Choice.choices)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    cast = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "member"], name="one_ballot_each")]
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
