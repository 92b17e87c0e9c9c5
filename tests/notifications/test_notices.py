"""Who is told what, that nobody is told twice, and that nobody is told what they may not read."""

from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from corpblog.notifications import selectors
from corpblog.notifications.events import NoticeMade, NoticesRead, notice_made, notices_read
from corpblog.notifications.listening import hear_of_post
from corpblog.notifications.models import Notice
from corpblog.notifications.services import mark_read, notify
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.posts.events import PostChanged, post_changed
from corpblog.posts.models import ChannelEvent, Post
from corpblog.posts.services import delete, edit, judging, publish, react, unreact
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel, follow, invite, join, remove_member

pytestmark = pytest.mark.django_db
Commit = DjangoCaptureOnCommitCallbacks


@pytest.fixture(autouse=True)
def everything_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "scan", lambda **_question: Verdict(Outcome.ALLOW))


@pytest.fixture(autouse=True)
def committed(django_capture_on_commit_callbacks: Commit) -> Iterator[Callable[[], Commit]]:
    """Give what lets listeners hear of what a test did, as after its commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)  # type: ignore[return-value]


@pytest.fixture
def engineering(alice: Person, bruno: Person) -> Channel:
    channel = create_channel(by=alice, name="Engineering")
    join(by=bruno, channel=channel)
    return channel


def told(person: Person) -> list[tuple[str, str]]:
    return [(notice.kind, notice.actor.username) for notice in selectors.recent(person).items]


# Words -------------------------------------------------------------------------------------------------------------


def test_who_is_named_is_told(
    engineering: Channel, alice: Person, bruno: Person, chloe: Person, committed: Commit
) -> None:
    with committed():
        publish(by=alice, channel=engineering, text="@bruno and @chloe and @alice")
    assert told(bruno) == told(chloe) == [("mention", "alice")]
    assert told(alice) == []
    assert selectors.unread_count(bruno) == 1


def test_who_is_answered_is_told_and_so_is_who_started_the_thread(
    engineering: Channel, alice: Person, bruno: Person, chloe: Person, committed: Commit
) -> None:
    with committed():
        root = publish(by=alice, channel=engineering, text="Question")
        reply = publish(by=bruno, channel=engineering, text="Answer", answers=root)
        publish(by=chloe, channel=engineering, text="More", answers=reply)
    assert told(alice) == [("reply", "chloe"), ("reply", "bruno")]
    assert told(bruno) == [("reply", "chloe")]


def test_being_named_and_answered_is_one_notice(
    engineering: Channel, alice: Person, bruno: Person, committed: Commit
) -> None:
    with committed():
        root = publish(by=alice, channel=engineering, text="Question")
        publish(by=bruno, channel=engineering, text="@alice yes", answers=root)
    assert told(alice) == [("mention", "bruno")]


def test_being_told_twice_of_an_event_tells_once(
    engineering: Channel, alice: Person, bruno: Person, committed: Commit
) -> None:
    with committed():
        root = publish(by=alice, channel=engineering, text="Question @bruno")
        publish(by=bruno, channel=engineering, text="Answer", answers=root)
    for event in ChannelEvent.objects.all():
        hear_of_post(PostChanged(event.channel_id, event.seq, event.post_id, None, event.kind, alice.pk))
    assert (told(alice), told(bruno)) == ([("reply", "bruno")], [("mention", "alice")])


def test_an_edit_tells_only_who_is_newly_named(
    engineering: Channel, alice: Person, bruno: Person, chloe: Person, committed: Commit
) -> None:
    with committed():
        post = publish(by=alice, channel=engineering, text="@bruno")
        edit(by=alice, post_id=post.pk, text="@bruno @chloe", version=1)
        edit(by=alice, post_id=post.pk, text="@bruno and @chloe", version=2)
    assert told(bruno) == told(chloe) == [("mention", "alice")]


# Hidden things -----------------------------------------------------------------------------------------------------


def test_who_cannot_read_is_not_told_that_they_were_named(
    alice: Person, bruno: Person, zoe: Person, engineering: Channel, committed: Commit
) -> None:
    board = create_channel(by=alice, name="Board", is_private=True)
    with committed():
        publish(by=alice, channel=board, text="@bruno must not know")
        publish(by=alice, channel=engineering, text="@zoe has left")
    assert not Notice.objects.exists()


def test_a_notice_shows_nothing_once_its_reader_may_not_read(alice: Person, bruno: Person, committed: Commit) -> None:
    board = create_channel(by=alice, name="Board", is_private=True)
    with committed():
        invite(by=alice, channel=board, person=bruno)
        publish(by=alice, channel=board, text="@bruno welcome")
    assert [kind for kind, _who in told(bruno)] == ["mention", "invite"]
    remove_member(by=alice, channel=board, person=bruno)
    assert told(bruno) == []
    assert selectors.unread_count(bruno) == 0
    assert selectors.notice_for(bruno, Notice.objects.filter(kind="mention").get().pk) is None


def test_a_notice_of_a_deleted_post_is_gone(
    engineering: Channel, alice: Person, bruno: Person, committed: Commit
) -> None:
    with committed():
        post = publish(by=alice, channel=engineering, text="@bruno")
        delete(by=alice, post_id=post.pk)
    assert told(bruno) == []


def test_notices_hold_no_words_of_the_post(
    engineering: Channel, alice: Person, bruno: Person, committed: Commit
) -> None:
    with committed():
        publish(by=alice, channel=engineering, text="@bruno Falcon starts on Monday")
    notice = Notice.objects.get()
    assert "Falcon" not in f"{notice.facts} {notice.url} {notice.sentence}"


# Reactions ---------------------------------------------------------------------------------------------------------


def test_reactions_are_one_notice_until_it_is_read(
    engineering: Channel, alice: Person, bruno: Person, chloe: Person, committed: Commit
) -> None:
    with committed():
        post = publish(by=alice, channel=engineering, text="Done!")
        react(by=bruno, post_id=post.pk, emoji="👍")
        react(by=chloe, post_id=post.pk, emoji="🎉")
        react(by=alice, post_id=post.pk, emoji="👍")
    notice = Notice.objects.get()
    assert (notice.person, notice.actor, notice.facts) == (alice, chloe, {"people": 2, "emoji": ["🎉", "👍"]})
    assert notice.sentence == "Chloé Dubois and 1 other person reacted to your post: 🎉 👍"
    mark_read(by=alice)
    with committed():
        react(by=bruno, post_id=post.pk, emoji="🎉")
    newest = selectors.recent(alice).items[0]
    assert (newest.is_unread, newest.facts) == (True, {"people": 1, "emoji": ["🎉"]})
    assert newest.sentence == "Bruno Lefèvre reacted to your post: 🎉"


def test_a_reaction_taken_back_takes_its_notice_along(
    engineering: Channel, alice: Person, bruno: Person, committed: Commit
) -> None:
    with committed():
        post = publish(by=alice, channel=engineering, text="Done!")
        react(by=bruno, post_id=post.pk, emoji="👍")
        unreact(by=bruno, post_id=post.pk, emoji="👍")
    assert not Notice.objects.exists()


# People ------------------------------------------------------------------------------------------------------------


def test_who_is_followed_is_told_once(alice: Person, bruno: Person, committed: Commit) -> None:
    from corpblog.teams.services import unfollow

    with committed():
        follow(by=bruno, person=alice)
        unfollow(by=bruno, person=alice)
        follow(by=bruno, person=alice)
    assert told(alice) == [("follow", "bruno")]
    assert told(bruno) == []


def test_who_was_brought_in_is_told_and_who_came_by_themselves_is_not(
    engineering: Channel, alice: Person, chloe: Person, omar: Person, committed: Commit
) -> None:
    with committed():
        invite(by=alice, channel=engineering, person=chloe)
        join(by=omar, channel=engineering)
    assert told(chloe) == [("invite", "alice")]
    assert told(omar) == []
    assert selectors.recent(chloe).items[0].sentence == "Alice Martin added you to Engineering."


# Telling and reading -----------------------------------------------------------------------------------------------


def test_nobody_is_told_what_they_did_or_after_they_left(alice: Person, zoe: Person) -> None:
    assert notify(person=alice, kind="share", actor=alice) is None
    assert notify(person=zoe, kind="share") is None
    assert not Notice.objects.exists()


def test_the_doors_hear_of_a_notice_and_of_reading_it(
    alice: Person, committed: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []
    monkeypatch.setattr(notice_made, "_listeners", [heard.append])
    monkeypatch.setattr(notices_read, "_listeners", [heard.append])
    with committed():
        notice = notify(person=alice, kind="share", facts={"share": 1, "state": "approved"})
        assert notice is not None
        mark_read(by=alice)
        mark_read(by=alice)
    assert heard == [NoticeMade(alice.pk, notice.pk), NoticesRead(alice.pk, 0)]


def test_reading_marks_what_was_asked_for_and_only_ones_own(alice: Person, bruno: Person) -> None:
    notices = [notify(person=alice, kind="policy") for _count in range(4)]
    other = notify(person=bruno, kind="policy")
    first, second, _third, fourth = (notice.pk for notice in notices if notice)
    assert other is not None
    assert mark_read(by=alice, notice_ids=[first, other.pk]) == 3
    assert mark_read(by=alice, upto=second) == 2
    assert mark_read(by=alice, upto=fourth) == 0
    assert selectors.unread_count(bruno) == 1


def test_notices_come_in_pages_for_one_query_each(
    alice: Person,
    bruno: Person,
    engineering: Channel,
    committed: Commit,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with committed():
        for _count in range(7):
            publish(by=alice, channel=engineering, text="@bruno")
    with django_assert_num_queries(1):
        first = selectors.recent(bruno, limit=5)
        assert [notice.post.channel.title for notice in first.items] == ["Engineering"] * 5  # type: ignore[union-attr]
        assert first.items[0].sentence == "Alice Martin mentioned you."
    second = selectors.recent(bruno, first.next_cursor, limit=5)
    assert (len(second.items), second.next_cursor) == (2, None)
    with django_assert_num_queries(1):
        assert selectors.unread_count(bruno) == 7


@pytest.mark.parametrize("kind", list(Notice.Kind))
def test_every_notice_says_something_in_every_language(alice: Person, bruno: Person, kind: str) -> None:
    notice = Notice.objects.create(person=alice, actor=bruno, kind=kind)
    for language in ("en", "fr"):
        with translation.override(language):
            assert notice.sentence.strip()


@pytest.mark.parametrize(
    "state", ["held", "approved", "rejected", "changes_asked", "sent", "failed", "unknown", "void", "new"]
)
def test_every_state_of_a_share_has_a_sentence(alice: Person, state: str) -> None:
    notice = Notice.objects.create(person=alice, kind="share", facts={"state": state})
    assert notice.sentence.endswith(".")


def test_the_database_refuses_a_second_notice_of_the_same(engineering: Channel, alice: Person, bruno: Person) -> None:
    post = publish(by=alice, channel=engineering, text="Hello")
    for first, again in (("mention", ("mention", "reply", "thread", "keyword", "post")), ("reaction", ("reaction",))):
        Notice.objects.create(person=bruno, kind=first, post=post)
        for kind in again:
            with pytest.raises(IntegrityError), transaction.atomic():
                Notice.objects.create(person=bruno, kind=kind, post=post)


def test_a_listener_that_fails_harms_no_post(
    engineering: Channel, alice: Person, committed: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_change: PostChanged) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(post_changed, "_listeners", [fail, *post_changed._listeners])
    with committed():
        publish(by=alice, channel=engineering, text="Hello")
    assert Post.objects.count() == 1
