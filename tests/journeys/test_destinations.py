"""Connecting an account in the pages, sending to it, and changing it with a second person; on a real Bluesky server."""

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.servers.bluesky import Bluesky, BlueskyAccount
from tests.servers.children import wait_until
from tests.servers.instance import Instance


def fill_in(page: Page, account: BlueskyAccount, password: str) -> None:
    page.get_by_label("Address of the server").fill(account.server.base)
    page.get_by_label("Handle").fill(account.handle)
    page.get_by_label("App password").fill(password)


def test_an_account_is_connected_sent_to_and_changed_by_two_people(
    page_of: OpenPage, instance: Instance, bluesky_server: Bluesky
) -> None:
    acme, globex = bluesky_server.account("acmenews"), bluesky_server.account("globexnews")
    # A wrong password is answered with 422, which browsers write into their console.
    irene, omar = page_of("irene", allow=("422",)), page_of("omar")
    irene.get_by_role("link", name="Destinations").first.click()
    irene.get_by_role("link", name="Connect an account").click()
    irene.get_by_role("link", name="Bluesky").click()
    irene.get_by_label("Name").fill("Bluesky, @acmenews")
    fill_in(irene, acme, "wrong")
    irene.get_by_role("button", name="Connect").click()
    expect(irene.get_by_role("alert")).to_contain_text("Check both")
    expect(irene.get_by_label("Handle")).to_have_value(acme.handle)
    expect(irene.get_by_label("App password")).to_have_value("")
    irene.get_by_label("App password").fill(acme.app_password)
    irene.get_by_role("button", name="Connect").click()
    expect(irene.locator("main")).to_contain_text(f"is connected as {acme.did}")

    words = f"We open a café in Lyon, everybody is welcome. {secrets.token_hex(4)}"
    alice = page_of("alice")
    alice.goto("/c/newsroom/")
    alice.get_by_role("textbox", name="Write a post").click()
    alice.get_by_role("switch", name="Share outside").check()
    alice.get_by_role("checkbox", name="Press page").uncheck()
    alice.get_by_role("checkbox", name="Bluesky, @acmenews").check()
    alice.get_by_role("textbox", name="Write a post").fill(words)
    alice.locator("[data-submit]").first.click()
    wait_until(lambda: acme.texts() == [words], seconds=60, log=instance.log)

    irene.get_by_role("link", name="Change or connect anew").click()
    fill_in(irene, globex, globex.app_password)
    irene.get_by_role("button", name="Save").click()
    expect(irene.locator("main")).to_contain_text("This waits for a second person")
    expect(irene.get_by_role("button", name="Confirm the change")).to_have_count(0)
    omar.goto("/notices/")
    omar.get_by_role("link").filter(has_text="asks to change the target").first.click()
    expect(omar.locator("main")).to_contain_text(globex.did)
    omar.get_by_role("button", name="Confirm the change").click()
    expect(omar.locator("main")).to_contain_text("The change is made.")
    expect(omar.locator("main")).not_to_contain_text(acme.did)
    assert globex.texts() == []

    omar.goto("/destinations/")
    omar.get_by_label("Why").fill("A drill")
    omar.get_by_role("button", name="Close the gate").click()
    expect(omar.get_by_role("alert")).to_contain_text("A drill")
    irene.goto("/destinations/")
    irene.get_by_label("Why").fill("The drill is over")
    irene.get_by_role("button", name="Open the gate").click()
    expect(irene.locator("main")).to_contain_text("The gate is open again.")
