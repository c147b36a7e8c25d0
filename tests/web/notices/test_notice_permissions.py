"""Notices are one's own, for every role."""

import pytest
from django.urls import reverse
from django.utils.translation import gettext_noop
from notices.permission_table import VIEWS
from web_fixtures import ROLES

from equipoise.web.notices.actions import tell

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "arguments", "method", "expected"), VIEWS, ids=lambda value: value if isinstance(value, str) else ""
)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_enter(name, arguments, method, expected, role, person, hangzhou, client_of):
    mine, other = person(hangzhou, role), person(hangzhou, role)
    (notice,) = tell([mine], key="a", kind="test", text=gettext_noop("Notices"))
    address = reverse(name, args=[notice.pk for _ in arguments])
    for reader, status in zip((mine, other, None), expected, strict=True):
        assert getattr(client_of(reader), method)(address).status_code == status


def test_every_view_of_the_room_is_in_the_table():
    from equipoise.web.notices.urls import urlpatterns

    assert {f"notices:{pattern.name}" for pattern in urlpatterns} == {name for name, *_ in VIEWS}
