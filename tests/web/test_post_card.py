"""The card of a post: the same for every reader, with the names that people and tests find things by."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.people.models import Person
from corpblog.posts import services
from corpblog.posts.models import Post
from corpblog.posts.rendering import render_card
from corpblog.teams.models import Channel
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


def without_tokens(html: str) -> str:
    """Return a page's card as a frame has it: only the form's token belongs to the page."""
    html = re.sub(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>', "", html)
    return re.sub(r"\s+", " ", html)


def card(page: str, pk: int) -> str:
    found = re.search(rf'<article class="post[^"]*" id="p{pk}".*?</article>', page, re.DOTALL)
    assert found
    return without_tokens(found[0])


def test_the_page_the_fragment_and_the_frame_are_one_template(
    say: Say, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    post = say("Hello #world")
    services.react(by=alice, post_id=post.pk, emoji="🎉")
    post.refresh_from_db()
    frame = without_tokens(render_card(post, "en")).strip()
    for person in (alice, bruno):
        assert card(browser_of(person).get("/c/engineering/").text, post.pk) == frame


def test_a_card_has_the_names_that_others_rely_on(say: Say) -> None:
    html = render_card(say(), "en")
    for name in ("Reply", "React", "Share outside", "More"):
        assert f'aria-label="{name}"' in html


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("fr", "\N{NARROW NO-BREAK SPACE}")])
def test_many_are_counted_with_separators_and_ids_have_none(language: str, separator: str, say: Say) -> None:
    post = say()
    post.reply_count, post.quote_count, post.reactions = 12345, 67890, {"❤️": 24680, "🎉": 13579}
    html = render_card(post, language)
    for count in (12345, 67890, 24680, 13579):
        assert f">{count // 1000}{separator}{count % 1000:03}<" in html
    assert 'data-count="24680"' in html
    assert 'data-count="13579"' in html
    assert f'data-id="{post.pk}"' in html
    assert not re.search(rf'="[^"]*\d{separator}\d{{3}}', html)


def test_what_people_wrote_is_ignored_by_htmx(say: Say) -> None:
    assert re.search(r'<div class="post-body[^>]* hx-ignore>', render_card(say(), "en"))


def test_the_body_says_its_language(say: Say) -> None:
    post = say("La cantine ferme à quatorze heures vendredi pour travaux, pensez à réserver")
    assert re.search(r'<div class="post-body[^>]* lang="fr"', render_card(post, "en"))


def test_the_composer_has_the_names_that_others_rely_on(say: Say, bruno: Person, browser_of: Browser) -> None:
    page = browser_of(bruno).get("/c/engineering/").text
    assert 'aria-label="Write a post"' in page
    assert re.search(r"<button[^>]*data-submit[^>]*>\s*<span data-words>Post</span>", page)


def test_a_stone_says_whose_doing_it_was(say: Say, engineering: Channel, alice: Person, bruno: Person) -> None:
    own, others, old = say(by=bruno), say(by=bruno), say(by=bruno)
    services.delete(by=bruno, post_id=own.pk)
    services.delete(by=alice, post_id=others.pk)
    services.remove(channel_id=engineering.pk, post_ids=[old.pk, own.pk])
    said = [render_card(Post.objects.for_cards().get(pk=post.pk), "en") for post in (own, others, old)]
    for words, stone in zip(("by its author", "by an owner of the channel", "The company removed"), said, strict=True):
        assert words in stone
        assert "Alice" not in stone


def test_who_reacted_is_a_part_that_follows_the_post(
    say: Say, secret: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    post = say("Hello")
    services.react(by=alice, post_id=post.pk, emoji="🎉")
    client, address = browser_of(bruno), f"/p/{post.pk}/reactions/"
    page = client.get(address).text
    assert f'data-watches="{post.pk}"' in page
    services.react(by=bruno, post_id=post.pk, emoji="👍")
    part = client.get(address, headers={"HX-Request": "true"}).text
    assert ("<html" in part, "Bruno" in part, "Alice" in part) == (False, True, True)
    hidden = services.publish(by=alice, channel=secret, text="Hush")
    assert client.get(f"/p/{hidden.pk}/reactions/", headers={"HX-Request": "true"}).status_code == 404
