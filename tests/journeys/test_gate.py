"""(b) and (c): a confidential post on its way out."""

import json
import re
import secrets
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, card, tick_places
from tests.servers.children import wait_until
from tests.servers.instance import Instance


@pytest.fixture
def words() -> str:
    """A post that names a project which is not announced, and that no other test writes."""
    return f"Kestrel is ready for its first customer, « vraiment » ! Number {secrets.token_hex(4)}"


def ask_to_share(page: Page, text: str) -> None:
    """Write in the newsroom, switch sharing on, tick the press page, and see what will happen before it does."""
    page.goto("/c/newsroom/")
    page.get_by_role("textbox", name="Write a post").click()
    page.get_by_role("switch", name="Share outside").check()
    tick_places(page, "Press page")
    page.get_by_role("textbox", name="Write a post").press_sequentially(text, delay=5)


def decide(page: Page, text: str, button: str) -> None:
    """Find the case on the desk and rule on it."""
    page.goto("/desk/")
    page.get_by_role("link").filter(has_text=text[-8:]).first.click()
    # In the case, not in its row: the buttons may still be those of another one.
    expect(page.locator(".case .evidence-text").first).to_contain_text(text[-8:])
    page.get_by_role("button", name=button).click()
    expect(page.locator(".ruled")).to_be_visible()


def press_page(instance: Instance) -> str:
    with urlopen(f"{instance.url}/press/", timeout=10) as answer:
        return str(answer.read().decode())


def feed(instance: Instance, name: str) -> str:
    with urlopen(f"{instance.url}/press/{name}", timeout=10) as answer:
        return str(answer.read().decode())


def test_a_code_name_is_marked_held_approved_and_published_as_approved(
    page_of: OpenPage, instance: Instance, words: str
) -> None:
    alice, omar = page_of("alice"), page_of("omar")
    omar.goto("/desk/")
    ask_to_share(alice, words)
    expect(alice.get_by_role("button", name="Send for review")).to_be_visible()
    expect(alice.locator("[data-verdict]")).to_contain_text("A reviewer will look at this first")
    expect(
        alice.locator("[data-verdict]").get_by_role("button", name=re.compile("kestrel", re.IGNORECASE))
    ).to_be_visible()
    alice.get_by_role("button", name="Send for review").click()
    expect(card(alice, words)).to_be_visible()
    assert words[-8:] not in press_page(instance)

    # It appears on the open desk by itself.
    expect(omar.get_by_role("link").filter(has_text=words[-8:]).first).to_be_visible()
    decide(omar, words, "Approve")
    wait_until(lambda: words[-8:] in press_page(instance), seconds=60, log=instance.log)

    published = next(
        item for item in json.loads(feed(instance, "feed.json"))["items"] if words[-8:] in item["content_text"]
    )
    assert published["content_text"] == words
    assert words[-8:] in feed(instance, "feed.atom")
    reader = alice.context.browser.new_context(base_url=instance.url).new_page()
    reader.goto("/press/")
    expect(reader.locator("main")).to_contain_text(words)
    alice.goto("/shares/")
    expect(alice.locator("main")).to_contain_text(words[-8:])


def test_an_edit_after_approval_voids_it(page_of: OpenPage, instance: Instance, words: str) -> None:
    alice, omar = page_of("alice"), page_of("omar")
    ask_to_share(alice, words)
    alice.get_by_role("button", name="Send for review").click()
    expect(card(alice, words)).to_be_visible()
    identity = str(card(alice, words).first.get_attribute("data-id"))
    alice.goto(f"/p/{identity}/edit/")
    decide(omar, words, "Approve")
    expect(omar.locator("main")).not_to_contain_text("Something went wrong")

    # Within the pause between release and sending.
    box = alice.get_by_role("textbox").first
    box.fill(f"{words}, and Aurora too")
    alice.get_by_role("button", name="Save").click()
    expect(card(alice, "and Aurora too").first).to_be_visible()

    expect_held_again(omar, words)
    assert words[-8:] not in press_page(instance)


def expect_held_again(omar: Page, words: str) -> None:
    """What was approved is not what would leave now, so an officer sees the new words."""
    omar.goto("/desk/")
    expect(omar.get_by_role("link").filter(has_text=words[-8:]).first).to_be_visible()
    omar.get_by_role("link").filter(has_text=words[-8:]).first.click()
    expect(omar.locator("main")).to_contain_text("and Aurora too")
