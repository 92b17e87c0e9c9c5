"""Live cards as their reader has them from the first moment: in their language, by their clock, as they write dates."""

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post, show_new
from tests.journeys.test_marks import in_the_menu

ISLAND, BOSTON = "Pacific/Kiritimati", "America/New_York"
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


def test_a_post_that_comes_live_is_in_its_readers_language_and_by_their_clock(
    page_of: OpenPage, go_live: GoLive, token: str
) -> None:
    # Lucas' browser asks for English, but he chose French.
    emily, lucas, rebecca = page_of("emily"), page_of("lucas"), page_of("rebecca", locale="en-US")
    prefer(lucas, language="fr", zone=ISLAND)
    # As another browser of his would be, that was open before he chose.
    lucas.context.clear_cookies(name="language")
    prefer(rebecca, language="en", zone=BOSTON)
    for page in (lucas, rebecca):
        go_live(page, "/c/platform/")
    words = f"Who reads this by which clock? {token}"
    emily.goto("/c/platform/")
    post(emily, words)
    for page in (lucas, rebecca):
        show_new(page)
    expect(card(lucas, words).get_by_role("button", name="Répondre", exact=True)).to_be_visible()
    expect(card(rebecca, words).get_by_role("button", name="Reply", exact=True)).to_be_visible()
    posted = card(emily, words).locator("a.post-time time")
    shown_by_their_clocks(posted, card(lucas, words), card(rebecca, words), "a.post-time time")
    # What changes live is written anew.
    in_the_menu(emily, words, "More", "Edit")
    emily.locator("main cb-composer textarea").first.fill(f"{words} Edited.")
    emily.get_by_role("button", name="Save", exact=True).click()
    for page in (emily, lucas, rebecca):
        expect(card(page, words).locator(".post-edited time")).to_be_visible()
    edited = card(emily, words).locator(".post-edited time")
    shown_by_their_clocks(edited, card(lucas, words), card(rebecca, words), ".post-edited time")
    titles = [card(page, words).locator(".post-edited time").get_attribute("title") for page in (lucas, rebecca)]
    for page, title in zip((lucas, rebecca), titles, strict=True):
        page.reload()
        expect(card(page, words).locator(".post-edited time")).to_have_attribute("title", str(title))


def shown_by_their_clocks(known: Locator, lucas: Locator, rebecca: Locator, which: str) -> None:
    moment = datetime.fromisoformat(str(known.get_attribute("datetime")))
    island, boston = (moment.astimezone(ZoneInfo(zone)) for zone in (ISLAND, BOSTON))
    french, american = (str(card.locator(which).get_attribute("title")) for card in (lucas, rebecca))
    assert french.startswith(f"{island.day} {MONTHS[island.month - 1]} {island.year}")
    assert french.endswith(f"{island:%H:%M}")
    assert american.startswith(f"{boston:%B} {boston.day}, {boston.year}")
    assert american.replace("\u202f", " ").endswith(f"{boston:%-I:%M %p}")


def prefer(page: Page, *, language: str, zone: str) -> None:
    page.goto("/settings/")
    page.locator("[name=language]").select_option(language)
    page.locator("[name=time_zone]").select_option(zone)
    page.locator("main form:has([name=language]) button").last.click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("data-zone", zone)
