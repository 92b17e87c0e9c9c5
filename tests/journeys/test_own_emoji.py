"""An administrator adds an emoji of the company; two people write and react with it, and it stays once retired."""

import io
import secrets

from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import GoLive, OpenPage, card, post
from tests.journeys.test_accessibility import findings, overflow


def test_an_emoji_of_the_company_from_its_picture_to_its_retirement(page_of: OpenPage, go_live: GoLive) -> None:
    irene = page_of("irene", allow=("status of 422",))
    alice, bruno = page_of("alice"), page_of("bruno")
    name = f"ship_{secrets.token_hex(3)}"
    buffer = io.BytesIO()
    Image.new("RGB", (200, 200), tuple(secrets.token_bytes(3))).save(buffer, "PNG")
    irene.goto("/admin-console/emoji/")
    irene.get_by_label("Name").fill("rocket")
    irene.get_by_label("Picture").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    )
    irene.get_by_role("button", name="Add", exact=True).click()
    expect(irene.get_by_role("alert")).to_contain_text("everybody has")
    expect(irene.get_by_label("Name")).to_have_value("rocket")
    irene.get_by_label("Name").fill(name)
    irene.get_by_label("Picture").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    )
    irene.get_by_role("button", name="Add", exact=True).click()
    expect(irene.get_by_role("button", name=f"Retire :{name}:")).to_be_visible()
    assert findings(irene) == []
    # Written: suggested by its name, and drawn.
    alice.goto("/@alice/")
    words = f"We go {secrets.token_hex(4)}"
    field = alice.get_by_role("textbox", name="Write a post")
    field.click()
    field.press_sequentially(f"{words} :{name[:-1]}")
    expect(alice.get_by_role("option", name=name.replace("_", " "))).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value(f"{words} :{name}: ")
    alice.get_by_role("button", name="Post", exact=True).click()
    expect(card(alice, words).locator(".post-body img.emoji-own")).to_have_attribute("alt", f":{name}:")
    # Given: found in the picker, and live for who wrote.
    go_live(alice, "/@alice/")
    go_live(bruno, "/@alice/")
    card(bruno, words).get_by_role("button", name="Choose a reaction").click()
    card(bruno, words).get_by_role("link", name="All emoji").click()
    bruno.get_by_role("searchbox", name="Search for an emoji").fill(name.replace("_", " "))
    bruno.locator(f"cb-emoji [data-results] button[value=':{name}:']").click()
    given = card(alice, words).locator(f"button.reaction[value=':{name}:']")
    expect(given.locator("[data-count='1']")).to_be_visible()
    expect(given.locator("img")).to_have_js_property("naturalWidth", 128)
    # Retired: it stays where it stands, and is nobody's to give.
    irene.get_by_role("button", name=f"Retire :{name}:").click()
    expect(irene.get_by_role("listitem").filter(has_text=f":{name}:")).to_contain_text("Retired")
    bruno.reload()
    expect(card(bruno, words).locator(".post-body img.emoji-own")).to_have_js_property("naturalWidth", 128)
    later = f"Later {secrets.token_hex(4)}"
    alice.goto("/@alice/")
    post(alice, f"{later} :{name}:")
    expect(card(alice, later)).to_contain_text(f":{name}:")
    expect(card(alice, later).locator("img.emoji-own")).to_have_count(0)


def test_the_administrators_page_fits_a_small_dark_screen(page_of: OpenPage) -> None:
    irene = page_of("irene", color_scheme="dark", viewport={"width": 320, "height": 700})
    irene.goto("/admin-console/emoji/")
    expect(irene.get_by_role("heading", name="Emoji of the company")).to_be_visible()
    assert findings(irene) == []
    assert overflow(irene) == 0
