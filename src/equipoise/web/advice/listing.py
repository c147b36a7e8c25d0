"""The list of cases: what is shown to whom, a page at a time, without counting everything."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from equipoise.web.advice.models import BoardMember, Consultation
from equipoise.web.advice.queries import (
    cases_of_adviser,
    own_consultations,
    team_cases,
    to_triage,
    visible_consultations,
    with_names,
)
from equipoise.web.paging import Page, page_of
from equipoise.web.words import with_all_words

ROWS = 20


@dataclass(frozen=True)
class Scope:
    """A part of the list that a person has: its name in the address and on the page."""

    name: str
    words: str


def scopes_of(user) -> list[Scope]:
    """What a person may look at, what they most likely came for first."""
    sits = BoardMember.objects.filter(user=user).exists()
    coordinates = bool(user.coordinated_programme_ids)
    audits = any(role == "auditor" for _place, role in user.roles)
    scopes = []
    if coordinates:
        scopes.append(Scope("triage", _("To triage")))
    if sits:
        scopes.append(Scope("advising", _("I advise")))
    scopes.append(Scope("mine", _("My requests")))
    if coordinates or sits or audits:
        scopes.append(Scope("all", _("All I may see")))
    return scopes[::-1] if audits and not coordinates else scopes


def cases_on_page(user, scope: str, filters, number: str | None) -> Page:
    """One page: the same few questions however many cases there are, and no total."""
    asked = {"triage": to_triage, "advising": cases_of_adviser, "mine": own_consultations, "all": visible_consultations}
    cases, words = filters.apply(asked[scope](user))
    keys = page_of(with_all_words(cases, words).values_list("pk", flat=True), number, ROWS)
    rows = list(
        with_names(Consultation.objects.filter(pk__in=keys.rows)).defer("asked", "background", "tried", "searchable")
    )
    shared = set(team_cases(user))
    for row in rows:  # one's own hide the adviser's name before there is advice
        row.is_own = row.owner_id == user.pk or row.pk in shared
    return replace(keys, rows=rows)
