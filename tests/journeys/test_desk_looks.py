"""The desk and the console in the crosses of language and theme that other journeys do not look at."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.test_accessibility import PAGES, findings, overflow, signed_in

FRENCH_AND_LIGHT: dict[str, Any] = {
    "viewport": {"width": 1360, "height": 900},
    "color_scheme": "light",
    "locale": "fr-FR",
}
ENGLISH_AND_DARK: dict[str, Any] = {
    "viewport": {"width": 320, "height": 640},
    "color_scheme": "dark",
    "locale": "en-GB",
}
LOOKS = pytest.mark.parametrize("look", [FRENCH_AND_LIGHT, ENGLISH_AND_DARK], ids=["French, light", "English, dark"])
VIEWS = ("", "yaml/", "lists/", "bench/", "effect/", "differences/")


def complaints(page: Page, path: str, look: dict[str, Any]) -> list[str]:
    page.goto(path)
    expect(page.locator("main")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == look["locale"][:2]
    found = [f"{path}: {finding}" for finding in findings(page)]
    return [*found, f"{path}: too wide"] if overflow(page) > 0 else found


@LOOKS
def test_the_desk_has_no_finding(open_page: OpenPage, look: dict[str, Any]) -> None:
    omar = signed_in(open_page, "omar", look)
    found = [said for path in PAGES["omar"] for said in complaints(omar, path, look)]
    omar.goto("/desk/?view=team")
    case = omar.locator(".queue-row").first.get_attribute("href") or ""
    found += complaints(omar, case, look)
    # What is closed at first is looked at as well: a wording to propose, and the post as its network shows it.
    for part in omar.locator("details").all():
        part.evaluate("part => { part.open = true }")
    found += [f"{case}, opened: {finding}" for finding in findings(omar)]
    assert found == []


@LOOKS
def test_the_console_has_no_finding(open_page: OpenPage, look: dict[str, Any]) -> None:
    irene = signed_in(open_page, "irene", look)
    irene.goto("/policies/")
    irene.locator("form[action='/policies/drafts/'] button:not([name])").click()
    irene.wait_for_url("**/policies/*/")
    version = irene.url
    rule = irene.locator(".rule-card a").first.get_attribute("href") or ""
    paths = ["/policies/", "/policies/import/", "/policies/health/", rule, version + "new-rule/"]
    found = [said for path in [*paths, *(version + view for view in VIEWS)] for said in complaints(irene, path, look)]
    assert found == []
