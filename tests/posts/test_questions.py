"""Questions: who asked, or who looks after the channel, says which answer is the best."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from corpblog.kernel.errors import Invalid, NotAllowed, NotFound
from corpblog.notifications.models import Notice
from corpblog.people.models import Person
from corpblog.posts import questions, selectors
from corpblog.posts.errors import Archived
from corpblog.posts.models import ChannelEvent, Post
from corpblog.posts.parts.questions import QuestionPart
from corpblog.posts.rendering import render_card
from corpblog.posts.services import choose_best, delete, edit, publish
from corpblog.teams.models import Channel
from corpblog.teams.services import archive
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Capture = Callable[..., Any]


@pytest.fixture
def asked(engineering: Channel, bruno: Person) -> Post:
    """Give a question of bruno's in alice's channel."""
    return publish(by=bruno, channel=engineering, text="Why is the sky blue?", part=QuestionPart())


@pytest.fixture
def answered(say: Say, asked: Post, chloe: Person) -> Post:
    return say("It scatters light", answers=asked, by=chloe)


def found(person: Person, query: str) -> list[Post]:
    return selectors.search(person, query).items


def test_who_asked_chooses_and_takes_back_and_the_search_knows(asked: Post, answered: Post, bruno: Person) -> None:
    assert (found(bruno, "is:question"), found(bruno, "is:answered")) == ([asked], [])
    assert choose_best(by=bruno, post_id=answered.pk).best == answered
    assert found(bruno, "is:answered") == [asked]
    newest = ChannelEvent.objects.latest("seq")
    assert (newest.kind, newest.post_id) == ("changed", asked.pk)
    assert "It scatters light" in render_card(selectors.post_for(bruno, asked.pk), "en")
    choose_best(by=bruno, post_id=answered.pk, on=False)
    assert found(bruno, "is:answered") == []


def test_the_owner_of_the_channel_chooses_too_and_nobody_else(
    asked: Post, answered: Post, alice: Person, chloe: Person, omar: Person
) -> None:
    for person in (chloe, omar):
        with pytest.raises(NotAllowed):
            choose_best(by=person, post_id=answered.pk)
    assert choose_best(by=alice, post_id=answered.pk).best == answered
    assert questions.choosable(chloe, [asked.pk]) == {asked.pk: False}
    assert questions.choosable(alice, [asked.pk]) == {asked.pk: True}


def test_another_answer_may_become_the_best(say: Say, asked: Post, answered: Post, bruno: Person) -> None:
    better = say("Rayleigh scattering", answers=answered)
    choose_best(by=bruno, post_id=answered.pk)
    choose_best(by=bruno, post_id=better.pk)
    # Taking back what is not the best any more changes nothing.
    assert choose_best(by=bruno, post_id=answered.pk, on=False).best == better


def test_a_plain_thread_has_no_best_answer_and_a_question_is_not_its_own(
    say: Say, asked: Post, alice: Person, bruno: Person
) -> None:
    with pytest.raises(Invalid, match="no question"):
        choose_best(by=alice, post_id=say("Yes", answers=say("Hello")).pk)
    with pytest.raises(Invalid, match="own answer"):
        choose_best(by=bruno, post_id=asked.pk)


def test_the_database_keeps_best_answers_to_questions(say: Say, answered: Post) -> None:
    plain = say("Hello")
    plain.best = answered
    with pytest.raises(IntegrityError), transaction.atomic():
        plain.save(update_fields=["best"])


def test_who_may_not_read_finds_nothing(secret: Channel, alice: Person, bruno: Person) -> None:
    question = publish(by=alice, channel=secret, text="Who?", part=QuestionPart())
    reply = publish(by=alice, channel=secret, text="Me", answers=question)
    with pytest.raises(NotFound):
        choose_best(by=bruno, post_id=reply.pk)
    assert questions.choosable(bruno, [question.pk]) == {}


def test_a_best_answer_that_is_deleted_is_none_and_leaves_no_words(
    asked: Post, answered: Post, bruno: Person, chloe: Person
) -> None:
    choose_best(by=bruno, post_id=answered.pk)
    delete(by=chloe, post_id=answered.pk)
    asked.refresh_from_db()
    assert asked.best is None
    assert "scatters" not in render_card(asked, "en")


def test_an_edit_of_the_best_answer_reaches_the_question_s_card(
    asked: Post, answered: Post, bruno: Person, chloe: Person
) -> None:
    choose_best(by=bruno, post_id=answered.pk)
    edit(by=chloe, post_id=answered.pk, text="Rayleigh", version=1)
    assert list(ChannelEvent.objects.order_by("seq").values_list("kind", "post_id"))[-2:] == [
        ("edited", answered.pk),
        ("changed", asked.pk),
    ]
    assert "Rayleigh" in render_card(selectors.post_for(bruno, asked.pk), "en")


def test_a_deleted_question_has_no_best_answer_any_more(asked: Post, answered: Post, bruno: Person) -> None:
    choose_best(by=bruno, post_id=answered.pk)
    delete(by=bruno, post_id=asked.pk)
    asked.refresh_from_db()
    assert (asked.best, asked.kind) == (None, "")


def test_nobody_chooses_in_an_archive(
    asked: Post, answered: Post, engineering: Channel, alice: Person, bruno: Person
) -> None:
    archive(by=alice, channel=engineering)
    with pytest.raises(Archived):
        choose_best(by=bruno, post_id=answered.pk)


def test_who_answered_is_told_once(
    asked: Post, answered: Post, bruno: Person, chloe: Person, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for on in (True, False, True):
            choose_best(by=bruno, post_id=answered.pk, on=on)
    notice = Notice.objects.get(kind="best")
    assert (notice.person, notice.url) == (chloe, f"/p/{answered.pk}/")
    assert notice.sentence == "Bruno Lefèvre chose your answer as the best."


def test_answered_questions_cost_a_page_no_query_each(
    say: Say,
    engineering: Channel,
    bruno: Person,
    django_assert_num_queries: Callable[[int], Any],
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    def ask_and_answer() -> None:
        question = publish(by=bruno, channel=engineering, text="Why?", part=QuestionPart())
        choose_best(by=bruno, post_id=say("Because", answers=question).pk)

    ask_and_answer()
    with django_assert_max_num_queries(10) as counted:
        for post in selectors.channel_page(bruno, engineering).items:
            render_card(post, "en")
    for _ in range(3):
        ask_and_answer()
    with django_assert_num_queries(len(counted)):
        for post in selectors.channel_page(bruno, engineering).items:
            render_card(post, "en")
