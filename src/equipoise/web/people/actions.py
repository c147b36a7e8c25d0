"""What can happen to people: invited, welcomed, changed."""

import hashlib
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from equipoise.web.notices.actions import send_mail
from equipoise.web.people.models import Institution, Invitation, Membership, User


def digest_of(token: str) -> str:
    """What is kept of a token: enough to know it again, not to make it."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *, by: User, email: str, institution: Institution, role: str, family_name: str = "", given_name: str = "",
    language: str = "",
) -> Invitation:  # fmt: skip
    """Offer a role by mail. Raises ValidationError where the person has it, or has been asked and may still answer."""
    email = email.strip().lower()
    if Membership.objects.filter(user__email__iexact=email, institution=institution, role=role).exists():
        raise ValidationError(_("This person has this role already."))
    asked = Invitation.objects.filter(email__iexact=email, institution=institution, role=role)
    if any(invitation.is_open for invitation in asked):
        raise ValidationError(_("This person has been invited to this role and has not answered yet."))
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email, institution=institution, role=role, family_name=family_name, given_name=given_name,
        language=language or institution.language, digest=digest_of(token), invited_by=by,
    )  # fmt: skip
    _send(invitation, token)
    return invitation


def _send(invitation: Invitation, token: str) -> None:
    address = settings.SITE_URL + reverse("people:accept", args=[token])
    with translation.override(invitation.language):
        facts = {
            "inviter": invitation.invited_by.name,
            "role": invitation.get_role_display(),
            "place": invitation.institution.name,
            "address": address,
            "day": invitation.expires.date().isoformat(),
        }
        subject = _("Invitation to Equipoise")
        body = _(
            "%(inviter)s invites you to work on clinical research together, as %(role)s at %(place)s.\n\n"
            "To accept, open this address by %(day)s:\n%(address)s\n\n"
            "If you do not know what this is about, ignore this mail; nothing happens."
        )
    send_mail(key=f"invitation:{invitation.pk}", to=invitation.email, subject=subject, body=body % facts)


def invitation_for(token: str) -> Invitation | None:
    """The invitation that a token opens, if it can still be accepted."""
    invitation = Invitation.objects.select_related("institution", "invited_by").filter(digest=digest_of(token)).first()
    return invitation if invitation and invitation.is_open else None


@transaction.atomic
def accept(*, invitation: Invitation, user: User | None = None, **account) -> User:
    """Give the role to the person, whose account is made from `account` (password and names) if there is none."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise ValidationError(_("This invitation is no longer open."))
    user = user or User.objects.create_user(
        invitation.email, language=invitation.language, time_zone=invitation.institution.time_zone, **account
    )
    Membership.objects.get_or_create(user=user, institution=invitation.institution, role=invitation.role)
    invitation.accepted = timezone.now()
    invitation.save(update_fields=["accepted"])
    return user


def withdraw(invitation: Invitation) -> None:
    """Take an invitation back; its mail, if it still waits, does not go out."""
    from equipoise.web.notices.models import Mail

    Invitation.objects.filter(pk=invitation.pk, accepted__isnull=True).update(withdrawn=timezone.now())
    waiting = Mail.objects.filter(key=f"invitation:{invitation.pk}", status=Mail.Status.WAITING)
    waiting.update(status=Mail.Status.WITHDRAWN)


def renew_feed(user: User) -> str:
    """A new secret address for the person's calendar; the old one stops working."""
    user.feed_token = secrets.token_urlsafe(32)
    user.save(update_fields=["feed_token"])
    return user.feed_token
