"""An account is connected by signing in on the network's own page, and tried with a test post; then it goes wrong."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.servers.recorder import Recorder


def set_out(page: Page, there: Recorder, name: str) -> None:
    """Fill in the form, and follow the address that is shown to the network's own page."""
    page.goto("/destinations/new/mastodon/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Address of the server").fill(there.base)
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("main")).to_contain_text(there.place)
    page.get_by_role("link", name="Go there").click()
    expect(page.get_by_role("link", name="Authorize")).to_be_visible()


def test_signing_in_there_and_a_test_post(page_of: OpenPage, sign_in_there: Recorder, token: str) -> None:
    network: Any = sign_in_there.behave
    irene = page_of("irene")
    set_out(irene, sign_in_there, f"Mastodon {token}")
    irene.get_by_role("link", name="Authorize").click()
    expect(irene.get_by_role("heading", name=f"Mastodon {token}")).to_be_visible()
    expect(irene.locator("main")).to_contain_text("is connected as 14715@")
    irene.get_by_role("button", name="Send a test").click()
    expect(irene.locator("main")).to_contain_text("It is out.", timeout=60_000)
    (posted,) = network.posted
    assert posted["visibility"] == "direct"
    assert f"This is a test of Mastodon {token}." in posted["status"]
    # The code was redeemed, and is good for nothing any more.
    assert network.codes == {}


def test_a_way_back_that_is_not_ours_or_too_old_connects_nothing(
    page_of: OpenPage, sign_in_there: Recorder, token: str
) -> None:
    network: Any = sign_in_there.behave
    irene = page_of("irene")
    irene.goto("/destinations/back/?state=stolen&code=stolen")
    expect(irene.locator("main")).to_contain_text("This way back is not yours, or too old. Begin again.")
    set_out(irene, sign_in_there, f"Refused {token}")
    network.codes.clear()
    irene.get_by_role("link", name="Authorize").click()
    expect(irene.locator("main")).to_contain_text("The provided authorization grant is invalid")
    expect(irene.locator("main")).not_to_contain_text(f"Refused {token}")
