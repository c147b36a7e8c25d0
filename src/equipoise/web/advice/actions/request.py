"""A request: kept as a draft from the first word, complete before it goes to the board."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from equipoise.errors import InputError
from equipoise.web.advice.actions.steps import held, note
from equipoise.web.advice.deadlines import due_for
from equipoise.web.advice.models import AdviceDraft, Attachment, Consultation
from equipoise.web.advice.telling import announce, coordinators_of
from equipoise.web.uploads import clean_filename

Status, Kind = Consultation.Status, Consultation.Kind
MOST_FILES = 10


@dataclass(frozen=True)
class About:
    """What a request is about: a version of a question, and a design of a search of it."""

    question_id: int | None = None
    version: int | None = None
    search_id: int | None = None
    design: str = ""


@transaction.atomic
def save_request(*, case: Consultation | None = None, by, facts: dict, team, about: About, place=None) -> Consultation:
    """Keep a draft, new or again; `place` is (programme, institution) for a new one."""
    if case is None:
        case = Consultation(owner=by, programme=place[0], institution=place[1])
    else:
        case = held(case, Status.DRAFT)
    for name, value in facts.items():
        setattr(case, name, value)
    case.question_id, case.question_version = about.question_id, about.version
    case.search_id, case.design = about.search_id, about.design
    fresh = case.pk is None
    case.save()
    case.team.set([person for person in team if person.pk != case.owner_id])
    if fresh:
        note(case, "drafted", by)
    return case


def attach(*, case: Consultation, by, files) -> list[Attachment]:
    """Put checked files with a draft; raises InputError beyond the most that a request takes."""
    if case.attachments.count() + len(files) > MOST_FILES:
        raise InputError("files", len(files), f"at most {MOST_FILES} with one request")
    return [
        Attachment.objects.create(consultation=case, file=file, filename=clean_filename(file), added_by=by)
        for file in files
    ]


def detach(*, attachment: Attachment) -> None:
    """Take a file away, from the disk too once that is certain."""
    file = attachment.file
    with transaction.atomic():
        held(attachment.consultation, Status.DRAFT)
        attachment.delete()
        transaction.on_commit(lambda: file.delete(save=False))


def lacks(case: Consultation) -> list[str]:
    """The fields that must be filled before the board can be asked."""
    found = [name for name in ("title", "kind", "asked") if not getattr(case, name).strip()]
    if not case.expertise:
        found.append("expertise")
    written = bool(case.question_id or case.background.strip()) or case.attachments.exists()
    if case.kind in (Kind.QUESTION, Kind.DESIGN, Kind.PROTOCOL) and not written:
        found.append("about")
    return found


@transaction.atomic
def submit(*, case: Consultation, by) -> Consultation:
    """Ask the board; raises InputError naming the first field that is not filled."""
    case = held(case, Status.DRAFT)
    if missing := lacks(case):
        raise InputError(missing[0], "", "filled")
    case.status, case.submitted = Status.SUBMITTED, timezone.now()
    case.due = due_for(case, case.institution, case.submitted)
    case.save()
    event = note(case, "submitted", by)
    urgent = case.urgency == Consultation.Urgency.URGENT
    announce(
        event, coordinators_of(case), gettext_noop("A request to the board waits for triage: %(title)s"), urgent=urgent
    )
    return case


@transaction.atomic
def drop_or_withdraw(*, case: Consultation, by, reason: str = "") -> Consultation | None:
    """Take a request back: one that never went out is gone (None), another is withdrawn with all that was said."""
    case = held(case, Status.DRAFT, *Consultation.OPEN)
    if case.submitted is None:
        for attachment in case.attachments.all():
            detach(attachment=attachment)
        case.delete()
        return None
    from equipoise.web.advice.telling import advisers_of

    told = [*coordinators_of(case), *advisers_of(case)]
    case.status, case.closed = Status.WITHDRAWN, timezone.now()
    case.save()
    AdviceDraft.objects.filter(consultation=case).delete()
    announce(note(case, "withdrawn", by, reason), told, gettext_noop("A request to the board was withdrawn: %(title)s"))
    return case
