"""Certificates of attendance: what one says, its signature, and the page it is printed on."""

import json
import secrets
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac

from equipoise.typeset import make_pdf
from equipoise.web.lectures.competencies import COMPETENCIES
from equipoise.web.lectures.models import Certificate, Lecture
from equipoise.web.lectures.queries_learning import missing_for_certificate, standing

SALT = "equipoise.lectures.certificate"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that is mistaken for something else
ALIKE = str.maketrans("ILO", "110")
TEMPLATE = Path(__file__).parent / "certificate.typ"


class NotEarned(Exception):  # noqa: N818 - said of the person, not of the program
    """Something is missing for a certificate: `missing` says what."""

    def __init__(self, missing):
        self.missing = missing
        super().__init__(str(missing))


@transaction.atomic
def issue_certificate(*, lecture: Lecture, user) -> Certificate:
    """The person's certificate of a lecture, made the first time it is asked for; raises NotEarned."""
    if existing := Certificate.objects.filter(lecture=lecture, user=user).first():
        return existing
    stands = standing(lecture, user)
    missing = missing_for_certificate(lecture, user, has_quiz=lecture.quiz_items.exists(), stands=stands)
    if not missing.nothing:
        raise NotEarned(missing)
    said = what_it_says(lecture, user, new_code(), stands.best)
    facts = {"code": said["code"], "said": said, "signature": sign(said)}
    return Certificate.objects.get_or_create(lecture=lecture, user=user, defaults=facts)[0]


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, revoked: bool) -> None:
    """Take a certificate back, or let it stand again."""
    certificate.revoked = timezone.now() if revoked else None
    certificate.save(update_fields=["revoked"])


def new_code() -> str:
    """Eighty random bits, such as EQ-7K2M-0QZT-93AB-XH4D."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(16))
    return "EQ-" + "-".join(letters[place : place + 4] for place in range(0, 16, 4))


def clean_code(typed: str) -> str:
    """A code as it was issued, from what somebody typed off a printed page."""
    letters = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    letters = letters.removeprefix("EQ").translate(ALIKE)
    return "EQ-" + "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def what_it_says(lecture: Lecture, user, code: str, best) -> dict:
    """What a certificate says; every text in English and in Chinese."""
    place = user.institutions.filter(programmes=lecture.programme).order_by("pk").first()
    starts = lecture.starts.astimezone(lecture.zone)
    return {
        "code": code,
        "name": user.name,
        "institution": [place.name_en, place.name_zh or place.name_en] if place else ["", ""],
        "topic": [lecture.topic_en or lecture.topic_zh, lecture.topic_zh or lecture.topic_en],
        "programme": [lecture.programme.name_en, lecture.programme.name_zh or lecture.programme.name_en],
        "speaker": lecture.speaker.name if lecture.speaker else "",
        "starts": starts.isoformat(),
        "minutes": lecture.minutes,
        "time_zone": lecture.time_zone,
        "competencies": [_both(COMPETENCIES[code]) for code in lecture.competencies if code in COMPETENCIES],
        "quiz": {"right": best.right, "of": best.of} if best else None,
        "issued": timezone.now().astimezone(lecture.zone).date().isoformat(),
    }


def _both(text) -> list[str]:
    words = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            words.append(str(text))
    return words


def canonical(said: dict) -> str:
    """The same text for the same content, whatever the order it is kept in."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sign(said: dict, secret: str | None = None) -> str:
    """HMAC-SHA256 over what is said, with a key made from the installation's secret key."""
    return salted_hmac(SALT, canonical(said), secret=secret, algorithm="sha256").hexdigest()


def holds(certificate: Certificate) -> bool:
    """Whether it says what it said when it was issued here; older secret keys (SECRET_KEY_FALLBACKS) count too."""
    said = certificate.said
    if not isinstance(said, dict) or said.get("code") != certificate.code:
        return False
    secrets_held = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(sign(said, secret), certificate.signature) for secret in secrets_held)


def verify_address(code: str) -> str:
    """The address, as printed, at which anyone can check a certificate."""
    return settings.SITE_URL + reverse("lectures:verify", args=[code])


def certificate_pdf(certificate: Certificate) -> bytes:
    """The certificate on one page, in both languages; the same bytes each time."""
    said = certificate.said
    return make_pdf(TEMPLATE, said | {"when": when(said), "verify": verify_address(said["code"])}, own_fonts_only=True)


def when(said: dict) -> list[str]:
    """The hours of the lecture on its own clock, in English and in Chinese, with the zone and its offset."""
    from datetime import datetime

    starts = datetime.fromisoformat(said["starts"])
    ends = starts + timedelta(minutes=said["minutes"])
    offset = f"{said['time_zone']}, UTC{starts:%z}"
    offset = offset[:-2] + ":" + offset[-2:]
    words = []
    for language, pattern in (("en", "j F Y"), ("zh-hans", "Y年n月j日")):
        with translation.override(language):
            day = formats.date_format(starts, pattern)
        words.append(f"{day}, {starts:%H:%M}–{ends:%H:%M} ({offset})" if language == "en" else
                     f"{day} {starts:%H:%M}–{ends:%H:%M}（{offset}）")  # fmt: skip
    return words
