"""What the pages of a lecture show of its materials, its questions and what was learnt."""

import hashlib
from collections import Counter

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.web.lectures.forms_learning import option_words
from equipoise.web.lectures.models import (
    AudienceQuestion,
    Certificate,
    Feedback,
    Lecture,
    Material,
    Place,
    QuizAttempt,
    QuizItem,
)
from equipoise.web.lectures.queries_learning import (
    ENOUGH_FEEDBACK,
    PASS,
    audience_questions,
    confidence_change,
    has_begun,
    is_live,
    latest_answer,
    missing_for_certificate,
    places_to_write,
    reasons_for_hiding,
    standing,
)
from equipoise.web.people.names import full_name

ON_A_PAGE = 20


def present_learning(lecture: Lecture, user) -> dict:
    """`materials`, `talk` and `learning`, for the three parts of a lecture's page; a fixed number of queries."""
    return {
        "materials": present_materials(lecture, user),
        "talk": present_talk(lecture, user),
        "learning": present_learnt(lecture, user),
    }


def present_materials(lecture: Lecture, user) -> dict:
    """Slides, recordings and readings, with where the person stopped watching."""
    materials = list(lecture.materials.prefetch_related("captions"))
    places = dict(Place.objects.filter(material__lecture=lecture, user=user).values_list("material", "seconds"))
    rows = [
        {
            "material": material,
            "is_recording": material.kind == Material.Kind.RECORDING,
            "size": size_of(material),
            "captions": [caption.get_language_display() for caption in material.captions.all()],
            "seconds": int(places.get(material.pk, 0)),
            "place": clock_of(places.get(material.pk, 0)),
        }
        for material in materials
    ]
    return {"rows": rows, "may_keep": user.has_perm("lectures.keep_lecture", lecture)}


def present_talk(lecture: Lecture, user, number: str | int | None = 1) -> dict:
    """A page of what was asked. `seen` changes whenever something in it does."""
    page = Paginator(audience_questions(lecture, user), ON_A_PAGE).get_page(number)
    questions = list(page.object_list)
    may = {
        "ask": user.has_perm("lectures.take_part", lecture) and lecture.status != Lecture.Status.CANCELLED,
        "answer": user.has_perm("lectures.keep_lecture", lecture),
        "hide": user.has_perm("lectures.change_lecture", lecture),
    }
    reasons = reasons_for_hiding(questions)
    rows = [_present_question(question, lecture, user, reasons) for question in questions]
    live = is_live(lecture)
    marks = (
        live,
        page.number,
        page.paginator.count,
        [
            (q.pk, q.votes_in, q.voted, q.hidden, q.answered and q.answered.isoformat(), len(q.answer))
            for q in questions
        ],
    )
    settled = lecture.is_public and lecture.status != Lecture.Status.CANCELLED
    advice = reverse("advice:new") if settled and user.has_perm("advice.add_consultation") else ""
    return {
        "page": page,
        "rows": rows,
        "count": page.paginator.count,
        "may": may,
        "live": live,
        "seen": digest(marks),
        "new_question": reverse("questions:new") if user.has_perm("questions.add_question") else "",
        "advice": f"{advice}?lecture={lecture.pk}" if advice else "",
    }


def _present_question(question: AudienceQuestion, lecture: Lecture, user, reasons: dict[int, str]) -> dict:
    question.lecture = lecture
    return {
        "question": question,
        "phase": phase_in_words(question.phase),
        "mine": question.asked_by_id == user.pk,
        "reason": reasons.get(question.pk, ""),
    }


def phase_in_words(phase: str) -> str:
    """When it was asked."""
    if phase == "before":
        return _("asked before the lecture")
    return _("asked during the lecture") if phase == "during" else _("asked after the lecture")


def present_learnt(lecture: Lecture, user) -> dict:
    """Quiz, feedback, certificate and worked example, as they stand for the person."""
    quiz_length = lecture.quiz_items.count()
    stands = standing(lecture, user)
    takes_part = user.has_perm("lectures.take_part", lecture)
    return {
        "begun": has_begun(lecture),
        "takes_part": takes_part,
        "may_keep": user.has_perm("lectures.keep_lecture", lecture),
        "may_review": user.has_perm("lectures.view_attendance", lecture),
        "quiz_length": quiz_length,
        "standing": stands,
        "feedback": Feedback.objects.filter(lecture=lecture, user=user).first(),
        "certificate": Certificate.objects.filter(lecture=lecture, user=user).first(),
        "missing": missing_for_certificate(lecture, user, has_quiz=bool(quiz_length), stands=stands),
        "example": present_example(lecture, user),
    }


def present_example(lecture: Lecture, user) -> dict | None:
    """The worked example, if there is one and the person may see it."""
    question = lecture.example
    if question is None or not user.has_perm("questions.view_question", question):
        return None
    return {
        "question": question,
        "search": latest_answer(question, user),
        "places": places_to_write(user) if user.has_perm("questions.add_question") else [],
    }


def size_of(material: Material) -> int | None:
    """The bytes of a file; None for one that the store has lost."""
    try:
        return material.file.size
    except OSError:
        return None


def clock_of(seconds: float) -> str:
    """Seconds as 1:02:03 or 2:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def digest(thing) -> str:
    """A short mark of a thing, the same for the same thing."""
    return hashlib.sha256(repr(thing).encode()).hexdigest()[:16]


def present_answers(items: list[QuizItem], attempt: QuizAttempt, *, chinese: bool) -> list[dict]:
    """For each question of the quiz what the person chose, what is right, and why."""
    rows = []
    for item in items:
        chosen = attempt.answers.get(str(item.pk))
        options = [
            {"words": option_words(option, chinese=chinese), "chosen": place == chosen, "right": place == item.correct}
            for place, option in enumerate(item.options)
        ]
        rows.append({"item": item, "options": options, "right": chosen == item.correct, "answered": chosen is not None})
    return rows


def present_quiz_people(rows) -> list[dict]:
    """The rows of `quiz_people` with names in their own order."""
    return [
        row
        | {
            "name": full_name(row["user__family_name"], row["user__given_name"], row["user__language"]),
            "percent": round(100 * (row["best"] or 0)),
            "passed": (row["best"] or 0) >= PASS[0] / PASS[1] - 1e-9,
        }
        for row in rows
    ]


def present_feedback(lecture: Lecture) -> dict:
    """What people said, together: nothing but their number while there are fewer than five."""
    answers = list(Feedback.objects.filter(lecture=lecture).values_list("useful", "will_change", "comment"))
    count = len(answers)
    if count < ENOUGH_FEEDBACK:
        return {"count": count, "enough": False, "needed": ENOUGH_FEEDBACK}
    tally = Counter(useful for useful, _will, _comment in answers)
    return {
        "count": count,
        "enough": True,
        "useful": sum(useful for useful, _will, _comment in answers) / count,
        "tally": [(mark, tally[mark], round(100 * tally[mark] / count)) for mark in range(5, 0, -1)],
        "change": confidence_change(Feedback.objects.filter(lecture=lecture)),
        "will_change": sum(will for _useful, will, _comment in answers),
        "will_change_percent": round(100 * sum(will for _useful, will, _comment in answers) / count),
        # by their words, not by when they came, so that nobody is known by their turn
        "comments": sorted(comment for _useful, _will, comment in answers if comment),
    }
