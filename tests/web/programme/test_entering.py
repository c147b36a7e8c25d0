"""Who may enter, for every view of the programme."""

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from programme.permission_table import VIEWS

from equipoise.web.programme.models import Document, Programme, ReportFile, YearReport
from equipoise.web.programme.queries import visible_programmes, visible_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def things(programme, people, year):
    from equipoise.web.programme.report import make_figures

    by = people["coordinator"]
    document = Document.objects.create(
        programme=programme, title="Agreement", file=ContentFile(b"%PDF-1", name="x"), filename="a.pdf", added_by=by
    )
    report = YearReport.objects.create(
        programme=programme, year=programme.starts_on.year, status="done", asked_by=by,
        figures=make_figures(programme, programme.starts_on.year),
    )  # fmt: skip
    ReportFile.objects.create(report=report, language="en", kind="pdf", file=ContentFile(b"%PDF-1", name="x"))
    return {"programme": programme.pk, "document": document.pk, "report": report.pk, "person": people["member"].pk}


@pytest.mark.parametrize(
    ("name", "arguments", "method", "expected"), VIEWS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_who_may_enter(name, arguments, method, expected, things, people, client_of):
    address = reverse(name, args=[things.get(argument, argument) for argument in arguments])
    for who, user in [*people.items(), ("visitor", None)]:
        with transaction.atomic():  # each finds everything in its place
            response = getattr(client_of(user), method)(address)
            response.getvalue()  # closes the file
            transaction.set_rollback(True)
        assert response.status_code == expected[who], who
        if who == "visitor":
            assert "/account/login/" in response["Location"]


def test_every_view_of_the_room_is_in_the_table():
    from equipoise.web.programme.urls import urlpatterns

    assert {f"programme:{pattern.name}" for pattern in urlpatterns} == {name for name, *_ in VIEWS}


def test_the_queries_and_the_permissions_agree(things, people):
    for reader in people.values():
        for found, kind, permission in (
            (visible_programmes(reader), Programme, "programme.view_programme"),
            (visible_reports(reader), YearReport, "programme.view_yearreport"),
        ):
            may = {thing.pk for thing in kind.objects.all() if reader.has_perm(permission, thing)}
            assert may == set(found.values_list("pk", flat=True))


def test_growth_of_a_colleague_is_not_for_a_colleague(people, person, hangzhou, client_of):
    colleague = person(hangzhou, "investigator")
    assert client_of(colleague).get(reverse("programme:growth", args=[people["member"].pk])).status_code == 403
    assert (
        client_of(people["coordinator"]).get(reverse("programme:growth", args=[people["outsider"].pk])).status_code
        == 404
    )
