"""Quotes and reposts: who may see the source sees it, nobody else learns a thing, and they stay in step with it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.notifications.models import Notice
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.posts import live, quoting, selectors
from corpblog.posts.errors import PostEmpty
from corpblog.posts.models import Post
from corpblog.posts.rendering import render_card
from corpblog.posts.services import delete, edit, judging, publish, repost, unrepost
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
WORDS = "The canteen closes at two"
HIDDEN = "A post you may not see"


def fresh(post: Post) -> Post:
    return Post.objects.for_cards().get(pk=post.pk)  # type: ignore[no-any-return]


def frames_of(channel: Channel, after: int = 0) -> list[dict[str, Any]]:
    return [each.message for each in live.messages_after(channel.pk, after, ["en"], limit=1000)["en"]]


# Who sees what -----------------------------------------------------------------------------------------------------


def test_a_quote_shows_its_words_and_below_them_the_post(say: Say, bruno: Person) -> None:
    source = say(WORDS)
    quote = say("Good to know", by=bruno, quotes=source)
    card = render_card(fresh(quote), "en")
    assert "Good to know" in card
    assert WORDS in card
    assert f'href="/p/{source.pk}/"' in card


def test_what_is_quoted_from_a_closed_channel_is_on_no_card_of_a_wider_one(
    say: Say, secret: Channel, alice: Person, bruno: Person, engineering: Channel, browser_of: Browser
) -> None:
    source = publish(by=alice, channel=secret, text=WORDS)
    quote = say("Look at this", quotes=source)
    told = [render_card(fresh(quote), "en"), *(frame["html"] for frame in frames_of(engineering))]
    pages = ("/", "/c/engineering/", f"/p/{quote.pk}/", f"/p/{quote.pk}/?panel=1", "/search/?q=look", "/@alice/")
    told += [browser_of(bruno).get(page).text for page in pages]
    assert all("Look at this" in page for page in told)
    for page in told:
        assert HIDDEN in page
        assert WORDS not in page
        assert "Board" not in page
        # Not even its number, which tells when it was written.
        assert str(source.pk) not in page


def test_each_reader_is_told_under_their_own_rights(
    say: Say, secret: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    quote = say("Look at this", quotes=publish(by=alice, channel=secret, text=WORDS))
    address = f"/p/{quote.pk}/quoted/"
    assert WORDS in browser_of(alice).get(address, headers={"HX-Request": "true"}).text
    for headers in ({"HX-Request": "true"}, {}):
        shown = browser_of(bruno).get(address, headers=headers).text
        assert HIDDEN in shown
        assert WORDS not in shown
    assert browser_of(alice).get(address).url == f"/p/{quote.quotes_id}/"  # type: ignore[attr-defined]


def test_a_quote_in_the_same_closed_channel_shows_its_words(secret: Channel, alice: Person) -> None:
    source = publish(by=alice, channel=secret, text=WORDS)
    assert WORDS in render_card(fresh(publish(by=alice, channel=secret, text="Yes", quotes=source)), "en")


def test_a_channel_that_is_closed_later_takes_its_words_out_of_quotes_elsewhere(
    say: Say, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    source = say(WORDS)
    quote = publish(by=bruno, channel=create_channel(by=bruno, name="Other"), text="Hm", quotes=source)
    assert WORDS in render_card(fresh(quote), "en")
    Channel.objects.filter(pk=source.channel_id).update(is_private=True)
    Channel.objects.get(pk=source.channel_id).memberships.filter(person=bruno).delete()
    assert WORDS not in render_card(fresh(quote), "en")
    assert WORDS not in browser_of(bruno).get(f"/p/{quote.pk}/quoted/", headers={"HX-Request": "true"}).text


def test_nobody_quotes_what_they_may_not_see(secret: Channel, alice: Person, bruno: Person, say: Say) -> None:
    source = publish(by=alice, channel=secret, text=WORDS)
    with pytest.raises(NotFound):
        say("Mine", by=bruno, quotes=source)
    with pytest.raises(NotFound):
        repost(by=bruno, post_id=source.pk)
    with pytest.raises(NotFound):
        quoting.quotable(bruno, source.pk)
    assert not Post.objects.filter(quotes=source).exists()


def test_a_label_goes_with_the_words_inside_too(say: Say, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    board = create_channel(by=alice, name="Results", classification="confidential")
    source = publish(by=alice, channel=board, text=WORDS)
    labels: list[str | None] = []

    def scan(**facts: Any) -> Verdict:
        labels.append(facts["channel_classification"])
        return Verdict(Outcome.ALLOW)

    monkeypatch.setattr(judging, "scan", scan)
    quote = say("As said", quotes=source)
    edit(by=alice, post_id=quote.pk, text="As was said", version=1)
    say("Nothing quoted")
    assert labels == ["confidential", "confidential", "internal"]
    assert "Confidential" in render_card(fresh(quote), "en")


# Reposts -----------------------------------------------------------------------------------------------------------


def test_a_repost_is_one_however_often_it_is_asked_for(say: Say, bruno: Person) -> None:
    source = say(WORDS)
    first = repost(by=bruno, post_id=source.pk)
    assert repost(by=bruno, post_id=source.pk) == first
    # Of a repost it is the post that is reposted.
    assert repost(by=bruno, post_id=first.pk) == first
    assert first.is_repost
    assert first.channel.person == bruno
    assert quoting.reposted(bruno, [source.pk]) == {source.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            author=bruno,
            channel=first.channel,
            quotes=source,
            is_repost=True,
            number=99,
            text="",
            html="",
            created_at=first.created_at,
        )


def test_a_repost_is_taken_back_and_can_be_made_again(say: Say, bruno: Person) -> None:
    source = say(WORDS)
    gone = repost(by=bruno, post_id=source.pk)
    unrepost(by=bruno, post_id=source.pk)
    unrepost(by=bruno, post_id=source.pk)
    assert fresh(gone).is_deleted
    assert quoting.reposted(bruno, [source.pk]) == set()
    assert repost(by=bruno, post_id=source.pk) != gone


def test_what_followers_could_not_see_is_not_reposted(secret: Channel, alice: Person) -> None:
    source = publish(by=alice, channel=secret, text=WORDS)
    with pytest.raises(NotAllowed, match="closed channel"):
        repost(by=alice, post_id=source.pk)
    with pytest.raises(NotAllowed, match="closed channel"):
        publish(by=alice, channel=create_channel(by=alice, name="Open"), text="", quotes=source)


def test_a_repost_has_no_words_to_edit_and_no_place_in_a_thread(say: Say, bruno: Person) -> None:
    source = say(WORDS)
    made = repost(by=bruno, post_id=source.pk)
    with pytest.raises(NotAllowed):
        edit(by=bruno, post_id=made.pk, text="Words", version=1)
    with pytest.raises(PostEmpty):
        say("", by=bruno, answers=source, quotes=source)


# In step -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_edits_and_deletes_of_the_source_reach_every_quote_live(
    say: Say, alice: Person, bruno: Person, engineering: Channel
) -> None:
    source = say(WORDS)
    other = create_channel(by=bruno, name="Other")
    quote = publish(by=bruno, channel=other, text="Hm", quotes=source)
    seen = frames_of(other)[-1]["s"]
    edit(by=alice, post_id=source.pk, text="The canteen stays open", version=1)
    [frame] = frames_of(other, seen)
    assert (frame["kind"], frame["id"]) == ("changed", str(quote.pk))
    assert "The canteen stays open" in frame["html"]
    assert WORDS not in frame["html"]
    delete(by=alice, post_id=source.pk)
    last = frames_of(other, frame["s"])[-1]
    assert "was deleted" in last["html"]
    assert "The canteen stays open" not in last["html"]


@pytest.mark.django_db(transaction=True)
def test_quotes_are_counted_where_readers_of_the_source_may_see_them(
    say: Say, alice: Person, bruno: Person, engineering: Channel, secret: Channel
) -> None:
    source = say(WORDS)
    seen = frames_of(engineering)[-1]["s"]
    say("One", by=bruno, quotes=source)
    repost(by=bruno, post_id=source.pk)
    publish(by=alice, channel=secret, text="Hidden", quotes=source)
    assert fresh(source).quote_count == 2
    redrawn = [frame for frame in frames_of(engineering, seen) if frame["kind"] == "changed"]
    assert {frame["id"] for frame in redrawn} == {str(source.pk)}
    assert "quotes and reposts" in redrawn[-1]["html"]
    unrepost(by=bruno, post_id=source.pk)
    assert fresh(source).quote_count == 1
    assert [post.text for post in quoting.quotes_page(bruno, source.pk).items] == ["One"]
    assert [post.text for post in quoting.quotes_page(alice, source.pk).items] == ["Hidden", "One"]


@pytest.mark.django_db(transaction=True)
def test_who_wrote_it_is_told_once_where_they_may_see_it(say: Say, alice: Person, bruno: Person) -> None:
    source = say(WORDS)
    say("Good to know", by=bruno, quotes=source)
    repost(by=bruno, post_id=source.pk)
    repost(by=bruno, post_id=source.pk)
    attic = create_channel(by=bruno, name="Attic", is_private=True)
    publish(by=bruno, channel=attic, text="Hidden from alice", quotes=source)
    say("My own", quotes=source)
    told = [notice.sentence for notice in Notice.objects.filter(person=alice, kind=Notice.Kind.QUOTE).order_by("pk")]
    name = bruno.display_name
    assert told == [f"{name} quoted your post.", f"{name} reposted your post."]


# Pages -------------------------------------------------------------------------------------------------------------


def test_a_quote_comes_from_the_composer_and_keeps_what_was_typed(
    say: Say, bruno: Person, engineering: Channel, browser_of: Browser
) -> None:
    source, browser = say(WORDS), browser_of(bruno)
    page = browser.get(f"/posts/new/?quote={source.pk}").text
    assert WORDS in page
    assert f'name="quotes" value="{source.pk}"' in page
    form = {"text": "Mind you", "channel": engineering.pk, "quotes": source.pk, "place": f"quote:{source.pk}"}
    refused = browser.post("/posts/", form | {"text": "x" * 600})
    assert refused.status_code == 422
    assert f'name="quotes" value="{source.pk}"' in refused.text
    made = Post.objects.get(pk=int(browser.post("/posts/", form).url.split("/")[2]))  # type: ignore[attr-defined]
    assert (made.text, made.quotes_id) == ("Mind you", source.pk)


def test_a_repost_works_without_a_script(say: Say, bruno: Person, browser_of: Browser) -> None:
    source, browser = say(WORDS), browser_of(bruno)
    assert browser.post(f"/p/{source.pk}/repost/").url == f"/p/{source.pk}/"  # type: ignore[attr-defined]
    page = browser.get("/@bruno/").text
    assert "Reposted" in page
    assert WORDS in page
    browser.post(f"/p/{source.pk}/repost/")
    assert not Post.objects.alive().filter(is_repost=True).exists()


def test_a_page_of_quotes_costs_no_more_queries(say: Say, bruno: Person, django_assert_num_queries: Any) -> None:
    source = say(WORDS)
    for count in range(5):
        say(f"Quote {count}", quotes=source)
    with django_assert_num_queries(2):
        for post in selectors.home(bruno).items:
            render_card(post, "en")
