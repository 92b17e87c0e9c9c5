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


def test_no_page_has_a_finding_or_scrolls_sideways(world: World, client_of: Callable[[str], Client]) -> None:  # noqa: F811
    clients = {looker: client_of(looker) for looker in LOOKERS}
    complaints: list[str] = []
    for language, look in LOOKS.items():
        for client in clients.values():
            client.cookies["language"] = language
        pages = every_page(clients, world.values)
        with browser_on(pages, **look) as page:
            for path in whole_pages(pages):
                page.goto(path)
                # What is there without a network names its language in its address.
                assert path.startswith("/offline/") or page.evaluate("document.documentElement.lang") == language
                complaints += [f"{language} {path}: {finding}" for finding in findings(page)]
                if (wide := overflow(page)) > 0:
                    complaints.append(f"{language} {path}: {wide} px too wide")
    print(*complaints, sep="\n")
    assert complaints == []


def whole_pages(pages: Pages) -> list[str]:
    """Those with a head: parts of pages are looked at where pages show them."""
    return [path for path in shown_in(pages) if b"<html" in pages[path][2]]
