"""People: who sees whom, invitations, spreadsheets, holidays."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from people.permission_table import VIEWS

from equipoise.web.notices.models import Mail
from equipoise.web.people import actions
from equipoise.web.people.holidays import fill_public_holidays
from equipoise.web.people.importing import dry_run
from equipoise.web.people.models import Holiday, Institution, Invitation, Membership, User
from equipoise.web.people.queries import visible_people
from equipoise.web.sheets import read_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(db):
    return Institution.objects.create(name_en="Hill Clinic", time_zone="Europe/London")


@pytest.fixture
def coordinator(person, hangzhou, programme):
    return person(hangzhou, "coordinator", language="en")


@pytest.fixture
def token(coordinator, hangzhou):
    actions.invite(
        by=coordinator, email="New@example.org", institution=hangzhou, role="investigator", language="zh-hans"
    )
    return Mail.objects.get(to="new@example.org").body.split("/people/welcome/")[1].split("/")[0]


def everyone(things, hangzhou, elsewhere, person):
    yield "self", things["user"]
    yield "colleague", person(hangzhou, "statistician")
    yield "coordinator", things["coordinator"]
    yield "auditor", person(hangzhou, "auditor")
    yield "outsider", person(elsewhere, "coordinator")
    yield "visitor", None


@pytest.mark.parametrize(
    ("name", "arguments", "method", "expected"), VIEWS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_who_may_enter(name, arguments, method, expected, token, coordinator, hangzhou, elsewhere, person, client_of):
    day = Holiday.objects.create(institution=hangzhou, first=date(2030, 1, 1), last=date(2030, 1, 1), name_en="X")
    user = person(hangzhou, "investigator")
    things = {"person": user.pk, "user": user, "coordinator": coordinator, "token": token, "place": hangzhou.pk,
              "holiday": day.pk, "invitation": Invitation.objects.get().pk}  # fmt: skip
    address = reverse(name, args=[things[argument] for argument in arguments])
    for who, reader in everyone(things, hangzhou, elsewhere, person):
        assert getattr(client_of(reader), method)(address).status_code == expected[who], who


def test_every_view_of_the_room_is_in_the_table():
    from equipoise.web.people.urls import urlpatterns

    assert {f"people:{pattern.name}" for pattern in urlpatterns} == {name for name, *_ in VIEWS}


def test_the_query_and_the_permission_agree(person, hangzhou, boston, elsewhere, programme):
    people = [
        person(place, role) for place in (hangzhou, boston, elsewhere, None) for role in ("investigator", "auditor")
    ]
    for reader in people:
        may = {each.pk for each in people if reader.has_perm("people.view_user", each)}
        assert may == set(visible_people(reader).values_list("pk", flat=True))
    assert people[0].has_perm("people.view_user", people[2])  # Hangzhou sees Boston: they share the programme
    assert not people[0].has_perm("people.view_user", people[4])


class TestInvitation:
    def test_a_new_person_makes_an_account_and_is_in(self, token, client, hangzhou):
        address = reverse("people:accept", args=[token])
        facts = {"family_name": "王", "given_name": "芳", "password": "a long sentence of mine"}
        assert client.post(address, facts).status_code == 302
        user = User.objects.get(email="new@example.org")
        assert (user.name, user.language, user.time_zone) == ("王芳", "zh-hans", "Asia/Shanghai")
        assert user.has_role("investigator", hangzhou)
        assert client.get("/questions/").status_code == 200
        assert client.get(address).status_code == 404  # it works once

    @pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
    def test_a_weak_password_changes_nothing(self, token, client, password):
        address = reverse("people:accept", args=[token])
        assert client.post(address, {"family_name": "王", "password": password}).status_code == 200
        assert not User.objects.filter(email="new@example.org").exists()

    def test_only_the_digest_of_the_token_is_kept(self, token):
        assert token not in str(Invitation.objects.values().get())

    def test_an_existing_person_says_yes_signed_in_and_nobody_else_can(
        self, coordinator, person, boston, hangzhou, client_of
    ):
        kim, other = person(boston, "adviser"), person(boston, "adviser")
        actions.invite(by=coordinator, email=kim.email.upper(), institution=hangzhou, role="speaker")
        token = Mail.objects.get(to=kim.email).body.split("/people/welcome/")[1].split("/")[0]
        address = reverse("people:accept", args=[token])
        for reader in (None, other):
            client_of(reader).post(address, {"password": "a long sentence of mine", "family_name": "X"})
            assert not Membership.objects.filter(role="speaker").exists()
        client_of(kim).post(address)
        assert Membership.objects.get(role="speaker").user == kim

    def test_withdrawn_or_old_it_opens_nothing_and_its_mail_stays(self, token, client):
        invitation = Invitation.objects.get()
        actions.withdraw(invitation)
        assert client.get(reverse("people:accept", args=[token])).status_code == 404
        assert Mail.objects.get().status == Mail.Status.WITHDRAWN
        Invitation.objects.update(withdrawn=None, expires=timezone.now() - timedelta(seconds=1))
        assert client.get(reverse("people:accept", args=[token])).status_code == 404

    def test_nobody_is_invited_twice_to_the_same(self, token, coordinator, hangzhou, client_of):
        facts = {"email": "new@example.org", "institution": hangzhou.pk, "role": "investigator", "language": "en"}
        page = client_of(coordinator).post(reverse("people:invitations"), facts)
        assert "has not answered yet" in page.text
        assert Invitation.objects.count() == 1

    def test_a_coordinator_invites_only_for_their_own_institution(self, coordinator, boston, client_of):
        facts = {"email": "x@example.org", "institution": boston.pk, "role": "investigator", "language": "en"}
        assert client_of(coordinator).post(reverse("people:invitations"), facts).status_code == 200
        assert not Invitation.objects.exists()


SHEET = """email,family_name,given_name,role,language
a@example.org,王,芳,investigator,zh
b@example.org,Kim,Jo,研究者,en
nonsense,Li,,adviser,en
c@example.org,Li,,doctor,en
a@example.org,王,芳,investigator,zh
d@example.org,Li,,adviser,french
"""


class TestSpreadsheet:
    def test_every_rows_problem_is_listed_and_nobody_invited(self, coordinator, hangzhou, client_of):
        file = SimpleUploadedFile("people.csv", SHEET.encode())
        page = client_of(coordinator).post(reverse("people:import"), {"file": file})
        for problem in (
            "“nonsense” is not an address",
            "“doctor” is none of",
            "is in the file twice",
            "neither en nor zh",
        ):
            assert problem in page.text
        assert "2 good, 4 with a problem" in page.text
        assert not Invitation.objects.exists()
        sealed = page.context["sealed"]
        done = client_of(coordinator).post(reverse("people:do_import"), {"sealed": sealed})
        assert done.status_code == 302
        assert sorted(Invitation.objects.values_list("email", "role")) == [
            ("a@example.org", "investigator"),
            ("b@example.org", "investigator"),
        ]
        client_of(coordinator).post(reverse("people:do_import"), {"sealed": sealed})  # again: nobody, rather than some
        assert Invitation.objects.count() == 2

    @pytest.mark.parametrize("sealed", ["", "x", "eyJhIjoxfQ:1tTtTt:abc"])
    def test_a_forged_list_invites_nobody(self, coordinator, client_of, sealed):
        client_of(coordinator).post(reverse("people:do_import"), {"sealed": sealed})
        assert not Invitation.objects.exists()

    def test_excel_and_the_encoding_of_windows_in_china(self, hangzhou):
        import openpyxl

        book, out = openpyxl.Workbook(), io.BytesIO()
        for row in (["Email", "Family Name", "role"], ["x@example.org", "王", "adviser"]):
            book.active.append(row)
        book.save(out)
        rows = read_table(out.getvalue(), "p.xlsx")
        assert rows == [{"email": "x@example.org", "family_name": "王", "role": "adviser"}]
        text = "email;family_name\nx@example.org;王\n".encode("gb18030")
        assert read_table(text, "p.csv")[0]["family_name"] == "王"

    @pytest.mark.parametrize(("name", "data"), [
        ("p.exe", b"MZ"), ("p.csv", b""), ("p.xlsx", b"PK\x03\x04nonsense"), ("p.xlsx", b"a,b"), ("p.csv", b"a\0b"),
    ])  # fmt: skip
    def test_what_is_no_sheet_is_refused_in_words(self, coordinator, client_of, name, data):
        page = client_of(coordinator).post(reverse("people:import"), {"file": SimpleUploadedFile(name, data)})
        assert page.status_code == 200
        assert "errorlist" in page.text

    def test_as_many_queries_for_many_rows_as_for_few(self, hangzhou, django_assert_num_queries):
        for count in (2, 200):
            rows = [{"email": f"p{number}@example.org", "role": "adviser"} for number in range(count)]
            with django_assert_num_queries(2):
                dry_run(rows, [hangzhou])


class TestDirectory:
    def test_by_words_role_and_institution(self, coordinator, person, hangzhou, boston, client_of):
        person(boston, "adviser", family_name="Ellery", department="Biostatistics")
        person(hangzhou, "statistician", family_name="顾", given_name="衡")
        client = client_of(coordinator)
        assert "Ellery" in client.get("/people/?q=biostat").text
        assert "Ellery" not in client.get("/people/?q=biostat cardio").text
        assert "Ellery" not in client.get("/people/?role=statistician").text
        assert "顾衡" in client.get(f"/people/?institution={hangzhou.pk}").text
        assert client.get("/people/?institution=99999999999999999999&role=nobody&page=x").status_code == 200

    def test_as_many_queries_for_many_as_for_few(self, coordinator, person, boston, client_of):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client, counts = client_of(coordinator), []
        for more in (1, 20):
            for _ in range(more):
                person(boston, "adviser")
            with CaptureQueriesContext(connection) as queries:
                client.get("/people/")
            counts.append(len(queries))
        assert counts[0] == counts[1]


def test_ones_own_page_is_saved_and_faults_change_nothing(coordinator, client_of):
    client = client_of(coordinator)
    facts = {"family_name": "周", "given_name": "宁", "department": "心内科", "expertise": ["cardiology", "cluster"],
             "languages": ["en", "zh-hans"], "language": "zh-hans", "time_zone": "Asia/Shanghai", "mails": "daily",
             "quiet_from": "22:00", "quiet_until": "06:30"}  # fmt: skip
    assert client.post("/people/me/", facts).status_code == 302
    coordinator.refresh_from_db()
    assert (coordinator.name, coordinator.expertise, coordinator.mails) == ("周宁", ["cardiology", "cluster"], "daily")
    assert client.post("/people/me/", facts | {"time_zone": "Mars/Base"}).status_code == 200
    coordinator.refresh_from_db()
    assert coordinator.time_zone == "Asia/Shanghai"


def test_public_holidays_of_both_countries(hangzhou, boston):
    assert fill_public_holidays(hangzhou, 2026) >= 7
    assert fill_public_holidays(boston, 2026) >= 11
    assert fill_public_holidays(boston, 2026) == 0
    fill_public_holidays(boston, 2027)
    named = dict(Holiday.objects.filter(institution=boston).values_list("name_en", "name_zh"))
    assert named["Thanksgiving Day"] == "感恩节"
    assert named["Independence Day (observed)"] == "独立日（补休）"
    assert all(named.values())
    spring = Holiday.objects.get(institution=hangzhou, name_en="Chinese New Year (Spring Festival)", first__month=2)
    assert (spring.first, spring.last) == (date(2026, 2, 17), date(2026, 2, 19))
    assert "春节" in spring.name_zh
    assert Holiday.objects.filter(institution=boston, first=date(2026, 4, 20)).exists()  # Patriots' Day


def test_the_pages_of_a_list_keep_what_was_asked_for(coordinator, person, boston, client_of):
    for _ in range(31):
        person(boston, "adviser")
    page = client_of(coordinator).get("/people/", {"role": "adviser", "q": "Person"})
    assert 'href="?role=adviser&amp;q=Person&amp;page=2"' in page.text
