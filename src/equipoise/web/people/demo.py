"""The people and institutions of the demo programme; nobody in it is real."""

import secrets

from django.contrib.auth.hashers import make_password
from django.db import transaction

from equipoise.web.environment import home
from equipoise.web.people.demo_people import fill_holidays, fill_profiles, load_more
from equipoise.web.people.models import Institution, Membership, User

INSTITUTIONS = {
    "hangzhou": {
        "name_en": "Lakeside Teaching Hospital", "name_zh": "湖畔教学医院", "city_en": "Hangzhou", "city_zh": "杭州",
        "language": "zh-hans", "time_zone": "Asia/Shanghai",
    },
    "boston": {
        "name_en": "Harbor Health System", "name_zh": "海港医疗系统", "city_en": "Boston", "city_zh": "波士顿",
        "language": "en", "time_zone": "America/New_York",
    },
}  # fmt: skip
PEOPLE = [
    # e-mail name, family name, given name, institution, role
    ("lin.xiao", "林", "晓", "hangzhou", Membership.Role.INVESTIGATOR),
    ("zhou.ning", "周", "宁", "hangzhou", Membership.Role.COORDINATOR),
    ("gu.heng", "顾", "衡", "hangzhou", Membership.Role.STATISTICIAN),
    ("m.ellery", "Ellery", "Maren", "boston", Membership.Role.ADVISER),
    ("t.okafor", "Okafor", "Tobe", "boston", Membership.Role.COORDINATOR),
    ("r.haldane", "Haldane", "Ruth", "boston", Membership.Role.AUDITOR),
]


@transaction.atomic
def load_demo() -> dict[str, str]:
    """Make the demo institutions and people where they are not there yet; returns {e-mail: password} of the six main ones."""
    password = _password()
    places = {
        name: Institution.objects.update_or_create(name_en=facts["name_en"], defaults=facts)[0]
        for name, facts in INSTITUTIONS.items()
    }
    accounts: dict[str, str] = {}
    hashed = _hashed(password)
    for mail, family, given, place, role in PEOPLE:
        email, institution = f"{mail}@{place}.example.org", places[place]
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create(
                email=email, password=hashed, family_name=family, given_name=given, language=institution.language,
                time_zone=institution.time_zone,
            )  # fmt: skip
        elif user.password != hashed:
            user.password = hashed
            user.save(update_fields=["password"])
        Membership.objects.get_or_create(user=user, institution=institution, role=role)
        accounts[email] = password
    main = User.objects.filter(email__in=accounts)
    fill_profiles({user.email.split("@")[0]: user for user in main}, {mail: place for mail, _, _, place, _ in PEOPLE})
    load_more(places, hashed)
    fill_holidays(places)
    return accounts


def _hashed(password: str) -> str:
    """The password as it is kept: hashed once for all of them, which is slow on purpose; the same as before if it is the same."""
    mail, _family, _given, place, _role = PEOPLE[0]
    known = User.objects.filter(email=f"{mail}@{place}.example.org").first()
    return known.password if known and known.check_password(password) else make_password(password)


def demo_people() -> dict[str, User]:
    """Everyone of the demo, by what stands before the @ of their e-mail."""
    ends = tuple(f"@{place}.example.org" for place in INSTITUTIONS)
    found = User.objects.filter(email__endswith=".example.org").order_by("pk")
    return {user.email.split("@")[0]: user for user in found if user.email.endswith(ends)}


def _password() -> str:
    """One password for the demo people of this installation, made once and kept beside its database."""
    path = home() / "demo-password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12), encoding="utf-8")
    return path.read_text(encoding="utf-8")
