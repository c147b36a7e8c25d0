"""The beginning of a programme from a file, as the documentation has it; and the end of a person's access."""

import io
import re
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from equipoise.errors import InputError
from equipoise.web.people.models import Institution, Membership, User
from equipoise.web.programme.founding import found
from equipoise.web.programme.models import Programme

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "run-a-server.md"
EXAMPLE = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
PASSWORD = "a good long pass phrase"


@pytest.fixture
def founded(tmp_path):
    """The example of the documentation, founded by the command; what it printed."""
    file = tmp_path / "programme.toml"
    file.write_text(EXAMPLE, encoding="utf-8")
    said = io.StringIO()
    call_command("found", file, stdout=said)
    return said.getvalue()


def test_the_example_makes_a_programme_that_its_coordinator_can_keep(founded, client):
    programme = Programme.objects.get()
    assert [place.name_zh for place in programme.institutions.all()] == ["海港医疗系统", "湖畔教学医院"]
    coordinator = User.objects.get(email="zhou.ning@lakeside.example")
    assert (coordinator.name, coordinator.language, coordinator.time_zone) == ("周宁", "zh-hans", "Asia/Shanghai")
    assert coordinator.has_perm("programme.change_programme", programme)
    assert set(programme.contacts.all()) == set(User.objects.all())
    assert founded.count("/account/password/reset/") == 2

    client.post("/account/password/reset/", {"email": coordinator.email})
    assert [message.to for message in mail.outbox] == [[coordinator.email]]
    address = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(address, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    client.logout()
    client.post("/account/login/", {"login": coordinator.email, "password": PASSWORD})
    assert client.get(programme.get_absolute_url()).status_code == 200


def test_founding_again_leaves_what_is_there_and_adds_what_is_new(founded):
    Programme.objects.update(name_zh="改过的名称")
    again = EXAMPLE + '\n[[institutions]]\nname_en = "A Third"\ntime_zone = "UTC"\n'
    assert found(again).new == []
    programme = Programme.objects.get()
    assert programme.name_zh == "改过的名称"
    assert programme.institutions.count() == 3
    assert User.objects.count() == Membership.objects.count() == 2


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("[programme]", "[programme", "file"),
        ("[[institutions]]", "[[hospitals]]", "file"),
        ("ends_on = 2030-11-30", "ends_on = 2020-11-30", "programme"),
        ("ends_on = 2030-11-30", 'ends_on = "soon"', "programme.ends_on"),
        ("starts_on", "begins_on", "programme.begins_on"),
        ('"America/New_York"', '"Mars/Base"', "institutions[2].time_zone"),
        ("t.okafor@harbor.example", "t.okafor", "institutions[2].coordinators.email"),
        ('given_name = "Tobe"', 'first_name = "Tobe"', "institutions[2].coordinators.first_name"),
        ('"zh-hans"', '"klingon"', "institutions[1].language"),
    ],
)
def test_a_file_that_is_wrong_makes_nothing_and_says_where(before, after, field, tmp_path):
    with pytest.raises(InputError) as fault:
        found(EXAMPLE.replace(before, after))
    assert fault.value.field == field
    assert not Programme.objects.exists()
    assert not Institution.objects.exists()
    assert not User.objects.exists()


def test_the_command_ends_in_one_line_for_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match=r"no\.toml"):
        call_command("found", tmp_path / "no.toml")


def test_who_leaves_is_out_at_once_and_may_come_back(founded, client_of):
    user = User.objects.get(email="t.okafor@harbor.example")
    User.objects.filter(pk=user.pk).update(feed_token="secret-token")
    client = client_of(user)
    assert client.get("/programme/", follow=True).status_code == 200
    call_command("leave", "T.Okafor@harbor.example", stdout=io.StringIO())
    assert client.get("/programme/")["Location"].startswith("/account/login/")
    assert client.get("/calendar/secret-token.ics").status_code == 404
    call_command("leave", user.email, back=True, stdout=io.StringIO())
    assert client_of(user).get("/programme/", follow=True).status_code == 200
    with pytest.raises(CommandError, match="nobody"):
        call_command("leave", "stranger@example.org")
