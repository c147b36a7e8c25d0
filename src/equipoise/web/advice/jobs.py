"""What the room does as time goes by. Everything may be done again: what was told is not told twice."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from equipoise.web.advice.actions_meetings import plan_sessions, tell_of
from equipoise.web.advice.actions_votes import close_vote
from equipoise.web.advice.models import Advice, BoardVote, Clinic, Consultation, Recommendation, Session
from equipoise.web.advice.presenters_board import present_shifts
from equipoise.web.advice.queries_board import advisers_of, team_of, without_conflict
from equipoise.web.notices.actions import tell
from equipoise.web.notices.models import Notice
from equipoise.web.people.queries import coordinators_of

DAY = timedelta(days=1)
UNANSWERED = 14 * DAY
LOOK_BACK = 90 * DAY  # what is older was told, or is past telling


def chase() -> None:
    """Everything that is due."""
    plan_ahead()
    close_votes()
    chase_cases()
    chase_follow_ups()
    chase_answers()
    remind_of_sessions()


def plan_ahead() -> None:
    """The coming sessions of every clinic."""
    today = timezone.localdate()
    for clinic in Clinic.objects.filter(Q(until__isnull=True) | Q(until__gte=today)):
        plan_sessions(clinic=clinic)


def close_votes() -> None:
    for vote in BoardVote.objects.filter(closed__isnull=True, closes__lte=timezone.now()):
        close_vote(vote=vote)


def chase_cases() -> None:
    """Cases that are due within a day, and those that are overdue: once per stage, adviser and coordinators."""
    now = timezone.now()
    cases = _cases().filter(status__in=Consultation.AWAITED, due__gt=now - LOOK_BACK, due__lte=now + DAY)
    stages = {
        True: ("overdue", gettext_noop("A consultation is overdue: %(title)s")),
        False: ("due", gettext_noop("A consultation is due within a day: %(title)s")),
    }
    rows = []
    for case in cases:
        stage, text = stages[case.due < now]
        key = f"advice:{case.pk}:{stage}:{case.due:%Y%m%dT%H%M}"
        rows += [
            (f"{key}:coordinators", text, case, _coordinators),
            (f"{key}:{case.adviser_id}", text, case, advisers_of),
        ]
    _tell_all(rows)


def chase_follow_ups() -> None:
    """The day on which advice was to be looked at again."""
    today = timezone.localdate()
    advice = Advice.objects.filter(
        follow_up_on__lte=today, follow_up_on__gt=today - LOOK_BACK, consultation__status__in=Consultation.OPEN
    )
    text = gettext_noop("It is time to look again at the advice on “%(title)s”.")
    rows = [(given.pk, given.follow_up_on, given.consultation_id) for given in advice]
    cases = _cases().in_bulk([case for _pk, _day, case in rows])
    _tell_all(
        [(f"advice:{case}:follow-up:{pk}:{day.isoformat()}", text, cases[case], _everyone) for pk, day, case in rows]
    )


def chase_answers() -> None:
    """Recommendations that their requester has not answered for two weeks."""
    now = timezone.now()
    late = Recommendation.objects.filter(
        state=Recommendation.State.OPEN, advice__created__lte=now - UNANSWERED, advice__created__gt=now - LOOK_BACK,
        advice__consultation__status__in=Consultation.OPEN,
    )  # fmt: skip
    pairs = list(late.order_by("advice").values_list("advice", "advice__consultation").distinct())
    cases = _cases().in_bulk([case for _advice, case in pairs])
    text = gettext_noop("Recommendations on “%(title)s” wait for your answer: was each one adopted?")
    _tell_all([(f"advice:{case}:unanswered:{advice}", text, cases[case], team_of) for advice, case in pairs])


def remind_of_sessions() -> None:
    """A day before each session; if clocks have changed since the last one, that it is at another hour."""
    now = timezone.now()
    coming = Session.objects.filter(status=Session.Status.PLANNED, starts__gt=now, starts__lte=now + DAY)
    keys = {f"session:{session.pk}:reminder:{session.starts:%Y%m%dT%H%M}": session for session in coming}
    for key in keys.keys() - _told(keys):
        tell_of(keys[key], key=key, text=REMINDERS[_is_shifted(keys[key])])


REMINDERS = {
    False: gettext_noop("Tomorrow: meeting of the board, %(when)s."),
    True: gettext_noop("Tomorrow: meeting of the board, %(when)s. Clocks have changed: check the hour where you are."),
}


def _is_shifted(session: Session) -> bool:
    earlier = Session.objects.filter(clinic=session.clinic_id, starts__lt=session.starts).order_by("-starts").first()
    if session.clinic_id is None or earlier is None:
        return False
    return bool(present_shifts(session.programme_id, [earlier.starts, session.starts]))


def _cases():
    return Consultation.objects.select_related("owner", "adviser__user", "second_adviser__user")


def _coordinators(case: Consultation) -> list:
    return without_conflict(coordinators_of(case.programme_id), case)


def _everyone(case: Consultation) -> list:
    return [*team_of(case), *advisers_of(case)]


def _tell_all(rows: list[tuple]) -> None:
    """Rows of key, text, case and who is to know: what was told already costs one query for all of them."""
    told = _told(key for key, *_rest in rows)
    for key, text, case, who in rows:
        if key not in told:
            tell(
                who(case), key=key, kind="consultation", text=text, values={"title": case.title},
                url=case.get_absolute_url(),
            )  # fmt: skip


def _told(keys) -> set[str]:
    keys, found = list(keys), set()
    for start in range(0, len(keys), 500):
        found.update(Notice.objects.filter(key__in=keys[start : start + 500]).values_list("key", flat=True))
    return found
