"""The beginning of a programme, from a file: its institutions, its agreement's term, and its first coordinators."""

import tomllib
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction

from equipoise.errors import InputError
from equipoise.web.people.models import Institution, Membership, User
from equipoise.web.programme.models import Programme

COORDINATOR = ("email", "family_name", "given_name")


@dataclass(frozen=True)
class Founded:
    """What there is now, and who of the coordinators is new."""

    programme: Programme
    new: list[User]


@transaction.atomic
def found(text: str) -> Founded:
    """Make what the file (TOML) names and is not there yet, known by the English names and the e-mails; what is there
    stays as it is. Raises InputError where the file is wrong; then nothing is made."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError("file", str(error), "TOML") from None
    facts, places = told.pop("programme", None), told.pop("institutions", None)
    if told or not isinstance(facts, dict) or not isinstance(places, list) or len(places) < 1:
        raise InputError("file", ", ".join(told) or "too little", "[programme] and one or more [[institutions]]")
    programme = _made(Programme, facts, "programme")
    new = []
    for number, place in enumerate(places, 1):
        where = f"institutions[{number}]"
        people = place.pop("coordinators", [])
        institution = _made(Institution, place, where)
        programme.institutions.add(institution)
        for person in people:
            user, fresh = _coordinator(institution, person, f"{where}.coordinators")
            if fresh:
                programme.contacts.add(user)
                new.append(user)
    return Founded(programme, new)


def _made(model: type[models.Model], facts: dict, where: str):
    """The row with this English name, made from the facts where there is none."""
    if found := model.objects.filter(name_en=facts.get("name_en", "")).first():
        return found
    row = model()
    for name, value in facts.items():
        try:
            kept = not model._meta.get_field(name).is_relation and name != "id"
        except FieldDoesNotExist:
            kept = False
        if not kept:
            raise InputError(f"{where}.{name}", value, "a field of it")
        setattr(row, name, value)
    _check(row, where)
    row.save()
    return row


def _coordinator(institution: Institution, facts: dict, where: str) -> tuple[User, bool]:
    if unknown := set(facts) - set(COORDINATOR):
        raise InputError(f"{where}.{unknown.pop()}", "", ", ".join(COORDINATOR))
    email = str(facts.get("email", "")).strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    fresh = user is None
    if fresh:
        user = User(**facts | {"email": email}, language=institution.language, time_zone=institution.time_zone)
        user.set_unusable_password()
        _check(user, where)
        user.save()
    Membership.objects.get_or_create(user=user, institution=institution, role=Membership.Role.COORDINATOR)
    return user, fresh


def _check(row: models.Model, where: str) -> None:
    try:
        row.full_clean()
    except ValidationError as fault:
        name, said = next(iter(fault.message_dict.items()))
        given = getattr(row, name, "") if name != "__all__" else ""
        raise InputError(f"{where}.{name}".removesuffix(".__all__"), given, " ".join(said)) from None
