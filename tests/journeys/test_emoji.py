"""Two people and any emoji: found by name, with the keyboard alone, live for the other, and while writing."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post
from tests.journeys.test_accessibility import findings, overflow, signed_in


def open_picker(page: Page, words: str) -> None:
    card(page, words).get_by_role("button", name="Choose a reaction").click()
    card(page, words).get_by_role("link", name="All emoji").click()
    expect(page.get_by_role("searchbox", name="Search for an emoji")).to_be_focused()
    # The names are there.
    expect(page.locator("cb-emoji section[data-group='0'] button").first).to_be_visible()


def test_any_emoji_is_found_given_with_the_keyboard_and_seen_by_the_other(page_of: OpenPage, go_live: GoLive) -> None:
    alice, bruno = page_of("alice"), page_of("bruno")
    words = f"We shipped {secrets.token_hex(4)}"
    go_live(alice, "/@alice/")
    post(alice, words)
    go_live(bruno, "/@alice/")
    open_picker(bruno, words)
    bruno.keyboard.type("rocket")
    first = bruno.locator("cb-emoji [data-results] button").first
    expect(first).to_have_attribute("aria-label", "rocket")
    bruno.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    bruno.keyboard.press("Enter")
    expect(bruno.locator("cb-emoji")).to_be_hidden()
    expect(card(bruno, words).locator("button.reaction[value='🚀']")).to_have_attribute("aria-pressed", "true")
    expect(card(alice, words).locator("button.reaction[value='🚀'] [data-count='1']")).to_be_visible()
    # She joins with a press, and both see two.
    card(alice, words).locator("button.reaction[value='🚀']").click()
    expect(card(bruno, words).locator("button.reaction[value='🚀'] [data-count='2']")).to_be_visible()
    # What one gave last stands below the quick ones, also after a reload.
    bruno.reload()
    card(bruno, words).get_by_role("button", name="Choose a reaction").click()
    mine = card(bruno, words).locator(".emoji-recent button[value='🚀']")
    expect(mine).to_have_attribute("aria-pressed", "true")
    mine.click()
    expect(card(alice, words).locator("button.reaction[value='🚀'] [data-count='1']")).to_be_visible()
    go_live(alice, f"/p/{card(alice, words).get_attribute('data-id')}/reactions/")
    who = alice.get_by_role("region", name="Who reacted")
    expect(who.get_by_role("link", name="Alice Martin")).to_be_visible()
    expect(who.get_by_role("link", name="Bruno")).to_have_count(0)
    # Who reacts while she looks comes in, and what she types meanwhile stays.
    alice.get_by_label("React with any emoji").fill("🦉")
    card(bruno, words).locator("button.reaction[value='🚀']").click()
    expect(who.get_by_role("link", name="Bruno")).to_be_visible()
    expect(alice.get_by_label("React with any emoji")).to_have_value("🦉")


def test_arrows_lead_through_the_picker_and_escape_leads_back(page_of: OpenPage) -> None:
    bruno = page_of("bruno")
    words = f"Arrows {secrets.token_hex(4)}"
    bruno.goto("/@bruno/")
    post(bruno, words)
    open_picker(bruno, words)
    bruno.keyboard.type("xyzzy")
    expect(bruno.locator("cb-emoji").get_by_text("No emoji is called so.")).to_be_visible()
    bruno.get_by_role("searchbox", name="Search for an emoji").fill("cat")
    buttons = bruno.locator("cb-emoji [data-results] button")
    expect(buttons.nth(10)).to_be_visible()
    bruno.keyboard.press("ArrowDown")
    bruno.keyboard.press("ArrowRight")
    expect(buttons.nth(1)).to_be_focused()
    bruno.keyboard.press("ArrowDown")
    expect(buttons.nth(1)).not_to_be_focused()
    bruno.keyboard.press("ArrowUp")
    expect(buttons.nth(1)).to_be_focused()
    bruno.keyboard.press("ArrowUp")
    expect(bruno.get_by_role("searchbox", name="Search for an emoji")).to_be_focused()
    bruno.keyboard.press("Escape")
    expect(bruno.locator("cb-emoji")).to_be_hidden()
    expect(card(bruno, words)).to_be_focused()


def test_a_tone_of_skin_is_kept(page_of: OpenPage) -> None:
    bruno = page_of("bruno")
    words = f"Tones {secrets.token_hex(4)}"
    bruno.goto("/@bruno/")
    post(bruno, words)
    open_picker(bruno, words)
    bruno.get_by_role("combobox", name="Skin tone").select_option("3")
    bruno.get_by_role("searchbox", name="Search for an emoji").fill("thumbs up")
    bruno.locator("cb-emoji [data-results] button").first.click()
    expect(card(bruno, words).locator("button.reaction[value='👍🏽']")).to_be_visible()


def test_emoji_come_while_one_writes_in_french_and_from_the_button(open_page: OpenPage) -> None:
    bruno = signed_in(open_page, "bruno", {"locale": "fr-FR"})
    field = bruno.get_by_role("textbox", name="Écrire un message")
    field.click()
    field.press_sequentially("On décolle :fus")
    option = bruno.get_by_role("option", name="fusée").first
    expect(option).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value("On décolle 🚀 ")
    # A smile of two signs is none, and the key is the field's own.
    field.press_sequentially(":) @ali")
    expect(bruno.get_by_role("option", name="Alice Martin")).to_be_visible()
    field.press("Escape")
    bruno.get_by_role("button", name="Ajouter un emoji").click()
    bruno.get_by_role("searchbox", name="Chercher un emoji").fill("pieuvre")
    bruno.locator("cb-emoji [data-results] button").first.click()
    expect(field).to_have_value("On décolle 🚀 :) @ali🐙")


@pytest.mark.parametrize(
    "look",
    [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 320, "height": 700}}],
    ids=["light", "dark-320"],
)
def test_the_picker_has_no_finding(look: dict[str, object], page_of: OpenPage) -> None:
    bruno = page_of("bruno", **look)
    bruno.get_by_role("textbox", name="Write a post").click()
    bruno.get_by_role("button", name="Add an emoji").click()
    expect(bruno.locator("cb-emoji section[data-group='0'] button").first).to_be_visible()
    assert findings(bruno) == []
    assert overflow(bruno) == 0
