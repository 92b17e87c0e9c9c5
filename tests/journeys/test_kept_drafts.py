"""What one typed while the server could not be reached, kind of post and all, is there when one is back."""

import secrets

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage, tick_places
from tests.policy.extraction.files import picture


def test_a_poll_begun_without_a_network_is_there_afterwards(page_of: OpenPage) -> None:
    page, words = page_of("emily", allow=("ERR_INTERNET_DISCONNECTED", "WebSocket")), secrets.token_hex(4)
    page.goto("/c/platform/")
    page.get_by_role("textbox", name="Write a post").click()
    page.get_by_role("button", name="More kinds of posts").click()
    page.get_by_role("button", name="Poll").click()
    expect(page.get_by_label("Answer 1")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("textbox", name="Write a post").fill(f"Which lamp {words}?")
    page.get_by_label("Answer 1").fill("The green one")
    page.get_by_label("Answer 2").fill("The loud one")
    expect(page.get_by_text("Kept in this tab")).to_be_visible()
    page.context.set_offline(False)
    page.goto("/c/platform/")
    expect(page.get_by_label("Answer 2")).to_have_value("The loud one")
    expect(page.get_by_role("textbox", name="Write a post")).to_have_value(f"Which lamp {words}?")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(
        page.locator("article.post").filter(has_text=words).get_by_role("radio", name="The green one")
    ).to_be_visible()


def test_a_poll_begun_on_another_device_is_shown_again(page_of: OpenPage) -> None:
    desk, phone, words = page_of("karim"), page_of("karim"), secrets.token_hex(4)
    for page in (desk, phone):
        page.goto("/c/platform/")
    desk.get_by_role("textbox", name="Write a post").click()
    desk.get_by_role("button", name="More kinds of posts").click()
    desk.get_by_role("button", name="Poll").click()
    desk.get_by_role("textbox", name="Write a post").fill(f"Which {words}?")
    with desk.expect_response(lambda answer: "/drafts/" in answer.url and "Green" in (answer.request.post_data or "")):
        desk.get_by_label("Answer 1").fill("Green")
    with phone.expect_response("**/drafts/"):
        phone.get_by_role("textbox", name="Write a post").fill(f"On the way {words}")
    phone.get_by_role("button", name="Show the other version").click()
    expect(phone.get_by_label("Answer 1")).to_have_value("Green")
    expect(phone.get_by_role("textbox", name="Write a post")).to_have_value(f"Which {words}?")
    phone.get_by_role("button", name="Other version of this draft").click()
    expect(phone.get_by_role("textbox", name="Write a post")).to_have_value(f"On the way {words}")
    expect(phone.get_by_label("Answer 1")).to_have_count(0)
    with phone.expect_response("**/drafts/"):
        phone.get_by_role("textbox", name="Write a post").fill("")


def test_who_writes_last_is_told_and_loses_nothing(page_of: OpenPage) -> None:
    desk, phone, words = page_of("emily"), page_of("emily"), secrets.token_hex(4)
    for page in (desk, phone):
        page.goto("/c/engineering/")
    with desk.expect_response("**/drafts/"):
        desk.get_by_role("textbox", name="Write a post").fill(f"At the desk {words}")
    with phone.expect_response("**/drafts/"):
        phone.get_by_role("textbox", name="Write a post").fill(f"On the way {words}")
    phone.get_by_role("button", name="Add the other text").click()
    expect(phone.get_by_role("textbox", name="Write a post")).to_have_value(
        f"On the way {words}\n\nAt the desk {words}"
    )
    with phone.expect_response("**/drafts/"):
        phone.get_by_role("textbox", name="Write a post").fill("")


def test_audience_places_descriptions_and_order_of_another_device_are_shown_again(page_of: OpenPage) -> None:
    desk, phone, words = page_of("emily"), page_of("emily"), secrets.token_hex(4)
    box = desk.get_by_role("textbox", name="Write a post")
    box.fill(f"Look {words}")
    desk.get_by_label("Channel", exact=True).select_option(label="# Platform")
    desk.locator("input[data-attach-input]").first.set_input_files(
        [
            {"name": "boat.png", "mimeType": "image/png", "buffer": picture("Boat")},
            {"name": "two.txt", "mimeType": "text/plain", "buffer": b"2"},
        ]
    )
    desk.get_by_role("button", name="Move two.txt forward").click()
    desk.get_by_role("switch", name="Share outside").check()
    tick_places(desk, "Press page")
    with desk.expect_response(lambda answer: "/drafts/" in answer.url and "night" in (answer.request.post_data or "")):
        desk.get_by_label("Describe boat.png").fill("A boat at night")
    with phone.expect_response("**/drafts/"):
        phone.get_by_role("textbox", name="Write a post").fill(f"On the way {words}")
    phone.get_by_role("button", name="Show the other version").click()
    expect(phone.get_by_role("textbox", name="Write a post")).to_have_value(f"Look {words}")
    expect(phone.get_by_label("Channel", exact=True).locator(":checked")).to_have_text("# Platform")
    expect(phone.get_by_role("switch", name="Share outside")).to_be_checked()
    expect(phone.get_by_role("checkbox", name="Press page")).to_be_checked()
    expect(phone.get_by_label("Describe boat.png")).to_have_value("A boat at night")
    expect(phone.locator("[data-files] .draft-file-name > span:first-child")).to_have_text(["two.txt", "boat.png"])
    for name in ("boat.png", "two.txt"):
        with phone.expect_response("**/remove/"):
            phone.get_by_role("button", name=f"Remove {name}").click()
    phone.get_by_role("switch", name="Share outside").uncheck()
    with phone.expect_response("**/drafts/"):
        phone.get_by_role("textbox", name="Write a post").fill("")
