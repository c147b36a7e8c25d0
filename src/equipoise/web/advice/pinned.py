"""What a case is about, as it was when it was asked: for everyone who may read the case, whoever owns the question."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.web.advice.models import Consultation
from equipoise.web.designs.models import Search
from equipoise.web.questions.models import Question

PICOT = ("population", "intervention", "comparator", "outcome", "time")


@dataclass(frozen=True)
class PinnedQuestion:
    """A version of a question in short; `url` only for those who may open it."""

    title: str
    version: int
    latest: int
    facts: list[tuple[str, str]]
    url: str
    latest_url: str

    @property
    def moved_on(self) -> bool:
        return self.latest > self.version


def pinned_question(case: Consultation, user) -> PinnedQuestion | None:
    """The version of the question that a case is about."""
    question = case.question
    if question is None or case.question_version is None:
        return None
    try:
        held = question if question.version == case.question_version else question.at_version(case.question_version)
    except Question.DoesNotExist:
        held = question
    labels = (_("Population"), _("Intervention"), _("Comparator"), _("Outcome"), _("Time"))
    picot = held.payload.get("picot") or {}
    may_open = user.has_perm("questions.view_question", question)
    return PinnedQuestion(
        title=held.title, version=held.version, latest=question.version,
        facts=[(label, picot[part]) for part, label in zip(PICOT, labels, strict=True) if picot.get(part)],
        url=reverse("questions:version", args=[question.pk, held.version]) if may_open else "",
        latest_url=question.get_absolute_url() if may_open else "",
    )  # fmt: skip


def pinned_design(case: Consultation, user) -> dict | None:
    """The design that a case is about, with its figures; `url` only for those who may open its search."""
    if case.search is None or not case.design:
        return None
    from equipoise.web.designs.presenters import present_design
    from equipoise.web.designs.views import answer

    if case.search.status != Search.Status.DONE:
        return None
    result = answer(case.search)
    candidate = result.candidate(case.design)
    if candidate is None:
        return None
    may_open = user.has_perm("designs.view_search", case.search)
    named = [case.design] if case.design == result.recommended else [result.recommended, case.design]
    address = f"{case.search.get_absolute_url()}?compare={','.join(name for name in named if name)}"
    return present_design(result, candidate) | {
        "url": address if may_open else "",
        "is_recommended": case.design == result.recommended,
        "currency": result.question.cost.currency,
    }
