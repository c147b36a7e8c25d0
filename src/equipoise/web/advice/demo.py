"""A year of the demo board: its members, a clinic, and some thirty consultations in every state; nobody is real."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from equipoise.web.advice.actions_meetings import put_on_agenda, start_clinic
from equipoise.web.advice.actions_votes import open_vote
from equipoise.web.advice.deadlines import add_working_days, due_for
from equipoise.web.advice.demo_cases import BOARD, NOTES, REQUESTS, Point, Request
from equipoise.web.advice.forms.about import questions_of
from equipoise.web.advice.models import (
    Advice,
    Attachment,
    BoardMember,
    Clinic,
    Conflict,
    Consultation,
    Event,
    Recommendation,
    Session,
)
from equipoise.web.people.models import User
from equipoise.web.questions.actions import change_question

Status = Consultation.Status
BOSTON = ZoneInfo("America/New_York")
REACHED = {
    Status.DRAFT: 0, Status.SUBMITTED: 1, Status.DECLINED: 1, Status.WITHDRAWN: 1, Status.ACCEPTED: 2,
    Status.ASSIGNED: 3, Status.ADVISED: 4, Status.CLOSED: 4,
}  # fmt: skip
MOVED_ON = "Lower oxygen targets in acute respiratory failure"
"""A question that took the board's advice in a second version."""


@transaction.atomic
def load_demo(programme, people: dict[str, User]) -> list[Consultation]:
    """The board and the consultations of the demo programme, once; `people` by what stands before the @ of their e-mail."""
    if programme.consultations.exists():
        return list(programme.consultations.all())
    today = timezone.localdate()
    seats = {
        name: BoardMember.objects.get_or_create(
            programme=programme, user=people[name],
            defaults={"capacity": capacity, "since": today - timedelta(days=since)},
        )[0]
        for name, capacity, since in BOARD
        if name in people
    }  # fmt: skip
    asked = [held for held in REQUESTS if held.who in people and (not held.adviser or held.adviser in seats)]
    cases = [_Case(programme, people, seats, request).write() for request in asked]
    _meet(programme, people, cases)
    return cases


class _Case:
    """One request, written down as it went, each step at its own moment."""

    def __init__(self, programme, people: dict[str, User], seats: dict[str, BoardMember], request: Request):
        self.programme, self.people, self.seats, self.request = programme, people, seats, request
        self.owner = people[request.who]
        self.coordinators = [people["zhou.ning"], people["t.okafor"]]
        self.events: list[tuple[str, User, datetime, str]] = []
        self.start = self._at(timezone.now() - timedelta(days=request.ago), 9)

    def write(self) -> Consultation:
        request, reached = self.request, REACHED[self.request.status]
        place = self.owner.institutions.filter(programmes=self.programme).first()
        question = questions_of(self.owner).filter(title=request.question).first() if request.question else None
        self.case = case = Consultation.objects.create(
            programme=self.programme, institution=place, owner=self.owner, kind=request.kind, urgency=request.urgency,
            title=request.title, asked=request.asked, tried=request.tried, expertise=list(request.fields),
            language=self.owner.language, question=question, question_version=question and question.version,
        )  # fmt: skip
        case.team.set([self.people[name] for name in request.team if name in self.people])
        created = self.start - timedelta(hours=3)
        self._note("drafted", self.owner, created)
        if reached >= 1:
            self._submit()
        if request.status in (Status.DECLINED, Status.WITHDRAWN):
            by = self.owner if request.status == Status.WITHDRAWN else self._coordinator()
            case.closed = self.start + timedelta(days=1)
            self._note(request.status, by, case.closed, request.note)
        if reached >= 2:
            self._note("accepted", self._coordinator(), self.start + timedelta(hours=6))
        if request.status == Status.ACCEPTED and request.note in self.seats:
            self._step_aside(self.seats[request.note])
        if reached >= 3:
            self._assign()
        if reached >= 4:
            self._advise()
        case.status = request.status
        case.save()
        Consultation.objects.filter(pk=case.pk).update(created=created)
        self._keep_events()
        return case

    def _submit(self) -> None:
        self.case.submitted = self.start
        self.case.due = due_for(self.case, self.case.institution, self.start)
        self._note("submitted", self.owner, self.start)
        if self.request.title.startswith("血流感染"):
            text = b"criterion,protects\n1,yes\n2,no\n3,no\n"
            Attachment.objects.create(
                consultation=self.case, file=ContentFile(text, name="x"), filename="排除标准.csv", added_by=self.owner
            )

    def _assign(self) -> None:
        self.case.adviser = self.seats[self.request.adviser]
        self.case.assigned = min(self.start + timedelta(days=1, hours=2), timezone.now())
        self._note("assigned", self._coordinator(), self.case.assigned)

    def _step_aside(self, seat: BoardMember) -> None:
        """A member who had the case for a day, and a conflict."""
        reason = "My institute sells the data linkage that is asked about."
        Conflict.objects.create(member=seat, consultation=self.case, reason=reason, declared_by=seat.user)
        self._note("assigned", self._coordinator(), self.start + timedelta(days=1))
        self._note("conflict", seat.user, self.start + timedelta(days=1, hours=5), reason)

    def _advise(self) -> None:
        request, case = self.request, self.case
        day = add_working_days(case.assigned.date(), request.work)
        case.advised = self._at(datetime.combine(day, time(12), BOSTON), 15)
        first = self._give(
            Advice.Kind.FIRST, self.seats[request.adviser], request.summary, request.points, case.advised
        )
        if request.second and request.second[0] in self.seats:
            name, summary, points = request.second
            case.second_adviser, later = self.seats[name], case.advised + timedelta(days=4)
            self._note("second", self._coordinator(), case.advised + timedelta(days=1))
            self._give(Advice.Kind.SECOND, case.second_adviser, summary, points, later)
        if request.status == Status.CLOSED:
            case.closed = min(case.advised + timedelta(days=16), timezone.now())
            self._note("closed", self.owner, case.closed)
        elif request.ago < 40:
            Advice.objects.filter(pk=first.pk).update(follow_up_on=timezone.localdate() + timedelta(days=14))

    def _give(self, kind: str, seat: BoardMember, summary: str, points: tuple[Point, ...], at: datetime) -> Advice:
        case = self.case
        advice = Advice.objects.create(
            consultation=case, kind=kind, author=seat.user, summary=summary, question_version=case.question_version,
            follow_up_on=(at + timedelta(days=30)).date(),
        )  # fmt: skip
        Advice.objects.filter(pk=advice.pk).update(created=at)
        self._note("advised" if kind == Advice.Kind.FIRST else "advised-second", seat.user, at)
        taken = self._taken_in() if kind == Advice.Kind.FIRST else case.question_version
        for position, point in enumerate(points, start=1):
            answered = None if point.state == "open" else min(at + timedelta(days=4 * position), timezone.now())
            Recommendation.objects.create(
                advice=advice, position=position, text=point.text, strength=point.strength, reason=point.reason,
                state=point.state, answer=point.answer, answered=answered, answered_by=answered and self.owner,
                taken_in_version=taken if point.state == "adopted" else None,
            )  # fmt: skip
            if answered:
                word = "recommendation-declined" if point.state == "declined" else point.state
                self._note(word, self.owner, answered, point.text[:80])
        return advice

    def _taken_in(self) -> int | None:
        """The version that took the advice: for one of the questions a new one."""
        question = self.case.question
        if question is None or question.title != MOVED_ON or question.version > 1:
            return question and question.version
        picot = question.payload["picot"]
        time_words = f"{picot['time']}; septic shock is recorded at entry"
        return change_question(question=question, parts={"picot": picot | {"time": time_words}}).version

    def _coordinator(self) -> User:
        """The coordinators take turns, and none triages a request of their own hospital's before the other."""
        return self.coordinators[self.request.ago % 2]

    def _note(self, kind: str, by: User, at: datetime, text: str = "") -> None:
        self.events.append((kind, by, min(at, timezone.now()), text))

    def _keep_events(self) -> None:
        ordered = sorted(self.events, key=lambda event: event[2])
        rows = Event.objects.bulk_create(
            [Event(consultation=self.case, kind=kind, by=by, note=text) for kind, by, _at, text in ordered]
        )
        for row, (_kind, _by, at, _text) in zip(rows, ordered, strict=True):
            row.at = at
        Event.objects.bulk_update(rows, ["at"])

    def _at(self, day: datetime, hour: int) -> datetime:
        """A working hour of that day at the requester's, never in the future."""
        local = day.astimezone(self.owner.zone).replace(hour=hour, minute=(self.request.ago * 7) % 60, second=0)
        return min(local, timezone.now() - timedelta(minutes=5))


def _meet(programme, people: dict[str, User], cases: list[Consultation]) -> None:
    """A clinic on second Wednesdays, three sessions of it past, and cases on the agenda of the next; one vote open."""
    first = date(programme.starts_on.year, programme.starts_on.month, 1)
    clinic = Clinic(
        programme=programme, title_en="Board clinic", title_zh="顾问委员会门诊", time_zone=BOSTON.key, first=first,
        at=time(19, 30), minutes=60, rule="FREQ=MONTHLY;BYDAY=2WE",
    )  # fmt: skip
    by = people["t.okafor"]
    start_clinic(clinic=clinic, by=by)
    now = timezone.now()
    for months, notes in enumerate(NOTES, start=1):
        Session.objects.create(
            programme=programme, clinic=clinic, starts=_second_wednesday(now.date(), months), minutes=60,
            time_zone=BOSTON.key, status=Session.Status.HELD, notes=notes,
        )  # fmt: skip
    coming = clinic.sessions.filter(status=Session.Status.PLANNED, starts__gt=now).order_by("starts").first()
    waiting = [case for case in cases if case.status in (Status.ASSIGNED, Status.ACCEPTED)]
    for case in waiting[:2] if coming else ():
        put_on_agenda(session=coming, case=case, by=by)
    for case in cases:
        if case.title.startswith("Borrowing controls"):
            motion = "The board advises against borrowing controls from before the change of treatment in 2021."
            open_vote(case=case, motion=motion, quorum=3, closes=now + timedelta(days=6), by=people["zhou.ning"])


def _second_wednesday(day: date, months_before: int) -> datetime:
    month = day.year * 12 + day.month - 1 - months_before
    first = date(month // 12, month % 12 + 1, 1)
    wednesday = first + timedelta(days=(2 - first.weekday()) % 7 + 7)
    return datetime.combine(wednesday, time(19, 30), BOSTON)
