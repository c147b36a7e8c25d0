"""The demo series: third Wednesdays at 20:00 in Boston, half a year of them past and half a year to come; nobody is real."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from equipoise.web.lectures import queries, slots
from equipoise.web.lectures.demo_learning import fill_lesson
from equipoise.web.lectures.demo_topics import TOPICS
from equipoise.web.lectures.models import Attendance, DateProposal, JoinLink, Lecture, Registration, Series
from equipoise.web.people.models import User
from equipoise.web.questions.models import Question

BOSTON = "America/New_York"
AT = time(20)
PAST_MONTHS = 7
CANCELLED, ASKS_FOR_ANOTHER_DATE, LIMITED = 4, PAST_MONTHS + 3, PAST_MONTHS + 1
LINKS = (
    ("cn", "腾讯会议", "https://meeting.tencent.example/dm/7Qx2Lk{number}"),
    ("us", "Zoom", "https://zoom.example/j/9321045{number}"),
    ("any", "Webcast", "https://webcast.example/lakeside-harbor/{number}"),
)


@transaction.atomic
def load_demo(programme, people: dict[str, User]) -> list[Lecture]:
    """The lectures of the demo programme, once; `people` by what stands before the @ of their e-mail."""
    held = list(programme.lectures.order_by("starts"))
    if held:
        return held
    now = timezone.now()
    first = _month_before(now.date(), PAST_MONTHS - 1)
    lectures = []
    for number, (year, month) in enumerate(slots.months(first, len(TOPICS))):
        lectures.append(_lecture(programme, people, number, _date(programme, year, month), now))
    audience = [person for name, person in sorted(people.items()) if name not in {row[0] for row in TOPICS}]
    for number, lecture in enumerate(lectures):
        _fill(lecture, number, audience, people["zhou.ning"])
    return lectures


def _lecture(programme, people: dict[str, User], number: int, starts: datetime, now: datetime) -> Lecture:
    speaker, topic_en, topic_zh, summary_en, summary_zh, competencies, expertise, example = TOPICS[number]
    year = starts.astimezone(ZoneInfo(BOSTON)).year
    title = {"title_en": f"Clinical research, month by month: {year}", "title_zh": f"临床研究每月一讲：{year}"}
    series, _fresh = Series.objects.get_or_create(programme=programme, year=year, defaults=title)
    status = _status(number, starts, now)
    announced = status in (Lecture.Status.CONFIRMED, Lecture.Status.HELD, Lecture.Status.CANCELLED)
    lecture = Lecture.objects.create(
        series=series, programme=programme, topic_en=topic_en, topic_zh=topic_zh, summary_en=summary_en,
        summary_zh=summary_zh, competencies=competencies, expertise=expertise, speaker=people[speaker], status=status,
        starts=starts, minutes=60, time_zone=BOSTON, capacity=40 if number == LIMITED else None,
        announced=min(starts - timedelta(days=45), now - timedelta(days=5)) if announced else None,
        invited=now - timedelta(days=3) if status == Lecture.Status.INVITED else None,
        cancel_reason="The speaker is ill; the topic comes back next year." if status == Lecture.Status.CANCELLED else "",
        sequence=1 if status == Lecture.Status.CANCELLED else 0,
        example=_example(programme, example),
    )  # fmt: skip
    if number == ASKS_FOR_ANOTHER_DATE and status == Lecture.Status.INVITED:
        DateProposal.objects.create(
            lecture=lecture, starts=starts + timedelta(days=7), time_zone=BOSTON, made_by=people[speaker],
            note="I am at a congress in the week before; the Wednesday after would be fine.",
        )  # fmt: skip
    return lecture


def _status(number: int, starts: datetime, now: datetime) -> str:
    if number == CANCELLED:
        return Lecture.Status.CANCELLED
    if starts < now:
        return Lecture.Status.HELD
    if number < PAST_MONTHS + 2:
        return Lecture.Status.CONFIRMED
    return Lecture.Status.INVITED if number < PAST_MONTHS + 4 else Lecture.Status.PROPOSED


def _fill(lecture: Lecture, number: int, audience: list[User], coordinator: User) -> None:
    """Ways to join, who registered, who came, and what that led to."""
    if lecture.announced is None:
        return
    choose = Random(f"lecture {number}")  # noqa: S311  (the same demo each time)
    JoinLink.objects.bulk_create(
        [
            JoinLink(lecture=lecture, region=region, label=label, url=url.format(number=number))
            for region, label, url in LINKS
        ]
    )
    coming = choose.sample(audience, k=min(len(audience), choose.randint(17, 27)))
    Registration.objects.bulk_create([Registration(lecture=lecture, user=user) for user in coming])
    before = lecture.starts - timedelta(days=9)
    lecture.registrations.update(created=min(before, timezone.now() - timedelta(days=2)))
    held = lecture.status == Lecture.Status.HELD
    there = _attend(lecture, choose, coming, coordinator) if held else []
    if lecture.status != Lecture.Status.CANCELLED:
        fill_lesson(lecture, number, coming, there)


def _attend(lecture: Lecture, choose: Random, coming: list[User], coordinator: User) -> list[User]:
    there = [user for user in coming if choose.random() < 0.82]
    hows = [Attendance.How.CODE] * 5 + [Attendance.How.IMPORTED] * 3 + [Attendance.How.ENTERED]
    rows = []
    for user in there:
        how = choose.choice(hows)
        minutes = choose.randint(41, 62) if how == Attendance.How.IMPORTED else None
        by = user if how == Attendance.How.CODE else coordinator
        rows.append(Attendance(lecture=lecture, user=user, how=how, minutes=minutes, entered_by=by))
    Attendance.objects.bulk_create(rows)
    lecture.attendances.update(created=lecture.starts + timedelta(minutes=50))
    return there


def _example(programme, words: str) -> Question | None:
    """A question that is shared with the programme and has the words in its title."""
    if not words:
        return None
    return Question.objects.filter(shared_with=programme, title__icontains=words).order_by("pk").first()


def _date(programme, year: int, month: int) -> datetime:
    """The third Wednesday at 20:00 in Boston; another Wednesday where that is a holiday somewhere."""
    places = queries.places_of(programme.pk, year)
    found = [slots.instant(slots.nth_weekday(year, month, 2, nth), AT, ZoneInfo(BOSTON)) for nth in (3, 2, 4)]
    clear = [starts for starts in found if not slots.objections(starts, 60, places)]
    return (clear or found)[0]


def _month_before(day: date, count: int) -> date:
    number = day.year * 12 + day.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)
