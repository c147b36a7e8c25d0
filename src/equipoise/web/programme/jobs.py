"""What is done for programmes as time goes by."""

from django.utils import formats, translation
from django.utils.translation import gettext_noop

from equipoise.web.notices.actions import tell
from equipoise.web.programme.models import Programme
from equipoise.web.programme.queries import contacts_and_coordinators

LATER = (60, 30, 7)
"""Days before the end at which the renewal is called to mind again."""
REMINDER = gettext_noop(
    "The agreement of %(programme)s ends on %(day)s; days left: %(days)s. Please see to its renewal."
)


def remind_of_renewal() -> None:
    """Tell contacts and coordinators that an agreement ends: at the programme's notice, and again 60, 30 and 7 days ahead."""
    for programme in Programme.objects.all():
        mark = due_mark(programme)
        if mark is None:
            continue
        tell(
            contacts_and_coordinators(programme),
            key=f"programme:{programme.pk}:renewal:{programme.ends_on.isoformat()}:{mark}",
            kind="renewal",
            text=REMINDER,
            values={
                "programme": (programme.name_en, programme.name_zh or programme.name_en),
                "day": tuple(_day(programme, language) for language in ("en", "zh-hans")),
                "days": str(programme.days_left),
            },
            url=programme.get_absolute_url(),
            urgent=mark == LATER[-1],
        )


def due_mark(programme: Programme) -> int | None:
    """The latest of the reminders' days that has come, if any has and the agreement still runs."""
    notice = programme.renewal_notice_days
    marks = (notice, *(days for days in LATER if days < notice))
    come = [days for days in marks if 0 <= programme.days_left <= days]
    return min(come, default=None)


def _day(programme: Programme, language: str) -> str:
    with translation.override(language):
        return formats.date_format(programme.ends_on)
