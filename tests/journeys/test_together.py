"""(f) Two people around one post: messages, a closed channel, a thread, and what one missed."""

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post


def test_a_message_appears_in_the_others_navigation_without_a_reload(page_of: OpenPage, go_live: GoLive) -> None:
    alice, priya = page_of("alice"), page_of("priya")
    go_live(priya, "/channels/")
    priya.evaluate("window.__same = true")
    alice.goto("/@priya/")
    alice.get_by_role("button", name="Message").click()
    expect(alice.get_by_role("heading", name="Priya Raman")).to_be_visible()
    words = f"Lunch at noon? {secrets.token_hex(4)}"
    post(alice, words)
    entry = priya.locator("#nav-conversations").get_by_role("link", name="Alice Martin")
    expect(entry).to_be_visible()
    assert priya.evaluate("window.__same") is True
    entry.click()
    expect(card(priya, words)).to_be_visible()
    priya.goto("/")
    expect(card(priya, words)).to_have_count(0)


def test_who_asks_is_let_in(page_of: OpenPage) -> None:
    alice, bruno = page_of("alice"), page_of("bruno")
    name = f"Council {secrets.token_hex(3)}"
    alice.goto("/channels/new/")
    alice.get_by_label("Name").fill(name)
    alice.get_by_label("Private", exact=True).check()
    alice.get_by_label("Listed although private").check()
    alice.get_by_role("button", name="Make the channel").click()
    expect(alice.get_by_role("heading", name=name)).to_be_visible()
    bruno.goto("/channels/")
    bruno.get_by_role("searchbox", name="Find a channel").fill(name)
    bruno.keyboard.press("Enter")
    bruno.get_by_role("button", name=f"Ask to join {name}").click()
    alice.goto("/notices/")
    alice.get_by_role("link", name=f"asks to join {name}").first.click()
    alice.get_by_role("button", name="Let in Bruno").click()
    bruno.goto("/notices/")
    bruno.get_by_role("link", name=f"added you to {name}").first.click()
    expect(bruno.get_by_role("heading", name=name)).to_be_visible()


def test_a_thread_is_followed_and_its_replies_are_told(page_of: OpenPage) -> None:
    alice, emily, karim = page_of("alice"), page_of("emily"), page_of("karim")
    words = f"Who takes the pager? {secrets.token_hex(4)}"
    alice.goto("/c/platform/")
    post(alice, words)
    open_thread(emily, "/c/platform/", words)
    emily.get_by_role("button", name="Follow", exact=True).click()
    expect(emily.get_by_role("button", name="Follow", exact=True)).to_have_attribute("aria-pressed", "true")
    open_thread(karim, "/c/platform/", words)
    answer = karim.get_by_role("textbox", name="Reply to Alice Martin")
    answer.fill("I do")
    karim.keyboard.press("Control+Enter")
    expect(card(karim, "I do").first).to_be_visible()
    emily.goto("/notices/")
    expect(emily.get_by_text("replied in a thread you follow").first).to_be_visible()


def test_what_one_missed_is_read_with_a_press(page_of: OpenPage) -> None:
    alice, emily = page_of("alice"), page_of("emily")
    words = f"While you were away {secrets.token_hex(4)}"
    alice.goto("/c/platform/")
    post(alice, words)
    emily.goto("/missed/")
    expect(emily.get_by_text(words)).to_be_visible()
    emily.get_by_role("button", name="Read Platform").click()
    expect(emily.get_by_text(words)).to_have_count(0)


def test_a_search_marks_what_it_found(page_of: OpenPage) -> None:
    alice = page_of("alice")
    alice.goto("/search/?q=relay")
    expect(alice.locator("article.post").first).to_be_visible()
    marked = alice.evaluate("[...CSS.highlights.get('cb-found')].map(range => range.toString().toLowerCase())")
    assert marked
    assert all(word.startswith("relay") for word in marked)


def open_thread(page: Page, path: str, words: str) -> None:
    """Open the page of the post that says this."""
    page.goto(path)
    page.goto(card(page, words).locator("a.post-time").get_attribute("href") or "")
