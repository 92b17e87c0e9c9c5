"""(a) Two employees side by side."""

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post


def test_what_one_posts_the_other_sees_without_a_reload(page_of: OpenPage, go_live: GoLive) -> None:
    alice, emily = page_of("alice"), page_of("emily")
    go_live(alice, "/c/platform/")
    go_live(emily, "/c/platform/")
    emily.evaluate("window.__same = true")
    words = f"The relay is quiet today {secrets.token_hex(4)}"
    post(alice, words)
    let_in(emily)
    expect(card(emily, words)).to_be_visible()
    assert emily.evaluate("window.__same") is True


def test_a_reply_and_a_reaction_arrive_too(page_of: OpenPage, go_live: GoLive) -> None:
    alice, emily = page_of("alice"), page_of("emily")
    go_live(emily, "/c/platform/")
    words = f"Who reads the plan? {secrets.token_hex(4)}"
    alice.goto("/c/platform/")
    post(alice, words)
    let_in(emily)
    theirs = card(emily, words)
    mine = card(alice, words)
    theirs.get_by_role("button", name="React", exact=True).click()
    expect(mine.locator("[data-reactions-of]").first).to_have_text("1")


def let_in(page: Page) -> None:
    """Press the button that holds new posts back."""
    page.locator("cb-feed .pill").click()
