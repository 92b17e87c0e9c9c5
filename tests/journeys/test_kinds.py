"""Kinds of posts, two people at once: a poll."""

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card
from tests.journeys.test_accessibility import NARROW_AND_DARK, findings, overflow, signed_in


def choose(page: Page, kind: str, words: str) -> None:
    """Write a text and choose what it is, by the keyboard."""
    page.get_by_role("textbox", name="Write a post").fill(words)
    page.get_by_role("button", name="More kinds of posts").press("Enter")
    entry = page.locator(".menu-list:popover-open").get_by_role("button", name=kind)
    expect(entry).to_be_visible()
    for _step in range(12):
        page.keyboard.press("ArrowDown")
        if entry.evaluate("entry => entry === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name=kind)).to_be_visible()


def test_a_poll_is_asked_by_keyboard_voted_in_and_counted_live(page_of: OpenPage, go_live: GoLive) -> None:
    alice, emily = page_of("alice"), page_of("emily")
    for page in (alice, emily):
        go_live(page, "/c/platform/")
    words = f"Where do we eat? {secrets.token_hex(4)}"
    choose(alice, "Poll", words)
    expect(alice.get_by_label("Answer 1")).to_be_focused()
    alice.keyboard.type("Canteen")
    alice.keyboard.press("Enter")
    alice.keyboard.type("Market")
    with alice.expect_response("**/drafts/"):
        alice.keyboard.press("Enter")
        alice.keyboard.type("Outside")
    # The draft has the answers, wherever its author goes on.
    alice.goto("/c/platform/")
    expect(alice.get_by_label("Answer 3")).to_have_value("Outside")
    assert findings(alice) == []
    alice.keyboard.press("c")
    alice.keyboard.press("Control+Enter")
    asked, seen = card(alice, words), card(emily, words)
    expect(asked.get_by_role("radio")).to_have_count(3)
    emily.keyboard.press(".")
    seen.get_by_text("Market").click()
    seen.get_by_role("button", name="Vote", exact=True).click()
    expect(seen.get_by_text("1 · 100%")).to_be_visible()
    # Who asked hears of the vote at once, and sees no result before their own.
    expect(asked.get_by_text("1 vote", exact=True)).to_be_visible()
    expect(asked.get_by_text("100%")).to_have_count(0)
    asked.get_by_text("Canteen").click()
    asked.get_by_role("button", name="Vote", exact=True).click()
    expect(asked.get_by_text("1 · 50%")).to_have_count(2)
    expect(seen.get_by_text("1 · 50%")).to_have_count(2)
    assert findings(emily) == []


def test_a_poll_fits_a_phone_in_french_and_in_the_dark(page_of: OpenPage, open_page: OpenPage) -> None:
    alice = page_of("alice")
    words = f"Which of these rather long answers do we take? {secrets.token_hex(4)}"
    alice.goto("/c/platform/")
    choose(alice, "Poll", words)
    alice.keyboard.type("Acceptance" * 8)
    alice.get_by_label("Answer 2").fill("No")
    alice.get_by_role("button", name="Post", exact=True).click()
    expect(card(alice, words)).to_be_visible()
    phone = signed_in(open_page, "karim", NARROW_AND_DARK)
    phone.goto(card(alice, words).locator("a.post-time").get_attribute("href") or "")
    expect(phone.get_by_role("button", name="Voter")).to_be_visible()
    assert overflow(phone) <= 0
    assert findings(phone) == []
