"""The quiz, feedback and the worked example."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from learning_world import *  # noqa: F403
from learning_world import PAYLOAD, add_quiz, share_example
from scipy import stats

from equipoise.web.lectures.actions_learning import choose_example, give_feedback, take_quiz
from equipoise.web.lectures.models import Feedback, QuizAttempt, QuizItem
from equipoise.web.lectures.queries_learning import confidence_change, passed, standing
from equipoise.web.questions.models import Question

pytestmark = pytest.mark.django_db
ITEM = {
    "text_en": "What does an estimand name?", "text_zh": "", "why_en": "Five attributes.", "why_zh": "五个属性。",
    "option_0_en": "A test", "option_0_zh": "一种检验", "option_1_en": "What is estimated", "option_1_zh": "", "correct": "1",
}  # fmt: skip


def address(world, name, *more):
    return reverse(f"lectures:{name}", args=[world.lecture.pk, *more])


def hand_in(world, client, items, right):
    return client.post(address(world, "quiz"), {f"item_{item.pk}": int(n < right) for n, item in enumerate(items)})


def test_the_speaker_writes_a_question_and_changes_it(world, client_of):
    client = client_of(world.speaker)
    assert client.post(address(world, "quiz_item_new"), ITEM).status_code == 302
    item = QuizItem.objects.get()
    assert item.options == [{"en": "A test", "zh": "一种检验"}, {"en": "What is estimated", "zh": ""}]
    assert item.correct == 1
    client.post(address(world, "quiz_item", item.pk), ITEM | {"option_2_en": "A dose", "correct": "2"})
    item.refresh_from_db()
    assert (len(item.options), item.correct) == (3, 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text_en": ""}, "This field is required."),
        ({"option_1_en": ""}, "at least two options"),
        ({"option_3_en": "A gap before"}, "Leave no option empty before this one."),
        ({"correct": "4"}, "This option is empty."),
        ({"correct": "9"}, "Select a valid choice"),
        ({"correct": ""}, "This field is required."),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_at_its_field(world, client_of, change, said):
    response = client_of(world.speaker).post(address(world, "quiz_item_new"), ITEM | change)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not QuizItem.objects.exists()


def test_a_quiz_is_taken_explained_and_taken_again(world, client_of):
    items, client = add_quiz(world), client_of(world.member)
    assert client.get(address(world, "quiz_result"))["Location"] == address(world, "quiz")
    assert hand_in(world, client, items, right=2).status_code == 302
    page = client.get(address(world, "quiz_result")).content.decode()
    assert "2 of 5 right." in page
    assert "Because of 1." in page
    assert not standing(world.lecture, world.member).passed
    hand_in(world, client, items, right=3)
    hand_in(world, client, items, right=0)
    stands = standing(world.lecture, world.member)
    assert (stands.latest.right, stands.best.right, stands.tries, stands.passed) == (0, 3, 3, True)


def test_before_it_was_answered_nothing_gives_the_right_answer_away(world, client_of):
    add_quiz(world)
    page = client_of(world.member).get(address(world, "quiz")).content.decode()
    assert "Because of" not in page
    assert "checked" not in page


def test_every_question_must_be_answered_by_one_of_its_options(world, client_of):
    items, client = add_quiz(world, 2), client_of(world.member)
    for answers in ({}, {f"item_{items[0].pk}": 1}, {f"item_{item.pk}": 7 for item in items}):
        assert client.post(address(world, "quiz"), answers).status_code == 422
    assert not QuizAttempt.objects.exists()


def test_neither_quiz_nor_feedback_opens_before_the_lecture(world, client_of):
    items, client = add_quiz(world), client_of(world.member)
    world.lecture.status, world.lecture.starts = "confirmed", timezone.now() + timedelta(hours=1)
    world.lecture.save()
    hand_in(world, client, items, right=5)
    client.post(address(world, "feedback"), {"useful": 5, "confidence_before": 1, "confidence_after": 5})
    assert not QuizAttempt.objects.exists()
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("right", "of", "is_passed"), [(3, 5, True), (2, 5, False), (1, 2, False), (2, 3, True), (0, 0, False)]
)
def test_three_fifths_is_a_pass(right, of, is_passed):
    assert passed(right, of) == is_passed


def test_the_overview_shows_who_stands_where_with_as_many_queries_for_many(world, client_of, person):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    items, client = add_quiz(world), client_of(world.auditor)

    def count():
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address(world, "quiz_overview")).content.decode()
        return len(queries), page

    for right in (5, 1):
        answers = {item.pk: int(n < right) for n, item in enumerate(items)}
        take_quiz(lecture=world.lecture, user=world.member, items=items, answers=answers)
    few, page = count()
    assert "林晓" in page
    assert "100 %" in page
    for _place in range(6):
        take_quiz(lecture=world.lecture, user=person(world.hangzhou), items=items, answers={items[0].pk: 1})
    assert count()[0] == few


def test_a_question_taken_out_leaves_results_as_they_were(world, client_of):
    items = add_quiz(world)
    hand_in(world, client_of(world.member), items, right=5)
    client_of(world.speaker).post(address(world, "quiz_item_remove", items[0].pk))
    assert standing(world.lecture, world.member).best.of == 5
    assert client_of(world.member).get(address(world, "quiz_result")).status_code == 200


def give(world, user, before, after, comment=""):
    facts = {
        "useful": 4,
        "confidence_before": before,
        "confidence_after": after,
        "will_change": True,
        "comment": comment,
    }
    give_feedback(lecture=world.lecture, user=user, facts=facts)


def test_feedback_is_given_once_and_may_be_changed(world, client_of):
    client = client_of(world.member)
    for useful in (2, 5):
        facts = {"useful": useful, "confidence_before": 2, "confidence_after": 4, "comment": "好"}
        assert client.post(address(world, "feedback"), facts).status_code == 302
    assert Feedback.objects.get().useful == 5


@pytest.mark.parametrize("useful", ["0", "6", "", "a"])
def test_a_mark_outside_the_scale_is_refused(world, client_of, useful):
    facts = {"useful": useful, "confidence_before": 2, "confidence_after": 4}
    assert client_of(world.member).post(address(world, "feedback"), facts).status_code == 422
    assert not Feedback.objects.exists()


def test_a_summary_is_shown_from_five_answers_on_and_names_nobody(world, client_of, person):
    people = [person(world.hangzhou, family_name=f"Unmistakable{n}") for n in range(5)]
    for user in people[:4]:
        give(world, user, 2, 4, comment="a remark to recognise")
    client = client_of(world.coordinator)
    page = client.get(address(world, "feedback_summary")).content.decode()
    assert "a remark to recognise" not in page
    give(world, people[4], 3, 3, comment="another")
    page = client.get(address(world, "feedback_summary")).content.decode()
    assert "a remark to recognise" in page
    assert "Unmistakable" not in page


def test_what_a_lecture_changed_agrees_with_the_paired_t_interval_of_scipy(world, person):
    pairs = [(1, 3), (2, 3), (3, 3), (2, 5), (4, 4), (3, 2), (1, 4)]
    for before, after in pairs:
        give(world, person(world.hangzhou), before, after)
    found = confidence_change(Feedback.objects.filter(lecture=world.lecture))
    wanted = stats.ttest_rel([after for _before, after in pairs], [before for before, _after in pairs])
    low, high = wanted.confidence_interval(0.95)
    assert found.difference == pytest.approx(8 / 7)
    assert (found.low, found.high) == (pytest.approx(low, rel=1e-9), pytest.approx(high, rel=1e-9))
    assert (found.before, found.after) == (pytest.approx(16 / 7), pytest.approx(24 / 7))
    assert confidence_change(Feedback.objects.none()) is None


def test_choosing_ones_own_question_shares_it_and_leads_there(world, client_of):
    question = share_example(world)
    question.refresh_from_db()
    assert question.shared_with == world.programme
    response = client_of(world.member).get(address(world, "example"))
    assert response["Location"] == question.get_absolute_url()


def test_a_searched_example_opens_in_the_design_page(world, client_of):
    from equipoise.web.designs.models import Search

    question = share_example(world)
    made = [
        Search.objects.create(
            question=question, version=1, owner=world.speaker, institution=world.boston, status=status,
            finished=timezone.now() + timedelta(minutes=minutes),
        )
        for minutes, status in enumerate(("done", "done", "failed"))
    ]  # fmt: skip
    assert client_of(world.member).get(address(world, "example"))["Location"] == made[1].get_absolute_url()


def test_a_copy_is_the_readers_own(world, client_of):
    question = share_example(world)
    response = client_of(world.member).post(address(world, "example_copy"), {"institution": world.elsewhere.pk})
    copied = Question.objects.exclude(pk=question.pk).get()
    assert response["Location"] == copied.get_absolute_url()
    assert (copied.owner, copied.institution, copied.payload, copied.shared_with) == (
        world.member, world.hangzhou, PAYLOAD, None,
    )  # fmt: skip


def test_an_example_that_is_no_longer_shared_is_not_given_away(world, client_of):
    question = share_example(world)
    question.shared_with = None
    question.save()
    client = client_of(world.member)
    assert client.get(address(world, "example")).status_code == 404
    assert client.post(address(world, "example_copy")).status_code == 404
    assert PAYLOAD["title"] not in client.get(world.lecture.get_absolute_url()).content.decode()


def test_nobody_makes_an_example_of_what_they_may_not_see_or_share(world, client_of, person):
    from equipoise.web.questions.actions import start_question

    secret = start_question(owner=world.outsider, institution=world.elsewhere, payload=dict(PAYLOAD))
    colleagues = start_question(owner=person(world.boston), institution=world.boston, payload=dict(PAYLOAD))
    for question in (secret, colleagues):
        response = client_of(world.speaker).post(address(world, "example_choose"), {"question": question.pk})
        assert response.status_code == 422
    world.lecture.refresh_from_db()
    assert world.lecture.example is None


def test_an_example_may_be_taken_away(world):
    share_example(world)
    choose_example(lecture=world.lecture, question=None)
    world.lecture.refresh_from_db()
    assert world.lecture.example is None
