"""Communications offer what they published; a colleague says it in their words on their own, real Bluesky account."""

import re
import secrets

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.test_accessibility import findings
from tests.servers.bluesky import Bluesky, BlueskyAccount
from tests.servers.children import wait_until
from tests.servers.instance import Instance


def published(page: Page, words: str) -> None:
    """Post it in the newsroom, share it on the press page, and stay on the share's page until it is out."""
    page.goto("/c/newsroom/")
    page.get_by_role("textbox", name="Write a post").click()
    page.get_by_role("switch", name="Share outside").check()
    page.get_by_role("checkbox", name="Press page").check()
    page.get_by_role("textbox", name="Write a post").fill(words)
    page.locator("[data-submit]").first.click()
    expect(page.locator("article.post[data-id]").filter(has_text=words[-8:])).to_be_visible()
    page.goto("/shares/")
    page.get_by_role("link").filter(has_text=words[-8:]).first.click()
    expect(page.locator("main")).to_contain_text("It is out.", timeout=60_000)


def open_bluesky(page: Page) -> None:
    """Let employees use their own accounts there; the demo's admin did so already."""
    page.goto("/destinations/")
    expect(page.get_by_role("button", name="Close Bluesky for own accounts")).to_be_visible()


def connect(page: Page, account: BlueskyAccount) -> None:
    page.goto("/advocates/accounts/")
    page.get_by_role("link", name="Bluesky").click()
    page.get_by_label("Address of the server").fill(account.server.base)
    page.get_by_label("Handle").fill(account.handle)
    page.get_by_label("App password").fill(account.app_password)
    assert findings(page) == []
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("main")).to_contain_text(f"is connected as {account.did}")
    assert findings(page) == []


def test_an_offer_is_said_by_a_colleague_and_taken_back_with_the_original(
    page_of: OpenPage, instance: Instance, bluesky_server: Bluesky
) -> None:
    mine = bluesky_server.account("brunosown")
    words = f"We open our workshop in Lyon to everybody on Saturday, with coffee and croissants. {secrets.token_hex(4)}"
    chloe, bruno, irene = page_of("chloe"), page_of("bruno"), page_of("irene")
    open_bluesky(irene)
    published(chloe, words)
    chloe.locator("main").get_by_role("link", name="Advocates").click()
    chloe.get_by_label("A word to your colleagues").fill("Tell your neighbours")
    assert findings(chloe) == []
    chloe.get_by_role("button", name="Offer it").click()
    expect(chloe.locator("main")).to_contain_text("It is offered.")

    connect(bruno, mine)
    bruno.get_by_role("link", name="Advocates").first.click()
    expect(bruno.locator("main")).to_contain_text("Tell your neighbours")
    assert findings(bruno) == []
    bruno.get_by_role("link").filter(has_text=words[:30]).first.click()
    check = bruno.locator("#check")
    expect(check).to_contain_text("Within the edit budget.")
    field = bruno.get_by_label("In your words")
    field.fill(words.replace("Lyon", "Nantes"))
    expect(check).to_contain_text("A reviewer will look at this first")
    expect(check).to_contain_text("This may be a name")
    assert findings(bruno) == []
    own = f"Come and see: {words}"
    field.fill(own)
    expect(check).to_contain_text("Within the edit budget.")
    expect(check).to_contain_text("#employee")
    bruno.get_by_role("button", name="Say it").click()
    expect(bruno.locator("main")).to_contain_text("It is out.", timeout=60_000)
    wait_until(lambda: mine.texts() == [f"{own}\n\n#employee"], seconds=60, log=instance.log)

    chloe.reload()
    expect(chloe.locator("main")).to_contain_text("Said by 1 colleague")
    expect(chloe.locator("main")).to_contain_text("Bruno")
    assert findings(chloe) == []
    chloe.get_by_role("link", name="To the share").click()
    chloe.get_by_role("link", name="Take it back").click()
    chloe.get_by_label("Why is it taken back?").fill("The date is wrong")
    expect(chloe.get_by_label(re.compile("Also what 1 colleague made"))).to_be_checked()
    chloe.get_by_role("button", name="Take it back").click()
    wait_until(lambda: mine.texts() == [], seconds=90, log=instance.log)
    bruno.goto("/advocates/")
    expect(bruno.get_by_role("link").filter(has_text=words[:30])).to_have_count(0)
