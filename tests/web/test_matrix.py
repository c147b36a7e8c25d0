"""The matrix of permissions: made from the code, printed in the docs, and held to it.

`EQUIPOISE_WRITE_DOCS=1 pytest tests/web/test_matrix.py` writes docs/reference/permissions.md anew.
"""

import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import get_resolver
from django.utils import timezone
from rules.permissions import permissions

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "permissions.md"
READERS = ["owner", "colleague", "statistician", "site staff", "coordinator", "auditor", "adviser of the case",
           "board member with a conflict", "speaker of the lecture", "partner's investigator", "outsider"]  # fmt: skip


@pytest.fixture
def readers(person, hangzhou, boston, programme):
    from equipoise.web.people.models import Institution

    elsewhere = Institution.objects.create(name_en="Elsewhere")
    roles = {
        "owner": (hangzhou, "investigator"), "colleague": (hangzhou, "investigator"),
        "statistician": (hangzhou, "statistician"), "site staff": (hangzhou, "site-staff"),
        "coordinator": (hangzhou, "coordinator"), "auditor": (hangzhou, "auditor"),
        "adviser of the case": (boston, "adviser"), "board member with a conflict": (boston, "adviser"),
        "speaker of the lecture": (boston, "speaker"), "partner's investigator": (boston, "investigator"),
        "outsider": (elsewhere, "coordinator"),
    }  # fmt: skip
    assert list(roles) == READERS
    return {name: person(place, role) for name, (place, role) in roles.items()}


@pytest.fixture
def things(readers, hangzhou, programme):
    """One of everything: the owner's, at the first hospital, not shared, with a conflict declared by one board member."""
    from equipoise.web.advice.models import BoardMember, Conflict, Consultation, Session
    from equipoise.web.designs.models import Search
    from equipoise.web.lectures.models import Lecture, Series
    from equipoise.web.people.models import Invitation
    from equipoise.web.programme.models import Document, YearReport
    from equipoise.web.questions.models import Question

    owner = readers["owner"]
    question = Question.objects.create(owner=owner, institution=hangzhou, title="Q", payload={"title": "Q"})
    search = Search.objects.create(question=question, version=1, owner=owner, institution=hangzhou)
    board = {name: BoardMember.objects.create(programme=programme, user=readers[name], since=date(2026, 1, 1))
             for name in ("adviser of the case", "board member with a conflict")}  # fmt: skip
    case = Consultation.objects.create(
        programme=programme, institution=hangzhou, owner=owner, kind="design", title="C", asked="?", question=question,
        status="assigned", adviser=board["adviser of the case"],
    )  # fmt: skip
    Conflict.objects.create(
        member=board["board member with a conflict"], consultation=case, reason="x", declared_by=owner
    )
    series = Series.objects.create(programme=programme, year=2026, title_en="S")
    lecture = Lecture.objects.create(
        series=series, programme=programme, topic_en="L", status="confirmed", starts=timezone.now() + timedelta(days=3),
        speaker=readers["speaker of the lecture"],
    )  # fmt: skip
    draft = Consultation.objects.create(
        programme=programme, institution=hangzhou, owner=owner, kind="design", title="D", asked="?"
    )
    return {
        "questions": question, "designs": search, "designs.start_search": question, "people": readers["colleague"],
        "people.change_user": owner, "people.view_growth": owner,
        "people.view_invitation": (invitation := Invitation(institution=hangzhou)),
        "people.withdraw_invitation": invitation, "programme": programme,
        "programme.view_document": Document(programme=programme), "programme.view_yearreport": YearReport(programme=programme),
        "lectures": lecture, "lectures.view_series": series, "lectures.plan_series": series, "advice": case,
        "advice.change_consultation": draft, "advice.view_board": programme, "advice.change_board": programme, "advice.view_measures": programme,
        "advice.declare_conflict": board["adviser of the case"],
        "advice.view_session": (session := Session.objects.create(programme=programme, starts=timezone.now(), time_zone="UTC")),
        "advice.change_session": session, "notices": None,
    }  # fmt: skip


def _needs_thing(predicate) -> bool:
    """Whether any part of a permission asks about an object."""
    parts = re.findall(r"\w+", predicate.name)
    return not set(parts) <= {"is_active", "is_a_member", "may_write", "is_in_a_programme", "coordinates_somewhere"}


def table(readers, things) -> list[str]:
    lines = ["| permission | " + " | ".join(READERS) + " |", "| --- |" + " :-: |" * len(READERS)]
    for name, predicate in permissions.items():
        thing = things.get(name, things[name.split(".")[0]]) if _needs_thing(predicate) else None
        marks = ["✓" if reader.has_perm(name, thing) else "·" for reader in readers.values()]
        lines.append(f"| `{name}` | " + " | ".join(marks) + " |")
    return lines


def test_the_page_of_permissions_is_what_the_code_says(readers, things):
    sentences = [f"- `{name}`: {predicate.name}" for name, predicate in permissions.items()]
    text = "\n".join([
        "# Who may do what", "",
        "Made from `web/permissions.py` by a test, and held to it. Each row is one permission, asked about one thing: the",
        "owner's own question, search, consultation (with an adviser, and a board member who declared a conflict), a lecture",
        "with a date, the programme and its papers. A dot is a refusal; whoever may not even see a thing is answered as if it",
        "were not there.", "", *table(readers, things), "", "## The rules themselves", "",
        "Predicates are the functions of `web/permissions.py`; `&` is and, `|` is or, `~` is not.", "", *sentences, "",
    ])  # fmt: skip
    if os.environ.get("EQUIPOISE_WRITE_DOCS") == "1":
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "run EQUIPOISE_WRITE_DOCS=1 pytest tests/web/test_matrix.py"


def test_an_outsider_has_nothing_of_theirs(readers, things):
    own = {"people.add_invitation", "people.import_people", "notices.list_notices"}
    allowed = {
        name for name, predicate in permissions.items()
        if _needs_thing(predicate)
        and readers["outsider"].has_perm(name, things.get(name, things[name.split(".")[0]]))
    }  # fmt: skip
    assert allowed <= own


def test_a_conflict_closes_the_case_whatever_else_one_is(readers, things):
    closed, case = readers["board member with a conflict"], things["advice"]
    about_the_case = [name for name in permissions if name.startswith("advice.") and things.get(name, case) is case]
    assert {name for name in about_the_case if closed.has_perm(name, case)} == {
        "advice.list_consultations", "advice.add_consultation",  # these ask about nothing
    }  # fmt: skip


def patterns(resolver, prefix="") -> list[tuple[str, str]]:
    """(full name, where it is written) of every address."""
    found = []
    for each in resolver.url_patterns:
        if hasattr(each, "url_patterns"):
            space = f"{prefix}{each.namespace}:" if each.namespace else prefix
            found += patterns(each, space)
        else:
            found.append((f"{prefix}{each.name}", each.callback.__module__))
    return found


def test_every_address_of_ours_is_in_a_table_of_who_may_enter(monkeypatch):
    from importlib import import_module

    known = {name for name, *_ in import_module("test_permissions").VIEWS}
    for path in sorted(Path(__file__).parent.glob("*/*permission*.py")):
        monkeypatch.syspath_prepend(path.parent)  # as pytest does, for what it imports from beside it
        module = import_module(f"{path.parent.name}.{path.stem}")
        rows = [*getattr(module, "VIEWS", []), *getattr(module, "FREE", [])]
        known |= {name if ":" in name else f"{path.parent.name}:{name}" for name, *_ in rows}
    open_to_all = {"home", "healthz", "set_language", "account_email", "find", "feed"}
    ours = {name for name, module in patterns(get_resolver()) if module.startswith("equipoise.")}
    assert ours - known - open_to_all == set()


def test_a_visitor_is_sent_to_sign_in_or_told_nothing(client):
    """Every address without an argument, ours and the libraries'."""
    from django.urls import NoReverseMatch, reverse

    may = {"home", "healthz", "lectures:verify_form"}
    for name, _module in patterns(get_resolver()):
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        status = client.get(address).status_code
        assert (
            name in may
            or name.startswith(("account_", "socialaccount_", "mfa_", "openid", "saml"))
            or status in (302, 404, 405)
        ), name
