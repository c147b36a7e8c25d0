"""What a request can be about: a version of a question, or a design of a search; each as one value of a field."""

import re

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from equipoise.web.advice.actions.request import About
from equipoise.web.advice.models import Consultation
from equipoise.web.designs.models import Search
from equipoise.web.questions.models import Question

MOST_OFFERED = 40
VALUE = re.compile(r"(?:question:(\d{1,9}):(\d{1,6}))|(?:design:(\d{1,9}):([a-z0-9-]{1,20}))")


def questions_of(user) -> QuerySet[Question]:
    """The questions that a person may bring to the board: not those that they see only as an adviser."""
    own = Q(owner=user) | Q(institution__in=user.institution_ids) | Q(shared_with__in=user.programme_ids)
    return Question.objects.filter(own)


def searches_of(user) -> QuerySet[Search]:
    """The finished searches whose designs a person may bring."""
    done = Search.objects.filter(status=Search.Status.DONE).select_related("question").defer("result")
    return done.filter(question__in=questions_of(user).values("pk"))


def value_of(case: Consultation) -> str:
    """What a case is about, as a value."""
    if case.search_id and case.design:
        return f"design:{case.search_id}:{case.design}"
    return f"question:{case.question_id}:{case.question_version}" if case.question_id else ""


def read_about(value: str, user, case: Consultation | None) -> About:
    """The value as what a request is about; raises ValidationError for what is not there, or not the person's to bring."""
    if not value:
        return About()
    if case is not None and value == value_of(case):
        return About(case.question_id, case.question_version, case.search_id, case.design)
    found = VALUE.fullmatch(value)
    if found and found[1]:
        question = questions_of(user).filter(pk=int(found[1])).first()
        if question and question.history.filter(version=int(found[2])).exists():
            return About(question.pk, int(found[2]))
    elif found:
        search = searches_of(user).filter(pk=int(found[3])).first()
        if search and _has(search, found[4]):
            return About(search.question_id, search.version, search.pk, found[4])
    raise ValidationError(_("Choose a question or a design that you may see."))


def choices_for(user, case: Consultation | None, asked: str) -> list:
    """What is offered: nothing, what is asked for or pinned now, recommended designs, one's own questions, colleagues'."""
    questions = questions_of(user).only("title", "version", "owner").order_by("-changed")
    own = list(questions.filter(owner=user)[:MOST_OFFERED])
    others = list(questions.exclude(owner=user)[:MOST_OFFERED])
    designs = [
        (f"design:{search.pk}:{search.recommended}", _design(search, search.recommended))
        for search in searches_of(user).filter(owner=user).exclude(recommended="")[:MOST_OFFERED]
    ]
    groups = [
        (_("Recommended designs of your searches"), designs),
        (_("Your questions"), [_question(question) for question in own]),
        (_("Questions of your colleagues"), [_question(question) for question in others]),
    ]
    offered = {value for _group, rows in groups for value, _label in rows}
    pinned = value_of(case) if case else ""
    first = [(value, _named(value)) for value in dict.fromkeys((asked, pinned)) if value and value not in offered]
    return [
        ("", _("Nothing that is written here yet")), *[row for row in first if row[1]],
        *[group for group in groups if group[1]],
    ]  # fmt: skip


def _question(question: Question) -> tuple[str, str]:
    return f"question:{question.pk}:{question.version}", _versioned(question.title, question.version)


def _versioned(title: str, version: int) -> str:
    return _("%(title)s (version %(version)s)") % {"title": title, "version": version}


def _design(search: Search, design: str) -> str:
    return f"{design} · {_versioned(search.title, search.version)}"


def _named(value: str) -> str:
    """The words for a value that was checked before; empty for one that names nothing."""
    found = VALUE.fullmatch(value)
    if found and found[1]:
        record = Question.history.filter(id=int(found[1]), version=int(found[2])).order_by("-history_date").first()
        return _versioned(record.title, int(found[2])) if record else ""
    search = (
        Search.objects.filter(pk=int(found[3])).select_related("question").defer("result").first() if found else None
    )
    return _design(search, found[4]) if search else ""


def _has(search: Search, design: str) -> bool:
    from equipoise.web.designs.views import answer

    return answer(search).candidate(design) is not None
