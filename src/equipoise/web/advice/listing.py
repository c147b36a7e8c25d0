"""The list of cases: what is shown to whom, a page at a time, without counting everything."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from equipoise.web.advice.models import BoardMember, Consultation
from equipoise.web.advice.queries import (
    cases_of_adviser,
    matching_words,
    own_consultations,
    team_cases,
    to_triage,
    visible_consultations,
    with_names,
)

ROWS = 20


@dataclass(frozen=True)
class Scope:
    """A part of the list that a person has: its name in the address and on the page."""

    name: str
    words: str


@dataclass(frozen=True)
class Page:
    """Some rows, and whether there are newer and older ones."""

    rows: list[Consultation]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


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


def page_of(user, scope: str, filters, number: int) -> Page:
    """One page: the same few questions however many cases there are, and no total."""
    asked = {"triage": to_triage, "advising": cases_of_adviser, "mine": own_consultations, "all": visible_consultations}
    cases, words = filters.apply(asked[scope](user))
    first = (min(number, 10_000) - 1) * ROWS
    keys = list(matching_words(cases, words).values_list("pk", flat=True)[first : first + ROWS + 1])
    rows = list(
        with_names(Consultation.objects.filter(pk__in=keys[:ROWS])).defer("asked", "background", "tried", "searchable")
    )
    shared = set(team_cases(user))
    for row in rows:  # one's own hide the adviser's name before there is advice
        row.is_own = row.owner_id == user.pk or row.pk in shared
    return Page(rows=rows, number=number, has_next=len(keys) > ROWS)
