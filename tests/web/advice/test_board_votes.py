"""Votes of the whole board: who may, how they are counted, who reads what."""

from datetime import timedelta

import pytest
from board_things import *  # noqa: F403
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from equipoise.web.advice import actions_votes as actions
from equipoise.web.advice.actions_board import declare_conflict
from equipoise.web.advice.actions_votes import Outcome
from equipoise.web.advice.jobs import close_votes
from equipoise.web.advice.models import Ballot, BoardVote, Event
from equipoise.web.notices.models import Notice

pytestmark = pytest.mark.django_db
DATA = {"motion": "Take the cluster design", "quorum": "2", "days": "3"}


@pytest.fixture
def vote(scene):
    closes = timezone.now() + timedelta(days=3)
    return actions.open_vote(case=scene.case, motion="Take it", quorum=2, closes=closes, by=scene.other)


@pytest.mark.parametrize(
    ("counts", "quorum", "result"),
    [
        ((2, 1, 0), 3, "carried"),
        ((1, 1, 1), 3, "not-carried"),
        ((2, 0, 0), 3, "no-quorum"),
        ((1, 0, 4), 5, "carried"),
        ((0, 0, 3), 3, "not-carried"),
        ((0, 0, 0), 1, "no-quorum"),
    ],
)
def test_a_motion_carries_with_more_for_than_against_once_a_quorum_has_voted(counts, quorum, result):
    assert Outcome(*counts, quorum=quorum).result == result


def test_the_whole_board_but_for_conflicts_and_the_team_may_vote(scene, seat):
    seat(scene.requester)
    former = seat(until=timezone.localdate() - timedelta(days=1))
    members = {member.pk for member in actions.eligible(scene.case)}
    assert members == {scene.adviser.pk, scene.colleague.pk}
    assert former.pk not in members


def test_a_vote_is_opened_cast_changed_and_closed_through_its_pages(scene, client_of):
    lead = client_of(scene.adviser.user)
    url = reverse("advice:vote-new", args=[scene.case.pk])
    assert lead.get(url).context["form"].initial["quorum"] == 2
    address = lead.post(url, DATA)["Location"]
    vote = BoardVote.objects.get()
    page = client_of(scene.colleague.user)
    assert page.get(address).status_code == 200
    for choice in ("against", "for"):
        page.post(address + "ballot/", {"choice": choice, "reason": "Because"})
    lead.post(address + "ballot/", {"choice": "for"})
    assert sorted(Ballot.objects.values_list("choice", flat=True)) == ["for", "for"]
    assert "Because" not in lead.get(address).text  # secret while it is open
    lead.post(address + "close/")
    vote.refresh_from_db()
    assert vote.closed
    event = Event.objects.get(consultation=scene.case, kind="vote-closed")
    assert event.note.startswith("Carried: 2 for, 0 against, 0 abstained")
    assert Notice.objects.filter(user=scene.requester, kind="vote").count() == 1
    assert "Because" in lead.get(address).text
    asked = client_of(scene.requester).get(address).text
    assert "Because" not in asked
    assert scene.colleague.user.name not in asked
    assert page.post(address + "ballot/", {"choice": "against"}).status_code == 302
    assert not Ballot.objects.filter(choice="against").exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"motion": " "}, "motion"),
        ({"quorum": "0"}, "quorum"),
        ({"quorum": "3"}, "quorum"),
        ({"days": "99999"}, "days"),
    ],
)
def test_a_wrong_motion_says_where(scene, client_of, fields, field):
    answer = client_of(scene.other).post(reverse("advice:vote-new", args=[scene.case.pk]), DATA | fields)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not BoardVote.objects.exists()


def test_an_empty_ballot_says_so(scene, vote, client_of):
    answer = client_of(scene.colleague.user).post(
        reverse("advice:ballot", args=[scene.case.pk, vote.pk]), {"choice": "x"}
    )
    assert answer.status_code == 422
    assert not Ballot.objects.exists()


def test_one_vote_at_a_time(scene, vote):
    with pytest.raises(ValidationError):
        actions.open_vote(case=scene.case, motion="Again", quorum=1, closes=timezone.now(), by=scene.other)


def test_a_vote_closes_by_itself_once(scene, vote):
    actions.cast_ballot(vote=vote, member=scene.colleague, choice="for")
    close_votes()
    assert not Event.objects.filter(kind="vote-closed").exists()
    BoardVote.objects.update(closes=timezone.now())
    with pytest.raises(ValidationError):
        actions.cast_ballot(vote=vote, member=scene.adviser, choice="for")
    close_votes()
    close_votes()
    assert Event.objects.get(kind="vote-closed").note.startswith("No quorum: 1 for")
    assert "no quorum" in Notice.objects.get(user=scene.requester, kind="vote").text_en


def test_a_ballot_goes_with_a_conflict_declared_before_the_count(scene, vote):
    actions.cast_ballot(vote=vote, member=scene.colleague, choice="for")
    declare_conflict(member=scene.colleague, by=scene.colleague.user, reason="Found later", consultation=scene.case)
    assert not Ballot.objects.exists()
    assert not Notice.objects.filter(user=scene.colleague.user, kind="vote").exists()
    with pytest.raises(ValidationError):
        actions.cast_ballot(vote=vote, member=scene.colleague, choice="for")


def test_a_count_stands_though_a_term_ends_afterwards(scene, vote):
    for member in (scene.colleague, scene.adviser):
        actions.cast_ballot(vote=vote, member=member, choice="for")
    assert actions.close_vote(vote=vote).carried
    scene.colleague.until = timezone.localdate() - timedelta(days=1)
    scene.colleague.save()
    vote.refresh_from_db()
    assert actions.outcome(vote).carried
