"""The programs' door: a token and nothing else opens it."""

from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.api import bearer
from corpblog.people.models import AccessToken, Person
from corpblog.people.services import give_token

pytestmark = pytest.mark.django_db
ME = "/api/v1/accounts/verify_credentials"


def secret_of(person: Person, *scopes: str) -> str:
    return give_token(person=person, name="phone", scopes=scopes or ("read",), days=30).secret


def test_a_token_says_whose_it_is(alice: Person, client: Client) -> None:
    answer = client.get(ME, HTTP_AUTHORIZATION=f"Bearer {secret_of(alice)}")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["acct"]) == (str(alice.pk), "alice")
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer nonsense", "Basic cb_x", "Bearer cb_\udcff\x00"])
def test_without_a_live_token_nobody_is_anybody(alice: Person, client: Client, header: str) -> None:
    answer = client.get(ME, HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer.json()["error"]


def test_a_cookie_opens_nothing_here(alice: Person, browser_of: Callable[[Person], Client]) -> None:
    assert browser_of(alice).get(ME).status_code == 401


def test_a_token_is_good_for_its_scopes_only(alice: Person, client: Client) -> None:
    answer = client.get(ME, HTTP_AUTHORIZATION=f"Bearer {secret_of(alice, 'push')}")
    assert answer.status_code == 403


def test_a_revoked_token_opens_nothing(alice: Person, client: Client) -> None:
    secret = secret_of(alice)
    AccessToken.objects.all().delete()
    assert client.get(ME, HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 401


def test_guessing_is_bounded(alice: Person, client: Client) -> None:
    for number in range(bearer.GUESSES.times):
        assert client.get(ME, HTTP_AUTHORIZATION=f"Bearer cb_{number}").status_code == 401
    answer = client.get(ME, HTTP_AUTHORIZATION=f"Bearer {secret_of(alice)}")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_a_token_does_not_open_pages(alice: Person, client: Client) -> None:
    answer = client.get("/", HTTP_AUTHORIZATION=f"Bearer {secret_of(alice)}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
