"""Home, channel, person, hashtag, search, bookmarks, thread: who sees what, and one stretch after the other."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from corpblog.people.models import Person
from corpblog.posts import services
from corpblog.posts.models import Post
from corpblog.teams.models import Channel
from corpblog.teams.services import follow, join
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
OPEN_TO_ALL = ("/", "/channels/", "/leaders/", "/bookmarks/", "/search/", "/search/?q=hello", "/posts/new/", "/tags/x/")


def shown(html: str) -> list[str]:
    """Return the ids of the posts on a page, in their order."""
    return re.findall(r'<article class="post[^"]*" id="p(\d+)"', html)


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_everybody_reads_the_common_pages(path: str, bruno: Person, browser_of: Browser) -> None:
    assert browser_of(bruno).get(path).status_code == 200


@pytest.mark.parametrize("path", [*OPEN_TO_ALL, "/c/engineering/", "/p/1/", "/@alice/", "/live/since/?c=1&after=0"])
def test_nobody_reads_without_a_sign_in(path: str, db: None) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


def test_home_shows_the_channels_one_is_in(say: Say, bruno: Person, omar: Person, browser_of: Browser) -> None:
    post = say("Good morning")
    assert shown(browser_of(bruno).get("/").text) == [str(post.pk)]
    assert shown(browser_of(omar).get("/").text) == []


def test_a_storyline_comes_home_to_who_follows(alice: Person, omar: Person, browser_of: Browser) -> None:
    storyline = follow(by=omar, person=alice)
    post = services.publish(by=alice, channel=storyline, text="On my own")
    assert shown(browser_of(omar).get("/").text) == [str(post.pk)]


def test_a_hidden_channel_looks_like_no_channel(
    secret: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    assert browser_of(alice).get(f"/c/{secret.slug}/").status_code == 200
    hidden, absent = (browser_of(bruno).get(f"/c/{slug}/") for slug in (secret.slug, "no-such-channel"))
    assert hidden.status_code == absent.status_code == 404
    assert "Board" not in hidden.text


def test_a_hidden_post_looks_like_no_post(secret: Channel, alice: Person, bruno: Person, browser_of: Browser) -> None:
    post = services.publish(by=alice, channel=secret, text="Only for the board")
    assert browser_of(alice).get(f"/p/{post.pk}/").status_code == 200
    for path in (f"/p/{post.pk}/", f"/p/{post.pk}/history/", f"/p/{post.pk}/edit/", "/p/99999999999999999999999/"):
        answer = browser_of(bruno).get(path)
        assert answer.status_code == 404
        assert "Only for the board" not in answer.text


def test_older_posts_follow_without_a_gap_or_a_double(say: Say, bruno: Person, browser_of: Browser) -> None:
    posted = [str(say(f"Number {count}").pk) for count in range(25)]
    client = browser_of(bruno)
    first = client.get("/c/engineering/")
    older = re.search(r'href="([^"]*before=\d+)"', first.text)
    assert older
    second = client.get(older[1])
    assert shown(first.text) + shown(second.text) == posted[::-1]
    assert 'class="more' not in second.text


def test_scripts_get_the_older_posts_alone(say: Say, bruno: Person, browser_of: Browser) -> None:
    post = say("One")
    say("Two")
    older = browser_of(bruno).get(f"/c/engineering/?before={post.pk + 1}", headers={"HX-Request": "true"}).text
    assert shown(older) == [str(post.pk)]
    assert "<html" not in older
    assert 'hx-swap-oob="true"' in older


@pytest.fixture
def long_thread(say: Say, engineering: Channel, alice: Person) -> list[Post]:
    """Give a thread's first post and its 205 replies, five more than a page has."""
    root = say("The first")
    common = {"channel": engineering, "author": alice, "root": root, "answers": root, "is_listed": False}
    replies = [Post(text=f"Reply {count}", created_at=root.created_at, **common) for count in range(1, 206)]
    return [root, *Post.objects.bulk_create(replies)]


@pytest.mark.parametrize("query", ["", "?panel=1"])
def test_the_page_of_a_late_reply_shows_it(
    query: str, long_thread: list[Post], bruno: Person, browser_of: Browser
) -> None:
    root, late = long_thread[0], long_thread[201]
    page = browser_of(bruno).get(f"/p/{late.pk}/{query}").text
    assert shown(page) == [str(post.pk) for post in [root, *long_thread[201:]]]
    assert re.findall(r'href="([^"]*)">Earlier replies<', page) == [f"/p/{root.pk}/"]


def test_later_replies_follow_without_a_gap_or_a_double(
    long_thread: list[Post], bruno: Person, browser_of: Browser
) -> None:
    client = browser_of(bruno)
    first = client.get(f"/p/{long_thread[0].pk}/").text
    [later] = re.findall(r'hx-get="([^"]*after=\d+)"', first)
    second = client.get(later, headers={"HX-Request": "true"}).text
    assert shown(first) + shown(second) == [str(post.pk) for post in long_thread]
    assert "Earlier replies" not in first + second
    assert "<html" not in second
    assert f'id="thread-{long_thread[0].pk}-more" hx-swap-oob="true"' in second
    without_script = client.get(later).text
    assert shown(without_script) == [str(post.pk) for post in [long_thread[0], *long_thread[201:]]]
    assert "Earlier replies" in without_script


@pytest.mark.parametrize("cursor", ["", "x", "-1", "9" * 30, "٣"])
def test_a_broken_cursor_shows_a_page(cursor: str, say: Say, bruno: Person, browser_of: Browser) -> None:
    say("Still here")
    assert browser_of(bruno).get("/c/engineering/", {"before": cursor}).status_code == 200


def test_search_hashtag_and_bookmarks_find_the_post(say: Say, bruno: Person, browser_of: Browser) -> None:
    post = say("The réunion is on Monday #planning")
    client = browser_of(bruno)
    client.post(f"/p/{post.pk}/bookmark/")
    for path in ("/search/?q=reunion", "/tags/planning/", "/bookmarks/", "/@alice/"):
        assert shown(client.get(path).text) == [str(post.pk)], path


def test_what_is_searched_for_is_shown_as_text(bruno: Person, browser_of: Browser) -> None:
    page = browser_of(bruno).get("/search/", {"q": "<img src=x onerror=alert(1)>"})
    assert "<img" not in page.text


def test_a_thread_has_its_replies_in_order(say: Say, engineering: Channel, bruno: Person, browser_of: Browser) -> None:
    root = say("Who comes?")
    replies = [services.publish(by=bruno, channel=engineering, text=f"Me {n}", answers=root) for n in range(3)]
    ids = [str(post.pk) for post in (root, *replies)]
    client = browser_of(bruno)
    assert shown(client.get(f"/p/{root.pk}/").text) == ids
    assert shown(client.get(f"/p/{replies[1].pk}/").text) == ids
    panel = client.get(f"/p/{root.pk}/?panel=1").text
    assert shown(panel) == ids
    assert "<html" not in panel


def test_a_deleted_post_with_replies_leaves_a_stone(
    say: Say, engineering: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    root = say("I regret this")
    services.publish(by=bruno, channel=engineering, text="Too late", answers=root)
    services.delete(by=alice, post_id=root.pk)
    page = browser_of(bruno).get(f"/p/{root.pk}/").text
    assert "I regret this" not in page
    assert "This post was deleted" in page
    assert "Too late" in page


def test_history_shows_every_version(say: Say, alice: Person, bruno: Person, browser_of: Browser) -> None:
    post = say("First words")
    services.edit(by=alice, post_id=post.pk, text="Better words", version=1)
    page = browser_of(bruno).get(f"/p/{post.pk}/history/").text
    assert re.sub(r"<[^>]+>|\[(added|removed)\] ", "", page).count("First words") == 1
    assert ">First</del>" in re.sub(r'<span class="vh">[^<]*</span>', "", page)
    assert ">Better</ins>" in re.sub(r'<span class="vh">[^<]*</span>', "", page)


def test_only_who_may_start_a_thread_gets_a_composer(
    engineering: Channel, alice: Person, omar: Person, browser_of: Browser
) -> None:
    assert 'name="text"' in browser_of(alice).get("/c/engineering/").text
    page = browser_of(omar).get("/c/engineering/").text
    assert 'name="text"' not in page
    assert "Join the channel to post in it." in page


@pytest.mark.parametrize("posts", [1, 15])
def test_the_home_page_asks_as_much_for_many_posts_as_for_one(
    posts: int,
    say: Say,
    bruno: Person,
    browser_of: Browser,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made: list[Post] = [say(f"Post {count}") for count in range(posts)]
    services.react(by=bruno, post_id=made[0].pk, emoji="👍")
    client = browser_of(bruno)
    client.get("/")
    with django_assert_num_queries(HOME_QUERIES):
        client.get("/")


HOME_QUERIES = 17


def test_a_page_speaks_the_language_of_its_reader(say: Say, bruno: Person, browser_of: Browser) -> None:
    say("Hello")
    client = browser_of(bruno)
    client.cookies["language"] = "fr"
    assert '<html lang="fr"' in client.get("/").text


def test_joining_and_leaving_are_buttons(engineering: Channel, omar: Person, browser_of: Browser) -> None:
    client = browser_of(omar)
    client.post("/c/engineering/join/")
    assert engineering.memberships.filter(person=omar).exists()
    client.post("/c/engineering/leave/")
    assert not engineering.memberships.filter(person=omar).exists()


def test_following_is_a_button(alice: Person, omar: Person, browser_of: Browser) -> None:
    client = browser_of(omar)
    assert "Following" in client.post("/@alice/follow/", follow=True).text
    assert "Following" not in client.post("/@alice/follow/", {"on": "0"}, follow=True).text


def test_a_new_channel_is_made_and_a_bad_one_explained(omar: Person, browser_of: Browser) -> None:
    client = browser_of(omar)
    made = client.post("/channels/new/", {"name": "Bike to work", "classification": "internal"})
    assert made["Location"] == "/c/bike-to-work/"
    refused = client.post("/channels/new/", {"name": "", "description": "Kept words", "classification": "internal"})
    assert refused.status_code == 422
    assert "Kept words" in refused.text


def test_members_are_listed_to_who_may_see_the_channel(engineering: Channel, omar: Person, browser_of: Browser) -> None:
    join(by=omar, channel=engineering)
    assert "Omar Haddad" in browser_of(omar).get("/c/engineering/members/").text


def test_a_persons_page_shows_whom_they_work_with(
    alice: Person, bruno: Person, chloe: Person, helene: Person, zoe: Person, browser_of: Browser
) -> None:
    for person in (alice, bruno, zoe):
        person.manager = helene
        person.save()
    chloe.manager = alice
    chloe.save()
    page = browser_of(bruno).get("/@alice/").text
    aside = page[page.index("<aside") :]
    for heading, name in {
        "Reports to": "Hélène Garnier",
        "Team": "Chloé Dubois",
        "Same manager": "Bruno Lefèvre",
    }.items():
        assert name in aside[aside.index(heading) :][:400]
    assert zoe.display_name not in aside
    assert "Reports to" not in browser_of(bruno).get("/@helene/").text


@pytest.mark.parametrize(
    "address", ["/", "/c/engineering/", "/leaders/", "/tags/news/", "/search/?q=hello", "/@alice/"]
)
def test_the_query_of_the_cards_names_its_posts(
    say: Say, alice: Person, engineering: Channel, browser_of: Browser, address: str
) -> None:
    # With the question which posts are meant inside, PostgreSQL joined all there are: a second and more at 200,000.
    Person.objects.filter(pk=alice.pk).update(is_leader=True)
    say("Hello #news")
    client = browser_of(alice)
    with CaptureQueriesContext(connection) as asked:
        assert "Hello" in client.get(address).text
    cards = [
        query["sql"] for query in asked if query["sql"].startswith("SELECT") and '"posts_post"."html"' in query["sql"]
    ]
    assert cards
    assert all(sql.count("SELECT") == 1 and "LATERAL" not in sql for sql in cards)
