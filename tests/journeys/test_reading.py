"""Reading as its reader does it: away and back, on two devices, at somebody's page, on another day, and on paper."""

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post

WIDE = {"width": 1360, "height": 900}


def test_who_goes_back_is_where_they_were(page_of: OpenPage, go_live: GoLive) -> None:
    """Two pages further down, while a colleague posts on top."""
    alice, emily = page_of("alice", viewport=WIDE), page_of("emily")
    go_live(alice, "/")
    read = _third_page(alice)
    number = read.get_attribute("id")
    read.evaluate("card => card.scrollIntoView({ block: 'center', behavior: 'instant' })")
    _wait_until_still(alice)
    top = _top(alice.locator(f"main #{number}"))
    read.locator(".post-name a").click()
    expect(alice.locator(".person-head")).to_be_visible()
    emily.goto("/c/platform/")
    post(emily, f"While you were on another page {secrets.token_hex(4)}")
    alice.go_back()
    again = alice.locator(f"main #{number}")
    expect(again).to_be_in_viewport()
    assert abs(_top(again) - top) < 3
    # The same from a thread beside the list, from where one went on.
    again.locator("a.post-time").click()
    alice.locator(".thread .post-name a").first.click()
    expect(alice.locator(".person-head")).to_be_visible()
    alice.go_back()
    expect(alice.locator(".thread-page")).to_be_visible()
    alice.go_back()
    expect(alice.locator(f"main #{number}")).to_be_in_viewport()


def test_what_is_read_on_one_device_is_read_on_the_other(page_of: OpenPage, go_live: GoLive) -> None:
    emily, desk, phone = page_of("emily"), page_of("alice", viewport=WIDE), page_of("alice")
    go_live(desk, "/channels/")
    link = desk.locator("[data-channel-link]").filter(has_text="Platform")
    desk.evaluate("window.__same = true")
    emily.goto("/c/platform/")
    words = f"The relay ticks, @alice {secrets.token_hex(4)}"
    post(emily, words)
    expect(link).to_have_class("has-unread")
    expect(desk.locator("[data-notices] .dot")).to_be_visible()
    phone.goto("/c/platform/")
    expect(card(phone, words)).to_be_visible()
    expect(link).not_to_have_class("has-unread")
    expect(link.locator("[data-unread]")).to_have_text("")
    phone.goto("/notices/")
    phone.get_by_role("button", name="Mark all as read").click()
    expect(desk.locator("[data-notices] .dot")).to_be_hidden()
    assert desk.evaluate("window.__same") is True


def test_a_persons_page_shows_their_team_and_hears_what_they_post(page_of: OpenPage, go_live: GoLive) -> None:
    alice, helene = page_of("alice", viewport=WIDE), page_of("helene")
    go_live(alice, "/@helene/")
    expect(alice.get_by_role("heading", name="Team")).to_be_visible()
    words = f"From where I stand {secrets.token_hex(4)}"
    helene.goto("/@helene/")
    post(helene, words)
    alice.locator("cb-feed .pill").click()
    expect(card(alice, words)).to_be_visible()
    alice.locator(".aside").get_by_role("link", name="Sandrine Aubry").click()
    expect(alice.get_by_role("heading", name="Sandrine Aubry", level=1)).to_be_visible()
    expect(alice.locator(".aside").get_by_role("link", name="Hélène Garnier")).to_be_visible()


def test_a_list_begins_with_the_day_one_goes_to(page_of: OpenPage) -> None:
    page = page_of("alice", viewport=WIDE)
    oldest = page.evaluate("new Date(Date.now() - 8 * 864e5).toISOString().slice(0, 10)")
    page.get_by_role("button", name="Go to a day").click()
    page.get_by_label("Posts up to this day").fill(oldest)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".strip", has_text="Posts up to")).to_be_visible()
    shown = page.locator("main article.post time").evaluate_all(
        "times => times.map((each) => each.dateTime.slice(0, 10))"
    )
    assert shown == sorted(shown, reverse=True)
    assert shown[0] <= oldest
    page.get_by_role("link", name="To the newest").click()
    expect(page).to_have_url("/")


def test_a_thread_is_printed_without_what_is_for_screens(page_of: OpenPage) -> None:
    alice, words = page_of("alice", color_scheme="dark"), f"To be kept on paper {secrets.token_hex(4)}"
    post(alice, f"{words} https://acme.example/plan")
    alice.goto(card(alice, words).locator("a.post-time").get_attribute("href") or "")
    expect(alice.locator(".thread-page")).to_be_visible()
    alice.emulate_media(media="print")
    expect(alice.locator(".thread-page")).to_contain_text(words)
    for away in (".top", ".nav", ".composer", ".post-actions", ".thread-tools"):
        expect(alice.locator(away).first).to_be_hidden()
    assert alice.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    link = alice.locator(".thread-page .prose a")
    assert "acme.example/plan" in link.evaluate("link => getComputedStyle(link, '::after').content")
    assert alice.pdf(format="A4").startswith(b"%PDF")


def _third_page(page: Page):
    """Scroll until two more pages were loaded, and give a post of the last."""
    posts = page.locator("main cb-feed article.post")
    for length in (20, 40):
        posts.nth(length - 1).scroll_into_view_if_needed()
        page.mouse.wheel(0, 4000)
        expect(posts.nth(length + 10)).to_be_attached()
    _wait_until_still(page)
    return posts.nth(45)


def _wait_until_still(page: Page) -> None:
    """Wait until a wheel that was turned does not move the page any more."""
    page.evaluate(
        "async () => { let last = -1; while (scrollY !== last) {"
        " last = scrollY; await new Promise((then) => setTimeout(then, 250)); } }"
    )


def _top(shown) -> float:
    return float(shown.evaluate("card => card.getBoundingClientRect().top"))
