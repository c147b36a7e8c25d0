"""The board and its meetings in words and times."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from equipoise.web.advice.models import BoardMember, Clinic
from equipoise.web.advice.recurrence import Occurrence, describe, shifts
from equipoise.web.advice.suggestions import loads
from equipoise.web.people.expertise import words_for
from equipoise.web.people.models import Institution, Membership


def places_of(programme_id: int) -> list[tuple[str, ZoneInfo]]:
    """(city, zone) of each zone among a programme's institutions, in the language in force."""
    places: dict[str, str] = {}
    for institution in Institution.objects.filter(programmes=programme_id).order_by("pk"):
        places.setdefault(institution.time_zone, institution.city or institution.name)
    return [(city, ZoneInfo(zone)) for zone, city in places.items()]


def when(programme_id: int, moment: datetime) -> tuple[str, str]:
    """A moment in all places of a programme, in English and in Chinese."""
    answer = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            lines = [f"{_day(moment, zone)} {_clock(moment, zone)} ({city})" for city, zone in places_of(programme_id)]
            answer.append(_(", ").join(lines))
    return answer[0], answer[1]


def present_rule(clinic: Clinic) -> str:
    """When a clinic meets, in words."""
    return describe(clinic.rule)


def present_skipped(found: list[Occurrence]) -> list[dict]:
    """The meetings that fall on holidays, with which."""
    return [
        {
            "starts": occurrence.starts,
            "holidays": [{"name": holiday.name, "place": holiday.institution.name} for holiday in occurrence.holidays],
        }
        for occurrence in found
        if occurrence.holidays
    ]


def present_shifts(programme_id: int, moments: list[datetime]) -> list[dict]:
    """What changes of the clock do to regular meetings, in each place where the hour becomes another."""
    cities = {zone: city for city, zone in places_of(programme_id)}
    return [
        {
            "city": cities[shift.zone], "starts": shift.starts, "day": _day(shift.starts, shift.zone),
            "before": f"{shift.before:%H:%M}", "after": f"{shift.after:%H:%M}",
        }
        for shift in shifts(moments, list(cities))
    ]  # fmt: skip


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return formats.date_format(moment.astimezone(zone), _("D j M Y"))


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


def present_members(members: Iterable[BoardMember]) -> list[dict]:
    """Members with what they know, where they work, and how much of their capacity is taken; in few queries."""
    members = list(members)
    at_hand = loads(BoardMember.objects.filter(pk__in=[member.pk for member in members]))
    places: dict[int, dict[int, Institution]] = {}
    roles = Membership.objects.filter(user__in=[member.user_id for member in members])
    for role in roles.select_related("institution"):
        places.setdefault(role.user_id, {})[role.institution_id] = role.institution
    spoken = dict(settings.LANGUAGES)
    return [
        {
            "seat": member, "user": member.user, "load": at_hand.get(member.pk, 0), "capacity": member.capacity,
            "is_full": at_hand.get(member.pk, 0) >= member.capacity,
            "expertise": words_for(member.user.expertise),
            "languages": [get_language_info(code)["name_translated"] for code in member.user.languages if code in spoken],
            "institutions": [place.name for place in places.get(member.user_id, {}).values()],
        }
        for member in members
    ]  # fmt: skip
