"""People from a spreadsheet: first a dry run that lists every row's problem, then invitations, all or none."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from equipoise.web.people.actions import invite
from equipoise.web.people.models import Institution, Invitation, Membership, User

LANGUAGES = {"zh": "zh-hans", "zh-hans": "zh-hans", "zh-cn": "zh-hans", "中文": "zh-hans", "en": "en", "english": "en"}


@dataclass(frozen=True)
class Row:
    """One row as understood, and what is wrong with it."""

    number: int
    email: str
    name: str
    role: str
    institution: str
    problems: tuple[str, ...]
    facts: dict


def dry_run(rows: list[dict[str, str]], institutions: list[Institution]) -> list[Row]:
    """Every row judged, none acted on. A handful of queries, however many rows."""
    known = _known(rows)
    seen: set[tuple] = set()
    return [_judge(number, row, institutions, known, seen) for number, row in enumerate(rows, 2)]


def _known(rows: list[dict[str, str]]) -> set[tuple]:
    """(e-mail, institution, role) of those who have a role, or have been asked, among the rows' e-mails."""
    mails = {row.get("email", "").strip().lower() for row in rows}
    has = Membership.objects.filter(user__email__in=mails).values_list("user__email", "institution", "role")
    asked = [invitation for invitation in Invitation.objects.filter(email__in=mails) if invitation.is_open]
    return {*has, *((each.email, each.institution_id, each.role) for each in asked)}


def _judge(number: int, row: dict, institutions: list[Institution], known: set, seen: set) -> Row:
    problems: list[str] = []
    email = row.get("email", "").lower()
    try:
        validate_email(email)
    except ValidationError:
        problems.append(_("email: “%(given)s” is not an address") % {"given": email})
    role = _role(row.get("role", ""))
    if role is None:
        problems.append(_("role: “%(given)s” is none of %(allowed)s") % {
            "given": row.get("role", ""), "allowed": ", ".join(Membership.Role.values)})  # fmt: skip
    place = _institution(row.get("institution", ""), institutions)
    if place is None:
        problems.append(_("institution: “%(given)s” is none of %(allowed)s") % {
            "given": row.get("institution", ""), "allowed": ", ".join(each.name_en for each in institutions)})  # fmt: skip
    language = LANGUAGES.get(row.get("language", "").lower(), "" if row.get("language") else None)
    if language == "":
        problems.append(_("language: “%(given)s” is neither en nor zh") % {"given": row["language"]})
    identity = (email, place.pk if place else None, role)
    if identity in known:
        problems.append(_("has this role, or has been invited to it, already"))
    if identity in seen:
        problems.append(_("is in the file twice"))
    seen.add(identity)
    facts = {
        "email": email, "family_name": row.get("family_name", "")[:80], "given_name": row.get("given_name", "")[:80],
        "role": role, "institution": place.pk if place else None, "language": language or "",
    }  # fmt: skip
    name = " ".join(filter(None, (facts["family_name"], facts["given_name"])))
    return Row(number, email, name, row.get("role", ""), place.name if place else "", tuple(problems), facts)


def _role(given: str) -> str | None:
    """A role by its code, or by its name in either language."""
    from django.utils import translation

    given = given.strip().lower()
    for role in Membership.Role:
        names = {role.value}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                names.add(str(role.label).lower())
        if given in names:
            return role.value
    return None


def _institution(given: str, institutions: list[Institution]) -> Institution | None:
    if not given and len(institutions) == 1:
        return institutions[0]
    return next((each for each in institutions if given and given in (each.name_en, each.name_zh)), None)


@transaction.atomic
def invite_all(facts: list[dict], *, by: User, institutions: list[Institution]) -> int:
    """Invite everyone, or nobody; returns how many."""
    places = {institution.pk: institution for institution in institutions}
    for each in facts:
        invite(by=by, **each | {"institution": places[each["institution"]]})
    return len(facts)
