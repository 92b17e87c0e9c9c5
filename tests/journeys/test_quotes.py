"""Two people quote and repost one post, and a third, who may not see what is quoted, does not see it."""

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post


def quote(page: Page, words: str, own: str, channel: str) -> None:
    """Quote a post that is on the page, in a channel."""
    card(page, words).get_by_role("button", name="Repost or quote").click()
    card(page, words).get_by_role("link", name="Quote", exact=True).click()
    expect(page.locator("blockquote.post-quote")).to_contain_text(words)
    page.get_by_role("combobox", name="Channel").select_option(label=f"# {channel}")
    field = page.get_by_role("textbox", name="Write a post")
    field.fill(own)
    field.press("Control+Enter")
    expect(page.get_by_role("heading", name="Thread", level=1)).to_be_visible()


def test_a_repost_and_a_quote_are_counted_and_told_live(page_of: OpenPage, go_live: GoLive) -> None:
    alice, bruno = page_of("alice"), page_of("bruno")
    words = f"The canteen closes at two {secrets.token_hex(4)}"
    alice.goto("/@alice/")
    post(alice, words)
    bruno.goto("/@alice/")
    go_live(alice, "/")
    card(bruno, words).get_by_role("button", name="Repost or quote").click()
    card(bruno, words).get_by_role("button", name="Repost on my storyline").click()
    expect(bruno.get_by_role("region", name="Messages")).to_contain_text("Reposted on your storyline")
    # The count comes to who wrote it without a reload.
    expect(card(alice, words).get_by_text("1 quote or repost")).to_be_attached()
    alice.goto("/notices/")
    expect(alice.get_by_role("link", name="reposted your post").first).to_be_visible()
    go_live(bruno, "/")
    repost = bruno.locator("article.post", has=bruno.locator("blockquote.post-quote", has_text=words))
    expect(repost).to_be_visible()
    # An edit of the post is an edit of what the repost shows, on the page that is open.
    alice.goto("/@alice/")
    card(alice, words).get_by_role("button", name="More").click()
    card(alice, words).get_by_role("link", name="Edit", exact=True).click()
    field = alice.get_by_role("textbox", name="Edit your post")
    field.fill(f"{words}, not before")
    alice.get_by_role("button", name="Save").click()
    expect(bruno.locator("blockquote.post-quote", has_text=f"{words}, not before")).to_be_visible()


def test_who_may_not_see_the_post_does_not_see_it_in_a_quote(page_of: OpenPage) -> None:
    alice, bruno = page_of("alice"), page_of("bruno")
    name, words, own = (
        f"Attic {secrets.token_hex(3)}",
        f"We move in May {secrets.token_hex(4)}",
        f"Soon {secrets.token_hex(4)}",
    )
    alice.goto("/channels/new/")
    alice.get_by_label("Name").fill(name)
    alice.get_by_label("Private", exact=True).check()
    alice.get_by_role("button", name="Make the channel").click()
    expect(alice.get_by_role("heading", name=name)).to_be_visible()
    post(alice, words)
    quote(alice, words, own, "Platform")
    bruno.goto("/c/platform/")
    shown = bruno.locator("article.post", has_text=own)
    expect(shown).to_contain_text("A post you may not see")
    expect(bruno.locator("body")).not_to_contain_text(words)
    alice.goto("/c/platform/")
    # The card is the same for all; her page asked for her.
    expect(alice.locator("article.post", has_text=own).locator("blockquote.post-quote")).to_contain_text(words)
