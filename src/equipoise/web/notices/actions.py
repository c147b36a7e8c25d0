"""Telling people: once each, in their language, by mail as they wish it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from equipoise.web.notices.models import Mail, Notice
from equipoise.web.people.models import Mails, User

AT_ONCE = 1000
"""So many people are told in one transaction: a statement holds only so many values, and others want to write too."""
CROWD, A_MOMENT = 100, timedelta(seconds=15)
"""Mail to more people than this goes out a crowd at a time, so that what is urgent meanwhile does not wait behind it."""


def tell(
    users: Iterable[User], *, key: str, kind: str, text: str, values: dict | None = None, url: str = "",
    urgent: bool = False, calendar: str = "", calendar_method: str = "",
) -> list[Notice]:  # fmt: skip
    """Tell people something once; `key` is what makes it the same thing.

    `text` is a marked string (gettext_noop) with %(name)s places, put into each reader's language; values that are
    themselves in two languages are pairs (English, Chinese). `urgent` goes out at once, quiet hours or not. A calendar
    object goes with the mail, to all who want mail at all.
    """
    people = list({user.pk: user for user in users if user.is_active}.values())
    english, chinese = (_worded(text, values or {}, language) for language in ("en", "zh-hans"))

    def notice(user: User) -> Notice:
        by_mail = urgent or user.mails == Mails.EACH or (calendar and user.mails != Mails.NEVER)
        return Notice(
            user=user, key=key, kind=kind, text_en=english, text_zh=chinese, url=url, urgent=urgent,
            digested=timezone.now() if by_mail else None,
        )  # fmt: skip

    notices, mails = [], 0
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        with transaction.atomic():
            told = set(Notice.objects.filter(key=key, user__in=some).values_list("user", flat=True))
            fresh = Notice.objects.bulk_create([notice(user) for user in some if user.pk not in told])
            by_mail = [each for each in fresh if each.digested]
            letters = [_mail(each, calendar, calendar_method, mails + place) for place, each in enumerate(by_mail)]
            Mail.objects.bulk_create(letters)
        notices += fresh
        mails += len(by_mail)
    return notices


def send_mail(
    *, key: str, to: str, subject: str, body: str, user: User | None = None, due: datetime | None = None
) -> Mail:
    """Put a mail that goes with no notice (an invitation, say) in the outbox; the same key puts it there once."""
    facts = {"to": to, "subject": subject[:300], "body": body, "user": user, "message_id": message_id(key)}
    return Mail.objects.get_or_create(key=key, defaults=facts | {"due": due or timezone.now()})[0]


def message_id(key: str) -> str:
    """The same for the same mail, so that a server that gets it twice can tell."""
    import hashlib

    host = settings.SITE_URL.split("://", 1)[1].split("/")[0].split(":")[0]
    return f"<{hashlib.sha256(f'{settings.SECRET_KEY}{key}'.encode()).hexdigest()[:40]}@{host}>"


def first_waking_moment(user: User, now: datetime) -> datetime:
    """Now, or when the person's quiet hours end in their own zone."""
    local = now.astimezone(user.zone)
    start, end, clock = user.quiet_from, user.quiet_until, local.time()
    quiet = start <= clock < end if start < end else clock >= start or clock < end
    if start == end or not quiet:
        return now
    wake = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return (wake if wake > local else wake + timedelta(days=1)).astimezone(now.tzinfo)


def letter(user: User, text: str) -> str:
    """A mail's body: to whom, the text, and where one says which mails one wants."""
    address = settings.SITE_URL + reverse("people:me")
    with translation.override(user.language):
        closing = gettext("You choose which mails you get: %(address)s") % {"address": address}
    return f"{user.name}\n\n{text}\n\n-- \nEquipoise\n{closing}\n"


def _worded(text: str, values: dict, language: str) -> str:
    place = int(language.startswith("zh"))
    chosen = {name: value[place] if isinstance(value, tuple) else value for name, value in values.items()}
    with translation.override(language):
        return (gettext(text) % chosen)[:500]


def _mail(notice: Notice, calendar: str, method: str, place: int) -> Mail:
    """The mail of a notice, the one at this place among those of the same thing."""
    user, now = notice.user, timezone.now()
    with translation.override(user.language):
        text = notice.text
    link = f"\n\n{settings.SITE_URL}{notice.url}" if notice.url else ""
    key = f"notice:{notice.pk}"
    return Mail(
        key=key, to=user.email, user=user, subject=text, body=letter(user, text + link), calendar=calendar, calendar_method=method,
        message_id=message_id(key), due=now if notice.urgent else first_waking_moment(user, now) + place // CROWD * A_MOMENT,
    )  # fmt: skip
