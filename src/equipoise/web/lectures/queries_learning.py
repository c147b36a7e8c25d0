"""Asking for what a lecture showed, what was asked in it, and what was learnt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, stdev

from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import NullIf
from django.utils import timezone

from equipoise.web.designs.models import Search
from equipoise.web.designs.queries import visible_searches
from equipoise.web.lectures.models import Attendance, AudienceQuestion, Feedback, Lecture, QuizAttempt, Vote
from equipoise.web.people.models import Institution
from equipoise.web.questions.models import Question
from equipoise.web.questions.queries import visible_questions

PASS = (3, 5)
"""A quiz is passed with three fifths of its questions right."""
ENOUGH_FEEDBACK = 5
"""Answers from which on a summary is shown, so that nobody's can be told apart."""
AROUND = timedelta(minutes=30)
"""How long before and after a lecture its questions renew themselves."""


def is_live(lecture: Lecture, now: datetime | None = None) -> bool:
    """Whether it is going on, or about to, or just over."""
    if not lecture.is_public or lecture.status == Lecture.Status.CANCELLED:
        return False
    return lecture.starts - AROUND <= (now or timezone.now()) <= lecture.ends + AROUND


def has_begun(lecture: Lecture) -> bool:
    """Whether there is something to be examined on, and to have an opinion of."""
    if not lecture.is_public or lecture.status == Lecture.Status.CANCELLED:
        return False
    return lecture.status == Lecture.Status.HELD or lecture.starts <= timezone.now()


def sees_hidden(user, lecture: Lecture) -> bool:
    """Coordinators, who hide, and auditors, who check that."""
    if user.has_perm("lectures.change_lecture", lecture):
        return True
    return user.has_perm("lectures.view_attendance", lecture) and not user.has_perm("lectures.keep_lecture", lecture)


def audience_questions(lecture: Lecture, user) -> QuerySet[AudienceQuestion]:
    """What the person may read of what was asked: unanswered first, then by `votes_in`; `voted` says that they voted."""
    found = AudienceQuestion.objects.filter(lecture=lecture)
    if not sees_hidden(user, lecture):
        found = found.filter(Q(hidden=False) | Q(asked_by=user))
    return (
        found.select_related("asked_by", "answered_by")
        .annotate(
            votes_in=Count("votes"),
            voted=Exists(Vote.objects.filter(question=OuterRef("pk"), user=user)),
            rank=Case(When(hidden=True, then=2), When(answered__isnull=False, then=1), default=0),
        )
        .order_by("rank", "-votes_in", "created", "pk")
    )


def reasons_for_hiding(questions: list[AudienceQuestion]) -> dict[int, str]:
    """Why each hidden question was hidden, from its history."""
    hidden = [question.pk for question in questions if question.hidden]
    if not hidden:
        return {}
    records = AudienceQuestion.history.filter(id__in=hidden, hidden=True).order_by("history_date", "history_id")
    rows = records.values_list("id", "history_change_reason")
    return {pk: reason for pk, reason in rows if reason}


def passed(right: int, of: int) -> bool:
    return of > 0 and right * PASS[1] >= of * PASS[0]


@dataclass(frozen=True)
class Standing:
    """How a person stands in a lecture's quiz: the latest attempt, the best one, and how many there were."""

    latest: QuizAttempt | None
    best: QuizAttempt | None
    tries: int

    @property
    def passed(self) -> bool:
        return self.best is not None and passed(self.best.right, self.best.of)


def standing(lecture: Lecture, user) -> Standing:
    attempts = list(QuizAttempt.objects.filter(lecture=lecture, user=user).order_by("-created", "-pk"))
    best = max(attempts, key=lambda attempt: attempt.right / max(attempt.of, 1), default=None)
    return Standing(attempts[0] if attempts else None, best, len(attempts))


@dataclass(frozen=True)
class Missing:
    """What stands between a person and a certificate."""

    held: bool
    attended: bool
    quiz: bool  # there is one that they have not passed

    @property
    def nothing(self) -> bool:
        return not (self.held or self.attended or self.quiz)


def missing_for_certificate(lecture: Lecture, user, *, has_quiz: bool, stands: Standing) -> Missing:
    return Missing(
        held=lecture.status != Lecture.Status.HELD,
        attended=not Attendance.objects.filter(lecture=lecture, user=user).exists(),
        quiz=has_quiz and not stands.passed,
    )


@dataclass(frozen=True)
class Change:
    """Mean confidence before and after, and their mean difference with its 95 % interval (paired t)."""

    answers: int
    before: float
    after: float
    difference: float
    low: float | None
    high: float | None


def confidence_change(feedback: QuerySet[Feedback]) -> Change | None:
    """What lectures changed in those who say so; None without an answer, no interval for a single one."""
    pairs = list(feedback.order_by().values_list("confidence_before", "confidence_after"))
    if not pairs:
        return None
    differences = [after - before for before, after in pairs]
    mean, low, high = fmean(differences), None, None
    if len(pairs) > 1:
        from scipy.special import stdtrit

        half = float(stdtrit(len(pairs) - 1, 0.975)) * stdev(differences) / len(pairs) ** 0.5
        low, high = mean - half, mean + half
    return Change(len(pairs), fmean(b for b, _ in pairs), fmean(a for _, a in pairs), mean, low, high)


def possible_examples(user, lecture: Lecture) -> QuerySet[Question]:
    """Questions that may become a lecture's example: shared with its programme, or the person's own and not shared yet."""
    unshared = Q(owner=user, shared_with__isnull=True)
    return visible_questions(user).filter(Q(shared_with=lecture.programme_id) | unshared).order_by("title", "pk")


def latest_answer(question: Question, user) -> Search | None:
    """The latest finished search of a question that the person may see."""
    done = visible_searches(user).filter(question=question, status=Search.Status.DONE)
    return done.order_by("-finished", "-pk").first()


def places_to_write(user) -> list[Institution]:
    """Where the person may have questions of their own."""
    writing = user.memberships.exclude(role="auditor")
    return list(Institution.objects.filter(memberships__in=writing).distinct())


def quiz_people(lecture: Lecture) -> QuerySet:
    """A row for each person who took the quiz: name, the number of tries, the best share right, the latest moment."""
    share = ExpressionWrapper(F("right") * 1.0 / NullIf(F("of"), Value(0)), output_field=FloatField())
    return (
        QuizAttempt.objects.filter(lecture=lecture)
        .values("user", "user__family_name", "user__given_name", "user__language")
        .annotate(tries=Count("pk"), best=Max(share), latest=Max("created"))
        .order_by("user__family_name", "user__given_name", "user")
    )


def shares_right(lecture: Lecture, items: list) -> list[dict]:
    """For each question of the quiz, how many answered it and how many of them rightly, each person's first try."""
    first: dict[int, dict] = {}
    rows = QuizAttempt.objects.filter(lecture=lecture).order_by("created", "pk").values_list("user", "answers")
    for user, answers in rows:
        first.setdefault(user, answers)
    found = []
    for item in items:
        chosen = [answers[str(item.pk)] for answers in first.values() if str(item.pk) in answers]
        right = sum(choice == item.correct for choice in chosen)
        found.append({"item": item, "answered": len(chosen), "right": right})
    return found
