"""What people see of channels, how much is unread, and what it costs to ask."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.teams import selectors
from corpblog.teams.events import ReadMarkMoved, read_mark_moved
from corpblog.teams.models import Channel, ChannelCounter, Membership
from corpblog.teams.services import archive, create_channel, join, mark_read, set_newest, take

pytestmark = pytest.mark.django_db


def posts(channel: Channel, count: int) -> None:
    ChannelCounter.objects.filter(channel=channel).update(last_seq=count, posts=count, last_number=count)


def unread(person: Person) -> dict[str, int]:
    return {entry.channel.slug: entry.unread for entry in selectors.navigation(person)}


def test_navigation_says_what_is_mine_and_unread(
    engineering: Channel, board: Channel, storyline: Channel, alice: Person, bruno: Person
) -> None:
    posts(engineering, 7)
    mark_read(by=bruno, channel=engineering, number=4)
    assert unread(bruno) == {"board": 0, "engineering": 3}
    entries = selectors.navigation(alice)
    assert [(entry.channel.title, entry.unread, entry.is_owner) for entry in entries] == [
        ("Alice Martin", 0, True),
        ("Board", 0, True),
        ("Engineering", 7, True),
    ]


def test_an_archived_channel_is_not_in_the_navigation(engineering: Channel, alice: Person) -> None:
    archive(by=alice, channel=engineering)
    assert unread(alice) == {}


def test_a_read_mark_stays_within_what_was_posted(engineering: Channel, bruno: Person) -> None:
    posts(engineering, 5)
    assert mark_read(by=bruno, channel=engineering, number=3) == 2
    assert mark_read(by=bruno, channel=engineering, number=1) == 2
    assert mark_read(by=bruno, channel=engineering, number=-7) == 2
    assert mark_read(by=bruno, channel=engineering, number=10**30) == 0
    posts(engineering, 6)
    assert unread(bruno)["engineering"] == 1


def test_who_is_no_member_has_no_mark(engineering: Channel, board: Channel, chloe: Person) -> None:
    assert mark_read(by=chloe, channel=engineering, number=1) == 0
    assert not Membership.objects.filter(person=chloe).exists()
    with pytest.raises(NotFound):
        mark_read(by=chloe, channel=board, number=1)


def test_other_devices_hear_of_a_mark_that_moved(
    engineering: Channel,
    bruno: Person,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[ReadMarkMoved] = []
    monkeypatch.setattr(read_mark_moved, "_listeners", [heard.append])
    posts(engineering, 5)
    with django_capture_on_commit_callbacks(execute=True):
        mark_read(by=bruno, channel=engineering, number=3)
        mark_read(by=bruno, channel=engineering, number=3)
    assert heard == [ReadMarkMoved(bruno.pk, engineering.pk, 2)]


def test_browsing_finds_by_folded_words(alice: Person, bruno: Person, board: Channel) -> None:
    create_channel(by=alice, name="Équipe Lyon", description="Bureau de Lyon")
    create_channel(by=bruno, name="Lunch")
    assert [channel.name for channel in selectors.browse(alice, "equipe LYON")] == ["Équipe Lyon"]
    found = {channel.slug: (channel.is_member, channel.member_count) for channel in selectors.browse(bruno)}  # type: ignore[attr-defined]
    assert found == {"board": (True, 2), "équipe-lyon": (False, 1), "lunch": (True, 1)}


def test_writable_agrees_with_access(
    request: pytest.FixtureRequest, person: Callable[[str], Person], engineering: Channel, news: Channel, board: Channel
) -> None:
    from corpblog.teams.access import can_write

    channels = [engineering, news, board, request.getfixturevalue("storyline")]
    for who in ("alice", "bruno", "chloe", "irene"):
        allowed = {channel for channel in channels if can_write(person(who), channel)}
        assert set(selectors.writable(person(who))) == allowed


def test_readers_are_who_may_read(
    engineering: Channel, board: Channel, alice: Person, bruno: Person, chloe: Person, zoe: Person
) -> None:
    everybody = [alice.pk, bruno.pk, chloe.pk, zoe.pk]
    Membership.objects.create(person=zoe, channel=board)
    assert selectors.readers_among(engineering, everybody) == {alice.pk, bruno.pk, chloe.pk}
    assert selectors.readers_among(board, everybody) == {alice.pk, bruno.pk}
    both = [engineering.pk, board.pk, 10**9]
    assert selectors.readable_ids(bruno, both) == {engineering.pk, board.pk}
    assert selectors.readable_ids(chloe, both) == {engineering.pk}
    assert selectors.readable_ids(zoe, both) == set()


def test_who_saw_the_newest_post_left_has_read_all(engineering: Channel, bruno: Person) -> None:
    posts(engineering, 5)
    set_newest(engineering.pk, post_id=3, number=3)
    assert mark_read(by=bruno, channel=engineering, number=2) == 3
    assert mark_read(by=bruno, channel=engineering, number=3) == 0


def test_numbers_are_taken_in_order_and_the_newest_post_is_the_largest(engineering: Channel) -> None:
    assert take(engineering.pk).seq == 1
    taken = take(engineering.pk, thread=500, at=engineering.created_at)
    assert (taken.seq, taken.posts) == (2, 1)
    # Two processes make ids apart: the later commit may carry the smaller one.
    take(engineering.pk, thread=400, at=engineering.created_at)
    counter = ChannelCounter.objects.get(channel=engineering)
    assert (counter.last_post_id, counter.last_number) == (500, 2)
    assert take(engineering.pk, events=3).seq == 6
    with pytest.raises(ChannelCounter.DoesNotExist):
        take(10**9)


def test_asking_costs_one_query(
    engineering: Channel,
    board: Channel,
    alice: Person,
    chloe: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for count in range(5):
        join(by=chloe, channel=create_channel(by=alice, name=f"Channel {count}"))
    asked: list[Callable[[], object]] = [
        lambda: [entry.channel.title for entry in selectors.navigation(chloe)],
        lambda: [channel.title for channel in selectors.browse(chloe)],
        lambda: [channel.title for channel in selectors.writable(chloe)],
        lambda: selectors.channel_by_slug(chloe, "engineering").counter.posts,
        lambda: selectors.readable_ids(chloe, [engineering.pk, board.pk]),
        lambda: selectors.readers_among(board, [alice.pk, chloe.pk]),
        lambda: [membership.person.display_name for membership in selectors.members(engineering)],
    ]
    for ask in asked:
        with django_assert_num_queries(1):
            ask()
