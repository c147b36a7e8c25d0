"""What every action needs: the row held while it changes, the states it may change from, and the event that stays."""

from equipoise.errors import InputError
from equipoise.web.advice.models import Consultation, Event


def held(case: Consultation, *states: str) -> Consultation:
    """The case as it is now, locked until the end of the transaction; raises InputError unless in one of the states."""
    now = Consultation.objects.select_for_update(of=("self",)).select_related("programme", "owner").get(pk=case.pk)
    if states and now.status not in states:
        raise InputError("status", now.status, "one of " + ", ".join(states))
    return now


def note(case: Consultation, kind: str, by, text: str = "") -> Event:
    """Put on record what happened."""
    return Event.objects.create(consultation=case, kind=kind, by=by, note=text[:1000])
