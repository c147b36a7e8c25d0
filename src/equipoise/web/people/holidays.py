"""Public holidays of an institution's country, from the `holidays` library (https://github.com/vacanza/holidays)."""

from datetime import date, timedelta

from django.db import transaction

from equipoise.web.people.models import Holiday, Institution

COUNTRIES = {
    # time zone: (country, subdivision)
    "Asia/Shanghai": ("CN", None), "Asia/Urumqi": ("CN", None), "Asia/Hong_Kong": ("HK", None), "Asia/Macau": ("MO", None),
    "Asia/Taipei": ("TW", None), "Asia/Singapore": ("SG", None), "Asia/Tokyo": ("JP", None), "Asia/Seoul": ("KR", None),
    "America/New_York": ("US", "MA"), "America/Chicago": ("US", None), "America/Denver": ("US", None),
    "America/Los_Angeles": ("US", None), "America/Toronto": ("CA", None), "Europe/London": ("GB", "ENG"),
    "Europe/Paris": ("FR", None), "Europe/Berlin": ("DE", None), "Australia/Sydney": ("AU", "NSW"),
}  # fmt: skip


@transaction.atomic
def fill_public_holidays(institution: Institution, year: int) -> int:
    """Add the year's public holidays where the institution's country is known; returns how many are new."""
    place = COUNTRIES.get(institution.time_zone)
    if place is None:
        return 0
    made = 0
    for first, last, english, chinese in _spans(place, year):
        facts = {"last": last, "name_zh": chinese}
        made += Holiday.objects.get_or_create(institution=institution, first=first, name_en=english, defaults=facts)[1]
    return made


def _spans(place: tuple[str, str | None], year: int) -> list[tuple[date, date, str, str]]:
    """Days with the same name that follow each other, as one."""
    import holidays  # slow to import

    country, part = place
    english = holidays.country_holidays(country, subdiv=part, years=year, language="en_US")
    chinese = _in_chinese(holidays, country, part, year)
    spans: list[tuple[date, date, str, str]] = []
    for day, name in sorted(english.items()):
        if spans and spans[-1][2] == name and spans[-1][1] + timedelta(days=1) == day:
            spans[-1] = (spans[-1][0], day, name, spans[-1][3])
        else:
            spans.append((day, day, name[:120], chinese.get(day, "")[:120]))
    return spans


def _in_chinese(holidays, country: str, part: str | None, year: int) -> dict:
    languages = getattr(holidays, country).supported_languages
    if "zh_CN" not in languages:
        return {}
    return dict(holidays.country_holidays(country, subdiv=part, years=year, language="zh_CN"))
