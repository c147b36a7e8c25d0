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

AMERICAN = {
    # the library has no Chinese for these
    "New Year's Day": "元旦", "Martin Luther King Jr. Day": "马丁·路德·金纪念日", "Washington's Birthday": "总统日",
    "Patriots' Day": "爱国者日", "Memorial Day": "阵亡将士纪念日", "Juneteenth National Independence Day": "六月节",
    "Independence Day": "独立日", "Labor Day": "劳工节", "Columbus Day": "哥伦布日", "Veterans Day": "退伍军人节",
    "Thanksgiving Day": "感恩节", "Christmas Day": "圣诞节",
}  # fmt: skip
OBSERVED = " (observed)"


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
    if country == "US":
        days = holidays.country_holidays(country, subdiv=part, years=year, language="en_US")
        return {day: _american(name) for day, name in days.items()}
    if "zh_CN" not in languages:
        return {}
    return dict(holidays.country_holidays(country, subdiv=part, years=year, language="zh_CN"))


def _american(name: str) -> str:
    plain = name.removesuffix(OBSERVED)
    return AMERICAN[plain] + ("（补休）" if plain != name else "") if plain in AMERICAN else ""
