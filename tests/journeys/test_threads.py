"""A long text leaves as a thread: seen before as the network will show it, followed part by part, taken back whole."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewAccount, OpenPage
from tests.journeys.test_accessibility import findings
from tests.journeys.test_many_places import row
from tests.servers.children import wait_until

COMMENT = "More: https://acme.example/lyon"


@pytest.fixture
def words(token: str) -> str:
    """More than Bluesky takes in one post, and less than two."""
    return " ".join(f"Our café in Lyon, {token}, is open from now on: fact number {n} is here." for n in range(6))


def compose(page: Page, words: str, place: str) -> None:
    """Write in the newsroom for this place and no other, as a thread with a first comment."""
    page.goto("/c/newsroom/")
    page.get_by_role("textbox", name="Write a post").fill(words)
    page.get_by_role("switch", name="Share outside").check()
    page.get_by_role("checkbox", name=place).check()
    for label in page.locator('main input[name="destination"] + label').all():
        if label.inner_text() != place:
            page.get_by_role("checkbox", name=label.inner_text()).uncheck()
    page.get_by_role("checkbox", name="As a thread where it is too long").check()
    page.get_by_role("textbox", name="First comment").fill(COMMENT)


def test_a_thread_is_seen_sent_followed_and_taken_back(
    page_of: OpenPage, account: NewAccount, token: str, words: str
) -> None:
    ledger = account("Ledger")
    alice = page_of("alice")
    compose(alice, words, "Ledger")
    previews = alice.locator("main .network")
    expect(previews).to_have_count(3)
    expect(previews.nth(0)).to_contain_text("here. 1/2")
    expect(previews.nth(1)).to_contain_text("here. 2/2")
    expect(previews.nth(2)).to_contain_text("More: acme.example/lyon")
    assert findings(alice) == []
    alice.locator("[data-submit]").first.click()
    expect(alice.locator("article.post[data-id]").filter(has_text=token)).to_be_visible()
    # What was wished for this post is not wished for the next one.
    expect(alice.get_by_role("textbox", name="First comment")).to_have_count(0)

    alice.goto("/shares/")
    row(alice, token, "Ledger").get_by_role("link").first.click()
    main = alice.locator("main")
    # Three parts, one after the other.
    expect(main).to_contain_text("It is out.", timeout=180_000)
    links = main.get_by_role("link", name=re.compile(r"See part \d there"))
    expect(links).to_have_count(3)
    addresses = {str(link.get_attribute("href")) for link in links.all()}
    assert len(addresses) == 3
    assert {record["uri"].rpartition("/")[2] for record in ledger.records()} == {
        address.rpartition("/")[2] for address in addresses
    }
    assert COMMENT in ledger.texts()
    assert findings(alice) == []

    main.get_by_role("link", name="Take it back").click()
    alice.get_by_label("Why is it taken back?").fill("The fair is cancelled")
    alice.get_by_role("button", name="Take it back").click()
    expect(main).to_contain_text("It was taken back. It is not there any more.", timeout=40_000)
    wait_until(lambda: ledger.texts() == [], seconds=30)


def test_a_time_that_is_missing_is_said_before_anything_is_posted(
    page_of: OpenPage, account: NewAccount, token: str
) -> None:
    account("Almanac")
    alice = page_of("alice", allow=("422",))
    compose(alice, f"We meet soon. {token}", "Almanac")
    alice.get_by_role("radio", name="At a time of my choice").check()
    alice.locator("[data-submit]").first.click()
    expect(alice.get_by_text("Day: Choose a day.").first).to_be_visible()
    # Nothing typed is lost, and nothing was posted.
    expect(alice.get_by_role("textbox", name="Write a post")).to_have_value(f"We meet soon. {token}")
    expect(alice.get_by_role("textbox", name="First comment")).to_have_value(COMMENT)
    expect(alice.get_by_role("checkbox", name="Almanac")).to_be_checked()
    alice.goto("/shares/")
    expect(alice.locator("main").get_by_role("listitem").filter(has_text=token)).to_have_count(0)
