"""Mail on its way: each once, tried again while the server is away; and the daily mail of those who want one a day."""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import ngettext

from equipoise.web.notices.actions import letter, message_id
from equipoise.web.notices.models import Mail, Notice
from equipoise.web.people.models import Mails, User

LEASE = timedelta(minutes=10)
"""A mail in hand is nobody else's for so long; after that whoever had it has died."""
LONGEST_WAIT = timedelta(hours=6)
AT_ONCE = 200

log = logging.getLogger(__name__)


def deliver(now: datetime | None = None) -> int:
    """Send what is due, and return how many went out. While the server is away everything stays where it is."""
    now = now or timezone.now()
    due = Mail.objects.filter(status=Mail.Status.WAITING, due__lte=now)
    if not due.exists():
        return 0
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server is away: %s", error)
        return 0
    try:
        return sum(_take_and_send(pk, connection, now) for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]))
    finally:
        connection.close()


def _take_and_send(pk: int, connection, now: datetime) -> bool:
    """Whether the mail went out by our hand."""
    mine = Mail.objects.filter(pk=pk, status=Mail.Status.WAITING, due__lte=now)
    if not mine.update(due=now + LEASE, attempts=F("attempts") + 1):
        return False
    mail = Mail.objects.get(pk=pk)
    try:
        _message(mail, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        code, reason = next(iter(error.recipients.values()))
        _try_again(mail, now, reason) if code < 500 else _give_up(mail, reason)
    except smtplib.SMTPResponseException as error:
        connection.close()  # whether or not the server has; the next mail opens it again
        _try_again(mail, now, error.smtp_error) if error.smtp_code < 500 else _give_up(mail, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        connection.close()
        _try_again(mail, now, str(error))
    else:
        return bool(_still(mail).update(status=Mail.Status.SENT, sent=timezone.now(), fault=""))
    return False


def _still(mail: Mail):
    """The row, unless it was withdrawn meanwhile."""
    return Mail.objects.filter(pk=mail.pk, status=Mail.Status.WAITING)


def _try_again(mail: Mail, now: datetime, reason: str | bytes) -> None:
    wait = min(timedelta(minutes=2 ** min(mail.attempts, 10)), LONGEST_WAIT)
    _still(mail).update(due=now + wait, fault=_text(reason))


def _give_up(mail: Mail, reason: str | bytes) -> None:
    log.warning("mail %s was refused: %s", mail.pk, _text(reason))
    _still(mail).update(status=Mail.Status.FAILED, fault=_text(reason))


def _text(reason: str | bytes) -> str:
    return (reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason)[:300]


def _message(mail: Mail, connection) -> EmailMessage:
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    message = EmailMessage(
        mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=headers, connection=connection
    )
    if mail.calendar:
        kind = f"text/calendar; method={mail.calendar_method or 'PUBLISH'}"
        message.attach("event.ics", mail.calendar, kind)
    return message


def digest(now: datetime | None = None) -> int:
    """One mail a day with all that is new, to those who want it so, when their quiet hours are over; how many were made."""
    now = now or timezone.now()
    waiting = Notice.objects.filter(
        user__mails=Mails.DAILY, user__is_active=True, digested__isnull=True, read__isnull=True
    )
    made = 0
    for user in User.objects.filter(pk__in=waiting.values("user")).iterator():
        today = now.astimezone(user.zone)
        key = f"digest:{user.pk}:{today.date()}"
        if today.time() < user.quiet_until or Mail.objects.filter(key=key).exists():
            continue
        notices = list(waiting.filter(user=user).order_by("created"))
        Mail.objects.get_or_create(key=key, defaults=_digest(user, notices) | {"message_id": message_id(key)})
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(digested=now)
        made += 1
    return made


def _digest(user: User, notices: list[Notice]) -> dict:
    count = len(notices)
    with translation.override(user.language):
        subject = ngettext("%(count)d thing is new for you", "%(count)d things are new for you", count) % {
            "count": count
        }
        lines = [f"• {each.text}" + (f"\n  {settings.SITE_URL}{each.url}" if each.url else "") for each in notices]
    return {"to": user.email, "user": user, "subject": subject, "body": letter(user, "\n\n".join(lines))}
