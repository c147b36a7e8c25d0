"""Lectures as entries of a calendar: one alone, a person's own, or all of their programmes."""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from equipoise.web.calendars import Entry, times_text
from equipoise.web.lectures.models import Lecture, Registration
from equipoise.web.lectures.queries import PUBLIC
from equipoise.web.people.templatetags.times import cities

BACK = timedelta(days=200)  # how far back a feed goes
REGIONS = {"Asia/": ("cn", "any", "us"), "America/": ("us", "any", "cn")}


def entries_of(user) -> list[Entry]:
    """The lectures that a person is registered for or gives; a cancelled one stays, as cancelled."""
    return _entries(user, Q(coming=True) | Q(speaker=user))


def all_entries_of(user) -> list[Entry]:
    """Every announced lecture of the person's programmes."""
    return _entries(user, Q())


def _entries(user, which: Q) -> list[Entry]:
    coming = Registration.objects.filter(lecture=OuterRef("pk"), user=user, withdrawn__isnull=True)
    lectures = (
        Lecture.objects.filter(PUBLIC, programme__in=user.programme_ids, starts__gte=timezone.now() - BACK)
        .annotate(coming=Exists(coming))
        .filter(which)
        .select_related("speaker")
        .prefetch_related("join_links")
    )
    return [entry(lecture, cities(user), with_links=may_join(user, lecture, lecture.coming)) for lecture in lectures]


def may_join(user, lecture: Lecture, registered: bool) -> bool:
    """Whether the person is shown how to join: those registered, the speaker, and the coordinators."""
    return registered or lecture.speaker_id == user.pk or lecture.programme_id in user.coordinated_programme_ids


def entry(lecture: Lecture, places: Iterable[tuple[str, ZoneInfo]], *, with_links: bool) -> Entry:
    """A lecture in the reader's language; the first place is the reader's own."""
    places = list(places)
    cancelled = lecture.status == Lecture.Status.CANCELLED
    links = ordered_links(lecture, places[0][1].key) if with_links and not cancelled and places else []
    parts = [times_text(lecture.starts, lecture.minutes, places)]
    if cancelled:
        parts.insert(
            0, _("This lecture is cancelled.") + (f" {lecture.cancel_reason}" if lecture.cancel_reason else "")
        )
    if lecture.speaker is not None and lecture.status != Lecture.Status.INVITED:
        parts.append(_("Speaker: %(name)s") % {"name": lecture.speaker.name})
    parts += [lecture.summary] if lecture.summary else []
    parts += [f"{link.get_region_display()}: {link.url}" for link in links]
    return Entry(
        uid=f"{lecture.uid}@equipoise", sequence=lecture.sequence, starts=lecture.starts, ends=lecture.ends,
        zone=lecture.zone, title=lecture.topic, description="\n\n".join(parts),
        url=settings.SITE_URL + lecture.get_absolute_url(), location=links[0].url if links else "",
        cancelled=cancelled, changed=lecture.changed.replace(microsecond=0),
    )  # fmt: skip


def ordered_links(lecture: Lecture, zone: str) -> list:
    """The ways to join, first those that work where the reader's clock says they are."""
    order = next((order for start, order in REGIONS.items() if zone.startswith(start)), ("any", "us", "cn"))
    return sorted(lecture.join_links.all(), key=lambda link: (order.index(link.region), link.pk))
