"""A physician's path: what was learnt, asked, advised and done, and what comes next. Counted for one reader."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from equipoise.web.advice.models import Consultation, Recommendation
from equipoise.web.advice.queries import conflicts_of
from equipoise.web.designs.models import Search
from equipoise.web.lectures.competencies import COMPETENCIES
from equipoise.web.lectures.models import Attendance, Certificate
from equipoise.web.people.expertise import words_for
from equipoise.web.people.models import Institution
from equipoise.web.programme.queries import coming_lectures
from equipoise.web.questions.models import Question

LOOK_AHEAD = 60
"""Coming lectures among which the next best is sought."""


@dataclass(frozen=True)
class Growth:
    """What one person has done in the programmes that the reader shares with them."""

    person: object
    attendances: list[Attendance]
    certificates: list[Certificate]
    covered: dict[str, int]  # competency: lectures attended
    counts: dict[str, int]
    next_best: dict | None

    @property
    def missing(self) -> list[str]:
        return [code for code in COMPETENCIES if not self.covered[code]]


def growth_of(person, reader) -> Growth:
    """The path of a person as the reader may know it: in the programmes of both, without what a conflict closes."""
    shared = person.programme_ids if person.pk == reader.pk else person.programme_ids & reader.programme_ids
    attended = Attendance.objects.filter(user=person, lecture__programme__in=shared)
    attendances = list(attended.select_related("lecture__speaker").order_by("-lecture__starts"))
    given = Certificate.objects.filter(user=person, lecture__programme__in=shared, revoked__isnull=True)
    covered = {code: sum(code in each.lecture.competencies for each in attendances) for code in COMPETENCIES}
    certificates = list(given.select_related("lecture").order_by("-issued"))
    counts = {"lectures": len(attendances), "domains": sum(1 for number in covered.values() if number)}
    counts |= _asked(person, reader, shared) | {"certificates": len(certificates)}
    seen = {each.lecture_id for each in attendances}
    return Growth(person, attendances, certificates, covered, counts, _next_best(person, shared, covered, seen))


def _asked(person, reader, shared: frozenset[int]) -> dict[str, int]:
    """Questions, searches, consultations and what became of the advice: numbers, never titles."""
    of_theirs = Question.objects.filter(owner=person)
    if person.pk != reader.pk:
        of_theirs = of_theirs.filter(institution__in=_institutions(shared))
    ready = Count("pk", filter=Q(status=Question.Status.READY))
    questions = of_theirs.order_by().aggregate(questions=Count("pk"), ready=ready)
    searches = Search.objects.filter(question__in=of_theirs.order_by().values("pk"), status=Search.Status.DONE).count()
    theirs = Consultation.objects.filter(owner=person, programme__in=shared, submitted__isnull=False)
    cases = theirs.exclude(status=Consultation.Status.DRAFT).exclude(conflicts_of(reader).closed()).order_by()
    advised = Count("pk", filter=Q(advised__isnull=False))
    told = cases.aggregate(consultations=Count("pk"), advised=advised)
    given = Recommendation.objects.filter(advice__consultation__in=cases.values("pk")).order_by()
    adopted = Count("pk", filter=Q(state=Recommendation.State.ADOPTED))
    return questions | {"searches": searches} | told | given.aggregate(recommendations=Count("pk"), adopted=adopted)


def _institutions(programmes: frozenset[int]):
    return Institution.programmes.through.objects.filter(programme__in=programmes).values("institution")


def _next_best(person, shared: frozenset[int], covered: dict[str, int], seen: set[int]) -> dict | None:
    """The coming lecture that covers most of what is missing, then most of the person's fields, then the earliest."""
    best, points = None, (-1, -1)
    for lecture in coming_lectures(shared)[:LOOK_AHEAD]:
        if lecture.pk in seen or lecture.speaker_id == person.pk:
            continue
        fresh = [code for code in COMPETENCIES if code in lecture.competencies and not covered[code]]
        fields = [code for code in lecture.expertise if code in person.expertise]
        if (len(fresh), len(fields)) > points:
            points = (len(fresh), len(fields))
            best = {
                "lecture": lecture,
                "fresh": [str(COMPETENCIES[code]) for code in fresh],
                "fields": words_for(fields),
            }
    return best


def stages(counts: dict[str, int]) -> list[dict]:
    """The stages from clinician to physician-scientist, each with what it asks for and how much of it is there.

    A stage is reached when it and all before it have what they ask for.
    """
    rules = [
        ("clinician", _("Clinician"), _("Sees the questions at the bedside."), []),
        ("learner", _("Learning clinician"), _("Learns how research is done."),
         [(_("lectures attended"), "lectures", 3), (_("domains covered"), "domains", 3)]),
        ("asker", _("Clinician with a question"), _("Has turned a question from practice into one that can be studied."),
         [(_("questions ready to search"), "ready", 1)]),
        ("designer", _("Study designer"), _("Has compared designs, and has asked the board about one."),
         [(_("searches for designs"), "searches", 1), (_("consultations with advice"), "advised", 1)]),
        ("scientist", _("Physician-scientist"), _("Knows the field broadly, and improves studies by advice."),
         [(_("lectures attended"), "lectures", 6), (_("domains covered"), "domains", 6), (_("recommendations adopted"), "adopted", 2)]),
    ]  # fmt: skip
    reached, answer = True, []
    for code, name, text, asks in rules:
        needs = [
            {"words": words, "has": counts[what], "wants": wants, "met": counts[what] >= wants}
            for words, what, wants in asks
        ]
        reached = reached and all(need["met"] for need in needs)
        answer.append({"code": code, "name": name, "text": text, "needs": needs, "reached": reached})
    return answer


def stage_now(counts: dict[str, int]) -> dict:
    """The highest stage that is reached."""
    return [stage for stage in stages(counts) if stage["reached"]][-1]
