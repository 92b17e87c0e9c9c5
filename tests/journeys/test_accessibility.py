"""Every page for everybody: axe, 320 pixels, dark and light, English and French, the keyboard, and no script at all."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.servers.axe import findings, overflow

PAGES = {
    "alice": [
        "/",
        "/c/engineering/",
        "/@bruno/",
        "/channels/",
        "/channels/new/",
        "/search/?q=the",
        "/bookmarks/",
        "/leaders/",
        "/notices/",
        "/shares/",
        "/shares/calendar/",
        "/shares/queue/press/",
        "/c/acme/",
        "/advocates/",
        "/advocates/1/",
        "/advocates/accounts/",
        "/advocates/accounts/new/bluesky/",
        "/settings/",
        "/posts/new/",
        "/settings/notices/",
        "/settings/tokens/",
        "/offline/en/",
        "/messages/new/?find=al",
        "/missed/",
        "/topics/",
        "/c/engineering/members/",
        "/c/engineering/?on=2026-11-20",
    ],
    "omar": [
        "/desk/",
        "/desk/?view=team&sort=gravity",
        "/desk/erasures/",
        "/desk/holds/",
        "/desk/incidents/",
        "/desk/reports/",
        "/desk/retention/",
        "/desk/anchors/",
        "/desk/samples/",
        "/desk/search/",
        "/reports/",
        "/policies/",
    ],
    "irene": [
        "/policies/",
        "/admin-console/",
        "/destinations/",
        "/destinations/press/",
        "/destinations/mastodon/",
        "/destinations/new/",
        "/destinations/new/mastodon/",
        "/destinations/mastodon/connect/",
        "/destinations/new/slack/",
        "/channels/new-account/",
        "/c/acme/members/?find=al",
        "/shares/calendar/press/times/",
    ],
}
WIDE = {"width": 1360, "height": 900}
WIDE_AND_LIGHT: dict[str, Any] = {"viewport": WIDE, "color_scheme": "light", "locale": "en-GB"}
NARROW_AND_DARK: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark", "locale": "fr-FR"}


HIDDEN_FOCUS = """step => {
    const at = document.activeElement, box = at.getBoundingClientRect();
    if (!box.width || at.closest('.top, .bar')) return [];
    const over = document.elementFromPoint(box.x + box.width / 2, Math.min(box.y + box.height / 2, innerHeight - 1));
    return over && over.closest('.top, .bar') ? [step + ' ' + at.outerHTML.slice(0, 80)] : [];
}"""


def signed_in(open_page: OpenPage, username: str, options: dict[str, Any]) -> Page:
    page = open_page(**options)
    page.goto("/sign-in/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill("corpblog")
    page.locator("#id_password").press("Enter")
    page.wait_for_url("/")
    return page


@pytest.mark.parametrize("look", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["wide, light, English", "320, dark, French"])
@pytest.mark.parametrize("username", PAGES)
def test_no_page_has_a_finding_or_scrolls_sideways(username: str, look: dict[str, Any], open_page: OpenPage) -> None:
    page = signed_in(open_page, username, look)
    complaints = []
    for path in PAGES[username]:
        page.goto(path)
        expect(page.locator("main")).to_be_visible()
        complaints += [f"{path}: {finding}" for finding in findings(page)]
        if (wide := overflow(page)) > 0:
            complaints.append(f"{path}: {wide} px too wide")
    assert complaints == []


@pytest.mark.parametrize("look", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["wide, light, English", "320, dark, French"])
def test_signing_in_has_no_finding(look: dict[str, Any], open_page: OpenPage) -> None:
    page = open_page(**look)
    page.goto("/sign-in/")
    assert findings(page) == []
    assert overflow(page) <= 0


def test_what_opens_has_no_finding_either(page_of: OpenPage) -> None:
    page = page_of("alice", viewport=WIDE)
    words = "Ask @bru about Project Falcon, mail j.moreau@chu-nantes.example"
    page.get_by_role("textbox", name="Write a post").fill(words)
    page.get_by_role("switch", name="Share outside").check()
    expect(page.locator("[data-verdict] .strip")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("textbox", name="Write a post").fill("")
    page.get_by_role("article").first.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".thread")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("article").first.get_by_role("button", name="More", exact=True).click()
    expect(page.locator(".menu-list:popover-open")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert findings(page) == []


def test_the_focus_is_never_hidden_behind_what_stays(page_of: OpenPage) -> None:
    page = page_of("alice", viewport={"width": 390, "height": 844})
    hidden = []
    for step in range(60):
        page.keyboard.press("Tab")
        hidden += page.evaluate(HIDDEN_FOCUS, step)
    assert hidden == []


def test_reading_reacting_and_replying_need_no_mouse(page_of: OpenPage) -> None:
    page = page_of("alice", viewport=WIDE)
    expect(page.get_by_role("article").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    focused = page.locator("article.post:focus")
    expect(focused).to_have_count(1)
    here = focused.get_attribute("id")
    page.keyboard.press("b")
    expect(page.locator(".toast")).to_contain_text("Bookmark")
    page.keyboard.press("r")
    expect(page.locator(".thread textarea[name=text]")).to_be_focused()
    page.keyboard.type("Answered without a mouse")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".thread").get_by_text("Answered without a mouse")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".thread")).to_have_count(0)
    expect(page.locator(f"#{here}")).to_be_focused()


def test_single_keys_stay_quiet_in_fields_and_when_switched_off(page_of: OpenPage) -> None:
    page = page_of("alice", viewport=WIDE)
    page.locator("#search").fill("jkl?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("h1").click()
    page.keyboard.press("?")
    page.get_by_role("switch", name="Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page.get_by_role("textbox", name="Write a post")).not_to_be_focused()
    page.evaluate("document.documentElement.dataset.keys = 'on'")
    page.keyboard.press("?")
    page.get_by_role("switch", name="Single-key shortcuts").check()


def test_the_pages_work_without_a_script(page_of: OpenPage) -> None:
    page = page_of("alice", java_script_enabled=False)
    page.goto("/c/platform/")
    page.get_by_role("textbox", name="Write a post").fill("Posted without a script")
    page.get_by_role("button", name="Post", exact=True).click()
    post = page.get_by_role("article").filter(has_text="Posted without a script")
    expect(post).to_be_visible()
    post.get_by_role("button", name="React", exact=True).click()
    expect(page.locator("[data-reactions-of]").first).to_have_text("1")
    page.get_by_role("link", name="Edit", exact=True).first.click()
    page.get_by_role("textbox").last.fill("Edited without a script")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Edited without a script")).to_be_visible()
    page.goto("/")
    page.get_by_role("link", name="Older posts").click()
    expect(page.get_by_role("article").first).to_be_visible()
