"""axe on every address of the route matrix that shows a page: wide, light and English; small, dark and French.

Nobody lists the pages: one that is added to the matrix is looked at here from then on.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.servers.axe import findings, overflow
from tests.web.every_page import LOOKERS, Pages, browser_on, every_page, shown_in
from tests.web.test_route_matrix import World, client_of, files, world  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LOOKS: dict[str, dict[str, Any]] = {
    "en": {"color_scheme": "light", "viewport": {"width": 1360, "height": 900}},
    "fr": {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}},
}


@pytest.mark.long
@pytest.mark.parametrize("language", LOOKS)
def test_no_page_has_a_finding_or_scrolls_sideways(
    language: str,
    world: World,  # noqa: F811
    client_of: Callable[[str], Client],  # noqa: F811
) -> None:
    clients = {looker: client_of(looker) for looker in LOOKERS}
    for client in clients.values():
        client.cookies["language"] = language
    pages = every_page(clients, world.values)
    complaints: list[str] = []
    with browser_on(pages, **LOOKS[language]) as page:
        for path in whole_pages(pages):
            page.goto(path)
            # What is there without a network names its language in its address.
            assert path.startswith("/offline/") or page.evaluate("document.documentElement.lang") == language
            complaints += [f"{path}: {finding}" for finding in findings(page)]
            if (wide := overflow(page)) > 0:
                complaints.append(f"{path}: {wide} px too wide")
    print(*complaints, sep="\n")
    assert complaints == []


def whole_pages(pages: Pages) -> list[str]:
    """Those with a head: parts of pages are looked at where pages show them."""
    return [path for path in shown_in(pages) if b"<html" in pages[path][2]]
