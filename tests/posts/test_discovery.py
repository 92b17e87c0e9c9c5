"""What one missed, topics, trends, kept searches and folders; and that none of it tells of what is hidden."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.people.models import Person
from corpblog.posts import discovery, selectors
from corpblog.posts.models import Bookmark, Folder, Post
from corpblog.posts.services import (
    bookmark,
    delete,
    drop_search,
    follow_tag,
    look_at_search,
    publish,
    put_bookmark,
    save_search,
    unbookmark,
    unfollow_tag,
)
from corpblog.posts.services.keeping import MOST
from corpblog.teams.models import Channel, ChannelCounter
from corpblog.teams.selectors import navigation
from corpblog.teams.services import create_channel, invite, join, mark_read, open_conversation, remove_member
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db


def missed(person: Person) -> dict[str, list[str]]:
    return {
        each.entry.channel.slug: [post.text for post in each.posts]
        for each in discovery.missed(person, navigation(person))
    }


# Since one left ----------------------------------------------------------------------------------------------------


def test_what_came_since_one_read_is_there_oldest_first(say: Say, engineering: Channel, bruno: Person) -> None:
    say("Read already")
    mark_read(by=bruno, channel=engineering, number=1)
    first, gone = say("One"), say("Gone")
    say("Two")
    say("A reply", answers=first)
    delete(by=gone.author, post_id=gone.pk)
    assert missed(bruno) == {"engineering": ["One", "Two"]}
    mark_read(by=bruno, channel=engineering, number=99)
    assert missed(bruno) == {}


def test_another_members_mark_decides_nothing(say: Say, engineering: Channel, bruno: Person, chloe: Person) -> None:
    join(by=chloe, channel=engineering)
    say("One")
    mark_read(by=chloe, channel=engineering, number=99)
    assert (missed(bruno), missed(chloe)) == ({"engineering": ["One"]}, {})


def test_many_posts_are_cut_and_counted(say: Say, bruno: Person) -> None:
    for count in range(8):
        say(f"Number {count}")
    [each] = discovery.missed(bruno, navigation(bruno))
    assert ([post.text for post in each.posts][-1], len(each.posts), each.more) == ("Number 7", 5, 3)


def test_a_busy_channel_hides_no_quiet_one(say: Say, engineering: Channel, alice: Person, bruno: Person) -> None:
    quiet = create_channel(by=alice, name="Quiet")
    join(by=bruno, channel=quiet)
    publish(by=alice, channel=quiet, text="Psst")
    first = say("Number 1")
    Post.objects.bulk_create(
        Post(author=alice, channel=engineering, number=number, text=f"Number {number}", created_at=first.created_at)
        for number in range(2, 251)
    )
    ChannelCounter.objects.filter(channel=engineering).update(posts=250, last_seq=250)
    assert missed(bruno) == {"engineering": [f"Number {number}" for number in range(246, 251)], "quiet": ["Psst"]}
    assert [each.more for each in discovery.missed(bruno, navigation(bruno))] == [245, 0]


def test_a_channel_one_was_removed_from_is_not_missed(alice: Person, bruno: Person) -> None:
    board = create_channel(by=alice, name="Board", is_private=True)
    invite(by=alice, channel=board, person=bruno)
    publish(by=alice, channel=board, text="Hush")
    stale = navigation(bruno)
    remove_member(by=alice, channel=board, person=bruno)
    assert discovery.missed(bruno, stale) == []


def test_it_costs_two_queries_however_many_channels(
    alice: Person, bruno: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in range(6):
        channel = create_channel(by=alice, name=f"Room {count}")
        join(by=bruno, channel=channel)
        publish(by=alice, channel=channel, text="Hello")
    channels = navigation(bruno)
    with django_assert_num_queries(2):
        found = discovery.missed(bruno, channels)
        assert [post.author.display_name for each in found for post in each.posts] == ["Alice Martin"] * 6


# Topics and trends -------------------------------------------------------------------------------------------------


def test_topics_gather_followed_hashtags_that_one_may_read(
    say: Say, secret: Channel, alice: Person, bruno: Person
) -> None:
    follow_tag(by=bruno, tag="#Été")
    shown = say("Bientôt #ete #soleil")
    publish(by=alice, channel=secret, text="Hush #été")
    say("Other #hiver")
    assert discovery.topics_page(bruno).items == [shown]
    assert (discovery.followed_tags(bruno), discovery.follows_tag(bruno, "ÉTÉ")) == (["ete"], True)
    unfollow_tag(by=bruno, tag="été")
    assert discovery.topics_page(bruno).items == []


def test_a_trend_needs_three_people_in_open_channels(
    say: Say, engineering: Channel, alice: Person, bruno: Person, crowd: Callable[[int], list[Person]]
) -> None:
    people = crowd(3)
    for person in people:
        say("#shared", by=person)
        say("#shared #loud again", by=people[0])
    talk = open_conversation(by=people[0], people=people[1:])
    board = create_channel(by=people[0], name="Board", is_private=True)
    for person in people[1:]:
        invite(by=people[0], channel=board, person=person)
    for place in (talk, board):
        for person in people:
            publish(by=person, channel=place, text="#hidden #loud")
    assert discovery.trending() == [discovery.Trend("shared", 3, 6)]


def test_last_weeks_trend_is_over(
    say: Say, crowd: Callable[[int], list[Person]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in crowd(3):
        say("#shared", by=person)
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert discovery.trending() == []


def test_hashtags_are_found_only_where_one_may_read(say: Say, secret: Channel, alice: Person, bruno: Person) -> None:
    say("#release #relay")
    say("#release")
    publish(by=alice, channel=secret, text="#relocation")
    assert discovery.tags_like(bruno, "#REL") == ["release", "relay"]
    assert discovery.tags_like(alice, "relo") == ["relocation"]
    assert discovery.tags_like(bruno, "") == discovery.tags_like(bruno, "two words") == []


# Keeping -----------------------------------------------------------------------------------------------------------


def test_searches_are_kept_once_and_are_ones_own(alice: Person, bruno: Person) -> None:
    kept = [save_search(by=alice, query=query) for query in ("from:bruno  relay", "from:bruno relay")]
    assert kept[0].pk == kept[1].pk
    assert discovery.saved_searches(bruno) == []
    drop_search(by=bruno, search_id=kept[0].pk)
    assert [search.query for search in discovery.saved_searches(alice)] == ["from:bruno relay"]
    drop_search(by=alice, search_id=kept[0].pk)
    assert discovery.saved_searches(alice) == []


@pytest.mark.parametrize("query", ["", "  ", "!!!", "is:nice", "after:yesterday"])
def test_a_search_that_finds_nothing_ever_is_not_kept(query: str, alice: Person) -> None:
    with pytest.raises(Invalid):
        save_search(by=alice, query=query)


def test_what_is_kept_is_bounded(alice: Person) -> None:
    for count in range(MOST):
        follow_tag(by=alice, tag=f"tag{count}")
    follow_tag(by=alice, tag="tag1")
    with pytest.raises(Conflict):
        follow_tag(by=alice, tag="another")
    with pytest.raises(Invalid):
        follow_tag(by=alice, tag="#")


def test_bookmarks_lie_in_folders(say: Say, alice: Person, bruno: Person) -> None:
    plans, recipe = say("Plans"), say("Soup")
    bookmark(by=bruno, post_id=plans.pk)
    put_bookmark(by=bruno, post_id=recipe.pk, folder="  To   cook ")
    assert selectors.bookmarks_page(bruno, folder="To cook").items == [recipe]
    assert selectors.bookmarks_page(bruno).items == [recipe, plans]
    assert [discovery.folder_of(bruno, post) for post in (recipe, plans)] == ["To cook", ""]
    assert (discovery.folder_of(alice, recipe), discovery.folders(alice)) == (None, [])
    put_bookmark(by=bruno, post_id=recipe.pk, folder="")
    assert discovery.folders(bruno) == []
    assert Bookmark.objects.filter(person=bruno).count() == 2


def test_a_folder_outlives_its_last_bookmark_only_until_the_next_is_put(say: Say, bruno: Person) -> None:
    put_bookmark(by=bruno, post_id=say("One").pk, folder="A")
    unbookmark(by=bruno, post_id=Bookmark.objects.get().post_id)
    put_bookmark(by=bruno, post_id=say("Two").pk, folder="B")
    assert list(Folder.objects.values_list("name", flat=True)) == ["B"]


def test_only_what_one_sees_is_bookmarked(secret: Channel, alice: Person, bruno: Person) -> None:
    hidden = publish(by=alice, channel=secret, text="Hush")
    with pytest.raises(NotFound):
        put_bookmark(by=bruno, post_id=hidden.pk, folder="Mine")
    assert not Folder.objects.exists()


def new_matches(person: Person) -> dict[str, int]:
    return {kept.search.query: kept.new for kept in discovery.kept_searches(person)}


def test_a_kept_search_counts_what_others_wrote_since_one_looked(say: Say, alice: Person, bruno: Person) -> None:
    say("A refund, long ago")
    save_search(by=bruno, query="refunds")
    assert new_matches(bruno) == {"refunds": 0}
    say("Refunded")
    newest = say("Refunds")
    say("Refunding mine", by=bruno)
    say("Nothing of the kind")
    assert (new_matches(bruno), new_matches(alice)) == ({"refunds": 2}, {})
    look_at_search(by=alice, query="refunds", newest=newest.pk)
    assert new_matches(bruno) == {"refunds": 2}
    look_at_search(by=bruno, query=" refunds ", newest=newest.pk)
    assert new_matches(bruno) == {"refunds": 0}


def test_a_kept_search_counts_only_what_one_may_read_now(alice: Person, bruno: Person) -> None:
    board = create_channel(by=alice, name="Board", is_private=True)
    for query in ("merger", "in:board", "from:alice"):
        save_search(by=bruno, query=query)
    publish(by=alice, channel=board, text="The merger")
    assert set(new_matches(bruno).values()) == {0}
    invite(by=alice, channel=board, person=bruno)
    assert set(new_matches(bruno).values()) == {1}
    remove_member(by=alice, channel=board, person=bruno)
    assert set(new_matches(bruno).values()) == {0}


def test_no_more_is_counted_than_pages_say(say: Say, bruno: Person) -> None:
    save_search(by=bruno, query="relay")
    for number in range(23):
        say(f"relay {number}")
    assert new_matches(bruno) == {"relay": discovery.MOST_NEW + 1}
