"""Pages: what is on them, in which order, for whom, and at what cost."""

import random
from collections.abc import Callable

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from corpblog.kernel.errors import NotFound
from corpblog.kernel.ids import new_id
from corpblog.people.models import Person
from corpblog.posts import search as searching
from corpblog.posts import selectors
from corpblog.posts.models import Post
from corpblog.posts.selectors import Page
from corpblog.posts.services import bookmark, delete, edit, pin, publish, react
from corpblog.teams.models import Channel, ChannelCounter, Membership
from corpblog.teams.services import create_channel, ensure_storyline, follow, join, leave
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Turn = Callable[[int | None], Page]


def walk(turn: Turn) -> list[Post]:
    """Read a list to its end, page by page."""
    items: list[Post] = []
    page = turn(None)
    items += page.items
    while page.next_cursor is not None:
        page = turn(page.next_cursor)
        assert page.items, "a page promised more and there was none"
        items += page.items
    return items


@pytest.fixture
def many(engineering: Channel, alice: Person) -> list[Post]:
    """Give 45 threads, oldest first, written to the tables without the service's limits."""
    posts = [_row(engineering, alice, number) for number in range(1, 46)]
    Post.objects.bulk_create(posts)
    counter = {"last_seq": 45, "posts": 45, "last_number": 45, "last_post_id": posts[-1].pk}
    ChannelCounter.objects.filter(channel=engineering).update(**counter)
    return posts


def _row(channel: Channel, author: Person, number: int | None, **changes: object) -> Post:
    values = {"text": f"Post {number}", "html": "", "created_at": "2026-11-23 08:00Z"} | changes
    return Post(id=new_id(), channel=channel, author=author, number=number, **values)


# Home --------------------------------------------------------------------------------------------------------------


def test_home_is_what_my_channels_say(say: Say, alice: Person, bruno: Person, chloe: Person, secret: Channel) -> None:
    public = say("Engineering")
    board = publish(by=alice, channel=secret, text="Board")
    line = publish(by=bruno, channel=ensure_storyline(bruno), text="Storyline")
    say("A reply is not on home", answers=public, by=bruno)
    assert selectors.home(alice).items == [board, public]
    assert selectors.home(bruno).items == [line, public]
    assert selectors.home(chloe).items == []
    follow(by=chloe, person=bruno)
    assert selectors.home(chloe).items == [line]


def test_home_forgets_a_channel_that_was_left(say: Say, bruno: Person, engineering: Channel) -> None:
    say()
    leave(by=bruno, channel=engineering)
    assert selectors.home(bruno).items == []


def test_home_is_empty_for_who_left(say: Say, bruno: Person) -> None:
    say()
    bruno.is_active = False
    assert selectors.home(bruno).items == []


@pytest.mark.parametrize("seed", range(6))
def test_home_equals_the_plain_query_over_everything(alice: Person, bruno: Person, seed: int) -> None:
    """The measured shortcut must show what the obvious, slow query shows, after any mix of posting and deleting."""
    chance = random.Random(seed)
    channels = [create_channel(by=alice, name=f"Channel {count}") for count in range(30)]
    Membership.objects.bulk_create(
        Membership(person=bruno, channel=channel) for channel in channels if chance.random() < 0.8
    )
    alive: list[Post] = []
    for _turn in range(28):
        post = publish(by=alice, channel=chance.choice(channels[: chance.choice([2, 30])]), text="x")
        alive.append(post)
        if chance.random() < 0.3:
            publish(by=bruno, channel=post.channel, text="y", answers=post)
        if chance.random() < 0.25:
            delete(by=alice, post_id=alive.pop(chance.randrange(len(alive))).pk)
    mine = Membership.objects.filter(person=bruno).values("channel")
    expected = list(Post.objects.filter(channel__in=mine).listed().newest_first())
    for limit in (1, 3, 7, 100):
        assert selectors.home(bruno, limit=limit).items == expected[:limit]
        assert walk(lambda cursor, limit=limit: selectors.home(bruno, cursor, limit)) == expected


# Pages -------------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_without_overlap(many: list[Post], bruno: Person, alice: Person) -> None:
    newest_first = many[::-1]
    channel = many[0].channel
    assert walk(lambda cursor: selectors.channel_page(bruno, channel, cursor)) == newest_first
    assert walk(lambda cursor: selectors.person_page(bruno, alice, cursor, limit=9)) == newest_first
    assert len(selectors.channel_page(bruno, channel).items) == 20
    for post in many[:25]:
        bookmark(by=bruno, post_id=post.pk)
    assert walk(lambda cursor: selectors.bookmarks_page(bruno, cursor, limit=10)) == many[:25][::-1]


def test_a_new_post_moves_no_later_page(say: Say, many: list[Post], bruno: Person) -> None:
    first = selectors.channel_page(bruno, many[0].channel)
    say("New")
    second = selectors.channel_page(bruno, many[0].channel, first.next_cursor)
    assert second.items == many[::-1][20:40]


@pytest.mark.parametrize("cursor", [0, -1, -(2**70), 2**63, 2**70, 10**30])
def test_a_number_that_no_column_holds_is_no_error(many: list[Post], bruno: Person, alice: Person, cursor: int) -> None:
    for page in (
        selectors.home(bruno, cursor),
        selectors.channel_page(bruno, many[0].channel, cursor),
        selectors.person_page(bruno, alice, cursor),
        selectors.tag_page(bruno, "x", cursor),
        selectors.bookmarks_page(bruno, cursor),
        selectors.search(bruno, "post", cursor),
    ):
        assert isinstance(page, Page)
    assert selectors.mine(bruno, [cursor]) == ({}, set())
    with pytest.raises(NotFound):
        selectors.post_for(bruno, cursor)
    with pytest.raises(NotFound):
        selectors.thread(bruno, cursor)


@pytest.mark.parametrize(("asked", "given"), [(-5, 1), (0, 1), (10_000, 45)])
def test_a_page_has_its_bounds(many: list[Post], bruno: Person, asked: int, given: int) -> None:
    assert len(selectors.channel_page(bruno, many[0].channel, limit=asked).items) == given


def test_a_channels_page_says_how_far_it_shows(say: Say, alice: Person, engineering: Channel) -> None:
    say()
    delete(by=alice, post_id=say().pk)
    assert selectors.channel_page(alice, engineering).newest_number == 2


def test_a_long_thread_has_pages_too(engineering: Channel, alice: Person, bruno: Person, say: Say) -> None:
    root = say()
    replies = [_row(engineering, bruno, None, root=root, answers=root, is_listed=False) for _count in range(7)]
    Post.objects.bulk_create(replies)
    first = selectors.thread(alice, root.pk, limit=5)
    assert first.replies == replies[:5]
    second = selectors.thread(alice, root.pk, after=first.next_cursor, limit=5)
    assert (second.replies, second.next_cursor) == (replies[5:], None)


def test_a_tag_is_found_whatever_its_accents_and_case(say: Say, bruno: Person) -> None:
    posts = [say("#Réunion"), say("#reunion at noon"), say("#REUNION"), say("no tag: reunion")]
    assert selectors.tag_page(bruno, "RÉunion").items == posts[:3][::-1]
    assert selectors.tag_page(bruno, "#reunion").items == posts[:3][::-1]


def test_leaders_are_on_a_page_of_their_own(say: Say, helene: Person, bruno: Person, engineering: Channel) -> None:
    say("From alice")
    post = publish(by=helene, channel=ensure_storyline(helene), text="From the top")
    assert selectors.leaders_page(bruno).items == [post]


# What hidden channels hold stays hidden ----------------------------------------------------------------------------


def test_nothing_of_a_private_channel_shows_on_any_page(secret: Channel, alice: Person, bruno: Person) -> None:
    post = publish(by=alice, channel=secret, text="Merger #deal @bruno")
    reply = publish(by=alice, channel=secret, text="Merger price", answers=post)
    for page in (
        selectors.home(bruno),
        selectors.person_page(bruno, alice),
        selectors.tag_page(bruno, "deal"),
        selectors.search(bruno, "merger"),
        selectors.search(bruno, "in:board"),
        selectors.search(bruno, "from:alice"),
        selectors.bookmarks_page(bruno),
    ):
        assert page.items == []
    for number in (post.pk, reply.pk):
        for read in (selectors.post_for, selectors.thread, selectors.history):
            with pytest.raises(NotFound):
                read(bruno, number)
    with pytest.raises(NotFound):
        selectors.channel_page(bruno, secret)
    assert selectors.search(alice, "merger").items == [reply, post]


# Search ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def library(say: Say, alice: Person, bruno: Person) -> dict[str, Post]:
    cantine = create_channel(by=bruno, name="Cantine")
    found = {
        "lunch": say("La cantine ferme à 14 h", by=bruno, channel=cantine),
        "deploy": say("Deploy 412 is out: https://acme.example/412"),
        "cafe": say("CAFÉ crème for everyone", by=bruno),
        "cjk": say("東京オフィスの会議"),
        "own": say("Mine alone", by=bruno, channel=ensure_storyline(bruno)),
        "odd": say("AND OR NOT NEAR near_miss 100% 'quoted' \"double\" a:b* (x)"),
    }
    react(by=bruno, post_id=found["lunch"].pk, emoji="👍")
    bookmark(by=alice, post_id=found["lunch"].pk)
    bookmark(by=bruno, post_id=found["cjk"].pk)
    pin(by=alice, post_id=found["cafe"].pk)
    return found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cantine", ["lunch"]),
        ("FERME cantine", ["lunch"]),
        ("cafe creme", ["cafe"]),
        ("Café", ["cafe"]),
        ("dep", ["deploy"]),
        ("deploy 412", ["deploy"]),
        ("eploy", []),
        ("会議", ["cjk"]),
        ("AND", ["odd"]),
        ("NOT near", ["odd"]),
        ("miss quoted", ["odd"]),
        ('"double"', ["odd"]),
        ("from:bruno", ["own", "cafe", "lunch"]),
        ("from:@Bruno cafe", ["cafe"]),
        ("in:cantine", ["lunch"]),
        ("in:#engineering deploy", ["deploy"]),
        ("has:link", ["deploy"]),
        ("has:LINK", ["deploy"]),
        ("has:cake cafe", []),
        ("is:nice cafe", []),
        ("has:file", []),
        ("has:image cafe", []),
        ("has:reaction", ["lunch"]),
        ("is:thread deploy", ["deploy"]),
        ("is:reply", []),
        ("is:edited", []),
        ("is:pinned", ["cafe"]),
        ("is:bookmarked", ["lunch"]),
        ("is:mine cafe", []),
        ("from:me deploy", ["deploy"]),
        ("deploy -412", []),
        ("for -deploy", ["cafe"]),
        ("-deploy", []),
        ("from:nobody", []),
        ("from:bruno from:alice deploy", ["deploy"]),
        ("from:bruno from:nobody", ["own", "cafe", "lunch"]),
        ('from:"bruno Lefèvre" cafe', ["cafe"]),
        ("in:cantine in:nowhere", ["lunch"]),
        ('in:"CANTINE"', ["lunch"]),
        ("in:~cantine", ["lunch"]),
        ("in:@bruno", ["own"]),
        ("in:@alice", []),
        ("-from:alice", []),
        ("cafe -from:alice", ["cafe"]),
        ("cafe -from:bruno", []),
        ("from:bruno -in:cantine", ["own", "cafe"]),
        ("from:bruno -has:reaction", ["own", "cafe"]),
        ("deploy -is:mine", []),
        ("deploy -is:thread", []),
        ("cafe -is:nice", []),
        ("before:2000-01-01", []),
        ("after:2000-01-01 cafe", ["cafe"]),
        ("after:yesterday cafe", []),
        ("before:9999-12-31 cafe", ["cafe"]),
        ("after:9999-12-31", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("* ' \" ( ) : -", []),
        ("a:b", ["odd"]),
        ("\x00cafe", ["cafe"]),
        ("' OR 1=1 --", ["odd"]),
    ],
)
def test_search_finds_words_by_their_beginnings(
    library: dict[str, Post], alice: Person, query: str, found: list[str]
) -> None:
    assert selectors.search(alice, query).items == [library[name] for name in found]


@pytest.mark.parametrize("query", ["x" * 10_000, "a " * 500, "\ud800", "日" * 500, "from: in: before:", "has:cake"])
def test_search_survives_what_is_typed_into_it(library: dict[str, Post], alice: Person, query: str) -> None:
    assert isinstance(selectors.search(alice, query), Page)


def test_an_edited_post_is_found_by_what_it_says_now(say: Say, alice: Person) -> None:
    post = say("Before #old")
    edit(by=alice, post_id=post.pk, text="After #new", version=1)
    assert selectors.search(alice, "before").items == []
    assert selectors.search(alice, "after").items == [post]
    assert selectors.tag_page(alice, "old").items == []
    assert selectors.tag_page(alice, "new").items == [post]


def test_the_words_of_a_deleted_post_leave_the_index(say: Say, alice: Person) -> None:
    post, other = say("Confidential plan"), say("Harmless plan")
    edit(by=alice, post_id=other.pk, text="Harmless idea", version=1)
    delete(by=alice, post_id=post.pk)
    # Deleted posts are asked for too: what no page shows must not rest in the index either.
    everything = Post.objects.all()
    assert list(searching.narrow(everything, searching.read("confidential"))) == []
    assert list(searching.narrow(everything, searching.read("harmless"))) == [other]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Raises where the index and the posts disagree.
            cursor.execute("INSERT INTO posts_words (posts_words, rank) VALUES ('integrity-check', 1)")


def test_search_has_pages(say: Say, alice: Person) -> None:
    posts = [say(f"word {count}") for count in range(5)]
    assert walk(lambda cursor: selectors.search(alice, "word", cursor, limit=2)) == posts[::-1]


# Cost --------------------------------------------------------------------------------------------------------------


def test_pages_cost_a_fixed_number_of_queries(
    say: Say, many: list[Post], bruno: Person, alice: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """What a card shows is loaded with the page: no query per post, whatever is on it."""
    root = say("Root #tag")
    for _count in range(3):
        say("Reply", by=bruno, answers=root)
    react(by=bruno, post_id=root.pk, emoji="👍")
    join(by=alice, channel=create_channel(by=bruno, name="Another"))
    channel = many[0].channel
    costs: list[tuple[int, Callable[[], list[Post]]]] = [
        (2, lambda: selectors.home(bruno).items),
        (2, lambda: selectors.home(bruno, many[30].pk).items),
        (3, lambda: selectors.channel_page(bruno, channel).items),
        (2, lambda: _whole(selectors.thread(bruno, root.pk))),
        (2, lambda: selectors.person_page(bruno, alice).items),
        (2, lambda: selectors.tag_page(bruno, "tag").items),
        (1, lambda: selectors.bookmarks_page(bruno).items),
        (4, lambda: selectors.search(bruno, "root from:alice in:engineering").items),
        (1, lambda: [event.post for event in selectors.events_after(channel.pk, 0)]),
    ]
    bookmark(by=bruno, post_id=root.pk)
    for cost, read in costs:
        with django_assert_num_queries(cost):
            posts = read()
            assert posts
            for post in posts:
                assert post.author.display_name
                assert post.channel.title
    with django_assert_num_queries(2):
        selectors.mine(bruno, [post.pk for post in many])
    with django_assert_num_queries(1):
        selectors.heads([channel.pk])


def test_a_word_in_one_channel_is_looked_up_there_without_reading_the_posts_that_have_it_elsewhere(
    say: Say, bruno: Person
) -> None:
    say("A usual word")
    visible = Post.objects.visible_to(bruno).alive()
    found = searching.narrow(visible, searching.read("usual in:engineering"), bruno).for_cards().newest_first()
    if connection.vendor == "sqlite":
        assert "SEARCH posts_post USING INDEX post_in_channel (channel_id=? AND id=?)" in found.explain()
    assert [post.text for post in found] == ["A usual word"]


def _whole(thread: selectors.Thread) -> list[Post]:
    return [thread.root, *thread.replies]
