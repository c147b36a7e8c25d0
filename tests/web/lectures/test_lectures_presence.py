"""Who means to come, and who came: by a code, by a meeting's list, by hand."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from equipoise.web.lectures import imports, presence
from equipoise.web.lectures.actions import NotPossibleError
from equipoise.web.lectures.meeting_list import read_meeting
from equipoise.web.lectures.models import Attendance, Certificate, Lecture, Registration
from equipoise.web.sheets import read_rows

pytestmark = pytest.mark.django_db
NOW = -1 / 48  # half an hour ago, in days


def test_places_run_out_and_come_back(lecture, investigator, person, hangzhou):
    made, second = lecture(capacity=1), person(hangzhou)
    presence.register(lecture=made, user=investigator)
    presence.register(lecture=made, user=investigator)  # twice is once
    with pytest.raises(NotPossibleError, match="taken"):
        presence.register(lecture=made, user=second)
    presence.withdraw(lecture=made, user=investigator)
    presence.register(lecture=made, user=second)
    with pytest.raises(NotPossibleError, match="taken"):
        presence.register(lecture=made, user=investigator)
    presence.withdraw(lecture=made, user=second)
    presence.register(lecture=made, user=investigator)
    assert Registration.objects.count() == 2
    assert Registration.objects.get(withdrawn__isnull=True).user == investigator


@pytest.mark.parametrize(("status", "days"), [("held", -3), ("cancelled", 3), ("invited", 3), ("confirmed", -3)])
def test_nobody_registers_for_what_does_not_come(status, days, lecture, investigator):
    with pytest.raises(NotPossibleError):
        presence.register(lecture=lecture(status, days=days), user=investigator)


def test_the_speaker_need_not_register(lecture, speaker):
    with pytest.raises(NotPossibleError):
        presence.register(lecture=lecture(), user=speaker)


def test_registering_on_the_page(lecture, investigator, client_of):
    made, client = lecture(), client_of(investigator)
    page = client.post(reverse("lectures:register", args=[made.pk]), follow=True).content.decode()
    assert "You are registered" in page
    page = client.post(reverse("lectures:withdraw", args=[made.pk]), follow=True).content.decode()
    assert "Register again" in page
    assert client.get(reverse("lectures:register", args=[made.pk])).status_code == 405


@pytest.mark.parametrize(
    ("minutes", "counts"), [(-11, False), (-9, True), (30, True), (60, True), (119, True), (121, False)]
)
def test_the_code_counts_from_ten_minutes_before_to_an_hour_after(minutes, counts, lecture):
    made = lecture()
    assert presence.code_is_valid(made, made.starts + timedelta(minutes=minutes)) is counts


def test_the_code_shown_last_is_the_one_that_counts(lecture, investigator):
    made = lecture(days=NOW)
    with pytest.raises(NotPossibleError, match="No code counts"):
        presence.attend_by_code(lecture=made, user=investigator, code="")
    first, second = presence.open_code(lecture=made), presence.open_code(lecture=made)
    made.refresh_from_db()
    assert first != second
    with pytest.raises(NotPossibleError, match="not the code"):
        presence.attend_by_code(lecture=made, user=investigator, code=first)
    shown = f" {second[:3].lower()}-{second[3:]} "
    for _again in range(2):
        presence.attend_by_code(lecture=made, user=investigator, code=shown)
    attendance = Attendance.objects.get()
    assert (attendance.user, attendance.how, attendance.entered_by) == (investigator, "code", investigator)


def test_guessing_the_code_is_stopped(lecture, investigator, person, hangzhou):
    made = lecture(days=NOW)
    code = presence.open_code(lecture=made)
    made.refresh_from_db()
    for _try in range(presence.TRIES):
        with pytest.raises(NotPossibleError, match="not the code"):
            presence.attend_by_code(lecture=made, user=investigator, code="WRONG1")
    with pytest.raises(NotPossibleError, match="Too many"):
        presence.attend_by_code(lecture=made, user=investigator, code=code)
    presence.attend_by_code(lecture=made, user=person(hangzhou), code=code)  # others are not kept out
    assert Attendance.objects.count() == 1


def test_the_code_is_shown_to_those_who_keep_the_lecture_and_entered_by_the_others(
    lecture, speaker, investigator, client_of
):
    made = lecture(days=NOW)
    page = reverse("lectures:code", args=[made.pk])
    client_of(speaker).post(page)
    made.refresh_from_db()
    assert (
        "".join(f"<span>{letter}</span>" for letter in made.attendance_code)
        in client_of(speaker).get(page).content.decode()
    )
    member = client_of(investigator)
    assert made.attendance_code not in member.get(made.get_absolute_url()).content.decode()
    entering = reverse("lectures:attend", args=[made.pk])
    assert member.post(entering, {"code": "AAAAAA"}).status_code == 422
    assert member.post(entering, {"code": ""}).status_code == 422
    assert member.post(entering, {"code": made.attendance_code}).status_code == 302
    assert (
        "1 person has entered it"
        in client_of(speaker).get(reverse("lectures:code_count", args=[made.pk])).content.decode()
    )


def test_by_hand_only_people_of_the_programme_and_only_once_it_began(
    lecture, coordinator, investigator, person, client_of
):
    coordinator.language = "en"
    coordinator.save()
    client = client_of(coordinator)
    held, coming = lecture("held", days=-2), lecture()
    for made, email, status in ((held, investigator.email, 302), (held, person().email, 422), (held, "nobody", 422)):
        response = client.post(reverse("lectures:attendance_add", args=[made.pk]), {"email": email})
        assert response.status_code == status
    page = client.post(
        reverse("lectures:attendance_add", args=[coming.pk]), {"email": investigator.email}, follow=True
    ).content.decode()
    assert "has not taken place" in page
    assert list(Attendance.objects.values_list("lecture", "user", "how")) == [(held.pk, investigator.pk, "entered")]


def test_taking_someone_off_the_list_revokes_their_certificate(lecture, coordinator, investigator, client_of):
    held = lecture("held", days=-2)
    there = presence.enter_attendance(lecture=held, person=investigator, by=coordinator)
    Certificate.objects.create(lecture=held, user=investigator, code="X", said={}, signature="")
    client_of(coordinator).post(reverse("lectures:attendance_remove", args=[held.pk, there.pk]))
    assert not Attendance.objects.exists()
    assert Certificate.objects.get().revoked is not None


def sheet(text):
    return read_meeting(read_rows(text.encode(), "list.csv"))


def test_a_meetings_list_is_merged_matched_and_counted_once(lecture, coordinator, investigator, person, hangzhou):
    held = lecture("held", days=-2)
    short, known = person(hangzhou, email="short@example.org"), person(hangzhou, email="known@example.org")
    presence.enter_attendance(lecture=held, person=known, by=coordinator)
    lines = sheet(
        "Name,Email,Minutes\nLin,LIN@example.org,15\nLin again,lin@example.org,20\nS,short@example.org,5\n"
        "K,known@example.org,60\nStranger,stranger@example.org,60\nNo mail,,60\n"
    )
    run = imports.run_meeting(held, lines, 20)
    assert run.minutes == {investigator.pk: 35, known.pk: 60}
    assert (run.new, run.problems) == (1, 3)
    said = [found.problem or found.note for found in run.lines]
    assert said == [
        "",
        "Joined again: counted together.",
        "There for 5 minutes; 20 are needed.",
        "Known already.",
        "Nobody in the programme has this e-mail.",
        "No e-mail, so that nobody can be found.",
    ]
    for fresh in (1, 0):
        assert presence.take_in_list(lecture=held, minutes=run.minutes, by=coordinator) == fresh
    rows = {(there.user, there.how, there.minutes) for there in held.attendances.all()}
    assert rows == {(investigator, "import", 35), (known, "entered", 60)}
    assert short.pk not in run.minutes


def upload(client, address, text, **facts):
    file = SimpleUploadedFile("list.csv", text.encode())
    return client.post(address, {"file": file, "least": "20"} | facts)


def test_the_page_shows_what_the_list_would_do_before_it_does_it(lecture, coordinator, investigator, client_of):
    coordinator.language = "en"
    coordinator.save()
    held, client = lecture("held", days=-2), client_of(coordinator)
    address = reverse("lectures:meeting", args=[held.pk])
    response = upload(client, address, "Name,Email,Minutes\nLin,lin@example.org,50\nX,x@example.org,50\n")
    page = response.content.decode()
    assert "Nobody in the programme has this e-mail." in page
    assert not Attendance.objects.exists()
    sealed = response.context["sealed"]
    assert client.post(address, {"sealed": sealed + "x"}, follow=True).status_code == 200
    assert not Attendance.objects.exists()
    other = lecture("held", days=-3)
    client.post(reverse("lectures:meeting", args=[other.pk]), {"sealed": sealed})
    assert not Attendance.objects.exists()
    for _again in range(2):
        client.post(address, {"sealed": sealed})
    assert list(Attendance.objects.values_list("user", "minutes")) == [(investigator.pk, 50)]
    table = client.get(reverse("lectures:attendance_csv", args=[held.pk])).content.decode("utf-8-sig")
    assert "林晓,lin@example.org,,50" in table


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\x01", "Name,Email,Minutes\n"])
def test_a_file_that_is_no_list_says_so_at_its_field(text, lecture, coordinator, client_of):
    response = upload(client_of(coordinator), reverse("lectures:meeting", args=[lecture("held", days=-1).pk]), text)
    assert response.status_code == 422
    assert response.context["form"].errors["file"]


def test_a_cell_that_a_spreadsheet_would_run_is_made_text(lecture, coordinator, person, hangzhou, client_of):
    held = lecture("held", days=-2)
    bad = person(hangzhou, family_name="=cmd()", given_name="")
    presence.enter_attendance(lecture=held, person=bad, by=coordinator)
    table = client_of(coordinator).get(reverse("lectures:attendance_csv", args=[held.pk])).content.decode("utf-8-sig")
    assert "'=cmd()" in table


def test_the_attendance_list_asks_as_much_for_many_as_for_few(lecture, coordinator, person, hangzhou, client_of):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    held, client, counts = lecture("held", days=-2), client_of(coordinator), []
    for more in (2, 15):
        for _number in range(more):
            presence.enter_attendance(lecture=held, person=person(hangzhou), by=coordinator)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("lectures:attendance", args=[held.pk])).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


def test_nothing_is_noted_for_a_lecture_that_has_not_begun(lecture, coordinator, investigator):
    with pytest.raises(NotPossibleError):
        presence.take_in_list(lecture=lecture(), minutes={investigator.pk: 60}, by=coordinator)
    assert timezone.now() < Lecture.objects.get().starts
