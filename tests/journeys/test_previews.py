"""Two people and a link: what its page says comes to both without moving anything, and goes when its author says so."""

import secrets

from playwright.sync_api import expect

from tests.journeys.conftest import GoLive, OpenPage, card, post
from tests.servers.recorder import Recorder

TITLE = "Crane falls into the harbour"


def test_a_preview_arrives_in_the_room_that_was_kept_and_its_author_takes_it_off(
    page_of: OpenPage, go_live: GoLive, news: Recorder
) -> None:
    alice, bruno = page_of("alice"), page_of("bruno")
    go_live(bruno, "/@alice/")
    go_live(alice, "/@alice/")
    story, nothing = f"Look {secrets.token_hex(4)}", f"Gone {secrets.token_hex(4)}"
    post(alice, f"{nothing} {news.base}/gone")
    post(alice, f"{story} {news.base}/story")
    filled, empty = card(alice, story).locator("a.link-card"), card(alice, nothing).locator("a.link-card")
    expect(filled).to_contain_text(TITLE)
    expect(filled).to_contain_text("Nobody was hurt")
    # The page that is open still shows the place of the preview that could not be had, as high as one that could.
    expect(empty).to_be_visible()
    assert filled.evaluate("card => card.offsetHeight") == empty.evaluate("card => card.offsetHeight") == 76
    bruno.goto("/@alice/")
    expect(card(bruno, nothing)).to_be_visible()
    expect(card(bruno, nothing).locator("a.link-card")).to_have_count(0)
    theirs = card(bruno, story).locator("a.link-card")
    expect(theirs).to_have_attribute("href", f"{news.base}/story")
    # The picture is our own file; the browser asks nobody else.
    expect(theirs.locator("img")).to_have_attribute(
        "src", "/p/" + (card(bruno, story).get_attribute("data-id") or "") + "/preview/picture/"
    )
    expect(theirs.locator("img")).to_have_js_property("complete", True)
    assert theirs.locator("img").evaluate("image => image.naturalWidth") == 320
    go_live(bruno, "/@alice/")
    card(alice, story).get_by_role("button", name="More").click()
    card(alice, story).get_by_role("button", name="Remove the preview").click()
    expect(card(bruno, story).locator("a.link-card")).to_have_count(0)
    expect(card(alice, story).locator("a.link-card")).to_have_count(0)
    expect(card(bruno, story).get_by_role("link", name="/story")).to_be_visible()
