"""What a first visit brings. The limits are the product's; what rare pages need goes into entries of their own."""

import gzip
import re
from collections.abc import Callable

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from corpblog.people.models import Person
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
Visit = Callable[[Person, str], tuple[Client, str]]
KB = 1024


def linked(client: Client, page: str, pattern: str) -> list[bytes]:
    """Return the bytes of what the page names in such a tag, in its order."""
    return [bytes_of(client, address) for address in re.findall(pattern, page)]


def bytes_of(client: Client, address: str) -> bytes:
    if not address.startswith("/static/"):
        return client.get(address).content
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), f"{address} is not built"
    with open(found, "rb") as file:
        return file.read()


@pytest.fixture
def home(say: Say, alice: Person, omar: Person, browser_of: Browser) -> Visit:
    """Give a full home page without the parts that only browsers without scripts load."""
    for number in range(30):
        say(f"Number {number} of many, which says about as much as people say")

    def visit(person: Person, language: str) -> tuple[Client, str]:
        client = browser_of(person)
        page = client.get("/", headers={"accept-language": language}).text
        assert f'<html lang="{language}"' in page
        return client, re.sub(r"<noscript>.*?</noscript>", "", page, flags=re.DOTALL)

    return visit


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("role", ["employee", "officer"])
def test_home_brings_little_script_and_style(
    role: str, language: str, home: Visit, alice: Person, omar: Person
) -> None:
    client, page = home(alice if role == "employee" else omar, language)
    scripts = linked(client, page, r'<script[^>]* src="([^"]+)"')
    sheets = linked(client, page, r'<link rel="stylesheet" href="([^"]+)"')
    assert scripts
    assert sheets
    assert sum(map(len, scripts)) <= 90 * KB
    assert sum(map(len, sheets)) <= 40 * KB


@pytest.mark.parametrize("language", ["en", "fr"])
def test_home_is_small_on_the_wire(language: str, home: Visit, alice: Person) -> None:
    client, page = home(alice, language)
    parts = [page.encode()]
    parts += linked(client, page, r'<script[^>]* src="([^"]+)"')
    parts += linked(client, page, r'<link rel="stylesheet" href="([^"]+)"')
    parts += linked(client, page, r'data-icons="([^"]+)"')
    assert sum(len(gzip.compress(part, compresslevel=6)) for part in parts) < 100 * KB


# What home fetches at the first sign of a reader and other pages bring at once; the product names no limit for both.
STYLE_IN_ALL = 64 * KB


def test_what_home_fetches_later_is_counted_and_not_part_of_its_first_load(home: Visit, alice: Person) -> None:
    client, page = home(alice, "en")
    sheets = r'<link rel="stylesheet" href="([^"]+)"'
    [later] = re.findall(r'<meta name="later" content="([^"]+)"', page)
    assert later.endswith("/pages.css")
    assert later not in re.findall(sheets, page)
    assert sum(map(len, [*linked(client, page, sheets), bytes_of(client, later)])) <= STYLE_IN_ALL


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", ["/channels/", "/notices/", "/settings/", "/posts/new/", "/search/?q=many"])
def test_other_pages_bring_both_sheets_within_a_limit(
    path: str, language: str, alice: Person, browser_of: Browser
) -> None:
    client = browser_of(alice)
    page = client.get(path, headers={"accept-language": language}).text
    names = re.findall(r'<link rel="stylesheet" href="[^"]*/(\w+)\.css"', page)
    assert names[:2] == ["styles", "pages"]
    assert sum(map(len, linked(client, page, r'<link rel="stylesheet" href="([^"]+)"'))) <= STYLE_IN_ALL
    assert sum(map(len, linked(client, page, r'<script[^>]* src="([^"]+)"'))) <= 90 * KB


def test_tools_bring_the_script_of_tools(omar: Person, irene: Person, browser_of: Browser) -> None:
    for path, person in {"/desk/": omar, "/search/": omar, "/shares/calendar/": omar, "/policies/": irene}.items():
        page = browser_of(person).get(path, follow=True).text
        scripts = re.findall(r"build/(app|tools)\.js", page)
        wanted = "tools" if re.search(r"<cb-(undo|bench|effect|yaml|calendar)|class=\"review", page) else "app"
        assert scripts == [wanted], path
