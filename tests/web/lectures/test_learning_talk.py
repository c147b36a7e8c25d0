"""What the audience asks: asking, voting, answering, hiding, and the list that renews itself."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from learning_world import *  # noqa: F403
from learning_world import add_material, add_quiz

from equipoise.web.lectures import actions_learning as actions
from equipoise.web.lectures.models import AudienceQuestion, Vote
from equipoise.web.lectures.presenters_learning import present_learning
from equipoise.web.notices.models import Notice

pytestmark = pytest.mark.django_db


def address(world, name, *more):
    return reverse(f"lectures:{name}", args=[world.lecture.pk, *more])


def texts(page) -> list[str]:
    import re

    return re.findall(r'class="asked">(.*?)</p>', page.content.decode())


def make_live(world):
    world.lecture.status = "confirmed"
    world.lecture.starts = timezone.now() - timedelta(minutes=5)
    world.lecture.save()


def test_a_question_is_asked_and_the_speaker_hears_of_it_once_a_day(world, client_of):
    client = client_of(world.member)
    for text in ("One?", "Two?"):
        assert client.post(address(world, "talk_ask"), {"text": text}).status_code == 302
    assert list(AudienceQuestion.objects.values_list("text", flat=True)) == ["One?", "Two?"]
    assert [notice.user for notice in Notice.objects.all()] == [world.speaker]


@pytest.mark.parametrize("text", ["", "   ", "x" * 1501])
def test_a_question_without_words_or_too_long_is_refused_with_what_was_typed(world, client_of, text):
    response = client_of(world.member).post(address(world, "talk_ask"), {"text": text})
    assert response.status_code == 422
    assert text.strip() in response.content.decode()
    assert not AudienceQuestion.objects.exists()


def test_nobody_asks_at_a_cancelled_lecture(world, client_of):
    world.lecture.status = "cancelled"
    world.lecture.save()
    client_of(world.member).post(address(world, "talk_ask"), {"text": "One?"})
    assert not AudienceQuestion.objects.exists()


def test_words_are_shown_as_words(world, client_of):
    actions.ask(lecture=world.lecture, user=world.member, text="<script>alert(1)</script>")
    page = client_of(world.colleague).get(address(world, "talk")).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_each_votes_once_and_may_take_it_back(world, client_of):
    first = actions.ask(lecture=world.lecture, user=world.member, text="First?")
    second = actions.ask(lecture=world.lecture, user=world.member, text="Second?")
    for user in (world.member, world.colleague):
        for _again in range(2):
            client_of(user).post(address(world, "talk_vote", second.pk), {"vote": "give"})
    assert Vote.objects.filter(question=second).count() == 2
    assert texts(client_of(world.member).get(address(world, "talk"))) == ["Second?", "First?"]
    for user in (world.member, world.colleague):
        client_of(user).post(address(world, "talk_vote", second.pk), {"vote": "withdraw"})
    assert texts(client_of(world.member).get(address(world, "talk"))) == ["First?", "Second?"]
    assert first.votes.count() == second.votes.count() == 0


def test_an_answer_is_read_by_all_told_to_the_asker_once_and_sinks_below_what_waits(world, client_of):
    question = actions.ask(lecture=world.lecture, user=world.member, text="Answered?")
    actions.vote(question=question, user=world.colleague, give=True)
    actions.ask(lecture=world.lecture, user=world.colleague, text="Waiting?")
    for text in ("Yes.", "Yes, always."):
        assert (
            client_of(world.speaker).post(address(world, "talk_answer", question.pk), {"answer": text}).status_code
            == 302
        )
    page = client_of(world.colleague).get(address(world, "talk"))
    assert texts(page) == ["Waiting?", "Answered?"]
    assert "Yes, always." in page.content.decode()
    assert Notice.objects.filter(user=world.member).count() == 1
    assert question.history.count() == 3


def test_a_hidden_question_is_read_by_those_who_hide_audit_or_asked_and_by_nobody_else(world, client_of):
    question = actions.ask(lecture=world.lecture, user=world.member, text="My patient Mrs. Q in bed 7?")
    response = client_of(world.coordinator).post(
        address(world, "talk_hide", question.pk), {"reason": "names a patient"}
    )
    assert response.status_code == 302
    for who, sees in {"coordinator": 1, "auditor": 1, "member": 1, "speaker": 0, "colleague": 0}.items():
        for place in (address(world, "talk"), world.lecture.get_absolute_url()):
            page = client_of(world.people[who]).get(place).content.decode()
            assert ("bed 7" in page) == bool(sees), who
            assert ("names a patient" in page) == bool(sees), who
    assert client_of(world.colleague).post(address(world, "talk_vote", question.pk)).status_code == 404
    assert client_of(world.speaker).get(address(world, "talk_answer", question.pk)).status_code == 404
    assert question.history.filter(history_change_reason="names a patient", hidden=True).exists()
    assert "names a patient" in Notice.objects.get(user=world.member).text_en
    client_of(world.coordinator).post(address(world, "talk_hide", question.pk))
    assert "bed 7" in client_of(world.colleague).get(address(world, "talk")).content.decode()


def test_hiding_needs_a_reason(world, client_of):
    question = actions.ask(lecture=world.lecture, user=world.member, text="One?")
    for reason in ("", "x" * 101):
        response = client_of(world.coordinator).post(address(world, "talk_hide", question.pk), {"reason": reason})
        assert response.status_code == 422
    question.refresh_from_db()
    assert not question.hidden


def test_the_list_renews_itself_only_while_the_lecture_is_on(world, client_of):
    client, place = client_of(world.member), address(world, "talk")
    assert "hx-trigger" not in client.get(place).content.decode()
    make_live(world)
    page = client.get(place).content.decode()
    assert 'hx-trigger="every 5s"' in page
    seen = page.split("seen=")[1].split('"')[0]
    asked = {"page": 1, "seen": seen}
    assert client.get(place, asked, headers={"hx-request": "true"}).status_code == 204
    actions.ask(lecture=world.lecture, user=world.colleague, text="New?")
    renewed = client.get(place, asked, headers={"hx-request": "true"})
    assert renewed.status_code == 200
    assert "New?" in renewed.content.decode()
    assert "<html" not in renewed.content.decode()


def test_when_it_was_asked_is_told(world):
    make_live(world)
    start = world.lecture.starts
    question = actions.ask(lecture=world.lecture, user=world.member, text="One?")
    for moment, phase in ((-1, "before"), (1, "during"), (61, "after")):
        question.created = start + timedelta(minutes=moment)
        assert question.phase == phase


def test_whoever_asked_may_carry_it_on(world, client_of):
    actions.ask(lecture=world.lecture, user=world.member, text="One?")
    page = client_of(world.member).get(address(world, "talk")).content.decode()
    assert reverse("questions:new") in page
    assert "Make it a research question" not in client_of(world.colleague).get(address(world, "talk")).content.decode()


def test_many_questions_are_paged_with_as_many_queries_as_few(world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(user):
        user = type(user).objects.get(pk=user.pk)
        with CaptureQueriesContext(connection) as queries:
            shown = present_learning(world.lecture, user)
        return len(queries), shown

    def fill(number):
        for place in range(number):
            question = actions.ask(lecture=world.lecture, user=world.member, text=f"Number {place}?")
            actions.vote(question=question, user=world.colleague, give=True)
            actions.answer(question=question, by=world.speaker, text="Yes.")
        hidden = actions.ask(lecture=world.lecture, user=world.colleague, text="Hidden?")
        actions.hide(question=hidden, by=world.coordinator, reason="off the topic")
        add_material(world), add_quiz(world)

    fill(1)
    few = {who: count(world.people[who])[0] for who in ("member", "coordinator")}
    fill(30)
    for who, number in few.items():
        many, shown = count(world.people[who])
        assert many <= number
        assert len(shown["talk"]["rows"]) == 20


def test_the_board_can_be_asked_about_a_lecture_by_those_who_may_ask_it(world, client_of):
    link = reverse("advice:new") + f"?lecture={world.lecture.pk}"
    client = client_of(world.member)
    assert link in client.get(world.lecture.get_absolute_url()).text
    assert client.get(link).context["form"]["lecture"].value() == world.lecture.pk
    assert f'<option value="{world.lecture.pk}" selected>' in client.get(link).text
    assert link not in client_of(world.auditor).get(world.lecture.get_absolute_url()).text
    world.lecture.status, world.lecture.announced = "cancelled", timezone.now()
    world.lecture.save()
    assert link not in client.get(world.lecture.get_absolute_url()).text
