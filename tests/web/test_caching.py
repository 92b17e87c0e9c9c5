"""What may be kept by caches, and what may not."""

from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/channels/", "/search/?q=x", "/shares/", "/settings/", "/@alice/"])
def test_pages_of_somebody_are_stored_nowhere(path: str, alice: Person, browser_of: Callable[[Person], Client]) -> None:
    assert "no-store" in browser_of(alice).get(path)["Cache-Control"]


def test_the_press_page_may_be_kept_by_everybody() -> None:
    assert Client().get("/press/")["Cache-Control"] == "public, max-age=60"


def test_a_session_cookie_with_a_nul_is_no_session() -> None:
    client = Client(headers={"cookie": 'session="abcdefgh\\000"'})
    client.raise_request_exception = False
    assert client.get("/").status_code == 302
