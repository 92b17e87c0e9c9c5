"""Posting, editing, deleting, reacting: with and without a script, and nothing typed is ever lost."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from corpblog.people.models import Person
from corpblog.policy.engine import Outcome
from corpblog.posts import services
from corpblog.posts.models import Draft, Post
from corpblog.teams.models import Channel
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


def form(channel: Channel, text: str = "Hello", **more: str) -> dict[str, str]:
    return {"channel": str(channel.pk), "text": text, "client_key": "a" * 32, "place": "new"} | more


def kept(html: str) -> str:
    """Return what stands in the composer of a page."""
    found = re.search(r"<textarea[^>]*name=\"text\"[^>]*>(.*?)</textarea>", html, re.DOTALL)
    assert found
    return unescape(found[1])


def test_a_form_posts_and_shows_the_post(engineering: Channel, bruno: Person, browser_of: Browser) -> None:
    answer = browser_of(bruno).post("/posts/", form(engineering, "Good morning"), follow=True)
    post = Post.objects.get()
    assert answer.redirect_chain == [(f"/p/{post.pk}/", 302)]
    assert "Good morning" in answer.text


def test_a_script_gets_the_card(engineering: Channel, bruno: Person, script_of: Browser) -> None:
    answer = script_of(bruno).post("/posts/", form(engineering))
    post = Post.objects.get()
    assert answer.status_code == 201
    assert answer.json()["id"] == str(post.pk)
    assert f'id="p{post.pk}"' in answer.json()["html"]
    assert post.client_key == "a" * 32


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 501, "\u200b"])
def test_empty_and_over_long_posts_come_back_with_their_text(
    text: str, engineering: Channel, bruno: Person, browser_of: Browser
) -> None:
    answer = browser_of(bruno).post("/posts/", form(engineering, text))
    assert answer.status_code == 422
    assert kept(answer.text) == text
    assert 'role="alert"' in answer.text
    assert not Post.objects.exists()


def test_scripts_are_told_why_in_a_sentence(engineering: Channel, bruno: Person, script_of: Browser) -> None:
    answer = script_of(bruno).post("/posts/", form(engineering, "x" * 503))
    assert answer.status_code == 422
    assert answer.json()["message"] == "Your post is 3 characters too long. 500 fit; nothing was cut."


def test_a_double_submit_posts_once(engineering: Channel, bruno: Person, script_of: Browser) -> None:
    client = script_of(bruno)
    first, second = (client.post("/posts/", form(engineering)) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert Post.objects.count() == 1


@pytest.mark.parametrize("channel", ["", "0", "999999", "x", "9" * 40])
def test_an_unknown_channel_keeps_the_text(channel: str, bruno: Person, browser_of: Browser) -> None:
    answer = browser_of(bruno).post("/posts/", {"channel": channel, "text": "Where to?", "client_key": "k"})
    assert answer.status_code == 404
    assert kept(answer.text) == "Where to?"


def test_who_is_no_member_cannot_post_and_keeps_the_text(
    engineering: Channel, omar: Person, browser_of: Browser
) -> None:
    answer = browser_of(omar).post("/posts/", form(engineering, "Let me in"))
    assert answer.status_code == 403
    assert kept(answer.text) == "Let me in"


def test_a_blocked_post_comes_back_with_what_is_wrong(
    engineering: Channel, bruno: Person, browser_of: Browser, policy_says: Callable[[Outcome], None]
) -> None:
    policy_says(Outcome.BLOCK)
    answer = browser_of(bruno).post("/posts/", form(engineering, "Ask about Falcon"))
    assert answer.status_code == 422
    assert kept(answer.text) == "Ask about Falcon"
    assert "This cannot be posted" in answer.text
    assert 'data-start="10"' in answer.text


def test_a_rule_that_asks_why_gets_its_answer(
    engineering: Channel, bruno: Person, browser_of: Browser, policy_says: Callable[[Outcome], None]
) -> None:
    policy_says(Outcome.JUSTIFY)
    client = browser_of(bruno)
    asked = client.post("/posts/", form(engineering, "About Falcon"))
    assert asked.status_code == 422
    assert re.search(r"data-reason>", asked.text)
    assert client.post("/posts/", form(engineering, "About Falcon", reason="It is public")).status_code == 302


def test_a_form_without_a_token_is_refused(engineering: Channel, bruno: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bruno, backend="corpblog.people.directory.backend.DirectoryBackend")
    assert client.post("/posts/", form(engineering)).status_code == 403
    assert not Post.objects.exists()


def test_a_reply_goes_into_the_thread(say: Say, bruno: Person, browser_of: Browser) -> None:
    root = say("Who comes?")
    browser_of(bruno).post("/posts/", {"answers": str(root.pk), "text": "Me", "client_key": "k", "channel": "9999"})
    assert Post.objects.get(answers=root).root_id == root.pk


def test_a_reply_to_what_is_gone_keeps_the_text(say: Say, alice: Person, bruno: Person, browser_of: Browser) -> None:
    root = say("Soon gone")
    services.delete(by=alice, post_id=root.pk)
    answer = browser_of(bruno).post("/posts/", {"answers": str(root.pk), "text": "My answer", "client_key": "k"})
    assert answer.status_code == 404
    assert kept(answer.text) == "My answer"


def test_posting_forgets_the_draft(engineering: Channel, bruno: Person, script_of: Browser) -> None:
    client = script_of(bruno)
    client.post("/drafts/", {"place": "new", "text": "Half a thou"})
    assert "Half a thou" in client.get("/").text
    client.post("/posts/", form(engineering, "Half a thought"))
    assert not Draft.objects.exists()


def test_editing_shows_the_words_and_saves_others(say: Say, alice: Person, browser_of: Browser) -> None:
    post = say("First words")
    client = browser_of(alice)
    page = client.get(f"/p/{post.pk}/edit/").text
    assert kept(page) == "First words"
    assert 'name="version" value="1"' in page
    client.post(f"/p/{post.pk}/edit/", {"text": "Better words", "version": "1"})
    post.refresh_from_db()
    assert post.text == "Better words"


def test_a_stale_edit_shows_both_texts_and_may_then_win(say: Say, alice: Person, browser_of: Browser) -> None:
    post = say("First words")
    services.edit(by=alice, post_id=post.pk, text="From my phone", version=1)
    client = browser_of(alice)
    answer = client.post(f"/p/{post.pk}/edit/", {"text": "From my desk", "version": "1"})
    assert answer.status_code == 409
    assert kept(answer.text) == "From my desk"
    assert "From my phone" in answer.text
    assert 'name="version" value="2"' in answer.text
    client.post(f"/p/{post.pk}/edit/", {"text": "From my desk", "version": "2"})
    post.refresh_from_db()
    assert post.text == "From my desk"


def test_nobody_edits_or_deletes_what_others_wrote(say: Say, bruno: Person, browser_of: Browser) -> None:
    post = say("Mine")
    client = browser_of(bruno)
    assert client.get(f"/p/{post.pk}/edit/").status_code == 403
    assert client.post(f"/p/{post.pk}/edit/", {"text": "Yours", "version": "1"}).status_code == 403
    assert client.post(f"/p/{post.pk}/delete/").status_code == 403
    post.refresh_from_db()
    assert (post.text, post.deleted_at) == ("Mine", None)


def test_deleting_goes_back_and_says_so(say: Say, alice: Person, browser_of: Browser) -> None:
    post = say("Gone soon")
    answer = browser_of(alice).post(f"/p/{post.pk}/delete/", {"next": "/c/engineering/"}, follow=True)
    assert answer.redirect_chain == [("/c/engineering/", 302)]
    assert "Gone soon" not in answer.text
    assert "Post deleted." in answer.text


def test_who_looks_after_a_channel_can_delete_what_others_wrote(
    engineering: Channel, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    post = services.publish(by=bruno, channel=engineering, text="Off topic")
    client = browser_of(alice)
    page = client.get(f"/p/{post.pk}/").text
    # The menu of the card offers it to the author only: it is the same for every reader.
    assert f'action="/p/{post.pk}/delete/"' in page
    client.post(f"/p/{post.pk}/delete/")
    post.refresh_from_db()
    assert post.deleted_at


def test_a_form_never_leads_to_another_site(say: Say, alice: Person, browser_of: Browser) -> None:
    post = say("Gone soon")
    answer = browser_of(alice).post(f"/p/{post.pk}/delete/", {"next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_a_reaction_is_turned_over_by_a_form_and_set_by_a_script(
    say: Say, bruno: Person, browser_of: Browser, script_of: Browser
) -> None:
    post = say("Well done")

    def count() -> int:
        post.refresh_from_db()
        return int(post.reactions.get("👍", 0))

    plain = browser_of(bruno)
    plain.post(f"/p/{post.pk}/react/", {"emoji": "👍"})
    assert count() == 1
    plain.post(f"/p/{post.pk}/react/", {"emoji": "👍"})
    assert count() == 0
    script = script_of(bruno)
    for _ in range(2):
        assert script.post(f"/p/{post.pk}/react/", {"emoji": "👍", "on": "1"}).status_code == 204
    assert count() == 1


def test_what_is_no_emoji_is_refused(say: Say, bruno: Person, script_of: Browser) -> None:
    post = say("Well done")
    answer = script_of(bruno).post(f"/p/{post.pk}/react/", {"emoji": "great", "on": "1"})
    assert answer.status_code == 422
    assert answer.json()["message"]


@pytest.mark.parametrize("act", ["react", "bookmark", "delete"])
def test_acts_on_hidden_posts_find_nothing(
    act: str, secret: Channel, alice: Person, bruno: Person, script_of: Browser
) -> None:
    post = services.publish(by=alice, channel=secret, text="Only for the board")
    answer = script_of(bruno).post(f"/p/{post.pk}/{act}/", {"emoji": "👍", "on": "1"})
    assert answer.status_code == 404


def test_markup_in_a_post_stays_text(engineering: Channel, bruno: Person, browser_of: Browser) -> None:
    attack = '<img src=x onerror=alert(1)><a hx-get="/sign-out/" data-hx-get="/x">x</a>'
    page = browser_of(bruno).post("/posts/", form(engineering, attack), follow=True).text
    body = re.search(r'<div class="post-body[^>]*>(.*?)</div>', page, re.DOTALL)
    assert body
    assert "<img" not in body[1]
    assert "<a" not in body[1]
