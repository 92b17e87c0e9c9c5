"""Reactions with any emoji: what is one, how many kinds a post takes, and what one gave last."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from corpblog.people.models import Person
from corpblog.posts import marks, reactions, selectors
from corpblog.posts.errors import BadReaction, TooManyReactions
from corpblog.posts.models import Post, Reaction
from corpblog.posts.rendering import render_card
from corpblog.posts.services import publish, react, unreact
from corpblog.teams.models import Channel
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
PUBLIC = Path(__file__).resolve().parents[2] / "frontend/public"
# Twenty-one that everybody has.
MANY = [
    "😀",
    "😃",
    "😄",
    "😁",
    "😆",
    "😅",
    "🤣",
    "😂",
    "🙂",
    "🙃",
    "😉",
    "😊",
    "😇",
    "🥰",
    "😍",
    "🤩",
    "😘",
    "😗",
    "😚",
    "😙",
    "🥲",
]
TONES = "🏻🏼🏽🏾🏿"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("🚀", "🚀"),
        (" 🚀 ", "🚀"),
        ("❤", "❤️"),
        ("❤️", "❤️"),
        ("👍️", "👍"),
        ("👍🏽", "👍🏽"),
        ("👩🏿‍💻", "👩🏿‍💻"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"),
        ("🇫🇷", "🇫🇷"),
        ("#️⃣", "#️⃣"),
        ("🫩", "🫩"),  # of 2024
    ],
)
def test_every_emoji_of_unicode_is_a_reaction(typed: str, kept: str, say: Say, bruno: Person) -> None:
    post = react(by=bruno, post_id=say().pk, emoji=typed)
    assert post.reactions == {kept: 1}
    assert kept in render_card(Post.objects.for_cards().get(pk=post.pk), "en")


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "a", "1", "#", "ok",
        "🚀🚀", "🏽", "🇫", "\ufe0f", "\u200d", "👩\u200d🚗", "👍🏽🏽", "<b>", ":rocket:", "é", "€",
        "\u202e🚀", "🚀\x00", "x" * 40, "👍" * 40,
    ],
)  # fmt: skip
def test_nothing_else_is(typed: str, say: Say, bruno: Person) -> None:
    post = say()
    with pytest.raises(BadReaction):
        react(by=bruno, post_id=post.pk, emoji=typed)
    assert not Reaction.objects.exists()


def test_a_post_takes_twenty_kinds_and_everybody_may_join_them(say: Say, alice: Person, bruno: Person) -> None:
    post = say()
    for emoji in MANY[:20]:
        react(by=alice, post_id=post.pk, emoji=emoji)
    with pytest.raises(TooManyReactions):
        react(by=bruno, post_id=post.pk, emoji=MANY[20])
    assert react(by=bruno, post_id=post.pk, emoji=MANY[0]).reactions[MANY[0]] == 2
    unreact(by=alice, post_id=post.pk, emoji=MANY[5])
    assert react(by=bruno, post_id=post.pk, emoji=MANY[20]).reactions[MANY[20]] == 1


def test_a_refusal_says_what_to_do_in_the_readers_language(say: Say, bruno: Person, browser_of: Browser) -> None:
    client, post = browser_of(bruno), say()
    for language, words in (("en", "A reaction is one emoji"), ("fr", "Une réaction est un seul emoji")):
        answer = client.post(
            f"/p/{post.pk}/react/",
            {"emoji": "ok", "on": "1"},
            headers={"X-Requested-With": "fetch", "Accept-Language": language},
        )
        assert answer.status_code == 422
        assert words in answer.json()["message"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_picker_offers_only_what_the_server_takes(language: str) -> None:
    rows = json.loads((PUBLIC / f"emoji-{language}.json").read_text(encoding="utf-8"))
    assert len(rows) > 1800
    for emoji, name, _words, _group, takes_tone in rows:
        assert name
        assert reactions.known(emoji) == emoji
        for tone in TONES if takes_tone else "":
            toned = emoji[0] + tone + emoji[1:].removeprefix("\ufe0f")
            assert reactions.known(toned) == toned


def test_both_languages_name_the_same_emoji() -> None:
    english, french = (json.loads((PUBLIC / f"emoji-{each}.json").read_text(encoding="utf-8")) for each in ("en", "fr"))
    assert [row[0] for row in english] == [row[0] for row in french]
    assert sum(one[1] == other[1] for one, other in zip(english, french, strict=True)) < 300


def test_what_one_gave_last_comes_first_and_once(say: Say, alice: Person, bruno: Person, browser_of: Browser) -> None:
    for emoji in ("🚀", "🎉", "🚀", "🐙"):
        react(by=bruno, post_id=say().pk, emoji=emoji)
    react(by=alice, post_id=say().pk, emoji="🦉")
    assert marks.recent_emoji(bruno) == ["🐙", "🚀", "🎉"]
    page = browser_of(bruno).get("/emoji/").text
    assert [page.index(f'value="{emoji}"') for emoji in ("🐙", "🚀", "🎉")] == sorted(
        page.index(f'value="{emoji}"') for emoji in ("🐙", "🚀", "🎉")
    )
    assert "🦉" not in page


def test_the_picker_speaks_french(bruno: Person, browser_of: Browser) -> None:
    page = browser_of(bruno).get("/emoji/", headers={"Accept-Language": "fr"}).text
    assert "Chercher un emoji" in page
    assert "emoji-fr." in browser_of(bruno).get("/", headers={"Accept-Language": "fr"}).text


def test_reactions_of_a_closed_channel_are_nobody_elses(
    secret: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    post = publish(by=alice, channel=secret, text="Hush")
    react(by=alice, post_id=post.pk, emoji="🐙")
    client = browser_of(bruno)
    told = [
        client.get(path).text for path in (f"/p/{post.pk}/reactions/", f"/live/mine/?ids={post.pk}", "/emoji/", "/")
    ]
    assert client.post(f"/p/{post.pk}/react/", {"emoji": "🐙", "on": "1"}).status_code == 404
    assert not any("🐙" in text for text in told)


def test_without_a_script_any_emoji_can_be_typed(say: Say, bruno: Person, browser_of: Browser) -> None:
    client, post = browser_of(bruno), say()
    assert 'name="emoji"' in client.get(f"/p/{post.pk}/reactions/").text
    client.post(f"/p/{post.pk}/react/", {"emoji": "🐙"})
    page = client.get(f"/p/{post.pk}/reactions/").text
    assert "🐙" in page
    assert "Bruno" in page


def test_home_asks_no_more_for_many_kinds(say: Say, bruno: Person, django_assert_num_queries: Any) -> None:
    for post in [say(f"Post {count}") for count in range(3)]:
        for emoji in MANY[:20]:
            react(by=bruno, post_id=post.pk, emoji=emoji)
    with django_assert_num_queries(2):
        cards = [render_card(post, "en") for post in selectors.home(bruno).items]
    assert all(MANY[19] in card for card in cards)


def test_the_database_refuses_an_empty_reaction(say: Say, bruno: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Reaction.objects.create(post=say(), person=bruno, emoji="")
