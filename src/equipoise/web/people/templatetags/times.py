"""A moment in the reader's zone, with the partners' beside it: never a time without its place."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

register = template.Library()


def cities(user) -> list[tuple[str, ZoneInfo]]:
    """(city, zone) of the reader and of every other zone among the reader's programmes, the reader's first."""
    if not hasattr(user, "_cities"):
        user._cities = _ask(user)
    language = translation.get_language() or "en"
    return [(city[language.startswith("zh")], zone) for city, zone in user._cities]


def _ask(user) -> list[tuple[tuple[str, str], ZoneInfo]]:
    from equipoise.web.people.models import Institution

    mine = ZoneInfo(user.time_zone)
    places = Institution.objects.filter(programmes__in=user.programme_ids).distinct().order_by("pk")
    rows = places.values_list("time_zone", "city_en", "city_zh", "name_en")
    found = {zone: (english or name, chinese or english or name) for zone, english, chinese, name in rows}
    own = found.pop(user.time_zone, (_place(mine), _place(mine)))
    return [(own, mine), *((city, ZoneInfo(zone)) for zone, city in found.items())]


def _offset(local: datetime) -> str:
    """Such as UTC+8: letters are no help, since CST is China's and Chicago's."""
    minutes = int(local.utcoffset().total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes >= 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


def _place(zone: ZoneInfo) -> str:
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")


def in_places(moment: datetime, user, minutes: int = 0) -> list[dict]:
    """For each city: the day and hours in words, the zone's abbreviation, and the instant."""
    answer = []
    for city, zone in cities(user):
        local = moment.astimezone(zone)
        hours = formats.time_format(local.time(), "H:i")
        if minutes:
            hours += "–" + formats.time_format((local + timedelta(minutes=minutes)).time(), "H:i")
        day = formats.date_format(local, _("D j M Y"))
        answer.append({"city": city, "day": day, "hours": hours, "zone": _offset(local), "iso": local.isoformat()})
    return answer


@register.inclusion_tag("parts/both_times.html", takes_context=True)
def both_times(context, moment: datetime | None, minutes: int = 0):
    """`{% both_times lecture.starts lecture.minutes %}`."""
    user = context["request"].user
    return {"places": in_places(moment, user, minutes) if moment and user.is_authenticated else [], "moment": moment}


@register.inclusion_tag("parts/both_times.html", takes_context=True)
def now_in_both(context):
    """The time now, as above."""
    return both_times(context, timezone.now())
