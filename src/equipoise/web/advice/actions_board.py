"""What can happen to the board: members come and go, and declare what keeps them from cases."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from equipoise.web.advice.actions import hand_back
from equipoise.web.advice.models import BoardMember, Conflict, Consultation
from equipoise.web.advice.queries import conflicts_of
from equipoise.web.advice.queries_board import own_cases
from equipoise.web.advice.telling import forget
from equipoise.web.notices.actions import tell


@transaction.atomic
def seat_member(*, programme, user, capacity: int, since: date, until: date | None = None) -> BoardMember:
    """Put a person on the board; someone whose term is over comes back on the same seat, with their conflicts."""
    if user.pk and programme.pk not in user.programme_ids:
        raise ValidationError(_("This person belongs to none of the programme's institutions."))
    seat = BoardMember.objects.select_for_update().filter(programme=programme, user=user).first()
    if seat and (seat.until is None or seat.until >= timezone.localdate()):
        raise ValidationError(_("This person is on the board already."))
    seat = seat or BoardMember(programme=programme, user=user)
    seat.capacity, seat.since, seat.until = capacity, since, until
    seat.save()
    tell(
        [user], key=f"board:{seat.pk}:seated:{since.isoformat()}", kind="board",
        text=gettext_noop("You are on the advisory board of %(programme)s. Please declare conflicts of interest."),
        values={"programme": (programme.name_en, programme.name_zh or programme.name_en)},
        url=f"/board/members/{seat.pk}/",
    )  # fmt: skip
    return seat


@transaction.atomic
def change_member(*, member: BoardMember, **changes) -> BoardMember:
    """Change a member's capacity or term."""
    for name, value in changes.items():
        setattr(member, name, value)
    member.save()
    return member


@transaction.atomic
def declare_conflict(
    *, member: BoardMember, by, reason: str, person=None, institution=None, consultation=None
) -> Conflict:
    """Write a conflict down; it closes cases at once, and a case that the member advises on goes back to be matched."""
    about = {"person": person, "institution": institution, "consultation": consultation}
    if sum(thing is not None for thing in about.values()) != 1:
        raise ValidationError(_("A conflict is with one thing: a person, an institution or a case."))
    found = member.conflicts.filter(ended__isnull=True, **about).first()
    if found:
        return found
    conflict = Conflict.objects.create(member=member, declared_by=by, reason=reason, **about)
    if member.user_id != by.pk:
        tell(
            [member.user], key=f"conflict:{conflict.pk}:declared", kind="board",
            text=gettext_noop("A coordinator recorded a conflict of interest for you. You can read it with your seat."),
            url=f"/board/members/{member.pk}/",
        )  # fmt: skip
    _close_cases(member, conflict, by)
    return conflict


@transaction.atomic
def end_conflict(*, conflict: Conflict) -> None:
    """A conflict is over; cases open again to the member, but for what another conflict closes."""
    if conflict.ended is None:
        conflict.ended = timezone.now()
        conflict.save()


def _close_cases(member: BoardMember, conflict: Conflict, by) -> None:
    """What the conflict closes goes from the member's hands: cases, ballots not yet counted, and what was told."""
    user = member.user
    user.__dict__.pop("_conflicts", None)
    closed = Q(pk=conflict.consultation_id) if conflict.consultation_id else conflicts_of(user).closed()
    cases = Consultation.objects.filter(closed, programme=member.programme_id).exclude(own_cases(user))
    held = Q(adviser=member) | Q(second_adviser=member)
    for case in cases.filter(held, status__in=Consultation.OPEN):
        hand_back(case=case, member=member, by=by, reason=conflict.reason)
    member.ballots.filter(vote__closed__isnull=True, vote__consultation__in=cases).delete()
    for case in cases.filter(pk__in=_told_of(user)):
        forget(user, case)


def _told_of(user) -> set[int]:
    """The cases that a person's notices lead to."""
    root = reverse("advice:list")
    urls = user.notices.filter(url__startswith=root).values_list("url", flat=True)
    return {int(found[1]) for url in urls if (found := re.match(rf"{re.escape(root)}(\d+)/", url))}
