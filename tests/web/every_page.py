"""Every page of the route matrix as somebody sees it who gets in, and a real Chromium that is shown them.

There is no server in between: what Django answered is what the browser gets, headers and all.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, Route, sync_playwright

from tests.servers import chromium
from tests.web.test_route_matrix import ROWS

# By address: status, headers, body.
Pages = dict[str, tuple[int, dict[str, str], bytes]]
# Of those who get in somewhere, the first of these looks.
LOOKERS = ("alice", "omar", "irene", "chloe", "bruno", "nobody")
SITE = "http://corpblog.test"


def pages_at(clients: Mapping[str, Client], places: Iterable[tuple[str, str]], again: str) -> Pages:
    """Ask for these addresses as these people, once more: `again` tells the answers from earlier ones."""
    asked = [(looker, f"{path}{'&' if '?' in path else '?'}again={again}") for looker, path in places]
    return {path: _answer(clients[looker], path) for looker, path in asked}


def every_page(clients: Mapping[str, Client], *worlds: Mapping[str, Any]) -> Pages:
    """Ask for each address of the matrix that is read, with the values of each world, and return the answers."""
    answers: Pages = {}
    for row in (row for rows in ROWS.values() for row in rows if row.method == "get"):
        looker = next((each for each in LOOKERS if each in row.let_in), None)
        if looker is None:
            continue
        for path in {row.path.format(**values): None for values in worlds}:
            if path not in answers:
                answers[path] = _answer(clients[looker], path)
    return answers


def _answer(client: Client, path: str) -> tuple[int, dict[str, str], bytes]:
    client.raise_request_exception = False
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.status_code >= 500 and answer.status_code != 503:
        print("BROKEN", path, repr(answer.exc_info and answer.exc_info[1])[:300])
    return answer.status_code, dict(answer.headers), body


def shown_in(pages: Pages) -> list[str]:
    """Return the addresses that answer with a page or a part of one."""
    return [
        path
        for path, (status, headers, _body) in pages.items()
        if status != 302 and "html" in headers.get("Content-Type", "")
    ]


@contextmanager
def browser_on(pages: Pages, **options: Any) -> Iterator[Page]:
    """Give a page of a browser for which these answers are all there is; options are those of `new_page`."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium.executable(), args=chromium.FLAGS)
        page = browser.new_page(base_url=SITE, service_workers="block", **options)
        page.route("**/*", lambda route: _serve(route, pages))
        yield page
        browser.close()


def _serve(route: Route, pages: Pages) -> None:
    """Answer for the server, with what it said before."""
    path = route.request.url.removeprefix(SITE)
    found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    if path in pages:
        status, headers, body = pages[path]
        route.fulfill(status=status, headers=headers, body=body)
    elif isinstance(found, str):
        route.fulfill(path=found)
    else:
        route.fulfill(status=204)
