"""What the demo lectures left behind: slides, questions and votes, quizzes, feedback and certificates."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.core.files.base import ContentFile
from django.utils import timezone

from equipoise.typeset import make_pdf, make_pictures
from equipoise.web.lectures import actions_learning as actions
from equipoise.web.lectures.certificates import issue_certificate
from equipoise.web.lectures.demo_lessons import ASKED, CAPTIONS, COMMENTS, QUIZZES, RECORDED, SLIDES
from equipoise.web.lectures.demo_recording import film
from equipoise.web.lectures.models import AudienceQuestion, Feedback, Lecture, Material, QuizAttempt, QuizItem, Vote
from equipoise.web.lectures.queries_learning import passed
from equipoise.web.lectures.tasks import announce
from equipoise.web.lectures.webvtt import clean_captions
from equipoise.web.notices.models import Notice
from equipoise.web.people.models import User

TEMPLATE = Path(__file__).parent / "demo_slides.typ"
ANSWERED_AFTER, OLD_NEWS = timedelta(hours=20), timedelta(days=14)
SLIDE_SECONDS, SLIDE_PPI = 15, 57.6  # so that a side of a slide's picture is a whole number of film's blocks


def fill_lesson(lecture: Lecture, number: int, coming: list[User], there: list[User]) -> None:
    """What the lecture of this place in the year taught; of one that is to come, what is known before it."""
    choose = Random(f"lesson {number}")  # noqa: S311  (the same demo each time)
    _ask(lecture, number, coming, choose)
    items = _write_quiz(lecture, number, choose)
    if lecture.status == Lecture.Status.HELD:
        _show(lecture, number)
        taught = [user for user in there if user != lecture.speaker]
        through = _take_quiz(lecture, items, taught, choose) if items else taught
        _give_feedback(lecture, taught, choose)
        _certify(lecture, through, choose)
    else:
        announce.func(lecture.pk)
    _put_notices_in_their_time(lecture)


def _ask(lecture: Lecture, number: int, coming: list[User], choose: Random) -> None:
    """The audience asks in its two languages, votes for what it wants to hear, and the speaker answers most of it."""
    held = lecture.status == Lecture.Status.HELD
    for text, answer, language in ASKED.get(number, [])[: None if held else 2]:
        askers = [user for user in coming if user.language.startswith(language)]
        question = actions.ask(lecture=lecture, user=choose.choice(askers or coming), text=text)
        voters = choose.sample(coming, k=choose.randint(1, min(9, len(coming))))
        Vote.objects.bulk_create([Vote(question=question, user=user) for user in voters if user != question.asked_by])
        moments = {"created": timezone.now() - timedelta(hours=choose.randint(2, 40))}
        if held:
            moments["created"] = _by_now(lecture.starts + timedelta(minutes=choose.randint(8, 55)))
            if answer:
                actions.answer(question=question, by=lecture.speaker, text=answer)
                moments["answered"] = _by_now(lecture.starts + ANSWERED_AFTER)
        AudienceQuestion.objects.filter(pk=question.pk).update(**moments)


def _write_quiz(lecture: Lecture, number: int, choose: Random) -> list[QuizItem]:
    items = []
    for text_en, text_zh, options, why_en, why_zh in QUIZZES.get(number, []):
        shown = choose.sample(options, k=len(options))
        facts = {
            "text_en": text_en, "text_zh": text_zh, "why_en": why_en, "why_zh": why_zh,
            "options": [{"en": english, "zh": chinese} for english, chinese in shown], "correct": shown.index(options[0]),
        }  # fmt: skip
        items.append(actions.save_quiz_item(lecture=lecture, item=None, facts=facts))
    return items


def _show(lecture: Lecture, number: int) -> None:
    """The slides, as a document to open, and of one lecture a recording with its captions."""
    said = {
        "topic": [lecture.topic_en, lecture.topic_zh], "speaker": lecture.speaker.name, "pages": SLIDES[number],
        "day": lecture.starts.astimezone(lecture.zone).date().isoformat(),
    }  # fmt: skip
    slides = make_pdf(TEMPLATE, said, own_fonts_only=True)
    _add(lecture, Material.Kind.SLIDES, f"slides-{said['day']}.pdf", slides, "application/pdf")
    if number == RECORDED:
        pictures = make_pictures(TEMPLATE, said, ppi=SLIDE_PPI)
        recording = film(pictures, SLIDE_SECONDS)
        kept = _add(lecture, Material.Kind.RECORDING, f"recording-{said['day']}.mp4", recording, "video/mp4")
        for language, words in zip(("en", "zh-hans"), zip(*CAPTIONS, strict=True), strict=True):
            actions.set_captions(material=kept, language=language, text=_captions(words, len(pictures) * SLIDE_SECONDS))


def _add(lecture: Lecture, kind: str, name: str, content: bytes, media_type: str) -> Material:
    """A file of the lecture, from the hours after it. Only what belongs to the last weeks is news."""
    title = {"slides": "Slides 讲义", "recording": "Recording 录像"}[kind]
    material = actions.add_material(
        lecture=lecture, by=lecture.speaker, kind=kind, title=title, language="en", media_type=media_type,
        file=ContentFile(content, name=name), share=lecture.starts > timezone.now() - 3 * OLD_NEWS,
    )  # fmt: skip
    Material.objects.filter(pk=material.pk).update(created=_by_now(lecture.starts + timedelta(hours=3)))
    return material


def _captions(words: tuple[str, ...], seconds: int) -> str:
    """The words one after the other, each for the same time, as WebVTT."""
    cues = []
    for place, text in enumerate(words):
        start, end = (part * seconds / len(words) for part in (place, place + 0.95))
        cues.append(f"{_stamp(start)} --> {_stamp(end)}\n{text}\n")
    return clean_captions("\n".join(["WEBVTT\n", *cues]).encode())


def _stamp(seconds: float) -> str:
    return f"{int(seconds // 60):02}:{seconds % 60:06.3f}"


def _take_quiz(lecture: Lecture, items: list[QuizItem], people: list[User], choose: Random) -> list[User]:
    """Most take the quiz, some again when they failed; returns who has passed."""
    through, moments = [], []
    for user in people:
        if choose.random() < 0.12:
            continue
        for sure in (0.75, 0.92):
            answers = {item.pk: _answer(item, sure, choose) for item in items}
            attempt = actions.take_quiz(lecture=lecture, user=user, items=items, answers=answers)
            attempt.created = _by_now(lecture.ends + timedelta(minutes=choose.randint(4, 4000)))
            moments.append(attempt)
            if passed(attempt.right, attempt.of):
                through.append(user)
                break
    QuizAttempt.objects.bulk_update(moments, ["created"])
    return through


def _answer(item: QuizItem, sure: float, choose: Random) -> int:
    return item.correct if choose.random() < sure else choose.randrange(len(item.options))


def _give_feedback(lecture: Lecture, people: list[User], choose: Random) -> None:
    """Two in three say what they thought, one in two of them in words, each in their own language."""
    words = {language: choose.sample(known, k=len(known)) for language, known in COMMENTS.items()}
    kind, given = choose.choice((0, 0, 1)), []
    for user in people:
        if choose.random() < 0.33:
            continue
        before = choose.choice((1, 2, 2, 3, 3, 4))
        mine = words["zh" if user.language.startswith("zh") else "en"]
        facts = {
            "useful": choose.choice((3, 4, 4, 5, 5, 5)) - kind * (choose.random() < 0.4),
            "confidence_before": before, "confidence_after": min(5, before + choose.choice((0, 1, 1, 1, 2))),
            "will_change": choose.random() < 0.45,
            "comment": mine.pop() if mine and choose.random() < 0.5 else "",
        }  # fmt: skip
        feedback = actions.give_feedback(lecture=lecture, user=user, facts=facts)
        feedback.created = _by_now(lecture.ends + timedelta(minutes=choose.randint(5, 3000)))
        given.append(feedback)
    Feedback.objects.bulk_update(given, ["created"])


def _certify(lecture: Lecture, people: list[User], choose: Random) -> None:
    """Not everyone who has earned a certificate asks for it."""
    for user in people:
        if choose.random() < 0.6:
            issue_certificate(lecture=lecture, user=user)


def _put_notices_in_their_time(lecture: Lecture) -> None:
    """What people were told of a lecture, they were told then; what is old they have read."""
    told = Notice.objects.filter(kind="lecture", url__startswith=lecture.get_absolute_url())
    held = lecture.status == Lecture.Status.HELD
    moment = _by_now(lecture.starts + ANSWERED_AFTER if held else lecture.announced)
    told.update(created=moment, read=moment if moment < timezone.now() - OLD_NEWS else None)


def _by_now(moment: datetime) -> datetime:
    """Nothing has happened later than now."""
    return min(moment, timezone.now())
