"""Pages of what one missed, topics, search results beside posts, days and folders."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from corpblog.kernel import clock
from corpblog.kernel.ids import new_id
from corpblog.people.models import Person
from corpblog.posts import discovery
from corpblog.posts.models import Post
from corpblog.posts.services import publish
from corpblog.teams.models import Channel, Membership
from tests.posts.conftest import Say
from tests.web.test_feed_pages import shown

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


def test_what_was_missed_is_marked_as_read_without_a_script(
    say: Say, engineering: Channel, bruno: Person, browser_of: Browser
) -> None:
    say("While you were away")
    client = browser_of(bruno)
    assert "While you were away" in client.get("/missed/").text
    answer = client.post("/read/", {"read": f"{engineering.pk}:1", "next": "/missed/"})
    assert (answer.status_code, answer["Location"]) == (302, "/missed/")
    assert "You have read everything" in client.get("/missed/").text


def test_a_hashtag_is_followed_on_its_page(say: Say, bruno: Person, browser_of: Browser) -> None:
    post = say("Soon #release")
    client = browser_of(bruno)
    assert shown(client.get("/topics/").text) == []
    client.post("/tags/release/follow/")
    page = client.get("/topics/").text
    assert shown(page) == [str(post.pk)]
    assert "#release" in page
    client.post("/tags/release/follow/", {"on": "0"})
    assert shown(client.get("/topics/").text) == []


def test_a_search_shows_people_channels_and_hashtags(
    say: Say, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    say("#engines")
    page = browser_of(bruno).get("/search/?q=eng").text
    assert 'href="/c/engineering/"' in page
    assert 'href="/tags/engines/"' in page
    assert 'href="/@alice/"' in browser_of(bruno).get("/search/?q=ali").text


def test_each_page_of_results_says_which_of_its_words_answered(
    say: Say, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    say("La RÉUNION est remboursée")
    for number in range(20):
        say(f"Réunions {number}")
    client = browser_of(bruno)
    first = client.get("/search/?q=R%C3%A9union+remboursements+from:alice").text
    assert 'data-found="remboursee reunion"' in first
    first = client.get("/search/?q=r%C3%A9union").text
    assert 'data-found="reunions"' in first
    [older] = re.findall(r'hx-get="(/search/[^"]+before=[^"]+)"', first)
    answer = client.get(html.unescape(older), headers={"HX-Request": "true"}).text
    assert 'data-found="reunion"' in answer
    assert "<html" not in answer


def test_new_matches_of_a_kept_search_are_counted_until_one_looks(say: Say, bruno: Person, browser_of: Browser) -> None:
    client = browser_of(bruno)
    client.post("/search/save/", {"q": "refunds"})
    say("Refunded")
    say("The refund")
    assert "2 new" in client.get("/search/kept/").text
    assert "2 new" in client.get("/topics/").text
    client.get("/search/?q=refunds&before=1")
    assert "2 new" in client.get("/search/kept/").text
    client.get("/search/?q=refunds")
    assert "new<" not in client.get("/search/kept/").text


def test_what_is_hidden_is_neither_found_nor_counted(
    secret: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    publish(by=alice, channel=secret, text="Canary #canarytag from:alice")
    client = browser_of(bruno)
    for query in (
        "canary",
        "canarytag",
        "board",
        "in:board",
        "from:alice",
        "is:thread",
        "has:reaction",
        "-x from:alice",
    ):
        text = client.get("/search/", {"q": query}).text.replace(f"“{query}”", "").replace(f'value="{query}"', "")
        assert "Canary" not in text
        assert "/tags/canarytag/" not in text
        assert "/c/board/" not in text
        assert shown(text) == []
    for path in ("/missed/", "/topics/", "/trending/", "/tags/canarytag/"):
        assert "Canary" not in client.get(path).text


def test_what_is_not_understood_is_said(bruno: Person, say: Say, browser_of: Browser) -> None:
    say("relay")
    page = browser_of(bruno).get("/search/?q=relay+is:nice").text
    assert "Not understood: is:nice" in page
    assert shown(page) == []


def test_a_search_is_saved_and_dropped(bruno: Person, browser_of: Browser) -> None:
    client = browser_of(bruno)
    client.post("/search/save/", {"q": "from:alice relay"})
    [kept] = discovery.saved_searches(bruno)
    assert "/search/?q=from%3Aalice%20relay" in client.get("/topics/").text
    client.post(f"/search/{kept.pk}/drop/")
    assert discovery.saved_searches(bruno) == []
    assert client.post("/search/save/", {"q": "is:nice"}, follow=True).status_code == 200


def test_a_channel_is_read_up_to_a_day_of_the_readers_clock(
    engineering: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    # 25 November, 22:00 in Greenwich: in Auckland it is the 26th already.
    at = datetime(2026, 11, 25, 22, tzinfo=UTC)
    old = Post(
        id=new_id(at), channel=engineering, author=alice, number=1, text="Long ago", html="Long ago", created_at=at
    )
    old.save(force_insert=True)
    client = browser_of(bruno)
    assert shown(client.get("/c/engineering/?on=2026-11-25").text) == [str(old.pk)]
    Person.objects.get_queryset().filter(pk=bruno.pk).update(time_zone="Pacific/Auckland")
    assert shown(client.get("/c/engineering/?on=2026-11-25").text) == []
    page = client.get("/c/engineering/?on=2026-11-26").text
    assert shown(page) == [str(old.pk)]
    assert 'data-live="none"' in page


@pytest.mark.parametrize("path", ["/", "/@alice/", "/leaders/", "/tags/plan/"])
def test_every_list_by_time_begins_with_a_day(path: str, say: Say, alice: Person, browser_of: Browser) -> None:
    Person.objects.filter(pk=alice.pk).update(is_leader=True)
    with clock.standing_at(datetime(2026, 1, 20, 12, tzinfo=UTC)):
        old = say("Old #plan")
    new = say("New #plan")
    client = browser_of(alice)
    assert shown(client.get(path).text) == [str(new.pk), str(old.pk)]
    page = client.get(f"{path}?on=2026-01-21").text
    assert shown(page) == [str(old.pk)]
    assert 'data-live="none"' in page
    assert "data-remembers" not in page


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-01", "9999-12-31", "0001-01-01", "2026-11-25T10:00"])
def test_a_day_that_is_none_is_no_failure(day: str, say: Say, bruno: Person, browser_of: Browser) -> None:
    say("Hello")
    assert browser_of(bruno).get("/c/engineering/", {"on": day}).status_code == 200
    assert Membership.objects.get(person=bruno).read_posts == 0


def test_a_bookmark_is_put_in_a_folder_on_the_thread(say: Say, bruno: Person, browser_of: Browser) -> None:
    post, client = say("Soup"), browser_of(bruno)
    client.post(f"/p/{post.pk}/folder/", {"folder": "To cook"})
    assert shown(client.get("/bookmarks/?folder=To+cook").text) == [str(post.pk)]
    assert shown(client.get("/bookmarks/?folder=Other").text) == []
    fragment = client.post(f"/p/{post.pk}/folder/", {"folder": ""}, headers={"HX-Request": "true"}).text
    assert fragment.lstrip().startswith('<div class="row thread-tools"')
