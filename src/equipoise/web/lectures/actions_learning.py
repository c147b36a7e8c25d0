"""What can happen to a lecture's materials, questions, quiz, feedback and example."""

import copy

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from equipoise.web.lectures.models import (
    AudienceQuestion,
    Caption,
    Feedback,
    Lecture,
    Material,
    Place,
    QuizAttempt,
    QuizItem,
    Vote,
)
from equipoise.web.lectures.queries_learning import is_live
from equipoise.web.notices.actions import tell
from equipoise.web.people.models import User
from equipoise.web.questions.actions import start_question
from equipoise.web.questions.models import Question
from equipoise.web.uploads import clean_filename

DAY_SECONDS = 24 * 3600

# Materials


@transaction.atomic
def add_material(
    *, lecture: Lecture, by, kind: str, title: str, language: str, file, media_type: str, share: bool = True
) -> Material:
    """Keep a file of the lecture, and tell those who registered or came."""
    material = Material.objects.create(
        lecture=lecture, kind=kind, title=title, language=language, file=file, filename=clean_filename(file),
        media_type=media_type, added_by=by,
    )  # fmt: skip
    if share:
        audience = User.objects.filter(
            Q(registrations__lecture=lecture, registrations__withdrawn__isnull=True) | Q(attendances__lecture=lecture)
        )
        tell(
            audience.exclude(pk=by.pk).distinct(), key=f"lecture:{lecture.pk}:material:{material.pk}", kind="lecture",
            text=gettext_noop("New for the lecture “%(topic)s”: %(title)s"),
            values={"topic": topics(lecture), "title": title}, url=f"{lecture.get_absolute_url()}#materials",
        )  # fmt: skip
    return material


@transaction.atomic
def remove_material(*, material: Material) -> None:
    """Take a file away, with its captions; the bytes go once the change is certain."""
    stored = material.file
    material.delete()
    transaction.on_commit(lambda: stored.storage.delete(stored.name))


@transaction.atomic
def set_captions(*, material: Material, language: str, text: str) -> None:
    """Give a recording its words in one language; empty text takes them away."""
    if text:
        Caption.objects.update_or_create(material=material, language=language, defaults={"text": text})
    else:
        Caption.objects.filter(material=material, language=language).delete()


def remember_place(*, material: Material, user, seconds: float) -> None:
    """Where the person is in a recording; the beginning is not worth keeping."""
    seconds = min(max(seconds, 0.0), DAY_SECONDS)
    Place.objects.update_or_create(material=material, user=user, defaults={"seconds": seconds})


# What the audience asks


@transaction.atomic
def ask(*, lecture: Lecture, user, text: str) -> AudienceQuestion:
    """Ask. The speaker hears of it once a day, and not while the lecture goes on."""
    question = AudienceQuestion.objects.create(lecture=lecture, asked_by=user, text=text)
    if lecture.speaker and lecture.speaker_id != user.pk and not is_live(lecture):
        tell(
            [lecture.speaker], key=f"lecture:{lecture.pk}:asked:{timezone.now().date()}", kind="lecture",
            text=gettext_noop("The audience has asked about your lecture “%(topic)s”"),
            values={"topic": topics(lecture)}, url=f"{lecture.get_absolute_url()}#talk",
        )  # fmt: skip
    return question


@transaction.atomic
def vote(*, question: AudienceQuestion, user, give: bool) -> None:
    """One vote each, which can be taken back."""
    if give and not question.hidden:
        Vote.objects.get_or_create(question=question, user=user)
    elif not give:
        Vote.objects.filter(question=question, user=user).delete()


@transaction.atomic
def answer(*, question: AudienceQuestion, by, text: str) -> None:
    """Answer, or change the answer; whoever asked is told the first time."""
    first = question.answered is None
    question.answer, question.answered_by, question.answered = text, by, timezone.now()
    question.save(update_fields=["answer", "answered_by", "answered"])
    if first and question.asked_by_id != by.pk:
        tell(
            [question.asked_by], key=f"lecture:question:{question.pk}:answered", kind="lecture",
            text=gettext_noop("Your question about “%(topic)s” is answered"),
            values={"topic": topics(question.lecture)}, url=address_of(question),
        )  # fmt: skip


@transaction.atomic
def hide(*, question: AudienceQuestion, by, reason: str) -> None:
    """Keep a question from the audience; the reason stays in its history, and whoever asked is told."""
    question.hidden = True
    question._change_reason = reason
    question.save(update_fields=["hidden"])
    if question.asked_by_id != by.pk:
        moment = timezone.now().isoformat(timespec="seconds")
        tell(
            [question.asked_by], key=f"lecture:question:{question.pk}:hidden:{moment}", kind="lecture",
            text=gettext_noop("Your question about “%(topic)s” is hidden: %(reason)s"),
            values={"topic": topics(question.lecture), "reason": reason}, url=address_of(question),
        )  # fmt: skip


@transaction.atomic
def show(*, question: AudienceQuestion) -> None:
    """Let the audience see it again."""
    question.hidden = False
    question._change_reason = ""
    question.save(update_fields=["hidden"])


def address_of(question: AudienceQuestion) -> str:
    return f"{question.lecture.get_absolute_url()}#question-{question.pk}"


def topics(lecture: Lecture) -> tuple[str, str]:
    """A lecture's topic in English and in Chinese, as `tell` takes it."""
    return (lecture.topic_en or lecture.topic_zh, lecture.topic_zh or lecture.topic_en)


# Quiz and feedback


@transaction.atomic
def save_quiz_item(*, lecture: Lecture, item: QuizItem | None, facts: dict) -> QuizItem:
    """Write a quiz question, a new one at the end."""
    if item is None:
        last = lecture.quiz_items.aggregate(last=Max("position"))["last"]
        item = QuizItem(lecture=lecture, position=0 if last is None else last + 1)
    for name, value in facts.items():
        setattr(item, name, value)
    item.save()
    return item


@transaction.atomic
def take_quiz(*, lecture: Lecture, user, items: list[QuizItem], answers: dict[int, int]) -> QuizAttempt:
    """Keep a person's answers, {item: index}, and how many of them are right."""
    right = sum(answers.get(item.pk) == item.correct for item in items)
    kept = {str(pk): choice for pk, choice in answers.items()}
    return QuizAttempt.objects.create(lecture=lecture, user=user, answers=kept, right=right, of=len(items))


@transaction.atomic
def give_feedback(*, lecture: Lecture, user, facts: dict) -> Feedback:
    """A person's feedback; given again, it takes the place of the one before."""
    return Feedback.objects.update_or_create(lecture=lecture, user=user, defaults=facts)[0]


# The worked example


@transaction.atomic
def choose_example(*, lecture: Lecture, question: Question | None) -> None:
    """Make a question the lecture's example, and share it with the programme, so that the audience may open it."""
    lecture = Lecture.objects.select_for_update().get(pk=lecture.pk)
    if question is not None and question.shared_with_id is None:
        question.shared_with = lecture.programme
        question.save()
    lecture.example = question
    lecture.save()


def copy_example(*, question: Question, owner, institution) -> Question:
    """A question of the person's own with the same content, to try things on."""
    return start_question(owner=owner, institution=institution, payload=copy.deepcopy(question.payload))
