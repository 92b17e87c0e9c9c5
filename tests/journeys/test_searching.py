"""The search field suggests how a search goes on, by keyboard and by touch."""

import secrets

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage, post
from tests.journeys.test_accessibility import findings

SMALL = {"locale": "fr-FR", "color_scheme": "dark", "viewport": {"width": 320, "height": 640}}


def test_a_search_is_built_from_what_is_suggested(page_of: OpenPage) -> None:
    page = page_of("alice")
    words = f"Built by keys {secrets.token_hex(4)}"
    page.goto("/c/platform/")
    post(page, words)
    page.locator("h1").click()
    page.keyboard.press("/")
    field = page.locator("#search")
    page.keyboard.type("built fr")
    expect(page.get_by_role("option", name="from:")).to_have_attribute("aria-selected", "false")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    chosen = page.locator(f"[id='{field.get_attribute('aria-activedescendant')}']")
    expect(chosen).to_contain_text("from:by somebody")
    assert findings(page) == []
    page.keyboard.press("Enter")
    expect(field).to_have_value("built from:")
    page.keyboard.type("mart")
    expect(page.get_by_role("option", name="Alice Martin")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("built from:alice ")
    page.keyboard.type("in:platf")
    page.get_by_role("option", name="Platform").click()
    expect(field).to_have_value("built from:alice in:platform ")
    page.keyboard.type("after:yest")
    expect(page.get_by_role("option", name="Yesterday")).to_be_visible()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("article.post").filter(has_text=words)).to_be_visible()


def test_enter_searches_for_words_that_only_look_like_an_operator(page_of: OpenPage) -> None:
    page = page_of("alice")
    page.keyboard.press("/")
    page.keyboard.type("in")
    expect(page.get_by_role("option", name="in:")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url("/search/?q=in")
    page.locator("#search").fill("is:pinned")
    expect(page.get_by_role("option", name="is:pinned")).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/search/?q=is%3Apinned")


def test_a_place_is_reached_by_its_name(page_of: OpenPage) -> None:
    page = page_of("alice")
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("platf")
    expect(page.get_by_role("option", name="Platform")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/c/platform/")


def test_escape_closes_the_list_before_it_empties_the_field(page_of: OpenPage) -> None:
    page = page_of("alice")
    page.keyboard.press("/")
    page.keyboard.type("has:")
    expect(page.get_by_role("option")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(page.locator("#search")).to_have_value("has:")
    expect(page.locator("#search")).to_have_attribute("aria-expanded", "false")


def test_the_list_fits_a_phone_and_speaks_french(page_of: OpenPage) -> None:
    page = page_of("alice", **SMALL)
    page.keyboard.press("/")
    page.keyboard.type("in:")
    expect(page.get_by_role("option").first).to_be_visible()
    box = page.get_by_role("listbox").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert findings(page) == []
    page.locator("#search").fill("is:rep")
    expect(page.get_by_role("option")).to_contain_text("ce qui répond dans un fil")
