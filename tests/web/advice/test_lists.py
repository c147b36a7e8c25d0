"""The list: what is shown to whom, filters, pages, and a number of queries that does not grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from equipoise.web.advice.listing import ROWS
from equipoise.web.advice.models import Consultation

pytestmark = pytest.mark.django_db
LIST = "/board/"


def shown(client, **query):
    page = client.get(LIST, query)
    assert page.status_code == 200
    return [case.title for case in page.context["page"].rows]


def test_each_part_of_the_list(people, make_case, client_of):
    for until in ("draft", "submitted", "accepted", "assigned", "advised"):
        make_case(until, title=until)
    assert shown(client_of(people.requester)) == ["advised", "assigned", "accepted", "submitted", "draft"]
    assert shown(client_of(people.partner)) == ["accepted", "submitted"]
    assert shown(client_of(people.partner), show="all") == ["advised", "assigned", "accepted", "submitted"]
    assert shown(client_of(people.adviser)) == ["advised", "assigned"]
    assert shown(client_of(people.auditor)) == ["advised", "assigned", "accepted", "submitted"]
    assert shown(client_of(people.colleague)) == []


def test_filters_and_words(people, make_case, client_of):
    make_case("submitted", title="Margin", urgency="urgent")
    make_case("submitted", title="Cluster", kind="statistics", asked="How many 病区 in the wedge?")
    Consultation.objects.filter(title="Cluster").update(due=timezone.now() - timezone.timedelta(days=1))
    client = client_of(people.requester)
    assert shown(client, urgency="urgent") == ["Margin"]
    assert shown(client, kind="statistics") == ["Cluster"]
    assert shown(client, status="closed") == []
    assert shown(client, overdue="on") == ["Cluster"]
    assert shown(client, words="病区 wedge") == ["Cluster"]
    assert shown(client, words="wedge margin") == []
    assert len(shown(client, status="nonsense", kind="'", page="-3", show="???")) == 2
    assert shown(client, page="99999999999999999999") != []
    assert shown(client, page="50") == []


@pytest.mark.parametrize("reader", ["requester", "partner", "adviser", "auditor"])
@pytest.mark.parametrize("page", ["list", "all"])
def test_the_number_of_queries_does_not_grow(reader, page, people, make_case, client_of):
    client = client_of(getattr(people, reader))
    query = {"show": "all"} if page == "all" else {}

    def count():
        client.get(LIST, query)
        with CaptureQueriesContext(connection) as caught:
            client.get(LIST, query)
        return len(caught)

    make_case("assigned", team=[people.colleague])
    few = count()
    for _number in range(ROWS + 3):
        make_case("assigned", team=[people.colleague])
    assert count() == few
    assert few < 20
    response = client.get(LIST, query | {"page": 2})
    if reader != "partner" or query:
        assert len(response.context["page"].rows) == 4
        assert not response.context["page"].has_next


def test_the_page_of_a_case_asks_as_much_for_many_recommendations(people, make_case, client_of, written):
    from equipoise.web.advice import actions

    def count(points):
        case = make_case("assigned")
        payload = written | {"recommendations": written["recommendations"][:1] * points}
        actions.sign_advice(case=case, by=people.adviser, payload=payload)
        client = client_of(people.requester)
        client.get(case.get_absolute_url())
        with CaptureQueriesContext(connection) as caught:
            client.get(case.get_absolute_url())
        return len(caught)

    assert count(10) <= count(2)


def test_suggestions_ask_as_much_for_a_large_board(people, make_case, client_of, person, boston, seat):
    case, client = make_case("accepted"), client_of(people.partner)
    address = reverse("advice:triage", args=[case.pk])

    def count():
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    few = count()
    for _number in range(12):
        seat(person(boston, "adviser"))
    assert count() == few
