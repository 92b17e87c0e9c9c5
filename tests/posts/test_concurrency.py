"""Many people at the same moment: nothing doubles, nothing is lost, and no number is left out."""

import itertools
import threading
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from corpblog.kernel.errors import Conflict, CorpblogError, NotFound
from corpblog.people.models import Person
from corpblog.posts import selectors
from corpblog.posts.models import ChannelEvent, IdempotencyKey, Post, Reaction
from corpblog.posts.reactions import QUICK
from corpblog.posts.services import delete, edit, publish, react, unreact
from corpblog.teams.models import Channel, ChannelCounter, Membership
from corpblog.teams.services import ensure_storyline, follow, join, mark_read, set_owner
from tests.posts.conftest import Say
from tests.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("threads_database")]
Crowd = Callable[[int], list[Person]]


def test_fifty_retries_at_once_are_one_post_and_one_answer(engineering: Channel, alice: Person) -> None:
    key = str(uuid.uuid4())
    send = partial(publish, by=alice, channel=engineering, text="Once", idempotency_key=key)
    answers = at_once(*[send] * 50)
    assert {answer.pk if isinstance(answer, Post) else answer for answer in answers} == {Post.objects.get().pk}
    assert {(answer.text, answer.number, answer.created_at) for answer in answers} == {  # type: ignore[union-attr]
        ("Once", 1, Post.objects.get().created_at)
    }
    assert IdempotencyKey.objects.count() == 1
    assert ChannelEvent.objects.count() == 1
    assert ChannelCounter.objects.get(channel=engineering).posts == 1


def test_writers_leave_no_hole_and_readers_miss_nothing(engineering: Channel, alice: Person, bruno: Person) -> None:
    root = publish(by=alice, channel=engineering, text="Root")
    done = threading.Event()

    def write(person: Person, turn: int) -> None:
        for count in range(6):
            post = publish(by=person, channel=engineering, text=f"{turn} {count}", answers=root if turn % 2 else None)
            react(by=person, post_id=post.pk, emoji=QUICK[turn % len(QUICK)])

    def read() -> list[int]:
        """Follow the channel as a page does: ask for what comes after the last number seen."""
        seen: list[int] = []
        finished = False
        while True:
            events = selectors.events_after(engineering.pk, seen[-1] if seen else 0)
            seen += [event.seq for event in events]
            if finished and not events:
                return seen
            # Asking without a pause would keep the interpreter from the writers while one of them holds the database.
            finished = done.wait(0.005)

    reader: list[list[int]] = []
    watching = threading.Thread(target=lambda: (reader.append(read()), connection.close()))
    watching.start()
    results = at_once(*[partial(write, person, turn) for turn, person in enumerate([alice, bruno] * 4)])
    done.set()
    watching.join(timeout=60)
    assert results == [None] * 8
    head = selectors.heads([engineering.pk])[engineering.pk]
    assert reader == [list(range(1, head + 1))]
    numbers = Post.objects.filter(root=None).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 1 + len(numbers)))
    root.refresh_from_db()
    assert root.reply_count == 24


def test_reactions_are_counted_as_they_are(say: Say, crowd: Crowd) -> None:
    post, people = say(), crowd(12)
    at_once(*[partial(react, by=person, post_id=post.pk, emoji="👍") for person in people])
    acts = [partial(unreact, by=person, post_id=post.pk, emoji="👍") for person in people[:5]]
    acts += [partial(react, by=person, post_id=post.pk, emoji="🎉") for person in people[:4]]
    at_once(*acts)
    post.refresh_from_db()
    assert post.reactions == {"👍": 7, "🎉": 4}
    assert Reaction.objects.count() == 11


def test_one_person_reacting_many_times_at_once_reacts_once(say: Say, bruno: Person) -> None:
    post = say()
    at_once(*[partial(react, by=bruno, post_id=post.pk, emoji="🙏")] * 10)
    post.refresh_from_db()
    assert post.reactions == {"🙏": 1}


def test_of_edits_that_saw_the_same_version_one_wins(say: Say, alice: Person) -> None:
    post = say("First")
    acts = [partial(edit, by=alice, post_id=post.pk, text=f"Edit {turn}", version=1) for turn in range(8)]
    answers = at_once(*acts)
    winners = [answer for answer in answers if isinstance(answer, Post)]
    assert len(winners) == 1
    assert all(isinstance(answer, Conflict) for answer in answers if answer is not winners[0])
    post.refresh_from_db()
    assert (post.text, post.version, post.revisions.count()) == (winners[0].text, 2, 2)


def test_an_answer_never_hangs_under_what_was_deleted_before_it(
    say: Say, alice: Person, bruno: Person, engineering: Channel
) -> None:
    for _turn in range(6):
        root = say()
        reply, gone = at_once(
            partial(publish, by=bruno, channel=engineering, text="Reply", answers=root),
            partial(delete, by=alice, post_id=root.pk),
        )
        assert isinstance(gone, Post)
        root.refresh_from_db()
        answered = isinstance(reply, Post)
        assert answered or isinstance(reply, NotFound)
        assert (root.reply_count, root.is_listed) == (int(answered), answered)


def test_the_shortcut_of_the_home_page_stays_true(say: Say, alice: Person, engineering: Channel) -> None:
    for _turn in range(4):
        posts = [say() for _count in range(3)]
        acts = [partial(delete, by=alice, post_id=post.pk) for post in posts]
        at_once(*acts, partial(publish, by=alice, channel=engineering, text="More"))
        newest = Post.objects.listed().newest_first().values_list("pk", flat=True).first()
        assert ChannelCounter.objects.get(channel=engineering).last_post_id == newest


def test_a_storyline_is_made_once(alice: Person) -> None:
    made = at_once(*[partial(ensure_storyline, alice)] * 10)
    assert {channel.pk for channel in made} == {Channel.objects.get().pk}  # type: ignore[union-attr]
    assert Membership.objects.filter(person=alice).count() == 1


def test_joining_many_times_at_once_is_one_membership(engineering: Channel, chloe: Person) -> None:
    answers = at_once(*[partial(join, by=chloe, channel=engineering)] * 10)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert Membership.objects.filter(person=chloe, channel=engineering).count() == 1


def test_following_each_other_at_once_works(alice: Person, bruno: Person) -> None:
    answers = at_once(*[partial(follow, by=alice, person=bruno), partial(follow, by=bruno, person=alice)] * 4)
    assert not [answer for answer in answers if isinstance(answer, Exception)]


def test_two_owners_who_step_down_at_once_leave_one(engineering: Channel, alice: Person, bruno: Person) -> None:
    set_owner(by=alice, channel=engineering, person=bruno)
    step_down = [partial(set_owner, by=who, channel=engineering, person=who, is_owner=False) for who in (alice, bruno)]
    answers = at_once(*step_down)
    assert [isinstance(answer, CorpblogError) for answer in answers].count(True) == 1
    assert Membership.objects.filter(channel=engineering, role="owner").count() == 1


def test_a_read_mark_only_goes_forward(say: Say, engineering: Channel, bruno: Person) -> None:
    for _count in range(6):
        say()
    orders = itertools.islice(itertools.cycle([3, 6, 1, 5]), 12)
    at_once(*[partial(mark_read, by=bruno, channel=engineering, number=number) for number in orders])
    assert Membership.objects.get(person=bruno, channel=engineering).read_posts == 6
