"""The people of a programme with what each has done: found and sorted by the database, counted for one page at a time."""

import csv
from collections.abc import Iterator
from hashlib import sha256

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from equipoise.web.advice.models import Consultation
from equipoise.web.advice.queries import conflicts_of
from equipoise.web.lectures.models import Attendance, Certificate
from equipoise.web.people.models import Institution, Membership, User
from equipoise.web.people.queries import members_of
from equipoise.web.programme.models import Programme
from equipoise.web.questions.models import Question
from equipoise.web.sheets import harmless
from equipoise.web.words import with_all_words

COUNTED = ("lectures", "certificates", "questions", "consultations")
KEPT = 60  # seconds
SORTS = ("department", "name", *COUNTED, "active")


def counted(programme: Programme, reader, what: str) -> QuerySet:
    """The rows of one kind that count for the people of a programme, each with its `user` or `owner`."""
    if what == "lectures":
        return Attendance.objects.filter(lecture__programme=programme)
    if what == "certificates":
        return Certificate.objects.filter(lecture__programme=programme, revoked__isnull=True)
    if what == "questions":
        places = programme.institutions.through.objects.filter(programme=programme).values("institution")
        return Question.objects.filter(institution__in=places)
    cases = Consultation.objects.filter(programme=programme, submitted__isnull=False)
    return cases.exclude(status=Consultation.Status.DRAFT).exclude(conflicts_of(reader).closed())


def _whose(what: str) -> str:
    return "user" if what in ("lectures", "certificates") else "owner"


def find_people(programme: Programme, *, words: str = "", institution: int | None = None) -> QuerySet[User]:
    """The people of a programme, by name, department and institution."""
    people = members_of(programme.pk)
    if institution:
        here = Membership.objects.filter(institution=institution, institution__programmes=programme)
        people = people.filter(pk__in=here.values("user"))
    return with_all_words(people, words)


def in_order(
    people: QuerySet[User], programme: Programme, reader, sort: str, *, down: bool
) -> "QuerySet[User] | Ranked":
    """Sorted by one of SORTS."""
    if sort in COUNTED:
        return Ranked(people, counted(programme, reader, sort), _whose(sort), down=down)
    keys = {"active": [F("last_login")], "department": [F("department"), F("family_name")]}.get(
        sort, [F("family_name")]
    )
    ordered = [key.desc(nulls_last=True) if down else key.asc(nulls_first=True) for key in keys]
    return people.order_by(*ordered, "family_name", "given_name", "pk")


class Ranked:
    """People by how many rows each has, to be cut into pages; those with none are at the low end, by name.

    The rows are grouped once for a page, which is far quicker than counting them person by person, and in a large
    programme still slow: who is on a page is kept for a minute.
    """

    def __init__(self, people: QuerySet[User], rows: QuerySet, whose: str, *, down: bool) -> None:
        found = rows.filter(**{f"{whose}__in": people.order_by().values("pk")}).order_by()
        number, name = ("-number" if down else "number"), f"{whose}__family_name"
        self.some = found.values_list(whose).annotate(number=Count("pk")).order_by(number, name, whose)
        none = people.exclude(pk__in=rows.order_by().values(whose))
        self.none = none.order_by("family_name", "given_name", "pk").values_list("pk")
        self.down = down

    def __getitem__(self, wanted: slice) -> list[User]:
        key = "ranked-" + sha256(f"{self.some.query} {self.down} {wanted}".encode()).hexdigest()
        pks = cache.get_or_set(key, lambda: self._pks(wanted.start, wanted.stop), KEPT)
        known = User.objects.in_bulk(pks)
        return [known[pk] for pk in pks if pk in known]

    def _pks(self, start: int, stop: int) -> list[int]:
        first, second = (self.some, self.none) if self.down else (self.none, self.some)
        pks = [pk for pk, *_number in first[start:stop]]
        if len(pks) < stop - start:  # how many the first part has is only asked where it ends
            lead = start + len(pks) if pks or not start else first.count()
            pks += [pk for pk, *_number in second[max(0, start - lead) : stop - lead]]
        return pks


def with_counts(people: list[User], programme: Programme, reader) -> list[dict]:
    """Each person with institutions and counts, by the same few questions for any number of people."""
    pks = [person.pk for person in people]
    counts = {what: _per_person(programme, reader, what, pks) for what in COUNTED}
    places = _places(programme, pks)
    return [
        {
            "person": person,
            "places": places.get(person.pk, []),
            **{what: counts[what].get(person.pk, 0) for what in COUNTED},
        }
        for person in people
    ]


def _per_person(programme: Programme, reader, what: str, pks: list[int]) -> dict[int, int]:
    whose = _whose(what)
    rows = counted(programme, reader, what).filter(**{f"{whose}__in": pks}).order_by()
    return dict(rows.values_list(whose).annotate(Count("pk")))


def _places(programme: Programme, pks: list[int]) -> dict[int, list[str]]:
    held = Membership.objects.filter(user__in=pks, institution__programmes=programme).select_related("institution")
    found: dict[int, list[str]] = {}
    for membership in held.order_by("institution__pk"):
        names = found.setdefault(membership.user_id, [])
        if membership.institution.name not in names:
            names.append(membership.institution.name)
    return found


def people_per_institution(programme: Programme) -> list[tuple[Institution, int]]:
    """The programme's institutions, each with its number of active people."""
    number = Count("memberships__user", filter=Q(memberships__user__is_active=True), distinct=True)
    return [(place, place.number) for place in programme.institutions.annotate(number=number).order_by("pk")]


def sheet(people: QuerySet[User], programme: Programme, reader) -> Iterator[str]:
    """The people as lines of a CSV file, by department."""
    writer = csv.writer(_Echo())
    head = [_("Family name"), _("Given name"), _("E-mail"), _("Institution"), _("Department"), _("Lectures"),
            _("Certificates"), _("Questions"), _("Consultations"), _("Last signed in")]  # fmt: skip
    yield "\ufeff" + writer.writerow(head)
    batch: list[User] = []
    for person in people.order_by("department", "family_name", "given_name", "pk").iterator(chunk_size=500):
        batch.append(person)
        if len(batch) == 500:
            yield from _lines(writer, batch, programme, reader)
            batch = []
    yield from _lines(writer, batch, programme, reader)


def _lines(writer, people: list[User], programme: Programme, reader) -> Iterator[str]:
    for row in with_counts(people, programme, reader):
        person = row["person"]
        active = timezone.localdate(person.last_login).isoformat() if person.last_login else ""
        words = [person.family_name, person.given_name, person.email, "; ".join(row["places"]), person.department]
        yield writer.writerow([*map(harmless, words), *(row[what] for what in COUNTED), active])


class _Echo:
    """A file that gives back what is written, for csv.writer."""

    def write(self, line: str) -> str:
        return line
