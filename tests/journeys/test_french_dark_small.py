"""(e) The main job in French, in dark, at 320 px, with the keyboard only."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, OpenPage, card

SMALL = {"locale": "fr-FR", "color_scheme": "dark", "viewport": {"width": 320, "height": 640}}
PAGES = ("/", "/c/newsroom/", "/channels/", "/leaders/", "/search/?q=loft", "/bookmarks/", "/shares/", "/settings/")


@pytest.fixture
def small(open_page: OpenPage) -> Page:
    """Alice's page, signed in without touching a mouse."""
    page = open_page(**SMALL)
    page.goto("/sign-in/")
    # The first field has the focus already.
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/")
    return page


def test_a_held_share_is_asked_for_without_a_mouse(small: Page) -> None:
    small.goto("/c/newsroom/")
    words = f"Le Projet Mistral souffle, « enfin » ! {secrets.token_hex(4)}"
    small.keyboard.press("c")
    expect(small.locator("cb-composer textarea[name=text]").first).to_be_focused()
    small.keyboard.type(words)
    tab_to(small, "input[name=outside]")
    small.keyboard.press("Space")
    tab_back_to(small, "input[name=destination]")
    small.keyboard.press("Space")
    expect(small.locator("[data-verdict] .v-hold")).to_be_visible()
    expect(small.locator("[data-verdict]")).to_contain_text("n’est pas encore annoncé")
    tab_to(small, "[data-submit]")
    expect(small.locator("[data-submit]").first).not_to_contain_text("Send for review")
    small.keyboard.press("Enter")
    expect(card(small, words)).to_be_visible()
    small.goto("/shares/")
    expect(small.locator("main")).to_contain_text(words[-8:])


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_and_everything_is_french_and_dark(small: Page, path: str) -> None:
    small.goto(path)
    assert small.locator("html").get_attribute("lang") == "fr"
    assert small.evaluate("document.documentElement.scrollWidth") <= 320
    assert is_dark(small)


def test_the_menu_of_a_post_stands_beside_what_else_one_can_do(small: Page) -> None:
    """Also where several reactions take the room."""
    small.goto("/c/newsroom/")
    expect(small.locator("article.post .reaction + .reaction").first).to_be_visible()
    assert small.locator("article.post .post-actions").evaluate_all(ALONE) == []


def test_what_is_seen_first_is_reached_first(small: Page) -> None:
    """Also where several reactions have a line of their own: the keyboard goes as the eye does."""
    small.goto("/c/newsroom/")
    cards = small.locator("article.post:has(.reaction + .reaction)")
    expect(cards.first).to_be_visible()
    assert cards.evaluate_all(JUMPS) == []


# Where one goes up, or back on the same line, on the way through what a post offers.
JUMPS = """cards => cards.flatMap((card) => {
    const stops = [...card.querySelectorAll('a[href], button')].filter((one) => one.checkVisibility());
    const boxes = stops.map((one) => one.getBoundingClientRect());
    return boxes.slice(1).flatMap((box, at) => {
        const before = boxes[at], isBelow = box.top >= before.bottom - 2;
        const goesOn = isBelow || (box.bottom > before.top && box.left >= before.left);
        return goesOn ? [] : [stops[at + 1].outerHTML.slice(0, 200)];
    }); })"""


# The posts whose menu has nothing beside it.
ALONE = """rows => rows.filter((row) => {
    const menu = row.querySelector('.end').getBoundingClientRect();
    return ![...row.querySelectorAll('.act:not(.end)')].some((act) => {
        const box = act.getBoundingClientRect(); return box.top < menu.bottom && menu.top < box.bottom });
    }).map((row) => row.closest('article').id)"""


def is_dark(page: Page) -> bool:
    """Whether the page paints light letters on a dark ground."""
    letters = page.evaluate(LIGHTNESS, "color")
    ground = page.evaluate(LIGHTNESS, "backgroundColor")
    return bool(letters > ground + 100)


# Painted on a canvas, because colours are given in OKLCH.
LIGHTNESS = """what => { const canvas = document.createElement('canvas'); canvas.width = canvas.height = 1;
    const pen = canvas.getContext('2d');
    pen.fillStyle = getComputedStyle(document.body)[what]; pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = pen.getImageData(0, 0, 1, 1).data; return 0.3 * r + 0.6 * g + 0.1 * b }"""


def has_focus(page: Page, selector: str) -> bool:
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    for _ in range(60):
        page.keyboard.press(key)
        if has_focus(page, selector):
            return
    raise AssertionError(f"{key} never reached {selector}")


def tab_back_to(page: Page, selector: str) -> None:
    tab_to(page, selector, "Shift+Tab")
